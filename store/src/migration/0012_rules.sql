-- What the rules of release said of a result, what the instrument said beside its value, and whether
-- the rules are at work.
ALTER TABLE result ADD COLUMN ruling TEXT;
ALTER TABLE result ADD COLUMN detail TEXT;
CREATE TABLE rule_switch(
  lab BIGINT NOT NULL, id BIGINT NOT NULL, works BIGINT NOT NULL, reason TEXT NOT NULL,
  at BIGINT NOT NULL, author TEXT NOT NULL,
  PRIMARY KEY(lab, id));
