//! What becomes of a tube after its collection: fit or not, spun, parted, put away, sent, lost and
//! found, ordered anew; and tests added to it.

use lab::accession::{Condition, Hold, Specimen, SpecimenState, Test, TestState};
use lab::command::Command;
use lab::event::{AccessionEvent, Event, TubeEvent};
use lab::instrument::Unplaced;
use lab::journey::add_on::AddTests;
use lab::journey::process::*;
use lab::journey::receive::{ReceiveInspected, RecollectSpecimen, RejectTests, Seen};
use lab::refusal::{Refusal, TubeRefusal};
use lab::storage::Destination;
use lab::value::{Priority, SpecimenId, TestId, Zone};

use crate::bench::*;

fn of(bench: &Bench, id: SpecimenId) -> Specimen {
    bench.laboratory.all::<Specimen>().find(|row| row.id == id).expect("the specimen is kept")
}

fn code(no: Result<Vec<Event>, Refusal>) -> &'static str {
    no.expect_err("it is refused").code()
}

fn seen(ordered: &Ordered, seen: Seen) -> ReceiveInspected {
    ReceiveInspected { label: ordered.label(), seen }
}

/// One more test on a specimen that is here.
fn added(specimen: SpecimenId, code: &str) -> AddTests {
    let (codes, provider) = (vec![code.into()], "Dr. Okafor".into());
    AddTests { specimen, codes, provider, confirmed: None }
}

#[test]
fn a_tube_that_does_not_fit_is_not_received() {
    let mut bench = Bench::new();
    let blue = bench.collected(&["PT"]);
    let ice = bench.collected(&["AMM"]);
    bench.wait(10);
    let some = |volume: &str| Seen { volume_ml: volume.parse().ok(), ..Seen::default() };
    let clot = Condition { clotted: true, ..Condition::default() };
    for (what, expect) in [
        (Seen { label_fault: "names Chen".into(), ..Seen::default() }, "Mislabeled"),
        (Seen { container: "EDTA_LAV".into(), ..Seen::default() }, "WrongContainer"),
        (some("2.42"), "Short"),
        (some("-1"), "Unreadable"),
        (Seen { condition: clot.clone(), ..Seen::default() }, "Clotted"),
        (Seen { zone: Some(Zone::Refrigerated), ..Seen::default() }, "WrongTemperature"),
    ] {
        assert_eq!(code(bench.ask(AMY, seen(&blue, what.clone()))), expect, "{what:?}");
    }
    let fits = bench.does(AMY, seen(&blue, some("2.43")));
    assert_eq!(fits.len(), 2, "received, and what was seen");
    assert_eq!(of(&bench, blue.specimen().id).handling.volume_ml, "2.43".parse().ok());
    assert_eq!(code(bench.ask(AMY, seen(&ice, Seen::default()))), "Missing");
    let warm = Seen { zone: Some(Zone::Room), ..Seen::default() };
    assert_eq!(code(bench.ask(AMY, seen(&ice, warm))), "WrongTemperature");
    bench.does(AMY, seen(&ice, Seen { zone: Some(Zone::Refrigerated), ..Seen::default() }));
}

#[test]
fn a_tube_is_too_old_for_a_test_the_minute_after_its_limit() {
    // APTT: 4 h at room temperature; PT on the same tube 24 h.
    let mut bench = Bench::new();
    let blue = bench.collected(&["PT", "APTT"]);
    bench.wait(240);
    assert!(bench.ask(AMY, seen(&blue, Seen::default())).is_ok());
    bench.wait(1);
    let limit = TubeRefusal::NotStable {
        code: "APTT".into(),
        kept: "at room temperature".into(),
        minutes: 241,
        limit: 240,
    };
    check(&bench, (AMY, seen(&blue, Seen::default())), Err(limit.into()));
    // Without the test that is too old, the tube is received for the other.
    let reject = RejectTests {
        specimen: blue.specimen().id,
        tests: vec![blue.test("APTT")],
        reason: "TOO_OLD".into(),
        note: String::new(),
        told: Some("ward 3".into()),
    };
    bench.does(AMY, reject);
    bench.does(AMY, seen(&blue, Seen::default()));
    assert_eq!(bench.state(blue.test("APTT")), TestState::Cancelled);
    assert_eq!(bench.state(blue.test("PT")), TestState::Awaiting);
}

#[test]
fn what_is_kept_in_two_ways_counts_in_each() {
    // Potassium: 4 h on the cells, 4 d once separated.
    let mut bench = Bench::new();
    let ordered = bench.received(&["SOD"]);
    let id = ordered.specimen().id;
    let add = || added(id, "K");
    bench.wait(200);
    bench.does(BEN, SpinSpecimens { specimens: vec![id] });
    bench.wait(3 * 1440);
    assert!(bench.ask(BEN, add()).is_ok(), "spun in time, it keeps");
    bench.wait(1440 + 1);
    assert_eq!(code(bench.ask(BEN, add())), "NotStable");
    let mut late = Bench::new();
    let ordered = late.received(&["SOD"]);
    let id = ordered.specimen().id;
    late.wait(241);
    late.does(BEN, SpinSpecimens { specimens: vec![id] });
    let add = added(id, "K");
    assert_eq!(code(late.ask(BEN, add)), "NotStable", "spun too late, it does not");
}

#[test]
fn a_hemolyzed_tube_loses_its_potassium_and_keeps_its_sodium() {
    let mut bench = Bench::new();
    let ordered = bench.place(lab::journey::order::PlaceOrder {
        priority: Priority::Stat,
        ..order(&["SOD", "K", "GLU"])
    });
    bench.does(AMY, collect(&ordered, NINE));
    bench.does(AMY, seen(&ordered, Seen::default()));
    let condition = Condition { hemolysis: "250".parse().ok(), ..Condition::default() };
    let specimen = ordered.specimen().id;
    bench.does(AMY, GradeSpecimen { specimen, condition, volume_ml: None });
    bench.sends(&ordered, &readings("K=6.9 Na=140"));
    let held = bench.newest(ordered.test("K")).holds;
    assert!(held.iter().any(|hold| matches!(hold, Hold::Specimen(_))), "{held:?}");
    assert_eq!(bench.newest(ordered.test("SOD")).holds, []);
    let reject = |told: Option<&str>| RejectTests {
        specimen,
        tests: vec![ordered.test("K")],
        reason: "HEMOLYZED".into(),
        note: String::new(),
        told: told.map(str::to_owned),
    };
    check(&bench, (AMY, reject(Some(" "))), Err(missing("Who was told")));
    let events = bench.does(AMY, reject(Some("nurse Diaz")));
    let Some(Event::Accession(AccessionEvent::OrderPlaced { accession, specimens, tests })) =
        events
            .iter()
            .find(|event| matches!(event, Event::Accession(AccessionEvent::OrderPlaced { .. })))
    else {
        panic!("nothing was ordered anew: {events:?}")
    };
    assert_eq!(accession.priority, Priority::Stat);
    assert_eq!(specimens[0].handling.replaces, Some(specimen));
    let codes: Vec<&str> = tests.iter().map(|test| test.code.as_str()).collect();
    assert_eq!(codes, ["K"]);
    assert!(matches!(
        events.last(),
        Some(Event::Tube(TubeEvent::RecollectOrdered { told, .. })) if told == "nurse Diaz"
    ));
    assert_eq!(bench.state(ordered.test("SOD")), TestState::Review);
    assert_eq!(of(&bench, specimen).state, SpecimenState::Received);
}

#[test]
fn what_waits_is_held_when_the_tube_turns_out_hemolyzed() {
    let mut bench = Bench::new();
    let ordered = bench.received(&["SOD", "K"]);
    bench.sends(&ordered, &readings("K=4.2 Na=140"));
    let condition = Condition { hemolysis: "51".parse().ok(), ..Condition::default() };
    let specimen = ordered.specimen().id;
    bench.does(AMY, GradeSpecimen { specimen, condition, volume_ml: None });
    assert_eq!(bench.state(ordered.test("K")), TestState::Held);
    assert_eq!(bench.state(ordered.test("SOD")), TestState::Review);
    // Exactly at the limit nothing is disturbed.
    let limit = Condition { hemolysis: "50".parse().ok(), ..Condition::default() };
    assert_eq!(lab::judgement::disturbed(&bench.catalog, &limit, "K"), None);
}

#[test]
fn a_rejected_specimen_is_ordered_anew_once() {
    let mut bench = Bench::new();
    let ordered = bench.received(&["K"]);
    let specimen = ordered.specimen().id;
    let anew = || RecollectSpecimen { specimen, told: "ward 3".into() };
    assert_eq!(code(bench.ask(AMY, anew())), "WrongStanding");
    let reject = lab::journey::receive::RejectSpecimen {
        specimen,
        reason: "UNLABELED".into(),
        note: String::new(),
    };
    bench.does(AMY, reject);
    let (spin, find) = (SpinSpecimens { specimens: vec![specimen] }, FindSpecimen { specimen });
    check(&bench, (BEN, spin), Err(Refusal::SpecimenRejected));
    check(&bench, (AMY, find), Err(Refusal::SpecimenRejected));
    bench.does(AMY, anew());
    check(&bench, (AMY, anew()), Err(TubeRefusal::AlreadyRecollected.into()));
}

#[test]
fn what_must_clot_stands_first_and_no_tube_is_spun_twice() {
    let mut bench = Bench::new();
    let ordered = bench.received(&["K"]);
    let lavender = bench.received(&["HGB", "UCX"]);
    let spin = || SpinSpecimens { specimens: vec![ordered.specimen().id] };
    bench.wait(29);
    let clots = TubeRefusal::StillClotting { label: ordered.label().to_string(), minutes: 1 };
    check(&bench, (BEN, spin()), Err(clots.into()));
    bench.wait(1);
    bench.does(BEN, spin());
    assert_eq!(code(bench.ask(BEN, spin())), "SpunBefore");
    let urine = lavender.specimens.iter().find(|one| one.container != "EDTA_LAV");
    let urine = urine.expect("a urine").id;
    let all = SpinSpecimens { specimens: vec![lavender.specimen().id, urine] };
    assert_eq!(code(bench.ask(BEN, all)), "NotSpinnable", "all of a load or none");
}

#[test]
fn a_result_of_a_tube_that_nobody_spun_is_held_where_the_catalog_says_so() {
    let mut bench = Bench::new();
    let blue = bench.received(&["PT"]);
    let enter = |bench: &Bench| lab::journey::analyze::EnterResult {
        test: blue.test("PT"),
        looked_at: bench.looked(blue.test("PT")),
        typed: "12.1".into(),
        not_performed: String::new(),
    };
    let held = |bench: &Bench| bench.newest(blue.test("PT")).holds.contains(&Hold::NotSpun);
    let mut unspun = bench.clone();
    unspun.does(BEN, enter(&unspun));
    assert!(held(&unspun));
    bench.does(BEN, SpinSpecimens { specimens: vec![blue.specimen().id] });
    bench.does(BEN, enter(&bench));
    assert!(!held(&bench));
}

#[test]
fn an_aliquot_is_measured_under_its_own_label() {
    let mut bench = Bench::new();
    let ordered = bench.received(&["K", "SOD"]);
    let specimen = ordered.specimen().id;
    let make = |volume: &str| MakeAliquot {
        specimen,
        tests: vec![ordered.test("K")],
        volume_ml: volume.parse().ok(),
    };
    assert_eq!(code(bench.ask(BEN, make("1"))), "NotSpun");
    bench.wait(40);
    bench.does(BEN, SpinSpecimens { specimens: vec![specimen] });
    let volume_ml = "2.0".parse().ok();
    bench.does(BEN, GradeSpecimen { specimen, condition: Condition::default(), volume_ml });
    assert_eq!(code(bench.ask(BEN, make("2.1"))), "Short");
    let events = bench.does(BEN, make("0.5"));
    let Some(Event::Tube(TubeEvent::PartMade { part, .. })) = events.first() else {
        panic!("{events:?}")
    };
    assert_eq!(of(&bench, specimen).handling.volume_ml, "1.5".parse().ok());
    assert_eq!(part.label.index(), Some(2), "the number of containers goes on");
    assert!(of(&bench, part.id).handling.spun.is_some());
    let message = bench.message(&part.label, &readings("K=4.2 Na=140"));
    bench.does(bench.machine(), message);
    assert_eq!(bench.state(ordered.test("K")), TestState::Review);
    assert_eq!(bench.state(ordered.test("SOD")), TestState::Awaiting, "it stayed on the tube");
}

fn rack(bench: &mut Bench) {
    bench.does(DORA, crate::random_tube::rack());
}

fn store(specimen: SpecimenId, spot: &str) -> StoreSpecimen {
    StoreSpecimen { specimen, place: "R1".into(), spot: spot.into() }
}

#[test]
fn a_position_holds_one_specimen_until_it_is_fetched() {
    let mut bench = Bench::new();
    rack(&mut bench);
    check(
        &bench,
        (DORA, crate::random_tube::rack()),
        Err(Refusal::Taken { what: "storage place".into(), name: "R1".into() }),
    );
    let first = bench.received(&["K"]).specimen().id;
    let second = bench.received(&["K"]).specimen().id;
    bench.does(BEN, store(first, "a1"));
    assert_eq!(code(bench.ask(BEN, store(second, "A1"))), "PositionTaken");
    assert_eq!(code(bench.ask(BEN, store(second, "C1"))), "NoSuchPosition");
    assert_eq!(code(bench.ask(BEN, FetchSpecimen { specimen: second })), "WrongStanding");
    bench.does(BEN, FetchSpecimen { specimen: first });
    bench.does(BEN, store(second, "A1"));
    assert_eq!(of(&bench, second).handling.zone(), Zone::Refrigerated);
    assert_eq!(of(&bench, first).handling.zone(), Zone::Room);
}

#[test]
fn nothing_is_discarded_before_its_time_or_with_work_on_it() {
    let mut bench = Bench::new();
    let ordered = bench.received(&["SOD"]);
    let specimens = vec![ordered.specimen().id];
    let discard = || DiscardSpecimens { specimens: specimens.clone() };
    assert_eq!(code(bench.ask(BEN, discard())), "WorkOpen");
    bench.sends(&ordered, &readings("Na=140"));
    bench.verified(ordered.test("SOD"));
    // 48 h from the report; reported at nine.
    let until = TubeRefusal::KeepUntil {
        label: ordered.label().to_string(),
        until: "2026-11-26 09:00 UTC".into(),
    };
    check(&bench, (BEN, discard()), Err(until.into()));
    bench.wait(48 * 60);
    bench.does(BEN, discard());
    assert_eq!(code(bench.ask(BEN, discard())), "Gone");
}

#[test]
fn what_is_sent_arrives_by_its_list() {
    let mut bench = Bench::new();
    let (first, second) = (bench.received(&["K"]), bench.received(&["SOD"]));
    let ids = [first.specimen().id, second.specimen().id];
    let send = |specimens: Vec<SpecimenId>| DispatchSpecimens {
        specimens,
        to: Destination::Reference,
        name: "Northern Reference".into(),
        zone: Zone::Refrigerated,
        note: String::new(),
    };
    assert_eq!(code(bench.ask(BEN, send(vec![ids[0], ids[0]]))), "WrongStanding");
    let events = bench.does(BEN, send(vec![ids[0]]));
    let Some(Event::Tube(TubeEvent::SpecimensDispatched(list))) = events.first() else {
        panic!("{events:?}")
    };
    assert_eq!((list.number, of(&bench, ids[0]).state), (1, SpecimenState::Dispatched));
    assert_eq!(code(bench.ask(BEN, send(vec![ids[0]]))), "WrongStanding");
    let arrive = |specimen| ArriveSpecimens { dispatch: list.id, specimens: vec![specimen] };
    assert_eq!(code(bench.ask(BEN, arrive(ids[1]))), "NotOnList");
    bench.does(BEN, arrive(ids[0]));
    assert_eq!(of(&bench, ids[0]).state, SpecimenState::OnBench);
    bench.sends(&first, &readings("K=4.2"));
    assert_eq!(bench.state(first.test("K")), TestState::Review, "measured where it was sent");
}

#[test]
fn what_is_sent_from_its_rack_leaves_its_position_free() {
    let mut bench = Bench::new();
    rack(&mut bench);
    let (first, second) = (bench.received(&["K"]), bench.received(&["SOD"]));
    bench.does(BEN, store(first.specimen().id, "A1"));
    let send = DispatchSpecimens {
        specimens: vec![first.specimen().id],
        to: Destination::Reference,
        name: "Northern Reference".into(),
        zone: Zone::Frozen,
        note: String::new(),
    };
    let events = bench.does(BEN, send);
    assert!(matches!(&events[0], Event::Tube(TubeEvent::SpecimenFetched { .. })), "{events:?}");
    let sent = of(&bench, first.specimen().id);
    assert_eq!((sent.state, sent.handling.place.clone()), (SpecimenState::Dispatched, None));
    bench.does(BEN, store(second.specimen().id, "A1"));
}

fn lose(specimen: SpecimenId) -> LoseSpecimen {
    LoseSpecimen { specimen, note: "not in the rack".into(), told: "ward 3".into() }
}

#[test]
fn what_a_lost_tube_was_for_is_ordered_anew_and_comes_back_when_it_is_found() {
    let mut bench = Bench::new();
    let ordered = bench.received(&["SOD", "K"]);
    let specimen = ordered.specimen().id;
    bench.sends(&ordered, &readings("Na=140"));
    bench.does(AMY, lose(specimen));
    assert_eq!(bench.state(ordered.test("K")), TestState::Cancelled);
    assert_eq!(bench.state(ordered.test("SOD")), TestState::Review, "measured before");
    bench.sends(&ordered, &readings("K=4.2"));
    let waits: Vec<Unplaced> = bench.unclaimed().into_iter().map(|entry| entry.because).collect();
    assert_eq!(waits, [Unplaced::Lost]);
    let anew: Vec<Test> = bench
        .laboratory
        .all::<Test>()
        .filter(|test| test.accession != ordered.tests[0].accession)
        .collect();
    let codes: Vec<(&str, TestState)> =
        anew.iter().map(|test| (test.code.as_str(), test.state)).collect();
    assert_eq!(codes, [("K", TestState::Awaiting)]);
    bench.does(AMY, FindSpecimen { specimen });
    assert_eq!(of(&bench, specimen).state, SpecimenState::Received);
    assert_eq!(bench.state(ordered.test("K")), TestState::Awaiting);
    assert_eq!(bench.state(anew[0].id), TestState::Cancelled, "the new order is given up");
    assert_eq!(code(bench.ask(AMY, FindSpecimen { specimen })), "WrongStanding");
}

fn reject(specimen: SpecimenId, tests: &[TestId], told: Option<&str>) -> RejectTests {
    RejectTests {
        specimen,
        tests: tests.to_vec(),
        reason: "HEMOLYZED".into(),
        note: String::new(),
        told: told.map(str::to_owned),
    }
}

#[test]
fn what_was_rejected_before_the_loss_does_not_come_back() {
    let mut bench = Bench::new();
    let ordered = bench.received(&["SOD", "K"]);
    let specimen = ordered.specimen().id;
    let events = bench.does(AMY, reject(specimen, &[ordered.test("K")], Some("ward 3")));
    let anew = events.iter().find_map(|event| match event {
        Event::Accession(AccessionEvent::OrderPlaced { tests, .. }) => Some(tests[0].id),
        _ => None,
    });
    bench.sends(&ordered, &readings("Na=140"));
    bench.does(AMY, lose(specimen));
    bench.does(AMY, FindSpecimen { specimen });
    assert_eq!(bench.state(ordered.test("K")), TestState::Cancelled, "it was hemolyzed");
    assert_eq!(bench.state(anew.expect("ordered anew")), TestState::Awaiting);
    assert!(of(&bench, specimen).handling.replaced_by.is_some());
}

#[test]
fn what_needs_another_tube_that_is_gone_too_stays_in_the_new_order() {
    let mut bench = Bench::new();
    let ordered = bench.received(&["FENA"]);
    let tube = |code: &str| bench.test(ordered.test(code)).specimen;
    let (serum, urine) = (tube("SOD"), tube("FENA"));
    let events = bench.does(AMY, lose(serum));
    bench.does(AMY, reject(urine, &[], None));
    bench.does(AMY, FindSpecimen { specimen: serum });
    for code in ["FENA", "SOD", "CREA"] {
        assert_eq!(bench.state(ordered.test(code)), TestState::Cancelled, "{code}");
    }
    let anew = events.iter().find_map(|event| match event {
        Event::Accession(AccessionEvent::OrderPlaced { tests, .. }) => Some(tests.clone()),
        _ => None,
    });
    let anew = anew.expect("ordered anew");
    assert_eq!(anew.len(), 5);
    for test in anew {
        assert_eq!(bench.state(test.id), TestState::Awaiting, "{}", test.code);
    }
}

#[test]
fn found_after_the_new_one_was_taken_the_new_one_counts() {
    let mut bench = Bench::new();
    let ordered = bench.received(&["K"]);
    let specimen = ordered.specimen().id;
    bench.does(AMY, lose(specimen));
    let anew: Vec<Specimen> =
        bench.laboratory.all::<Specimen>().filter(|one| one.id != specimen).collect();
    let specimens = anew.iter().map(|one| one.id).collect();
    let taken = lab::journey::collect::CollectSpecimens {
        specimens,
        at: bench.now,
        identified: true,
        taken: Default::default(),
    };
    bench.does(AMY, taken);
    bench.does(AMY, FindSpecimen { specimen });
    assert_eq!(bench.state(ordered.test("K")), TestState::Cancelled);
}

#[test]
fn a_calculated_test_is_not_added_without_an_input_that_was_cancelled() {
    let mut bench = Bench::new();
    let ordered = bench.received(&["SOD", "CL", "CO2"]);
    let specimen = ordered.specimen().id;
    let add = AddTests {
        specimen,
        codes: vec!["AGAP".into()],
        provider: "Dr. O".into(),
        confirmed: None,
    };
    check(&bench, (AMY, add.clone()), Ok(&["TestsAdded"]));
    bench.does(AMY, reject(specimen, &[ordered.test("CL")], None));
    let cancelled = TubeRefusal::OrderedBefore { code: "CL".into(), state: "cancelled".into() };
    check(&bench, (AMY, add), Err(cancelled.into()));
}

#[test]
fn a_test_is_added_where_the_tube_still_serves() {
    let mut bench = Bench::new();
    let ordered = bench.received(&["SOD"]);
    let specimen = ordered.specimen().id;
    let add = |code: &str| -> Command { added(specimen, code).into() };
    for (what, expect) in [("HGB", "DoesNotFit"), ("SOD", "OrderedBefore"), ("XYZ", "UnknownTest")]
    {
        assert_eq!(code(bench.ask(AMY, add(what))), expect, "{what}");
    }
    let volume_ml = "0.4".parse().ok();
    let mut short = bench.clone();
    short.does(BEN, GradeSpecimen { specimen, condition: Condition::default(), volume_ml });
    assert_eq!(code(short.ask(AMY, add("CREA"))), "Short");
    bench.does(AMY, add("CREA"));
    bench.sends(&ordered, &readings("CREA=1.0"));
    let added: TestId = bench
        .laboratory
        .all::<Test>()
        .find(|test| test.code.as_str() == "CREA")
        .expect("it was added")
        .id;
    assert_eq!(bench.state(added), TestState::Review);
    bench.does(AMY, lose(specimen));
    assert_eq!(code(bench.ask(AMY, add("CL"))), "Gone");
}
