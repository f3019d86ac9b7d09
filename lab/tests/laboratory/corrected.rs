//! Amending what was released: both values stay readable, what is calculated follows, the later
//! reading waits for a person, and who comes second is told who was first.

use lab::accession::{Amendment, Call, Hold, Looked, ResultVersion, TestState};
use lab::event::{Event, ResultEvent};
use lab::journey::analyze::EnterResult;
use lab::journey::correct::{AmendResult, Amended, DismissLate};
use lab::journey::order::CancelTest;
use lab::journey::verify::{HoldResult, RequestRerun, VerifyResults};
use lab::refusal::Refusal;
use lab::value::{ResultId, TestId};

use crate::bench::*;
use crate::calculated::GAP;

/// Correcting a test to a value, as whoever looks now would.
pub fn correct(bench: &Bench, test: TestId, typed: &str) -> AmendResult {
    amend(bench, test, Amended::Typed(typed.into()))
}

fn amend(bench: &Bench, test: TestId, new: Amended) -> AmendResult {
    AmendResult {
        test,
        looked_at: bench.looked(test),
        new,
        reason: "REPEAT".into(),
        note: "clot overlooked".into(),
        told: "Dr. Okafor, 09:20, read back".into(),
    }
}

/// Potassium 6.9 verified.
fn released(codes: &[&str], sent: &str) -> (Bench, Ordered) {
    let mut bench = Bench::new();
    let ordered = bench.received(codes);
    bench.sends(&ordered, &readings(sent));
    for code in codes {
        bench.verified(ordered.test(code));
    }
    (bench, ordered)
}

fn version(bench: &Bench, id: ResultId) -> ResultVersion {
    let mut all = bench.laboratory.all::<ResultVersion>();
    all.find(|row| row.id == id).expect("the version is kept")
}

#[test]
fn a_corrected_result_says_what_was_reported_when_by_whom_why_and_who_was_told() {
    let (mut bench, ordered) = released(&["K"], "K=6.9");
    let test = ordered.test("K");
    let old = bench.newest(test);
    bench.wait(30);
    let events = bench.does(DORA, correct(&bench, test, "4.1"));
    assert_eq!(told(&events), ["amended K v2 4.1, was (Corrected, \"6.9\")"]);
    let new = bench.newest(test);
    let amends = new.amends.clone().expect("what was reported");
    assert_eq!(
        (amends.version, amends.reported(), amends.at, amends.by),
        (old.id, "6.9 mmol/L HH".into(), NINE, CY)
    );
    assert_eq!(
        (amends.reason.as_str(), amends.note.as_str(), amends.told.as_str()),
        ("REPEAT", "clot overlooked", "Dr. Okafor, 09:20, read back")
    );
    assert_eq!((new.filed_by, new.filed_at), (DORA, NINE.plus_minutes(30)));
    assert_eq!(version(&bench, old.id), old, "the old version stays as it was filed");
    let row = bench.test(test);
    assert_eq!(row.state, TestState::Corrected);
    let verified = row.verified.expect("released");
    assert_eq!((verified.result, verified.at, verified.by), (new.id, NINE, CY));
}

#[test]
fn a_second_correction_names_the_first() {
    let (mut bench, ordered) = released(&["K"], "K=6.9");
    let test = ordered.test("K");
    bench.does(CY, correct(&bench, test, "4.1"));
    bench.wait(10);
    bench.does(DORA, correct(&bench, test, "4.3"));
    let second = bench.newest(test);
    let amends = second.amends.expect("what was reported");
    assert_eq!((amends.reported(), amends.by), ("4.1 mmol/L".into(), CY));
    let first = version(&bench, amends.version).amends.expect("the first correction");
    assert_eq!(first.reported(), "6.9 mmol/L HH");
}

#[test]
fn amending_is_refused_in_the_order_in_which_it_is_doubted() {
    let mut bench = Bench::new();
    let ordered = bench.received(&["K"]);
    let test = ordered.test("K");
    bench.sends(&ordered, &readings("K=4.2"));
    let right = correct(&bench, test, "4.4");
    let without = |change: fn(&mut AmendResult)| {
        let mut command = right.clone();
        change(&mut command);
        command
    };
    check(&bench, (BEN, right.clone()), Err(not_permitted("AmendResult")));
    check(&bench, (CY, without(|c| c.reason = " ".into())), Err(missing("Reason")));
    check(&bench, (CY, without(|c| c.told = String::new())), Err(missing("Who was told")));
    check(&bench, (CY, without(|c| c.test = TestId(7))), Err(no_such("test", 7)));
    check(&bench, (CY, right.clone()), Err(wrong_state("K", "to verify")));
    bench.verified(test);
    check(&bench, (CY, right), Err(first("Somebody (MLS)", "K", "verified")));
    let right = |typed| correct(&bench, test, typed);
    let other = AmendResult { reason: "BECAUSE".into(), ..right("4.4") };
    check(&bench, (CY, other), Err(no_such("correction reason", "BECAUSE")));
    let expected = "a number such as 7.2, or <0.5 or >600".to_owned();
    let nonsense = Refusal::NotAValue { code: "K".into(), expected };
    check(&bench, (CY, right("four")), Err(nonsense));
    let because = "Outside what is plausible in a living patient.".to_owned();
    let absurd = Refusal::NotReleasable { code: "K".into(), because };
    check(&bench, (CY, right("42")), Err(absurd));
    let same = Refusal::NothingChanged { code: "K".into() };
    check(&bench, (CY, right("4.20")), Err(same));
    let nothing = amend(&bench, test, Amended::Late(ResultId(7)));
    check(&bench, (CY, nothing), Err(no_such("later reading", 7)));
}

#[test]
fn what_is_calculated_from_a_corrected_result_is_corrected_in_the_same_act() {
    let (mut bench, ordered) = released(GAP, "Na=140 CL=104 CO2=24");
    let events = bench.does(CY, correct(&bench, ordered.test("SOD"), "144"));
    let expect = [
        "amended SOD v2 144, was (Corrected, \"140\")",
        "amended AGAP v2 16 H, was (Recalculated, \"12\")",
    ];
    assert_eq!(told(&events), expect);
    let gap = bench.newest(ordered.test("AGAP"));
    let amends = gap.amends.expect("what was reported");
    assert_eq!((amends.kind, amends.reported()), (Amendment::Recalculated, "12 mmol/L".into()));
    assert_eq!(amends.note, "calculated from SOD, which was amended");
    assert_eq!(bench.state(ordered.test("AGAP")), TestState::Corrected);
}

#[test]
fn what_is_calculated_and_not_released_is_filed_anew() {
    let mut bench = Bench::new();
    let ordered = bench.received(GAP);
    bench.sends(&ordered, &readings("Na=140 CL=104 CO2=24"));
    bench.verified(ordered.test("SOD"));
    let events = bench.does(CY, correct(&bench, ordered.test("SOD"), "144"));
    assert_eq!(told(&events)[1], "AGAP v2 16 H");
    assert_eq!(bench.state(ordered.test("AGAP")), TestState::Review);
}

#[test]
fn a_comment_leaves_the_value_and_a_withdrawal_leaves_the_place() {
    let (mut bench, ordered) = released(GAP, "Na=140 CL=104 CO2=24");
    let sodium = ordered.test("SOD");
    let events = bench.does(CY, amend(&bench, sodium, Amended::Comment("drip arm".into())));
    assert_eq!(told(&events), ["amended SOD v2 140, was (Commented, \"140\")"]);
    assert_eq!(bench.newest(sodium).comment, "drip arm");
    let events = bench.does(CY, amend(&bench, sodium, Amended::Nothing));
    let none = "Not performed: reported in error on this patient";
    assert_eq!(told(&events)[0], format!("amended SOD v3 {none}, was (Withdrawn, \"140\")"));
    assert!(told(&events)[1].starts_with("amended AGAP v2 Not performed: "), "{events:?}");
    let amends = bench.newest(sodium).amends.expect("what was reported");
    assert_eq!((amends.kind.word(), amends.reported()), ("REPORTED IN ERROR", "140 mmol/L".into()));
}

#[test]
fn a_later_reading_waits_beside_the_released_value_until_a_person_takes_or_dismisses_it() {
    let (mut bench, ordered) = released(&["K"], "K=4.2");
    let test = ordered.test("K");
    bench.sends(&ordered, &readings("K=4.9"));
    let late = bench.test(test).candidate.expect("it waits");
    assert_eq!(version(&bench, late).holds, [Hold::AfterRelease]);
    assert_eq!(bench.newest(test).value.to_string(), "4.2");
    // The same figure once more says nothing new.
    let again = bench.message(&ordered.label(), &readings("K=4.2"));
    check(&bench, (bench.machine(), again), Ok(&["received beside [K]"]));
    let mut dismissed = bench.clone();
    let dismiss = |looked_at, reason: &str| DismissLate { test, looked_at, reason: reason.into() };
    let looked = bench.looked(test);
    check(&bench, (CY, dismiss(looked, " ")), Err(missing("Reason")));
    check(&bench, (BEN, dismiss(looked, "x")), Err(not_permitted("DismissLate")));
    dismissed.does(CY, dismiss(looked, "old tube"));
    assert_eq!(dismissed.test(test).candidate, None);
    let nothing = dismiss(dismissed.looked(test), "old tube");
    check(&dismissed, (CY, nothing), Err(wrong_state("K", "verified")));
    check(&dismissed, (CY, dismiss(looked, "x")), Err(first("Somebody (MLS)", "K", "verified")));
    let events = bench.does(CY, amend(&bench, test, Amended::Late(late)));
    assert_eq!(told(&events), ["amended K v3 4.9, was (Corrected, \"4.2\")"]);
    assert_eq!(bench.test(test).candidate, None);
}

#[test]
fn a_reading_that_comes_while_one_corrects_is_not_passed_over() {
    let (mut bench, ordered) = released(&["K"], "K=4.2");
    let test = ordered.test("K");
    let before = correct(&bench, test, "4.4");
    bench.sends(&ordered, &readings("K=4.9"));
    let refusal = bench.ask(CY, before).expect_err("a reading came meanwhile");
    assert_eq!(refusal.code(), "ChangedMeanwhile");
}

#[test]
fn a_late_reading_that_could_not_be_verified_cannot_be_taken() {
    let (mut bench, ordered) = released(&["K"], "K=4.2");
    let test = ordered.test("K");
    bench.sends(&ordered, &readings("K=42"));
    let late = bench.test(test).candidate.expect("it waits");
    let refusal = bench.ask(CY, amend(&bench, test, Amended::Late(late))).expect_err("absurd");
    assert_eq!(refusal.code(), "NotReleasable");
}

#[test]
fn a_correction_is_compared_with_what_was_released_before_it_and_not_with_itself() {
    let (mut bench, earlier) = released(&["K"], "K=4.0");
    bench.wait(60);
    let ordered = bench.received(&["K"]);
    bench.sends(&ordered, &readings("K=5.9"));
    bench.verified(ordered.test("K"));
    bench.does(CY, correct(&bench, ordered.test("K"), "4.1"));
    let delta = bench.newest(ordered.test("K")).delta.expect("compared");
    assert_eq!((delta.value.as_str(), delta.previous), ("4.0", bench.newest(earlier.test("K")).id));
    // And a correction of the earlier one does not make it the last.
    bench.wait(5);
    bench.does(CY, correct(&bench, earlier.test("K"), "3.9"));
    let next = bench.received(&["K"]);
    bench.sends(&next, &readings("K=4.2"));
    assert_eq!(bench.newest(next.test("K")).delta.expect("compared").value, "4.1");
}

#[test]
fn a_correction_across_a_critical_limit_opens_or_closes_the_call() {
    let (mut bench, ordered) = released(&["K"], "K=4.2");
    let test = ordered.test("K");
    let open = |bench: &Bench| bench.test(test).call.map(|call: Call| (call.result, call.open));
    assert_eq!(open(&bench), None);
    bench.does(CY, correct(&bench, test, "6.9"));
    assert_eq!(open(&bench), Some((bench.newest(test).id, true)));
    let critical = bench.newest(test).id;
    bench.does(CY, correct(&bench, test, "4.3"));
    assert_eq!(open(&bench), Some((critical, false)));
}

#[test]
fn whoever_comes_second_is_told_who_was_first_and_nothing_is_overwritten() {
    type Ask = fn(TestId, Looked) -> lab::command::Command;
    let acts: [Ask; 5] = [
        |test, looked_at| HoldResult { test, looked_at, reason: "why".into() }.into(),
        |test, looked_at| RequestRerun { test, looked_at, reason: "why".into() }.into(),
        |test, looked_at| CancelTest { test, looked_at, reason: "why".into() }.into(),
        |test, looked_at| {
            VerifyResults { tests: vec![(test, looked_at)], reason: "why".into() }.into()
        },
        |test, looked_at| {
            let (typed, not_performed) = ("4.4".into(), String::new());
            EnterResult { test, looked_at, typed, not_performed }.into()
        },
    ];
    for (at, first_act) in acts.iter().enumerate() {
        for second in acts {
            let mut bench = Bench::new();
            let ordered = bench.received(&["K"]);
            let test = ordered.test("K");
            bench.sends(&ordered, &readings("K=4.2"));
            let looked = bench.looked(test);
            bench.wait(3);
            bench.does(DORA, first_act(test, looked));
            bench.wait(2);
            let refusal = bench.ask(CY, second(test, looked)).expect_err("she was first");
            let Refusal::ChangedMeanwhile { who, minutes, .. } = &refusal else {
                panic!("{at}: {refusal:?}")
            };
            assert_eq!((who.as_str(), *minutes), ("Somebody (Supervisor)", 2));
        }
    }
}

#[test]
fn a_second_hold_keeps_the_first_note() {
    let mut bench = Bench::new();
    let ordered = bench.received(&["K"]);
    let test = ordered.test("K");
    bench.sends(&ordered, &readings("K=4.2"));
    for reason in ["ask the ward", "drip arm"] {
        let looked_at = bench.looked(test);
        bench.does(BEN, HoldResult { test, looked_at, reason: reason.into() });
    }
    assert_eq!(bench.test(test).note, "ask the ward; drip arm");
}

#[test]
fn every_event_says_who_did_it_and_when() {
    let mut bench = Bench::new();
    let ordered = bench.received(&["K"]);
    let test = ordered.test("K");
    bench.sends(&ordered, &readings("K=4.2"));
    let looked_at = bench.looked(test);
    let events = bench.does(CY, CancelTest { test, looked_at, reason: "why".into() });
    let touched = bench.test(test).touched.expect("who");
    assert_eq!((touched.by, touched.at), (CY, NINE));
    assert!(!matches!(events[0], Event::Result(ResultEvent::ResultFiled(_))));
}
