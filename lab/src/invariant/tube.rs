//! The laws of specimens after their collection.

use std::collections::{BTreeMap, BTreeSet};

use crate::accession::{Specimen, SpecimenState, Test, TestState};
use crate::laboratory::Laboratory;
use crate::storage::{Dispatch, StoragePlace};

pub(super) fn nothing_awaits_a_gone_specimen(laboratory: &Laboratory) -> Vec<String> {
    let gone: BTreeSet<_> = laboratory
        .all::<Specimen>()
        .filter(|specimen| specimen.state.is_gone())
        .map(|specimen| specimen.id)
        .collect();
    laboratory
        .all::<Test>()
        .filter(|test| gone.contains(&test.specimen) && test.state == TestState::Awaiting)
        .map(|test| format!("test {} {}", test.code, test.id))
        .collect()
}

pub(super) fn a_position_holds_one_specimen(laboratory: &Laboratory) -> Vec<String> {
    let places: BTreeMap<_, _> =
        laboratory.all::<StoragePlace>().map(|place| (place.id, place)).collect();
    let mut taken = BTreeSet::new();
    laboratory
        .all::<Specimen>()
        .filter(|specimen| match &specimen.handling.place {
            None => specimen.state == SpecimenState::Stored,
            Some(position) => {
                let known = places.get(&position.place).is_some_and(|p| p.has(position.spot));
                !known || specimen.state != SpecimenState::Stored || !taken.insert(position.clone())
            }
        })
        .map(|specimen| format!("specimen {}", specimen.label))
        .collect()
}

pub(super) fn a_part_is_of_the_accession_it_is_made_from(laboratory: &Laboratory) -> Vec<String> {
    let all: BTreeMap<_, _> = laboratory.all::<Specimen>().map(|row| (row.id, row)).collect();
    all.values()
        .filter(|part| {
            part.handling.made_from.as_ref().is_some_and(|from| {
                all.get(&from.specimen).is_none_or(|parent| {
                    parent.accession != part.accession
                        || parent.collected_at != part.collected_at
                        || parent.drawn_into() != from.container
                })
            })
        })
        .map(|part| format!("specimen {}", part.label))
        .collect()
}

pub(super) fn what_is_dispatched_is_on_its_list(laboratory: &Laboratory) -> Vec<String> {
    let lists: BTreeMap<_, _> =
        laboratory.all::<Dispatch>().map(|list| (list.id, list.specimens)).collect();
    laboratory
        .all::<Specimen>()
        .filter(|specimen| match specimen.handling.dispatch {
            None => {
                matches!(specimen.state, SpecimenState::Dispatched | SpecimenState::OnBench)
            }
            Some(list) => !lists.get(&list).is_some_and(|list| list.contains(&specimen.id)),
        })
        .map(|specimen| format!("specimen {}", specimen.label))
        .collect()
}

pub(super) fn a_volume_is_never_below_nothing(laboratory: &Laboratory) -> Vec<String> {
    laboratory
        .all::<Specimen>()
        .filter(|specimen| {
            specimen.handling.volume_ml.is_some_and(|volume| volume.is_sign_negative())
        })
        .map(|specimen| format!("specimen {}", specimen.label))
        .collect()
}

pub(super) fn dispatch_lists_count_up_by_one(laboratory: &Laboratory) -> Vec<String> {
    let mut numbers: Vec<u32> = laboratory.all::<Dispatch>().map(|list| list.number).collect();
    numbers.sort_unstable();
    let wrong = numbers.into_iter().zip(1_u32..).filter(|(number, expected)| number != expected);
    wrong.map(|(number, _)| format!("dispatch list {number}")).collect()
}
