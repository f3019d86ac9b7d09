//! The rows of a worklist: the open tests of one tube on one bench that wait for the same thing.
//!
//! What must stay true: of a row's tests the one that is due first says when the row is; a tube
//! without a clock stands after those that have one, the oldest first; the order is the same for
//! the same work.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use lab::accession::{Accession, Specimen, Test};
use lab::catalog::Catalog;
use lab::patient::Patient;
use lab::quality::turnaround::Course;
use lab::value::{Label, Moment, Priority, TestCode};
use store::query::{PendingTube, ReviewLine};

use super::block::{Block, Told};

/// When a row is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Due {
    /// The minutes it may take.
    pub(super) minutes: i64,
    at: Moment,
    passed: bool,
}

/// One row.
pub(super) struct Line {
    /// Its number: its first test and what that waits for.
    pub(super) id: String,
    /// What Enter opens.
    pub(super) href: String,
    /// The number on the tube.
    pub(super) label: Label,
    pub(super) patient: Patient,
    pub(super) priority: Priority,
    pub(super) bench: String,
    pub(super) block: Block,
    /// Its tests; a panel of which all wait stands for its tests.
    pub(super) tests: Vec<String>,
    /// Since when its age counts.
    pub(super) since: Moment,
    /// When it is due, where a target says so and its clock began.
    pub(super) due: Option<Due>,
}

impl Line {
    pub(super) fn is_overdue(&self) -> bool {
        self.due.is_some_and(|due| due.passed)
    }

    pub(super) fn is_stat(&self) -> bool {
        self.priority == Priority::Stat
    }

    /// What stands first: STAT, then what is past its target; the nearest to it before the rest.
    fn rank(&self) -> impl Ord + use<> {
        let due = self.due.map_or(Moment::from_micros(i64::MAX), |due| due.at);
        let first = Reverse((self.is_stat(), self.is_overdue()));
        (first, due, self.since, self.id.clone())
    }
}

/// One open test with all that belongs to it.
struct One {
    test: Test,
    specimen: Specimen,
    accession: Accession,
    patient: Patient,
    block: Block,
}

/// The tests of each tube, bench and reason.
type Groups = BTreeMap<(i64, String, Block), Vec<One>>;

/// The rows of this work, in their order.
pub(super) fn gathered(
    told: &Told<'_>,
    open: Vec<PendingTube>,
    (waiting, calls): (Vec<ReviewLine>, Vec<ReviewLine>),
) -> Vec<Line> {
    // A critical value that waits to be verified stands in both lists; it is one test.
    let released = calls.into_iter().filter(|line| line.test.state.released());
    let results = waiting.into_iter().chain(released).map(|line| One {
        block: Block::of_result(&line.test, &line.result),
        test: line.test,
        specimen: line.specimen,
        accession: line.accession,
        patient: line.patient,
    });
    let open = open.into_iter().flat_map(|tube| {
        let PendingTube { specimen, accession, patient, tests } = tube;
        let due = accession.circumstances.due_at;
        let one = move |test: Test| One {
            block: Block::of_open(told, (&test, &specimen), due),
            test,
            specimen: specimen.clone(),
            accession: accession.clone(),
            patient: patient.clone(),
        };
        tests.into_iter().map(one)
    });
    let mut groups: Groups = BTreeMap::new();
    for one in open.chain(results) {
        let key = (one.specimen.id.0, one.test.bench.clone(), one.block.clone());
        groups.entry(key).or_default().push(one);
    }
    follow(&mut groups);
    let mut lines: Vec<Line> =
        groups.into_values().filter_map(|group| line(told, &group)).collect();
    lines.sort_by_cached_key(Line::rank);
    lines
}

/// Calculated tests stand in the row of what they wait for, where their tube has one.
fn follow(groups: &mut Groups) {
    let calculated: Vec<_> =
        groups.keys().filter(|(.., block)| *block == Block::Inputs).cloned().collect();
    for key in calculated {
        let inputs = [Block::Instrument, Block::ByHand];
        let rows = inputs.map(|block| (key.0, key.1.clone(), block));
        let Some(row) = rows.into_iter().find(|row| groups.contains_key(row)) else { continue };
        let tests = groups.remove(&key).unwrap_or_default();
        groups.entry(row).or_default().extend(tests);
    }
}

fn line(told: &Told<'_>, group: &[One]) -> Option<Line> {
    let first = group.first()?;
    let (accession, specimen) = (&first.accession, &first.specimen);
    let due = group.iter().filter_map(|one| due(told, one)).min_by_key(|(due, _)| due.at);
    let since = specimen.received_at.or(specimen.collected_at).unwrap_or(accession.ordered_at);
    let codes: Vec<&TestCode> = group.iter().map(|one| &one.test.code).collect();
    let panels = group.iter().filter_map(|one| one.test.panel.as_ref());
    Some(Line {
        id: format!("{}.{}", first.test.id, first.block.name()),
        href: format!("/accession/{}", accession.label),
        label: specimen.label.clone(),
        patient: first.patient.clone(),
        priority: accession.priority,
        bench: first.test.bench.clone(),
        block: first.block.clone(),
        tests: named(told.catalog, &codes, panels),
        since: due.map_or(since, |(_, began)| began),
        due: due.map(|(due, _)| due),
    })
}

/// When a test is due, and since when its clock runs.
fn due(told: &Told<'_>, one: &One) -> Option<(Due, Moment)> {
    let course = Course::of(&one.test, &one.accession, &one.specimen);
    let target = course.target(told.catalog)?;
    let began = course.began(target.from)?;
    let at = began.plus_minutes(target.minutes);
    Some((Due { minutes: target.minutes, at, passed: told.now > at }, began))
}

/// The tests in catalog order; a panel of which all wait stands for its tests.
fn named<'a>(
    catalog: &Catalog,
    codes: &[&TestCode],
    panels: impl Iterator<Item = &'a TestCode>,
) -> Vec<String> {
    let waits = |code: &str| codes.iter().any(|own| own.as_str() == code);
    let mut whole: Vec<&str> = Vec::new();
    for panel in panels.filter_map(|panel| catalog.panel(panel.as_str())) {
        let all = panel.members.iter().all(|member| waits(member));
        if all && !whole.contains(&panel.code.as_str()) {
            whole.push(&panel.code);
        }
    }
    let within = |code: &str| {
        let mut of = whole.iter().filter_map(|panel| catalog.panel(panel));
        of.any(|panel| panel.members.iter().any(|member| member == code))
    };
    let mut single: Vec<&str> =
        codes.iter().map(|code| code.as_str()).filter(|code| !within(code)).collect();
    single.sort_by_key(|code| catalog.position(code));
    whole.into_iter().chain(single).map(str::to_owned).collect()
}
