//! Calculated tests follow their inputs: the anion gap and the estimated filtration rate.

use lab::accession::{Hold, Source, TestState};
use lab::event::{AccessionEvent, Event, ResultEvent};
use lab::journey::analyze::EnterResult;
use lab::journey::order::{CancelTest, PlaceOrder};
use lab::journey::receive::ReceiveSpecimen;
use lab::journey::verify::{HoldResult, RequestRerun, VerifyResults};
use lab::refusal::Refusal;
use lab::value::{BirthDate, Sex, TestId};

use crate::bench::*;
use crate::corrected::correct;

/// The anion gap with its inputs.
pub const GAP: &[&str] = &["SOD", "CL", "CO2", "AGAP"];

/// The gap with all of its inputs but one: an order as it was placed before a calculated test
/// brought its inputs, which the journal keeps.
fn without(bench: &mut Bench, code: &str) -> Ordered {
    let mut events = bench.ask(AMY, order(GAP)).expect("an order");
    let ordered = events.iter_mut().find_map(|event| match event {
        Event::Accession(AccessionEvent::OrderPlaced { specimens, tests, .. }) => {
            tests.retain(|test| test.code.as_str() != code);
            Some(Ordered { specimens: specimens.clone(), tests: tests.clone() })
        }
        _ => None,
    });
    let ordered = ordered.expect("an order is placed");
    bench.happen(&events);
    bench.does(AMY, collect(&ordered, bench.now));
    bench.does(BEN, ReceiveSpecimen { label: ordered.label() });
    ordered
}

/// Verifying these, as they stand now.
pub fn verify(bench: &Bench, tests: &[TestId], reason: &str) -> VerifyResults {
    let tests = tests.iter().map(|test| (*test, bench.looked(*test))).collect();
    VerifyResults { tests, reason: reason.into() }
}

/// `InputFirst`, for short.
pub fn input_first(code: &str, input: &str) -> Refusal {
    Refusal::InputFirst { code: code.into(), input: input.into() }
}

/// Having a test run again.
pub fn rerun(bench: &Bench, test: TestId) -> RequestRerun {
    RequestRerun { test, looked_at: bench.looked(test), reason: "bubble in the probe".into() }
}

#[test]
fn the_anion_gap_is_worked_out_when_its_last_input_comes() {
    let mut bench = Bench::new();
    let ordered = bench.received(GAP);
    let events = bench.sends(&ordered, &readings("Na=140 CL=104"));
    assert_eq!(told(&events), ["received beside []", "SOD v1 140", "CL v1 104"]);
    assert_eq!(bench.state(ordered.test("AGAP")), TestState::Awaiting);
    let events = bench.sends(&ordered, &readings("CO2=24"));
    assert_eq!(told(&events), ["received beside []", "CO2 v1 24", "AGAP v1 12"]);
    let gap = bench.newest(ordered.test("AGAP"));
    assert_eq!(gap.source, Source::Calculated("C_AGAP".into()));
    assert_eq!(gap.limits.interval(), "5\u{2013}15");
    assert_eq!(bench.state(ordered.test("AGAP")), TestState::Review);
}

#[test]
fn it_is_worked_out_at_once_from_one_message_and_flagged() {
    let mut bench = Bench::new();
    let ordered = bench.received(GAP);
    let events = bench.sends(&ordered, &readings("CO2=12 CL=100 Na=140"));
    let gap = told(&events).pop().expect("the gap");
    assert_eq!(gap, "AGAP v1 28 H");
}

#[test]
fn reported_values_are_the_inputs() {
    let mut bench = Bench::new();
    let ordered = bench.received(GAP);
    let events = bench.sends(&ordered, &readings("Na=140.4 CL=104.4 CO2=24.4"));
    assert_eq!(told(&events).pop().expect("the gap"), "AGAP v1 12", "140 - (104 + 24)");
}

#[test]
fn a_qualified_input_gives_no_figure_but_the_reason() {
    let mut bench = Bench::new();
    let ordered = bench.received(GAP);
    let because = "which is not a number one can calculate with.";
    for (sent, line) in [
        ("CO2=>21", format!("AGAP v1 Not performed: CO2 is >21, {because} HeldInput(\"CO2\")")),
        ("CO2=<5", format!("AGAP v1 Not performed: CO2 is <5, {because} HeldInput(\"CO2\")")),
    ] {
        let mut bench = bench.clone();
        let events = bench.sends(&ordered, &readings(&format!("Na=140 CL=104 {sent}")));
        assert_eq!(told(&events).pop().expect("the gap"), line);
    }
}

#[test]
fn an_input_without_a_value_gives_no_figure_but_the_reason() {
    let mut bench = Bench::new();
    let ordered = bench.received(GAP);
    bench.sends(&ordered, &readings("Na=140 CL=104"));
    let none = EnterResult {
        test: ordered.test("CO2"),
        looked_at: lab::accession::Looked::default(),
        typed: String::new(),
        not_performed: "short sample".into(),
    };
    let events = bench.does(BEN, none);
    let expect = ["CO2 v1 Not performed: short sample", "AGAP v1 Not performed: CO2 is missing."];
    assert_eq!(told(&events), expect);
}

#[test]
fn an_input_that_nobody_ordered_is_missing() {
    let mut bench = Bench::new();
    let ordered = without(&mut bench, "CO2");
    let events = bench.sends(&ordered, &readings("Na=140 CL=104"));
    assert_eq!(told(&events).pop().expect("a line"), "AGAP v1 Not performed: CO2 is missing.");
}

#[test]
fn a_held_input_holds_what_is_made_from_it() {
    let mut bench = Bench::new();
    let ordered = bench.received(GAP);
    let mut sodium = reading("Na", "140");
    sodium.flags = vec!["*".into()];
    let events = bench.sends(&ordered, &[sodium, reading("CL", "104"), reading("CO2", "24")]);
    assert_eq!(told(&events).pop().expect("the gap"), "AGAP v1 12 HeldInput(\"SOD\")");
    assert_eq!(bench.state(ordered.test("AGAP")), TestState::Held);
}

#[test]
fn an_input_held_by_hand_holds_what_is_made_from_it() {
    let mut bench = Bench::new();
    let ordered = bench.received(GAP);
    bench.sends(&ordered, &readings("Na=140 CL=104"));
    bench.does(
        BEN,
        HoldResult {
            test: ordered.test("SOD"),
            looked_at: bench.looked(ordered.test("SOD")),
            reason: "drawn above a drip?".into(),
        },
    );
    bench.sends(&ordered, &readings("CO2=24"));
    let gap = bench.newest(ordered.test("AGAP"));
    assert_eq!(gap.holds, [Hold::HeldInput("SOD".into())]);
}

#[test]
fn a_calculated_result_held_by_hand_stays_held_when_an_input_is_filed_again() {
    let mut bench = Bench::new();
    let ordered = bench.received(GAP);
    bench.sends(&ordered, &readings("Na=140 CL=104 CO2=24"));
    bench.does(
        BEN,
        HoldResult {
            test: ordered.test("AGAP"),
            looked_at: bench.looked(ordered.test("AGAP")),
            reason: "ask the ward".into(),
        },
    );
    bench.does(BEN, rerun(&bench, ordered.test("SOD")));
    let events = bench.sends(&ordered, &readings("Na=141"));
    let expect = ["received beside []", "SOD v2 141", "AGAP v2 13 Person(\"ask the ward\")"];
    assert_eq!(told(&events), expect);
    assert_eq!(bench.state(ordered.test("AGAP")), TestState::Held);
}

#[test]
fn it_is_worked_out_again_when_an_input_is_filed_again() {
    let mut bench = Bench::new();
    let ordered = bench.received(GAP);
    bench.sends(&ordered, &readings("Na=140 CL=104 CO2=24"));
    bench.does(BEN, rerun(&bench, ordered.test("SOD")));
    let events = bench.sends(&ordered, &readings("Na=143"));
    assert_eq!(told(&events), ["received beside []", "SOD v2 143", "AGAP v2 15"]);
    assert_eq!(bench.state(ordered.test("AGAP")), TestState::Review, "no second value of its own");
    let typed = EnterResult {
        test: ordered.test("CO2"),
        looked_at: bench.looked(ordered.test("CO2")),
        typed: "20".into(),
        not_performed: String::new(),
    };
    let expect = ["CO2 v2 20 L SecondValue", "AGAP v3 19 H HeldInput(\"CO2\")"];
    check(&bench, (BEN, typed), Ok(&expect));
}

#[test]
fn the_same_input_sent_again_holds_itself_and_what_is_made_from_it() {
    let mut bench = Bench::new();
    let ordered = bench.received(GAP);
    bench.sends(&ordered, &readings("Na=140 CL=104 CO2=24"));
    let events = bench.sends(&ordered, &readings("Na=141"));
    let expect = ["received beside []", "SOD v2 141 SecondValue", "AGAP v2 13 HeldInput(\"SOD\")"];
    assert_eq!(told(&events), expect);
}

#[test]
fn two_values_of_an_input_in_one_message_count_by_the_newer_one() {
    let mut bench = Bench::new();
    let ordered = bench.received(GAP);
    let events = bench.sends(&ordered, &readings("Na=140 CL=104 CO2=24 Na=143"));
    assert_eq!(told(&events).pop().expect("the gap"), "AGAP v1 15 HeldInput(\"SOD\")");
}

#[test]
fn an_input_that_is_to_be_run_again_is_waited_for() {
    let mut bench = Bench::new();
    let ordered = bench.received(GAP);
    bench.sends(&ordered, &readings("Na=140 CL=104"));
    bench.does(BEN, rerun(&bench, ordered.test("SOD")));
    let events = bench.sends(&ordered, &readings("CO2=24"));
    assert_eq!(told(&events), ["received beside []", "CO2 v1 24"], "not from the doubted sodium");
    let events = bench.sends(&ordered, &readings("Na=138"));
    assert_eq!(told(&events), ["received beside []", "SOD v2 138", "AGAP v1 10"]);
}

#[test]
fn a_calculated_test_that_is_to_be_run_again_follows_its_inputs() {
    let mut bench = Bench::new();
    let ordered = bench.received(GAP);
    bench.sends(&ordered, &readings("Na=140 CL=104 CO2=24"));
    bench.does(BEN, rerun(&bench, ordered.test("AGAP")));
    bench.does(BEN, rerun(&bench, ordered.test("SOD")));
    let events = bench.sends(&ordered, &readings("Na=143"));
    assert_eq!(told(&events), ["received beside []", "SOD v2 143", "AGAP v2 15"]);
    assert_eq!(bench.state(ordered.test("AGAP")), TestState::Review);
}

#[test]
fn a_verified_or_cancelled_calculated_test_stays_as_it_is() {
    let mut bench = Bench::new();
    let ordered = bench.received(GAP);
    bench.sends(&ordered, &readings("Na=140 CL=104 CO2=24"));
    let mut cancelled = bench.clone();
    let cancel = CancelTest {
        test: ordered.test("AGAP"),
        looked_at: bench.looked(ordered.test("AGAP")),
        reason: "not wanted".into(),
    };
    cancelled.does(CY, cancel);
    // Verified before its inputs, as was possible once; and after them.
    let mut early = bench.clone();
    let verified = ResultEvent::ResultVerified {
        test: ordered.test("AGAP"),
        result: early.newest(ordered.test("AGAP")).id,
        at: early.now,
        by: BEN,
        reason: String::new(),
        rule: String::new(),
    };
    early.happen(&[Event::Result(verified)]);
    for bench in [&mut early, &mut cancelled] {
        bench.does(BEN, rerun(bench, ordered.test("SOD")));
        let events = bench.sends(&ordered, &readings("Na=150"));
        assert_eq!(told(&events), ["received beside []", "SOD v2 150 H"]);
    }
    let all = GAP.iter().map(|code| ordered.test(code)).collect::<Vec<_>>();
    bench.does(BEN, verify(&bench, &all, ""));
    let message = bench.message(&ordered.label(), &readings("Na=150"));
    let expect = ["received beside []", "late SOD v2 150 H AfterRelease+Delta"];
    check(&bench, (bench.machine(), message), Ok(&expect));
}

#[test]
fn a_held_gap_is_verified_by_one_who_may_release_it() {
    let mut bench = Bench::new();
    let ordered = bench.received(GAP);
    bench.sends(&ordered, &readings("Na=140 CL=104 CO2=9"));
    let gap = bench.newest(ordered.test("AGAP"));
    assert_eq!(gap.holds, [Hold::HeldInput("CO2".into())]);
    for code in ["SOD", "CL", "CO2"] {
        bench.verified(ordered.test(code));
    }
    let release = verify(&bench, &[ordered.test("AGAP")], "acidosis known");
    let because = "Calculated from CO2, which is held.".to_owned();
    let held = Refusal::Held { code: "AGAP".into(), because };
    check(&bench, (BEN, release.clone()), Err(held));
    check(&bench, (CY, release), Ok(&["ResultVerified"]));
}

#[test]
fn a_calculated_result_goes_out_after_its_inputs_or_with_them() {
    let mut bench = Bench::new();
    let ordered = bench.received(GAP);
    bench.sends(&ordered, &readings("Na=140 CL=104 CO2=24"));
    let [sodium, chloride, bicarbonate, gap] = [0, 1, 2, 3].map(|at| ordered.test(GAP[at]));
    let refused = |bench: &Bench, tests: &[TestId], input: &str| {
        let command = verify(bench, tests, "seen");
        check(bench, (CY, command), Err(input_first("AGAP", input)));
    };
    refused(&bench, &[gap], "SOD");
    refused(&bench, &[sodium, gap], "CL");
    refused(&bench, &[gap, chloride, sodium], "CO2");
    let four = ["ResultVerified"; 4];
    let with = verify(&bench, &[gap, sodium, chloride, bicarbonate], "");
    check(&bench, (BEN, with), Ok(&four));

    // An input that is run again is not verified, one that is held neither.
    bench.verified(sodium);
    bench.verified(chloride);
    refused(&bench, &[gap], "CO2");
    let mut again = bench.clone();
    again.does(BEN, rerun(&again, bicarbonate));
    refused(&again, &[gap], "CO2");
    let mut kept = bench.clone();
    kept.does(
        BEN,
        HoldResult {
            test: bicarbonate,
            looked_at: kept.looked(bicarbonate),
            reason: "bubble".into(),
        },
    );
    refused(&kept, &[gap], "CO2");
    // One that is cancelled will never be, and no figure stands on it.
    let mut cancelled = bench.clone();
    cancelled.does(
        CY,
        CancelTest {
            test: bicarbonate,
            looked_at: cancelled.looked(bicarbonate),
            reason: "short sample".into(),
        },
    );
    refused(&cancelled, &[gap], "CO2");

    bench.verified(bicarbonate);
    check(&bench, (BEN, verify(&bench, &[gap], "")), Ok(&["ResultVerified"]));
}

#[test]
fn the_inputs_are_those_of_the_same_accession() {
    let mut bench = Bench::new();
    let (first, second) = (bench.received(GAP), bench.received(GAP));
    for ordered in [&first, &second] {
        bench.sends(ordered, &readings("Na=140 CL=104 CO2=24"));
    }
    let mut tests: Vec<TestId> = GAP.iter().map(|code| first.test(code)).collect();
    tests.push(second.test("AGAP"));
    let refusal = input_first("AGAP", "SOD");
    check(&bench, (CY, verify(&bench, &tests, "")), Err(refusal.clone()));
    tests.reverse();
    check(&bench, (CY, verify(&bench, &tests, "")), Err(refusal));
    tests.extend(["SOD", "CL", "CO2"].map(|code| second.test(code)));
    check(&bench, (BEN, verify(&bench, &tests, "")), Ok(&["ResultVerified"; 8]));
}

#[test]
fn a_calculated_test_is_compared_with_its_last_verified_result() {
    let mut bench = Bench::new();
    let ordered = bench.received(GAP);
    bench.sends(&ordered, &readings("Na=140 CL=104 CO2=24"));
    assert_eq!(bench.newest(ordered.test("AGAP")).delta, None);
    let earlier = bench.newest(ordered.test("AGAP")).id;
    let all = GAP.iter().map(|code| ordered.test(code)).collect::<Vec<_>>();
    bench.does(BEN, verify(&bench, &all, ""));
    bench.wait(60);
    let ordered = bench.received(GAP);
    bench.sends(&ordered, &readings("Na=141 CL=104"));
    let mut typed = bench.clone();
    bench.sends(&ordered, &readings("CO2=22"));
    let entered = EnterResult {
        test: ordered.test("CO2"),
        looked_at: lab::accession::Looked::default(),
        typed: "22".into(),
        not_performed: String::new(),
    };
    typed.does(BEN, entered);
    for bench in [&bench, &typed] {
        let delta = bench.newest(ordered.test("AGAP")).delta.expect("a comparison");
        assert_eq!((delta.previous, delta.value.as_str(), delta.at), (earlier, "12", NINE));
        assert_eq!((delta.change.as_str(), delta.exceeded), ("+3", false));
    }
}

#[test]
fn the_filtration_rate_follows_creatinine_age_and_sex_and_says_what_is_missing() {
    // CKD-EPI 2021 (Inker, NEJM 2021;385:1737), worked out apart from the program.
    let born = |text: &str| BirthDate::read(text);
    for (sex, birth_date, creatinine, line) in [
        (Sex::Female, born("1980-05-17"), "1.00", "EGFR v1 70"),
        (Sex::Female, born("1980-05-17"), "1.50", "EGFR v1 43 L"),
        (Sex::Male, born("1976-11-24"), "1.00", "EGFR v1 92"),
        (Sex::Male, born("1976-11-25"), "1.00", "EGFR v1 92"),
        (Sex::Unknown, born("1980-05-17"), "1.00", "EGFR v1 Not performed: sex is missing."),
        (Sex::Female, None, "1.00", "EGFR v1 Not performed: age is missing."),
        (Sex::Unknown, None, "1.00", "EGFR v1 Not performed: age, sex are missing."),
        (
            Sex::Female,
            born("2010-05-17"),
            "1.00",
            "EGFR v1 Not performed: The equation holds for adults of 18 years and over; for \
             children use bedside Schwartz.",
        ),
        (
            Sex::Female,
            born("1980-05-17"),
            "<0.20",
            "EGFR v1 Not performed: CREA is <0.20, which is not a number one can calculate with.",
        ),
    ] {
        let mut bench = Bench::new();
        let ordered =
            bench.received_from(PlaceOrder { sex, birth_date, ..order(&["CREA", "EGFR"]) });
        let events = bench.sends(&ordered, &[reading("CREA", creatinine)]);
        assert_eq!(told(&events).pop().expect("the rate"), line);
    }
}

#[test]
fn every_calculated_test_of_a_panel_that_depends_on_a_value_follows_it() {
    let mut bench = Bench::new();
    let ordered = bench.received(&["BMP"]);
    let sent = readings("Na=140 K=4.2 CL=104 CO2=24 BUN=14 CREA=1.00 GLU=90 CA=9.5");
    let events = bench.sends(&ordered, &sent);
    let lines = told(&events);
    assert_eq!(lines[9..], ["AGAP v1 12", "EGFR v1 70"]);
    bench.does(BEN, rerun(&bench, ordered.test("CREA")));
    let events = bench.sends(&ordered, &readings("CREA=1.50"));
    let expect = ["received beside []", "CREA v2 1.50 H", "EGFR v2 43 L"];
    assert_eq!(told(&events), expect, "the gap is not touched");
}

#[test]
fn what_may_be_made_from_each_other_follows_when_one_of_the_two_was_measured() {
    let mut bench = Bench::new();
    let ordered = bench.received(&["RBC", "HGB", "HCT", "MCV", "MCHC"]);
    let enter = |bench: &Bench, code: &str, typed: &str| EnterResult {
        test: ordered.test(code),
        looked_at: bench.looked(ordered.test(code)),
        typed: typed.into(),
        not_performed: String::new(),
    };
    bench.does(BEN, enter(&bench, "HGB", "13.5"));
    bench.does(BEN, enter(&bench, "MCV", "90.0"));
    let events = bench.does(BEN, enter(&bench, "RBC", "4.50"));
    assert_eq!(told(&events), ["RBC v1 4.50", "HCT v1 40.5", "MCHC v1 33.3"]);
    let mut again = bench.clone();
    again.does(BEN, rerun(&again, ordered.test("RBC")));
    let events = again.does(BEN, enter(&again, "RBC", "4.60"));
    assert_eq!(told(&events), ["RBC v2 4.60", "HCT v2 41.4", "MCHC v2 32.6"]);
    let all = ["RBC", "HGB", "MCV", "HCT", "MCHC"].map(|code| ordered.test(code));
    bench.does(BEN, verify(&bench, &all, ""));
    let events = bench.does(CY, correct(&bench, ordered.test("RBC"), "4.60"));
    let expect = [
        "amended RBC v2 4.60, was (Corrected, \"4.50\")",
        "amended HCT v2 41.4, was (Recalculated, \"40.5\")",
        "amended MCHC v2 32.6, was (Recalculated, \"33.3\")",
    ];
    assert_eq!(told(&events), expect);
}

/// Calculated tests follow what is filed, not one another: a catalog that makes one from another
/// needs that first.
#[test]
fn no_calculated_test_of_the_starter_catalog_is_made_from_another_one() {
    let catalog = lab::catalog::Catalog::starter().expect("the starter catalog loads");
    let calculated =
        |test: &&lab::catalog::TestDefinition| test.origin == lab::catalog::Origin::Calculated;
    for first in catalog.tests().iter().filter(calculated) {
        let next = catalog.dependents(&first.code).into_iter().find(calculated);
        assert_eq!(next.map(|next| &next.code), None, "made from {}", first.code);
    }
}
