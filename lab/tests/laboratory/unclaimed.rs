//! Settling the unclaimed list.

use lab::accession::{Hold, ResultVersion, TestState};
use lab::instrument::{Claim, Material, Unclaimed};
use lab::journey::analyze::{FileReadings, ResolveUnclaimed, Settle};
use lab::journey::receive::RejectSpecimen;
use lab::journey::verify::VerifyResults;
use lab::refusal::Refusal;
use lab::value::{Label, UnclaimedId};

use crate::bench::*;

/// A tube without a readable number was measured; its readings wait unclaimed.
fn waiting(bench: &mut Bench, material: Material) -> UnclaimedId {
    let message = FileReadings {
        instrument: bench.analyzer,
        message: None,
        sent_number: "ERR".into(),
        material,
        readings: readings("K=4.2 Na=140"),
    };
    bench.does(bench.machine(), message);
    bench.unclaimed().pop().expect("an entry").id
}

fn give(unclaimed: UnclaimedId, label: &Label) -> ResolveUnclaimed {
    ResolveUnclaimed {
        unclaimed,
        settle: Settle::Give(label.clone()),
        reason: "tube stood in position 7".into(),
    }
}

fn discard(unclaimed: UnclaimedId) -> ResolveUnclaimed {
    let reason = "linearity check".into();
    ResolveUnclaimed { unclaimed, settle: Settle::Discard, reason }
}

fn claim(bench: &Bench, id: UnclaimedId) -> Claim {
    let mut all = bench.laboratory.all::<Unclaimed>();
    all.find(|entry| entry.id == id).expect("the entry").claim
}

#[test]
fn given_readings_are_filed_as_if_they_had_come_for_that_tube() {
    let mut bench = Bench::new();
    let ordered = bench.received(&["K", "SOD"]);
    let entry = waiting(&mut bench, Material::Patient);
    let expect =
        ["UnclaimedGiven", "received beside []", "K v1 4.2 GivenByHand", "SOD v1 140 GivenByHand"];
    check(&bench, (BEN, give(entry, &ordered.label())), Ok(&expect));
    bench.does(BEN, give(entry, &ordered.label()));
    assert_eq!(claim(&bench, entry), Claim::Given(ordered.specimen().id));
    assert_eq!(bench.newest(ordered.test("K")).filed_by, BEN);
    assert_eq!(bench.unclaimed(), []);
}

#[test]
fn given_readings_wait_for_one_who_compares_the_tube() {
    let mut bench = Bench::new();
    let ordered = bench.received(&["K", "CL", "CO2", "SOD", "AGAP"]);
    let entry = waiting(&mut bench, Material::Patient);
    bench.does(BEN, give(entry, &ordered.label()));
    assert_eq!(bench.newest(ordered.test("K")).holds, [Hold::GivenByHand]);
    assert_eq!(bench.state(ordered.test("K")), TestState::Held);
    let tests = vec![(ordered.test("K"), bench.looked(ordered.test("K")))];
    let because = "Given to this specimen by hand; compare the tube.".to_owned();
    let verify = VerifyResults { tests, reason: "position 7 compared".into() };
    check(&bench, (BEN, verify.clone()), Err(Refusal::Held { code: "K".into(), because }));
    check(&bench, (CY, verify), Ok(&["ResultVerified"]));
    // What comes by its own number is not given by hand; what is made from a given value waits.
    let events = bench.sends(&ordered, &readings("CL=104 CO2=24"));
    let expect = ["received beside []", "CL v1 104", "CO2 v1 24", "AGAP v1 12 HeldInput(\"SOD\")"];
    assert_eq!(told(&events), expect);
}

#[test]
fn given_readings_meet_the_same_holds_and_the_rest_waits_again() {
    let mut bench = Bench::new();
    let ordered = bench.received(&["K", "SOD"]);
    bench.sends(&ordered, &readings("K=4.0 Na=139"));
    bench.verified(ordered.test("SOD"));
    let entry = waiting(&mut bench, Material::Unknown);
    let expect = [
        "UnclaimedGiven",
        "received beside []",
        "K v2 4.2 GivenByHand+SecondValue",
        "late SOD v2 140 AfterRelease+GivenByHand",
    ];
    check(&bench, (BEN, give(entry, &ordered.label())), Ok(&expect));
}

#[test]
fn discarding_keeps_the_readings_and_the_reason() {
    let mut bench = Bench::new();
    let entry = waiting(&mut bench, Material::Patient);
    check(&bench, (BEN, discard(entry)), Ok(&["UnclaimedDiscarded"]));
    bench.does(BEN, discard(entry));
    assert_eq!(claim(&bench, entry), Claim::Discarded("linearity check".into()));
    let kept = bench.laboratory.all::<Unclaimed>().next().expect("the entry");
    assert_eq!(kept.readings, readings("K=4.2 Na=140"));
    assert_eq!(bench.laboratory.all::<ResultVersion>().count(), 0);
}

#[test]
fn an_entry_is_settled_once() {
    let mut bench = Bench::new();
    let ordered = bench.received(&["K"]);
    for settle in [0, 1] {
        let mut bench = bench.clone();
        let entry = waiting(&mut bench, Material::Patient);
        let first = if settle == 0 { give(entry, &ordered.label()) } else { discard(entry) };
        bench.does(BEN, first);
        let given = give(entry, &ordered.label());
        check(&bench, (CY, given), Err(Refusal::AlreadySettled));
        check(&bench, (CY, discard(entry)), Err(Refusal::AlreadySettled));
    }
}

#[test]
fn settling_is_refused_in_the_order_in_which_it_is_doubted() {
    let mut bench = Bench::new();
    let ordered = bench.received(&["K"]);
    let nowhere = Label::new(NINE, 99, 1);
    let entry = waiting(&mut bench, Material::Patient);
    let silent = |unclaimed, label: &Label| ResolveUnclaimed {
        reason: "  ".into(),
        ..give(unclaimed, label)
    };
    check(&bench, (BEN, silent(UnclaimedId(7), &nowhere)), Err(missing("Reason")));
    check(&bench, (BEN, silent(entry, &nowhere)), Err(missing("Reason")));
    let unknown = no_such("unclaimed entry", 7);
    check(&bench, (BEN, give(UnclaimedId(7), &nowhere)), Err(unknown.clone()));
    check(&bench, (BEN, discard(UnclaimedId(7))), Err(unknown));
    let nobody = no_such("specimen", &nowhere);
    check(&bench, (BEN, give(entry, &nowhere)), Err(nobody));
    check(&bench, (AMY, give(entry, &ordered.label())), Err(not_permitted("ResolveUnclaimed")));
}

#[test]
fn nothing_is_given_to_a_tube_that_is_not_there_or_was_rejected() {
    let mut bench = Bench::new();
    let ordered = bench.order(&["K"]);
    let entry = waiting(&mut bench, Material::Patient);
    check(&bench, (BEN, give(entry, &ordered.label())), Err(Refusal::NotReceived));
    bench.does(AMY, collect(&ordered, NINE));
    check(&bench, (BEN, give(entry, &ordered.label())), Err(Refusal::NotReceived));
    let reject = RejectSpecimen {
        specimen: ordered.specimen().id,
        reason: "UNLABELED".into(),
        note: String::new(),
    };
    bench.does(AMY, reject);
    check(&bench, (BEN, give(entry, &ordered.label())), Err(Refusal::SpecimenRejected));
}

#[test]
fn control_readings_are_given_to_nobody_whatever_the_tube() {
    let mut bench = Bench::new();
    let ordered = bench.received(&["K"]);
    for material in [Material::Control, Material::Calibrator] {
        let control =
            FileReadings { material, ..bench.message(&ordered.label(), &readings("K=4.2")) };
        bench.does(bench.machine(), control);
        let entry = bench.unclaimed().pop().expect("an entry").id;
        for label in [ordered.label(), Label::new(NINE, 99, 1)] {
            check(&bench, (ELI, give(entry, &label)), Err(Refusal::ControlMaterial));
        }
        check(&bench, (BEN, discard(entry)), Ok(&["UnclaimedDiscarded"]));
    }
    assert_eq!(bench.state(ordered.test("K")), TestState::Awaiting);
}
