//! Entering a result by hand.

use lab::accession::{Looked, Source, TestState};
use lab::journey::analyze::EnterResult;
use lab::journey::order::CancelTest;
use lab::journey::receive::RejectSpecimen;
use lab::refusal::Refusal;
use lab::value::{ResultId, TestId};

use crate::bench::*;

pub fn enter(test: TestId, typed: &str) -> EnterResult {
    EnterResult {
        test,
        looked_at: Looked::default(),
        typed: typed.into(),
        not_performed: String::new(),
    }
}

fn not_a_value(code: &str, expected: &str) -> Refusal {
    Refusal::NotAValue { code: code.into(), expected: expected.into() }
}

#[test]
fn a_typed_value_is_read_as_the_kind_the_test_gives() {
    let mut bench = Bench::new();
    let ordered = bench.received(&["K", "RPRT", "UWBC", "UPRO"]);
    for (code, typed, line) in [
        ("K", " 4.25 ", "K v1 4.3"),
        ("K", "<3.0", "K v1 <3.0 L MayBeCritical"),
        ("RPRT", "1:64", "RPRT v1 1:64"),
        ("RPRT", "<1:8", "RPRT v1 <1:8"),
        ("RPRT", "nonreactive", "RPRT v1 nonreactive"),
        ("UWBC", "2-5", "UWBC v1 2-5"),
        // All of it lies above; part of it may not.
        ("UWBC", "6-10", "UWBC v1 6-10 H"),
        ("UWBC", "4-10", "UWBC v1 4-10"),
        ("UWBC", ">100", "UWBC v1 >100 H"),
        // A person may enter words.
        ("UWBC", "many", "UWBC v1 many"),
        ("UPRO", " trace ", "UPRO v1 Trace A"),
    ] {
        check(&bench, (BEN, enter(ordered.test(code), typed)), Ok(&[line]));
    }
    bench.does(BEN, enter(ordered.test("K"), "4.2"));
    let filed = bench.newest(ordered.test("K"));
    assert_eq!((filed.source, filed.filed_by), (Source::Manual, BEN));
    assert_eq!(bench.state(ordered.test("K")), TestState::Review);
}

#[test]
fn what_is_no_value_of_the_test_is_refused_with_what_is_expected() {
    let mut bench = Bench::new();
    let ordered = bench.received(&["K", "RPRT", "UPRO", "UWBC"]);
    let number = "a number such as 7.2, or <0.5 or >600";
    for typed in ["", "  ", "pos", "4,2", "1:64", "--"] {
        let refusal = not_a_value("K", number);
        check(&bench, (BEN, enter(ordered.test("K"), typed)), Err(refusal));
    }
    let titer = "a titer such as 1:64, <1:8 or >=1:2560, or words such as nonreactive";
    let range = "a number, a range such as 2-5 with the lower figure first, or words such as many";
    for (code, typed, expected) in [
        ("RPRT", "", titer),
        // The titer, or the step of the dilution? Nobody guesses.
        ("RPRT", "64", titer),
        ("RPRT", "1:0", titer),
        ("RPRT", "2-5", titer),
        ("UWBC", "1:64", range),
        ("UWBC", "10-6", range),
        ("UWBC", "2-", range),
    ] {
        let refusal = Err(not_a_value(code, expected));
        check(&bench, (BEN, enter(ordered.test(code), typed)), refusal);
    }
    let answer = "one of Negative, Trace, 1+, 2+, 3+, 4+";
    check(&bench, (BEN, enter(ordered.test("UPRO"), " ")), Err(not_a_value("UPRO", answer)));
}

#[test]
fn a_reason_for_no_value_is_a_result_of_its_own() {
    let mut bench = Bench::new();
    let ordered = bench.received(&["K"]);
    let entered = EnterResult { not_performed: " clotted ".into(), ..enter(ordered.test("K"), "") };
    check(&bench, (BEN, entered.clone()), Ok(&["K v1 Not performed: clotted"]));
    bench.does(BEN, entered);
    assert_eq!(bench.newest(ordered.test("K")).flag, None);
}

#[test]
fn a_typed_value_is_judged_like_a_measured_one() {
    let mut bench = Bench::new();
    let ordered = bench.received(&["K"]);
    check(&bench, (BEN, enter(ordered.test("K"), "6.9")), Ok(&["K v1 6.9 HH Critical"]));
    bench.does(BEN, enter(ordered.test("K"), "4.2"));
    let again = EnterResult {
        looked_at: bench.looked(ordered.test("K")),
        ..enter(ordered.test("K"), "4.3")
    };
    check(&bench, (BEN, again), Ok(&["K v2 4.3 SecondValue"]));
}

#[test]
fn entering_is_refused_in_the_order_in_which_it_is_doubted() {
    let mut bench = Bench::new();
    let ordered = bench.order(&["K"]);
    let test = ordered.test("K");
    let stale = EnterResult {
        looked_at: Looked { result: Some(ResultId(7)), ..Looked::default() },
        ..enter(test, "nonsense")
    };
    check(&bench, (BEN, enter(TestId(7), "")), Err(no_such("test", 7)));
    check(&bench, (BEN, stale.clone()), Err(Refusal::NotReceived));
    bench.does(AMY, collect(&ordered, NINE));
    check(&bench, (BEN, stale.clone()), Err(Refusal::NotReceived));
    let scan = lab::journey::receive::ReceiveSpecimen { label: ordered.label() };
    bench.does(BEN, scan);
    check(&bench, (BEN, stale.clone()), Err(Refusal::Changed { code: "K".into() }));
    let mut cancelled = bench.clone();
    cancelled.does(
        CY,
        CancelTest { test, looked_at: cancelled.looked(test), reason: "ordered twice".into() },
    );
    check(&cancelled, (BEN, stale.clone()), Err(first("Somebody (MLS)", "K", "cancelled")));
    let looked_at = cancelled.looked(test);
    let now = EnterResult { looked_at, ..stale.clone() };
    check(&cancelled, (BEN, now), Err(wrong_state("K", "cancelled")));
    let mut rejected = bench.clone();
    let reject = RejectSpecimen {
        specimen: ordered.specimen().id,
        reason: "UNLABELED".into(),
        note: String::new(),
    };
    rejected.does(AMY, reject);
    check(&rejected, (BEN, stale.clone()), Err(Refusal::SpecimenRejected));
    bench.does(BEN, enter(test, "4.2"));
    bench.verified(test);
    check(&bench, (BEN, stale.clone()), Err(first("Somebody (MLS)", "K", "verified")));
    check(&bench, (AMY, stale), Err(not_permitted("EnterResult")));
}

#[test]
fn what_came_meanwhile_is_not_overwritten_unseen() {
    let mut bench = Bench::new();
    let ordered = bench.received(&["K"]);
    bench.sends(&ordered, &readings("K=4.2"));
    let changed = first("Chem 1", "K", "to verify");
    check(&bench, (BEN, enter(ordered.test("K"), "4.4")), Err(changed));
    let looked_at = bench.looked(ordered.test("K"));
    let seen = EnterResult { looked_at, ..enter(ordered.test("K"), "4.4") };
    check(&bench, (BEN, seen), Ok(&["K v2 4.4 SecondValue"]));
}
