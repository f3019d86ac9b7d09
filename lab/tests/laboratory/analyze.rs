//! Filing what the analyzer sends for a tube that is there.

use lab::accession::{Hold, Source, TestState};
use lab::event::{Event, InstrumentEvent, ResultEvent};
use lab::instrument::{Material, Nature, Reading};
use lab::journey::analyze::FileReadings;
use lab::journey::verify::{HoldResult, RequestRerun};
use lab::refusal::Refusal;
use lab::value::{InstrumentId, MessageId, Value};

use crate::bench::*;

fn with(mut reading: Reading, change: impl Fn(&mut Reading)) -> Reading {
    change(&mut reading);
    reading
}

#[test]
fn readings_become_versions_of_the_tests_ordered_on_that_tube() {
    let mut bench = Bench::new();
    let ordered = bench.received(&["SOD", "K"]);
    bench.wait(5);
    let sent = with(reading("Na", "140"), |row| row.at = Some("20261124090301".into()));
    let mut message = bench.message(&ordered.label(), &[sent, reading("K", "4.2")]);
    message.message = Some(MessageId(55));
    let expect = ["received beside []", "SOD v1 140", "K v1 4.2"];
    check(&bench, (bench.machine(), message.clone()), Ok(&expect));

    let events = bench.does(bench.machine(), message);
    let analyzer = bench.analyzer;
    let Event::Instrument(InstrumentEvent::ReadingsReceived { message, instrument, .. }) =
        &events[0]
    else {
        panic!("{:?}", events[0])
    };
    assert_eq!((*message, *instrument), (Some(MessageId(55)), analyzer));
    let sodium = bench.newest(ordered.test("SOD"));
    assert_eq!(sodium.unit, "mmol/L");
    assert_eq!(sodium.limits.interval(), "136\u{2013}145");
    assert_eq!(sodium.filed_at, NINE.plus_minutes(5));
    assert_eq!(sodium.filed_by, bench.machine());
    assert_eq!(sodium.catalog_release, 1);
    let source = Source::Instrument {
        instrument: analyzer,
        message: Some(MessageId(55)),
        sent: "140".into(),
        flags: Vec::new(),
        at: Some("20261124090301".into()),
    };
    assert_eq!(sodium.source, source);
    assert_eq!(bench.state(ordered.test("SOD")), TestState::Review);
}

#[test]
fn an_unknown_instrument_files_nothing() {
    let mut bench = Bench::new();
    let ordered = bench.received(&["K"]);
    let message = FileReadings {
        instrument: InstrumentId(7),
        material: Material::Control,
        ..bench.message(&ordered.label(), &readings("K=4.2"))
    };
    check(&bench, (bench.machine(), message), Err(no_such("instrument", 7)));
}

#[test]
fn only_an_instrument_files_readings() {
    let mut bench = Bench::new();
    let ordered = bench.received(&["K"]);
    for person in [AMY, BEN, CY, DORA, ELI] {
        let message = bench.message(&ordered.label(), &readings("K=4.2"));
        check(&bench, (person, message), Err(not_permitted("FileReadings")));
    }
}

#[test]
fn what_was_not_ordered_or_is_no_result_is_kept_beside_and_never_filed() {
    let mut bench = Bench::new();
    let ordered = bench.received(&["K"]);
    let picture = with(reading("SCAT_WDF", "a.png"), |row| row.nature = Nature::Other);
    let sent = [reading("K", "4.2"), reading("GLU", "90"), reading("LIP", "3"), picture];
    let message = bench.message(&ordered.label(), &sent);
    let expect = ["received beside [GLU LIP SCAT_WDF]", "K v1 4.2"];
    check(&bench, (bench.machine(), message), Ok(&expect));
}

#[test]
fn a_test_on_another_tube_of_the_same_order_takes_nothing_from_this_one() {
    let mut bench = Bench::new();
    let ordered = bench.received(&["K", "HGB"]);
    let message = bench.message(&ordered.label(), &readings("K=4.2 HGB=13.1"));
    let expect = ["received beside [HGB]", "K v1 4.2"];
    check(&bench, (bench.machine(), message), Ok(&expect));
}

#[test]
fn every_doubt_of_the_instrument_holds_its_value() {
    let mut bench = Bench::new();
    let ordered = bench.received(&["K"]);
    let flagged = |flag: &str| with(reading("K", "4.2"), |row| row.flags = vec![flag.into()]);
    let unit = |unit: &str| with(reading("K", "4.2"), |row| row.unit = unit.into());
    let unmeasured = |text: &str| with(reading("K", text), |row| row.measured = false);
    for (sent, line) in [
        (flagged("N"), "K v1 4.2"),
        (flagged("H"), "K v1 4.2"),
        (flagged("*"), "K v1 4.2 InstrumentFlag(\"*\")"),
        (flagged("LINEAR"), "K v1 4.2 InstrumentFlag(\"LINEAR\")"),
        (unit("mmol/l"), "K v1 4.2"),
        (unit("mg/dL"), "K v1 4.2 mg/dL UnitDiffers(\"mg/dL\")"),
        (reading("K", "clotted"), "K v1 clotted Unreadable"),
        (reading("K", "4,2"), "K v1 4,2 Unreadable"),
        (reading("K", ""), "K v1 Unreadable"),
        (
            unmeasured("----"),
            "K v1 Not performed: the instrument gave no value NotMeasured(\"----\")",
        ),
        (unmeasured(""), "K v1 Not performed: the instrument gave no value NotMeasured(\"\")"),
    ] {
        let message = bench.message(&ordered.label(), &[sent]);
        check(&bench, (bench.machine(), message), Ok(&["received beside []", line]));
    }
}

#[test]
fn words_from_an_instrument_are_compared_or_are_no_value_at_all() {
    // Protein of a strip is an answer in words; cells of a sediment are a range or a number.
    let mut bench = Bench::new();
    let ordered = bench.received(&["UPRO", "UWBC"]);
    for (sent, line) in [
        (reading("UPRO", "1+"), "UPRO v1 1+ A"),
        (reading("UPRO", "E27"), "UPRO v1 E27 Uncoded"),
        (reading("UWBC", "many"), "UWBC v1 many Unreadable"),
        (reading("UWBC", "1:many"), "UWBC v1 1:many Unreadable"),
        (reading("UWBC", "2-5"), "UWBC v1 2-5"),
        (reading("UWBC", "1:4"), "UWBC v1 1:4 Unreadable"),
        (reading("UWBC", ">100"), "UWBC v1 >100 H"),
    ] {
        let message = bench.message(&ordered.label(), &[sent]);
        check(&bench, (bench.machine(), message), Ok(&["received beside []", line]));
    }
}

#[test]
fn a_figure_of_another_unit_is_kept_as_it_was_sent_and_never_as_a_number() {
    let mut bench = Bench::new();
    let ordered = bench.received(&["GLU", "SOD", "CL", "CO2", "AGAP"]);
    bench.sends(&ordered, &readings("GLU=90"));
    bench.verified(ordered.test("GLU"));
    let ordered = bench.received(&["GLU", "SOD", "CL", "CO2", "AGAP"]);
    let unit = |code: &str, value: &str, unit: &str| {
        with(reading(code, value), |row| row.unit = unit.into())
    };
    let sent = [
        unit("GLU", "5.4", "mmol/L"),
        unit("Na", "322", "mg/dL"),
        reading("CL", "104"),
        reading("CO2", "24"),
    ];
    let events = bench.sends(&ordered, &sent);
    let expect = [
        "received beside []",
        "GLU v1 5.4 mmol/L UnitDiffers(\"mmol/L\")",
        "SOD v1 322 mg/dL UnitDiffers(\"mg/dL\")",
        "CL v1 104",
        "CO2 v1 24",
        "AGAP v1 Not performed: SOD is missing. HeldInput(\"SOD\")",
    ];
    assert_eq!(told(&events), expect);
    let glucose = bench.newest(ordered.test("GLU"));
    assert_eq!(glucose.value, Value::Text("5.4 mmol/L".into()));
    assert_eq!((glucose.flag, glucose.delta), (None, None));
    assert_eq!(glucose.unit, "", "the text carries its own");
}

#[test]
fn an_alarm_about_the_specimen_holds_every_result_of_the_message() {
    let mut bench = Bench::new();
    let ordered = bench.received(&["SOD", "K"]);
    let alarm = |value: &str, flags: &[&str]| {
        with(reading("Hemolysis?", value), |row| {
            row.nature = Nature::Flag;
            row.flags = flags.iter().map(|flag| (*flag).to_owned()).collect();
        })
    };
    for (alarm, raised) in [
        (alarm("99", &[]), false),
        (alarm("100", &[]), true),
        (alarm("20", &["A"]), true),
        (alarm("present", &[]), true),
        (alarm("", &[]), false),
    ] {
        let sent = [reading("Na", "140"), alarm, reading("K", "4.2")];
        let message = bench.message(&ordered.label(), &sent);
        let hold = if raised { " InstrumentFlag(\"Hemolysis?\")" } else { "" };
        let lines = [format!("SOD v1 140{hold}"), format!("K v1 4.2{hold}")];
        let expect = ["received beside [Hemolysis?]", &lines[0], &lines[1]];
        check(&bench, (bench.machine(), message), Ok(&expect));
    }
}

#[test]
fn a_second_value_is_held_beside_the_first_and_both_stay_on_record() {
    let mut bench = Bench::new();
    let ordered = bench.received(&["K"]);
    bench.sends(&ordered, &readings("K=4.2"));
    let message = bench.message(&ordered.label(), &readings("K=4.3"));
    let expect = ["received beside []", "K v2 4.3 SecondValue"];
    check(&bench, (bench.machine(), message.clone()), Ok(&expect));
    bench.does(bench.machine(), message);
    assert_eq!(bench.state(ordered.test("K")), TestState::Held);
    assert_eq!(bench.test(ordered.test("K")).versions, 2);
    let third = bench.sends(&ordered, &readings("K=4.3"));
    assert_eq!(told(&third)[1], "K v3 4.3 SecondValue");
}

#[test]
fn one_message_with_two_values_of_a_test_files_both_one_after_the_other() {
    let mut bench = Bench::new();
    let ordered = bench.received(&["K"]);
    let events = bench.sends(&ordered, &readings("K=4.2 K=9.9"));
    let expect = ["received beside []", "K v1 4.2", "K v2 9.9 HH Critical+SecondValue"];
    assert_eq!(told(&events), expect);
    assert_eq!(bench.newest(ordered.test("K")).version, 2);
}

#[test]
fn a_value_after_none_is_the_first_one() {
    let mut bench = Bench::new();
    let ordered = bench.received(&["K"]);
    let none = || with(reading("K", "-----"), |row| row.measured = false);
    let first = "K v1 Not performed: the instrument gave no value NotMeasured(\"-----\")";
    // In one message.
    let message = bench.message(&ordered.label(), &[none(), reading("K", "4.2")]);
    let expect = ["received beside []", first, "K v2 4.2"];
    check(&bench, (bench.machine(), message), Ok(&expect));
    // In two.
    bench.sends(&ordered, &[none()]);
    assert_eq!(bench.state(ordered.test("K")), TestState::Held);
    let typed = lab::journey::analyze::EnterResult {
        test: ordered.test("K"),
        looked_at: bench.looked(ordered.test("K")),
        typed: String::new(),
        not_performed: "short sample".into(),
    };
    let expect = ["K v2 Not performed: short sample"];
    check(&bench, (BEN, typed.clone()), Ok(&expect));
    let events = bench.sends(&ordered, &readings("K=4.2"));
    assert_eq!(told(&events), ["received beside []", "K v2 4.2"]);
    assert_eq!(bench.state(ordered.test("K")), TestState::Review);
    // The other way round there is a value to compare with.
    let typed =
        lab::journey::analyze::EnterResult { looked_at: bench.looked(ordered.test("K")), ..typed };
    let expect = ["K v3 Not performed: short sample SecondValue"];
    check(&bench, (BEN, typed), Ok(&expect));
}

#[test]
fn a_rerun_asked_for_takes_the_new_value_without_a_second_value_hold() {
    let mut bench = Bench::new();
    let ordered = bench.received(&["K"]);
    bench.sends(&ordered, &readings("K=4.2"));
    let rerun = RequestRerun {
        test: ordered.test("K"),
        looked_at: bench.looked(ordered.test("K")),
        reason: "bubble".into(),
    };
    bench.does(BEN, rerun);
    let events = bench.sends(&ordered, &readings("K=4.4"));
    assert_eq!(told(&events), ["received beside []", "K v2 4.4"]);
    assert_eq!(bench.state(ordered.test("K")), TestState::Review);
}

#[test]
fn a_value_that_comes_while_a_person_holds_the_earlier_one_is_held_too() {
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
    bench.sends(&ordered, &readings("K=4.2"));
    let holds = [Hold::SecondValue, Hold::Person("ask the ward".into())];
    assert_eq!(bench.newest(ordered.test("K")).holds, holds);
    assert_eq!(bench.state(ordered.test("K")), TestState::Held);
}

#[test]
fn the_filed_value_keeps_the_instruments_own_text_beside_the_rounded_one() {
    let mut bench = Bench::new();
    let ordered = bench.received(&["K"]);
    let events = bench.sends(&ordered, &readings("K=4.2500"));
    let Event::Result(ResultEvent::ResultFiled(filed)) = &events[1] else { panic!("{events:?}") };
    let Source::Instrument { sent, .. } = &filed.source else { panic!("{filed:?}") };
    assert_eq!((filed.value.to_string().as_str(), sent.as_str()), ("4.3", "4.2500"));
    assert!(matches!(filed.value, Value::Quantity(_)));
}

#[test]
fn a_message_without_readings_for_a_known_tube_is_noted_and_files_nothing() {
    let mut bench = Bench::new();
    let ordered = bench.received(&["K"]);
    let message = bench.message(&ordered.label(), &[]);
    check(&bench, (bench.machine(), message), Ok(&["received beside []"]));
}

#[test]
fn a_catalog_that_lost_the_test_leaves_the_reading_unclaimed_and_refuses_the_typed_one() {
    let mut bench = Bench::new();
    let ordered = bench.received(&["K"]);
    bench.catalog = lab::catalog::Catalog::load(2, &[]).expect("an empty catalog").into();
    let message = bench.message(&ordered.label(), &readings("K=4.2"));
    let expect = ["received beside []", "unclaimed UnknownCode [K]"];
    check(&bench, (bench.machine(), message), Ok(&expect));
    let typed = lab::journey::analyze::EnterResult {
        test: ordered.test("K"),
        looked_at: lab::accession::Looked::default(),
        typed: "4.2".into(),
        not_performed: String::new(),
    };
    check(&bench, (BEN, typed), Err(Refusal::UnknownTest { code: "K".into() }));
}
