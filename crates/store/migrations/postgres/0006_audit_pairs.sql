-- Two filters of the audit log together: each pair has its entries in the order of the list.
CREATE INDEX sys_audit_leaf_user_kind ON sys_audit_leaf (user_id, kind, at, leaf);
CREATE INDEX sys_audit_leaf_user_object ON sys_audit_leaf (user_id, object_no, at, leaf);
CREATE INDEX sys_audit_leaf_object_kind ON sys_audit_leaf (object_no, kind, at, leaf);
