-- How an instrument is connected and by what its controls are known; control material in a list of
-- its own; what waits of one instrument.
ALTER TABLE instrument ADD COLUMN wiring TEXT NOT NULL DEFAULT '{}';
CREATE TABLE control_reading(
  lab BIGINT NOT NULL, id BIGINT NOT NULL,
  instrument BIGINT NOT NULL, message BIGINT, at BIGINT NOT NULL, sent_number TEXT NOT NULL,
  material TEXT NOT NULL, readings TEXT NOT NULL,
  PRIMARY KEY(lab, id),
  FOREIGN KEY(lab, instrument) REFERENCES instrument(lab, id));
CREATE INDEX control_of ON control_reading(lab, instrument, id);
CREATE INDEX unclaimed_of ON unclaimed(lab, instrument, id) WHERE open = 1;
