-- Who the laboratory is on its papers, and the reports that went out.
CREATE TABLE letterhead(
  lab BIGINT NOT NULL, id BIGINT NOT NULL,
  name TEXT NOT NULL, address TEXT NOT NULL, telephone TEXT NOT NULL,
  director TEXT NOT NULL, certificate TEXT NOT NULL,
  PRIMARY KEY(lab, id));
CREATE TABLE issue(
  lab BIGINT NOT NULL, id BIGINT NOT NULL,
  accession BIGINT NOT NULL, number BIGINT NOT NULL, issued_at BIGINT NOT NULL,
  issued_by TEXT NOT NULL, sent_to TEXT NOT NULL, standing TEXT NOT NULL,
  patient TEXT NOT NULL, letterhead TEXT NOT NULL, results TEXT NOT NULL,
  PRIMARY KEY(lab, id), UNIQUE(lab, accession, number),
  FOREIGN KEY(lab, accession) REFERENCES accession(lab, id));
