-- Whom an administrator's session looks as, read-only.
ALTER TABLE sys_session ADD COLUMN viewing INTEGER;
