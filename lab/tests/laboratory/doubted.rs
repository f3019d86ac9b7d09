//! What an order says beside its tests, what is doubted about it, and how it is cancelled and
//! credited.

use lab::accession::{Circumstances, Confirmed, Doubt, DoubtKind, TestState};
use lab::directory::Provider;
use lab::event::{AccessionEvent, Event, TubeEvent};
use lab::journey::add_on::AddTests;
use lab::journey::directory::{EditDirectory, Entry};
use lab::journey::order::{CancelOrder, CreditTest, PlaceOrder};
use lab::journey::receive::RejectTests;
use lab::journey::register::RecordEncounter;
use lab::patient::{Encounter, EncounterClass, Patient};
use lab::refusal::{AboutOrder, AboutPatient, Refusal};
use lab::value::{BirthDate, Label, Priority, Sex};

use crate::bench::*;

fn doubt(code: &str, kind: DoubtKind, sentence: &str) -> Doubt {
    Doubt { code: code.into(), kind, sentence: sentence.into() }
}

fn in_doubt(doubts: &[Doubt]) -> Refusal {
    AboutOrder::InDoubt { doubts: doubts.to_vec() }.into()
}

fn confirming(order: PlaceOrder, reason: &str, doubts: &[(&str, DoubtKind)]) -> PlaceOrder {
    let doubts = doubts.iter().map(|(code, kind)| ((*code).into(), *kind)).collect();
    let confirmed = Some(Confirmed { reason: reason.into(), doubts });
    PlaceOrder { circumstances: Circumstances { confirmed, ..order.circumstances }, ..order }
}

#[test]
fn a_test_of_the_other_sex_or_age_is_doubted_and_what_is_unknown_is_asked() {
    let bench = Bench::new();
    let sex = |sex, codes: &[&str]| PlaceOrder { sex, ..order(codes) };
    let born = |born: Option<&str>, codes: &[&str]| PlaceOrder {
        birth_date: born.and_then(BirthDate::read),
        ..order(codes)
    };
    let both = &["PatientRegistered", "OrderPlaced"][..];
    for (asked, expect) in [
        (sex(Sex::Male, &["PSA"]), None),
        (sex(Sex::Female, &["UHCG"]), None),
        (sex(Sex::Male, &["HCGQ"]), None),
        (
            sex(Sex::Female, &["PSA"]),
            Some(("PSA", DoubtKind::WrongSex, "PSA is for men; the patient's sex is F.")),
        ),
        (
            sex(Sex::Male, &["UHCG"]),
            Some(("UHCG", DoubtKind::WrongSex, "UHCG is for women; the patient's sex is M.")),
        ),
        (
            sex(Sex::Unknown, &["PSA"]),
            Some((
                "PSA",
                DoubtKind::SexNotKnown,
                "PSA is for men; the patient's sex is not known.",
            )),
        ),
        (born(Some("2026-11-10"), &["NBIL"]), None),
        (born(Some("2026-10-27"), &["NBIL"]), None),
        (
            born(Some("2026-10-26"), &["NBIL"]),
            Some((
                "NBIL",
                DoubtKind::WrongAge,
                "NBIL is for newborns up to 28 days; the patient is 29 d old.",
            )),
        ),
        (
            born(None, &["NBIL"]),
            Some((
                "NBIL",
                DoubtKind::AgeNotKnown,
                "NBIL is for newborns up to 28 days; the patient's age is not known.",
            )),
        ),
    ] {
        match expect {
            None => check(&bench, (AMY, asked), Ok(both)),
            Some((code, kind, sentence)) => {
                let refused = in_doubt(&[doubt(code, kind, sentence)]);
                assert_eq!(refused.code(), kind.code());
                check(&bench, (AMY, asked.clone()), Err(refused));
                let reason = "asked for by the urologist";
                check(&bench, (AMY, confirming(asked, reason, &[(code, kind)])), Ok(both));
            }
        }
    }
}

#[test]
fn a_test_ordered_again_within_its_window_names_the_earlier_accession() {
    let mut bench = Bench::new();
    bench.order(&["A1C", "K"]);
    bench.wait(3 * 24 * 60);
    check(&bench, (AMY, order(&["K"])), Ok(&["OrderPlaced"]));
    let label = Label::new(NINE, 1, 0);
    let sentence =
        format!("A1C was ordered 3 d before, on accession {label}; once in 30 d is enough.");
    let again = in_doubt(&[doubt("A1C", DoubtKind::DuplicateOrder, &sentence)]);
    assert_eq!(again.code(), "DuplicateOrder");
    check(&bench, (AMY, order(&["K", "A1C"])), Err(again.clone()));
    let other = PlaceOrder { record_number: "MRN-2".into(), ..order(&["A1C"]) };
    check(&bench, (AMY, other), Ok(&["PatientRegistered", "OrderPlaced"]));
    // A reason without the doubt it is for, or a doubt without a reason, is none.
    for (reason, seen) in [
        ("two strengths", &[][..]),
        (" ", &[("A1C", DoubtKind::DuplicateOrder)][..]),
        ("two strengths", &[("A1C", DoubtKind::WrongSex)][..]),
        ("two strengths", &[("K", DoubtKind::DuplicateOrder)][..]),
    ] {
        check(&bench, (AMY, confirming(order(&["A1C"]), reason, seen)), Err(again.clone()));
    }
    let seen = &[("A1C", DoubtKind::DuplicateOrder), ("K", DoubtKind::WrongAge)];
    let events = bench.does(AMY, confirming(order(&["A1C"]), " transfused ", seen));
    let [Event::Accession(AccessionEvent::OrderPlaced { accession, .. })] = &events[..] else {
        panic!("{events:?}")
    };
    let kept = accession.circumstances.confirmed.clone().expect("the confirmation is kept");
    assert_eq!(kept.reason, "transfused");
    assert_eq!(kept.doubts, [("A1C".into(), DoubtKind::DuplicateOrder)], "what was in doubt");
    bench.wait(30 * 24 * 60);
    check(&bench, (AMY, order(&["A1C"])), Ok(&["OrderPlaced"]));
    // What was cancelled is no earlier order.
    let mut bench = Bench::new();
    let accession = bench.order(&["A1C"]).tests[0].accession;
    let looked_at = bench.open(accession);
    bench.does(CY, CancelOrder { accession, looked_at, reason: "wrong patient".into() });
    check(&bench, (AMY, order(&["A1C"])), Ok(&["OrderPlaced"]));
}

#[test]
fn a_timed_order_has_its_time_still_to_come() {
    let bench = Bench::new();
    let due = |priority, minutes: Option<i64>| {
        let due_at = minutes.map(|minutes| NINE.plus_minutes(minutes));
        let circumstances = Circumstances { due_at, ..Circumstances::default() };
        PlaceOrder { priority, circumstances, ..order(&["K"]) }
    };
    let both = || Ok(&["PatientRegistered", "OrderPlaced"][..]);
    let past = || Err(Refusal::from(AboutOrder::PastTime { field: "Due at".into() }));
    let unreadable = |expected: &str| {
        Err(Refusal::Unreadable { field: "Due at".into(), expected: expected.into() })
    };
    let year = 366 * 24 * 60;
    for (priority, minutes, expect) in [
        (Priority::Timed, None, Err(missing("Due at"))),
        (Priority::Timed, Some(60), both()),
        (Priority::Timed, Some(-5), both()),
        (Priority::Timed, Some(-6), past()),
        (Priority::Timed, Some(year), both()),
        (Priority::Timed, Some(year + 1), unreadable("a time within a year")),
        (Priority::Stat, Some(60), unreadable("a time for a timed order only")),
    ] {
        check(&bench, (AMY, due(priority, minutes)), expect);
    }
}

#[test]
fn each_field_of_an_order_has_its_limit() {
    let bench = Bench::new();
    let long = |field: &str, most: usize| {
        Err(Refusal::from(AboutPatient::TooLong { field: field.into(), most }))
    };
    let text = |length: usize| "\u{e9}".repeat(length);
    let said = |circumstances| PlaceOrder { circumstances, ..order(&["K"]) };
    let rest = Circumstances::default;
    let diagnoses = |count| vec![lab::value::Diagnosis::read("I10").expect("a code"); count];
    for (asked, expect) in [
        (PlaceOrder { record_number: text(41), ..order(&["K"]) }, long("Record number", 40)),
        (PlaceOrder { provider: text(201), ..order(&["K"]) }, long("Ordered by", 200)),
        (PlaceOrder { comment: text(2_001), ..order(&["K"]) }, long("Comment", 2_000)),
        (said(Circumstances { placer_number: text(41), ..rest() }), long("Their number", 40)),
        (said(Circumstances { diagnoses: diagnoses(26), ..rest() }), long("Diagnoses", 25)),
        (said(Circumstances { copies_to: vec![text(9); 11], ..rest() }), long("Copies to", 10)),
        (
            said(Circumstances { copies_to: vec![String::new()], ..rest() }),
            Err(missing("Copies to")),
        ),
    ] {
        check(&bench, (AMY, asked), expect);
    }
    let whole = Circumstances {
        diagnoses: diagnoses(25),
        copies_to: vec![text(200); 10],
        placer_number: text(40),
        ..rest()
    };
    let comment = format!("first line\n{}", text(1_980));
    let asked = PlaceOrder { comment, ..said(whole) };
    check(&bench, (AMY, asked), Ok(&["PatientRegistered", "OrderPlaced"]));
}

#[test]
fn an_order_names_only_what_is_there_open_and_of_its_patient() {
    let mut bench = Bench::new();
    let entry = Entry::Provider(None, crate::register::provider("Osei, Ama"));
    bench.does(DORA, EditDirectory { entry });
    let osei = bench.laboratory.all::<Provider>().next().expect("the provider");
    let by = |provider| {
        let circumstances = Circumstances { provider: Some(provider), ..Default::default() };
        PlaceOrder { circumstances, ..order(&["K"]) }
    };
    check(&bench, (AMY, by(osei.id)), Ok(&["PatientRegistered", "OrderPlaced"]));
    let nobody = |what: &str, name: &str| Refusal::NoSuch { what: what.into(), name: name.into() };
    let unknown = by(lab::value::ProviderId(7));
    check(&bench, (AMY, unknown), Err(nobody("provider", "of this number")));
    let closed = Provider { closed: true, ..osei.clone() };
    bench.does(DORA, EditDirectory { entry: Entry::Provider(Some(osei.clone()), closed) });
    let refused = AboutPatient::Closed { what: "provider".into(), name: "Osei, Ama".into() };
    check(&bench, (AMY, by(osei.id)), Err(refused.into()));

    bench.order(&["K"]);
    let patient = bench.laboratory.all::<Patient>().next().expect("Ann Lee").id;
    bench.does(
        AMY,
        RecordEncounter {
            patient,
            number: "E-1".into(),
            class: EncounterClass::Outpatient,
            location: None,
            admitted_at: NINE,
            discharged_at: None,
        },
    );
    let stay = bench.laboratory.all::<Encounter>().next().map(|row| row.id);
    let circumstances = Circumstances { encounter: stay, ..Default::default() };
    let own = PlaceOrder { circumstances, ..order(&["K"]) };
    check(&bench, (AMY, own.clone()), Ok(&["OrderPlaced"]));
    let others = PlaceOrder { record_number: "MRN-2".into(), ..own };
    check(&bench, (AMY, others), Err(nobody("encounter", "of this patient")));
}

#[test]
fn what_was_confirmed_of_an_order_is_not_said_of_the_one_in_its_place() {
    let mut bench = Bench::new();
    let doubts = [("PSA", DoubtKind::WrongSex)];
    let ordered = bench.received_from(confirming(order(&["PSA", "K"]), "trial", &doubts));
    let reject = RejectTests {
        specimen: ordered.specimen().id,
        tests: vec![ordered.test("K")],
        reason: "HEMOLYZED".into(),
        note: String::new(),
        told: Some("ward 3".into()),
    };
    let events = bench.does(AMY, reject);
    let anew = events.iter().find_map(|event| match event {
        Event::Accession(AccessionEvent::OrderPlaced { accession, .. }) => Some(accession),
        _ => None,
    });
    assert_eq!(anew.expect("ordered anew").circumstances, Circumstances::default());
}

#[test]
fn a_whole_order_is_cancelled_and_what_was_cancelled_is_credited_once() {
    let mut bench = Bench::new();
    let ordered = bench.received(&["K", "SOD", "CL", "CO2", "AGAP"]);
    bench.sends(&ordered, &readings("K=4.2"));
    bench.verified(ordered.test("K"));
    let accession = ordered.tests[0].accession;
    let looked_at = bench.open(accession);
    let cancel = |reason: &str| CancelOrder {
        accession,
        looked_at: looked_at.clone(),
        reason: reason.into(),
    };
    let credit = |codes: &[&str], reason: &str| CreditTest {
        tests: codes.iter().map(|code| ordered.test(code)).collect(),
        reason: reason.into(),
    };
    check(&bench, (BEN, cancel("why")), Err(not_permitted("CancelOrder")));
    check(&bench, (CY, cancel("")), Err(missing("Reason")));
    let nobody = CancelOrder {
        accession: lab::value::AccessionId(7),
        looked_at: Vec::new(),
        reason: "why".into(),
    };
    check(&bench, (CY, nobody), Err(no_such("accession", 7)));
    check(&bench, (DORA, credit(&["SOD"], "why")), Err(wrong_state("SOD", "awaiting")));
    // What came meanwhile was not seen: nothing is cancelled.
    let mut later = bench.clone();
    later.sends(&ordered, &readings("Na=140"));
    let refused = first("Chem 1", "SOD", "to verify");
    check(&later, (CY, cancel("ordered twice")), Err(refused));
    check(&bench, (CY, cancel("ordered twice")), Ok(&["TestCancelled"; 4]));
    bench.does(CY, cancel("ordered twice"));
    assert_eq!(bench.state(ordered.test("K")), TestState::Verified, "what was released stays");
    check(&bench, (CY, cancel("again")), Err(AboutOrder::NothingToCancel.into()));

    check(&bench, (CY, credit(&["SOD"], "why")), Err(not_permitted("CreditTest")));
    check(&bench, (DORA, credit(&["SOD"], " ")), Err(missing("Reason")));
    check(&bench, (DORA, credit(&[], "why")), Err(no_such("test", "of this number")));
    check(&bench, (DORA, credit(&["SOD", "K"], "why")), Err(wrong_state("K", "verified")));
    let twice = AboutOrder::AlreadyCredited { code: "SOD".into() };
    check(&bench, (DORA, credit(&["SOD", "CL", "SOD"], "why")), Err(twice.into()));
    check(&bench, (DORA, credit(&["SOD", "CL"], "why")), Ok(&["TestCredited"; 2]));
    bench.does(DORA, credit(&["SOD", "CL"], "why"));
    let again = AboutOrder::AlreadyCredited { code: "CL".into() };
    check(&bench, (DORA, credit(&["AGAP", "CL"], "why")), Err(again.into()));
}

#[test]
fn tests_that_are_added_are_doubted_as_ordered_ones_are() {
    let mut bench = Bench::new();
    bench.order(&["A1C"]);
    bench.wait(60);
    let again = bench.received_from(PlaceOrder { sex: Sex::Female, ..order(&["SOD", "HGB"]) });
    let lavender = again.tests.iter().find(|test| test.code.as_str() == "HGB").expect("HGB");
    let gold = again.tests.iter().find(|test| test.code.as_str() == "SOD").expect("SOD");
    let add = |specimen, code: &str, confirmed| AddTests {
        specimen,
        codes: vec![code.into()],
        provider: "Dr. Okafor".into(),
        confirmed,
    };
    let doubts = |asked: AddTests| match bench.ask(AMY, asked) {
        Err(Refusal::Order(AboutOrder::InDoubt { doubts })) => doubts,
        other => panic!("{other:?}"),
    };
    let kinds = |asked| doubts(asked).into_iter().map(|one| one.kind).collect::<Vec<_>>();
    let before = || add(lavender.specimen, "A1C", None);
    let other_sex = || add(gold.specimen, "PSA", None);
    assert_eq!(kinds(before()), [DoubtKind::DuplicateOrder]);
    assert_eq!(kinds(other_sex()), [DoubtKind::WrongSex]);
    let confirmed = Some(Confirmed {
        reason: "transfused".into(),
        doubts: vec![("A1C".into(), DoubtKind::DuplicateOrder)],
    });
    assert_eq!(kinds(add(gold.specimen, "PSA", confirmed.clone())), [DoubtKind::WrongSex]);
    let events = bench.does(AMY, add(lavender.specimen, "A1C", confirmed.clone()));
    let [Event::Tube(TubeEvent::TestsAdded { confirmed: kept, .. })] = &events[..] else {
        panic!("{events:?}")
    };
    assert_eq!(*kept, confirmed, "the confirmation is kept");
}
