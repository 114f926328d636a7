-- Records that users see or edit whoever owns them: shared one by one with a user, team, position or group (principal > 0), or by a rule
-- (principal < 0: the negative number of the rule).
CREATE TABLE sys_share (
    record_id INTEGER NOT NULL,
    principal INTEGER NOT NULL,
    object_no INTEGER NOT NULL,
    may_edit INTEGER NOT NULL,
    expires_at INTEGER,
    part TEXT,
    given_by INTEGER NOT NULL,
    given_at INTEGER NOT NULL,
    PRIMARY KEY (record_id, principal)
) STRICT, WITHOUT ROWID;
CREATE INDEX sys_share_principal ON sys_share (principal, object_no, record_id, may_edit, expires_at);
CREATE INDEX sys_share_expires ON sys_share (expires_at) WHERE expires_at IS NOT NULL;
