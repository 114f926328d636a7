-- What users are told: one row for each user and thing told, found again by its key.
CREATE TABLE sys_notification (
    id bigint PRIMARY KEY,
    user_id bigint NOT NULL,
    key text COLLATE "C" NOT NULL,
    seq bigint NOT NULL,
    kind text NOT NULL,
    at bigint NOT NULL,
    record_id bigint NOT NULL,
    body text NOT NULL,
    read_at bigint
);
CREATE UNIQUE INDEX sys_notification_key ON sys_notification (user_id, key);
CREATE INDEX sys_notification_user ON sys_notification (user_id, id);
CREATE INDEX sys_notification_unread ON sys_notification (user_id, id) WHERE read_at IS NULL;
CREATE INDEX sys_notification_at ON sys_notification (at);
