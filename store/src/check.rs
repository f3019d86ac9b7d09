//! The check of the whole record: seals, the fold of the journal against the tables, and every
//! law of the laboratory.
//!
//! What must stay true: it only reads; each finding is one line that says where.

use std::collections::BTreeSet;

use lab::invariant;
use lab::kept::{Kept, Row, Shelf, Table};
use lab::laboratory::{Laboratory, NoSuchRow};
use lab::people::Person;

use crate::cell::{Cell, Line};
use crate::engine::Sql;
use crate::fault::Fault;
use crate::journal::{self, Seal};
use crate::table::{self, LAB};

/// Entries read at once.
const STRIDE: u32 = 2_000;

/// Columns made from the others, for lists, for plots and for people with SQL tools.
const MADE: [&str; 8] =
    ["shown", "sort_key", "search", "urgency", "open", "call_open", "place", "spot"];

/// What the check found.
#[derive(Clone, Debug, Default)]
pub struct Findings {
    /// Journal entries read.
    pub entries: i64,
    /// Rows compared.
    pub rows: usize,
    /// One line for each finding: what kind, and where.
    pub lines: Vec<(String, String)>,
}

/// Checks everything.
///
/// # Errors
/// The database failed while being read.
pub fn check(sql: &(impl Sql + ?Sized)) -> Result<Findings, Fault> {
    let mut findings = Findings::default();
    let folded = fold(sql, &mut findings)?;
    let kept = found_tables(sql, &mut findings)?;
    compare(&folded, &kept, &mut findings);
    secrets(sql, &folded, &mut findings)?;
    findings.lines.extend(
        invariant::breaches(&kept).into_iter().map(|breach| (breach.law.to_owned(), breach.what)),
    );
    Ok(findings)
}

fn fold(sql: &(impl Sql + ?Sized), findings: &mut Findings) -> Result<Laboratory, Fault> {
    let mut laboratory = Laboratory::default();
    let mut about = BTreeSet::new();
    let mut seal: Seal = [0; 32];
    let mut last = 0;
    loop {
        let entries = journal::after(sql, last, STRIDE)?;
        if entries.is_empty() {
            compare_subjects(sql, &about, findings)?;
            return Ok(laboratory);
        }
        for entry in entries {
            if entry.seq != last + 1 {
                findings.add("journal_gap", format!("after entry {last} comes {}", entry.seq));
            }
            if entry.expected_seal(&seal)? != entry.seal {
                findings.add("broken_seal", format!("entry {}", entry.seq));
            }
            match entry.happened() {
                Err(fault) => findings.add("unreadable_entry", fault.to_string()),
                Ok(events) => {
                    let mut heard = Heard { laboratory: &mut laboratory, about: BTreeSet::new() };
                    for event in &events {
                        if let Err(missing) = lab::event::apply(event, &mut heard) {
                            findings.add("fold", format!("entry {}: {missing}", entry.seq));
                        }
                    }
                    about.extend(heard.about.into_iter().map(|subject| (entry.seq, subject)));
                }
            }
            seal = entry.seal;
            last = entry.seq;
            findings.entries += 1;
        }
    }
}

/// A laboratory that notes what the rows put into it are about.
struct Heard<'a> {
    laboratory: &'a mut Laboratory,
    about: BTreeSet<i64>,
}

impl Shelf for Heard<'_> {
    type Fault = NoSuchRow;

    fn take<R: Row>(&mut self, number: i64) -> Result<R, NoSuchRow> {
        self.laboratory.take(number)
    }

    fn put<R: Row>(&mut self, row: R) {
        let kept = row.keep();
        self.about.insert(kept.about());
        self.laboratory.keep(kept);
    }
}

/// Whether the list of what each entry is about says what the entries say: by it a person finds
/// who did what to a specimen.
fn compare_subjects(
    sql: &(impl Sql + ?Sized),
    expected: &BTreeSet<(i64, i64)>,
    findings: &mut Findings,
) -> Result<(), Fault> {
    let mut found = BTreeSet::new();
    for line in sql.rows("SELECT seq, about FROM journal_about WHERE lab=?1", &[Cell::Int(LAB)])? {
        found.insert((line.int(0)?, line.int(1)?));
    }
    for (seq, subject) in expected.symmetric_difference(&found) {
        findings.add("subject_differs", format!("entry {seq}, about {subject}"));
    }
    Ok(())
}

/// Everything that is kept in the tables.
///
/// # Errors
/// The database failed, or a row cannot be read.
pub fn read_tables(sql: &(impl Sql + ?Sized)) -> Result<Laboratory, Fault> {
    let mut laboratory = Laboratory::default();
    for table in Table::ALL {
        for line in lines(sql, table)? {
            laboratory.keep(table::load(table, &line)?);
        }
    }
    Ok(laboratory)
}

/// Everything in the tables that can be read; what cannot, and what does not fit the row it stands
/// beside, is a finding.
fn found_tables(sql: &(impl Sql + ?Sized), findings: &mut Findings) -> Result<Laboratory, Fault> {
    let mut laboratory = Laboratory::default();
    for table in Table::ALL {
        for line in lines(sql, table)? {
            match table::load(table, &line) {
                Err(fault) => findings.add("row_unreadable", fault.to_string()),
                Ok(kept) => {
                    if !columns_fit(&kept, &line)? {
                        findings.add("column_differs", place(&kept));
                    }
                    laboratory.keep(kept);
                }
            }
        }
    }
    Ok(laboratory)
}

fn lines(sql: &(impl Sql + ?Sized), table: Table) -> Result<Vec<Line>, Fault> {
    let shape = table::shape(table);
    let text = format!("SELECT {} FROM {} WHERE lab=?1", shape.columns.join(","), shape.table);
    sql.rows(&text, &[Cell::Int(LAB)])
}

/// Whether the columns that are made from the others say what they would be made to say.
fn columns_fit(kept: &Kept, line: &Line) -> Result<bool, Fault> {
    let made = table::save(kept)?;
    let mut columns = table::shape(kept.table()).columns.iter().zip(made.iter().zip(&line.0));
    Ok(columns.all(|(column, (made, found))| !MADE.contains(column) || made == found))
}

fn place(row: &Kept) -> String {
    format!("{} {}", row.table().name(), row.number())
}

fn compare(folded: &Laboratory, kept: &Laboratory, findings: &mut Findings) {
    for row in folded.rows() {
        findings.rows += 1;
        match kept.row(row.table(), row.number()) {
            None => findings.add("row_missing", place(row)),
            Some(found) if found != row => findings.add("row_differs", place(row)),
            Some(_) => {}
        }
    }
    for row in kept.rows() {
        if folded.row(row.table(), row.number()).is_none() {
            findings.add("row_without_event", place(row));
        }
    }
}

/// Each stored password digest fits the seal the journal knows, and none is missing.
fn secrets(
    sql: &(impl Sql + ?Sized),
    folded: &Laboratory,
    findings: &mut Findings,
) -> Result<(), Fault> {
    let mut people: Vec<Person> = folded.all().collect();
    for line in sql.rows("SELECT person, digest FROM secret WHERE lab=?1", &[Cell::Int(LAB)])? {
        let (person, seal) = (line.int(0)?, crate::seal_of(line.text(1)?));
        let known = people.iter_mut().find(|row| row.id.0 == person);
        if known.and_then(|row| row.secret_seal.take()).as_deref() != Some(seal.as_str()) {
            findings.add("secret_differs", format!("person {person}"));
        }
    }
    let missing = people.iter().filter(|row| row.secret_seal.is_some());
    missing.for_each(|row| findings.add("secret_missing", format!("person {}", row.id)));
    Ok(())
}

impl Findings {
    fn add(&mut self, kind: &str, what: String) {
        self.lines.push((kind.to_owned(), what));
    }
}
