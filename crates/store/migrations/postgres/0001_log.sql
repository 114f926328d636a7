-- Counters, metadata and the change log.
CREATE TABLE sys_counter (name text COLLATE "C" PRIMARY KEY, value bigint NOT NULL) WITH (fillfactor = 50);
INSERT INTO sys_counter (name, value) VALUES ('schema', 0), ('seq', 0);
CREATE TABLE sys_meta (kind text COLLATE "C" NOT NULL, name text COLLATE "C" NOT NULL, body text NOT NULL, PRIMARY KEY (kind, name));
CREATE TABLE sys_change (
    seq bigint PRIMARY KEY,
    change_set bigint NOT NULL,
    at bigint NOT NULL,
    user_id bigint NOT NULL,
    door text NOT NULL,
    op smallint NOT NULL,
    object_no integer NOT NULL,
    record_id bigint NOT NULL,
    version bigint NOT NULL,
    diff text NOT NULL
);
CREATE INDEX sys_change_record ON sys_change (record_id, seq);
CREATE INDEX sys_change_set ON sys_change (change_set, seq);
