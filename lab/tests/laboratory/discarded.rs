//! Inputs that are discarded: cancelled, or rejected with their tube; and what was, or would be,
//! calculated from them.

use lab::accession::TestState;
use lab::journey::analyze::EnterResult;
use lab::journey::order::CancelTest;
use lab::journey::receive::RejectSpecimen;
use lab::value::TestId;

use crate::bench::*;
use crate::calculated::{GAP, input_first, rerun, verify};

#[test]
fn a_test_whose_input_is_cancelled_is_cancelled_too_or_held_where_it_has_a_value() {
    let mut bench = Bench::new();
    let waiting = bench.received(GAP);
    let drop = |bench: &Bench, ordered: &Ordered| {
        let test = ordered.test("CO2");
        CancelTest { test, looked_at: bench.looked(test), reason: "short sample".into() }
    };
    bench.does(CY, drop(&bench, &waiting));
    assert_eq!(bench.state(waiting.test("AGAP")), TestState::Cancelled);
    assert_eq!(bench.state(waiting.test("SOD")), TestState::Awaiting);
    let worked_out = bench.received(GAP);
    bench.sends(&worked_out, &readings("Na=140 CL=104 CO2=24"));
    bench.does(CY, drop(&bench, &worked_out));
    let gap = bench.test(worked_out.test("AGAP"));
    assert_eq!((gap.state, gap.note.contains("CO2")), (TestState::Held, true), "{}", gap.note);
    assert_eq!(bench.state(worked_out.test("SOD")), TestState::Review);
}

#[test]
fn a_discarded_value_is_no_input_any_more() {
    let mut bench = Bench::new();
    let ordered = bench.received(GAP);
    bench.sends(&ordered, &readings("Na=140 CL=104 CO2=24"));
    bench.does(
        CY,
        CancelTest {
            test: ordered.test("CO2"),
            looked_at: bench.looked(ordered.test("CO2")),
            reason: "bubble".into(),
        },
    );
    bench.does(BEN, rerun(&bench, ordered.test("SOD")));
    let events = bench.sends(&ordered, &readings("Na=142"));
    let [_, sodium, gap] = &told(&events)[..] else { panic!("{events:?}") };
    assert_eq!(sodium, "SOD v2 142");
    assert!(gap.starts_with("AGAP v2 Not performed: CO2 is missing. Person("), "{gap}");
    // That there is none may go out: no figure stands on what was discarded.
    bench.verified(ordered.test("SOD"));
    bench.verified(ordered.test("CL"));
    let release = verify(&bench, &[ordered.test("AGAP")], "no bicarbonate");
    check(&bench, (CY, release), Ok(&["ResultVerified"]));
}

/// Sodium and creatinine of serum and of urine, and what is calculated from all four.
const EXCRETED: &[&str] = &["SOD", "CREA", "UNA", "UCREA", "FENA"];

fn reject_serum(ordered: &Ordered) -> RejectSpecimen {
    let specimen = ordered.specimen().id;
    RejectSpecimen { specimen, reason: "HEMOLYZED".into(), note: String::new() }
}

fn typed(bench: &mut Bench, test: TestId, typed: &str) {
    let entered = EnterResult {
        test,
        looked_at: lab::accession::Looked::default(),
        typed: typed.into(),
        not_performed: String::new(),
    };
    bench.does(BEN, entered);
}

#[test]
fn rejecting_the_tube_of_an_input_cancels_what_waits_for_it_on_another_specimen() {
    let mut bench = Bench::new();
    let ordered = bench.received(EXCRETED);
    let expect = ["SpecimenRejected", "TestCancelled", "TestCancelled", "TestCancelled"];
    check(&bench, (BEN, reject_serum(&ordered)), Ok(&expect));
    bench.does(BEN, reject_serum(&ordered));
    let rate = bench.test(ordered.test("FENA"));
    assert_eq!(rate.state, TestState::Cancelled);
    assert_eq!(rate.note, "CREA, which it is calculated from, was cancelled");
    assert_eq!(bench.state(ordered.test("UNA")), TestState::Awaiting);
}

#[test]
fn rejecting_the_tube_of_an_input_holds_what_was_made_from_it_on_another_specimen() {
    let mut bench = Bench::new();
    let ordered = bench.received(EXCRETED);
    for (code, value) in [("SOD", "140"), ("CREA", "2.00"), ("UNA", "20"), ("UCREA", "100")] {
        typed(&mut bench, ordered.test(code), value);
    }
    assert_eq!(bench.newest(ordered.test("FENA")).value.to_string(), "0.3");
    let expect = ["SpecimenRejected", "TestCancelled", "TestCancelled", "ResultHeld"];
    check(&bench, (BEN, reject_serum(&ordered)), Ok(&expect));
    bench.does(BEN, reject_serum(&ordered));
    bench.verified(ordered.test("UNA"));
    bench.verified(ordered.test("UCREA"));
    let release = verify(&bench, &[ordered.test("FENA")], "looks right");
    check(&bench, (CY, release), Err(input_first("FENA", "CREA")));
}

/// The starter catalog with a default for bicarbonate in the anion gap.
fn with_default() -> lab::catalog::Catalog {
    let files = lab::catalog::Catalog::starter_files().iter().map(|(name, text)| {
        let gap = text.find("id = \"C_AGAP\"").filter(|_| name.ends_with("calculations.toml"));
        let Some(gap) = gap else { return (*name, (*text).to_owned()) };
        let (before, after) = text.split_at(gap);
        let input = "{ name = \"CO2\", unit = \"mmol/L\" }";
        let by_default = "{ name = \"CO2\", unit = \"mmol/L\", default = \"24\" }";
        assert!(after.contains(input), "the input is written as here");
        (*name, before.to_owned() + &after.replacen(input, by_default, 1))
    });
    let files: Vec<(&str, String)> = files.collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (*name, &text[..])).collect();
    lab::catalog::Catalog::load(2, &files).expect("the catalog loads")
}

#[test]
fn what_can_do_without_an_input_is_not_cancelled_with_it() {
    let mut bench = Bench::new();
    bench.catalog = with_default().into();
    let ordered = bench.received(GAP);
    let looked_at = bench.looked(ordered.test("CO2"));
    let cancel = CancelTest { test: ordered.test("CO2"), looked_at, reason: "short sample".into() };
    // It waits for the others, is made without, and goes out.
    let mut waiting = bench.clone();
    check(&waiting, (CY, cancel.clone()), Ok(&["TestCancelled"]));
    waiting.does(CY, cancel.clone());
    waiting.sends(&ordered, &readings("Na=140 CL=104"));
    assert_eq!(waiting.newest(ordered.test("AGAP")).value.to_string(), "12");
    let all = ["SOD", "CL", "AGAP"].map(|code| ordered.test(code));
    check(&waiting, (BEN, verify(&waiting, &all, "")), Ok(&["ResultVerified"; 3]));
    // What was made with it is looked at.
    bench.sends(&ordered, &readings("Na=140 CL=104 CO2=20"));
    let looked_at = bench.looked(ordered.test("CO2"));
    let cancel = CancelTest { looked_at, ..cancel };
    check(&bench, (CY, cancel), Ok(&["TestCancelled", "ResultHeld"]));
}
