-- Drafts of the catalog; how people stand to the laboratory; sessions found by person and by age.
CREATE TABLE catalog_draft(
  lab BIGINT NOT NULL, id BIGINT NOT NULL, base BIGINT NOT NULL, files TEXT NOT NULL,
  note TEXT NOT NULL, at BIGINT NOT NULL, author TEXT NOT NULL, fate TEXT NOT NULL,
  PRIMARY KEY(lab, id));
ALTER TABLE person ADD COLUMN standing TEXT NOT NULL DEFAULT 'Works';
ALTER TABLE person ADD COLUMN must_choose BIGINT NOT NULL DEFAULT 0;
CREATE INDEX session_person ON session(lab, person, seen);
CREATE INDEX session_seen ON session(lab, seen);
