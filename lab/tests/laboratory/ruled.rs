//! Release by a rule: what a rule lets out, what it leaves to a person and why, and that nobody but
//! a director lets it.
//!
//! What must stay true: one case for each condition; each differs from the released one in that
//! condition alone.

use lab::accession::{TestState, Verdict};
use lab::event::{Event, ResultEvent};
use lab::instrument::Reading;
use lab::journey::analyze::EnterResult;
use lab::journey::order::PlaceOrder;
use lab::journey::rules::SwitchRules;
use lab::journey::verify::{HoldResult, RequestRerun};
use lab::people::Actor;
use lab::refusal::{HouseRefusal, Refusal};
use lab::value::{BirthDate, Sex};

use crate::bench::*;

/// Eli turns the rules on.
fn ruled() -> Bench {
    let mut bench = Bench::new();
    bench.does(ELI, switch(true));
    bench
}

fn switch(on: bool) -> SwitchRules {
    SwitchRules { on, reason: "validated on 2026-11-20".into() }
}

/// What the rule says of sodium in a message.
fn sodium(bench: &mut Bench, placed: PlaceOrder, sent: &[Reading]) -> (Verdict, String) {
    let ordered = bench.received_from(placed);
    bench.sends(&ordered, sent);
    said(bench, ordered.test("SOD"))
}

fn said(bench: &Bench, test: lab::value::TestId) -> (Verdict, String) {
    let newest = bench.newest(test);
    let ruling = newest.ruling.unwrap_or_else(|| panic!("no rule spoke of {}", newest.code));
    let released = bench.state(test) == TestState::Verified;
    assert_eq!(released, ruling.verdict == Verdict::Release, "{ruling:?}");
    (ruling.verdict, ruling.because)
}

#[test]
fn what_nothing_holds_goes_out_by_the_rule_and_says_so_for_ever() {
    let mut bench = ruled();
    let ordered = bench.received(&["SOD", "K"]);
    let events = bench.sends(&ordered, &readings("Na=140 K=4.2"));
    let told = told(&events);
    assert_eq!(
        told,
        ["received beside []", "SOD v1 140", "K v1 4.2", "ResultVerified", "ResultVerified"]
    );
    let test = bench.test(ordered.test("SOD"));
    assert_eq!(
        test.rule,
        "Released by the rule electrolytes: 140 lies within 136\u{2013}145, there is none before \
         to compare it with, and nothing holds it."
    );
    assert_eq!(test.verified.expect("verified").by, Actor::Rule(1));
    let later = bench.received(&["SOD"]);
    bench.sends(&later, &readings("Na=141"));
    let (verdict, because) = said(&bench, later.test("SOD"));
    assert_eq!(verdict, Verdict::Release);
    assert!(because.contains("it differs by +1 from the one before"), "{because}");
}

#[test]
fn what_a_rule_looks_at_is_waited_for_where_it_was_ordered() {
    // A tube with EDTA in it shows by its calcium: potassium does not go out before it came.
    let mut bench = ruled();
    let alone = bench.received(&["K"]);
    bench.sends(&alone, &readings("K=4.2"));
    assert_eq!(said(&bench, alone.test("K")).0, Verdict::Release);
    let both = bench.received(&["K", "CA"]);
    bench.sends(&both, &readings("K=4.2"));
    let waits = "CA, which the rule looks at, has no value yet";
    assert_eq!(said(&bench, both.test("K")), (Verdict::Unknown, waits.into()));
    let unmeasured = bench.received(&["K", "CA"]);
    let none = EnterResult {
        test: unmeasured.test("CA"),
        looked_at: bench.looked(unmeasured.test("CA")),
        typed: String::new(),
        not_performed: "short sample".into(),
    };
    bench.does(CY, none);
    bench.sends(&unmeasured, &readings("K=4.2"));
    assert_eq!(said(&bench, unmeasured.test("K")), (Verdict::Unknown, waits.into()));
}

#[test]
fn nothing_goes_out_by_a_rule_from_a_tube_of_which_a_value_is_held() {
    // An infusion in the tube: glucose shows it, and every other value is diluted too.
    let mut bench = ruled();
    let infused = bench.received(&["GLU", "BUN", "SOD"]);
    bench.sends(&infused, &readings("GLU=1713 BUN=8"));
    let beside = (Verdict::Hold, "GLU of the same tube is held".into());
    assert_eq!(said(&bench, infused.test("BUN")), beside);
    bench.sends(&infused, &readings("Na=140"));
    assert_eq!(said(&bench, infused.test("SOD")), beside, "nor by a later message");
}

#[test]
fn where_nobody_turned_the_rules_on_they_say_nothing() {
    let mut bench = Bench::new();
    let ordered = bench.received(&["SOD"]);
    bench.sends(&ordered, &readings("Na=140"));
    assert_eq!(bench.newest(ordered.test("SOD")).ruling, None);
    assert_eq!(bench.state(ordered.test("SOD")), TestState::Review);
}

#[test]
fn a_rule_that_is_turned_off_holds_and_says_who_wants_it_so() {
    let mut bench = ruled();
    let off = SwitchRules { on: false, reason: "drift on Chem 1".into() };
    bench.does(DORA, off);
    let found = sodium(&mut bench, order(&["SOD"]), &readings("Na=140"));
    assert_eq!(found, (Verdict::Hold, "the rules are turned off (drift on Chem 1)".into()));
}

#[test]
fn a_test_that_no_rule_names_waits_for_a_person() {
    let mut bench = ruled();
    let ordered = bench.received(&["SOD", "HSTNI"]);
    let troponin = ordered.test("HSTNI");
    let enter = EnterResult {
        test: troponin,
        looked_at: bench.looked(troponin),
        typed: "3".into(),
        not_performed: String::new(),
    };
    bench.does(CY, enter);
    assert_eq!(bench.newest(troponin).ruling, None);
}

#[test]
fn each_condition_that_is_not_met_leaves_it_to_a_person() {
    let with = |change: fn(&mut Reading)| {
        let mut all = readings("Na=140");
        change(&mut all[0]);
        all
    };
    let cases: [(Vec<Reading>, &str); 9] = [
        (readings("Na=147"), "147 lies outside 136\u{2013}145"),
        (readings("Na=<137"), "<137 is not a plain figure"),
        (with(|row| row.flags = vec!["R".into()]), "Instrument flag: R"),
        (with(|row| row.flags = vec!["HH".into()]), "the instrument says HH"),
        (with(|row| row.detail.dilution = Some("1:2".into())), "it was diluted 1:2"),
        (with(|row| row.detail.status = Some("P".into())), "the status P"),
        (with(|row| row.detail.run = Some("2".into())), "the instrument ran it again"),
        (readings("Na=140 Na=141"), "A second value"),
        (readings("Na=140 CL=120"), "is not so"),
    ];
    for (sent, why) in cases {
        let mut bench = ruled();
        let (verdict, because) = sodium(&mut bench, order(&["SOD", "CL"]), &sent);
        assert_eq!(verdict, Verdict::Hold, "{why}: {because}");
        assert!(because.contains(why), "{why}: {because}");
    }
}

#[test]
fn a_usual_flag_status_and_dilution_of_the_instrument_hold_nothing() {
    let mut all = readings("Na=140");
    all[0].flags = vec!["N".into()];
    all[0].detail.status = Some("F".into());
    all[0].detail.dilution = Some("1".into());
    let (verdict, because) = sodium(&mut ruled(), order(&["SOD"]), &all);
    assert_eq!(verdict, Verdict::Release, "{because}");
}

#[test]
fn what_is_not_known_never_releases() {
    let unknown = |change: fn(&mut PlaceOrder)| {
        let mut placed = order(&["SOD"]);
        change(&mut placed);
        placed
    };
    for (placed, why) in [
        (unknown(|placed| placed.sex = Sex::Unknown), "the patient's sex is not known"),
        (unknown(|placed| placed.birth_date = None), "the patient's age is not known"),
    ] {
        let (verdict, because) = sodium(&mut ruled(), placed, &readings("Na=140"));
        assert_eq!(verdict, Verdict::Unknown, "{because}");
        assert!(because.contains(why), "{because}");
    }
    let child = unknown(|placed| placed.birth_date = BirthDate::read("2026-11-20"));
    let (verdict, because) = sodium(&mut ruled(), child, &readings("Na=140"));
    assert_eq!(verdict, Verdict::Release, "a newborn has an interval of its own: {because}");
}

#[test]
fn a_delta_that_is_exceeded_and_a_critical_value_are_held() {
    let mut bench = ruled();
    sodium(&mut bench, order(&["SOD"]), &readings("Na=145"));
    bench.wait(60);
    let (verdict, because) = sodium(&mut bench, order(&["SOD"]), &readings("Na=136"));
    assert_eq!(verdict, Verdict::Hold);
    assert!(because.contains("Differs too much from the previous result"), "{because}");
    let (_, because) = sodium(&mut ruled(), order(&["SOD"]), &readings("Na=172"));
    assert!(because.contains("Critical"), "{because}");
}

#[test]
fn what_a_person_entered_held_or_had_run_again_stays_a_persons() {
    let mut bench = ruled();
    let ordered = bench.received(&["SOD", "K"]);
    let (sodium, potassium) = (ordered.test("SOD"), ordered.test("K"));
    let (looked_at, typed) = (bench.looked(sodium), "140".to_owned());
    let not_performed = String::new();
    bench.does(CY, EnterResult { test: sodium, looked_at, typed, not_performed });
    assert_eq!(said(&bench, sodium), (Verdict::Hold, "it was entered by hand".into()));
    bench.sends(&ordered, &readings("K=5.4"));
    let (looked_at, reason) = (bench.looked(potassium), "look at the tube".to_owned());
    bench.does(CY, HoldResult { test: potassium, looked_at, reason });
    bench.sends(&ordered, &readings("K=4.2"));
    let (_, because) = said(&bench, potassium);
    assert!(because.contains("Held by hand: look at the tube"), "{because}");
    let (looked_at, reason) = (bench.looked(potassium), "once more".to_owned());
    bench.does(CY, RequestRerun { test: potassium, looked_at, reason });
    bench.sends(&ordered, &readings("K=4.2"));
    let (_, because) = said(&bench, potassium);
    assert_eq!(because, "somebody had it run again; there is an earlier value of it");
}

#[test]
fn a_calculated_result_goes_out_after_its_inputs_and_not_before() {
    let mut bench = ruled();
    let ordered = bench.received(&["SOD", "CL", "CO2", "AGAP"]);
    bench.sends(&ordered, &readings("Na=140 CL=104 CO2=24"));
    assert_eq!(said(&bench, ordered.test("AGAP")).0, Verdict::Release);
    let ordered = bench.received(&["SOD", "CL", "CO2", "AGAP"]);
    let events = bench.sends(&ordered, &readings("Na=140 CL=108 CO2=24"));
    assert!(events.iter().any(|event| matches!(
        event,
        Event::Result(ResultEvent::ResultFiled(version)) if version.code.as_str() == "AGAP"
    )));
    let (verdict, because) = said(&bench, ordered.test("AGAP"));
    assert_eq!(verdict, Verdict::Hold);
    assert!(because.contains("CL, which it is calculated from, is not released"), "{because}");
}

#[test]
fn what_a_rule_released_is_corrected_by_a_person_and_still_says_who_released_it() {
    let mut bench = ruled();
    let ordered = bench.received(&["SOD"]);
    bench.sends(&ordered, &readings("Na=140"));
    let sodium = ordered.test("SOD");
    let correct = crate::corrected::correct(&bench, sodium, "144");
    bench.does(CY, correct);
    let test = bench.test(sodium);
    assert_eq!(test.state, TestState::Corrected);
    assert_eq!(test.verified.expect("verified").by, Actor::Rule(1));
    assert!(test.rule.starts_with("Released by the rule electrolytes"), "{}", test.rule);
}

#[test]
fn a_specimen_kept_too_long_is_left_to_a_person() {
    let mut bench = ruled();
    let ordered = bench.received(&["K"]);
    bench.wait(5 * 60);
    bench.sends(&ordered, &readings("K=4.2"));
    let (verdict, because) = said(&bench, ordered.test("K"));
    assert_eq!(verdict, Verdict::Hold, "{because}");
}

#[test]
fn whoever_supervises_turns_the_rules_off_and_a_director_on() {
    let mut bench = Bench::new();
    let already = |what: &str| Err(HouseRefusal::AlreadySo { what: what.into() }.into());
    let on = || Err(Refusal::NotPermitted { ask: "turning the rules of release on".into() });
    check(&bench, (DORA, switch(true)), on());
    check(&bench, (CY, switch(true)), on());
    check(&bench, (ELI, switch(false)), already("the rules release nothing"));
    let blank = SwitchRules { on: true, reason: " ".into() };
    check(&bench, (ELI, blank), Err(Refusal::Missing { field: "Reason".into() }));
    check(&bench, (ELI, switch(true)), Ok(&["RulesSwitched"]));
    bench.does(ELI, switch(true));
    check(&bench, (ELI, switch(true)), already("the rules release"));
    check(&bench, (CY, switch(false)), Ok(&["RulesSwitched"]));
    let told = "turning the rules of release off".to_owned();
    check(&bench, (BEN, switch(false)), Err(Refusal::NotPermitted { ask: told }));
}
