//! Reading the targets of turnaround as written in the catalog's files.
//!
//! What must stay true: a target that cannot be read, has no source, names what is not there, or
//! stands beside another for the same test is a mistake with its line.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use super::Catalog;
use super::mistake::{Mistake, Place};
use super::read::{Places, Reader};
use super::read_keeping::minutes;
use super::test::Bench;
use super::turnaround::{ClockFrom, Turnaround};
use crate::value::Priority;

/// One target as written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TurnaroundText {
    name: Spanned<String>,
    priority: String,
    #[serde(default)]
    of: Vec<String>,
    bench: Option<String>,
    from: String,
    within: String,
    source: String,
}

/// Reads one target; `None` where it has a mistake.
pub(super) fn turnaround(
    reader: &mut Reader<'_>,
    text: TurnaroundText,
    places: &mut Places,
) -> Option<Turnaround> {
    let place = reader.place(text.name.span());
    let name = text.name.into_inner();
    places.note("turnaround", &name, place.clone());
    if text.source.trim().is_empty() {
        reader.wrong(&place, format!("the target {name} has no source"), "name who says so");
    }
    let bench = text.bench.as_deref().map(|bench| (bench, Bench::named(bench)));
    if let Some((named, None)) = bench {
        let known: Vec<&str> = Bench::ALL.into_iter().map(Bench::name).collect();
        let mend = format!("use one of {}", known.join(", "));
        reader.wrong(&place, format!("there is no bench {named:?}"), &mend);
    }
    if bench.is_some() && !text.of.is_empty() {
        reader.wrong(&place, format!("{name} is for a bench and for tests"), "keep one of them");
    }
    let priority = Priority::read(&text.priority);
    if priority.is_none() {
        let what = format!("there is no urgency {:?}", text.priority);
        reader.wrong(&place, what, "write stat, asap, timed or routine");
    }
    let from = ClockFrom::ALL.into_iter().find(|from| from.word() == text.from);
    if from.is_none() {
        let what = format!("no clock begins at {:?}", text.from);
        reader.wrong(&place, what, "write ordered, collected or received");
    }
    let minutes = minutes(reader, &place, &text.within);
    Some(Turnaround {
        name,
        priority: priority?,
        of: text.of,
        bench: bench.and_then(|(_, bench)| bench),
        from: from?,
        minutes,
        source: text.source,
    })
}

/// Mistakes that need the whole catalog: a target for what is not there, two for the same test.
pub(super) fn check(catalog: &Catalog, places: &Places) -> Vec<Mistake> {
    let mut found = Vec::new();
    let mut first: BTreeMap<(&str, String), &str> = BTreeMap::new();
    for target in catalog.turnarounds() {
        let place = places.of("turnaround", &target.name);
        for named in &target.of {
            if catalog.expand(named).is_none() {
                let what = format!("{} names the unknown test or panel {named}", target.name);
                found.push(place.mistake(what, "add it or correct its code"));
            }
        }
        for subject in subjects(catalog, target) {
            let told = subject.clone();
            let other = *first.entry((target.priority.word(), subject)).or_insert(&target.name);
            if other != target.name {
                found.push(both(&place, (other, &target.name), &told));
            }
        }
    }
    found
}

/// What a target is for, each once: tests, a bench, or every test.
fn subjects(catalog: &Catalog, target: &Turnaround) -> Vec<String> {
    if target.of.is_empty() {
        return vec![target.bench.map_or("every test", Bench::name).to_owned()];
    }
    let named = target.of.iter().filter_map(|named| catalog.expand(named)).flatten();
    let mut codes: Vec<String> = named.map(|test| test.code.clone()).collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}

fn both(place: &Place, (one, other): (&str, &str), subject: &str) -> Mistake {
    place.mistake(format!("{one} and {other} are both for {subject}"), "keep it in one of them")
}
