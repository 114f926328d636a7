-- Ways in beside the password, and what makes them safe.
-- When the user of a session last proved to be who they are; 0 for sessions from before that was kept.
ALTER TABLE sys_session ADD COLUMN proved_at INTEGER NOT NULL DEFAULT 0;
-- Tokens of programs, by their hash.
CREATE TABLE sys_api_token (
    token_hash TEXT PRIMARY KEY,
    user_id INTEGER NOT NULL,
    name TEXT NOT NULL,
    scope TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at INTEGER,
    used_from TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX sys_api_token_user ON sys_api_token (user_id);
-- Time-based codes: the secret, since when it counts, and the last step whose code was taken.
CREATE TABLE sys_second_factor (
    user_id INTEGER PRIMARY KEY,
    secret TEXT NOT NULL,
    confirmed_at INTEGER,
    last_step INTEGER NOT NULL
) STRICT;
-- Recovery codes that were not used yet, by their hash.
CREATE TABLE sys_recovery_code (
    user_id INTEGER NOT NULL,
    code_hash TEXT NOT NULL,
    PRIMARY KEY (user_id, code_hash)
) STRICT, WITHOUT ROWID;
-- Links sent by mail that set a password, by the hash of their secret.
CREATE TABLE sys_mail_link (
    token_hash TEXT PRIMARY KEY,
    user_id INTEGER NOT NULL,
    purpose TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sys_mail_link_user ON sys_mail_link (user_id);
-- What the sandbox kept instead of sending it.
CREATE TABLE sys_mail (
    id INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    user_id INTEGER NOT NULL,
    recipient TEXT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL
) STRICT;
CREATE INDEX sys_mail_at ON sys_mail (at);
-- Passkeys (WebAuthn credentials).
CREATE TABLE sys_passkey (
    credential_id TEXT PRIMARY KEY,
    user_id INTEGER NOT NULL,
    name TEXT NOT NULL,
    public_key TEXT NOT NULL,
    counter INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    used_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX sys_passkey_user ON sys_passkey (user_id);
-- Challenges given out for passkeys, by their hash; user_id is 0 for whoever signs in.
CREATE TABLE sys_challenge (hash TEXT PRIMARY KEY, user_id INTEGER NOT NULL, expires_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX sys_challenge_expires ON sys_challenge (expires_at);
