-- Counters, metadata and the change log.
CREATE TABLE sys_counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO sys_counter (name, value) VALUES ('schema', 0), ('seq', 0);
CREATE TABLE sys_meta (kind TEXT NOT NULL, name TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (kind, name)) STRICT, WITHOUT ROWID;
CREATE TABLE sys_change (
    seq INTEGER PRIMARY KEY,
    change_set INTEGER NOT NULL,
    at INTEGER NOT NULL,
    user_id INTEGER NOT NULL,
    door TEXT NOT NULL,
    op INTEGER NOT NULL,
    object_no INTEGER NOT NULL,
    record_id INTEGER NOT NULL,
    version INTEGER NOT NULL,
    diff TEXT NOT NULL
) STRICT;
CREATE INDEX sys_change_record ON sys_change (record_id, seq);
CREATE INDEX sys_change_set ON sys_change (change_set, seq);
