-- The audit log: events that are no changes, and the tree over changes and events (C2SP tlog-tiles).
CREATE TABLE sys_audit_event (
    id bigint PRIMARY KEY,
    at bigint NOT NULL,
    user_id bigint NOT NULL,
    door text NOT NULL,
    kind text NOT NULL,
    object_no integer NOT NULL,
    record_id bigint NOT NULL,
    body text NOT NULL
);
CREATE INDEX sys_audit_event_record ON sys_audit_event (record_id) WHERE record_id <> 0;
-- source: 0 a change (source_id is its place in the change log), 1 an event (its id).
CREATE TABLE sys_audit_leaf (
    leaf bigint PRIMARY KEY,
    source smallint NOT NULL,
    source_id bigint NOT NULL,
    at bigint NOT NULL,
    user_id bigint NOT NULL,
    object_no integer NOT NULL,
    kind text NOT NULL,
    entry text NOT NULL
);
CREATE UNIQUE INDEX sys_audit_leaf_source ON sys_audit_leaf (source, source_id);
CREATE INDEX sys_audit_leaf_at ON sys_audit_leaf (at, leaf);
CREATE INDEX sys_audit_leaf_user ON sys_audit_leaf (user_id, at, leaf);
CREATE INDEX sys_audit_leaf_object ON sys_audit_leaf (object_no, at, leaf);
CREATE INDEX sys_audit_leaf_kind ON sys_audit_leaf (kind, at, leaf);
-- What makes the digest of a leaf's text unguessable: taken away with the text, the leaf says nothing of it any more.
CREATE TABLE sys_audit_salt (leaf bigint PRIMARY KEY, salt text NOT NULL);
CREATE TABLE sys_audit_tile (level smallint NOT NULL, n bigint NOT NULL, hashes text NOT NULL, PRIMARY KEY (level, n));
CREATE TABLE sys_audit_tree (
    id bigint PRIMARY KEY CHECK (id = 1),
    size bigint NOT NULL,
    change_seq bigint NOT NULL,
    event_id bigint NOT NULL,
    verifier text,
    checkpoint text
);
INSERT INTO sys_audit_tree (id, size, change_seq, event_id) VALUES (1, 0, 0, 0);
