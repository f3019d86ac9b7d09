//! Tubes after their receipt: what still waits to be processed, what is put away where, what is
//! under way or lost.
//!
//! What must stay true: only open work, one rack, or what is astray is read; a rack holds at most
//! as many as it has positions.

use lab::accession::{Accession, Handling, Specimen, Test};
use lab::kept::Table;
use lab::patient::Patient;
use lab::storage::{Dispatch, StoragePlace};
use lab::value::{StoragePlaceId, TestCode};

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

/// What tells whether a tube with open tests still needs something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenTube {
    specimen: i64,
    /// The container it is in.
    pub container: String,
    /// What was seen of it and done to it.
    pub handling: Handling,
    /// The codes and benches of its tests without a result, or to be run again.
    pub tests: Vec<(TestCode, String)>,
}

impl OpenTube {
    /// The container it was drawn into: that of the specimen an aliquot is made from.
    #[must_use]
    pub fn drawn_into(&self) -> &str {
        self.handling.made_from.as_ref().map_or(&self.container, |origin| &origin.container)
    }
}

/// Of the received tubes with open tests those that need something, most urgent and oldest first.
/// All that are open are looked through, so that none is hidden behind others that need nothing.
///
/// # Errors
/// The database failed.
pub fn process_list(
    sql: &(impl Sql + ?Sized),
    most: usize,
    needs: &dyn Fn(&OpenTube) -> bool,
) -> Result<Vec<ProcessLine>, Fault> {
    let open = open_tubes(sql)?;
    let needy = open.iter().filter(|tube| needs(tube)).take(most);
    needy.filter_map(|tube| process_line(sql, tube.specimen).transpose()).collect()
}

fn open_tubes(sql: &(impl Sql + ?Sized)) -> Result<Vec<OpenTube>, Fault> {
    let text = "SELECT s.id, s.container, s.handling, t.code, t.bench FROM test t \
                CROSS JOIN specimen s CROSS JOIN accession a \
                WHERE t.lab=?1 AND t.state IN ('Awaiting', 'Rerun') \
                AND s.lab=t.lab AND s.id=t.specimen AND s.state IN ('Received', 'OnBench') \
                AND a.lab=s.lab AND a.id=s.accession ORDER BY a.urgency, +s.id, +t.id";
    let mut tubes: Vec<OpenTube> = Vec::new();
    sql.each(text, &[Cell::Int(LAB)], &mut |line| {
        let test = (line.text(3)?.into(), line.text(4)?.to_owned());
        let specimen = line.int(0)?;
        match tubes.last_mut().filter(|last| last.specimen == specimen) {
            Some(last) => last.tests.push(test),
            None => tubes.push(OpenTube {
                specimen,
                container: line.text(1)?.to_owned(),
                handling: line.json(2)?,
                tests: vec![test],
            }),
        }
        Ok(())
    })?;
    Ok(tubes)
}

fn process_line(sql: &(impl Sql + ?Sized), specimen: i64) -> Result<Option<ProcessLine>, Fault> {
    let text = format!(
        "SELECT {}, {} {SPECIMEN_TESTS} AND s.lab=?1 AND s.id=?2 \
         AND t.state IN ('Awaiting', 'Rerun') ORDER BY +t.id",
        specimen_columns(),
        columns(&[(Table::Test, "t")])
    );
    let mut lines: Option<ProcessLine> = None;
    for line in sql.rows(&text, &[Cell::Int(LAB), Cell::Int(specimen)])? {
        let mut cells = line.0.into_iter();
        let (specimen, accession, patient) =
            (next(&mut cells)?, next(&mut cells)?, next(&mut cells)?);
        let test = next(&mut cells)?;
        match &mut lines {
            Some(line) => line.tests.push(test),
            None => lines = Some(ProcessLine { specimen, accession, patient, tests: vec![test] }),
        }
    }
    Ok(lines)
}

/// One specimen, what it belongs to, and the tests on it.
const SPECIMEN_TESTS: &str = "FROM specimen s CROSS JOIN accession a CROSS JOIN patient p \
     CROSS JOIN test t WHERE a.lab=s.lab AND a.id=s.accession AND p.lab=a.lab AND p.id=a.patient \
     AND t.lab=s.lab AND t.accession=s.accession AND t.specimen=s.id ";

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
