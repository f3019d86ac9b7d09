//! Ordering and cancelling.

use lab::accession::{SpecimenState, TestState};
use lab::event::{AccessionEvent, Event, PatientEvent};
use lab::journey::order::{CancelTest, PlaceOrder};
use lab::journey::receive::RejectSpecimen;
use lab::patient::Patient;
use lab::refusal::Refusal;
use lab::value::{BirthDate, Label, Sex};

use crate::bench::*;

#[test]
fn an_order_registers_the_patient_and_lays_each_test_on_its_container() {
    let bench = Bench::new();
    let events = bench.ask(AMY, order(&["CBC", "LYTES", "K", "PT"])).expect("an order");
    let [Event::Patient(PatientEvent::PatientRegistered(patient)), placed] = &events[..] else {
        panic!("{events:?}")
    };
    assert_eq!((patient.record_number.as_str(), patient.sex), ("MRN-1", Sex::Female));
    let Event::Accession(AccessionEvent::OrderPlaced { accession, specimens, tests }) = placed
    else {
        panic!("{placed:?}")
    };
    assert_eq!(accession.patient, patient.id);
    assert_eq!(accession.label, Label::new(NINE, 1, 0));
    assert_eq!(accession.ordered_at, NINE);
    let laid: Vec<_> = specimens.iter().map(|s| (s.container.as_str(), &s.label)).collect();
    let label = |index| Label::new(NINE, 1, index);
    assert_eq!(laid, [("EDTA_LAV", &label(1)), ("SST_GOLD", &label(2)), ("CIT_BLUE", &label(3))]);
    assert!(specimens.iter().all(|s| s.state == SpecimenState::Ordered));
    let codes: Vec<&str> = tests.iter().map(|test| test.code.as_str()).collect();
    let cbc = ["WBC", "RBC", "HGB", "HCT", "MCV", "MCH", "MCHC", "RDW", "PLT", "MPV"];
    let expected: Vec<&str> =
        cbc.into_iter().chain(["SOD", "K", "CL", "CO2", "AGAP", "PT"]).collect();
    assert_eq!(codes, expected, "panels expanded in order, potassium once");
    assert!(tests.iter().all(|test| test.state == TestState::Awaiting && test.versions == 0));
    let potassium = tests.iter().find(|test| test.code.as_str() == "K").expect("potassium");
    assert_eq!(potassium.panel.as_ref().map(|panel| panel.as_str()), Some("LYTES"));
    let prothrombin = tests.iter().find(|test| test.code.as_str() == "PT").expect("PT");
    assert_eq!((&prothrombin.panel, prothrombin.bench.as_str()), (&None, "coagulation"));
}

#[test]
fn every_order_of_a_day_has_the_next_number_and_a_new_day_begins_at_one() {
    let mut bench = Bench::new();
    bench.order(&["K"]);
    let second = bench.order(&["K"]);
    assert_eq!(second.label(), Label::new(NINE, 2, 1));
    bench.wait(24 * 60);
    let tomorrow = bench.order(&["K"]);
    assert_eq!(tomorrow.label(), Label::new(NINE.plus_minutes(24 * 60), 1, 1));
}

#[test]
fn a_known_patient_is_found_by_record_number_and_not_registered_again() {
    let mut bench = Bench::new();
    bench.order(&["K"]);
    check(&bench, (AMY, order(&["GLU"])), Ok(&["OrderPlaced"]));
    let spelled = PlaceOrder { record_number: "  MRN-1 ".into(), ..order(&["GLU"]) };
    check(&bench, (AMY, spelled), Ok(&["OrderPlaced"]));
    let mut shouted = order(&["GLU"]);
    shouted.name.family = " LEE ".into();
    check(&bench, (AMY, shouted), Ok(&["OrderPlaced"]));
    let other = PlaceOrder { record_number: "MRN-2".into(), ..order(&["GLU"]) };
    check(&bench, (AMY, other), Ok(&["PatientRegistered", "OrderPlaced"]));
}

#[test]
fn a_record_number_never_comes_to_name_a_second_patient() {
    let mut bench = Bench::new();
    bench.order(&["K"]);
    let with = |change: &dyn Fn(&mut PlaceOrder)| {
        let mut order = order(&["K"]);
        change(&mut order);
        order
    };
    for other in [
        with(&|order| order.name.family = "Leigh".into()),
        with(&|order| order.name.given = "Anna".into()),
        with(&|order| order.birth_date = BirthDate::read("1980-05-18")),
        with(&|order| order.birth_date = None),
        with(&|order| order.sex = Sex::Male),
        with(&|order| order.sex = Sex::Unknown),
    ] {
        let refusal = Refusal::OtherPatient { record_number: "MRN-1".into() };
        check(&bench, (AMY, other), Err(refusal));
    }
    assert_eq!(bench.laboratory.all::<Patient>().count(), 1);
}

#[test]
fn what_an_order_needs_is_asked_for_in_the_order_of_the_form() {
    let bench = Bench::new();
    let mut given = order(&[]);
    given.record_number = " ".into();
    given.name.family.clear();
    given.name.given.clear();
    given.provider = "\t".into();
    let mut fill = |field: &str, fill: &dyn Fn(&mut PlaceOrder)| {
        check(&bench, (AMY, given.clone()), Err(missing(field)));
        fill(&mut given);
    };
    fill("Record number", &|order| order.record_number = "MRN-1".into());
    fill("Family name", &|order| order.name.family = "Lee".into());
    fill("Given name", &|order| order.name.given = "Ann".into());
    fill("Ordered by", &|order| order.provider = "Dr. Okafor".into());
    fill("Tests", &|order| order.codes = vec!["K".into()]);
    check(&bench, (AMY, given), Ok(&["PatientRegistered", "OrderPlaced"]));
}

#[test]
fn a_calculated_test_brings_the_tests_it_is_made_from_and_stands_after_them() {
    let mut bench = Bench::new();
    for (asked, laid) in [
        (&["EGFR"][..], &["CREA", "EGFR"][..]),
        (&["AGAP"], &["SOD", "CL", "CO2", "AGAP"]),
        (&["CL", "AGAP", "K"], &["CL", "SOD", "CO2", "AGAP", "K"]),
        // What was asked for stands where it was asked for.
        (&["AGAP", "K", "CL"], &["SOD", "CO2", "AGAP", "K", "CL"]),
        (&["K", "EGFR", "CRCLCG"], &["K", "CREA", "EGFR", "CRCLCG"]),
        (&["LYTES"], &["SOD", "K", "CL", "CO2", "AGAP"]),
        (&["CREA"], &["CREA"]),
    ] {
        let ordered = bench.order(asked);
        let codes: Vec<&str> = ordered.tests.iter().map(|test| test.code.as_str()).collect();
        assert_eq!(codes, laid, "{asked:?}");
        let known = |test: &lab::accession::Test| {
            ordered.specimens.iter().any(|specimen| specimen.id == test.specimen)
        };
        assert!(ordered.tests.iter().all(known), "every ordered test has a specimen");
    }
}

#[test]
fn nobody_is_born_after_the_order() {
    let mut bench = Bench::new();
    let born = |text: &str| PlaceOrder { birth_date: BirthDate::read(text), ..order(&["K"]) };
    let future = Refusal::Unreadable {
        field: "Birth date".into(),
        expected: "a day that is not in the future".into(),
    };
    check(&bench, (AMY, born("2026-11-26")), Err(future.clone()));
    check(&bench, (AMY, born("2062-05-17")), Err(future.clone()));
    // The 25th has begun in the east while it is still the 24th by UTC.
    for today in ["2026-11-24", "2026-11-25"] {
        check(&bench, (AMY, born(today)), Ok(&["PatientRegistered", "OrderPlaced"]));
    }
    // Asked for after what is missing and before who it is.
    let nameless = PlaceOrder { provider: String::new(), ..born("2026-11-26") };
    check(&bench, (AMY, nameless), Err(missing("Ordered by")));
    bench.order(&["K"]);
    check(&bench, (AMY, born("2026-11-26")), Err(future));
}

#[test]
fn the_patient_is_doubted_before_the_tests_are() {
    let mut bench = Bench::new();
    let unknown = Refusal::UnknownTest { code: "XYZ".into() };
    check(&bench, (AMY, order(&["K", "XYZ"])), Err(unknown));
    bench.order(&["K"]);
    let mut other = order(&["XYZ"]);
    other.sex = Sex::Male;
    check(&bench, (AMY, other), Err(Refusal::OtherPatient { record_number: "MRN-1".into() }));
    let nothing = PlaceOrder { codes: Vec::new(), sex: Sex::Male, ..order(&[]) };
    check(&bench, (AMY, nothing), Err(missing("Tests")));
}

#[test]
fn an_order_of_more_containers_than_can_be_numbered_is_refused() {
    let mut bench = Bench::new();
    let (containers, tests): (String, String) = (0..100)
        .map(|n| (container(n), test(n)))
        .fold(Default::default(), |(a, b), (c, d)| (a + &c, b + &d));
    let files = [("containers.toml", containers.as_str()), ("tests.toml", tests.as_str())];
    let catalog = lab::catalog::Catalog::load(2, &files).expect("a hundred containers");
    let codes: Vec<String> = (0..100).map(|n| format!("T{n}")).collect();
    let codes: Vec<&str> = codes.iter().map(String::as_str).collect();
    bench.catalog = catalog.into();
    check(&bench, (AMY, order(&codes)), Err(Refusal::TooManyContainers { needed: 100 }));
    check(&bench, (AMY, order(&codes[..99])), Ok(&["PatientRegistered", "OrderPlaced"]));
}

fn container(n: u32) -> String {
    format!(
        "[[container]]\ncode = \"TUBE{n}\"\ncap = \"red\"\nadditive = \"none\"\n\
         inversions = \"0\"\nnominal_mL = \"5\"\nmin_fill_mL = \"2\"\nratio_critical = false\n\
         specimen = \"serum\"\ntypical_use = \"any\"\n"
    )
}

fn test(n: u32) -> String {
    let head = if n == 0 { "bench = \"chemistry\"\n" } else { "" };
    format!(
        "{head}[[test]]\ncode = \"T{n}\"\nname = \"Test {n}\"\nsection = \"CHEM\"\n\
         loinc_check = \"none\"\nunit = \"mmol/L\"\nspecimen = \"serum\"\n\
         container = \"TUBE{n}\"\nvalue = \"numeric\"\ndecimals = 1\ncomplexity = \"moderate\"\n"
    )
}

#[test]
fn cancelling_needs_a_reason_a_test_and_a_state_that_takes_results() {
    let mut bench = Bench::new();
    let ordered = bench.received(&["K", "SOD"]);
    let test = ordered.test("K");
    let looked_at = bench.looked(test);
    let cancel = |reason: &str| CancelTest { test, looked_at, reason: reason.into() };
    check(&bench, (CY, cancel("ordered twice")), Ok(&["TestCancelled"]));
    check(&bench, (CY, cancel(" ")), Err(missing("Reason")));
    let nobody = CancelTest { test: lab::value::TestId(7), looked_at, reason: String::new() };
    check(&bench, (CY, nobody), Err(missing("Reason")));
    let nobody = CancelTest { test: lab::value::TestId(7), looked_at, reason: "gone".into() };
    check(&bench, (CY, nobody), Err(no_such("test", 7)));
    check(&bench, (BEN, cancel("ordered twice")), Err(not_permitted("CancelTest")));

    bench.sends(&ordered, &readings("K=4.2"));
    check(&bench, (CY, cancel("ordered twice")), Err(first("Chem 1", "K", "to verify")));
    let looked_at = bench.looked(test);
    let cancel = |reason: &str| CancelTest { test, looked_at, reason: reason.into() };
    check(&bench, (CY, cancel("ordered twice")), Ok(&["TestCancelled"]));
    bench.verified(test);
    check(&bench, (CY, cancel("ordered twice")), Err(first("Somebody (MLS)", "K", "verified")));
}

#[test]
fn a_cancelled_test_keeps_its_reason_and_is_not_cancelled_again() {
    let mut bench = Bench::new();
    let ordered = bench.collected(&["K"]);
    let cancel = CancelTest {
        test: ordered.test("K"),
        looked_at: bench.looked(ordered.test("K")),
        reason: " ordered twice ".into(),
    };
    bench.does(CY, cancel.clone());
    let test = bench.test(ordered.test("K"));
    assert_eq!((test.state, test.note.as_str()), (TestState::Cancelled, "ordered twice"));
    let looked_at = bench.looked(ordered.test("K"));
    let again = CancelTest { looked_at, ..cancel };
    check(&bench, (CY, again), Err(wrong_state("K", "cancelled")));
    let reject = RejectSpecimen {
        specimen: ordered.specimen().id,
        reason: "UNLABELED".into(),
        note: String::new(),
    };
    check(&bench, (AMY, reject), Ok(&["SpecimenRejected"]));
}
