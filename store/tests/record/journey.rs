//! A small laboratory day through the door.

use lab::accession::{ResultVersion, Test, TestState};
use lab::journey::analyze::{EnterResult, ResolveUnclaimed, Settle};
use lab::journey::collect::CollectSpecimens;
use lab::journey::correct::{AmendResult, Amended, DismissLate};
use lab::journey::order::{CancelTest, PlaceOrder};
use lab::journey::receive::{ReceiveSpecimen, RejectSpecimen};
use lab::journey::setup::{Attempt, SignIn};
use lab::journey::verify::{HoldResult, RequestRerun};
use lab::people::Actor;
use lab::refusal::Refusal;
use lab::value::{Moment, Sex};
use store::check::check;
use store::{DatabaseLook, Store, journal};

use crate::room::*;
use lab::command::Look;

#[test]
fn an_empty_record_has_nothing_and_checks_clean() {
    let folder = Folder::new();
    let store = folder.open();
    let found = store.read(|sql| check(sql)).expect("the check reads");
    assert_eq!((found.entries, found.rows, found.lines), (0, 0, Vec::new()));
    assert_eq!(store.catalog().expect("the starter catalog").release(), 0);
    let file = store.place().file();
    assert!(file.is_none_or(|file| file.ends_with(store::FILE)));
}

#[test]
fn from_set_up_to_a_verified_result_the_record_checks_clean() {
    let folder = Folder::new();
    let store = folder.open();
    let lived = lived_in(&store);
    let found = store.read(|sql| check(sql)).expect("the check reads");
    assert_eq!(found.lines, []);
    assert_eq!(found.entries, 10);
    // Person, release, analyzer, patient, accession, specimen, unclaimed; two tests and results.
    assert_eq!(found.rows, 11);
    let potassium = store.read(|sql| DatabaseLook(sql).test(lived.tests["K"])).expect("read");
    let potassium = potassium.expect("the test is kept");
    assert_eq!(potassium.state, TestState::Verified);
    let verified = potassium.verified.expect("who verified");
    assert_eq!((verified.by, verified.at), (lived.cy, NINE));
    let result = store.read(|sql| DatabaseLook(sql).result(verified.result)).expect("read");
    let result = result.expect("the version is kept");
    assert_eq!((result.value.to_string(), result.catalog_release), ("6.9".to_owned(), 1));
}

/// Everything else that can happen, once.
fn the_rest(store: &Store, lived: &Lived) {
    let cy = lived.cy;
    let go =
        |name: &str, command: lab::command::Command| done(store.execute(act(name, cy, command)));
    let unknown = PlaceOrder {
        sex: Sex::Unknown,
        birth_date: None,
        ..order("MRN-2", &["RPRT", "CREA", "EGFR", "UWBC", "K"])
    };
    go("order 2", unknown.into());
    let tests: Vec<Test> =
        tables(store).all().filter(|test: &Test| test.accession != lived.accession).collect();
    let specimens: Vec<lab::accession::Specimen> = tables(store).all().collect();
    for tube in specimens.iter().filter(|tube| tube.accession != lived.accession) {
        let collect = CollectSpecimens {
            specimens: vec![tube.id],
            at: NINE,
            identified: true,
            taken: Default::default(),
        };
        go(&format!("collect {}", tube.id), collect.into());
        let label = tube.label.clone();
        go(&format!("receive {}", tube.id), ReceiveSpecimen { label }.into());
    }
    let test = |code: &str| tests.iter().find(|test| test.code.as_str() == code).expect("a test");
    for (code, typed, not_performed) in
        [("RPRT", "1:64", ""), ("UWBC", "2-5", ""), ("CREA", "<0.20", ""), ("K", "", "clotted")]
    {
        let enter = EnterResult {
            test: test(code).id,
            looked_at: looked(store, test(code).id),
            typed: typed.into(),
            not_performed: not_performed.into(),
        };
        go(&format!("enter {code}"), enter.into());
    }
    let because = || "looked odd".to_owned();
    let of = |code: &str| (test(code).id, looked(store, test(code).id));
    let (creatinine, looked_at) = of("CREA");
    go("hold", HoldResult { test: creatinine, looked_at, reason: because() }.into());
    let (titer, looked_at) = of("RPRT");
    go("rerun", RequestRerun { test: titer, looked_at, reason: because() }.into());
    let (rate, looked_at) = of("EGFR");
    go("cancel", CancelTest { test: rate, looked_at, reason: because() }.into());
    for (place, (code, new)) in
        [("K", Amended::Typed("4.4".into())), ("K", Amended::Nothing)].into_iter().enumerate()
    {
        let (test, looked_at) = (lived.tests[code], looked(store, lived.tests[code]));
        let (reason, note, told) = ("REPEAT".into(), because(), "Dr. Okafor".into());
        let amend = AmendResult { test, looked_at, new, reason, note, told };
        go(&format!("amend {place}"), amend.into());
    }
    lived.late(store, &[("Na", "149")]);
    let (sodium, looked_at) = (lived.tests["SOD"], looked(store, lived.tests["SOD"]));
    go("dismiss", DismissLate { test: sodium, looked_at, reason: because() }.into());
    let late = lived.message(lived.label.as_str(), &[("Na", "151")]);
    done(store.execute(act("late 2", Actor::Instrument(lived.analyzer), late)));
    let urine = test("UWBC").specimen;
    let reject = RejectSpecimen { specimen: urine, reason: "UNLABELED".into(), note: because() };
    go("reject", reject.into());
    let entry = tables(store).all::<lab::instrument::Unclaimed>().next().expect("an entry").id;
    let discard = ResolveUnclaimed { unclaimed: entry, settle: Settle::Discard, reason: because() };
    go("discard", discard.into());
    let person = cy.person().expect("cy");
    for (at, attempt) in
        [Attempt::Wrong, Attempt::Right, Attempt::Leave, Attempt::Wrong].into_iter().enumerate()
    {
        go(&format!("door {at}"), SignIn { person, attempt }.into());
    }
}

#[test]
fn every_kind_of_row_and_value_comes_back_as_it_was_written() {
    let folder = Folder::new();
    let store = folder.open();
    let lived = lived_in(&store);
    the_rest(&store, &lived);
    assert_eq!(findings(&store), [], "the fold of the journal equals the tables");
    let mut values: Vec<String> =
        tables(&store).all::<ResultVersion>().map(|row| row.value.to_string()).collect();
    values.sort();
    let expected = [
        "140",
        "149",
        "151",
        "1:64",
        "2-5",
        "4.4",
        "6.9",
        "<0.20",
        "Not performed: age, sex are missing.",
        "Not performed: clotted",
        "Not performed: reported in error on this patient",
    ];
    assert_eq!(values, expected);
}

#[test]
fn numbers_and_seals_go_on_where_they_stopped() {
    let folder = Folder::new();
    let before = folder.open();
    let lived = lived_in(&before);
    let head = before.read(|sql| journal::head(sql)).expect("read").expect("an entry");
    let rows = tables(&before);
    before.close();
    drop(before);
    let store = folder.open();
    assert_eq!(tables(&store), rows);
    assert_eq!(store.catalog().expect("the catalog").release(), 1);
    // An earlier clock does not give out numbers again.
    let early = Moment::from_micros(NINE.micros() - 60_000_000);
    let mut second = act("order 9", lived.cy, order("MRN-9", &["K"]));
    second.now = early;
    let placed = done(store.execute(second));
    assert_eq!(placed.seq, head.seq + 1);
    let entry = store.read(|sql| journal::head(sql)).expect("read").expect("an entry");
    assert_eq!(entry.expected_seal(&head.seal).expect("a seal"), entry.seal);
    assert!(entry.last_id > head.last_id, "{} after {}", entry.last_id, head.last_id);
    let tests = tables(&store).all::<Test>().count();
    assert_eq!(tests, rows.all::<Test>().count() + 1);
    assert_eq!(findings(&store), []);
}

#[test]
fn a_refusal_leaves_no_trace() {
    let folder = Folder::new();
    let store = folder.open();
    let lived = lived_in(&store);
    let before = (tables(&store), store.read(|sql| journal::head(sql)).expect("read"));
    let nobody = lab::people::Actor::Person(lab::value::PersonId(7), lab::people::Role::Student);
    for (name, actor, command) in [
        ("a", nobody, person("zoe").into()),
        ("b", lived.cy, ReceiveSpecimen { label: lived.label.clone() }.into()),
        ("c", lived.cy, order("MRN-3", &["NONSENSE"]).into()),
        ("d", Actor::System, person("cy").into()),
    ] {
        let command: lab::command::Command = command;
        refused(store.execute(act(name, actor, command)));
    }
    let after = (tables(&store), store.read(|sql| journal::head(sql)).expect("read"));
    assert_eq!(after, before);
    assert_eq!(count(&store, "SELECT count(*) FROM journal"), 10);
    assert_eq!(findings(&store), []);
}

#[test]
fn the_door_looks_in_the_tables_and_answers_as_the_laboratory_in_memory_does() {
    let folder = Folder::new();
    let store = folder.open();
    let lived = lived_in(&store);
    let memory = tables(&store);
    let patient = memory.all::<lab::patient::Patient>().next().expect("the patient").id;
    let by_id = |mut found: Vec<(ResultVersion, Moment)>| {
        found.sort_by_key(|(row, _)| row.id);
        found
    };
    let kept = store.read(|sql| DatabaseLook(sql).last_verified(patient, lived.accession));
    let known = memory.last_verified(patient, lived.accession).expect("in memory");
    assert!(!known.is_empty(), "something was verified");
    assert_eq!(kept.map(by_id), Ok(by_id(known)));
    let mut kept =
        store.read(|sql| DatabaseLook(sql).newest_results(lived.accession)).expect("read");
    let mut known = memory.newest_results(lived.accession).expect("in memory");
    kept.sort_by_key(|row| row.id);
    known.sort_by_key(|row| row.id);
    assert_eq!(kept, known);
    let refusal = Refusal::Taken { what: "sign-in name".into(), name: "cy".into() };
    assert_eq!(refused(store.execute(act("x", Actor::System, person("cy")))), refusal);
    let day = NINE.micros().div_euclid(86_400_000_000);
    assert_eq!(store.read(|sql| DatabaseLook(sql).last_sequence(day)), Ok(1));
    assert_eq!(store.read(|sql| DatabaseLook(sql).last_sequence(day + 1)), Ok(0));
}
