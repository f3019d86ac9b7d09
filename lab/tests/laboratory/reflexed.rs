//! Reflex testing, dilution, and the value that is told before it is final.
//!
//! What must stay true: what a rule adds is added once, to the same specimen, and says why; a
//! dilution is never multiplied twice; nothing that is held is told before it is final.

use lab::accession::TestState;
use lab::event::{Event, RuleEvent};
use lab::journey::add_on::AddTests;
use lab::journey::analyze::EnterResult;
use lab::journey::process::LoseSpecimen;
use lab::journey::rules::GivePreliminary;
use lab::journey::verify::{HoldResult, RequestDilution, VerifyResults};
use lab::refusal::{HouseRefusal, Refusal};
use lab::value::TestId;

use crate::bench::*;

/// Cy enters a value by hand.
fn enter(bench: &mut Bench, test: TestId, typed: &str) {
    let (looked_at, typed) = (bench.looked(test), typed.to_owned());
    bench.does(CY, EnterResult { test, looked_at, typed, not_performed: String::new() });
}

/// Cy verifies these in one act.
fn verify(bench: &mut Bench, tests: &[TestId]) -> Vec<Event> {
    let tests = tests.iter().map(|test| (*test, bench.looked(*test))).collect();
    bench.does(CY, VerifyResults { tests, reason: "seen".into() })
}

fn added(events: &[Event]) -> Vec<String> {
    let tests = events.iter().filter_map(|event| match event {
        Event::Rule(RuleEvent::ReflexAdded { tests, .. }) => Some(tests),
        _ => None,
    });
    tests.flatten().map(|test| test.code.0.clone()).collect()
}

#[test]
fn an_abnormal_result_adds_its_tests_once_when_it_is_released_and_not_before() {
    let mut bench = Bench::new();
    let ordered = bench.received(&["UBLD", "ULE", "UWBC"]);
    let (blood, leukocytes) = (ordered.test("UBLD"), ordered.test("ULE"));
    enter(&mut bench, blood, "Small");
    enter(&mut bench, leukocytes, "Large");
    assert_eq!(bench.laboratory.all::<lab::accession::Test>().count(), 3);
    let events = verify(&mut bench, &[blood, leukocytes]);
    assert_eq!(added(&events), ["URBC", "USQEP", "UBACT"], "the white cells were ordered");
    let new = bench.laboratory.all::<lab::accession::Test>().last().expect("a test");
    assert_eq!(new.specimen, ordered.specimen().id);
    let origin = new.origin.expect("where it came from");
    assert_eq!((origin.rule.as_str(), origin.test), ("urine microscopy", blood));
    assert_eq!(new.state, TestState::Awaiting);
}

#[test]
fn a_normal_result_adds_nothing() {
    let mut bench = Bench::new();
    let ordered = bench.received(&["UBLD"]);
    enter(&mut bench, ordered.test("UBLD"), "Negative");
    assert_eq!(told(&verify(&mut bench, &[ordered.test("UBLD")])), ["ResultVerified"]);
}

#[test]
fn a_specimen_that_cannot_give_the_tests_says_why_in_the_journal() {
    let mut bench = Bench::new();
    let ordered = bench.received(&["TSH"]);
    enter(&mut bench, ordered.test("TSH"), "9.1");
    let specimen = ordered.specimen().id;
    let grade = lab::journey::process::GradeSpecimen {
        specimen,
        condition: Default::default(),
        volume_ml: "0.1".parse().ok(),
    };
    bench.does(CY, grade);
    let events = verify(&mut bench, &[ordered.test("TSH")]);
    let because = events.iter().find_map(|event| match event {
        Event::Rule(RuleEvent::ReflexWithheld { codes, because, .. }) => {
            Some((codes[0].0.as_str(), because.clone()))
        }
        _ => None,
    });
    let (code, because) = because.expect("withheld");
    assert_eq!(code, "FT4");
    assert!(because.contains("0.1"), "{because}");
}

#[test]
fn what_was_added_before_is_not_added_again() {
    let mut bench = Bench::new();
    let ordered = bench.received(&["TSH"]);
    let specimen = ordered.specimen().id;
    let (codes, provider) = (vec!["FT4".into()], "Dr. O".to_owned());
    bench.does(AMY, AddTests { specimen, codes, provider, confirmed: None });
    enter(&mut bench, ordered.test("TSH"), "9.1");
    assert_eq!(told(&verify(&mut bench, &[ordered.test("TSH")])), ["ResultVerified"]);
}

#[test]
fn a_value_above_what_the_instrument_measures_is_held_and_run_diluted() {
    let mut bench = Bench::new();
    let ordered = bench.received(&["GLU"]);
    let glucose = ordered.test("GLU");
    let events = bench.sends(&ordered, &readings("GLU=>400"));
    assert!(told(&events)[1].contains("AboveRange"), "{:?}", told(&events));
    let dilute = |bench: &Bench, dilution: &str| RequestDilution {
        test: glucose,
        looked_at: bench.looked(glucose),
        dilution: dilution.into(),
    };
    for wrong in ["1", "x", "1:0", "20000"] {
        let expected = "1:10, or nothing".to_owned();
        let refused = Refusal::Unreadable { field: "Dilution".into(), expected };
        check(&bench, (BEN, dilute(&bench, wrong)), Err(refused));
    }
    bench.does(BEN, dilute(&bench, "10"));
    let test = bench.test(glucose);
    assert_eq!((test.state, test.note.as_str()), (TestState::Rerun, "Dilute 1:10 and run again"));
    let again = Refusal::WrongState { code: "GLU".into(), state: "rerun".into() };
    check(&bench, (BEN, dilute(&bench, "")), Err(again));
    let mut diluted = readings("GLU=520");
    diluted[0].detail.dilution = Some("1:10".into());
    diluted[0].detail.lot = Some("L77".into());
    bench.sends(&ordered, &diluted);
    let newest = bench.newest(glucose);
    assert_eq!(newest.value.to_string(), "520", "the instrument multiplied already");
    assert_eq!(newest.detail.diluted(), Some("1:10"));
    assert_eq!(newest.detail.lot.as_deref(), Some("L77"));
}

#[test]
fn a_coded_answer_is_not_diluted() {
    let mut bench = Bench::new();
    let ordered = bench.received(&["UBLD"]);
    let test = ordered.test("UBLD");
    enter(&mut bench, test, "Small");
    let dilute = RequestDilution { test, looked_at: bench.looked(test), dilution: String::new() };
    let expected = "a test that gives a figure".to_owned();
    let refused = Refusal::Unreadable { field: "Dilution".into(), expected };
    check(&bench, (CY, dilute), Err(refused));
}

#[test]
fn a_checked_value_is_told_before_it_is_final_until_something_else_becomes_of_it() {
    let mut bench = Bench::new();
    let ordered = bench.received(&["SOD", "K"]);
    let sodium = ordered.test("SOD");
    let tell =
        |bench: &Bench, test: TestId| GivePreliminary { test, looked_at: bench.looked(test) };
    let awaiting = Refusal::WrongState { code: "SOD".into(), state: "awaiting".into() };
    check(&bench, (BEN, tell(&bench, sodium)), Err(awaiting));
    bench.sends(&ordered, &readings("Na=140 K=6.9"));
    bench.does(BEN, tell(&bench, sodium));
    let told = bench.test(sodium).preliminary.expect("told");
    assert_eq!((told.result, told.by), (bench.newest(sodium).id, BEN));
    assert_eq!(bench.state(sodium), TestState::Review);
    let so = HouseRefusal::AlreadySo { what: "SOD is told before it is final".into() };
    check(&bench, (BEN, tell(&bench, sodium)), Err(so.into()));
    let stale = tell(&bench, sodium);
    let held = bench.ask(BEN, tell(&bench, ordered.test("K"))).expect_err("held");
    assert_eq!(held.code(), "Held");
    bench.sends(&ordered, &readings("Na=141"));
    assert_eq!(bench.test(sodium).preliminary, None, "another value came");
    assert_eq!(bench.ask(BEN, stale).expect_err("changed").code(), "ChangedMeanwhile");
    let (looked_at, reason) = (bench.looked(sodium), "wait".to_owned());
    bench.does(BEN, HoldResult { test: sodium, looked_at, reason });
    let held = bench.ask(BEN, tell(&bench, sodium)).expect_err("held by hand");
    assert_eq!(held.code(), "Held");
}

#[test]
fn no_reading_of_a_lost_tube_goes_out_by_a_rule() {
    let mut bench = Bench::new();
    bench.does(ELI, lab::journey::rules::SwitchRules { on: true, reason: "validated".into() });
    let ordered = bench.received(&["SOD"]);
    let specimen = ordered.specimen().id;
    bench.does(AMY, LoseSpecimen { specimen, note: "rack 4".into(), told: "ward".into() });
    let events = bench.sends(&ordered, &readings("Na=140"));
    assert_eq!(told(&events), ["unclaimed Lost [Na]"]);
}
