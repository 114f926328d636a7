-- Ways in beside the password, and what makes them safe.
-- When the user of a session last proved to be who they are; 0 for sessions from before that was kept.
ALTER TABLE sys_session ADD COLUMN proved_at bigint NOT NULL DEFAULT 0;
-- Tokens of programs, by their hash.
CREATE TABLE sys_api_token (
    token_hash text COLLATE "C" PRIMARY KEY,
    user_id bigint NOT NULL,
    name text NOT NULL,
    scope text NOT NULL,
    created_at bigint NOT NULL,
    expires_at bigint NOT NULL,
    used_at bigint,
    used_from text
);
CREATE INDEX sys_api_token_user ON sys_api_token (user_id);
-- Time-based codes: the secret, since when it counts, and the last step whose code was taken.
CREATE TABLE sys_second_factor (
    user_id bigint PRIMARY KEY,
    secret text NOT NULL,
    confirmed_at bigint,
    last_step bigint NOT NULL
);
-- Recovery codes that were not used yet, by their hash.
CREATE TABLE sys_recovery_code (
    user_id bigint NOT NULL,
    code_hash text COLLATE "C" NOT NULL,
    PRIMARY KEY (user_id, code_hash)
);
-- Links sent by mail that set a password, by the hash of their secret.
CREATE TABLE sys_mail_link (
    token_hash text COLLATE "C" PRIMARY KEY,
    user_id bigint NOT NULL,
    purpose text NOT NULL,
    created_at bigint NOT NULL,
    expires_at bigint NOT NULL
);
CREATE INDEX sys_mail_link_user ON sys_mail_link (user_id);
-- What the sandbox kept instead of sending it.
CREATE TABLE sys_mail (
    id bigint PRIMARY KEY,
    at bigint NOT NULL,
    user_id bigint NOT NULL,
    recipient text NOT NULL,
    subject text NOT NULL,
    body text NOT NULL
);
CREATE INDEX sys_mail_at ON sys_mail (at);
-- Passkeys (WebAuthn credentials).
CREATE TABLE sys_passkey (
    credential_id text COLLATE "C" PRIMARY KEY,
    user_id bigint NOT NULL,
    name text NOT NULL,
    public_key text NOT NULL,
    counter bigint NOT NULL,
    created_at bigint NOT NULL,
    used_at bigint
);
CREATE INDEX sys_passkey_user ON sys_passkey (user_id);
-- Challenges given out for passkeys, by their hash; user_id is 0 for whoever signs in.
CREATE TABLE sys_challenge (hash text COLLATE "C" PRIMARY KEY, user_id bigint NOT NULL, expires_at bigint NOT NULL);
CREATE INDEX sys_challenge_expires ON sys_challenge (expires_at);
