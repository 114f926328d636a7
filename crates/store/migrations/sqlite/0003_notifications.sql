-- What users are told: one row for each user and thing told, found again by its key.
CREATE TABLE sys_notification (
    id INTEGER PRIMARY KEY,
    user_id INTEGER NOT NULL,
    key TEXT NOT NULL,
    seq INTEGER NOT NULL,
    kind TEXT NOT NULL,
    at INTEGER NOT NULL,
    record_id INTEGER NOT NULL,
    body TEXT NOT NULL,
    read_at INTEGER
) STRICT;
CREATE UNIQUE INDEX sys_notification_key ON sys_notification (user_id, key);
CREATE INDEX sys_notification_user ON sys_notification (user_id, id);
CREATE INDEX sys_notification_unread ON sys_notification (user_id, id) WHERE read_at IS NULL;
CREATE INDEX sys_notification_at ON sys_notification (at);
