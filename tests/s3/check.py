"""Files in an S3 bucket, as people use them: upload, versions, download, delete, import and export; and what is said when the
secret or the bucket is wrong, or nobody answers. Prints "N passed, N failed".

    check.py ADDRESS BUCKET ACCESS_KEY SECRET_KEY SERVER SERVER_WITH_WRONG_SECRET SERVER_WITHOUT_BUCKET SERVER_WITHOUT_STORAGE
"""

import hashlib
import json
import random
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

import boto3

address, bucket, access_key, secret_key, good, wrong_secret, no_bucket, no_storage = sys.argv[1:]
s3 = boto3.client(
    "s3",
    endpoint_url=address,
    region_name="us-east-1",
    aws_access_key_id=access_key,
    aws_secret_access_key=secret_key,
)
MB = 1024 * 1024
outcomes = []


def check(name, holds, seen=""):
    outcomes.append(bool(holds))
    print("ok  " if holds else "FAIL", name, "" if holds else f"– {seen}")


class Client:
    """A signed-in user of one server."""

    def __init__(self, server, organisation):
        self.server, self.token = server, None
        _, _, begun = self.json(
            "POST",
            "/sessions",
            {
                "email": f"admin@{organisation}.example",
                "password": "s3-test-password",
                "organisation": organisation,
            },
        )
        self.token = begun["token"]

    def send(self, method, path, body=None, headers=None):
        request = urllib.request.Request(
            f"{self.server}/api/v1{path}", data=body, method=method, headers=headers or {}
        )
        if self.token:
            request.add_header("Authorization", f"Bearer {self.token}")
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as answer:
            return answer.code, answer.headers, answer.read()

    def json(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        status, headers, answer = self.send(method, path, data, {"Content-Type": "application/json"})
        return status, headers, json.loads(answer) if answer else None

    def upload(self, path, data, method="POST"):
        status, _, answer = self.send(method, path, data, {"Content-Type": "application/octet-stream"})
        return status, json.loads(answer)

    def job(self, started):
        for _ in range(200):
            _, _, job = self.json("GET", f"/jobs/{started['id']}")
            if job["state"] not in ("queued", "running"):
                return job
            time.sleep(0.1)
        return job


def keys(prefix=""):
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    return {one["Key"] for page in pages for one in page.get("Contents", [])}


def files(acme):
    sizes = {"empty": 0, "small": 1000, "one part": 5 * MB, "multipart": 20 * MB + 17}
    for name, size in sizes.items():
        data = random.Random(size).randbytes(size)
        status, made = acme.upload("/files?name=" + urllib.parse.quote(name + ".bin"), data)
        check(f"{name}: uploaded", status == 201 and made["size"] == size, made)
        check(f"{name}: its hash", made["sha256"] == hashlib.sha256(data).hexdigest(), made)
        status, headers, back = acme.send("GET", f"/files/{made['id']}/content")
        check(f"{name}: downloaded", status == 200 and back == data, status)
        check(f"{name}: its length", headers["Content-Length"] == str(size), headers["Content-Length"])
    check("one object for each file", len(keys()) == len(sizes), keys())
    check("no upload is left open", not s3.list_multipart_uploads(Bucket=bucket).get("Uploads"))


def versions(acme):
    before = keys()
    _, made = acme.upload("/files?name=v.txt", b"one")
    status, second = acme.upload(f"/files/{made['id']}/content", b"second", "PUT")
    check("a second version", status == 200 and second["version"] == 2, second)
    _, _, newest = acme.send("GET", f"/files/{made['id']}/content")
    _, _, first = acme.send("GET", f"/files/{made['id']}/content?version=1")
    check("both versions are there", (newest, first) == (b"second", b"one"), (newest, first))
    check("two objects for two versions", len(keys() - before) == 2, keys() - before)
    status, _, _ = acme.send("DELETE", f"/records/file/{made['id']}")
    check("deleted, and still in the bin", status in (200, 204) and len(keys() - before) == 2, status)
    status, _, gone = acme.json("POST", "/recycle_bin/purge", {"ids": [made["id"]]})
    check("gone for good", status == 200 and gone == {"purged": 1}, gone)
    check("the bytes of both versions are gone", keys() == before, keys() - before)


def too_large(acme):
    before = keys()
    # In pieces without a length, so that it is found out on the way.
    status, problem = acme.upload("/files?name=large.bin", (bytes(MB) for _ in range(26)))
    check("above the limit", status == 413 and problem["code"] == "file_too_large", (status, problem))
    check("leaves nothing", keys() == before and not s3.list_multipart_uploads(Bucket=bucket).get("Uploads"))


def transfer(acme):
    status, made = acme.upload("/imports?object=account&file_name=a.csv", "name\n云帆\n远山\n".encode())
    check("an import's file", status == 201, made)
    status, _, started = acme.json("POST", f"/imports/{made['id']}/run")
    job = acme.job(started)
    check("an import", status == 202 and job["state"] == "succeeded", job)
    _, _, started = acme.json("POST", "/exports", {"q": "SELECT name FROM account ORDER BY name"})
    job = acme.job(started)
    status, _, file = acme.send("GET", f"/exports/{started['id']}/file")
    check("an export", status == 200 and "云帆" in file.decode() and "远山" in file.decode(), (job, file))


def apart(acme, globex):
    check("all of one organisation lies under its name", keys() == keys("orgs/acme/"), keys())
    _, made = globex.upload("/files?name=g.txt", b"globex")
    new = keys() - keys("orgs/acme/")
    check("the other's under its own", len(new) == 1 and new == keys("orgs/globex/"), new)
    # Ids are counted in each organisation, so the first may have a file of this id: its own.
    _, _, theirs = globex.send("GET", f"/files/{made['id']}/content")
    _, _, ours = acme.send("GET", f"/files/{made['id']}/content")
    check("and is not to be had from the first", theirs == b"globex" and ours != theirs, (theirs, ours[:50]))
    lost = keys("orgs/globex/").pop()
    s3.delete_object(Bucket=bucket, Key=lost)
    status, _, answer = globex.json("GET", f"/files/{made['id']}/content")
    check("bytes that are lost are a 404", status == 404, answer)


def refused(server, what, code, zh, en, within):
    client = Client(server, "acme")
    for size in (10, 20 * MB):
        began = time.monotonic()
        status, problem = client.upload("/files?name=a.bin", bytes(size))
        seconds = time.monotonic() - began
        check(f"{what}: {size} bytes are refused", (status, problem.get("code")) == (503, code), (status, problem))
        messages = problem.get("messages", {})
        said = zh in messages.get("zh-CN", "") and en in messages.get("en", "")
        check(f"{what}: it is said in both languages", said, problem)
        check(f"{what}: no secret in the answer", secret_key not in json.dumps(problem))
        check(f"{what}: within {within} seconds", seconds < within, seconds)
    status, _, made = client.json("POST", "/records/account", {"name": "云帆"})
    check(f"{what}: the server goes on and writes records", status == 201, made)
    status, _, found = client.json("GET", "/query?q=" + urllib.parse.quote("SELECT id FROM file"))
    check(f"{what}: no file was made", found["records"] == [], found)


acme, globex = Client(good, "acme"), Client(good, "globex")
files(acme)
versions(acme)
too_large(acme)
transfer(acme)
apart(acme, globex)
REFUSED = ("storage_refused", "文件存储拒绝访问", "refuses access")
refused(wrong_secret, "wrong secret", *REFUSED, within=5)
refused(no_bucket, "no bucket", *REFUSED, within=5)
refused(no_storage, "no storage", "storage_unavailable", "暂时不可用", "away for a moment", within=40)
print(f"{outcomes.count(True)} passed, {outcomes.count(False)} failed")
sys.exit(0 if all(outcomes) else 1)
