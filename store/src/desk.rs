//! The desk of one command: what it looks at comes from the database, what its events change is
//! gathered here and written once.
//!
//! What must stay true: a row is written as the last event left it; the desk is cleared before
//! the next command looks.

use std::collections::BTreeMap;

use lab::accession::{Accession, Position, ResultVersion, Specimen, Test};
use lab::command::Look;
use lab::directory::{Facility, Location, Provider};
use lab::instrument::{Instrument, Unclaimed};
use lab::issue::Issue;
use lab::kept::{Kept, Row, Shelf, Table};
use lab::patient::{Encounter, Merge, Patient, PatientIdentifier};
use lab::people::Person;
use lab::release::{CatalogDraft, CatalogRelease};
use lab::storage::{Dispatch, StoragePlace};
use lab::value::{
    AccessionId, DispatchId, InstrumentId, Label, Moment, PatientId, PersonId, ResultId,
    SpecimenId, StoragePlaceId, TestCode, TestId, UnclaimedId,
};

use crate::cell::Cell;
use crate::engine::{Pen, Sql};
use crate::fault::Fault;
use crate::table::{self, LAB, find, get};

/// Looking: the database answers.
pub struct DatabaseLook<'a, S: Sql + ?Sized>(pub &'a S);

impl<S: Sql + ?Sized> DatabaseLook<'_, S> {
    fn first<R: Row>(&self, condition: &str, given: Cell) -> Result<Option<R>, Fault> {
        Ok(find(self.0, condition, &[given])?.into_iter().next())
    }
}

impl<S: Sql + ?Sized> Look for DatabaseLook<'_, S> {
    type Fault = Fault;

    fn row<R: Row>(&self, number: i64) -> Result<Option<R>, Fault> {
        get(self.0, number)
    }
    fn patient(&self, id: PatientId) -> Result<Option<Patient>, Fault> {
        get(self.0, id.0)
    }
    fn patient_numbered(&self, record_number: &str) -> Result<Option<Patient>, Fault> {
        self.first("record_number=?2", Cell::text(record_number))
    }
    fn identifiers_of(&self, id: PatientId) -> Result<Vec<PatientIdentifier>, Fault> {
        find(self.0, "patient=?2 ORDER BY id", &[Cell::Int(id.0)])
    }
    fn identified(&self, value: &str) -> Result<Vec<PatientIdentifier>, Fault> {
        find(self.0, "value=?2 ORDER BY id", &[Cell::text(value)])
    }
    fn encounters_of(&self, id: PatientId) -> Result<Vec<Encounter>, Fault> {
        find(self.0, "patient=?2 ORDER BY admitted_at, id", &[Cell::Int(id.0)])
    }
    fn encounter_numbered(&self, number: &str) -> Result<Option<Encounter>, Fault> {
        self.first("number=?2", Cell::text(number))
    }
    fn merges_of(&self, id: PatientId) -> Result<Vec<Merge>, Fault> {
        let mut merges: Vec<Merge> = find(self.0, "given_up=?2", &[Cell::Int(id.0)])?;
        merges.extend(find(self.0, "survives=?2", &[Cell::Int(id.0)])?);
        merges.sort_by_key(|merge: &Merge| merge.id);
        Ok(merges)
    }
    fn accessions_of(&self, id: PatientId) -> Result<Vec<Accession>, Fault> {
        find(self.0, "patient=?2 ORDER BY id", &[Cell::Int(id.0)])
    }
    fn results_of(&self, id: AccessionId) -> Result<Vec<ResultVersion>, Fault> {
        let of = "test IN (SELECT id FROM test WHERE lab=?1 AND accession=?2) ORDER BY +id";
        find(self.0, of, &[Cell::Int(id.0)])
    }
    fn last_ordered(
        &self,
        patient: PatientId,
        code: &TestCode,
    ) -> Result<Option<Accession>, Fault> {
        let sql = "SELECT accession FROM test \
                   WHERE lab=?1 AND patient=?2 AND code=?3 AND state<>'Cancelled' \
                   ORDER BY id DESC LIMIT 1";
        let given = [Cell::Int(LAB), Cell::Int(patient.0), Cell::text(code.as_str())];
        match self.0.row(sql, &given)? {
            Some(line) => get(self.0, line.int(0)?),
            None => Ok(None),
        }
    }
    fn facility_coded(&self, code: &str) -> Result<Option<Facility>, Fault> {
        self.first("code=?2", Cell::text(code))
    }
    fn location_coded(&self, code: &str) -> Result<Option<Location>, Fault> {
        self.first("code=?2", Cell::text(code))
    }
    fn provider_named(&self, name: &str) -> Result<Option<Provider>, Fault> {
        self.first("name=?2", Cell::text(name))
    }
    fn accession(&self, id: AccessionId) -> Result<Option<Accession>, Fault> {
        get(self.0, id.0)
    }
    fn last_sequence(&self, day: i64) -> Result<u32, Fault> {
        let sql = "SELECT coalesce(max(sequence),0) FROM accession WHERE lab=?1 AND day=?2";
        let line = self.0.row(sql, &[Cell::Int(LAB), Cell::Int(day)])?;
        line.map_or(Ok(0), |line| line.small(0))
    }
    fn specimen(&self, id: SpecimenId) -> Result<Option<Specimen>, Fault> {
        get(self.0, id.0)
    }
    fn specimen_labeled(&self, label: &Label) -> Result<Option<Specimen>, Fault> {
        self.first("label=?2", Cell::text(label.as_str()))
    }
    fn test(&self, id: TestId) -> Result<Option<Test>, Fault> {
        get(self.0, id.0)
    }
    fn tests_of(&self, id: AccessionId) -> Result<Vec<Test>, Fault> {
        find(self.0, "accession=?2 ORDER BY id", &[Cell::Int(id.0)])
    }
    fn result(&self, id: ResultId) -> Result<Option<ResultVersion>, Fault> {
        get(self.0, id.0)
    }
    fn newest_results(&self, id: AccessionId) -> Result<Vec<ResultVersion>, Fault> {
        let newest = "id IN (SELECT result FROM test WHERE lab=?1 AND accession=?2)";
        find(self.0, newest, &[Cell::Int(id.0)])
    }
    fn last_verified(
        &self,
        patient: PatientId,
        accession: AccessionId,
    ) -> Result<Vec<(ResultVersion, Moment)>, Fault> {
        let columns = table::shape(Table::Result).columns;
        let sql = format!(
            "SELECT result.{}, verified.verified_at FROM test wanted \
             JOIN test verified ON verified.lab=?1 AND verified.id=(SELECT last.id FROM test last \
             WHERE last.lab=?1 AND last.patient=?2 AND last.code=wanted.code \
             AND last.verified_at IS NOT NULL \
             ORDER BY last.verified_at DESC, last.verified_result DESC LIMIT 1) \
             JOIN result ON result.lab=?1 AND result.id=verified.verified_result \
             WHERE wanted.lab=?1 AND wanted.accession=?3",
            columns.join(",result.")
        );
        let given = [Cell::Int(LAB), Cell::Int(patient.0), Cell::Int(accession.0)];
        let mut found = Vec::new();
        for line in self.0.rows(&sql, &given)? {
            let at = Moment::from_micros(line.int(columns.len())?);
            let version = ResultVersion::found(table::load(Table::Result, &line)?);
            found.extend(version.map(|version| (version, at)));
        }
        Ok(found)
    }
    fn last_issue(&self, id: AccessionId) -> Result<Option<Issue>, Fault> {
        self.first("accession=?2 ORDER BY number DESC LIMIT 1", Cell::Int(id.0))
    }
    fn person(&self, id: PersonId) -> Result<Option<Person>, Fault> {
        get(self.0, id.0)
    }
    fn person_signing_in(&self, name: &str) -> Result<Option<Person>, Fault> {
        self.first("sign_in=?2", Cell::text(name))
    }
    fn instrument(&self, id: InstrumentId) -> Result<Option<Instrument>, Fault> {
        get(self.0, id.0)
    }
    fn instrument_named(&self, name: &str) -> Result<Option<Instrument>, Fault> {
        self.first("name=?2", Cell::text(name))
    }
    fn unclaimed(&self, id: UnclaimedId) -> Result<Option<Unclaimed>, Fault> {
        get(self.0, id.0)
    }
    fn specimens_of(&self, id: AccessionId) -> Result<Vec<Specimen>, Fault> {
        // Sorted after they are found, so that no index is walked for the sake of the order.
        let mut own: Vec<Specimen> = find(self.0, "accession=?2", &[Cell::Int(id.0)])?;
        own.sort_by(|a, b| a.label.cmp(&b.label));
        Ok(own)
    }
    fn specimen_at(&self, position: &Position) -> Result<Option<Specimen>, Fault> {
        let given = [Cell::Int(position.place.0), Cell::Text(position.spot.to_string())];
        Ok(find(self.0, "place=?2 AND spot=?3", &given)?.into_iter().next())
    }
    fn storage_place(&self, id: StoragePlaceId) -> Result<Option<StoragePlace>, Fault> {
        get(self.0, id.0)
    }
    fn storage_place_coded(&self, code: &str) -> Result<Option<StoragePlace>, Fault> {
        self.first("code=?2", Cell::text(code))
    }
    fn dispatch(&self, id: DispatchId) -> Result<Option<Dispatch>, Fault> {
        get(self.0, id.0)
    }
    fn last_dispatch(&self) -> Result<u32, Fault> {
        let sql = "SELECT coalesce(max(number),0) FROM dispatch WHERE lab=?1";
        self.0.row(sql, &[Cell::Int(LAB)])?.map_or(Ok(0), |line| line.small(0))
    }
    fn newest_release(&self) -> Result<Option<CatalogRelease>, Fault> {
        Ok(find(self.0, "1=1 ORDER BY id DESC LIMIT 1", &[])?.into_iter().next())
    }
    fn newest_draft(&self) -> Result<Option<CatalogDraft>, Fault> {
        Ok(find(self.0, "1=1 ORDER BY id DESC LIMIT 1", &[])?.into_iter().next())
    }
    fn people(&self) -> Result<Vec<Person>, Fault> {
        find(self.0, "1=1 ORDER BY id", &[])
    }
}

/// A row as it was, where it was there before, and as it is now.
pub struct Changed {
    before: Option<Kept>,
    now: Kept,
}

impl Changed {
    /// The row as it is now.
    pub fn now(&self) -> &Kept {
        &self.now
    }
}

/// Changing: rows as the events leave them.
pub struct Desk<'a, P: Pen> {
    pen: &'a P,
    taken: BTreeMap<(Table, i64), Kept>,
    changed: BTreeMap<(Table, i64), Kept>,
}

impl<'a, P: Pen> Desk<'a, P> {
    /// An empty desk.
    pub fn new(pen: &'a P) -> Desk<'a, P> {
        Desk { pen, taken: BTreeMap::new(), changed: BTreeMap::new() }
    }

    /// The changed rows, those referred to before those that refer; of each table, the new ones
    /// first.
    pub fn into_changed(mut self) -> Vec<Changed> {
        let mut rows: Vec<Changed> = Vec::with_capacity(self.changed.len());
        for (key, now) in self.changed {
            rows.push(Changed { before: self.taken.remove(&key), now });
        }
        let place = |table| Table::ALL.iter().position(|one| *one == table);
        rows.sort_by_key(|row| (place(row.now.table()), row.before.is_some()));
        rows
    }
}

impl<P: Pen> Shelf for Desk<'_, P> {
    type Fault = Fault;

    fn take<R: Row>(&mut self, number: i64) -> Result<R, Fault> {
        let key = (R::TABLE, number);
        if let Some(row) = self.changed.get(&key).cloned().and_then(R::found) {
            return Ok(row);
        }
        let row: R = get(self.pen, number)?
            .ok_or_else(|| Fault::new(format!("no row {number} in {}", R::TABLE.name())))?;
        let kept = row.keep();
        self.taken.insert(key, kept.clone());
        R::found(kept).ok_or_else(|| Fault::new("a row of another table was found"))
    }

    fn put<R: Row>(&mut self, row: R) {
        let kept = row.keep();
        self.changed.insert((kept.table(), kept.number()), kept);
    }
}

/// Writes rows, grouped by table: the new ones whole, of the others what changed.
///
/// # Errors
/// The database failed.
pub fn write<P: Pen>(pen: &mut P, rows: &[Changed]) -> Result<(), Fault> {
    let alike = |a: &Changed, b: &Changed| {
        (a.now.table(), a.before.is_some()) == (b.now.table(), b.before.is_some())
    };
    for group in rows.chunk_by(alike) {
        let Some(first) = group.first() else { continue };
        let shape = table::shape(first.now.table());
        let (mut fresh, mut revised) = (Vec::new(), Vec::new());
        for row in group {
            let now = table::save(&row.now)?;
            match &row.before {
                None => fresh.push(now),
                Some(before) => revised.push((table::save(before)?, now)),
            }
        }
        if !fresh.is_empty() {
            pen.upsert(shape, &fresh)?;
        }
        if !revised.is_empty() {
            pen.revise(shape, &revised)?;
        }
    }
    Ok(())
}
