//! Receiving and rejecting.

use lab::accession::{Specimen, SpecimenState, TestState};
use lab::journey::receive::{ReceiveSpecimen, RejectSpecimen};
use lab::refusal::Refusal;
use lab::value::{Label, SpecimenId};

use crate::bench::*;

fn reject(specimen: &Specimen, reason: &str) -> RejectSpecimen {
    RejectSpecimen { specimen: specimen.id, reason: reason.into(), note: " leaked ".into() }
}

#[test]
fn a_collected_specimen_is_received_once_at_the_time_of_the_scan() {
    let mut bench = Bench::new();
    let ordered = bench.order(&["K"]);
    let scan = ReceiveSpecimen { label: ordered.label() };
    check(&bench, (BEN, scan.clone()), Err(Refusal::NotCollected));
    bench.does(AMY, collect(&ordered, NINE));
    bench.wait(10);
    check(&bench, (BEN, scan.clone()), Ok(&["SpecimenReceived"]));
    bench.does(AMY, scan.clone());
    let specimen = bench.laboratory.all::<Specimen>().next().expect("the specimen");
    assert_eq!(specimen.state, SpecimenState::Received);
    assert_eq!(specimen.received_at, Some(NINE.plus_minutes(10)));
    assert_eq!(specimen.collected_at, Some(NINE));
    check(&bench, (BEN, scan), Err(Refusal::AlreadyReceived));
}

#[test]
fn a_label_of_nobody_or_of_the_accession_itself_receives_nothing() {
    let mut bench = Bench::new();
    bench.collected(&["K"]);
    for label in [Label::new(NINE, 1, 0), Label::new(NINE, 1, 2), Label::new(NINE, 9, 1)] {
        let nobody = no_such("specimen", &label);
        check(&bench, (BEN, ReceiveSpecimen { label }), Err(nobody));
    }
}

#[test]
fn what_was_never_collected_is_not_rejected() {
    let mut bench = Bench::new();
    let ordered = bench.order(&["K"]);
    let unknown = Refusal::UnknownReason { code: "NONSENSE".into() };
    check(&bench, (BEN, reject(ordered.specimen(), "UNLABELED")), Err(Refusal::NotCollected));
    check(&bench, (BEN, reject(ordered.specimen(), "NONSENSE")), Err(unknown));
    bench.does(AMY, collect(&ordered, NINE));
    let expect = ["SpecimenRejected", "TestCancelled"];
    check(&bench, (BEN, reject(ordered.specimen(), "UNLABELED")), Ok(&expect));
}

#[test]
fn a_rejected_specimen_is_not_received_and_not_rejected_again() {
    let mut bench = Bench::new();
    let ordered = bench.collected(&["K"]);
    bench.does(AMY, reject(ordered.specimen(), "UNLABELED"));
    let scan = ReceiveSpecimen { label: ordered.label() };
    check(&bench, (BEN, scan), Err(Refusal::SpecimenRejected));
    let again = reject(ordered.specimen(), "NONSENSE");
    check(&bench, (BEN, again), Err(Refusal::SpecimenRejected));
}

#[test]
fn rejecting_cancels_the_tests_of_that_specimen_and_no_other() {
    let mut bench = Bench::new();
    let ordered = bench.received(&["K", "SOD", "HGB"]);
    let expect = ["SpecimenRejected", "TestCancelled", "TestCancelled"];
    check(&bench, (BEN, reject(ordered.specimen(), "MISLABELED")), Ok(&expect));
    bench.does(BEN, reject(ordered.specimen(), "MISLABELED"));
    let specimens: Vec<Specimen> = bench.laboratory.all().collect();
    let rejected = Some(("MISLABELED".to_owned(), "leaked".to_owned()));
    assert_eq!(specimens[0].rejected, rejected);
    assert_eq!(specimens[1].state, SpecimenState::Received);
    let potassium = bench.test(ordered.test("K"));
    assert_eq!(potassium.state, TestState::Cancelled);
    assert_eq!(potassium.note, "Specimen rejected: MISLABELED");
    assert_eq!(bench.state(ordered.test("HGB")), TestState::Awaiting);
}

#[test]
fn a_result_that_waits_is_cancelled_with_its_specimen_and_stays_on_record() {
    let mut bench = Bench::new();
    let ordered = bench.received(&["K"]);
    bench.sends(&ordered, &readings("K=4.2"));
    let expect = ["SpecimenRejected", "TestCancelled"];
    check(&bench, (BEN, reject(ordered.specimen(), "UNLABELED")), Ok(&expect));
    bench.does(BEN, reject(ordered.specimen(), "UNLABELED"));
    assert_eq!(bench.newest(ordered.test("K")).value.to_string(), "4.2");
    assert_eq!(bench.state(ordered.test("K")), TestState::Cancelled);
}

#[test]
fn rejecting_is_refused_in_the_order_in_which_it_is_doubted() {
    let mut bench = Bench::new();
    let ordered = bench.received(&["K"]);
    let nobody =
        RejectSpecimen { specimen: SpecimenId(7), reason: "NONSENSE".into(), note: String::new() };
    check(&bench, (BEN, nobody), Err(no_such("specimen", 7)));
    let unknown = Refusal::UnknownReason { code: "NONSENSE".into() };
    check(&bench, (BEN, reject(ordered.specimen(), "NONSENSE")), Err(unknown.clone()));
    bench.sends(&ordered, &readings("K=4.2"));
    bench.verified(ordered.test("K"));
    check(&bench, (BEN, reject(ordered.specimen(), "NONSENSE")), Err(unknown));
    let done = wrong_state("K", "verified");
    check(&bench, (BEN, reject(ordered.specimen(), "UNLABELED")), Err(done));
}
