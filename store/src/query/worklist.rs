//! Worklists: what is to collect, what was received, what waits to be verified.
//!
//! What must stay true: exceptions first: held before the rest, among these STAT before ASAP before
//! routine, oldest first; a row carries the decision and its evidence.

use lab::accession::{Accession, ResultVersion, Specimen, Test};
use lab::kept::{Row, Table};
use lab::patient::Patient;
use lab::value::TestId;

use crate::cell::{Cell, Line};
use crate::engine::Sql;
use crate::fault::Fault;
use crate::table::{self, LAB};

/// A specimen to collect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CollectLine {
    /// The specimen.
    pub specimen: Specimen,
    /// Its accession.
    pub accession: Accession,
    /// Its patient.
    pub patient: Patient,
}

/// A specimen that was received.
pub type ReceivedLine = CollectLine;

/// A result that waits for a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReviewLine {
    /// The test.
    pub test: Test,
    /// Its newest version.
    pub result: ResultVersion,
    /// Its specimen.
    pub specimen: Specimen,
    /// Its accession.
    pub accession: Accession,
    /// Its patient.
    pub patient: Patient,
}

/// The columns of several tables, each with the name it has in the query.
pub(super) fn columns(tables: &[(Table, &str)]) -> String {
    let mut all = Vec::new();
    for (table, name) in tables {
        for column in table::shape(*table).columns {
            all.push(format!("{name}.{column}"));
        }
    }
    all.join(", ")
}

/// Takes the next row of type `R` off the front of a joined line.
pub(super) fn next<R: Row>(cells: &mut std::vec::IntoIter<Cell>) -> Result<R, Fault> {
    let width = table::shape(R::TABLE).columns.len();
    let line = Line(cells.by_ref().take(width).collect());
    R::found(table::load(R::TABLE, &line)?)
        .ok_or_else(|| Fault::new("a row of another table than expected"))
}

pub(super) fn collect_line(line: Line) -> Result<CollectLine, Fault> {
    let mut cells = line.0.into_iter();
    Ok(CollectLine {
        specimen: next(&mut cells)?,
        accession: next(&mut cells)?,
        patient: next(&mut cells)?,
    })
}

/// The specimens that wait come first and their accessions are looked up, never the other way
/// around: `CROSS JOIN` keeps the embedded database to that order.
pub(super) const SPECIMEN_JOINS: &str = "FROM specimen s \
     CROSS JOIN accession a CROSS JOIN patient p \
     WHERE a.lab=s.lab AND a.id=s.accession AND p.lab=a.lab AND p.id=a.patient ";

pub(super) fn specimen_columns() -> String {
    columns(&[(Table::Specimen, "s"), (Table::Accession, "a"), (Table::Patient, "p")])
}

/// True of a specimen `s` that somebody still waits for: not every test on it was cancelled.
pub(super) const WANTED: &str = "EXISTS (SELECT 1 FROM test w WHERE w.lab=s.lab \
     AND w.accession=s.accession AND w.specimen=s.id AND w.state<>'Cancelled')";

/// Specimens in a state short of received (`Ordered` or `Collected`), most urgent and oldest
/// first; not those whose tests were all cancelled.
///
/// # Errors
/// The database failed.
pub fn collect_list(
    sql: &(impl Sql + ?Sized),
    state: &str,
    most: u32,
) -> Result<Vec<CollectLine>, Fault> {
    let condition = match state {
        "Ordered" => "s.state='Ordered'",
        _ => "s.state='Collected'",
    };
    let text = format!(
        "SELECT {} {SPECIMEN_JOINS} AND s.lab=?1 AND s.state IN ('Ordered', 'Collected') \
         AND {condition} AND {WANTED} \
         ORDER BY a.urgency, s.id LIMIT ?2",
        specimen_columns()
    );
    let given = [Cell::Int(LAB), Cell::Int(i64::from(most))];
    sql.rows(&text, &given)?.into_iter().map(collect_line).collect()
}

/// The specimens received last, newest first.
///
/// # Errors
/// The database failed.
pub fn received_list(sql: &(impl Sql + ?Sized), most: u32) -> Result<Vec<ReceivedLine>, Fault> {
    let text = format!(
        "SELECT {} {SPECIMEN_JOINS} AND s.lab=?1 AND s.received_at IS NOT NULL \
         ORDER BY s.received_at DESC LIMIT ?2",
        specimen_columns()
    );
    let given = [Cell::Int(LAB), Cell::Int(i64::from(most))];
    sql.rows(&text, &given)?.into_iter().map(collect_line).collect()
}

const REVIEW_JOINS: &str = "FROM test t \
     JOIN result r ON r.lab=t.lab AND r.id=t.result \
     JOIN specimen s ON s.lab=t.lab AND s.id=t.specimen \
     JOIN accession a ON a.lab=t.lab AND a.id=t.accession \
     JOIN patient p ON p.lab=t.lab AND p.id=t.patient ";

pub(super) fn review_columns() -> String {
    columns(&[
        (Table::Test, "t"),
        (Table::Result, "r"),
        (Table::Specimen, "s"),
        (Table::Accession, "a"),
        (Table::Patient, "p"),
    ])
}

pub(super) fn read_review(line: Line) -> Result<ReviewLine, Fault> {
    let mut cells = line.0.into_iter();
    Ok(ReviewLine {
        test: next(&mut cells)?,
        result: next(&mut cells)?,
        specimen: next(&mut cells)?,
        accession: next(&mut cells)?,
        patient: next(&mut cells)?,
    })
}

/// Results that wait for a person, on one bench or on all, exceptions first. Only what waits is
/// read: its number depends on the day's work, not on the record's age.
///
/// # Errors
/// The database failed.
pub fn review_list(
    sql: &(impl Sql + ?Sized),
    bench: Option<&str>,
    most: u32,
) -> Result<Vec<ReviewLine>, Fault> {
    let text = format!(
        "SELECT {} {REVIEW_JOINS} WHERE t.lab=?1 AND t.state IN ('Review', 'Held') \
         AND (?2='' OR t.bench=?2) \
         ORDER BY CASE t.state WHEN 'Held' THEN 0 ELSE 1 END, a.urgency, t.accession, t.id \
         LIMIT ?3",
        review_columns()
    );
    let given = [Cell::Int(LAB), Cell::text(bench.unwrap_or_default()), Cell::Int(i64::from(most))];
    sql.rows(&text, &given)?.into_iter().map(read_review).collect()
}

/// One test with its newest result, whatever its state; `None` where it has no result.
///
/// # Errors
/// The database failed.
pub fn review_line(sql: &(impl Sql + ?Sized), test: TestId) -> Result<Option<ReviewLine>, Fault> {
    let text = format!("SELECT {} {REVIEW_JOINS} WHERE t.lab=?1 AND t.id=?2", review_columns());
    let line = sql.row(&text, &[Cell::Int(LAB), Cell::Int(test.0)])?;
    line.map(read_review).transpose()
}
