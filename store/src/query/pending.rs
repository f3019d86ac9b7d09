//! Open work: the tubes with tests that have no verified result, and how long the day's tests took.
//!
//! What must stay true: only what is open, or was verified since a moment, is read, through the
//! indexes of what waits and of what was verified; urgent before routine and oldest first, so that
//! what a limit leaves out is what may wait.

use std::collections::BTreeMap;

use lab::accession::{Accession, Specimen, Test};
use lab::kept::Table;
use lab::patient::Patient;
use lab::quality::turnaround::Course;
use lab::value::{Moment, TestCode};

use super::worklist::{columns, next, specimen_columns};
use crate::cell::{Cell, Line};
use crate::engine::Sql;
use crate::fault::Fault;
use crate::table::LAB;

/// A tube with tests without a result, or to be run again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PendingTube {
    /// The specimen.
    pub specimen: Specimen,
    /// Its accession.
    pub accession: Accession,
    /// Its patient.
    pub patient: Patient,
    /// Those of its tests that were asked for and are open.
    pub tests: Vec<Test>,
}

/// Which open tests are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which<'a> {
    /// Those of every bench.
    All,
    /// Those of one bench.
    Of(&'a str),
    /// Those of one bench and code.
    Test(&'a str, &'a str),
}

impl<'a> Which<'a> {
    /// The condition on a test `t`, and the bench and the code that fill it as `?3` and `?4`.
    const fn condition(self) -> (&'static str, &'a str, &'a str) {
        match self {
            Which::All => ("?3='' AND ?4=''", "", ""),
            Which::Of(bench) => ("t.bench=?3 AND ?4=''", bench, ""),
            Which::Test(bench, code) => ("t.bench=?3 AND t.code=?4", bench, code),
        }
    }
}

/// Tubes with open tests, most urgent and oldest first.
///
/// # Errors
/// The database failed.
pub fn pending_tubes(
    sql: &(impl Sql + ?Sized),
    which: Which<'_>,
    most: u32,
) -> Result<Vec<PendingTube>, Fault> {
    let (condition, bench, code) = which.condition();
    // What waits is put in order by the least of its columns; the whole rows are looked up after.
    let waits = format!(
        "(SELECT t.specimen AS specimen, a.urgency AS urgency \
           FROM test t CROSS JOIN accession a \
           WHERE t.lab=?1 AND t.state IN ('Awaiting', 'Rerun') AND {condition} \
           AND a.lab=t.lab AND a.id=t.accession GROUP BY t.specimen, a.urgency \
           ORDER BY a.urgency, t.specimen LIMIT ?2) waits"
    );
    let given = [Cell::Int(LAB), Cell::Int(i64::from(most)), Cell::text(bench), Cell::text(code)];
    let tubes = format!(
        "SELECT {} FROM {waits} CROSS JOIN specimen s CROSS JOIN accession a CROSS JOIN patient p \
         WHERE s.lab=?1 AND s.id=waits.specimen AND a.lab=s.lab AND a.id=s.accession \
         AND p.lab=a.lab AND p.id=a.patient ORDER BY waits.urgency, waits.specimen",
        specimen_columns()
    );
    let tests = format!(
        "SELECT {} FROM {waits} CROSS JOIN specimen s CROSS JOIN test t \
         WHERE s.lab=?1 AND s.id=waits.specimen AND t.lab=s.lab AND t.accession=s.accession \
         AND t.specimen=s.id AND t.state IN ('Awaiting', 'Rerun') AND {condition} ORDER BY t.id",
        columns(&[(Table::Test, "t")])
    );
    let mut open: BTreeMap<i64, Vec<Test>> = BTreeMap::new();
    for line in sql.rows(&tests, &given)? {
        let test: Test = next(&mut line.0.into_iter())?;
        open.entry(test.specimen.0).or_default().push(test);
    }
    let tube = |line: Line| {
        let mut cells = line.0.into_iter();
        let specimen: Specimen = next(&mut cells)?;
        let tests = open.remove(&specimen.id.0).unwrap_or_default();
        Ok(PendingTube {
            specimen,
            accession: next(&mut cells)?,
            patient: next(&mut cells)?,
            tests,
        })
    };
    sql.rows(&tubes, &given)?.into_iter().map(tube).collect()
}

/// How many open tests on received specimens there are of each code.
///
/// # Errors
/// The database failed.
pub fn open_counts(sql: &(impl Sql + ?Sized)) -> Result<Vec<(TestCode, i64)>, Fault> {
    let text = "SELECT t.code, count(*) FROM test t CROSS JOIN specimen s \
                WHERE t.lab=?1 AND t.state IN ('Awaiting', 'Rerun') \
                AND s.lab=t.lab AND s.id=t.specimen AND s.received_at IS NOT NULL \
                AND s.state NOT IN ('Rejected', 'Lost', 'Discarded') \
                GROUP BY t.code ORDER BY t.code";
    let read = |line: Line| Ok((TestCode(line.text(0)?.to_owned()), line.int(1)?));
    sql.rows(text, &[Cell::Int(LAB)])?.into_iter().map(read).collect()
}

const COURSE: &str = "t.code, t.bench, a.priority, a.ordered_at, a.due_at, s.collected_at, \
     s.received_at, t.verified_at";

const COURSE_JOINS: &str = "CROSS JOIN accession a CROSS JOIN specimen s \
     WHERE a.lab=t.lab AND a.id=t.accession AND s.lab=t.lab AND s.id=t.specimen";

/// The courses of tests on received specimens that wait for an instrument or a person, the most
/// urgent and oldest first.
///
/// # Errors
/// The database failed.
pub fn open_courses(sql: &(impl Sql + ?Sized), most: u32) -> Result<Vec<Course>, Fault> {
    let mut courses = Vec::new();
    for states in ["'Awaiting', 'Rerun'", "'Review', 'Held'"] {
        let text = format!(
            "SELECT {COURSE} FROM test t {COURSE_JOINS} AND t.lab=?1 AND t.state IN ({states}) \
             AND s.received_at IS NOT NULL AND s.state NOT IN ('Rejected', 'Lost', 'Discarded') \
             ORDER BY a.urgency, +t.id LIMIT ?2"
        );
        let given = [Cell::Int(LAB), Cell::Int(i64::from(most))];
        for line in sql.rows(&text, &given)? {
            courses.push(Course { verified_at: None, ..course(&line)? });
        }
    }
    Ok(courses)
}

/// The courses of the tests verified since a moment, newest first.
///
/// # Errors
/// The database failed.
pub fn finished_courses(
    sql: &(impl Sql + ?Sized),
    since: Moment,
    most: u32,
) -> Result<Vec<Course>, Fault> {
    let text = format!(
        "SELECT {COURSE} FROM test t {COURSE_JOINS} AND t.lab=?1 AND t.verified_at>=?2 \
         ORDER BY t.verified_at DESC LIMIT ?3"
    );
    let given = [Cell::Int(LAB), Cell::Int(since.micros()), Cell::Int(i64::from(most))];
    sql.rows(&text, &given)?.iter().map(course).collect()
}

fn course(line: &Line) -> Result<Course, Fault> {
    let maybe = |at: usize| Ok::<_, Fault>(line.maybe_int(at)?.map(Moment::from_micros));
    Ok(Course {
        code: TestCode(line.text(0)?.to_owned()),
        bench: line.text(1)?.to_owned(),
        priority: line.word(2)?,
        ordered_at: Moment::from_micros(line.int(3)?),
        due_at: maybe(4)?,
        collected_at: maybe(5)?,
        received_at: maybe(6)?,
        verified_at: maybe(7)?,
    })
}

/// How many specimens were received since a moment.
///
/// # Errors
/// The database failed.
pub fn received_since(sql: &(impl Sql + ?Sized), since: Moment) -> Result<i64, Fault> {
    let text = "SELECT count(*) FROM specimen WHERE lab=?1 AND received_at>=?2";
    let line = sql.row(text, &[Cell::Int(LAB), Cell::Int(since.micros())])?;
    line.map_or(Ok(0), |line| line.int(0))
}
