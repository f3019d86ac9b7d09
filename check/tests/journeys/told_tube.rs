//! What happened to a specimen after its collection, in words a technologist would use.
//!
//! What must stay true: as for everything that is told.

use lab::event::TubeEvent;
use lab::laboratory::Laboratory;
use lab::storage::StoragePlace;
use lab::value::TestId;

use crate::told::{code, tube};

/// One event of a specimen.
pub fn told(event: &TubeEvent, kept: &Laboratory) -> Vec<String> {
    let line = match event {
        TubeEvent::SpecimenSeen { specimen, volume_ml, zone, condition, .. } => {
            let mut seen: Vec<String> = Vec::new();
            seen.extend(condition.as_ref().map(lab::accession::Condition::words));
            seen.extend(volume_ml.map(|volume| format!("{volume} mL")));
            seen.extend(zone.map(|zone| zone.word().to_owned()));
            seen.retain(|words| !words.is_empty());
            format!("{} looked at: {}", tube(*specimen, kept), seen.join(", "))
        }
        TubeEvent::SpecimensSpun { specimens } => {
            let line = |(specimen, spun): &(_, lab::accession::Spun)| {
                format!("{} spun, {}", tube(*specimen, kept), spun.program)
            };
            return specimens.iter().map(line).collect();
        }
        TubeEvent::PartMade { parent, part, tests, left_ml } => {
            let left = left_ml.map_or(String::new(), |left| format!(", {left} mL left"));
            let moved = match codes(tests, kept) {
                codes if codes.is_empty() => String::new(),
                codes => format!(" for {codes}"),
            };
            let made = format!("{} {}", part.label, part.container);
            format!("{made} made from {}{moved}{left}", tube(*parent, kept))
        }
        TubeEvent::TestsRejected { specimen, tests, reason, note } => {
            let note = if note.is_empty() { String::new() } else { format!(": {note}") };
            format!("{} on {} rejected, {reason}{note}", codes(tests, kept), tube(*specimen, kept))
        }
        TubeEvent::RecollectOrdered { specimen, told, .. } => {
            format!("ordered in place of {}; told {told}", tube(*specimen, kept))
        }
        TubeEvent::TestsAdded { specimen, tests, provider, confirmed } => {
            let codes: Vec<&str> = tests.iter().map(|test| test.code.as_str()).collect();
            let why = confirmed.as_ref().map(|one| format!(", all the same: {}", one.reason));
            let (codes, why) = (codes.join(", "), why.unwrap_or_default());
            format!("{codes} added to {} for {provider}{why}", tube(*specimen, kept))
        }
        moved => return vec![moved_to(moved, kept)],
    };
    vec![line]
}

fn moved_to(event: &TubeEvent, kept: &Laboratory) -> String {
    match event {
        TubeEvent::SpecimenStored { specimen, position, zone, .. } => {
            let place = kept.all::<StoragePlace>().find(|place| place.id == position.place);
            let place = place.map_or("a place".to_owned(), |place| place.code);
            format!(
                "{} put away at {place} {}, {}",
                tube(*specimen, kept),
                position.spot,
                zone.word()
            )
        }
        TubeEvent::SpecimenFetched { specimen, .. } => {
            format!("{} fetched", tube(*specimen, kept))
        }
        TubeEvent::SpecimenDiscarded { specimen, .. } => {
            format!("{} discarded", tube(*specimen, kept))
        }
        TubeEvent::SpecimensDispatched(list) => {
            let tubes = list.specimens.iter().map(|specimen| tube(*specimen, kept));
            let tubes = tubes.collect::<Vec<_>>().join(", ");
            format!("list {} to {}, {}: {tubes}", list.number, list.name, list.to.word())
        }
        TubeEvent::SpecimenArrived { specimen, to, .. } => {
            format!("{} arrived at the {}", tube(*specimen, kept), to.word())
        }
        TubeEvent::SpecimenLost { specimen, note } => {
            format!("{} lost: {note}", tube(*specimen, kept))
        }
        TubeEvent::SpecimenFound { specimen, tests } if tests.is_empty() => {
            format!("{} found; the new one counts", tube(*specimen, kept))
        }
        TubeEvent::SpecimenFound { specimen, tests } => {
            let codes = codes(tests, kept);
            format!("{} found; {codes} measured from it after all", tube(*specimen, kept))
        }
        TubeEvent::StoragePlaceAdded(place) => {
            let shape = format!("{} rows of {}", place.rows, place.columns);
            format!("storage place {} set up, {shape}, {}", place.code, place.zone.word())
        }
        TubeEvent::SpecimenSeen { .. }
        | TubeEvent::SpecimensSpun { .. }
        | TubeEvent::PartMade { .. }
        | TubeEvent::TestsRejected { .. }
        | TubeEvent::RecollectOrdered { .. }
        | TubeEvent::TestsAdded { .. } => String::new(),
    }
}

fn codes(tests: &[TestId], kept: &Laboratory) -> String {
    tests.iter().map(|test| code(*test, kept)).collect::<Vec<_>>().join(", ")
}
