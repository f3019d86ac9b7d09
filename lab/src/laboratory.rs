//! A laboratory in memory: everything that is kept, in ordered maps.
//!
//! It is what the fold of the journal makes, what the laws are checked on, and what commands are
//! tried against in tests. It is small by intent: questions that a database answers from an index
//! are answered here by walking.

use std::collections::BTreeMap;

use crate::accession::{Accession, Position, ResultVersion, Specimen, Test, TestState};
use crate::command::Look;
use crate::directory::{Facility, Location, Provider};
use crate::instrument::{Instrument, Unclaimed};
use crate::issue::Issue;
use crate::kept::{Kept, Row, Shelf, Table};
use crate::patient::{Encounter, Merge, Patient, PatientIdentifier};
use crate::people::Person;
use crate::release::{CatalogDraft, CatalogRelease};
use crate::storage::{Dispatch, StoragePlace};
use crate::value::{
    AccessionId, DispatchId, InstrumentId, Label, Moment, PatientId, PersonId, ResultId,
    SpecimenId, StoragePlaceId, TestCode, TestId, UnclaimedId,
};

/// Everything that is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Laboratory {
    rows: BTreeMap<(Table, i64), Kept>,
}

/// An event changes a row that is not there: the journal and what is kept do not fit together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoSuchRow {
    /// The table.
    pub table: Table,
    /// The number looked for.
    pub number: i64,
}

impl std::fmt::Display for NoSuchRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "no row {} in table {}", self.number, self.table.name())
    }
}

impl Laboratory {
    /// One row by table and number.
    #[must_use]
    pub fn row(&self, table: Table, number: i64) -> Option<&Kept> {
        self.rows.get(&(table, number))
    }

    /// Every row, by table and number.
    pub fn rows(&self) -> impl Iterator<Item = &Kept> {
        self.rows.values()
    }

    /// Every row of one type, by number.
    pub fn all<R: Row>(&self) -> impl Iterator<Item = R> {
        self.rows
            .range((R::TABLE, i64::MIN)..=(R::TABLE, i64::MAX))
            .filter_map(|(_, kept)| R::found(kept.clone()))
    }

    /// Keeps a row as it is; used where a laboratory is read out of a database.
    pub fn keep(&mut self, kept: Kept) {
        self.rows.insert((kept.table(), kept.number()), kept);
    }

    fn those<R: Row>(&self, wanted: impl Fn(&R) -> bool) -> Vec<R> {
        self.all::<R>().filter(wanted).collect()
    }

    fn get<R: Row>(&self, number: i64) -> Option<R> {
        self.rows.get(&(R::TABLE, number)).cloned().and_then(R::found)
    }
}

impl Shelf for Laboratory {
    type Fault = NoSuchRow;

    fn take<R: Row>(&mut self, number: i64) -> Result<R, NoSuchRow> {
        self.get(number).ok_or(NoSuchRow { table: R::TABLE, number })
    }

    fn put<R: Row>(&mut self, row: R) {
        self.keep(row.keep());
    }
}

impl Look for Laboratory {
    type Fault = NoSuchRow;

    fn row<R: Row>(&self, number: i64) -> Result<Option<R>, NoSuchRow> {
        Ok(self.get(number))
    }
    fn patient(&self, id: PatientId) -> Result<Option<Patient>, NoSuchRow> {
        Ok(self.get(id.0))
    }
    fn patient_numbered(&self, record_number: &str) -> Result<Option<Patient>, NoSuchRow> {
        Ok(self.all::<Patient>().find(|patient| patient.record_number == record_number))
    }
    fn identifiers_of(&self, id: PatientId) -> Result<Vec<PatientIdentifier>, NoSuchRow> {
        Ok(self.those(|row: &PatientIdentifier| row.patient == id))
    }
    fn identified(&self, value: &str) -> Result<Vec<PatientIdentifier>, NoSuchRow> {
        Ok(self.those(|row: &PatientIdentifier| row.value == value))
    }
    fn encounters_of(&self, id: PatientId) -> Result<Vec<Encounter>, NoSuchRow> {
        Ok(self.those(|row: &Encounter| row.patient == id))
    }
    fn encounter_numbered(&self, number: &str) -> Result<Option<Encounter>, NoSuchRow> {
        Ok(self.all::<Encounter>().find(|row| row.number == number))
    }
    fn merges_of(&self, id: PatientId) -> Result<Vec<Merge>, NoSuchRow> {
        Ok(self.those(|row: &Merge| row.from == id || row.into == id))
    }
    fn accessions_of(&self, id: PatientId) -> Result<Vec<Accession>, NoSuchRow> {
        Ok(self.those(|row: &Accession| row.patient == id))
    }
    fn results_of(&self, id: AccessionId) -> Result<Vec<ResultVersion>, NoSuchRow> {
        Ok(self.those(|row: &ResultVersion| row.accession == id))
    }
    fn last_ordered(
        &self,
        patient: PatientId,
        code: &TestCode,
    ) -> Result<Option<Accession>, NoSuchRow> {
        let ordered = self.all::<Test>().filter(|test| {
            test.patient == patient && test.code == *code && test.state != TestState::Cancelled
        });
        Ok(ordered.last().and_then(|test| self.get(test.accession.0)))
    }
    fn facility_coded(&self, code: &str) -> Result<Option<Facility>, NoSuchRow> {
        Ok(self.all::<Facility>().find(|row| row.code == code))
    }
    fn location_coded(&self, code: &str) -> Result<Option<Location>, NoSuchRow> {
        Ok(self.all::<Location>().find(|row| row.code == code))
    }
    fn provider_named(&self, name: &str) -> Result<Option<Provider>, NoSuchRow> {
        Ok(self.all::<Provider>().find(|row| row.name == name))
    }
    fn accession(&self, id: AccessionId) -> Result<Option<Accession>, NoSuchRow> {
        Ok(self.get(id.0))
    }
    fn last_sequence(&self, day: i64) -> Result<u32, NoSuchRow> {
        let sequences = self.all::<Accession>().filter(|row| row.sequence.0 == day);
        Ok(sequences.map(|row| row.sequence.1).max().unwrap_or(0))
    }
    fn specimen(&self, id: SpecimenId) -> Result<Option<Specimen>, NoSuchRow> {
        Ok(self.get(id.0))
    }
    fn specimen_labeled(&self, label: &Label) -> Result<Option<Specimen>, NoSuchRow> {
        Ok(self.all::<Specimen>().find(|specimen| specimen.label == *label))
    }
    fn test(&self, id: TestId) -> Result<Option<Test>, NoSuchRow> {
        Ok(self.get(id.0))
    }
    fn tests_of(&self, id: AccessionId) -> Result<Vec<Test>, NoSuchRow> {
        Ok(self.all::<Test>().filter(|test| test.accession == id).collect())
    }
    fn result(&self, id: ResultId) -> Result<Option<ResultVersion>, NoSuchRow> {
        Ok(self.get(id.0))
    }
    fn newest_results(&self, id: AccessionId) -> Result<Vec<ResultVersion>, NoSuchRow> {
        let tests = self.tests_of(id)?;
        Ok(tests.iter().filter_map(|test| test.result).filter_map(|id| self.get(id.0)).collect())
    }
    fn last_verified(
        &self,
        patient: PatientId,
        accession: AccessionId,
    ) -> Result<Vec<(ResultVersion, Moment)>, NoSuchRow> {
        let mut found = Vec::new();
        for wanted in self.tests_of(accession)? {
            let last = self
                .all::<Test>()
                .filter(|test| test.patient == patient && test.code == wanted.code)
                .filter_map(|test| test.verified)
                .max_by_key(|verified| (verified.at, verified.result));
            found.extend(last.and_then(|last| Some((self.get(last.result.0)?, last.at))));
        }
        Ok(found)
    }
    fn last_issue(&self, id: AccessionId) -> Result<Option<Issue>, NoSuchRow> {
        let issues = self.all::<Issue>().filter(|issue| issue.accession == id);
        Ok(issues.max_by_key(|issue| issue.number))
    }
    fn person(&self, id: PersonId) -> Result<Option<Person>, NoSuchRow> {
        Ok(self.get(id.0))
    }
    fn person_signing_in(&self, name: &str) -> Result<Option<Person>, NoSuchRow> {
        Ok(self.all::<Person>().find(|person| person.sign_in == name))
    }
    fn instrument(&self, id: InstrumentId) -> Result<Option<Instrument>, NoSuchRow> {
        Ok(self.get(id.0))
    }
    fn instrument_named(&self, name: &str) -> Result<Option<Instrument>, NoSuchRow> {
        Ok(self.all::<Instrument>().find(|instrument| instrument.name == name))
    }
    fn unclaimed(&self, id: UnclaimedId) -> Result<Option<Unclaimed>, NoSuchRow> {
        Ok(self.get(id.0))
    }
    fn specimens_of(&self, id: AccessionId) -> Result<Vec<Specimen>, NoSuchRow> {
        let mut own: Vec<Specimen> =
            self.all::<Specimen>().filter(|specimen| specimen.accession == id).collect();
        own.sort_by(|a, b| a.label.cmp(&b.label));
        Ok(own)
    }
    fn specimen_at(&self, position: &Position) -> Result<Option<Specimen>, NoSuchRow> {
        Ok(self.all::<Specimen>().find(|row| row.handling.place.as_ref() == Some(position)))
    }
    fn storage_place(&self, id: StoragePlaceId) -> Result<Option<StoragePlace>, NoSuchRow> {
        Ok(self.get(id.0))
    }
    fn storage_place_coded(&self, code: &str) -> Result<Option<StoragePlace>, NoSuchRow> {
        Ok(self.all::<StoragePlace>().find(|place| place.code == code))
    }
    fn dispatch(&self, id: DispatchId) -> Result<Option<Dispatch>, NoSuchRow> {
        Ok(self.get(id.0))
    }
    fn last_dispatch(&self) -> Result<u32, NoSuchRow> {
        Ok(self.all::<Dispatch>().map(|row| row.number).max().unwrap_or(0))
    }
    fn newest_release(&self) -> Result<Option<CatalogRelease>, NoSuchRow> {
        Ok(self.all::<CatalogRelease>().last())
    }
    fn newest_draft(&self) -> Result<Option<CatalogDraft>, NoSuchRow> {
        Ok(self.all::<CatalogDraft>().last())
    }
    fn people(&self) -> Result<Vec<Person>, NoSuchRow> {
        Ok(self.all().collect())
    }
}
