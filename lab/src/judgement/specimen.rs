//! What a specimen bears: whether it still keeps for a test, and what in its condition disturbs
//! one.
//!
//! What must stay true: time counts from the collection, in each zone by itself; a tube that was
//! not spun keeps no longer than one that was; what is not known holds nothing back.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use crate::accession::{Condition, Hold, Specimen};
use crate::catalog::{Catalog, Limit};
use crate::refusal::TubeRefusal;
use crate::value::{Moment, TestCode, Zone};

/// Whether the specimen still keeps for a test at `now`.
///
/// # Errors
/// It was kept too long in one zone, or in a zone where it must not be.
pub fn stable(
    catalog: &Catalog,
    specimen: &Specimen,
    code: &str,
    now: Moment,
) -> Result<(), TubeRefusal> {
    let keeping = catalog.keeping();
    let mut spent: BTreeMap<(usize, Zone), (i64, Limit)> = BTreeMap::new();
    for (zone, separated, minutes) in stays(specimen, now) {
        let Some((row, stability)) = keeping.row(code, separated) else { continue };
        let so_far = spent.entry((row, zone)).or_insert((0, stability.limit(zone)));
        so_far.0 += minutes;
    }
    for ((_, zone), (minutes, limit)) in spent {
        let (code, kept) = (code.to_owned(), zone.word().to_owned());
        match limit {
            Limit::Never => {
                return Err(TubeRefusal::WrongTemperature { code, kept });
            }
            Limit::Minutes(limit) if minutes > limit => {
                return Err(TubeRefusal::NotStable { code, kept: at(zone), minutes, limit });
            }
            _ => {}
        }
    }
    Ok(())
}

fn at(zone: Zone) -> String {
    match zone {
        Zone::Room => format!("at {}", zone.word()),
        Zone::Refrigerated | Zone::Frozen => zone.word().to_owned(),
    }
}

/// How long the specimen was kept how, from its collection to `now`: zone, whether separated, and
/// minutes.
fn stays(specimen: &Specimen, now: Moment) -> Vec<(Zone, bool, i64)> {
    let Some(begin) = specimen.collected_at else { return Vec::new() };
    let handling = &specimen.handling;
    let spun_at = handling.spun.as_ref().map(|spun| spun.at);
    let mut marks: Vec<Moment> = handling.kept.iter().map(|(at, _)| *at).chain(spun_at).collect();
    marks.extend([begin, now]);
    marks.retain(|mark| (begin..=now).contains(mark));
    marks.sort_unstable();
    marks
        .windows(2)
        .filter_map(|pair| {
            let [from, to] = pair else { return None };
            let kept = handling.kept.iter().rev().find(|(at, _)| at <= from);
            let zone = kept.map_or(Zone::Room, |(_, zone)| *zone);
            Some((zone, spun_at.is_some_and(|at| at <= *from), to.minutes_since(*from)))
        })
        .collect()
}

/// What in the condition of a specimen disturbs a test, in a sentence.
#[must_use]
pub fn disturbed(catalog: &Catalog, condition: &Condition, code: &str) -> Option<String> {
    let limits = catalog.keeping().interference(code)?;
    let above = |name: &str, seen: Option<Decimal>, most: Option<Decimal>| -> Option<String> {
        let (seen, most) = seen.zip(most).filter(|(seen, most)| seen > most)?;
        Some(format!("{name} {seen} mg/dL; {code} bears {most}"))
    };
    let found = [
        above("Hemolysis", condition.hemolysis, limits.hemolysis),
        above("Icterus", condition.icterus, limits.icterus),
        above("Lipemia", condition.lipemia, limits.lipemia),
    ];
    let found: Vec<String> = found.into_iter().flatten().collect();
    if found.is_empty() {
        return None;
    }
    let effect =
        if limits.effect.is_empty() { String::new() } else { format!(" ({})", limits.effect) };
    Some(format!("{}{effect}.", found.join("; ")))
}

/// Why a result from this specimen must not go out unseen.
#[must_use]
pub fn of_specimen(catalog: &Catalog, specimen: &Specimen, code: &TestCode) -> Vec<Hold> {
    let code = code.as_str();
    let mut holds: Vec<Hold> = disturbed(catalog, &specimen.handling.condition, code)
        .map(Hold::Specimen)
        .into_iter()
        .collect();
    let spin = catalog.keeping().spin(specimen.drawn_into());
    let unspun = specimen.handling.spun.is_none() && catalog.needs_spin(code);
    if unspun && spin.is_some_and(|spin| spin.holds_unspun) {
        holds.push(Hold::NotSpun);
    }
    holds
}
