-- What was seen of a specimen and done to it, where it is put away, the lists specimens go by.
ALTER TABLE specimen ADD COLUMN handling TEXT NOT NULL DEFAULT '{}';
ALTER TABLE specimen ADD COLUMN place BIGINT;
ALTER TABLE specimen ADD COLUMN spot TEXT;
CREATE UNIQUE INDEX specimen_place ON specimen(lab, place, spot) WHERE place IS NOT NULL;
CREATE INDEX specimen_astray ON specimen(lab, state, id) WHERE state IN ('Dispatched', 'Lost');
CREATE TABLE storage_place(
  lab BIGINT NOT NULL, id BIGINT NOT NULL,
  code TEXT NOT NULL, unit TEXT NOT NULL, shelf TEXT NOT NULL, zone TEXT NOT NULL,
  spot_rows BIGINT NOT NULL, spot_columns BIGINT NOT NULL,
  PRIMARY KEY(lab, id), UNIQUE(lab, code));
CREATE TABLE dispatch(
  lab BIGINT NOT NULL, id BIGINT NOT NULL,
  number BIGINT NOT NULL, destination TEXT NOT NULL, name TEXT NOT NULL, at BIGINT NOT NULL,
  zone TEXT NOT NULL, specimens TEXT NOT NULL, note TEXT NOT NULL,
  PRIMARY KEY(lab, id), UNIQUE(lab, number));
