//! What the events of a specimen after its collection change in what is kept.
//!
//! What must stay true: as for every event, nothing is decided here.

use super::TubeEvent;
use crate::accession::{Specimen, SpecimenState, Test, TestState};
use crate::kept::Shelf;
use crate::value::{Moment, SpecimenId, Zone};

pub(super) fn tube<S: Shelf>(event: &TubeEvent, shelf: &mut S) -> Result<(), S::Fault> {
    match event {
        TubeEvent::SpecimenSeen { specimen, at, volume_ml, zone, condition } => {
            change(shelf, *specimen, |row| {
                let handling = &mut row.handling;
                handling.volume_ml = volume_ml.or(handling.volume_ml);
                if let Some(zone) = zone {
                    // It came so: it was kept so since it was taken.
                    let since = if handling.kept.is_empty() { row.collected_at } else { None };
                    handling.keep(since.unwrap_or(*at), *zone);
                }
                if let Some(condition) = condition {
                    handling.condition.clone_from(condition);
                }
            })
        }
        TubeEvent::SpecimensSpun { specimens } => specimens.iter().try_for_each(|(id, spun)| {
            change(shelf, *id, |row| row.handling.spun = Some(spun.clone()))
        }),
        TubeEvent::PartMade { parent, part, tests, left_ml } => {
            change(shelf, *parent, |row| row.handling.volume_ml = *left_ml)?;
            shelf.put(Specimen::clone(part));
            tests.iter().try_for_each(|test| {
                let mut row: Test = shelf.take(test.0)?;
                row.specimen = part.id;
                shelf.put(row);
                Ok(())
            })
        }
        TubeEvent::TestsRejected { .. } => Ok(()),
        TubeEvent::RecollectOrdered { specimen, accession, .. } => {
            change(shelf, *specimen, |row| row.handling.replaced_by = Some(*accession))
        }
        TubeEvent::TestsAdded { tests, .. } => {
            tests.iter().for_each(|test| shelf.put(test.clone()));
            Ok(())
        }
        TubeEvent::StoragePlaceAdded(place) => {
            shelf.put(place.clone());
            Ok(())
        }
        moved => moves(moved, shelf),
    }
}

/// The events by which a specimen comes to stand elsewhere.
fn moves<S: Shelf>(event: &TubeEvent, shelf: &mut S) -> Result<(), S::Fault> {
    match event {
        TubeEvent::SpecimenStored { specimen, position, zone, at } => {
            change(shelf, *specimen, |row| {
                leave(row, SpecimenState::Stored, Some((*at, *zone)));
                row.handling.place = Some(position.clone());
            })
        }
        TubeEvent::SpecimenFetched { specimen, at } => change(shelf, *specimen, |row| {
            leave(row, SpecimenState::Received, Some((*at, Zone::Room)));
        }),
        TubeEvent::SpecimenDiscarded { specimen, .. } => {
            change(shelf, *specimen, |row| leave(row, SpecimenState::Discarded, None))
        }
        TubeEvent::SpecimensDispatched(dispatch) => {
            shelf.put(dispatch.clone());
            dispatch.specimens.iter().try_for_each(|specimen| {
                change(shelf, *specimen, |row| {
                    leave(row, SpecimenState::Dispatched, Some((dispatch.at, dispatch.zone)));
                    row.handling.dispatch = Some(dispatch.id);
                })
            })
        }
        TubeEvent::SpecimenArrived { specimen, at, .. } => change(shelf, *specimen, |row| {
            leave(row, SpecimenState::OnBench, Some((*at, Zone::Room)));
        }),
        TubeEvent::SpecimenLost { specimen, note } => change(shelf, *specimen, |row| {
            row.handling.lost = Some((row.state, note.clone()));
            leave(row, SpecimenState::Lost, None);
        }),
        TubeEvent::SpecimenFound { specimen, tests } => {
            change(shelf, *specimen, |row| {
                // It is in somebody's hand now, wherever it had been put away.
                row.state = match row.handling.lost.take() {
                    Some((SpecimenState::Collected, _)) => SpecimenState::Collected,
                    _ if row.received_at.is_none() => SpecimenState::Collected,
                    _ => SpecimenState::Received,
                };
                if !tests.is_empty() {
                    row.handling.replaced_by = None;
                }
            })?;
            tests.iter().try_for_each(|test| {
                let mut row: Test = shelf.take(test.0)?;
                row.state = TestState::Awaiting;
                row.note.clear();
                shelf.put(row);
                Ok(())
            })
        }
        _ => Ok(()),
    }
}

fn leave(row: &mut Specimen, to: SpecimenState, kept: Option<(Moment, Zone)>) {
    row.state = to;
    row.handling.place = None;
    if let Some((at, zone)) = kept {
        row.handling.keep(at, zone);
    }
}

fn change<S: Shelf>(
    shelf: &mut S,
    specimen: SpecimenId,
    change: impl FnOnce(&mut Specimen),
) -> Result<(), S::Fault> {
    let mut row: Specimen = shelf.take(specimen.0)?;
    change(&mut row);
    shelf.put(row);
    Ok(())
}
