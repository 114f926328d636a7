-- Sign-in, jobs, idempotency, imports, views, settings, files, readers of the log.
CREATE TABLE sys_session (
    token_hash TEXT PRIMARY KEY,
    user_id INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    client TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sys_session_user ON sys_session (user_id);
CREATE INDEX sys_session_expires ON sys_session (expires_at);
CREATE TABLE sys_credential (user_id INTEGER PRIMARY KEY, password_hash TEXT NOT NULL, changed_at INTEGER NOT NULL) STRICT;
CREATE TABLE sys_job (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    payload TEXT NOT NULL,
    state TEXT NOT NULL,
    run_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    max_attempts INTEGER NOT NULL,
    done INTEGER NOT NULL,
    total INTEGER,
    cancel_requested INTEGER NOT NULL,
    lease_until INTEGER,
    worker TEXT,
    created_at INTEGER NOT NULL,
    created_by INTEGER NOT NULL,
    started_at INTEGER,
    finished_at INTEGER,
    error TEXT,
    result TEXT
) STRICT;
CREATE INDEX sys_job_open ON sys_job (state, run_at, id) WHERE state IN ('queued', 'running');
CREATE TABLE sys_idempotency (
    user_id INTEGER NOT NULL,
    key TEXT NOT NULL,
    hash TEXT NOT NULL,
    status INTEGER NOT NULL,
    body TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (user_id, key)
) STRICT;
CREATE INDEX sys_idempotency_at ON sys_idempotency (at);
CREATE TABLE sys_import (id INTEGER PRIMARY KEY, body TEXT NOT NULL, created_at INTEGER NOT NULL, user_id INTEGER NOT NULL) STRICT;
CREATE TABLE sys_view (id INTEGER PRIMARY KEY, object TEXT NOT NULL, owner_id INTEGER NOT NULL, shared INTEGER NOT NULL, body TEXT NOT NULL) STRICT;
CREATE INDEX sys_view_object ON sys_view (object, id);
CREATE TABLE sys_setting (key TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE sys_user_setting (user_id INTEGER NOT NULL, key TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (user_id, key)) STRICT, WITHOUT ROWID;
CREATE TABLE sys_file_version (
    file_id INTEGER NOT NULL,
    version INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    size INTEGER NOT NULL,
    content_type TEXT NOT NULL,
    blob_key TEXT NOT NULL,
    at INTEGER NOT NULL,
    user_id INTEGER NOT NULL,
    PRIMARY KEY (file_id, version)
) STRICT, WITHOUT ROWID;
CREATE TABLE sys_cursor (name TEXT PRIMARY KEY, seq INTEGER NOT NULL) STRICT, WITHOUT ROWID;
