//! Tubes after their receipt: what still waits to be processed, what is put away where, what is
//! under way or lost.
//!
//! What must stay true: only open work, one rack, or what is astray is read; a rack holds at most
//! as many as it has positions.

use lab::accession::{Accession, Specimen, Test};
use lab::kept::Table;
use lab::patient::Patient;
use lab::storage::{Dispatch, StoragePlace};
use lab::value::StoragePlaceId;

use super::worklist::{CollectLine, SPECIMEN_JOINS, collect_line, columns, next, specimen_columns};
use crate::cell::Cell;
use crate::engine::Sql;
use crate::fault::Fault;
use crate::table::{LAB, find};

/// A tube with work on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProcessLine {
    /// The specimen.
    pub specimen: Specimen,
    /// Its accession.
    pub accession: Accession,
    /// Its patient.
    pub patient: Patient,
    /// Its tests without a result, or to be run again.
    pub tests: Vec<Test>,
}

/// Received tubes with open tests, most urgent and oldest first; read are at most so many tests.
///
/// # Errors
/// The database failed.
pub fn process_list(sql: &(impl Sql + ?Sized), most: u32) -> Result<Vec<ProcessLine>, Fault> {
    let text = format!(
        "SELECT {}, {} FROM test t CROSS JOIN specimen s CROSS JOIN accession a \
         CROSS JOIN patient p \
         WHERE t.lab=?1 AND t.state IN ('Awaiting', 'Rerun') \
         AND s.lab=t.lab AND s.id=t.specimen AND s.state IN ('Received', 'OnBench') \
         AND a.lab=s.lab AND a.id=s.accession AND p.lab=a.lab AND p.id=a.patient \
         ORDER BY a.urgency, +s.id, +t.id LIMIT ?2",
        specimen_columns(),
        columns(&[(Table::Test, "t")])
    );
    let given = [Cell::Int(LAB), Cell::Int(i64::from(most))];
    let mut lines: Vec<ProcessLine> = Vec::new();
    for line in sql.rows(&text, &given)? {
        let mut cells = line.0.into_iter();
        let (specimen, accession, patient) =
            (next::<Specimen>(&mut cells)?, next(&mut cells)?, next(&mut cells)?);
        let test = next(&mut cells)?;
        match lines.last_mut().filter(|last| last.specimen.id == specimen.id) {
            Some(last) => last.tests.push(test),
            None => lines.push(ProcessLine { specimen, accession, patient, tests: vec![test] }),
        }
    }
    Ok(lines)
}

/// Every storage place by its code, with how many specimens it holds: a laboratory has tens.
///
/// # Errors
/// The database failed.
pub fn storage_places(sql: &(impl Sql + ?Sized)) -> Result<Vec<(StoragePlace, i64)>, Fault> {
    let places: Vec<StoragePlace> = find(sql, "1=1 ORDER BY code", &[])?;
    let mut counted = Vec::new();
    for place in places {
        let text = "SELECT count(*) FROM specimen WHERE lab=?1 AND place=?2";
        let line = sql.row(text, &[Cell::Int(LAB), Cell::Int(place.id.0)])?;
        let holds = line.map_or(Ok(0), |line| line.int(0))?;
        counted.push((place, holds));
    }
    Ok(counted)
}

/// What one place holds.
///
/// # Errors
/// The database failed.
pub fn stored_in(
    sql: &(impl Sql + ?Sized),
    place: StoragePlaceId,
) -> Result<Vec<CollectLine>, Fault> {
    let text =
        format!("SELECT {} {SPECIMEN_JOINS} AND s.lab=?1 AND s.place=?2", specimen_columns());
    let lines = sql.rows(&text, &[Cell::Int(LAB), Cell::Int(place.0)])?;
    lines.into_iter().map(collect_line).collect()
}

/// Specimens that are lost (`Lost`) or under way by a list (`Dispatched`), newest first.
///
/// # Errors
/// The database failed.
pub fn astray(
    sql: &(impl Sql + ?Sized),
    state: &str,
    most: u32,
) -> Result<Vec<CollectLine>, Fault> {
    let condition = if state == "Lost" { "s.state='Lost'" } else { "s.state='Dispatched'" };
    let text = format!(
        "SELECT {} {SPECIMEN_JOINS} AND s.lab=?1 AND s.state IN ('Dispatched', 'Lost') \
         AND {condition} ORDER BY +s.id DESC LIMIT ?2",
        specimen_columns()
    );
    let lines = sql.rows(&text, &[Cell::Int(LAB), Cell::Int(i64::from(most))])?;
    lines.into_iter().map(collect_line).collect()
}

/// The newest dispatch lists.
///
/// # Errors
/// The database failed.
pub fn dispatch_lists(sql: &(impl Sql + ?Sized), most: u32) -> Result<Vec<Dispatch>, Fault> {
    find(sql, "1=1 ORDER BY number DESC LIMIT ?2", &[Cell::Int(i64::from(most))])
}
