-- What happens to a result after its release: the later reading beside it, what was last done to the
-- test, the call of a critical value, the amendment that a version is.
ALTER TABLE test ADD COLUMN candidate BIGINT;
ALTER TABLE test ADD COLUMN touched_at BIGINT;
ALTER TABLE test ADD COLUMN touched_by TEXT;
ALTER TABLE test ADD COLUMN call TEXT;
ALTER TABLE test ADD COLUMN call_open BIGINT NOT NULL DEFAULT 0;
ALTER TABLE test ADD COLUMN preliminary TEXT;
ALTER TABLE test ADD COLUMN origin TEXT;
ALTER TABLE test ADD COLUMN rule TEXT NOT NULL DEFAULT '';
ALTER TABLE result ADD COLUMN comment TEXT NOT NULL DEFAULT '';
ALTER TABLE result ADD COLUMN amends TEXT;
CREATE INDEX test_candidate ON test(lab, id) WHERE candidate IS NOT NULL;
CREATE INDEX test_call ON test(lab, id) WHERE call_open = 1;
