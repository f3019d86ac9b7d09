//! The laws about patients, their numbers and stays, and credits.
//!
//! What must stay true: as for every law.

use std::collections::{BTreeMap, BTreeSet};

use crate::accession::{Accession, Credit, Test, TestState};
use crate::laboratory::Laboratory;
use crate::patient::{Encounter, Merge, Patient, PatientIdentifier};
use crate::value::PatientId;

pub(super) fn nothing_hangs_from_a_merged_patient(laboratory: &Laboratory) -> Vec<String> {
    let merged: BTreeMap<PatientId, PatientId> = laboratory
        .all::<Patient>()
        .filter_map(|patient| Some((patient.id, patient.merged_into?)))
        .collect();
    let standing: BTreeMap<PatientId, PatientId> = laboratory
        .all::<Merge>()
        .filter(|merge| merge.undone.is_none())
        .map(|merge| (merge.from, merge.into))
        .collect();
    let accessions = laboratory
        .all::<Accession>()
        .filter(|row| merged.contains_key(&row.patient))
        .map(|row| format!("accession {}", row.label));
    let encounters = laboratory
        .all::<Encounter>()
        .filter(|row| merged.contains_key(&row.patient))
        .map(|row| format!("encounter {}", row.number));
    let identifiers = laboratory
        .all::<PatientIdentifier>()
        .filter(|row| merged.contains_key(&row.patient))
        .map(|row| format!("number {}", row.value));
    let odd = merged
        .iter()
        .filter(|(from, into)| standing.get(from) != Some(into) || from == into)
        .map(|(from, _)| format!("patient {from} merged by no merge that stands"));
    let forgotten = standing
        .keys()
        .filter(|from| !merged.contains_key(from))
        .map(|from| format!("the merge of patient {from} stands without effect"));
    accessions.chain(encounters).chain(identifiers).chain(odd).chain(forgotten).collect()
}

pub(super) fn a_number_names_one_patient(laboratory: &Laboratory) -> Vec<String> {
    let mut owners = BTreeMap::new();
    laboratory
        .all::<PatientIdentifier>()
        .filter(|row| row.retired.is_empty())
        .filter(|row| {
            let number = (row.kind, row.value.clone(), row.authority.to_lowercase());
            *owners.entry(number).or_insert(row.patient) != row.patient
        })
        .map(|row| format!("{} {}", row.kind.words(), row.value))
        .collect()
}

pub(super) fn nobody_is_discharged_before_admission(laboratory: &Laboratory) -> Vec<String> {
    let mut numbers = BTreeSet::new();
    laboratory
        .all::<Encounter>()
        .filter(|row| {
            row.discharged_at.is_some_and(|at| at < row.admitted_at)
                || !numbers.insert(row.number.clone())
        })
        .map(|row| format!("encounter {}", row.number))
        .collect()
}

pub(super) fn only_a_cancelled_test_is_credited(laboratory: &Laboratory) -> Vec<String> {
    let tests: BTreeMap<_, _> = laboratory
        .all::<Test>()
        .map(|test| (test.id, (test.state, test.accession, test.code)))
        .collect();
    laboratory
        .all::<Credit>()
        .filter(|credit| {
            let own = (TestState::Cancelled, credit.accession, credit.code.clone());
            tests.get(&credit.test) != Some(&own) || credit.reason.is_empty()
        })
        .map(|credit| format!("credit of {}", credit.code))
        .collect()
}
