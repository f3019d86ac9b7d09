//! What a value says: rounding, flags, critical limits, plausibility, the comparison with the last
//! verified result, and what is not known of the patient.

use lab::accession::{Flag, Hold, ResultVersion};
use lab::journey::analyze::EnterResult;
use lab::journey::order::PlaceOrder;
use lab::journey::register::{AmendPatient, Amendment};
use lab::value::{BirthDate, Sex};

use crate::bench::*;

/// The newest version of a test after the analyzer sent this value for a patient.
fn judged(order: PlaceOrder, (code, sent): (&str, &str)) -> ResultVersion {
    let mut bench = Bench::new();
    let ordered = bench.received_from(order);
    let sent_code = if code == "SOD" { "Na" } else { code };
    bench.sends(&ordered, &[reading(sent_code, sent)]);
    bench.newest(ordered.test(code))
}

#[test]
fn potassium_of_an_adult_is_flagged_where_the_trade_puts_the_flag() {
    // Interval 3.5 to 5.1, critical below 2.8 and above 6.2, plausible 1.0 to 12.0 mmol/L: the
    // starter catalog. A value exactly at a critical limit is not critical.
    let mut bench = Bench::new();
    let ordered = bench.received(&["K"]);
    for (sent, line) in [
        ("4.2", "K v1 4.2"),
        ("3.44", "K v1 3.4 L"),
        ("3.45", "K v1 3.5"),
        ("3.5", "K v1 3.5"),
        ("5.1", "K v1 5.1"),
        ("5.15", "K v1 5.2 H"),
        ("2.8", "K v1 2.8 L"),
        ("2.7", "K v1 2.7 LL Critical"),
        ("6.2", "K v1 6.2 H"),
        ("6.24", "K v1 6.2 H"),
        ("6.3", "K v1 6.3 HH Critical"),
        ("12.0", "K v1 12.0 HH Critical"),
        ("12.1", "K v1 12.1 HH Implausible+Critical"),
        ("0.9", "K v1 0.9 LL Implausible+Critical"),
        ("-4.2", "K v1 -4.2 LL Implausible+Critical"),
        ("<3.5", "K v1 <3.5 L MayBeCritical"),
        ("<=3.5", "K v1 <=3.5 MayBeCritical"),
        ("<4.0", "K v1 <4.0 MayBeCritical"),
        ("<2.8", "K v1 <2.8 LL Critical"),
        (">5.1", "K v1 >5.1 H AboveRange+MayBeCritical"),
        (">6.2", "K v1 >6.2 HH AboveRange+Critical"),
        (">4.0", "K v1 >4.0 AboveRange+MayBeCritical"),
        // Beyond the measuring range is believed; a range that begins beyond reason is not.
        (">13", "K v1 >13.0 HH AboveRange+Critical"),
        ("<0.5", "K v1 <0.5 LL Critical"),
        (">0.5", "K v1 >0.5 AboveRange+Implausible+MayBeCritical"),
        ("4.2E+00", "K v1 4.2"),
    ] {
        let message = bench.message(&ordered.label(), &[reading("K", sent)]);
        check(&bench, (bench.machine(), message), Ok(&["received beside []", line]));
    }
}

#[test]
fn a_critical_rule_in_words_holds_what_no_list_of_answers_decides() {
    // MALARIA is critical when positive, which its list of answers decides; BCX with a
    // positive Gram stain, MBLAST at the first blasts, CRAG at the first positive; UPRO has no
    // such rule: the starter catalog. The direct antiglobulin test is critical when positive, in
    // the newborn.
    let newborn =
        |codes: &[&str]| PlaceOrder { birth_date: BirthDate::read("2026-11-20"), ..order(codes) };
    let unknown = |codes: &[&str]| PlaceOrder { birth_date: None, ..order(codes) };
    let not_performed = || Some("clotted");
    for (order, typed, none, line) in [
        (order(&["MALARIA"]), "Positive", None, "MALARIA v1 Positive AA Critical"),
        (order(&["MALARIA"]), "not seen", None, "MALARIA v1 Negative"),
        (order(&["MALARIA"]), "", not_performed(), "MALARIA v1 Not performed: clotted"),
        (order(&["BCX"]), "Gram-positive cocci", None, "BCX v1 Gram-positive cocci MayBeCritical"),
        (order(&["CRAG"]), "1:8", None, "CRAG v1 1:8 MayBeCritical"),
        (order(&["UPRO"]), "2+", None, "UPRO v1 2+ A"),
        (order(&["DAT"]), "positive", None, "DAT v1 Positive A"),
        (newborn(&["DAT"]), "positive", None, "DAT v1 Positive A MayBeCritical"),
        (unknown(&["DAT"]), "positive", None, "DAT v1 Positive A MayBeCritical"),
    ] {
        let mut bench = Bench::new();
        let ordered = bench.received_from(order);
        let entered = EnterResult {
            test: ordered.tests[0].id,
            looked_at: lab::accession::Looked::default(),
            typed: typed.into(),
            not_performed: none.unwrap_or_default().into(),
        };
        check(&bench, (BEN, entered), Ok(&[line]));
    }
}

#[test]
fn age_at_collection_chooses_the_interval_not_age_today() {
    // Sodium: 139 to 146 below one year, 138 to 145 from the first birthday on.
    let born = BirthDate::read("2025-11-24");
    let mut bench = Bench::new();
    // Half an hour past midnight, and an hour before.
    bench.now = NINE.plus_minutes(-510);
    let ordered = bench.place(PlaceOrder { birth_date: born, ..order(&["SOD"]) });
    let (today, yesterday) = (bench.now, bench.now.plus_minutes(-60));
    for (collected, interval) in [(today, "138\u{2013}145"), (yesterday, "139\u{2013}146")] {
        let mut bench = bench.clone();
        bench.does(AMY, collect(&ordered, collected));
        bench.does(BEN, lab::journey::receive::ReceiveSpecimen { label: ordered.label() });
        bench.wait(3 * 24 * 60);
        bench.sends(&ordered, &readings("Na=140"));
        assert_eq!(bench.newest(ordered.test("SOD")).limits.interval(), interval);
    }
}

#[test]
fn an_unknown_sex_never_defaults() {
    // Creatinine of an adult: 0.51 to 0.95 in women, 0.67 to 1.17 in men, critical above 7.40.
    for (sex, sent, flag, interval) in [
        (Sex::Female, "1.00", Some(Flag::H), "0.51\u{2013}0.95"),
        (Sex::Male, "1.00", None, "0.67\u{2013}1.17"),
        (Sex::Unknown, "1.00", None, "0.51\u{2013}0.95 (RI) or 0.67\u{2013}1.17 (RI)"),
        (Sex::Unknown, "0.60", None, "0.51\u{2013}0.95 (RI) or 0.67\u{2013}1.17 (RI)"),
        // Both say so.
        (Sex::Unknown, "0.40", Some(Flag::L), "0.51\u{2013}0.95 (RI) or 0.67\u{2013}1.17 (RI)"),
        (Sex::Unknown, "1.20", Some(Flag::H), "0.51\u{2013}0.95 (RI) or 0.67\u{2013}1.17 (RI)"),
        (Sex::Unknown, "7.41", Some(Flag::HH), "0.51\u{2013}0.95 (RI) or 0.67\u{2013}1.17 (RI)"),
    ] {
        let result = judged(PlaceOrder { sex, ..order(&["CREA"]) }, ("CREA", sent));
        assert_eq!((result.flag, result.limits.interval().as_str()), (flag, interval), "{sex:?}");
    }
}

#[test]
fn an_unknown_birth_date_never_defaults_and_calls_by_the_limit_that_calls_soonest() {
    let unknown = |codes: &[&str]| PlaceOrder { birth_date: None, ..order(codes) };
    let potassium = judged(unknown(&["K"]), ("K", "3.6"));
    assert_eq!((potassium.flag, potassium.limits.low, potassium.limits.high), (None, None, None));
    assert_eq!(potassium.limits.interval(), "differs by age and sex", "four of them");
    // Critical above 7.0 in the newborn and above 6.2 afterwards.
    let potassium = judged(unknown(&["K"]), ("K", "6.5"));
    assert_eq!((potassium.flag, potassium.holds), (Some(Flag::HH), vec![Hold::Critical]));
    // Chloride: 98 to 113 below 28 days, 98 to 107 afterwards.
    for (sent, flag) in [("98", None), ("107", None), ("108", None), ("113", None)]
        .into_iter()
        .chain([("114", Some(Flag::H)), ("97", Some(Flag::L))])
    {
        let chloride = judged(unknown(&["CL"]), ("CL", sent));
        assert_eq!(chloride.flag, flag, "{sent}");
        let shown = chloride.limits.interval();
        assert_eq!(shown, "98\u{2013}113 (RI) or 98\u{2013}107 (RI)");
    }
}

#[test]
fn a_flag_is_given_where_every_interval_that_may_apply_gives_it() {
    // Hemoglobin of an adult: 12.0 to 16.0 in women, 13.5 to 17.5 in men.
    for (sent, flag) in [
        ("11.0", Some(Flag::L)),
        ("11.9", Some(Flag::L)),
        ("12.0", None),
        ("13.4", None),
        ("15.0", None),
        ("16.1", None),
        ("17.5", None),
        ("17.6", Some(Flag::H)),
        ("6.9", Some(Flag::LL)),
    ] {
        let unknown = PlaceOrder { sex: Sex::Unknown, ..order(&["HGB"]) };
        let hemoglobin = judged(unknown, ("HGB", sent));
        assert_eq!(hemoglobin.flag, flag, "{sent}");
        let shown = hemoglobin.limits.interval();
        assert!(
            shown.contains("13.5\u{2013}17.5") && shown.contains("12.0\u{2013}16.0"),
            "{shown}"
        );
        assert_eq!((hemoglobin.limits.low, hemoglobin.limits.high), (None, None));
    }
    // What may not hold at all is shown as possible: the gap has no interval below 18 years.
    // It flags nothing.
    for (birth_date, flag) in [(None, None), (order(&[]).birth_date, Some(Flag::H))] {
        let mut bench = Bench::new();
        let gap = ["SOD", "CL", "CO2", "AGAP"];
        let ordered = bench.received_from(PlaceOrder { birth_date, ..order(&gap) });
        bench.sends(&ordered, &readings("Na=145 CL=101 CO2=24"));
        let gap = bench.newest(ordered.test("AGAP"));
        assert_eq!((gap.value.to_string().as_str(), gap.flag), ("20", flag));
        if birth_date.is_none() {
            assert_eq!((gap.limits.low, gap.limits.high), (None, None));
            assert_eq!(gap.limits.interval(), "5\u{2013}15 (RI)");
        }
    }
    // Of potassium's four intervals 3.4 begins the lowest.
    for (sent, flag) in [("3.3", Some(Flag::L)), ("3.4", None), ("5.9", None)] {
        let unknown = PlaceOrder { birth_date: None, ..order(&["K"]) };
        assert_eq!(judged(unknown, ("K", sent)).flag, flag, "{sent}");
    }
}

#[test]
fn a_specimen_taken_before_the_birth_date_on_record_gets_no_interval_of_its_own() {
    // Brought along with the order, taken two days before the birth date that was corrected after;
    // one day before may be the day itself, east of Greenwich.
    let mut bench = Bench::new();
    let born = BirthDate::read("2026-11-25");
    bench.now = NINE.plus_minutes(-510); // half an hour past midnight
    let ordered = bench.place(PlaceOrder { birth_date: None, ..order(&["K"]) });
    for (hours, low, flag) in [(-1, None, None), (0, Some("3.7"), Some(Flag::L))] {
        let mut bench = bench.clone();
        bench.does(AMY, collect(&ordered, bench.now.plus_minutes(hours * 60)));
        let patient = bench.laboratory.all::<lab::patient::Patient>().next().expect("the patient");
        let was = lab::event::Known::of(&patient);
        let known = lab::event::Known { birth_date: born, ..was.clone() };
        let amendment = Amendment::Known(was, known);
        let reason = "asked again".to_owned();
        bench.does(AMY, AmendPatient { patient: patient.id, amendment, reason });
        bench.does(BEN, lab::journey::receive::ReceiveSpecimen { label: ordered.label() });
        bench.sends(&ordered, &readings("K=3.6"));
        let potassium = bench.newest(ordered.test("K"));
        assert_eq!(potassium.flag, flag);
        assert_eq!(potassium.limits.low, low.map(|low| low.parse().expect("a number")));
    }
}

#[test]
fn a_move_beyond_the_delta_limit_within_its_window_is_held() {
    // Sodium: 8 mmol/L within 48 hours of the verification.
    for (first, second, hours, line) in [
        ("140", "148", 24, "SOD v1 148 H"),
        ("140", "149", 24, "SOD v1 149 H Delta"),
        ("140", "131", 24, "SOD v1 131 L Delta"),
        ("140", "149", 48, "SOD v1 149 H Delta"),
        ("140", "149", 49, "SOD v1 149 H"),
        ("<140", "149", 24, "SOD v1 149 H"),
        ("140", ">149", 24, "SOD v1 >149 H AboveRange+MayBeCritical"),
        ("140", "128", 24, "SOD v1 128 L Delta"),
        ("125", "119", 24, "SOD v1 119 LL Critical"),
        ("130", "119", 24, "SOD v1 119 LL Delta+Critical"),
    ] {
        let mut bench = Bench::new();
        let ordered = bench.received(&["SOD"]);
        bench.sends(&ordered, &[reading("Na", first)]);
        bench.verified(ordered.test("SOD"));
        bench.wait(hours * 60);
        let ordered = bench.received(&["SOD"]);
        let events = bench.sends(&ordered, &[reading("Na", second)]);
        assert_eq!(told(&events)[1], line, "{first} then {second} after {hours} hours");
    }
}

#[test]
fn two_tubes_drawn_together_are_compared_and_one_from_days_before_is_not() {
    // Sodium: 8 mmol/L within 48 hours (starter catalog). All three are drawn at nine.
    let mut bench = Bench::new();
    let [first, together, days] = [0; 3].map(|_| bench.received(&["SOD"]));
    let mut soon = bench.clone();
    soon.sends(&first, &readings("Na=130"));
    soon.wait(60);
    soon.verified(first.test("SOD"));
    let events = soon.sends(&together, &readings("Na=140"));
    assert_eq!(told(&events)[1], "SOD v1 140 Delta");
    bench.wait(3 * 24 * 60);
    bench.sends(&first, &readings("Na=130"));
    bench.verified(first.test("SOD"));
    let events = bench.sends(&days, &readings("Na=140"));
    assert_eq!(told(&events)[1], "SOD v1 140");
    let delta = bench.newest(days.test("SOD")).delta.expect("a comparison all the same");
    assert_eq!((delta.change.as_str(), delta.exceeded), ("+10", false));
}

#[test]
fn the_comparison_names_the_version_the_value_and_the_change() {
    let mut bench = Bench::new();
    let ordered = bench.received(&["SOD"]);
    bench.sends(&ordered, &readings("Na=140"));
    let earlier = bench.newest(ordered.test("SOD")).id;
    bench.verified(ordered.test("SOD"));
    bench.wait(60);
    for (sent, change) in [("138", "\u{2212}2"), ("140", "+0"), ("141", "+1")] {
        let mut bench = bench.clone();
        let ordered = bench.received(&["SOD"]);
        bench.sends(&ordered, &[reading("Na", sent)]);
        let delta = bench.newest(ordered.test("SOD")).delta.expect("a comparison");
        assert_eq!((delta.previous, delta.value.as_str(), delta.at), (earlier, "140", NINE));
        assert_eq!((delta.change.as_str(), delta.exceeded), (change, false));
    }
}

#[test]
fn an_earlier_value_that_was_never_verified_or_is_of_another_patient_is_not_compared() {
    let mut bench = Bench::new();
    let unverified = bench.received(&["SOD"]);
    bench.sends(&unverified, &readings("Na=125"));
    let mut other = order(&["SOD"]);
    other.record_number = "MRN-2".into();
    let other = bench.received_from(other);
    bench.sends(&other, &readings("Na=126"));
    bench.verified(other.test("SOD"));
    let ordered = bench.received(&["SOD"]);
    bench.sends(&ordered, &readings("Na=140"));
    assert_eq!(bench.newest(ordered.test("SOD")).delta, None);
}

#[test]
fn percent_limits_are_of_the_earlier_value() {
    // Creatinine: 50 percent within 72 hours.
    for (second, held) in [("1.50", false), ("1.51", true), ("0.50", false), ("0.49", true)] {
        let mut bench = Bench::new();
        let ordered = bench.received(&["CREA"]);
        bench.sends(&ordered, &readings("CREA=1.00"));
        bench.verified(ordered.test("CREA"));
        let ordered = bench.received(&["CREA"]);
        bench.sends(&ordered, &[reading("CREA", second)]);
        let holds = bench.newest(ordered.test("CREA")).holds;
        assert_eq!(holds.contains(&Hold::Delta), held, "{second}");
    }
}
