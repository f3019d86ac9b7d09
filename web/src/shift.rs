//! How the day goes: turnaround by bench against the targets, what is past them, how much came in.
//!
//! What must stay true: it is reckoned at most once a minute, however many look; what is left out
//! of a very busy day is told; what is open counts as well as what is finished.

use std::collections::BTreeMap;

use lab::catalog::Catalog;
use lab::quality::turnaround::{Course, Lasted, Standing};
use lab::value::{Moment, Priority};
use store::engine::Sql;
use store::fault::Fault;
use store::query::{finished_courses, open_courses, received_since};

use crate::limit::{COURSES_MAX, OPEN_TESTS_MAX};

/// How the day goes, as of a moment.
#[derive(Clone, Debug)]
pub(crate) struct Shift {
    /// When it was reckoned.
    pub(crate) at: Moment,
    /// The midnight it counts from.
    pub(crate) since: Moment,
    /// By bench and urgency, in the order of these.
    pub(crate) benches: Vec<(String, Priority, Standing)>,
    /// Open tests past their target, by bench, with the target that was passed first.
    pub(crate) overdue: BTreeMap<String, (usize, Moment)>,
    /// Specimens received since midnight.
    pub(crate) received: i64,
    /// True where more was verified than is reckoned with.
    pub(crate) cut: bool,
}

impl Shift {
    /// Reckons the day since this midnight.
    pub(crate) fn read(
        sql: &dyn Sql,
        catalog: &Catalog,
        (since, now): (Moment, Moment),
    ) -> Result<Shift, Fault> {
        let finished = finished_courses(sql, since, COURSES_MAX)?;
        let cut = finished.len() >= usize::try_from(COURSES_MAX).unwrap_or(usize::MAX);
        let open = open_courses(sql, OPEN_TESTS_MAX)?;
        let overdue = overdue(catalog, &open, now);
        let mut groups: BTreeMap<(usize, String, Priority), Vec<Lasted>> = BTreeMap::new();
        for course in open.iter().chain(&finished) {
            if let Some(lasted) = course.lasted(catalog, now) {
                let place = order_of(&course.bench);
                let key = (place, course.bench.clone(), course.priority);
                groups.entry(key).or_default().push(lasted);
            }
        }
        let benches = groups.into_iter().map(|((_, bench, priority), all)| {
            let standing = Standing::of(all);
            (bench, priority, standing)
        });
        let received = received_since(sql, since)?;
        Ok(Shift { at: now, since, benches: benches.collect(), overdue, received, cut })
    }
}

fn order_of(bench: &str) -> usize {
    let all = lab::catalog::Bench::ALL;
    all.iter().position(|one| one.name() == bench).unwrap_or(all.len())
}

fn overdue(catalog: &Catalog, open: &[Course], now: Moment) -> BTreeMap<String, (usize, Moment)> {
    let mut late: BTreeMap<String, (usize, Moment)> = BTreeMap::new();
    for course in open.iter().filter(|course| course.is_overdue(catalog, now)) {
        let Some(target) = course.target(catalog) else { continue };
        let Some(began) = course.began(target.from) else { continue };
        let passed = began.plus_minutes(target.minutes);
        let of_bench = late.entry(course.bench.clone()).or_insert((0, passed));
        *of_bench = (of_bench.0 + 1, of_bench.1.min(passed));
    }
    late
}
