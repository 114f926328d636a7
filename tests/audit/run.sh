#!/usr/bin/env bash
# Checks the audit log from outside: a server that is killed and goes on, its log verified over HTTP and from an export, by the guanxi
# program and by a Go program that shares no code with it (verify.go; Debian: golang-go, golang-golang-x-mod-dev), which must both
# notice every flipped byte.
#
#   tests/audit/run.sh [path to the guanxi program]
set -euo pipefail

root=$(cd "$(dirname "$0")/../.." && pwd)
program=${1:-$root/target/debug/guanxi}
work=$root/target/audit-check
data=$(mktemp -d)
mkdir -p "$work"
rm -f "$work"/*.log
passed=0 failed=0 server=

trap '[ -z "$server" ] || kill -9 "$server" 2>/dev/null || true; rm -rf "$data"' EXIT

ok() { # NAME COMMAND…: it must succeed
  local name=$1
  shift
  if "$@" >"$work/last.log" 2>&1; then passed=$((passed + 1)); else
    failed=$((failed + 1))
    echo "FAILED: $name"
    tail -5 "$work/last.log"
  fi
}

refused() { # NAME WORDS COMMAND…: it must fail and say so
  local name=$1 words=$2
  shift 2
  if ! "$@" >"$work/last.log" 2>&1 && grep -q "$words" "$work/last.log"; then passed=$((passed + 1)); else
    failed=$((failed + 1))
    echo "FAILED: $name was not noticed"
    tail -5 "$work/last.log"
  fi
}

go_program=
export GO111MODULE=off GOPATH=/usr/share/gocode GOFLAGS= GOCACHE=$work/go-cache
if command -v go >/dev/null && [ -d "$GOPATH/src/golang.org/x/mod/sumdb/tlog" ]; then
  go build -o "$work/verify" "$root/tests/audit/verify.go"
  go_program=$work/verify
elif [ -n "${CI:-}" ]; then
  echo "Go or its package golang.org/x/mod is not installed here" >&2
  exit 1
else
  echo "the independent check is SKIPPED: it needs golang-go and golang-golang-x-mod-dev"
fi

export GUANXI_ADMIN_PASSWORD=audit-test-password
"$program" --data "$data" org create acme --admin-email admin@acme.example >/dev/null

serve() {
  : >"$work/server.log"
  "$program" --data "$data" --listen 127.0.0.1:0 serve >>"$work/server.log" 2>&1 &
  server=$!
  for _ in $(seq 150); do
    address=$(sed -n 's/^Guanxi 关系 serves //p' "$work/server.log")
    if [ -n "$address" ]; then return; fi
    sleep 0.1
  done
  cat "$work/server.log" >&2
  exit 1
}

post() { # PATH BODY
  curl --silent --show-error --fail -H "Authorization: Bearer ${GUANXI_TOKEN:-}" -H 'Content-Type: application/json' -d "$2" "$address/api/v1/$1"
}

sign_in() {
  GUANXI_TOKEN=$(post sessions "{\"email\":\"admin@acme.example\",\"password\":\"$GUANXI_ADMIN_PASSWORD\"}" | sed 's/.*"token":"\([^"]*\)".*/\1/')
  export GUANXI_TOKEN
}

create() { # COUNT: this many accounts, each in a change set of its own
  for i in $(seq "$1"); do post records/account "{\"name\":\"客户 $i\"}" >/dev/null; done
}

get() { curl --silent --fail -H "Authorization: Bearer $GUANXI_TOKEN" "$address/api/v1/audit/$1"; }

settled() { # The checkpoint, once it no longer moves.
  local before= now
  for _ in $(seq 60); do
    now=$(get checkpoint || true)
    if [ -n "$now" ] && [ "$now" = "$before" ]; then echo "$now"; return; fi
    before=$now
    sleep 2
  done
  return 1
}

serve
sign_in
create 120
kill -9 "$server"
wait "$server" 2>/dev/null || true
serve
create 120
settled >"$work/older"
key=$(get key)
create 40
settled >/dev/null
ok 'a server verifies' "$program" audit verify "$address" --key "$key" --since "$work/older"
refused 'a server with a wrong token' 401 "$program" audit verify "$address" --key "$key" --token gx_acme_nonsense
kill -9 "$server"
wait "$server" 2>/dev/null || true
server=

ok 'the database is what was logged' "$program" --data "$data" audit check --key "$key" --since "$work/older"
ok 'the key stays' test "$("$program" --data "$data" audit key)" = "$key"
log=$work/log
rm -rf "$log"
"$program" --data "$data" audit export "$log"
ours=("$program" audit verify "$log" --key "$key")
theirs=("$go_program" "$log" "$key")
ok 'an export verifies' "${ours[@]}" --since "$work/older"
[ -z "$go_program" ] || ok 'an export verifies by Go' "${theirs[@]}"

flip() { # FILE OFFSET
  python3 -c 'import sys
with open(sys.argv[1], "r+b") as f:
    f.seek(int(sys.argv[2])); b = f.read(1)[0]; f.seek(int(sys.argv[2])); f.write(bytes([b ^ 1]))' "$1" "$2"
}

while IFS= read -r file; do
  size=$(stat -c %s "$file")
  for offset in 7 $((size / 2)) $((size - 3)); do
    flip "$file" "$offset"
    refused "byte $offset of ${file#"$log"/}" 'NOT verify' "${ours[@]}"
    [ -z "$go_program" ] || refused "byte $offset of ${file#"$log"/} by Go" 'NOT verify' "${theirs[@]}"
    flip "$file" "$offset"
  done
done < <(find "$log" -type f | sort)
ok 'the export verifies again' "${ours[@]}"

if grep -E ' ERROR |panicked' "$work/server.log"; then
  echo "the server logged errors" >&2
  exit 1
fi
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
