-- Everything that is kept. Each table that could ever be distributed carries its laboratory first
-- in its key. Times are UTC microseconds since 1970. Result values keep the reported text; the
-- sort key beside it is for plots and ordering only.
CREATE TABLE person(
  lab BIGINT NOT NULL, id BIGINT NOT NULL,
  sign_in TEXT NOT NULL, shown TEXT NOT NULL, role TEXT NOT NULL,
  secret_seal TEXT, failures BIGINT NOT NULL, locked_until BIGINT,
  PRIMARY KEY(lab, id), UNIQUE(lab, sign_in));
CREATE TABLE secret(
  lab BIGINT NOT NULL, person BIGINT NOT NULL, digest TEXT NOT NULL,
  PRIMARY KEY(lab, person), FOREIGN KEY(lab, person) REFERENCES person(lab, id));
CREATE TABLE session(
  lab BIGINT NOT NULL, token TEXT NOT NULL, person BIGINT NOT NULL,
  began BIGINT NOT NULL, seen BIGINT NOT NULL,
  PRIMARY KEY(lab, token), FOREIGN KEY(lab, person) REFERENCES person(lab, id));
CREATE TABLE catalog_release(
  lab BIGINT NOT NULL, id BIGINT NOT NULL, files TEXT NOT NULL, reason TEXT NOT NULL,
  PRIMARY KEY(lab, id));
CREATE TABLE patient(
  lab BIGINT NOT NULL, id BIGINT NOT NULL,
  record_number TEXT NOT NULL, family TEXT NOT NULL, given TEXT NOT NULL,
  birth_date TEXT, sex TEXT NOT NULL, search TEXT NOT NULL,
  PRIMARY KEY(lab, id), UNIQUE(lab, record_number));
CREATE INDEX patient_search ON patient(lab, search);
CREATE TABLE accession(
  lab BIGINT NOT NULL, id BIGINT NOT NULL,
  label TEXT NOT NULL, patient BIGINT NOT NULL, priority TEXT NOT NULL, urgency BIGINT NOT NULL,
  ordered_at BIGINT NOT NULL, provider TEXT NOT NULL, comment TEXT NOT NULL,
  day BIGINT NOT NULL, sequence BIGINT NOT NULL,
  PRIMARY KEY(lab, id), UNIQUE(lab, label), UNIQUE(lab, day, sequence),
  FOREIGN KEY(lab, patient) REFERENCES patient(lab, id));
CREATE INDEX accession_patient ON accession(lab, patient, id);
CREATE TABLE specimen(
  lab BIGINT NOT NULL, id BIGINT NOT NULL,
  accession BIGINT NOT NULL, label TEXT NOT NULL, container TEXT NOT NULL, state TEXT NOT NULL,
  collected_at BIGINT, received_at BIGINT, reject_reason TEXT, reject_note TEXT,
  PRIMARY KEY(lab, id), UNIQUE(lab, label),
  FOREIGN KEY(lab, accession) REFERENCES accession(lab, id));
CREATE INDEX specimen_accession ON specimen(lab, accession);
CREATE INDEX specimen_waiting ON specimen(lab, state, id) WHERE state IN ('Ordered', 'Collected');
CREATE INDEX specimen_received ON specimen(lab, received_at) WHERE received_at IS NOT NULL;
CREATE TABLE test(
  lab BIGINT NOT NULL, id BIGINT NOT NULL,
  accession BIGINT NOT NULL, patient BIGINT NOT NULL, specimen BIGINT NOT NULL,
  code TEXT NOT NULL, panel TEXT, bench TEXT NOT NULL, state TEXT NOT NULL,
  result BIGINT, versions BIGINT NOT NULL,
  verified_result BIGINT, verified_at BIGINT, verified_by TEXT, note TEXT NOT NULL,
  PRIMARY KEY(lab, id),
  FOREIGN KEY(lab, accession) REFERENCES accession(lab, id),
  FOREIGN KEY(lab, specimen) REFERENCES specimen(lab, id));
CREATE INDEX test_accession ON test(lab, accession, id);
CREATE INDEX test_verified ON test(lab, patient, code, verified_at)
  WHERE verified_at IS NOT NULL;
CREATE INDEX test_verified_at ON test(lab, verified_at) WHERE verified_at IS NOT NULL;
CREATE INDEX test_waiting ON test(lab, state, id) WHERE state IN ('Review', 'Held');
CREATE INDEX test_open ON test(lab, bench, state, id) WHERE state IN ('Awaiting', 'Rerun');
CREATE TABLE instrument(
  lab BIGINT NOT NULL, id BIGINT NOT NULL,
  name TEXT NOT NULL, driver TEXT NOT NULL, sender TEXT NOT NULL,
  codes TEXT NOT NULL, unused TEXT NOT NULL,
  PRIMARY KEY(lab, id), UNIQUE(lab, name));
CREATE TABLE result(
  lab BIGINT NOT NULL, id BIGINT NOT NULL,
  test BIGINT NOT NULL, accession BIGINT NOT NULL, patient BIGINT NOT NULL, code TEXT NOT NULL,
  version BIGINT NOT NULL, shown TEXT NOT NULL, sort_key DOUBLE PRECISION, value TEXT NOT NULL,
  unit TEXT NOT NULL, flag TEXT, limits TEXT NOT NULL, delta TEXT, holds TEXT NOT NULL,
  source TEXT NOT NULL, filed_at BIGINT NOT NULL, filed_by TEXT NOT NULL,
  catalog_release BIGINT NOT NULL,
  PRIMARY KEY(lab, id), UNIQUE(lab, test, version),
  FOREIGN KEY(lab, test) REFERENCES test(lab, id));
CREATE TABLE message(
  lab BIGINT NOT NULL, id BIGINT NOT NULL,
  at BIGINT NOT NULL, instrument BIGINT, peer TEXT NOT NULL, protocol TEXT NOT NULL,
  outgoing BIGINT NOT NULL, digest TEXT, raw BYTEA NOT NULL, note TEXT NOT NULL,
  resent BIGINT NOT NULL,
  PRIMARY KEY(lab, id), UNIQUE(lab, digest));
CREATE INDEX message_instrument ON message(lab, instrument, id);
CREATE INDEX message_unfiled ON message(lab, id) WHERE note = 'kept';
CREATE TABLE unclaimed(
  lab BIGINT NOT NULL, id BIGINT NOT NULL,
  instrument BIGINT NOT NULL, message BIGINT, at BIGINT NOT NULL, sent_number TEXT NOT NULL,
  because TEXT NOT NULL, readings TEXT NOT NULL, claim TEXT NOT NULL, open BIGINT NOT NULL,
  PRIMARY KEY(lab, id),
  FOREIGN KEY(lab, instrument) REFERENCES instrument(lab, id));
CREATE INDEX unclaimed_open ON unclaimed(lab, id) WHERE open = 1;
CREATE TABLE journal(
  lab BIGINT NOT NULL, seq BIGINT NOT NULL,
  at BIGINT NOT NULL, actor TEXT NOT NULL, command TEXT NOT NULL, request TEXT NOT NULL,
  events TEXT NOT NULL, last_id BIGINT NOT NULL, seal BYTEA NOT NULL,
  PRIMARY KEY(lab, seq), UNIQUE(lab, request));
CREATE TABLE journal_about(
  lab BIGINT NOT NULL, about BIGINT NOT NULL, seq BIGINT NOT NULL,
  PRIMARY KEY(lab, about, seq));
CREATE TABLE looked(
  lab BIGINT NOT NULL, at BIGINT NOT NULL, person BIGINT NOT NULL, patient BIGINT NOT NULL,
  page TEXT NOT NULL);
CREATE INDEX looked_patient ON looked(lab, patient, at);
