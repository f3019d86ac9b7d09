//! How long a test may take: the targets against which open work ages and the day is judged.
//!
//! Of several targets for the same urgency the narrowest counts: one that names the test (or a
//! panel it belongs to), then one for its bench, then the one for every test.
//!
//! What must stay true: a target is for screens and statistics and never keeps a result back; a
//! test without a target is never late; of two targets that name the same test none is chosen
//! silently: the catalog is refused.

use std::collections::BTreeMap;

use super::test::Bench;
use crate::value::Priority;

/// One target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turnaround {
    /// Its name.
    pub name: String,
    /// For orders of this urgency.
    pub priority: Priority,
    /// The tests and panels it is for; empty for every test, or every test of the bench.
    pub of: Vec<String>,
    /// The bench it is for; none for all.
    pub bench: Option<Bench>,
    /// Where its clock begins.
    pub from: ClockFrom,
    /// The minutes from there until the result is verified.
    pub minutes: i64,
    /// Who says so.
    pub source: String,
}

/// Where the clock of a target begins; it ends when the result is verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClockFrom {
    /// When it was ordered.
    Ordered,
    /// When the specimen was taken.
    Collected,
    /// When the laboratory received it.
    Received,
}

impl ClockFrom {
    /// All of them, in the order of a specimen's way.
    pub const ALL: [ClockFrom; 3] = [ClockFrom::Ordered, ClockFrom::Collected, ClockFrom::Received];

    /// The word in files and on screens.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            ClockFrom::Ordered => "ordered",
            ClockFrom::Collected => "collected",
            ClockFrom::Received => "received",
        }
    }
}

/// Every target, found by urgency and test.
#[derive(Clone, Debug, Default)]
pub(super) struct Targets {
    all: Vec<Turnaround>,
    of_test: BTreeMap<(&'static str, String), usize>,
}

impl Targets {
    /// Of these targets; `expand` gives the tests that a named test or panel stands for.
    pub(super) fn new(all: Vec<Turnaround>, expand: impl Fn(&str) -> Vec<String>) -> Targets {
        let mut of_test = BTreeMap::new();
        for (at, target) in all.iter().enumerate() {
            for code in target.of.iter().flat_map(|named| expand(named)) {
                of_test.entry((target.priority.word(), code)).or_insert(at);
            }
        }
        Targets { all, of_test }
    }

    /// All of them in catalog order.
    pub(super) fn all(&self) -> &[Turnaround] {
        &self.all
    }

    /// The target of a test of this bench in an order of this urgency.
    pub(super) fn of(
        &self,
        (code, bench): (&str, &str),
        priority: Priority,
    ) -> Option<&Turnaround> {
        let named = self.of_test.get(&(priority.word(), code.to_owned()));
        if let Some(target) = named.and_then(|at| self.all.get(*at)) {
            return Some(target);
        }
        let wide = self.all.iter().filter(|one| one.priority == priority && one.of.is_empty());
        let fits = wide.filter(|one| one.bench.is_none_or(|own| own.name() == bench));
        fits.max_by_key(|one| one.bench.is_some())
    }
}
