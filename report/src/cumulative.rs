//! The cumulative view: one patient's verified results, tests down, orders across, newest first.
//!
//! What must stay true: each value carries the flag it was filed with; a unit or an interval that
//! differs from the one in the margin is said beside the value; a corrected value is
//! marked.

use jiff::tz::TimeZone;
use lab::accession::{Accession, Flag, ResultVersion, Test};
use lab::catalog::{Bench, Catalog};
use lab::value::{Label, Moment, TestCode};

use crate::clock;
use crate::patient_report::results::bench_title;
use crate::unit;

/// What was verified of one order.
#[derive(Clone, Copy, Debug)]
pub struct Drawn<'a> {
    /// The order.
    pub accession: &'a Accession,
    /// When it was taken; where that is not known, when it was ordered stands for it.
    pub collected_at: Option<Moment>,
    /// Its verified tests with the version that stands.
    pub results: &'a [(Test, ResultVersion)],
}

/// The whole view.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cumulative {
    /// One for each order, newest first.
    pub columns: Vec<Column>,
    /// One for each test, bench by bench in the order of the catalog.
    pub rows: Vec<Row>,
}

/// One order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its number.
    pub label: Label,
    /// The day it was taken, `2026-11-24`.
    pub day: String,
    /// The time of day.
    pub time: String,
}

/// One test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The bench, as a heading.
    pub bench: String,
    /// Its code.
    pub code: TestCode,
    /// Its name.
    pub name: String,
    /// The unit of its newest result.
    pub unit: String,
    /// The interval of its newest result.
    pub interval: String,
    /// One for each column; `None` where it was not measured.
    pub cells: Vec<Option<Cell>>,
}

/// One result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// The value as reported.
    pub value: String,
    /// Its flag.
    pub flag: Option<Flag>,
    /// Its unit, where it is not the row's.
    pub unit: Option<String>,
    /// True where it took the place of a value reported before.
    pub corrected: bool,
}

/// The cumulative view of these orders, newest first.
#[must_use]
pub fn cumulative(drawn: &[Drawn<'_>], catalog: &Catalog, zone: &TimeZone) -> Cumulative {
    let mut tests: Vec<(&Test, &ResultVersion)> = Vec::new();
    for (test, result) in drawn.iter().flat_map(|one| one.results) {
        if !tests.iter().any(|(known, _)| known.code == test.code) {
            tests.push((test, result));
        }
    }
    tests.sort_by_key(|(test, _)| place(catalog, test));
    Cumulative {
        columns: drawn.iter().map(|one| column(one, zone)).collect(),
        rows: tests.iter().map(|(test, newest)| row(drawn, catalog, (test, newest))).collect(),
    }
}

fn place<'a>(catalog: &Catalog, test: &'a Test) -> (usize, &'a str, usize, &'a str) {
    let bench = Bench::ALL.iter().position(|bench| bench.name() == test.bench);
    let code = test.code.as_str();
    (bench.unwrap_or(usize::MAX), test.bench.as_str(), catalog.position(code), code)
}

fn column(drawn: &Drawn<'_>, zone: &TimeZone) -> Column {
    let at = drawn.collected_at.unwrap_or(drawn.accession.ordered_at).in_zone(zone);
    Column {
        label: drawn.accession.label.clone(),
        day: at.strftime("%Y-%m-%d").to_string(),
        time: at.strftime("%H:%M").to_string(),
    }
}

fn row(drawn: &[Drawn<'_>], catalog: &Catalog, (test, newest): (&Test, &ResultVersion)) -> Row {
    let name = catalog.test(test.code.as_str()).map(|definition| definition.name.clone());
    let unit = unit_of(newest);
    let cell = |one: &Drawn<'_>| {
        let (_, result) = one.results.iter().find(|(other, _)| other.code == test.code)?;
        let own = unit_of(result);
        Some(Cell {
            value: result.value.to_string(),
            flag: result.flag,
            unit: (own != unit && has_figure(result)).then_some(own),
            corrected: result.amends.is_some(),
        })
    };
    Row {
        bench: bench_title(&test.bench).to_owned(),
        code: test.code.clone(),
        name: name.unwrap_or_else(|| test.code.to_string()),
        cells: drawn.iter().map(cell).collect(),
        unit,
        interval: newest.limits.interval(),
    }
}

const fn has_figure(result: &ResultVersion) -> bool {
    result.value.is_figure()
}

fn unit_of(result: &ResultVersion) -> String {
    if has_figure(result) { unit::shown(&result.unit) } else { String::new() }
}

/// When a result was taken, as the rows under a trend say it.
#[must_use]
pub fn taken(collected_at: Option<Moment>, ordered_at: Moment, zone: &TimeZone) -> String {
    match collected_at {
        Some(at) => clock::minute(at, zone),
        None => format!("ordered {}", clock::minute(ordered_at, zone)),
    }
}
