//! Readings that find no place: each waits unclaimed, with the reason, and none reaches a patient.

use lab::accession::{ResultVersion, TestState};
use lab::instrument::{Claim, Material, Unplaced};
use lab::journey::analyze::FileReadings;
use lab::journey::order::CancelTest;
use lab::journey::receive::RejectSpecimen;

use crate::bench::*;

#[test]
fn a_number_that_is_none_of_ours_waits_unclaimed_as_it_was_sent() {
    let mut bench = Bench::new();
    let ordered = bench.received(&["K"]);
    let right = ordered.label().to_string();
    let wrong_digit = format!("{}{}", &right[..12], (right[12..].parse::<u8>().unwrap() + 1) % 10);
    let accession = lab::value::Label::new(NINE, 1, 0).to_string();
    for number in ["", "QC1", "1234567890123", &wrong_digit, &accession] {
        let message = FileReadings {
            sent_number: number.to_owned(),
            ..bench.message(&ordered.label(), &readings("K=4.2 Na=140"))
        };
        let expect = ["unclaimed NoSuchSpecimen [K Na]"];
        check(&bench, (bench.machine(), message.clone()), Ok(&expect));
        let mut after = bench.clone();
        after.does(after.machine(), message);
        let entry = after.unclaimed().pop().expect("an entry");
        assert_eq!(
            (entry.sent_number.as_str(), &entry.because),
            (number, &Unplaced::NoSuchSpecimen)
        );
        assert_eq!((entry.at, entry.readings), (NINE, readings("K=4.2 Na=140")));
        assert_eq!(entry.claim, Claim::Open);
    }
}

#[test]
fn spaces_and_dashes_around_a_scanned_number_do_no_harm() {
    let mut bench = Bench::new();
    let ordered = bench.received(&["K"]);
    let label = ordered.label().to_string();
    let message = FileReadings {
        sent_number: format!(" {}-{} ", &label[..5], &label[5..]),
        ..bench.message(&ordered.label(), &readings("K=4.2"))
    };
    check(&bench, (bench.machine(), message), Ok(&["received beside []", "K v1 4.2"]));
}

#[test]
fn a_specimen_that_was_not_received_or_was_rejected_takes_no_reading() {
    let mut bench = Bench::new();
    let ordered = bench.order(&["K"]);
    let message = bench.message(&ordered.label(), &readings("K=4.2"));
    let sent = |bench: &Bench, expect: &[&str]| {
        check(bench, (bench.machine(), message.clone()), Ok(expect));
    };
    sent(&bench, &["unclaimed NotReceived [K]"]);
    bench.does(AMY, collect(&ordered, NINE));
    sent(&bench, &["unclaimed NotReceived [K]"]);
    let reject = RejectSpecimen {
        specimen: ordered.specimen().id,
        reason: "UNLABELED".into(),
        note: String::new(),
    };
    bench.does(AMY, reject);
    sent(&bench, &["unclaimed Rejected [K]"]);
}

#[test]
fn control_material_never_reaches_a_patient_even_under_a_patients_number() {
    let mut bench = Bench::new();
    let ordered = bench.received(&["K"]);
    for (material, expect) in [
        (Material::Control, vec!["unclaimed ControlOrPatient [K]"]),
        (Material::Calibrator, vec!["unclaimed ControlOrPatient [K]"]),
        (Material::Unknown, vec!["received beside []", "K v1 4.2"]),
        (Material::Patient, vec!["received beside []", "K v1 4.2"]),
    ] {
        let message = bench.message(&ordered.label(), &readings("K=4.2"));
        let message = FileReadings { material, ..message };
        check(&bench, (bench.machine(), message), Ok(&expect));
    }
    let control = FileReadings {
        material: Material::Control,
        ..bench.message(&ordered.label(), &readings("K=4.2"))
    };
    bench.does(bench.machine(), control);
    assert_eq!(bench.laboratory.all::<ResultVersion>().count(), 0);
    assert_eq!(bench.state(ordered.test("K")), TestState::Awaiting);
}

#[test]
fn a_verified_result_is_never_replaced_by_a_late_reading() {
    let mut bench = Bench::new();
    let ordered = bench.received(&["K", "SOD"]);
    bench.sends(&ordered, &readings("K=4.2"));
    bench.verified(ordered.test("K"));
    let events = bench.sends(&ordered, &readings("K=6.9 Na=140"));
    let late = "late K v2 6.9 HH AfterRelease+Delta+Critical";
    assert_eq!(told(&events), ["received beside []", "SOD v1 140", late]);
    let potassium = bench.test(ordered.test("K"));
    assert_eq!((potassium.state, potassium.versions), (TestState::Verified, 2));
    assert_eq!(bench.newest(ordered.test("K")).value.to_string(), "4.2");
}

#[test]
fn a_reading_of_a_cancelled_test_is_kept_beside() {
    let mut bench = Bench::new();
    let ordered = bench.received(&["K"]);
    bench.does(
        CY,
        CancelTest {
            test: ordered.test("K"),
            looked_at: bench.looked(ordered.test("K")),
            reason: "ordered twice".into(),
        },
    );
    let message = bench.message(&ordered.label(), &readings("K=4.2"));
    check(&bench, (bench.machine(), message), Ok(&["received beside [K]"]));
}

#[test]
fn a_code_outside_the_code_map_is_never_guessed() {
    let mut bench = Bench::new();
    let ordered = bench.received(&["SOD", "K"]);
    let message = bench.message(&ordered.label(), &readings("SOD=140 k=4.2 K=4.2"));
    let expect = ["received beside []", "K v1 4.2", "unclaimed UnknownCode [SOD k]"];
    check(&bench, (bench.machine(), message), Ok(&expect));
}

#[test]
fn readings_of_one_message_wait_in_one_entry_for_each_reason() {
    let mut bench = Bench::new();
    let ordered = bench.received(&["SOD", "K", "GLU"]);
    bench.sends(&ordered, &readings("K=4.2"));
    bench.verified(ordered.test("K"));
    bench.does(
        CY,
        CancelTest {
            test: ordered.test("GLU"),
            looked_at: bench.looked(ordered.test("GLU")),
            reason: "not fasting".into(),
        },
    );
    let events = bench.sends(&ordered, &readings("X=1 K=4.3 GLU=90 Y=2 Na=140"));
    let expect = [
        "received beside [GLU]",
        "SOD v1 140",
        "late K v2 4.3 AfterRelease",
        "unclaimed UnknownCode [X Y]",
    ];
    assert_eq!(told(&events), expect);
    assert_eq!(bench.unclaimed().len(), 1);
}
