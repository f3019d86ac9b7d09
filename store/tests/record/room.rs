//! A data folder of a test's own, and a small laboratory's work in it.
//!
//! What must stay true: the folder is gone when the test is.

use std::collections::BTreeMap;
use std::path::Path;

use lab::accession::Looked;
use lab::catalog::Catalog;
use lab::command::{Command, Look};
use lab::event::{AccessionEvent, Event, InstrumentEvent, PeopleEvent};
use lab::instrument::{Instrument, Material, Nature, Reading};
use lab::journey::analyze::FileReadings;
use lab::journey::collect::CollectSpecimens;
use lab::journey::connect::AddInstrument;
use lab::journey::order::PlaceOrder;
use lab::journey::receive::ReceiveSpecimen;
use lab::journey::setup::{AddPerson, ReleaseCatalog, SetPassword};
use lab::journey::verify::VerifyResults;
use lab::laboratory::Laboratory;
use lab::people::{Actor, Role};
use lab::refusal::Refusal;
use lab::value::{
    AccessionId, BirthDate, InstrumentId, Label, MessageId, Moment, PersonId, PersonName, Priority,
    Sex, SpecimenId, TestId,
};
use store::check::{check, read_tables};
use store::fault::Fault;
use store::scratch::Scratch;
use store::{Act, Answer, DatabaseLook, Done, Place, Store};

/// 2026-11-24T09:00:00Z.
pub const NINE: Moment = Moment::from_micros(1_795_510_800_000_000);

/// The server on which the tests run, where one is named; else they run on the embedded engine.
pub fn server() -> Option<String> {
    std::env::var("MENISCUS_TEST_POSTGRES").ok()
}

/// A place for a laboratory, with a folder; both are removed at the end.
pub struct Folder(Scratch);

impl Folder {
    /// An empty place nobody else has.
    pub fn new() -> Folder {
        Folder(Scratch::new("record", server().as_deref()).expect("a place for the test"))
    }

    /// A place on the embedded engine, whatever engine the tests run on.
    pub fn embedded() -> Folder {
        Folder(Scratch::new("record", None).expect("a place for the test"))
    }

    /// A folder that is there.
    pub fn path(&self) -> &Path {
        self.0.folder()
    }

    /// The name of the database, where it lies on a server.
    pub fn database(&self) -> Option<&str> {
        self.0.database()
    }

    /// Where the laboratory lies.
    pub fn place(&self) -> Place {
        self.0.place()
    }

    /// Opens the record in it.
    pub fn open(&self) -> Store {
        self.try_open().expect("the record opens")
    }

    /// Opens the record in it, or says why not.
    pub fn try_open(&self) -> Result<Store, Fault> {
        Store::open(self.place())
    }
}

/// A command on its way through the door, at nine o'clock.
pub fn act(request: &str, actor: Actor, command: impl Into<Command>) -> Act {
    Act { request: request.to_owned(), actor, now: NINE, command: command.into() }
}

/// What was done.
#[track_caller]
pub fn done(answer: Answer) -> Done {
    match answer {
        Answer::Done(done) => done,
        other => panic!("not done: {other:?}"),
    }
}

/// What was refused.
#[track_caller]
pub fn refused(answer: Answer) -> Refusal {
    match answer {
        Answer::Refused(refusal) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}

/// Adding a person by this sign-in name.
pub fn person(sign_in: &str) -> AddPerson {
    AddPerson { sign_in: sign_in.into(), shown: sign_in.into(), role: Role::Mls }
}

/// Adds a person at first set-up.
pub fn add(store: &Store, sign_in: &str) -> Done {
    done(store.execute(act(&format!("add {sign_in}"), Actor::System, person(sign_in))))
}

/// What the check has to say.
pub fn findings(store: &Store) -> Vec<(String, String)> {
    store.read(|sql| check(sql)).expect("the check reads").lines
}

/// Everything that stands in the tables.
pub fn tables(store: &Store) -> Laboratory {
    store.read(|sql| read_tables(sql)).expect("the tables are read")
}

/// How many rows a question counts.
pub fn count(store: &Store, sql: &str) -> i64 {
    let line = store.read(|reader| reader.row(sql, &[])).expect("the question is answered");
    line.and_then(|line| line.int(0).ok()).expect("a number")
}

/// The order of a new patient.
pub fn order(record_number: &str, codes: &[&str]) -> PlaceOrder {
    PlaceOrder {
        record_number: record_number.into(),
        name: PersonName { family: "Lee".into(), given: "Ann".into() },
        birth_date: BirthDate::read("1980-05-17"),
        sex: Sex::Female,
        codes: codes.iter().map(|code| (*code).into()).collect(),
        priority: Priority::Stat,
        provider: "Dr. Okafor".into(),
        comment: String::new(),
        circumstances: Default::default(),
    }
}

/// A laboratory that has begun its work.
pub struct Lived {
    /// Cy, who verifies.
    pub cy: Actor,
    /// The analyzer.
    pub analyzer: InstrumentId,
    /// The accession of the first order.
    pub accession: AccessionId,
    /// Its tube.
    pub specimen: SpecimenId,
    /// The tube's label.
    pub label: Label,
    /// Its tests by code.
    pub tests: BTreeMap<String, TestId>,
}

/// First set-up: the catalog, Cy with a password, an analyzer.
pub fn set_up(store: &Store) -> (PersonId, InstrumentId) {
    let files = Catalog::starter_files().iter();
    let files = files.map(|(name, text)| ((*name).into(), (*text).into())).collect();
    let release = ReleaseCatalog { files, reason: "first set-up".into() };
    done(store.execute(act("release 1", Actor::System, release)));
    let added = add(store, "cy");
    let [Event::People(PeopleEvent::PersonAdded(cy))] = &added.events[..] else {
        panic!("{added:?}")
    };
    let digest = "$argon2id$v=19$not-a-real-digest".to_owned();
    let seal = store::seal_of(&digest);
    let password = SetPassword { person: cy.id, seal, digest };
    done(store.execute(act("password", Actor::System, password)));
    let analyzer = AddInstrument {
        name: "Chem 1".into(),
        driver: "astm_plain".into(),
        sender: "CHEM".into(),
        codes: [("Na".to_owned(), "SOD".into()), ("K".to_owned(), "K".into())].into(),
        unused: vec!["LIP".into()],
        wiring: Default::default(),
    };
    let added = done(store.execute(act("analyzer", Actor::System, analyzer)));
    let [Event::Instrument(InstrumentEvent::InstrumentAdded(Instrument { id, .. }))] =
        &added.events[..]
    else {
        panic!("{added:?}")
    };
    (cy.id, *id)
}

/// First set-up, then one order, collected and received.
pub fn begin(store: &Store) -> Lived {
    let (cy, analyzer) = set_up(store);
    let cy = Actor::Person(cy, Role::Mls);
    let placed = done(store.execute(act("order 1", cy, order("MRN-1", &["SOD", "K"]))));
    let Some(Event::Accession(AccessionEvent::OrderPlaced { accession, specimens, tests })) =
        placed.events.last()
    else {
        panic!("{placed:?}")
    };
    let tube = specimens.first().expect("a tube");
    let collect = CollectSpecimens {
        specimens: vec![tube.id],
        at: NINE,
        identified: true,
        taken: Default::default(),
    };
    done(store.execute(act("collect 1", cy, collect)));
    done(store.execute(act("receive 1", cy, ReceiveSpecimen { label: tube.label.clone() })));
    Lived {
        cy,
        analyzer,
        accession: accession.id,
        specimen: tube.id,
        label: tube.label.clone(),
        tests: tests.iter().map(|test| (test.code.0.clone(), test.id)).collect(),
    }
}

impl Lived {
    /// What the analyzer sends for a number.
    pub fn message(&self, number: &str, values: &[(&str, &str)]) -> FileReadings {
        let readings = values.iter().map(|(code, value)| Reading {
            code: (*code).into(),
            nature: Nature::Result,
            value: (*value).into(),
            measured: true,
            unit: String::new(),
            flags: Vec::new(),
            at: None,
            detail: Default::default(),
        });
        FileReadings {
            instrument: self.analyzer,
            message: Some(MessageId(1)),
            sent_number: number.into(),
            material: Material::Patient,
            readings: readings.collect(),
        }
    }

    /// The analyzer's readings, filed.
    pub fn file(&self, store: &Store, values: &[(&str, &str)]) -> Done {
        let message = self.message(self.label.as_str(), values);
        done(store.execute(act("file 1", Actor::Instrument(self.analyzer), message)))
    }

    /// The analyzer sends another value after the release.
    pub fn late(&self, store: &Store, values: &[(&str, &str)]) -> Done {
        let message = self.message(self.label.as_str(), values);
        done(store.execute(act("late 1", Actor::Instrument(self.analyzer), message)))
    }

    /// Cy verifies a test's newest version.
    pub fn verify(&self, store: &Store, code: &str) -> Done {
        let test = self.tests[code];
        let tests = vec![(test, looked(store, test))];
        let verify = VerifyResults { tests, reason: "called".into() };
        done(store.execute(act(&format!("verify {code}"), self.cy, verify)))
    }
}

/// A test as somebody who looks now sees it.
pub fn looked(store: &Store, test: TestId) -> Looked {
    let test = store.read(|sql| DatabaseLook(sql).test(test)).expect("the test is read");
    Looked::at(&test.expect("the test is kept"))
}

/// The small journey of the first light: from set-up to a verified result.
pub fn lived_in(store: &Store) -> Lived {
    let lived = begin(store);
    lived.file(store, &[("Na", "140"), ("K", "6.9"), ("??", "1")]);
    lived.verify(store, "SOD");
    lived.verify(store, "K");
    lived
}
