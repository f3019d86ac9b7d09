//! Turnaround: how long tests take from a station to their verification, against the catalog's
//! targets.
//!
//! The time of a test counts from where its target says (ordered, collected, received) to the
//! verification. What is not finished counts too: it has taken at least as long as it waits now.
//! Leaving it out would make the worst hour of a laboratory look like its best.
//!
//! What must stay true: a percentile is never said to be shorter than what is known; a test whose
//! clock has not begun, or that has no target, is not counted; no figure is an average.

use crate::accession::{Accession, Specimen, Test};
use crate::catalog::{Catalog, ClockFrom, Turnaround};
use crate::value::{Moment, Priority, TestCode};

/// One test on its way, with the moments at which it passed the stations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Course {
    /// What is measured.
    pub code: TestCode,
    /// The bench that does it.
    pub bench: String,
    /// How urgent the order is.
    pub priority: Priority,
    /// When it was ordered.
    pub ordered_at: Moment,
    /// When it is to be taken, where that was told.
    pub due_at: Option<Moment>,
    /// When the specimen was taken.
    pub collected_at: Option<Moment>,
    /// When the laboratory received it.
    pub received_at: Option<Moment>,
    /// When the result was verified; `None` while it is open.
    pub verified_at: Option<Moment>,
}

impl Course {
    /// The course of a test.
    #[must_use]
    pub fn of(test: &Test, accession: &Accession, specimen: &Specimen) -> Course {
        Course {
            code: test.code.clone(),
            bench: test.bench.clone(),
            priority: accession.priority,
            ordered_at: accession.ordered_at,
            due_at: accession.circumstances.due_at,
            collected_at: specimen.collected_at,
            received_at: specimen.received_at,
            verified_at: test.verified.map(|verified| verified.at),
        }
    }

    /// The target it is held to.
    #[must_use]
    pub fn target<'a>(&self, catalog: &'a Catalog) -> Option<&'a Turnaround> {
        catalog.turnaround((self.code.as_str(), &self.bench), self.priority)
    }

    /// When the clock began; `None` where it has not. What was ordered for a later time is not
    /// awaited before that time.
    #[must_use]
    pub fn began(&self, from: ClockFrom) -> Option<Moment> {
        match from {
            ClockFrom::Ordered => {
                Some(self.due_at.map_or(self.ordered_at, |due| due.max(self.ordered_at)))
            }
            ClockFrom::Collected => self.collected_at,
            ClockFrom::Received => self.received_at,
        }
    }

    /// How long it took, or has taken so far; `None` where nothing counts it.
    #[must_use]
    pub fn lasted(&self, catalog: &Catalog, now: Moment) -> Option<Lasted> {
        let target = self.target(catalog)?;
        let began = self.began(target.from)?;
        let minutes = self.verified_at.unwrap_or(now).minutes_since(began).max(0);
        Some(Lasted { minutes, target: target.minutes, finished: self.verified_at.is_some() })
    }

    /// True where it is open and past its target.
    #[must_use]
    pub fn is_overdue(&self, catalog: &Catalog, now: Moment) -> bool {
        self.lasted(catalog, now).is_some_and(|lasted| !lasted.finished && lasted.is_beyond())
    }
}

/// How long a test took, or has taken so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lasted {
    /// Whole minutes.
    pub minutes: i64,
    /// The minutes it may take.
    pub target: i64,
    /// True once it was verified.
    pub finished: bool,
}

impl Lasted {
    /// True where it took longer than it may.
    #[must_use]
    pub const fn is_beyond(self) -> bool {
        self.minutes > self.target
    }
}

/// A percentile of times of which some are not finished.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Percentile {
    /// So many minutes.
    Minutes(i64),
    /// More than so many: too much is unfinished to say how many.
    MoreThan(i64),
    /// Nothing was counted.
    None,
}

/// How a bench does against its targets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Tests verified.
    pub finished: usize,
    /// Those of them within their target.
    pub within: usize,
    /// Tests that are open.
    pub open: usize,
    /// Those of them past their target.
    pub overdue: usize,
    /// The shortest and the longest target that counted, in minutes.
    pub targets: Option<(i64, i64)>,
    /// Half of the tests took at most this.
    pub p50: Percentile,
    /// Nine in ten took at most this.
    pub p90: Percentile,
}

impl Standing {
    /// Of these times.
    #[must_use]
    pub fn of(mut all: Vec<Lasted>) -> Standing {
        // Of equal times the finished come first: what is still open lasts longer than that.
        all.sort_by_key(|one| (one.minutes, !one.finished));
        let count = |such: &dyn Fn(&Lasted) -> bool| all.iter().filter(|one| such(one)).count();
        let targets = all.iter().map(|one| one.target);
        Standing {
            finished: count(&|one| one.finished),
            within: count(&|one| one.finished && !one.is_beyond()),
            open: count(&|one| !one.finished),
            overdue: count(&|one| !one.finished && one.is_beyond()),
            targets: targets.clone().min().zip(targets.max()),
            p50: percentile(&all, 0.5),
            p90: percentile(&all, 0.9),
        }
    }

    /// The share within target in whole percent, rounded down, of all that is decided: finished,
    /// or open and past its target; `None` where nothing is.
    #[must_use]
    pub fn percent_within(&self) -> Option<usize> {
        (self.within * 100).checked_div(self.finished + self.overdue)
    }
}

/// The shortest time within which `share` of the tests were finished, by the estimate for times of
/// which some are not over; `all` in order of time.
// Kaplan EL, Meier P. Nonparametric estimation from incomplete observations. J Am Stat Assoc
// 1958;53:457-481: the share still open is multiplied by (n - 1) / n at each end seen, n being
// those still observed.
fn percentile(all: &[Lasted], share: f64) -> Percentile {
    let Some(longest) = all.last() else { return Percentile::None };
    // A share that is reached exactly must not be missed by the rounding of a product.
    const ROUNDING: f64 = 1e-9;
    let (mut open, mut observed) = (1.0_f64, all.iter().fold(0.0_f64, |n, _| n + 1.0));
    for one in all {
        if one.finished {
            open *= (observed - 1.0) / observed;
            if open <= 1.0 - share + ROUNDING {
                return Percentile::Minutes(one.minutes);
            }
        }
        observed -= 1.0;
    }
    Percentile::MoreThan(longest.minutes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn times(finished: &[i64], open: &[i64]) -> Standing {
        let lasted = |finished: bool| {
            move |minutes: &i64| Lasted { minutes: *minutes, target: 60, finished }
        };
        let all = finished.iter().map(lasted(true)).chain(open.iter().map(lasted(false)));
        Standing::of(all.collect())
    }

    #[test]
    fn with_everything_finished_a_percentile_is_the_time_of_that_rank() {
        let ten = times(&[10, 20, 30, 40, 50, 60, 70, 80, 90, 100], &[]);
        assert_eq!((ten.p50, ten.p90), (Percentile::Minutes(50), Percentile::Minutes(90)));
        assert_eq!((ten.finished, ten.within, ten.open), (10, 6, 0));
        assert_eq!(ten.percent_within(), Some(60));
        assert_eq!(times(&[7], &[]).p90, Percentile::Minutes(7));
    }

    #[test]
    fn what_is_not_finished_makes_a_percentile_longer_and_never_shorter() {
        let with = times(&[10, 20, 30, 40], &[35, 45, 200]);
        let without = times(&[10, 20, 30, 40], &[]);
        assert_eq!(without.p50, Percentile::Minutes(20));
        // Worked by hand: 6/7 · 5/6 · 4/5 = 0.571 after 30; of the three left at 40 one ends there.
        assert_eq!(with.p50, Percentile::Minutes(40));
        assert_eq!(with.p90, Percentile::MoreThan(200));
        assert_eq!((with.open, with.overdue, with.percent_within()), (3, 1, Some(80)));
    }

    #[test]
    fn nothing_counted_says_nothing() {
        let none = times(&[], &[]);
        assert_eq!((none.p50, none.p90), (Percentile::None, Percentile::None));
        assert_eq!((none.percent_within(), none.targets), (None, None));
        let open = times(&[], &[3]);
        assert_eq!((open.p50, open.percent_within()), (Percentile::MoreThan(3), None));
    }

    #[test]
    fn the_clock_begins_where_the_target_says_and_not_before_a_stated_time() {
        let at = |minutes| Moment::from_micros(0).plus_minutes(minutes);
        let course = Course {
            code: "HSTNI".into(),
            bench: "chemistry".into(),
            priority: Priority::Stat,
            ordered_at: at(0),
            due_at: None,
            collected_at: Some(at(10)),
            received_at: Some(at(20)),
            verified_at: None,
        };
        let catalog = Catalog::starter().expect("the starter catalog");
        let lasted = course.lasted(&catalog, at(61)).expect("counted");
        assert_eq!((lasted.minutes, lasted.target, lasted.finished), (61, 60, false));
        assert!(course.is_overdue(&catalog, at(61)) && !course.is_overdue(&catalog, at(60)));
        let later = Course { due_at: Some(at(30)), ..course.clone() };
        assert_eq!(later.lasted(&catalog, at(61)).map(|lasted| lasted.minutes), Some(31));
        let potassium = Course { code: "K".into(), received_at: None, ..course };
        assert_eq!(potassium.lasted(&catalog, at(61)), None, "not received yet");
    }
}
