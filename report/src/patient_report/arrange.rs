//! The tests of a report in the order of the house: by bench, within a bench first single tests in
//! catalog order, then panels with their members in the panel's own order.
//!
//! What must stay true: every test of the accession is there exactly once; it is reported, pending
//! or cancelled, and reported only with the version that was verified; what was told before that is
//! pending still.

use lab::accession::{ResultVersion, Test, TestState, Verified};
use lab::catalog::{Bench, Catalog};
use lab::value::TestCode;

use super::{PatientReport, Status};

/// How one test stands for the reader.
#[derive(Clone, Copy, Debug)]
pub enum Standing<'a> {
    /// Verified; this version.
    Reported(&'a ResultVersion, Verified),
    /// Checked and told before it is final; this version.
    Told(&'a ResultVersion, Verified),
    /// To come.
    Pending,
    /// Will not come.
    Cancelled,
}

/// One test and how it stands.
#[derive(Clone, Copy, Debug)]
pub struct Line<'a> {
    /// The test.
    pub test: &'a Test,
    /// How it stands.
    pub standing: Standing<'a>,
}

/// Tests under one heading.
#[derive(Clone, Debug)]
pub struct Block<'a> {
    /// The panel; none for tests ordered by themselves.
    pub panel: Option<&'a TestCode>,
    /// Its tests.
    pub lines: Vec<Line<'a>>,
}

/// The tests of one bench.
#[derive(Clone, Debug)]
pub struct Section<'a> {
    /// The bench, as the test names it.
    pub bench: &'a str,
    /// Single tests, then panels.
    pub blocks: Vec<Block<'a>>,
}

/// Every test of a report, in order.
#[derive(Clone, Debug)]
pub struct Arranged<'a> {
    /// Bench by bench.
    pub sections: Vec<Section<'a>>,
}

impl<'a> Arranged<'a> {
    /// Sorts the tests of the accession; tests of another accession or patient are left out.
    pub fn of(report: &PatientReport<'a>) -> Arranged<'a> {
        let own = |test: &&Test| {
            test.accession == report.accession.id && test.patient == report.patient.id
        };
        let mut lines: Vec<Line<'a>> = report
            .tests
            .iter()
            .filter(own)
            .map(|test| Line { test, standing: standing(report, test) })
            .collect();
        lines.sort_by_key(|line| place(report.catalog, line.test));
        let mut arranged = Arranged { sections: Vec::new() };
        for line in lines {
            arranged.add(line);
        }
        arranged
    }

    fn add(&mut self, line: Line<'a>) {
        let bench = line.test.bench.as_str();
        if self.sections.last().is_none_or(|section| section.bench != bench) {
            self.sections.push(Section { bench, blocks: Vec::new() });
        }
        let Some(section) = self.sections.last_mut() else { return };
        let panel = line.test.panel.as_ref();
        match section.blocks.last_mut() {
            Some(block) if block.panel == panel => block.lines.push(line),
            _ => section.blocks.push(Block { panel, lines: vec![line] }),
        }
    }

    /// Every test in order.
    pub fn lines(&self) -> impl Iterator<Item = &Line<'a>> {
        self.sections.iter().flat_map(|section| &section.blocks).flat_map(|block| &block.lines)
    }

    /// The verified results in order.
    pub fn reported(&self) -> impl Iterator<Item = (&'a Test, &'a ResultVersion, Verified)> {
        self.lines().filter_map(|line| match line.standing {
            Standing::Reported(result, verified) => Some((line.test, result, verified)),
            Standing::Told(..) | Standing::Pending | Standing::Cancelled => None,
        })
    }

    /// How many tests are not final yet.
    pub fn pending(&self) -> usize {
        let pending =
            |line: &&Line<'_>| matches!(line.standing, Standing::Told(..) | Standing::Pending);
        self.lines().filter(pending).count()
    }

    /// How many results were reported otherwise before.
    pub fn corrected(&self) -> usize {
        self.reported().filter(|(_, result, _)| result.amends.is_some()).count()
    }

    /// Corrected, preliminary, final or cancelled.
    pub fn status(&self) -> Status {
        if self.corrected() > 0 {
            Status::Corrected
        } else if self.pending() > 0 {
            Status::Preliminary
        } else if self.reported().next().is_some() {
            Status::Final
        } else {
            Status::Cancelled
        }
    }
}

fn standing<'a>(report: &PatientReport<'a>, test: &'a Test) -> Standing<'a> {
    if test.state == TestState::Cancelled {
        return Standing::Cancelled;
    }
    let version = |told: Verified| {
        report.results.iter().find(|result| {
            result.id == told.result && result.test == test.id && result.patient == test.patient
        })
    };
    if let Some(verified) = test.verified {
        return version(verified)
            .map_or(Standing::Pending, |result| Standing::Reported(result, verified));
    }
    let told = test.preliminary.and_then(|told| Some((version(told)?, told)));
    told.map_or(Standing::Pending, |(result, told)| Standing::Told(result, told))
}

/// Where a test stands on paper: bench, panel, place within the panel, place in the catalog.
fn place<'a>(
    catalog: &Catalog,
    test: &'a Test,
) -> (usize, &'a str, (usize, &'a str), usize, &'a str, i64) {
    let bench = Bench::ALL.iter().position(|bench| bench.name() == test.bench);
    let panel = test.panel.as_ref().map_or("", |panel| panel.as_str());
    let first = catalog
        .panel(panel)
        .and_then(|panel| panel.members.iter().map(|member| catalog.position(member)).min());
    let within = catalog
        .panel(panel)
        .and_then(|panel| panel.members.iter().position(|member| member == test.code.as_str()))
        .unwrap_or_else(|| catalog.position(test.code.as_str()));
    let heading = if panel.is_empty() { 0 } else { first.unwrap_or(usize::MAX).saturating_add(1) };
    (
        bench.unwrap_or(usize::MAX),
        test.bench.as_str(),
        (heading, panel),
        within,
        test.code.as_str(),
        test.id.0,
    )
}
