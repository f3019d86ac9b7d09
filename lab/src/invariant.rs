//! The laws of the laboratory: what must be true of everything that is kept, at every moment.
//!
//! Each law is one function, written apart from the commands it judges; `check` finds them all.

mod registered;
mod ruled;
mod tube;

use std::collections::{BTreeMap, BTreeSet};

use crate::accession::{
    Accession, Amends, ResultVersion, Specimen, SpecimenState, Test, TestState,
};
use crate::instrument::{Claim, ControlReadings, Unclaimed};
use crate::issue::Issue;
use crate::laboratory::Laboratory;
use crate::patient::Patient;
use crate::people::Person;
use crate::release::{CatalogDraft, CatalogRelease, DraftFate};
use crate::value::Label;

/// A law that does not hold, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Breach {
    /// The law, as its function is named.
    pub law: &'static str,
    /// Where it does not hold.
    pub what: String,
}

/// A law: the places where it does not hold.
pub type Law = fn(&Laboratory) -> Vec<String>;

/// Every law, by name.
pub const LAWS: [(&str, Law); 29] = [
    ("every_specimen_has_its_accession_and_patient", every_specimen_has_its_accession_and_patient),
    ("every_test_has_its_specimen", every_test_has_its_specimen),
    ("a_test_stands_once_in_an_order", a_test_stands_once_in_an_order),
    ("a_specimen_is_collected_before_it_is_received", a_specimen_is_collected_before_received),
    ("no_result_from_a_rejected_specimen", no_result_from_a_rejected_specimen),
    ("result_versions_count_up_by_one", result_versions_count_up_by_one),
    (
        "a_released_result_was_verified_by_a_person_or_a_rule",
        ruled::a_released_result_was_verified_by_a_person_or_a_rule,
    ),
    ("a_rule_releases_only_what_nothing_holds", ruled::a_rule_releases_only_what_nothing_holds),
    ("what_a_rule_adds_names_its_result", ruled::what_a_rule_adds_names_its_result),
    ("a_preliminary_value_waits_to_be_verified", ruled::a_preliminary_value_waits_to_be_verified),
    ("a_corrected_result_names_what_was_reported", a_corrected_result_names_what_was_reported),
    ("a_released_version_is_never_gone", a_released_version_is_never_gone),
    ("a_result_belongs_to_the_patient_of_its_test", a_result_belongs_to_the_patient_of_its_test),
    ("names_and_numbers_are_unique", names_and_numbers_are_unique),
    ("catalog_releases_count_up_by_one", catalog_releases_count_up_by_one),
    ("no_control_under_a_specimens_number", no_control_under_a_specimens_number),
    ("one_draft_is_open_and_what_was_released_stands", one_draft_is_open_and_released_stands),
    ("nothing_awaits_a_gone_specimen", tube::nothing_awaits_a_gone_specimen),
    ("a_position_holds_one_specimen", tube::a_position_holds_one_specimen),
    (
        "a_part_is_of_the_accession_it_is_made_from",
        tube::a_part_is_of_the_accession_it_is_made_from,
    ),
    ("what_is_dispatched_is_on_its_list", tube::what_is_dispatched_is_on_its_list),
    ("a_volume_is_never_below_nothing", tube::a_volume_is_never_below_nothing),
    ("dispatch_lists_count_up_by_one", tube::dispatch_lists_count_up_by_one),
    ("nothing_hangs_from_a_merged_patient", registered::nothing_hangs_from_a_merged_patient),
    ("a_number_names_one_patient", registered::a_number_names_one_patient),
    ("nobody_is_discharged_before_admission", registered::nobody_is_discharged_before_admission),
    ("only_a_cancelled_test_is_credited", registered::only_a_cancelled_test_is_credited),
    ("reports_of_an_accession_count_up_by_one", reports_of_an_accession_count_up_by_one),
    ("a_report_gives_results_of_its_accession", a_report_gives_results_of_its_accession),
];

/// Every breach of every law.
#[must_use]
pub fn breaches(laboratory: &Laboratory) -> Vec<Breach> {
    LAWS.iter()
        .flat_map(|(law, holds)| {
            holds(laboratory).into_iter().map(|what| Breach { law, what }).collect::<Vec<_>>()
        })
        .collect()
}

fn every_specimen_has_its_accession_and_patient(laboratory: &Laboratory) -> Vec<String> {
    let patients: BTreeSet<_> = laboratory.all::<Patient>().map(|row| row.id).collect();
    let accessions: BTreeMap<_, _> =
        laboratory.all::<Accession>().map(|row| (row.id, row.patient)).collect();
    laboratory
        .all::<Specimen>()
        .filter(|specimen| {
            !accessions.get(&specimen.accession).is_some_and(|patient| patients.contains(patient))
        })
        .map(|specimen| format!("specimen {}", specimen.label))
        .collect()
}

fn every_test_has_its_specimen(laboratory: &Laboratory) -> Vec<String> {
    let specimens: BTreeMap<_, _> =
        laboratory.all::<Specimen>().map(|row| (row.id, row.accession)).collect();
    laboratory
        .all::<Test>()
        .filter(|test| specimens.get(&test.specimen) != Some(&test.accession))
        .map(|test| format!("test {} {}", test.code, test.id))
        .collect()
}

fn a_test_stands_once_in_an_order(laboratory: &Laboratory) -> Vec<String> {
    let mut seen = BTreeSet::new();
    laboratory
        .all::<Test>()
        .filter(|test| !seen.insert((test.accession, test.code.clone())))
        .map(|test| format!("test {} of accession {}", test.code, test.accession))
        .collect()
}

fn a_specimen_is_collected_before_received(laboratory: &Laboratory) -> Vec<String> {
    laboratory
        .all::<Specimen>()
        .filter(|specimen| {
            let received = specimen.received_at.is_some();
            (received && specimen.collected_at.is_none()) || (arrived(specimen.state) && !received)
        })
        .map(|specimen| format!("specimen {}", specimen.label))
        .collect()
}

const fn arrived(state: SpecimenState) -> bool {
    matches!(
        state,
        SpecimenState::Received
            | SpecimenState::OnBench
            | SpecimenState::Stored
            | SpecimenState::Discarded
    )
}

fn no_result_from_a_rejected_specimen(laboratory: &Laboratory) -> Vec<String> {
    let rejected: BTreeSet<_> = laboratory
        .all::<Specimen>()
        .filter(|specimen| specimen.state == SpecimenState::Rejected)
        .map(|specimen| specimen.id)
        .collect();
    laboratory
        .all::<Test>()
        .filter(|test| rejected.contains(&test.specimen) && test.state != TestState::Cancelled)
        .map(|test| format!("test {} {}", test.code, test.id))
        .collect()
}

fn result_versions_count_up_by_one(laboratory: &Laboratory) -> Vec<String> {
    let mut versions: BTreeMap<_, Vec<u32>> = BTreeMap::new();
    for result in laboratory.all::<ResultVersion>() {
        versions.entry(result.test).or_default().push(result.version);
    }
    laboratory
        .all::<Test>()
        .filter(|test| {
            let mut found = versions.remove(&test.id).unwrap_or_default();
            found.sort_unstable();
            !found.into_iter().eq(1..=test.versions)
        })
        .map(|test| format!("test {} {}", test.code, test.id))
        .collect()
}

fn a_corrected_result_names_what_was_reported(laboratory: &Laboratory) -> Vec<String> {
    let results: BTreeMap<_, _> =
        laboratory.all::<ResultVersion>().map(|row| (row.id, row)).collect();
    let told_rightly = |version: &ResultVersion, amends: &Amends| {
        results.get(&amends.version).is_some_and(|old| {
            old.test == version.test
                && old.version < version.version
                && (&old.value, &old.unit, old.flag) == (&amends.value, &amends.unit, amends.flag)
        })
    };
    results
        .values()
        .filter_map(|version| Some((version, version.amends.as_ref()?)))
        .filter(|(version, amends)| {
            amends.reason.is_empty() || amends.told.is_empty() || !told_rightly(version, amends)
        })
        .map(|(version, _)| format!("result {} {}", version.code, version.id))
        .collect()
}

/// From the version that stands, each amendment leads back to one that was released before, down
/// to the first; what was corrected stands as corrected.
fn a_released_version_is_never_gone(laboratory: &Laboratory) -> Vec<String> {
    let results: BTreeMap<_, _> =
        laboratory.all::<ResultVersion>().map(|row| (row.id, row)).collect();
    let leads_back = |test: &Test| {
        let Some(verified) = test.verified else { return !test.state.released() };
        let mut stands = results.get(&verified.result);
        let corrected = stands.is_some_and(|version| version.amends.is_some());
        let mut steps = 0;
        while let Some(amends) = stands.and_then(|version| version.amends.as_ref()) {
            stands = results.get(&amends.version);
            steps += 1;
            if steps > results.len() {
                return false;
            }
        }
        stands.is_some() && corrected == (test.state == TestState::Corrected)
    };
    laboratory
        .all::<Test>()
        .filter(|test| !leads_back(test))
        .map(|test| format!("test {} {}", test.code, test.id))
        .collect()
}

fn a_result_belongs_to_the_patient_of_its_test(laboratory: &Laboratory) -> Vec<String> {
    let tests: BTreeMap<_, _> = laboratory
        .all::<Test>()
        .map(|test| (test.id, (test.patient, test.accession, test.code)))
        .collect();
    let accessions: BTreeMap<_, _> =
        laboratory.all::<Accession>().map(|row| (row.id, row.patient)).collect();
    laboratory
        .all::<ResultVersion>()
        .filter(|result| {
            let own = (result.patient, result.accession, result.code.clone());
            tests.get(&result.test) != Some(&own)
                || accessions.get(&result.accession) != Some(&result.patient)
        })
        .map(|result| format!("result {} {}", result.code, result.id))
        .collect()
}

fn names_and_numbers_are_unique(laboratory: &Laboratory) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let names = laboratory
        .all::<Patient>()
        .map(|row| ("record number", row.record_number))
        .chain(laboratory.all::<Person>().map(|row| ("sign-in name", row.sign_in)))
        .chain(laboratory.all::<Accession>().map(|row| ("label", row.label.to_string())))
        .chain(laboratory.all::<Specimen>().map(|row| ("label", row.label.to_string())));
    names
        .filter(|name| !seen.insert(name.clone()))
        .map(|(kind, name)| format!("{kind} {name}"))
        .chain(laboratory.all::<Unclaimed>().filter_map(|row| match row.claim {
            Claim::Discarded(reason) if reason.is_empty() => {
                Some(format!("unclaimed {} discarded without a reason", row.id))
            }
            _ => None,
        }))
        .collect()
}

fn catalog_releases_count_up_by_one(laboratory: &Laboratory) -> Vec<String> {
    laboratory
        .all::<CatalogRelease>()
        .zip(1_u32..)
        .filter(|(release, expected)| release.release != *expected)
        .map(|(release, _)| format!("release {}", release.release))
        .collect()
}

fn no_control_under_a_specimens_number(laboratory: &Laboratory) -> Vec<String> {
    let specimens: BTreeMap<_, _> =
        laboratory.all::<Specimen>().map(|row| (row.label.to_string(), row.id.0)).collect();
    laboratory
        .all::<ControlReadings>()
        .filter(|control| {
            let label = Label::read(&control.sent_number).map(|label| label.to_string());
            let specimen = label.ok().and_then(|label| specimens.get(&label));
            specimen.is_some_and(|made| *made < control.id.0)
        })
        .map(|control| format!("control entry {} number {}", control.id, control.sent_number))
        .collect()
}

fn one_draft_is_open_and_released_stands(laboratory: &Laboratory) -> Vec<String> {
    let releases: BTreeMap<u32, Vec<(String, String)>> =
        laboratory.all::<CatalogRelease>().map(|row| (row.release, row.files)).collect();
    let drafts: Vec<CatalogDraft> = laboratory.all().collect();
    let newest = drafts.iter().map(|draft| draft.id).max();
    let broken = drafts.into_iter().filter(|draft| match &draft.fate {
        DraftFate::Open => Some(draft.id) != newest,
        DraftFate::Released(release) => {
            *release != draft.base + 1 || releases.get(release) != Some(&draft.files)
        }
        DraftFate::Discarded(reason) => reason.is_empty(),
    });
    broken.map(|draft| format!("draft {}", draft.id)).collect()
}

fn reports_of_an_accession_count_up_by_one(laboratory: &Laboratory) -> Vec<String> {
    let mut numbers: BTreeMap<_, Vec<u32>> = BTreeMap::new();
    for issue in laboratory.all::<Issue>() {
        numbers.entry(issue.accession).or_default().push(issue.number);
    }
    numbers
        .into_iter()
        .filter_map(|(accession, mut found)| {
            found.sort_unstable();
            let fits =
                found.iter().copied().zip(1_u32..).all(|(found, expected)| found == expected);
            (!fits).then(|| format!("reports of accession {accession}"))
        })
        .collect()
}

fn a_report_gives_results_of_its_accession(laboratory: &Laboratory) -> Vec<String> {
    let of: BTreeMap<_, _> =
        laboratory.all::<ResultVersion>().map(|row| (row.id, row.accession)).collect();
    laboratory
        .all::<Issue>()
        .filter(|issue| issue.results.iter().any(|id| of.get(id) != Some(&issue.accession)))
        .map(|issue| format!("report {} of accession {}", issue.number, issue.accession))
        .collect()
}
