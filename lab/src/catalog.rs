//! The catalog: every test the laboratory performs, with its units, intervals, critical limits and
//! calculations; the panels they are ordered by; the containers they are drawn into; the reasons a
//! specimen is rejected.
//!
//! What must stay true: a catalog is released whole, under a number, and never changes afterwards;
//! a catalog with a single mistake in it is not released at all; every figure keeps its source.

mod answer;
mod calculate;
mod calculation;
mod check;
mod container;
mod critical;
mod difference;
mod entry;
mod file;
mod function;
mod interval;
mod keeping;
mod mistake;
mod panel;
mod read;
mod read_calculation;
mod read_keeping;
mod read_order;
mod read_rules;
mod read_test;
mod read_turnaround;
mod reason;
mod rules;
mod starter;
mod test;
mod trial;
mod turnaround;

pub use answer::Answer;
pub use calculate::{Calculated, NotCalculated, calculate, read_words};
pub use calculation::{
    Calculation, Condition, Example, Expected, Input, InputKind, InputSource, NamedFunction,
    Propagation, Working,
};
pub use container::{Container, RejectionReason};
pub use critical::{CriticalChoice, CriticalJudgement, CriticalLimit};
pub use difference::{Became, Difference, differences};
pub use interval::{Basis, Interval, IntervalChoice, Sex};
pub use keeping::{Fill, Interference, Keep, Keeping, Limit, Spin, Stability};
pub use mistake::Mistake;
pub use panel::Panel;
pub use reason::{Reason, ReasonFor};
pub use rules::{ReflexRule, ReleaseRule, Rules, Within};
pub use test::{
    AgeGap, Bench, Certainty, Complexity, Delta, DeltaLimit, OnceWithin, OnlyFor, Origin,
    Plausible, TestCalculation, TestDefinition, ValueType,
};
pub use turnaround::{ClockFrom, Turnaround};

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::value::Priority;

/// A catalog, released under a number.
#[derive(Clone, Debug, Default)]
pub struct Catalog {
    release: u32,
    tests: Vec<TestDefinition>,
    panels: Vec<Panel>,
    containers: Vec<Container>,
    calculations: Vec<Calculation>,
    rejections: Vec<RejectionReason>,
    reasons: Vec<Reason>,
    keeping: Keeping,
    rules: Rules,
    answers: Vec<answer::AnswerList>,
    targets: turnaround::Targets,
    sources: BTreeMap<String, String>,
    tables: rule::Tables,
    test_at: BTreeMap<String, usize>,
    panel_at: BTreeMap<String, usize>,
    container_at: BTreeMap<String, usize>,
    calculation_at: BTreeMap<String, usize>,
}

impl Catalog {
    /// Reads and checks the files of a catalog, given as name and text. Tests keep the order of
    /// the files and, within a file, of its entries.
    ///
    /// # Errors
    /// Every mistake found, each with file, line and remedy; nothing is released then.
    pub fn load(release: u32, files: &[(&str, &str)]) -> Result<Catalog, Vec<Mistake>> {
        let read = read::read(files)?;
        let catalog = Catalog::indexed(release, read.parts);
        let mistakes = check::check(&catalog, &read.places);
        if mistakes.is_empty() { Ok(catalog) } else { Err(mistakes) }
    }

    /// The starter catalog that comes with the program, as release 1, read anew at every call:
    /// keep what it gives. Its figures are starting values until the laboratory's director approves
    /// them.
    ///
    /// # Errors
    /// The mistakes in the files the program was built from; a test keeps this from happening.
    pub fn starter() -> Result<Arc<Catalog>, Vec<Mistake>> {
        Catalog::load(1, Catalog::starter_files()).map(Arc::new)
    }

    /// The files of the starter catalog: name and text.
    pub fn starter_files() -> &'static [(&'static str, &'static str)] {
        &starter::FILES
    }

    fn indexed(release: u32, mut parts: read::Parts) -> Catalog {
        for list in &parts.answers {
            for test in parts.tests.iter_mut().filter(|test| list.tests.contains(&test.code)) {
                test.answers = list.of(&test.code);
            }
        }
        let targets = std::mem::take(&mut parts.turnarounds);
        let panels = &parts.panels;
        let targets = turnaround::Targets::new(targets, |named| {
            let panel = panels.iter().find(|panel| panel.code == named);
            panel.map_or_else(|| vec![named.to_owned()], |panel| panel.members.clone())
        });
        Catalog {
            release,
            targets,
            test_at: positions(&parts.tests, |test| &test.code),
            panel_at: positions(&parts.panels, |panel| &panel.code),
            container_at: positions(&parts.containers, |container| &container.code),
            calculation_at: positions(&parts.calculations, |calculation| &calculation.id),
            tests: parts.tests,
            panels: parts.panels,
            containers: parts.containers,
            calculations: parts.calculations,
            rejections: parts.rejections,
            reasons: parts.reasons,
            keeping: parts.keeping,
            rules: parts.rules,
            answers: parts.answers,
            sources: parts.sources,
            tables: parts.tables,
        }
    }

    /// The number this catalog was released under.
    pub fn release(&self) -> u32 {
        self.release
    }

    /// The test of that code.
    pub fn test(&self, code: &str) -> Option<&TestDefinition> {
        self.tests.get(*self.test_at.get(code)?)
    }

    /// Every test in catalog order.
    pub fn tests(&self) -> &[TestDefinition] {
        &self.tests
    }

    /// Every code in catalog order.
    pub fn codes(&self) -> impl Iterator<Item = &str> {
        self.tests.iter().map(|test| test.code.as_str())
    }

    /// Where a test stands in catalog order, for sorting; unknown codes come last.
    pub fn position(&self, code: &str) -> usize {
        self.test_at.get(code).copied().unwrap_or(usize::MAX)
    }

    /// The tests of one bench in catalog order.
    pub fn tests_of(&self, bench: Bench) -> impl Iterator<Item = &TestDefinition> {
        self.tests.iter().filter(move |test| test.bench == bench)
    }

    /// The panel of that code.
    pub fn panel(&self, code: &str) -> Option<&Panel> {
        self.panels.get(*self.panel_at.get(code)?)
    }

    /// Every panel in catalog order.
    pub fn panels(&self) -> &[Panel] {
        &self.panels
    }

    /// The container of that code.
    pub fn container(&self, code: &str) -> Option<&Container> {
        self.containers.get(*self.container_at.get(code)?)
    }

    /// Every container, in order of draw, those without a place in it last.
    pub fn containers(&self) -> &[Container] {
        &self.containers
    }

    /// The tests an ordered code stands for: a panel's members in their order, or the test itself.
    pub fn expand(&self, code: &str) -> Option<Vec<&TestDefinition>> {
        if let Some(panel) = self.panel(code) {
            return Some(panel.members.iter().filter_map(|member| self.test(member)).collect());
        }
        self.test(code).map(|test| vec![test])
    }

    /// The interval a value is judged by, for a sex and an age in whole days at collection (upper
    /// bounds of age bands are exclusive). Where sex or age is unknown and the answer depends on
    /// it, the answer is all of them.
    pub fn interval(&self, code: &str, sex: Option<Sex>, age_days: Option<u32>) -> IntervalChoice {
        self.test(code)
            .map_or(IntervalChoice::None, |test| interval::choose(&test.intervals, sex, age_days))
    }

    /// Whether the catalog has an interval for every sex and age that may be meant: an interval for
    /// adults says nothing of a patient whose age is not known.
    pub fn interval_certain(&self, code: &str, sex: Option<Sex>, age_days: Option<u32>) -> bool {
        self.test(code).is_some_and(|test| interval::covers(&test.intervals, sex, age_days))
    }

    /// The critical limits for an age in whole days at collection.
    pub fn critical(&self, code: &str, age_days: Option<u32>) -> CriticalChoice {
        self.test(code)
            .map_or(CriticalChoice::None, |test| critical::choose(&test.critical, age_days))
    }

    /// The calculation of that name.
    pub fn calculation(&self, id: &str) -> Option<&Calculation> {
        self.calculations.get(*self.calculation_at.get(id)?)
    }

    /// Every calculation in catalog order.
    pub fn calculations(&self) -> &[Calculation] {
        &self.calculations
    }

    /// The inputs of a test's calculation and where each is found, with the test's own bindings
    /// applied; empty for a test that is not calculated.
    pub fn inputs_of(&self, code: &str) -> Vec<(&Input, InputSource)> {
        let own = self.test(code).and_then(|test| test.calculation.as_ref());
        let Some((own, calculation)) = own.and_then(|own| Some((own, self.calculation(&own.id)?)))
        else {
            return Vec::new();
        };
        let bound = |input: &Input| match own.inputs.get(&input.name) {
            Some(code) => InputSource::Result(code.clone()),
            None => input.source.clone(),
        };
        calculation.inputs.iter().map(|input| (input, bound(input))).collect()
    }

    /// The tests that are, or may be, calculated from the result of `code`, in catalog order: what
    /// must be worked out again when that result changes.
    pub fn dependents(&self, code: &str) -> Vec<&TestDefinition> {
        let from_it = |test: &&TestDefinition| {
            let inputs = self.inputs_of(&test.code);
            inputs.iter().any(|(_, source)| matches!(source, InputSource::Result(c) if c == code))
        };
        self.tests.iter().filter(from_it).collect()
    }

    /// Every reason a specimen is rejected, in catalog order.
    pub fn rejections(&self) -> &[RejectionReason] {
        &self.rejections
    }

    /// The rejection reason of that code.
    pub fn rejection(&self, code: &str) -> Option<&RejectionReason> {
        self.rejections.iter().find(|reason| reason.code == code)
    }

    /// The reasons to choose from for something, in catalog order.
    pub fn reasons(&self, of: ReasonFor) -> impl Iterator<Item = &Reason> {
        self.reasons.iter().filter(move |reason| reason.of == of)
    }

    /// The reason of that code.
    pub fn reason(&self, of: ReasonFor, code: &str) -> Option<&Reason> {
        self.reasons(of).find(|reason| reason.code == code)
    }

    /// What specimens bear: how long they keep, how they are spun, what spoils which test.
    pub fn keeping(&self) -> &Keeping {
        &self.keeping
    }

    /// Which results a rule may release, and which tests a released result adds.
    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    /// Whether a test is measured from serum or plasma, so that its tube is spun first.
    pub fn needs_spin(&self, code: &str) -> bool {
        self.test(code).is_some_and(|test| {
            let separated = ["serum", "plasma", "serum/plasma", "platelet poor plasma"];
            separated.contains(&test.specimen.as_str())
                && self.keeping.spin(&test.container).is_some()
        })
    }

    /// Every target of turnaround, in catalog order.
    pub fn turnarounds(&self) -> &[Turnaround] {
        self.targets.all()
    }

    /// How long a test that this bench does may take in an order of this urgency; none where no
    /// target was set.
    pub fn turnaround(
        &self,
        (code, bench): (&str, &str),
        priority: Priority,
    ) -> Option<&Turnaround> {
        self.targets.of((code, bench), priority)
    }

    /// Where the figures come from: subject (`hematology.delta`) to source.
    pub fn sources(&self) -> &BTreeMap<String, String> {
        &self.sources
    }

    /// The tables calculations look figures up in.
    pub fn tables(&self) -> &rule::Tables {
        &self.tables
    }

    /// Panels and tests whose code or name answers a search, best first: the code itself, codes
    /// that begin so, names with a word that begins so, then names and codes that contain it.
    pub fn find(&self, query: &str) -> Vec<Entry<'_>> {
        entry::find(self, query)
    }
}

pub use entry::Entry;

/// Position of each entry by its code; of two with the same code the first counts.
fn positions<T>(entries: &[T], code: impl Fn(&T) -> &String) -> BTreeMap<String, usize> {
    let mut positions = BTreeMap::new();
    for (at, entry) in entries.iter().enumerate() {
        positions.entry(code(entry).clone()).or_insert(at);
    }
    positions
}
