-- Sign-in, jobs, idempotency, imports, views, settings, files, readers of the log.
CREATE TABLE sys_session (
    token_hash text COLLATE "C" PRIMARY KEY,
    user_id bigint NOT NULL,
    created_at bigint NOT NULL,
    seen_at bigint NOT NULL,
    expires_at bigint NOT NULL,
    client text NOT NULL
);
CREATE INDEX sys_session_user ON sys_session (user_id);
CREATE INDEX sys_session_expires ON sys_session (expires_at);
CREATE TABLE sys_credential (user_id bigint PRIMARY KEY, password_hash text NOT NULL, changed_at bigint NOT NULL);
CREATE TABLE sys_job (
    id bigint PRIMARY KEY,
    kind text NOT NULL,
    title text NOT NULL,
    payload text NOT NULL,
    state text NOT NULL,
    run_at bigint NOT NULL,
    attempts bigint NOT NULL,
    max_attempts bigint NOT NULL,
    done bigint NOT NULL,
    total bigint,
    cancel_requested boolean NOT NULL,
    lease_until bigint,
    worker text,
    created_at bigint NOT NULL,
    created_by bigint NOT NULL,
    started_at bigint,
    finished_at bigint,
    error text,
    result text
);
CREATE INDEX sys_job_open ON sys_job (state, run_at, id) WHERE state IN ('queued', 'running');
CREATE TABLE sys_idempotency (
    user_id bigint NOT NULL,
    key text COLLATE "C" NOT NULL,
    hash text NOT NULL,
    status bigint NOT NULL,
    body text NOT NULL,
    at bigint NOT NULL,
    PRIMARY KEY (user_id, key)
);
CREATE INDEX sys_idempotency_at ON sys_idempotency (at);
CREATE TABLE sys_import (id bigint PRIMARY KEY, body text NOT NULL, created_at bigint NOT NULL, user_id bigint NOT NULL);
CREATE TABLE sys_view (id bigint PRIMARY KEY, object text NOT NULL, owner_id bigint NOT NULL, shared boolean NOT NULL, body text NOT NULL);
CREATE INDEX sys_view_object ON sys_view (object, id);
CREATE TABLE sys_setting (key text COLLATE "C" PRIMARY KEY, body text NOT NULL);
CREATE TABLE sys_user_setting (user_id bigint NOT NULL, key text COLLATE "C" NOT NULL, body text NOT NULL, PRIMARY KEY (user_id, key));
CREATE TABLE sys_file_version (
    file_id bigint NOT NULL,
    version bigint NOT NULL,
    sha256 text NOT NULL,
    size bigint NOT NULL,
    content_type text NOT NULL,
    blob_key text COLLATE "C" NOT NULL,
    at bigint NOT NULL,
    user_id bigint NOT NULL,
    PRIMARY KEY (file_id, version)
);
CREATE TABLE sys_cursor (name text COLLATE "C" PRIMARY KEY, seq bigint NOT NULL);
