#!/usr/bin/env bash
# Checks that files can be kept in an S3 bucket: a server of ours with two organisations, on a server that speaks S3 and checks
# signatures (Moto). Needs Python 3 and the package index; makes its environment under target/. What is checked is in check.py.
#
#   tests/s3/run.sh [path to the guanxi program]
set -euo pipefail

version=5.2.5
root=$(cd "$(dirname "$0")/../.." && pwd)
program=${1:-$root/target/debug/guanxi}
work=$root/target/s3
venv=$work/venv-$version
data=$(mktemp -d)
mkdir -p "$work"
# What an earlier run said must not be taken for what this one says.
rm -f "$work"/*.log

if [ ! -x "$venv/bin/moto_server" ]; then
  if ! { python3 -m venv "$venv" && "$venv/bin/pip" install --quiet "moto[server]==$version"; } >"$work/install.log" 2>&1; then
    tail -3 "$work/install.log"
    rm -rf "$venv"
    echo "S3 is SKIPPED: Moto cannot be installed here"
    exit 0
  fi
fi

pids=()
trap 'for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; done; rm -rf "$data"' EXIT

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

waiting() { # PID LOG COMMAND… that prints when it is ready
  local pid=$1 log=$2 said
  shift 2
  for _ in $(seq 150); do
    said=$("$@" 2>/dev/null || true)
    if [ -n "$said" ]; then echo "$said"; return; fi
    kill -0 "$pid" 2>/dev/null || break
    sleep 0.1
  done
  cat "$log" >&2
  return 1
}

port=$(free_port)
s3=http://127.0.0.1:$port
# The first four requests (those of bucket.py) need no signature; all later ones do.
INITIAL_NO_AUTH_ACTION_COUNT=4 "$venv/bin/moto_server" -H 127.0.0.1 -p "$port" >"$work/moto.log" 2>&1 &
pids+=($!)
waiting $! "$work/moto.log" grep --only-matching 'Running on' "$work/moto.log" >/dev/null
read -r access_key secret_key < <("$venv/bin/python" "$root/tests/s3/bucket.py" "$s3" crm-files)

export GUANXI_ADMIN_PASSWORD=s3-test-password
serve() { # NAME SECRET BUCKET ENDPOINT: starts a server with its own configuration and data; its address is in $address
  local folder=$data/$1
  mkdir -p "$folder"
  cat >"$folder/guanxi.toml" <<TOML
listen = "127.0.0.1:0"
max_upload_mb = 25
[s3]
endpoint = "$4"
bucket = "$3"
access_key = "$access_key"
TOML
  export GUANXI_S3_SECRET_KEY=$2
  for org in acme globex; do
    "$program" --data "$folder" org create "$org" --admin-email "admin@$org.example" >/dev/null
  done
  "$program" --data "$folder" serve >"$work/$1.log" 2>&1 &
  pids+=($!)
  address=$(waiting $! "$work/$1.log" sed -n 's/^Guanxi 关系 serves //p' "$work/$1.log")
}

serve good "$secret_key" crm-files "$s3"
good=$address
serve wrong_secret "not$secret_key" crm-files "$s3"
wrong_secret=$address
serve no_bucket "$secret_key" not-there "$s3"
no_bucket=$address
serve no_storage "$secret_key" crm-files "http://127.0.0.1:$(free_port)"
no_storage=$address

"$venv/bin/python" "$root/tests/s3/check.py" "$s3" crm-files "$access_key" "$secret_key" \
  "$good" "$wrong_secret" "$no_bucket" "$no_storage"

if grep -hE 'panicked' "$work"/{good,wrong_secret,no_bucket,no_storage}.log; then
  echo "a server panicked" >&2
  exit 1
fi
if grep -E ' ERROR ' "$work/good.log"; then
  echo "the server logged errors" >&2
  exit 1
fi
