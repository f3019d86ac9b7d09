//! Verifying, holding, running again.

use lab::accession::{Looked, TestState, Verified};
use lab::event::{Event, ResultEvent};
use lab::instrument::Reading;
use lab::journey::analyze::EnterResult;
use lab::journey::order::CancelTest;
use lab::journey::verify::{HoldResult, RequestRerun, VerifyResults};
use lab::people::Actor;
use lab::refusal::Refusal;
use lab::value::{ResultId, TestId};

use crate::bench::*;

fn verify(bench: &Bench, tests: &[TestId], reason: &str) -> VerifyResults {
    let tests = tests.iter().map(|test| (*test, bench.looked(*test))).collect();
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
    let silent = missing("The reason to release K");
    for (person, reason, refused) in [
        (BEN, "", Some(&because)),
        (BEN, "called", Some(&because)),
        (CY, "", Some(&silent)),
        (CY, "  ", Some(&silent)),
        (ELI, "", Some(&silent)),
        (CY, "called", None),
        (DORA, "called", None),
        (ELI, "called", None),
    ] {
        let command = verify(&bench, &[ordered.test("K")], reason);
        let expect: Result<&[&str], _> =
            refused.map_or(Ok(&["ResultVerified"]), |refused| Err(refused.clone()));
        check(&bench, (person, command), expect);
    }
    let command = verify(&bench, &[ordered.test("K")], " called Dr. Okafor ");
    bench.does(CY, command);
    assert_eq!(bench.test(ordered.test("K")).note, "called Dr. Okafor");
}

#[test]
fn a_refusal_tells_every_reason_of_the_hold() {
    let mut bench = Bench::new();
    let earlier = bench.received(&["K"]);
    bench.sends(&earlier, &readings("K=4.2"));
    bench.verified(earlier.test("K"));
    let ordered = bench.received(&["K"]);
    let mut sent = reading("K", "7.5");
    sent.flags = vec!["HEM".into()];
    bench.sends(&ordered, &readings("K=7.4"));
    bench.sends(&ordered, &[sent]);
    let because = "Instrument flag: HEM. Differs too much from the previous result. Critical: the \
                   physician must be called. A second value; compare it with the earlier one.";
    let command = verify(&bench, &[ordered.test("K")], "");
    check(&bench, (BEN, command), Err(held("K", because)));
}

/// What an instrument may send for potassium in place of a value, and what is said of it.
fn no_values() -> [(Reading, &'static str); 4] {
    let with = |value: &str, unit: &str, measured| Reading {
        unit: unit.into(),
        measured,
        ..reading("K", value)
    };
    [
        (with("0.42", "g/L", true), "The instrument sent the unit g/L."),
        (with("clotted", "", true), "Not the kind of value this test gives."),
        (with("----", "", false), "The instrument gave no value (----)."),
        (with("42", "", true), "Outside what is plausible in a living patient."),
    ]
}

#[test]
fn where_there_is_no_value_no_role_and_no_reason_lets_one_out() {
    for (sent, because) in no_values() {
        let mut bench = Bench::new();
        let ordered = bench.received(&["SOD", "K"]);
        bench.sends(&ordered, &[reading("Na", "140"), sent]);
        let test = ordered.test("K");
        let refusal = Refusal::NotReleasable { code: "K".into(), because: because.into() };
        for person in [BEN, CY, DORA, ELI] {
            for reason in ["", "the physician asked for it"] {
                let alone = verify(&bench, &[test], reason);
                check(&bench, (person, alone), Err(refusal.clone()));
                let both = verify(&bench, &[ordered.test("SOD"), test], reason);
                check(&bench, (person, both), Err(refusal.clone()));
            }
        }
        // A hold by hand on top of it opens no door.
        bench.does(
            BEN,
            HoldResult { test, looked_at: bench.looked(test), reason: "ask the ward".into() },
        );
        check(&bench, (CY, verify(&bench, &[test], "asked")), Err(refusal));
    }
}

#[test]
fn where_there_is_no_value_it_is_run_again_entered_by_hand_or_cancelled() {
    for (sent, because) in no_values() {
        let mut bench = Bench::new();
        let ordered = bench.received(&["K"]);
        bench.sends(&ordered, &[sent]);
        let test = ordered.test("K");

        let mut rerun = bench.clone();
        rerun.does(
            BEN,
            RequestRerun { test, looked_at: rerun.looked(test), reason: "no value".into() },
        );
        rerun.sends(&ordered, &readings("K=4.2"));
        check(&rerun, (BEN, verify(&rerun, &[test], "")), Ok(&["ResultVerified"]));

        let looked_at = bench.looked(test);
        for (typed, not_performed) in [("4.2", ""), ("", "short sample")] {
            let (typed, not_performed) = (typed.to_owned(), not_performed.to_owned());
            let mut entered = bench.clone();
            entered.does(BEN, EnterResult { test, looked_at, typed, not_performed });
            let command = verify(&entered, &[test], "compared");
            check(&entered, (CY, command), Ok(&["ResultVerified"]));
        }

        let cancel = CancelTest { test, looked_at, reason: because.into() };
        check(&bench, (CY, cancel), Ok(&["TestCancelled"]));
    }
}

#[test]
fn the_reason_is_kept_on_what_was_held_and_on_nothing_else() {
    let mut bench = Bench::new();
    let ordered = bench.received(&["SOD", "K", "GLU"]);
    bench.sends(&ordered, &readings("Na=140 K=6.9 GLU=90"));
    bench.does(
        BEN,
        HoldResult {
            test: ordered.test("GLU"),
            looked_at: bench.looked(ordered.test("GLU")),
            reason: "fasting?".into(),
        },
    );
    let tests = ["SOD", "K", "GLU"].map(|code| ordered.test(code));
    let events = bench.does(CY, verify(&bench, &tests, " called, fasting "));
    let reasons: Vec<&str> = events
        .iter()
        .map(|event| match event {
            Event::Result(ResultEvent::ResultVerified { reason, .. }) => reason.as_str(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(reasons, ["", "called, fasting", "called, fasting"]);
    let notes = tests.map(|test| bench.test(test).note);
    assert_eq!(notes, ["", "called, fasting", "called, fasting"]);
}

#[test]
fn one_held_result_keeps_all_of_them_back() {
    let mut bench = Bench::new();
    let ordered = bench.received(&["SOD", "K"]);
    bench.sends(&ordered, &readings("Na=140 K=6.9"));
    let command = verify(&bench, &[ordered.test("SOD"), ordered.test("K")], "");
    let because = held("K", "Critical: the physician must be called.");
    check(&bench, (BEN, command.clone()), Err(because));
    check(&bench, (CY, command), Err(missing("The reason to release K")));
}

#[test]
fn a_test_of_high_complexity_is_verified_by_a_role_qualified_for_it() {
    let mut bench = Bench::new();
    let ordered = bench.received(&["ABID"]);
    let entered = EnterResult {
        test: ordered.test("ABID"),
        looked_at: lab::accession::Looked::default(),
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
    bench.does(
        BEN,
        HoldResult {
            test: ordered.test("ABID"),
            looked_at: bench.looked(ordered.test("ABID")),
            reason: "look again".into(),
        },
    );
    let command = verify(&bench, &[ordered.test("ABID")], "");
    check(&bench, (BEN, command.clone()), Err(refusal));
    check(&bench, (CY, command), Err(missing("The reason to release ABID")));
    let command = verify(&bench, &[ordered.test("ABID")], "looked again");
    check(&bench, (CY, command), Ok(&["ResultVerified"]));
}

/// A version that there is not.
const SEVEN: Looked =
    Looked { state: TestState::Review, result: Some(ResultId(7)), touched: None, candidate: None };

#[test]
fn verifying_is_refused_in_the_order_in_which_it_is_doubted() {
    let mut bench = Bench::new();
    let ordered = bench.received(&["K", "SOD"]);
    let test = ordered.test("K");
    let unseen = |test| VerifyResults { tests: vec![(test, SEVEN)], reason: String::new() };
    let nobody = no_such("test", "of this number");
    check(&bench, (BEN, unseen(TestId(7))), Err(nobody.clone()));
    let none = VerifyResults { tests: Vec::new(), reason: String::new() };
    check(&bench, (BEN, none), Err(nobody.clone()));
    check(&bench, (BEN, unseen(test)), Err(Refusal::Changed { code: "K".into() }));
    let unmeasured = VerifyResults { tests: vec![bench.now(test)], reason: String::new() };
    check(&bench, (BEN, unmeasured), Err(wrong_state("K", "awaiting")));
    bench.sends(&ordered, &readings("K=6.9"));
    check(&bench, (BEN, unseen(test)), Err(first("Chem 1", "K", "held")));
    let right = verify(&bench, &[test], "");
    check(&bench, (BEN, right.clone()), Err(held("K", "Critical: the physician must be called.")));
    check(&bench, (AMY, right.clone()), Err(not_permitted("VerifyResults")));
    let mut mixed = right.clone();
    mixed.tests.push((TestId(7), SEVEN));
    check(&bench, (CY, mixed), Err(nobody));
    bench.verified(test);
    check(&bench, (CY, right), Err(first("Somebody (MLS)", "K", "verified")));
    let again = VerifyResults { tests: vec![bench.now(test)], reason: String::new() };
    check(&bench, (CY, again), Err(wrong_state("K", "verified")));
}

#[test]
fn a_newer_value_that_came_meanwhile_is_not_verified_unseen() {
    let mut bench = Bench::new();
    let ordered = bench.received(&["K"]);
    bench.sends(&ordered, &readings("K=4.2"));
    let before = verify(&bench, &[ordered.test("K")], "fine");
    bench.sends(&ordered, &readings("K=6.9"));
    check(&bench, (CY, before), Err(first("Chem 1", "K", "held")));
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

type Act = fn((TestId, Looked), &str) -> lab::command::Command;

/// Holding and running again ask for the same things.
const ACTS: [(Act, &str, TestState); 2] = [
    (
        |(test, looked_at), reason| HoldResult { test, looked_at, reason: reason.into() }.into(),
        "ResultHeld",
        TestState::Held,
    ),
    (
        |(test, looked_at), reason| RequestRerun { test, looked_at, reason: reason.into() }.into(),
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
            check(&bench, (BEN, act(bench.now(test), "clot in the probe")), Ok(&[event]));
            bench.does(BEN, act(bench.now(test), " clot in the probe "));
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
        check(&bench, (BEN, act((TestId(7), Looked::default()), "")), Err(missing("Reason")));
        check(&bench, (BEN, act(bench.now(test), " ")), Err(missing("Reason")));
        check(&bench, (BEN, act((TestId(7), Looked::default()), "why")), Err(no_such("test", 7)));
        check(&bench, (BEN, act(bench.now(test), "why")), Err(wrong_state("K", "awaiting")));
        bench.sends(&ordered, &readings("K=4.2"));
        check(&bench, (BEN, act(bench.now(test), "why")), Ok(&[event]));
        let mut rerun = bench.clone();
        rerun.does(
            BEN,
            RequestRerun { test, looked_at: rerun.looked(test), reason: "bubble".into() },
        );
        check(&rerun, (BEN, act(rerun.now(test), "why")), Err(wrong_state("K", "rerun")));
        bench.verified(test);
        check(&bench, (BEN, act(bench.now(test), "why")), Err(wrong_state("K", "verified")));
    }
    let bench = Bench::new();
    let (hold, rerun) = (ACTS[0].0, ACTS[1].0);
    check(
        &bench,
        (AMY, hold((TestId(7), Looked::default()), "")),
        Err(not_permitted("HoldResult")),
    );
    check(
        &bench,
        (AMY, rerun((TestId(7), Looked::default()), "")),
        Err(not_permitted("RequestRerun")),
    );
}

#[test]
fn a_result_held_by_hand_goes_out_like_any_held_one() {
    let mut bench = Bench::new();
    let ordered = bench.received(&["K"]);
    bench.sends(&ordered, &readings("K=4.2"));
    bench.does(
        BEN,
        HoldResult {
            test: ordered.test("K"),
            looked_at: bench.looked(ordered.test("K")),
            reason: "ask the ward".into(),
        },
    );
    let because = held("K", "Held by hand: ask the ward");
    check(&bench, (BEN, verify(&bench, &[ordered.test("K")], "done")), Err(because));
    check(&bench, (CY, verify(&bench, &[ordered.test("K")], "asked")), Ok(&["ResultVerified"]));
}

#[test]
fn a_hold_by_hand_is_told_beside_the_holds_of_the_value() {
    let mut bench = Bench::new();
    let ordered = bench.received(&["K"]);
    bench.sends(&ordered, &readings("K=6.9"));
    bench.does(
        BEN,
        HoldResult {
            test: ordered.test("K"),
            looked_at: bench.looked(ordered.test("K")),
            reason: "ask the ward".into(),
        },
    );
    let because = "Critical: the physician must be called. Held by hand: ask the ward";
    let command = verify(&bench, &[ordered.test("K")], "");
    check(&bench, (BEN, command), Err(held("K", because)));
}

#[test]
fn what_a_person_holds_stays_held_whatever_comes_until_a_person_lets_go() {
    let mut bench = Bench::new();
    let ordered = bench.received(&["K"]);
    let potassium = ordered.test("K");
    bench.sends(&ordered, &readings("K=4.2"));
    bench.does(
        BEN,
        HoldResult {
            test: potassium,
            looked_at: bench.looked(potassium),
            reason: "ask the ward".into(),
        },
    );
    let kept = "K v2 4.3 SecondValue+Person(\"ask the ward\")";
    let events = bench.sends(&ordered, &readings("K=4.3"));
    assert_eq!(told(&events), ["received beside []", kept]);
    // The next one too, and beside a second hold.
    bench.does(
        CY,
        HoldResult {
            test: potassium,
            looked_at: bench.looked(potassium),
            reason: "drip arm".into(),
        },
    );
    let kept = "K v3 4.4 SecondValue+Person(\"ask the ward\")+Person(\"drip arm\")";
    let events = bench.sends(&ordered, &readings("K=4.4"));
    assert_eq!(told(&events), ["received beside []", kept]);
    let because = "A second value; compare it with the earlier one. Held by hand: ask the ward \
                   Held by hand: drip arm";
    check(&bench, (BEN, verify(&bench, &[potassium], "")), Err(held("K", because)));
    // Having it run again lets go.
    bench.does(
        CY,
        RequestRerun {
            test: potassium,
            looked_at: bench.looked(potassium),
            reason: "new tube".into(),
        },
    );
    let events = bench.sends(&ordered, &readings("K=4.1"));
    assert_eq!(told(&events), ["received beside []", "K v4 4.1"]);
}
