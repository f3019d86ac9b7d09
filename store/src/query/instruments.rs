//! Instruments: what they sent last, what waits unclaimed, and what is to be done on a tube that
//! an instrument asks about.
//!
//! What must stay true: a host query is answered from the tests of one specimen.

use lab::accession::{Accession, Specimen, Test, TestState};
use lab::command::Look;
use lab::instrument::{ControlReadings, Instrument, Unclaimed};
use lab::patient::Patient;
use lab::value::{InstrumentId, Label, Moment};

use crate::cell::Cell;
use crate::desk::DatabaseLook;
use crate::engine::Sql;
use crate::fault::Fault;
use crate::table::{LAB, find};

/// An instrument with what it sent last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstrumentLine {
    /// The instrument.
    pub instrument: Instrument,
    /// When its last message came.
    pub last_message: Option<Moment>,
}

/// Every instrument.
///
/// # Errors
/// The database failed.
pub fn instruments(sql: &(impl Sql + ?Sized)) -> Result<Vec<InstrumentLine>, Fault> {
    let all: Vec<Instrument> = find(sql, "1=1 ORDER BY name", &[])?;
    let mut lines = Vec::new();
    for instrument in all {
        let text = "SELECT at FROM message WHERE lab=?1 AND instrument=?2 AND outgoing=0 \
                    ORDER BY id DESC LIMIT 1";
        let line = sql.row(text, &[Cell::Int(LAB), Cell::Int(instrument.id.0)])?;
        let at = line.map(|line| line.int(0)).transpose()?;
        lines.push(InstrumentLine { instrument, last_message: at.map(Moment::from_micros) });
    }
    Ok(lines)
}

/// The open entries of the unclaimed list, newest first.
///
/// # Errors
/// The database failed.
pub fn unclaimed_open(sql: &(impl Sql + ?Sized), most: u32) -> Result<Vec<Unclaimed>, Fault> {
    find(sql, "open=1 ORDER BY id DESC LIMIT ?2", &[Cell::Int(i64::from(most))])
}

/// The open entries of one instrument, oldest first: in the order in which they are read again.
///
/// # Errors
/// The database failed.
pub fn unclaimed_of(
    sql: &(impl Sql + ?Sized),
    instrument: InstrumentId,
    most: u32,
) -> Result<Vec<Unclaimed>, Fault> {
    let given = [Cell::Int(instrument.0), Cell::Int(i64::from(most))];
    find(sql, "instrument=?2 AND open=1 ORDER BY id LIMIT ?3", &given)
}

/// The most open entries that are counted of one instrument.
const COUNTED: i64 = 1_000;

/// How many open entries of the unclaimed list one instrument has, a thousand at most.
///
/// # Errors
/// The database failed.
pub fn unclaimed_count(
    sql: &(impl Sql + ?Sized),
    instrument: InstrumentId,
) -> Result<usize, Fault> {
    let text = "SELECT id FROM unclaimed WHERE lab=?1 AND instrument=?2 AND open=1 \
                ORDER BY id LIMIT ?3";
    let given = [Cell::Int(LAB), Cell::Int(instrument.0), Cell::Int(COUNTED)];
    Ok(sql.rows(text, &given)?.len())
}

/// What an instrument measured in control material and calibrators, newest first.
///
/// # Errors
/// The database failed.
pub fn controls_of(
    sql: &(impl Sql + ?Sized),
    instrument: InstrumentId,
    most: u32,
) -> Result<Vec<ControlReadings>, Fault> {
    let given = [Cell::Int(instrument.0), Cell::Int(i64::from(most))];
    find(sql, "instrument=?2 ORDER BY id DESC LIMIT ?3", &given)
}

/// What is to be measured on one specimen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Work {
    /// The specimen.
    pub specimen: Specimen,
    /// Its accession.
    pub accession: Accession,
    /// Its patient.
    pub patient: Patient,
    /// Its tests without a result, or to be run again.
    pub tests: Vec<Test>,
}

/// What is to be measured on the specimen with this label, where it has been received.
///
/// # Errors
/// The database failed.
pub fn work_for_specimen(sql: &(impl Sql + ?Sized), label: &Label) -> Result<Option<Work>, Fault> {
    let look = DatabaseLook(sql);
    let received = Specimen::can_be_measured;
    let Some(specimen) = look.specimen_labeled(label)?.filter(received) else { return Ok(None) };
    let Some(accession) = look.accession(specimen.accession)? else { return Ok(None) };
    let Some(patient) = look.patient(accession.patient)? else { return Ok(None) };
    let tests = look.tests_of(accession.id)?;
    let open = |test: &Test| {
        test.specimen == specimen.id && matches!(test.state, TestState::Awaiting | TestState::Rerun)
    };
    let tests = tests.into_iter().filter(open).collect();
    Ok(Some(Work { specimen, accession, patient, tests }))
}
