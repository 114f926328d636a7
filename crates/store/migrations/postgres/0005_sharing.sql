-- Records that users see or edit whoever owns them: shared one by one with a user, team, position or group (principal > 0), or by a rule
-- (principal < 0: the negative number of the rule).
CREATE TABLE sys_share (
    record_id bigint NOT NULL,
    principal bigint NOT NULL,
    object_no bigint NOT NULL,
    may_edit bigint NOT NULL,
    expires_at bigint,
    part text,
    given_by bigint NOT NULL,
    given_at bigint NOT NULL,
    PRIMARY KEY (record_id, principal)
);
CREATE INDEX sys_share_principal ON sys_share (principal, object_no, record_id, may_edit, expires_at);
CREATE INDEX sys_share_expires ON sys_share (expires_at) WHERE expires_at IS NOT NULL;
