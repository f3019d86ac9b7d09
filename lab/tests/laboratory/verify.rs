//! Verifying, holding, running again.

use lab::accession::{TestState, Verified};
use lab::journey::analyze::EnterResult;
use lab::journey::verify::{HoldResult, RequestRerun, VerifyResults};
use lab::people::Actor;
use lab::refusal::Refusal;
use lab::value::{ResultId, TestId};

use crate::bench::*;

fn verify(bench: &Bench, tests: &[TestId], reason: &str) -> VerifyResults {
    let tests = tests.iter().map(|test| (*test, bench.newest(*test).id)).collect();
    VerifyResults { tests, reason: reason.into() }
}

fn held(code: &str, because: &str) -> Refusal {
    Refusal::Held { code: code.into(), because: because.into() }
}

#[test]
fn results_that_nothing_holds_go_out_with_who_and_when() {
    let mut bench = Bench::new();
    let ordered = bench.received(&["K", "SOD"]);
    bench.sends(&ordered, &readings("K=5.3 Na=140"));
    bench.wait(7);
    let both = [ordered.test("K"), ordered.test("SOD")];
    let command = verify(&bench, &both, "");
    check(&bench, (BEN, command.clone()), Ok(&["ResultVerified", "ResultVerified"]));
    bench.does(BEN, command);
    let potassium = bench.test(both[0]);
    assert_eq!(potassium.state, TestState::Verified);
    let result = bench.newest(both[0]).id;
    let verified = Verified { result, at: NINE.plus_minutes(7), by: BEN };
    assert_eq!(potassium.verified, Some(verified));
}

#[test]
fn a_held_result_goes_out_only_by_one_who_may_release_it_and_with_a_reason() {
    let mut bench = Bench::new();
    let ordered = bench.received(&["K"]);
    bench.sends(&ordered, &readings("K=6.9"));
    let because = held("K", "Critical: the physician must be called.");
    for (person, reason, released) in [
        (BEN, "", false),
        (BEN, "called", false),
        (CY, "", false),
        (CY, "  ", false),
        (CY, "called", true),
        (DORA, "called", true),
        (ELI, "called", true),
    ] {
        let command = verify(&bench, &[ordered.test("K")], reason);
        let expect: Result<&[&str], _> =
            if released { Ok(&["ResultVerified"]) } else { Err(because.clone()) };
        check(&bench, (person, command), expect);
    }
    let command = verify(&bench, &[ordered.test("K")], " called Dr. Okafor ");
    bench.does(CY, command);
    assert_eq!(bench.test(ordered.test("K")).note, "called Dr. Okafor");
}

#[test]
fn a_refusal_tells_every_reason_of_the_hold() {
    let mut bench = Bench::new();
    let ordered = bench.received(&["K"]);
    let mut sent = reading("K", "12.5");
    sent.flags = vec!["HEM".into()];
    sent.unit = "g/L".into();
    bench.sends(&ordered, &[sent]);
    let because = "Instrument flag: HEM. The instrument sent the unit g/L. Outside what is \
                   plausible in a living patient. Critical: the physician must be called.";
    let command = verify(&bench, &[ordered.test("K")], "");
    check(&bench, (BEN, command), Err(held("K", because)));
}

#[test]
fn one_held_result_keeps_all_of_them_back() {
    let mut bench = Bench::new();
    let ordered = bench.received(&["SOD", "K"]);
    bench.sends(&ordered, &readings("Na=140 K=6.9"));
    let command = verify(&bench, &[ordered.test("SOD"), ordered.test("K")], "");
    let because = held("K", "Critical: the physician must be called.");
    check(&bench, (CY, command), Err(because));
}

#[test]
fn a_test_of_high_complexity_is_verified_by_a_role_qualified_for_it() {
    let mut bench = Bench::new();
    let ordered = bench.received(&["ABID"]);
    let entered = EnterResult {
        test: ordered.test("ABID"),
        looked_at: None,
        typed: "anti-K".into(),
        not_performed: String::new(),
    };
    bench.does(BEN, entered);
    let command = verify(&bench, &[ordered.test("ABID")], "");
    let refusal = not_permitted("verifying ABID, a test of high complexity");
    check(&bench, (BEN, command.clone()), Err(refusal.clone()));
    for person in [CY, DORA, ELI] {
        check(&bench, (person, command.clone()), Ok(&["ResultVerified"]));
    }
    bench.does(BEN, HoldResult { test: ordered.test("ABID"), reason: "look again".into() });
    check(&bench, (BEN, command.clone()), Err(refusal));
    check(&bench, (CY, command), Err(held("ABID", "Held by hand: look again")));
}

#[test]
fn verifying_is_refused_in_the_order_in_which_it_is_doubted() {
    let mut bench = Bench::new();
    let ordered = bench.received(&["K", "SOD"]);
    let test = ordered.test("K");
    let unseen = |test| VerifyResults { tests: vec![(test, ResultId(7))], reason: String::new() };
    let nobody = no_such("test", "of this number");
    check(&bench, (BEN, unseen(TestId(7))), Err(nobody.clone()));
    let none = VerifyResults { tests: Vec::new(), reason: String::new() };
    check(&bench, (BEN, none), Err(nobody.clone()));
    check(&bench, (BEN, unseen(test)), Err(wrong_state("K", "awaiting")));
    bench.sends(&ordered, &readings("K=6.9"));
    check(&bench, (BEN, unseen(test)), Err(Refusal::Changed { code: "K".into() }));
    let right = verify(&bench, &[test], "");
    check(&bench, (BEN, right.clone()), Err(held("K", "Critical: the physician must be called.")));
    check(&bench, (AMY, right.clone()), Err(not_permitted("VerifyResults")));
    let mut mixed = right.clone();
    mixed.tests.push((TestId(7), ResultId(7)));
    check(&bench, (CY, mixed), Err(nobody));
    bench.verified(test);
    check(&bench, (CY, right), Err(wrong_state("K", "verified")));
}

#[test]
fn a_newer_value_that_came_meanwhile_is_not_verified_unseen() {
    let mut bench = Bench::new();
    let ordered = bench.received(&["K"]);
    bench.sends(&ordered, &readings("K=4.2"));
    let before = verify(&bench, &[ordered.test("K")], "fine");
    bench.sends(&ordered, &readings("K=6.9"));
    check(&bench, (CY, before), Err(Refusal::Changed { code: "K".into() }));
}

#[test]
fn meniscus_itself_verifies_nothing() {
    let mut bench = Bench::new();
    let ordered = bench.received(&["K"]);
    bench.sends(&ordered, &readings("K=4.2"));
    let command = verify(&bench, &[ordered.test("K")], "");
    for actor in [Actor::System, bench.machine()] {
        let refusal = bench.ask(actor, command.clone()).expect_err("a person verifies");
        assert!(matches!(refusal, Refusal::NotPermitted { .. }), "{actor:?}: {refusal:?}");
    }
}

type Act = fn(TestId, &str) -> lab::command::Command;

/// Holding and running again ask for the same things.
const ACTS: [(Act, &str, TestState); 2] = [
    (
        |test, reason| HoldResult { test, reason: reason.into() }.into(),
        "ResultHeld",
        TestState::Held,
    ),
    (
        |test, reason| RequestRerun { test, reason: reason.into() }.into(),
        "RerunRequested",
        TestState::Rerun,
    ),
];

#[test]
fn a_waiting_result_is_held_or_run_again_with_the_reason() {
    for (act, event, state) in ACTS {
        for sent in ["K=4.2", "K=6.9"] {
            let mut bench = Bench::new();
            let ordered = bench.received(&["K"]);
            let test = ordered.test("K");
            bench.sends(&ordered, &readings(sent));
            check(&bench, (BEN, act(test, "clot in the probe")), Ok(&[event]));
            bench.does(BEN, act(test, " clot in the probe "));
            let test = bench.test(test);
            assert_eq!((test.state, test.note.as_str()), (state, "clot in the probe"));
            assert_eq!(test.versions, 1, "the earlier value stays on record");
        }
    }
}

#[test]
fn holding_and_running_again_are_refused_in_the_order_in_which_they_are_doubted() {
    for (act, event, _) in ACTS {
        let mut bench = Bench::new();
        let ordered = bench.received(&["K"]);
        let test = ordered.test("K");
        check(&bench, (BEN, act(TestId(7), "")), Err(missing("Reason")));
        check(&bench, (BEN, act(test, " ")), Err(missing("Reason")));
        check(&bench, (BEN, act(TestId(7), "why")), Err(no_such("test", 7)));
        check(&bench, (BEN, act(test, "why")), Err(wrong_state("K", "awaiting")));
        bench.sends(&ordered, &readings("K=4.2"));
        check(&bench, (BEN, act(test, "why")), Ok(&[event]));
        let mut rerun = bench.clone();
        rerun.does(BEN, RequestRerun { test, reason: "bubble".into() });
        check(&rerun, (BEN, act(test, "why")), Err(wrong_state("K", "rerun")));
        bench.verified(test);
        check(&bench, (BEN, act(test, "why")), Err(wrong_state("K", "verified")));
    }
    let bench = Bench::new();
    let (hold, rerun) = (ACTS[0].0, ACTS[1].0);
    check(&bench, (AMY, hold(TestId(7), "")), Err(not_permitted("HoldResult")));
    check(&bench, (AMY, rerun(TestId(7), "")), Err(not_permitted("RequestRerun")));
}

#[test]
fn a_result_held_by_hand_goes_out_like_any_held_one() {
    let mut bench = Bench::new();
    let ordered = bench.received(&["K"]);
    bench.sends(&ordered, &readings("K=4.2"));
    bench.does(BEN, HoldResult { test: ordered.test("K"), reason: "ask the ward".into() });
    let because = held("K", "Held by hand: ask the ward");
    check(&bench, (BEN, verify(&bench, &[ordered.test("K")], "done")), Err(because));
    check(&bench, (CY, verify(&bench, &[ordered.test("K")], "asked")), Ok(&["ResultVerified"]));
}

#[test]
fn a_hold_by_hand_is_told_beside_the_holds_of_the_value() {
    let mut bench = Bench::new();
    let ordered = bench.received(&["K"]);
    bench.sends(&ordered, &readings("K=6.9"));
    bench.does(BEN, HoldResult { test: ordered.test("K"), reason: "ask the ward".into() });
    let because = "Critical: the physician must be called. Held by hand: ask the ward";
    let command = verify(&bench, &[ordered.test("K")], "");
    check(&bench, (CY, command), Err(held("K", because)));
}
