//! The laws of release: by whom a result goes out, what a rule may let out, what a rule adds, and
//! what is told before it is final.

use std::collections::BTreeMap;

use crate::accession::{ResultVersion, Ruling, Test, TestState};
use crate::laboratory::Laboratory;
use crate::people::Actor;
use crate::value::ResultId;

fn results(laboratory: &Laboratory) -> BTreeMap<ResultId, ResultVersion> {
    laboratory.all::<ResultVersion>().map(|row| (row.id, row)).collect()
}

fn broken(laboratory: &Laboratory, breaks: impl Fn(&Test) -> bool) -> Vec<String> {
    laboratory
        .all::<Test>()
        .filter(breaks)
        .map(|test| format!("test {} {}", test.code, test.id))
        .collect()
}

pub(super) fn a_released_result_was_verified_by_a_person_or_a_rule(
    laboratory: &Laboratory,
) -> Vec<String> {
    let results = results(laboratory);
    broken(laboratory, |test| match (&test.state, &test.verified) {
        (state, None) if state.released() => true,
        (_, Some(verified)) => {
            !matches!(verified.by, Actor::Person(..) | Actor::Rule(_))
                || results.get(&verified.result).map(|version| version.test) != Some(test.id)
        }
        (_, None) => false,
    })
}

/// What went out by a rule carries what the rule said, and nothing held it; a test says so where,
/// and only where, a rule released it.
pub(super) fn a_rule_releases_only_what_nothing_holds(laboratory: &Laboratory) -> Vec<String> {
    let results = results(laboratory);
    broken(laboratory, |test| {
        let Some(verified) = test.verified else { return !test.rule.is_empty() };
        let by_rule = matches!(verified.by, Actor::Rule(_));
        let version = results.get(&verified.result);
        let clean = version.is_some_and(|version| {
            version.holds.is_empty() && version.ruling.as_ref().is_some_and(Ruling::releases)
        });
        by_rule == test.rule.is_empty() || (by_rule && test.state == TestState::Verified && !clean)
    })
}

pub(super) fn what_a_rule_adds_names_its_result(laboratory: &Laboratory) -> Vec<String> {
    let results = results(laboratory);
    broken(laboratory, |test| {
        test.origin.as_ref().is_some_and(|origin| {
            let version = results.get(&origin.result);
            origin.rule.is_empty()
                || origin.test == test.id
                || !version.is_some_and(|version| {
                    (version.test, version.accession) == (origin.test, test.accession)
                })
        })
    })
}

/// What is told before it is final is the newest value of a test that waits, and nothing holds it.
pub(super) fn a_preliminary_value_waits_to_be_verified(laboratory: &Laboratory) -> Vec<String> {
    broken(laboratory, |test| {
        let told = test.preliminary.as_ref();
        told.is_some_and(|told| test.state != TestState::Review || test.result != Some(told.result))
    })
}
