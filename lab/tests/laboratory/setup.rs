//! Instruments, people, passwords, the catalog.

use lab::event::{Event, InstrumentEvent, PeopleEvent};
use lab::journey::connect::AddInstrument;
use lab::journey::setup::{AddPerson, ReleaseCatalog, SetPassword};
use lab::people::{Actor, Person, Role};
use lab::refusal::Refusal;
use lab::release::CatalogRelease;
use lab::value::{PersonId, TestCode};

use crate::bench::*;

pub fn person(sign_in: &str) -> AddPerson {
    AddPerson { sign_in: sign_in.into(), shown: " Amy Adler ".into(), role: Role::Reception }
}

fn taken(what: &str, name: &str) -> Refusal {
    Refusal::Taken { what: what.into(), name: name.into() }
}

#[test]
fn an_instrument_is_connected_with_its_code_map() {
    let bench = Bench::new();
    let events = bench.ask(DORA, analyzer(" Chem 2 ")).expect("an instrument");
    let [Event::Instrument(InstrumentEvent::InstrumentAdded(added))] = &events[..] else {
        panic!("{events:?}")
    };
    assert_eq!(added.name, "Chem 2");
    assert_eq!(added.codes.get("Na"), Some(&TestCode::from("SOD")));
    assert_eq!(added.unused, ["LIP"]);
    assert_ne!(added.id, bench.analyzer);
}

#[test]
fn an_instrument_is_refused_in_the_order_in_which_it_is_doubted() {
    let bench = Bench::new();
    let unknown = |name: &str| {
        let mut add = analyzer(name);
        add.codes.insert("Q".into(), "QQQ".into());
        add
    };
    check(&bench, (DORA, unknown("  ")), Err(missing("Name")));
    check(&bench, (DORA, unknown(" Chem 1 ")), Err(taken("instrument name", "Chem 1")));
    let refusal = Refusal::UnknownTest { code: "QQQ".into() };
    check(&bench, (DORA, unknown("Chem 2")), Err(refusal));
    let panel = AddInstrument {
        codes: [("B".to_owned(), TestCode::from("BMP"))].into(),
        ..analyzer("Chem 2")
    };
    check(&bench, (DORA, panel), Err(Refusal::UnknownTest { code: "BMP".into() }));
    check(&bench, (CY, analyzer("Chem 2")), Err(not_permitted("AddInstrument")));
}

#[test]
fn a_person_is_added_without_a_password() {
    let bench = Bench::new();
    for actor in [ELI, Actor::System] {
        let events = bench.ask(actor, person(" amy ")).expect("a person");
        let [Event::People(PeopleEvent::PersonAdded(added))] = &events[..] else {
            panic!("{events:?}")
        };
        let names = (added.sign_in.as_str(), added.shown.as_str(), added.role);
        assert_eq!(names, ("amy", "Amy Adler", Role::Reception));
        assert_eq!((&added.secret_seal, added.failures, added.locked_until), (&None, 0, None));
    }
}

#[test]
fn a_sign_in_name_is_given_once() {
    let mut bench = Bench::new();
    check(&bench, (ELI, person(" ")), Err(missing("Sign-in name")));
    bench.does(ELI, person("amy"));
    check(&bench, (ELI, person(" amy ")), Err(taken("sign-in name", "amy")));
    check(&bench, (ELI, person("amy2")), Ok(&["PersonAdded"]));
    check(&bench, (DORA, person("zoe")), Err(not_permitted("AddPerson")));
}

#[test]
fn a_password_is_known_by_its_seal_alone() {
    let mut bench = Bench::new();
    bench.does(ELI, person("amy"));
    let amy = bench.laboratory.all::<Person>().next().expect("amy");
    let set = SetPassword { person: amy.id, seal: "ab12".into(), digest: "$argon2id$x".into() };
    assert!(!format!("{set:?}").contains("argon2id"), "{set:?}");
    let nobody = SetPassword { person: PersonId(7), ..set.clone() };
    check(&bench, (ELI, nobody), Err(no_such("person", 7)));
    check(&bench, (BEN, set.clone()), Err(not_permitted("SetPassword")));
    check(&bench, (ELI, set.clone()), Ok(&["PasswordSet"]));
    let events = bench.does(ELI, set);
    let text = serde_json::to_string(&events).expect("events have a written form");
    assert!(text.contains("ab12") && !text.contains("argon2id"), "{text}");
    let amy = bench.laboratory.all::<Person>().next().expect("amy");
    assert_eq!(amy.secret_seal.as_deref(), Some("ab12"));
}

fn release(files: &[(&str, &str)]) -> ReleaseCatalog {
    let files = files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
    ReleaseCatalog { files: files.collect(), reason: " yearly review ".into() }
}

#[test]
fn releases_count_up_and_keep_their_files_and_reason() {
    let mut bench = Bench::new();
    let files = lab::catalog::Catalog::starter_files();
    for number in 1..=3 {
        let events = bench.does(ELI, release(files));
        let [Event::People(PeopleEvent::CatalogReleased(released))] = &events[..] else {
            panic!("{events:?}")
        };
        assert_eq!((released.release, released.reason.as_str()), (number, "yearly review"));
        assert_eq!(released.files.len(), files.len());
    }
    assert_eq!(bench.laboratory.all::<CatalogRelease>().count(), 3);
}

#[test]
fn a_catalog_with_a_mistake_is_not_released_and_every_mistake_is_told() {
    let bench = Bench::new();
    let text = "bench = \"chemistry\"\n[[test]]\ncode = \"X\"\n";
    let Err(Refusal::CatalogMistakes { lines }) = bench.ask(ELI, release(&[("x.toml", text)]))
    else {
        panic!("a test without its fields was released")
    };
    assert!(lines.iter().all(|line| line.starts_with("x.toml:")), "{lines:?}");
    assert!(!lines.is_empty());
    for lines in [vec!["one".to_owned()], vec!["one".to_owned(), "two".to_owned()]] {
        let told = format!("The catalog has mistakes: {}", lines.join(" \u{b7} "));
        assert_eq!(Refusal::CatalogMistakes { lines }.sentence(), told);
    }
    check(&bench, (DORA, release(&[])), Err(not_permitted("ReleaseCatalog")));
}
