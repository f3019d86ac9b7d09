-- Around the order: the directory, a patient's other numbers, stays and merges, what an order says
-- beside its tests, how a specimen was taken, credits.
CREATE TABLE facility(
  lab BIGINT NOT NULL, id BIGINT NOT NULL,
  code TEXT NOT NULL, name TEXT NOT NULL, address TEXT NOT NULL, clia TEXT,
  copies BIGINT NOT NULL, closed BIGINT NOT NULL, search TEXT NOT NULL,
  PRIMARY KEY(lab, id), UNIQUE(lab, code));
CREATE INDEX facility_search ON facility(lab, search);
CREATE TABLE location(
  lab BIGINT NOT NULL, id BIGINT NOT NULL,
  code TEXT NOT NULL, name TEXT NOT NULL, kind TEXT NOT NULL, facility BIGINT,
  closed BIGINT NOT NULL, search TEXT NOT NULL,
  PRIMARY KEY(lab, id), UNIQUE(lab, code));
CREATE INDEX location_search ON location(lab, search);
CREATE TABLE provider(
  lab BIGINT NOT NULL, id BIGINT NOT NULL,
  name TEXT NOT NULL, number TEXT, telephone TEXT NOT NULL,
  closed BIGINT NOT NULL, search TEXT NOT NULL,
  PRIMARY KEY(lab, id), UNIQUE(lab, name));
CREATE INDEX provider_search ON provider(lab, search);
CREATE TABLE patient_identifier(
  lab BIGINT NOT NULL, id BIGINT NOT NULL,
  patient BIGINT NOT NULL, kind TEXT NOT NULL, value TEXT NOT NULL, authority TEXT NOT NULL,
  retired TEXT NOT NULL,
  PRIMARY KEY(lab, id),
  FOREIGN KEY(lab, patient) REFERENCES patient(lab, id));
CREATE INDEX patient_identifier_value ON patient_identifier(lab, value, id);
CREATE INDEX patient_identifier_patient ON patient_identifier(lab, patient, id);
CREATE TABLE encounter(
  lab BIGINT NOT NULL, id BIGINT NOT NULL,
  patient BIGINT NOT NULL, number TEXT NOT NULL, class TEXT NOT NULL, location BIGINT,
  admitted_at BIGINT NOT NULL, discharged_at BIGINT,
  PRIMARY KEY(lab, id), UNIQUE(lab, number),
  FOREIGN KEY(lab, patient) REFERENCES patient(lab, id));
CREATE INDEX encounter_patient ON encounter(lab, patient, admitted_at);
CREATE TABLE patient_merge(
  lab BIGINT NOT NULL, id BIGINT NOT NULL,
  given_up BIGINT NOT NULL, survives BIGINT NOT NULL, accessions TEXT NOT NULL,
  encounters TEXT NOT NULL, identifiers TEXT NOT NULL, reason TEXT NOT NULL, at BIGINT NOT NULL,
  done_by TEXT NOT NULL, undone TEXT,
  PRIMARY KEY(lab, id),
  FOREIGN KEY(lab, given_up) REFERENCES patient(lab, id),
  FOREIGN KEY(lab, survives) REFERENCES patient(lab, id));
CREATE INDEX patient_merge_given_up ON patient_merge(lab, given_up);
CREATE INDEX patient_merge_survives ON patient_merge(lab, survives);
CREATE TABLE credit(
  lab BIGINT NOT NULL, id BIGINT NOT NULL,
  accession BIGINT NOT NULL, code TEXT NOT NULL, reason TEXT NOT NULL, at BIGINT NOT NULL,
  done_by TEXT NOT NULL,
  PRIMARY KEY(lab, id),
  FOREIGN KEY(lab, accession) REFERENCES accession(lab, id));
CREATE INDEX credit_accession ON credit(lab, accession);
ALTER TABLE patient ADD COLUMN deceased BIGINT NOT NULL DEFAULT 0;
ALTER TABLE patient ADD COLUMN merged_into BIGINT;
CREATE INDEX patient_born ON patient(lab, birth_date, search) WHERE birth_date IS NOT NULL;
ALTER TABLE accession ADD COLUMN due_at BIGINT;
ALTER TABLE accession ADD COLUMN fasting TEXT NOT NULL DEFAULT 'Unknown';
ALTER TABLE accession ADD COLUMN diagnoses TEXT NOT NULL DEFAULT '[]';
ALTER TABLE accession ADD COLUMN placer_number TEXT NOT NULL DEFAULT '';
ALTER TABLE accession ADD COLUMN copies_to TEXT NOT NULL DEFAULT '[]';
ALTER TABLE accession ADD COLUMN provider_entry BIGINT;
ALTER TABLE accession ADD COLUMN location BIGINT;
ALTER TABLE accession ADD COLUMN encounter BIGINT;
ALTER TABLE accession ADD COLUMN facility BIGINT;
ALTER TABLE accession ADD COLUMN confirmed TEXT;
ALTER TABLE specimen ADD COLUMN collection TEXT;
-- The test that was last ordered for a patient; what was cancelled is no order.
CREATE INDEX test_ordered ON test(lab, patient, code, id) WHERE state<>'Cancelled';
