//! Each law of the laboratory, broken on purpose: it is found, under its own name.

use lab::accession::{
    Accession, Credit, Origin, Part, Position, ResultVersion, Ruling, Specimen, SpecimenState,
    Spot, Test, TestOrigin, TestState, Verdict,
};
use lab::instrument::{Claim, ControlReadings, Material, Unclaimed};
use lab::invariant::{LAWS, breaches};
use lab::issue::Issue;
use lab::journey::analyze::FileReadings;
use lab::kept::{Kept, Row, Shelf};
use lab::laboratory::Laboratory;
use lab::patient::{Encounter, Merge, Patient, PatientIdentifier};
use lab::people::Actor;
use lab::release::{CatalogDraft, CatalogRelease, DraftFate};
use lab::storage::{Destination, Dispatch, StoragePlace};
use lab::value::{
    AccessionId, DispatchId, DraftId, EncounterId, IdentifierId, Label, PatientId, ResultId,
    SpecimenId, StoragePlaceId, TestId, Zone,
};

use crate::bench::*;

/// A laboratory in which everything has happened once, all of it lawful.
fn lived_in() -> Laboratory {
    let mut bench = Bench::new();
    bench.does(ELI, crate::setup::person("amy"));
    bench.does(ELI, crate::setup::person("ben"));
    let release = CatalogRelease { release: 1, files: Vec::new(), reason: String::new() };
    bench.laboratory.put(release);
    let ordered = bench.received(&["K", "SOD"]);
    bench.sends(&ordered, &readings("K=4.2 Na=140"));
    bench.sends(&ordered, &readings("K=4.3"));
    bench.verified(ordered.test("K"));
    crate::issued::issue_all(&mut bench, &ordered);
    bench.verified(ordered.test("SOD"));
    let sodium = ordered.test("SOD");
    let correct = crate::corrected::correct(&bench, sodium, "144");
    bench.does(CY, correct);
    let mut other = order(&["K"]);
    other.record_number = "MRN-2".into();
    bench.received_from(other);
    let control = FileReadings {
        material: Material::Control,
        ..bench.message(&ordered.label(), &readings("K=4.2"))
    };
    bench.does(bench.machine(), control.clone());
    bench.does(bench.machine(), FileReadings { sent_number: "LEVEL 1".into(), ..control });
    crate::register::twice_registered(&mut bench);
    bench.laboratory
}

fn change<R: Row>(laboratory: &mut Laboratory, change: impl FnOnce(&mut R)) {
    let mut row = laboratory.all::<R>().next().expect("a row");
    change(&mut row);
    laboratory.put(row);
}

/// A second row like the first, changed so that it has a number of its own.
fn copy<R: Row>(laboratory: &mut Laboratory, change: impl FnOnce(&mut R)) {
    let mut row = laboratory.all::<R>().next().expect("a row");
    change(&mut row);
    laboratory.put(row);
}

fn draft(id: i64, fate: DraftFate) -> CatalogDraft {
    let (note, files) = (String::new(), vec![("x.toml".to_owned(), String::new())]);
    CatalogDraft { id: DraftId(id), base: 0, files, note, at: NINE, by: ELI, fate }
}

/// Changes what the corrected sodium tells of the one that was reported.
fn amends(laboratory: &mut Laboratory, change: impl FnOnce(&mut lab::accession::Amends)) {
    let corrected = laboratory.all::<ResultVersion>().find(|row| row.amends.is_some());
    let mut row = corrected.expect("a corrected result");
    change(row.amends.as_mut().expect("what was reported"));
    laboratory.put(row);
}

type Break = fn(&mut Laboratory);

/// Ways of breaking each law, and what is found where.
const BROKEN: [(&str, &str, Break); 59] = [
    ("every_specimen_has_its_accession_and_patient", "specimen", |lab| {
        change(lab, |row: &mut Specimen| row.accession = AccessionId(7));
    }),
    ("every_specimen_has_its_accession_and_patient", "specimen", |lab| {
        change(lab, |row: &mut Accession| row.patient = PatientId(7));
    }),
    ("every_test_has_its_specimen", "test K", |lab| {
        change(lab, |row: &mut Test| row.specimen = SpecimenId(7));
    }),
    ("every_test_has_its_specimen", "test K", |lab| {
        let other = lab.all::<Specimen>().last().expect("a specimen").id;
        change(lab, |row: &mut Test| row.specimen = other);
    }),
    ("a_test_stands_once_in_an_order", "test SOD", |lab| {
        change(lab, |row: &mut Test| row.code = "SOD".into());
    }),
    ("a_specimen_is_collected_before_it_is_received", "specimen", |lab| {
        change(lab, |row: &mut Specimen| row.collected_at = None);
    }),
    ("a_specimen_is_collected_before_it_is_received", "specimen", |lab| {
        change(lab, |row: &mut Specimen| row.received_at = None);
    }),
    ("no_result_from_a_rejected_specimen", "test K", |lab| {
        change(lab, |row: &mut Specimen| row.state = SpecimenState::Rejected);
    }),
    ("result_versions_count_up_by_one", "test K", |lab| {
        change(lab, |row: &mut Test| row.versions = 3);
    }),
    ("result_versions_count_up_by_one", "test K", |lab| {
        change(lab, |row: &mut ResultVersion| row.version = 2);
    }),
    ("result_versions_count_up_by_one", "test K", |lab| {
        change(lab, |row: &mut ResultVersion| row.version = 0);
    }),
    ("a_released_result_was_verified_by_a_person_or_a_rule", "test K", |lab| {
        change(lab, |row: &mut Test| row.verified = None);
    }),
    ("a_released_result_was_verified_by_a_person_or_a_rule", "test K", |lab| {
        change(lab, |row: &mut Test| {
            row.verified =
                row.verified.map(|done| lab::accession::Verified { by: Actor::System, ..done });
        });
    }),
    ("a_released_result_was_verified_by_a_person_or_a_rule", "test K", |lab| {
        let sodium = lab.all::<ResultVersion>().find(|row| row.code.as_str() == "SOD");
        let result = sodium.expect("a result").id;
        change(lab, |row: &mut Test| {
            row.verified = row.verified.map(|done| lab::accession::Verified { result, ..done });
        });
    }),
    ("a_rule_releases_only_what_nothing_holds", "test K", |lab| {
        change(lab, |row: &mut Test| row.rule = "Released by the rule x.".into());
    }),
    ("a_rule_releases_only_what_nothing_holds", "test K", |lab| {
        change(lab, by_a_rule);
    }),
    ("a_rule_releases_only_what_nothing_holds", "test K", |lab| {
        change(lab, by_a_rule);
        let first = lab.all::<Test>().next().expect("a test");
        let mut row = lab.all::<ResultVersion>().find(|row| Some(row.id) == first.result);
        let row = row.as_mut().expect("its result");
        let (rule, because) = ("x".to_owned(), "seen".to_owned());
        row.ruling = Some(Ruling { rule, verdict: Verdict::Unknown, because });
        lab.put(row.clone());
    }),
    ("what_a_rule_adds_names_its_result", "test K", |lab| {
        change(lab, |row: &mut Test| {
            let (rule, result) = ("x".to_owned(), ResultId(7));
            row.origin = Some(TestOrigin { rule, test: TestId(7), result });
        });
    }),
    ("what_a_rule_adds_names_its_result", "test K", |lab| {
        change(lab, |row: &mut Test| {
            let (rule, result) = ("x".to_owned(), row.result.expect("its result"));
            row.origin = Some(TestOrigin { rule, test: row.id, result });
        });
    }),
    ("a_preliminary_value_waits_to_be_verified", "test K", |lab| {
        change(lab, |row: &mut Test| row.preliminary = row.verified);
    }),
    ("a_preliminary_value_waits_to_be_verified", "test K", |lab| {
        change(lab, |row: &mut Test| {
            row.state = TestState::Review;
            row.preliminary =
                row.verified.map(|done| lab::accession::Verified { result: ResultId(7), ..done });
        });
    }),
    ("a_corrected_result_names_what_was_reported", "result SOD", |lab| {
        amends(lab, |told| told.told.clear());
    }),
    ("a_corrected_result_names_what_was_reported", "result SOD", |lab| {
        amends(lab, |told| told.value = lab::value::Value::Titer(8));
    }),
    ("a_corrected_result_names_what_was_reported", "result SOD", |lab| {
        let potassium = lab.all::<ResultVersion>().next().expect("a result").id;
        amends(lab, |told| told.version = potassium);
    }),
    ("a_released_version_is_never_gone", "test SOD", |lab| {
        amends(lab, |told| told.version = ResultId(7));
    }),
    ("a_released_version_is_never_gone", "test SOD", |lab| {
        let sodium = lab.all::<Test>().find(|row| row.code.as_str() == "SOD").expect("sodium");
        lab.put(Test { state: TestState::Verified, ..sodium });
    }),
    ("a_released_version_is_never_gone", "test K", |lab| {
        change(lab, |row: &mut Test| row.state = TestState::Corrected);
    }),
    ("a_result_belongs_to_the_patient_of_its_test", "result K", |lab| {
        change(lab, |row: &mut ResultVersion| row.patient = PatientId(7));
    }),
    ("a_result_belongs_to_the_patient_of_its_test", "result GLU", |lab| {
        change(lab, |row: &mut ResultVersion| row.code = "GLU".into());
    }),
    ("names_and_numbers_are_unique", "record number MRN-1", |lab| {
        copy(lab, |row: &mut Patient| row.id = PatientId(7));
    }),
    ("names_and_numbers_are_unique", "sign-in name amy", |lab| {
        copy(lab, |row: &mut lab::people::Person| row.id = lab::value::PersonId(7));
    }),
    ("names_and_numbers_are_unique", "label", |lab| {
        let label = lab.all::<Specimen>().last().expect("a specimen").label;
        change(lab, |row: &mut Specimen| row.label = label);
    }),
    ("names_and_numbers_are_unique", "label", |lab| {
        change(lab, |row: &mut Accession| row.label = Label::new(NINE, 1, 1));
    }),
    ("names_and_numbers_are_unique", "unclaimed", |lab| {
        change(lab, |row: &mut Unclaimed| row.claim = Claim::Discarded(String::new()));
    }),
    ("nothing_awaits_a_gone_specimen", "test K", |lab| {
        change(lab, |row: &mut Specimen| row.state = SpecimenState::Lost);
        change(lab, |row: &mut Test| row.state = TestState::Awaiting);
    }),
    ("a_position_holds_one_specimen", "specimen", |lab| {
        change(lab, |row: &mut Specimen| row.state = SpecimenState::Stored);
    }),
    ("a_position_holds_one_specimen", "specimen", |lab| {
        store_two(lab, (1, 1), (1, 1));
    }),
    ("a_position_holds_one_specimen", "specimen", |lab| {
        store_two(lab, (1, 1), (3, 1));
    }),
    ("a_part_is_of_the_accession_it_is_made_from", "specimen", |lab| {
        change(lab, |row: &mut Specimen| {
            row.handling.made_from = Some(Origin {
                specimen: SpecimenId(7),
                container: row.container.clone(),
                part: Part::Aliquot,
            });
        });
    }),
    ("what_is_dispatched_is_on_its_list", "specimen", |lab| {
        change(lab, |row: &mut Specimen| row.state = SpecimenState::OnBench);
    }),
    ("what_is_dispatched_is_on_its_list", "specimen", |lab| {
        lab.keep(list(1).keep());
        change(lab, |row: &mut Specimen| row.handling.dispatch = Some(DispatchId(1)));
    }),
    ("a_volume_is_never_below_nothing", "specimen", |lab| {
        change(lab, |row: &mut Specimen| row.handling.volume_ml = "-0.1".parse().ok());
    }),
    ("dispatch_lists_count_up_by_one", "dispatch list 2", |lab| lab.keep(list(2).keep())),
    ("catalog_releases_count_up_by_one", "release 3", |lab| {
        copy(lab, |row: &mut CatalogRelease| row.release = 3);
    }),
    ("no_control_under_a_specimens_number", "control entry", |lab| {
        let label = lab.all::<Specimen>().next().expect("a specimen").label;
        change(lab, |row: &mut ControlReadings| row.sent_number = label.to_string());
    }),
    ("one_draft_is_open_and_what_was_released_stands", "draft 1", |lab| {
        lab.put(draft(1, DraftFate::Open));
        lab.put(draft(2, DraftFate::Open));
    }),
    ("one_draft_is_open_and_what_was_released_stands", "draft 1", |lab| {
        lab.put(draft(1, DraftFate::Released(1)));
    }),
    ("one_draft_is_open_and_what_was_released_stands", "draft 1", |lab| {
        lab.put(draft(1, DraftFate::Discarded(String::new())));
    }),
    ("nothing_hangs_from_a_merged_patient", "accession", |lab| {
        let given_up = lab.all::<Merge>().next().expect("a merge").from;
        change(lab, |row: &mut Accession| row.patient = given_up);
    }),
    ("nothing_hangs_from_a_merged_patient", "encounter", |lab| {
        let given_up = lab.all::<Merge>().next().expect("a merge").from;
        change(lab, |row: &mut Encounter| row.patient = given_up);
    }),
    ("nothing_hangs_from_a_merged_patient", "number", |lab| {
        let given_up = lab.all::<Merge>().next().expect("a merge").from;
        change(lab, |row: &mut PatientIdentifier| row.patient = given_up);
    }),
    ("nothing_hangs_from_a_merged_patient", "patient", |lab| {
        change(lab, |row: &mut Patient| row.merged_into = Some(row.id));
    }),
    ("nothing_hangs_from_a_merged_patient", "the merge", |lab| {
        let given_up = lab.all::<Merge>().next().expect("a merge").from;
        let row = lab.all::<Patient>().find(|row| row.id == given_up).expect("the patient");
        lab.put(Patient { merged_into: None, ..row });
    }),
    ("a_number_names_one_patient", "insurance number", |lab| {
        copy(lab, |row: &mut PatientIdentifier| {
            row.id = IdentifierId(7);
            row.patient = PatientId(7);
        });
    }),
    ("nobody_is_discharged_before_admission", "encounter", |lab| {
        change(lab, |row: &mut Encounter| row.discharged_at = Some(NINE.plus_minutes(-1)));
    }),
    ("nobody_is_discharged_before_admission", "encounter", |lab| {
        copy(lab, |row: &mut Encounter| row.id = EncounterId(7));
    }),
    ("only_a_cancelled_test_is_credited", "credit of K", |lab| {
        let credited = lab.all::<Credit>().next().expect("a credit").test;
        let row = lab.all::<Test>().find(|row| row.id == credited).expect("its test");
        lab.put(Test { state: TestState::Awaiting, ..row });
    }),
    ("reports_of_an_accession_count_up_by_one", "reports of accession", |lab| {
        change(lab, |row: &mut Issue| row.number = 2);
    }),
    ("a_report_gives_results_of_its_accession", "report 1 of accession", |lab| {
        change(lab, |row: &mut Issue| row.results = vec![ResultId(7)]);
    }),
];

/// Says that a rule released it, which said nothing.
fn by_a_rule(row: &mut Test) {
    row.rule = "Released by the rule x.".into();
    row.verified = row.verified.map(|done| lab::accession::Verified { by: Actor::Rule(1), ..done });
}

/// Two specimens put away in a rack of two rows and two columns.
fn store_two(lab: &mut Laboratory, first: (u8, u8), second: (u8, u8)) {
    let id = StoragePlaceId(801);
    let (unit, shelf) = ("Refrigerator 1".to_owned(), String::new());
    let (zone, rows, columns) = (Zone::Refrigerated, 2, 2);
    lab.put(StoragePlace { id, code: "R1".into(), unit, shelf, zone, rows, columns });
    let tubes: Vec<Specimen> = lab.all().collect();
    for (mut tube, (row, column)) in tubes.into_iter().zip([first, second]) {
        tube.state = SpecimenState::Stored;
        let spot = Spot::new(row, column).expect("a position");
        tube.handling.place = Some(Position { place: id, spot });
        lab.put(tube);
    }
}

/// A dispatch list of nothing.
fn list(number: u32) -> Dispatch {
    Dispatch {
        id: DispatchId(i64::from(number)),
        number,
        to: Destination::Bench,
        name: "Chemistry".into(),
        at: NINE,
        zone: Zone::Room,
        specimens: Vec::new(),
        note: String::new(),
    }
}

#[test]
fn a_lawful_laboratory_breaks_no_law() {
    assert_eq!(breaches(&lived_in()), []);
    assert_eq!(breaches(&Laboratory::default()), []);
}

#[test]
fn every_broken_law_is_found_under_its_name() {
    for (at, (law, place, break_it)) in BROKEN.iter().enumerate() {
        let mut laboratory = lived_in();
        break_it(&mut laboratory);
        let found = breaches(&laboratory);
        let named = found.iter().any(|breach| breach.law == *law && breach.what.starts_with(place));
        assert!(named, "case {at}, {law} at {place}: found {found:?}");
    }
}

#[test]
fn every_law_is_broken_here_at_least_once() {
    for (law, _) in LAWS {
        assert!(BROKEN.iter().any(|(broken, _, _)| *broken == law), "{law} is never broken");
    }
}

#[test]
fn a_row_without_number_of_its_own_is_told_apart_by_table() {
    let mut laboratory = lived_in();
    let result = laboratory.all::<ResultVersion>().next().expect("a result");
    let lost = Kept::Result(Box::new(ResultVersion { id: ResultId(7), version: 3, ..result }));
    laboratory.keep(lost);
    let found: Vec<&str> = breaches(&laboratory).iter().map(|breach| breach.law).collect();
    assert_eq!(found, ["result_versions_count_up_by_one"], "a version nobody counts");
}

#[test]
fn a_cancelled_test_of_a_rejected_specimen_is_lawful() {
    let mut laboratory = lived_in();
    let last = laboratory.all::<Specimen>().last().expect("a specimen");
    let test = laboratory.all::<Test>().find(|test| test.specimen == last.id).expect("its test");
    laboratory.put(Specimen { state: SpecimenState::Rejected, ..last });
    laboratory.put(Test { state: TestState::Cancelled, ..test });
    assert_eq!(breaches(&laboratory), []);
}
