//! The desk of one command: what it looks at comes from the database, what its events change is
//! gathered here and written once.
//!
//! What must stay true: a row is written as the last event left it; the desk is cleared before
//! the next command looks.

use std::collections::BTreeMap;

use lab::accession::{Accession, ResultVersion, Specimen, Test};
use lab::command::Look;
use lab::instrument::{Instrument, Unclaimed};
use lab::kept::{Kept, Row, Shelf, Table};
use lab::patient::Patient;
use lab::people::Person;
use lab::release::CatalogRelease;
use lab::value::{
    AccessionId, InstrumentId, Label, Moment, PatientId, PersonId, ResultId, SpecimenId, TestCode,
    TestId, UnclaimedId,
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

    fn patient(&self, id: PatientId) -> Result<Option<Patient>, Fault> {
        get(self.0, id.0)
    }
    fn patient_numbered(&self, record_number: &str) -> Result<Option<Patient>, Fault> {
        self.first("record_number=?2", Cell::text(record_number))
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
        code: &TestCode,
    ) -> Result<Option<(ResultVersion, Moment)>, Fault> {
        let sql = "SELECT verified_result, verified_at FROM test \
                   WHERE lab=?1 AND patient=?2 AND code=?3 AND verified_at IS NOT NULL \
                   ORDER BY verified_at DESC, verified_result DESC LIMIT 1";
        let given = [Cell::Int(LAB), Cell::Int(patient.0), Cell::text(code.as_str())];
        let Some(line) = self.0.row(sql, &given)? else { return Ok(None) };
        let at = Moment::from_micros(line.int(1)?);
        Ok(get(self.0, line.int(0)?)?.map(|result| (result, at)))
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
    fn newest_release(&self) -> Result<Option<CatalogRelease>, Fault> {
        Ok(find(self.0, "1=1 ORDER BY id DESC LIMIT 1", &[])?.into_iter().next())
    }
}

/// Changing: rows as the events leave them.
pub struct Desk<'a, P: Pen> {
    pen: &'a P,
    changed: BTreeMap<(Table, i64), Kept>,
}

impl<'a, P: Pen> Desk<'a, P> {
    /// An empty desk.
    pub fn new(pen: &'a P) -> Desk<'a, P> {
        Desk { pen, changed: BTreeMap::new() }
    }

    /// The changed rows, those referred to before those that refer.
    pub fn into_changed(self) -> Vec<Kept> {
        let mut rows: Vec<Kept> = self.changed.into_values().collect();
        rows.sort_by_key(|row| Table::ALL.iter().position(|table| *table == row.table()));
        rows
    }
}

impl<P: Pen> Shelf for Desk<'_, P> {
    type Fault = Fault;

    fn take<R: Row>(&mut self, number: i64) -> Result<R, Fault> {
        if let Some(row) = self.changed.get(&(R::TABLE, number)).cloned().and_then(R::found) {
            return Ok(row);
        }
        get(self.pen, number)?
            .ok_or_else(|| Fault::new(format!("no row {number} in {}", R::TABLE.name())))
    }

    fn put<R: Row>(&mut self, row: R) {
        let kept = row.keep();
        self.changed.insert((kept.table(), kept.number()), kept);
    }
}

/// Writes rows, grouped by table.
///
/// # Errors
/// The database failed.
pub fn write<P: Pen>(pen: &mut P, rows: &[Kept]) -> Result<(), Fault> {
    for group in rows.chunk_by(|a, b| a.table() == b.table()) {
        let Some(first) = group.first() else { continue };
        let cells: Result<Vec<_>, _> = group.iter().map(table::save).collect();
        pen.upsert(table::shape(first.table()), &cells?)?;
    }
    Ok(())
}
