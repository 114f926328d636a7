-- The audit log: events that are no changes, and the tree over changes and events (C2SP tlog-tiles).
CREATE TABLE sys_audit_event (
    id INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    user_id INTEGER NOT NULL,
    door TEXT NOT NULL,
    kind TEXT NOT NULL,
    object_no INTEGER NOT NULL,
    record_id INTEGER NOT NULL,
    body TEXT NOT NULL
) STRICT;
CREATE INDEX sys_audit_event_record ON sys_audit_event (record_id) WHERE record_id <> 0;
-- source: 0 a change (source_id is its place in the change log), 1 an event (its id).
CREATE TABLE sys_audit_leaf (
    leaf INTEGER PRIMARY KEY,
    source INTEGER NOT NULL,
    source_id INTEGER NOT NULL,
    at INTEGER NOT NULL,
    user_id INTEGER NOT NULL,
    object_no INTEGER NOT NULL,
    kind TEXT NOT NULL,
    entry TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX sys_audit_leaf_source ON sys_audit_leaf (source, source_id);
CREATE INDEX sys_audit_leaf_at ON sys_audit_leaf (at, leaf);
CREATE INDEX sys_audit_leaf_user ON sys_audit_leaf (user_id, at, leaf);
CREATE INDEX sys_audit_leaf_object ON sys_audit_leaf (object_no, at, leaf);
CREATE INDEX sys_audit_leaf_kind ON sys_audit_leaf (kind, at, leaf);
-- What makes the digest of a leaf's text unguessable: taken away with the text, the leaf says nothing of it any more.
CREATE TABLE sys_audit_salt (leaf INTEGER PRIMARY KEY, salt TEXT NOT NULL) STRICT;
CREATE TABLE sys_audit_tile (level INTEGER NOT NULL, n INTEGER NOT NULL, hashes TEXT NOT NULL, PRIMARY KEY (level, n)) STRICT;
CREATE TABLE sys_audit_tree (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    size INTEGER NOT NULL,
    change_seq INTEGER NOT NULL,
    event_id INTEGER NOT NULL,
    verifier TEXT,
    checkpoint TEXT
) STRICT;
INSERT INTO sys_audit_tree (id, size, change_seq, event_id) VALUES (1, 0, 0, 0);
