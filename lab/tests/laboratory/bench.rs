//! The bench at which the tests stand: a laboratory in memory with its people, an analyzer and a
//! clock that only the test moves.
//!
//! What must stay true: after everything that is done, every law of the laboratory holds.

use std::cell::Cell;
use std::sync::Arc;

use lab::accession::{Looked, ResultVersion, Specimen, Test, TestState};
use lab::catalog::Catalog;
use lab::command::{Command, Decision, Setting};
use lab::event::{AccessionEvent, Event, InstrumentEvent, ResultEvent, apply};
use lab::instrument::{Claim, Instrument, Material, Nature, Reading, Unclaimed};
use lab::invariant;
use lab::journey::analyze::FileReadings;
use lab::journey::collect::CollectSpecimens;
use lab::journey::connect::AddInstrument;
use lab::journey::order::PlaceOrder;
use lab::journey::receive::ReceiveSpecimen;
use lab::journey::verify::VerifyResults;
use lab::laboratory::Laboratory;
use lab::people::{Actor, Ask, Role};
use lab::refusal::Refusal;
use lab::value::{
    AccessionId, BirthDate, InstrumentId, Label, Moment, PersonId, PersonName, Priority, Sex,
    TestCode, TestId,
};

/// Amy sits at reception.
pub const AMY: Actor = Actor::Person(PersonId(1), Role::Reception);
/// Ben is a medical laboratory technician.
pub const BEN: Actor = Actor::Person(PersonId(2), Role::Mlt);
/// Cy is a medical laboratory scientist.
pub const CY: Actor = Actor::Person(PersonId(3), Role::Mls);
/// Dora supervises.
pub const DORA: Actor = Actor::Person(PersonId(4), Role::Supervisor);
/// Eli directs the laboratory.
pub const ELI: Actor = Actor::Person(PersonId(5), Role::Director);

/// 2026-11-24T09:00:00Z.
pub const NINE: Moment = Moment::from_micros(1_795_510_800_000_000);

/// The laboratory in memory and everything around it.
#[derive(Clone)]
pub struct Bench {
    /// What is kept.
    pub laboratory: Laboratory,
    /// The catalog in force.
    pub catalog: Arc<Catalog>,
    /// What time it is.
    pub now: Moment,
    /// Everything that happened.
    pub past: Vec<Event>,
    /// The chemistry analyzer.
    pub analyzer: InstrumentId,
    next: i64,
}

/// An order as it was placed.
pub struct Ordered {
    /// Its specimens, in the order of the containers.
    pub specimens: Vec<Specimen>,
    /// Its tests.
    pub tests: Vec<Test>,
}

impl Ordered {
    /// The number of the test with this code.
    pub fn test(&self, code: &str) -> TestId {
        let found = self.tests.iter().find(|test| test.code.as_str() == code);
        found.unwrap_or_else(|| panic!("{code} was not ordered")).id
    }

    /// The first specimen.
    pub fn specimen(&self) -> &Specimen {
        &self.specimens[0]
    }

    /// The label of the first specimen.
    pub fn label(&self) -> Label {
        self.specimen().label.clone()
    }
}

impl Bench {
    /// A laboratory at nine o'clock with its analyzer and no patient.
    pub fn new() -> Bench {
        let catalog = Catalog::starter().expect("the starter catalog loads");
        let mut bench = Bench {
            laboratory: Laboratory::default(),
            catalog,
            now: NINE,
            past: Vec::new(),
            analyzer: InstrumentId(0),
            next: 100,
        };
        bench.does(DORA, analyzer("Chem 1"));
        bench.analyzer = bench.laboratory.all::<Instrument>().next().expect("the analyzer").id;
        bench
    }

    /// Asks without doing it.
    pub fn ask(&self, actor: Actor, command: impl Into<Command>) -> Decision {
        let next = Cell::new(self.next);
        let setting = Setting { now: self.now, actor, catalog: &self.catalog, next };
        command.into().carry(&self.laboratory, &setting).expect("looking in memory does not fail")
    }

    /// Asks, expects no refusal, and lets it happen.
    pub fn does(&mut self, actor: Actor, command: impl Into<Command>) -> Vec<Event> {
        let command = command.into();
        let name = command.ask().name();
        let events = self.ask(actor, command).unwrap_or_else(|no| panic!("{name}: {no}"));
        self.happen(&events);
        events
    }

    /// Lets events happen; every law must hold afterwards.
    pub fn happen(&mut self, events: &[Event]) {
        for event in events {
            apply(event, &mut self.laboratory).expect("an event applies");
        }
        self.past.extend_from_slice(events);
        self.next += 1_000;
        assert_eq!(invariant::breaches(&self.laboratory), [], "after {events:?}");
    }

    /// Lets time pass.
    pub fn wait(&mut self, minutes: i64) {
        self.now = self.now.plus_minutes(minutes);
    }

    /// Amy orders for Ann Lee.
    pub fn order(&mut self, codes: &[&str]) -> Ordered {
        self.place(order(codes))
    }

    /// Amy places this order.
    pub fn place(&mut self, order: PlaceOrder) -> Ordered {
        let events = self.does(AMY, order);
        let placed = events.iter().find_map(|event| match event {
            Event::Accession(AccessionEvent::OrderPlaced { specimens, tests, .. }) => {
                Some(Ordered { specimens: specimens.clone(), tests: tests.clone() })
            }
            _ => None,
        });
        placed.expect("an order is placed")
    }

    /// Ordered and collected.
    pub fn collected(&mut self, codes: &[&str]) -> Ordered {
        let ordered = self.order(codes);
        self.does(AMY, collect(&ordered, self.now));
        ordered
    }

    /// Ordered, collected and received.
    pub fn received(&mut self, codes: &[&str]) -> Ordered {
        self.received_from(order(codes))
    }

    /// This order, collected and received.
    pub fn received_from(&mut self, order: PlaceOrder) -> Ordered {
        let ordered = self.place(order);
        self.does(AMY, collect(&ordered, self.now));
        for specimen in &ordered.specimens {
            self.does(BEN, ReceiveSpecimen { label: specimen.label.clone() });
        }
        ordered
    }

    /// The analyzer, as the one who acts.
    pub fn machine(&self) -> Actor {
        Actor::Instrument(self.analyzer)
    }

    /// What the analyzer sends for a tube.
    pub fn message(&self, label: &Label, readings: &[Reading]) -> FileReadings {
        FileReadings {
            instrument: self.analyzer,
            message: None,
            sent_number: label.to_string(),
            material: Material::Patient,
            readings: readings.to_vec(),
        }
    }

    /// The analyzer sends readings for the order's first tube.
    pub fn sends(&mut self, ordered: &Ordered, readings: &[Reading]) -> Vec<Event> {
        let message = self.message(&ordered.label(), readings);
        self.does(self.machine(), message)
    }

    /// Cy verifies the newest version of a test, with a reason for whatever holds it.
    pub fn verified(&mut self, test: TestId) {
        let tests = vec![(test, self.looked(test))];
        let reason = "compared with the smear".to_owned();
        self.does(CY, VerifyResults { tests, reason });
    }

    /// A test as somebody who looks now sees it.
    pub fn looked(&self, id: TestId) -> Looked {
        Looked::at(&self.test(id))
    }

    /// The open tests of an accession as somebody who looks now sees them.
    pub fn open(&self, accession: AccessionId) -> Vec<(TestId, Looked)> {
        let all = self.laboratory.all::<Test>().filter(|test| test.accession == accession);
        let open = all.filter(|test| test.state.takes_results());
        open.map(|test| (test.id, Looked::at(&test))).collect()
    }

    /// A test and how somebody who looks now sees it.
    pub fn now(&self, id: TestId) -> (TestId, Looked) {
        (id, self.looked(id))
    }

    /// A test as it stands now.
    pub fn test(&self, id: TestId) -> Test {
        let mut tests = self.laboratory.all::<Test>();
        tests.find(|test| test.id == id).expect("the test is kept")
    }

    /// The state a test is in.
    pub fn state(&self, id: TestId) -> TestState {
        self.test(id).state
    }

    /// The newest version of a test's result.
    pub fn newest(&self, id: TestId) -> ResultVersion {
        let newest = self.test(id).result.expect("the test has a result");
        let mut results = self.laboratory.all::<ResultVersion>();
        results.find(|result| result.id == newest).expect("the version is kept")
    }

    /// Entries of the unclaimed list that wait for a person.
    pub fn unclaimed(&self) -> Vec<Unclaimed> {
        let all = self.laboratory.all::<Unclaimed>();
        all.filter(|entry| entry.claim == Claim::Open).collect()
    }
}

/// Whether this, asked of the laboratory as it was before, is answered so: what happens, one line
/// for each event, or the refusal.
#[track_caller]
pub fn check(before: &Bench, asked: (Actor, impl Into<Command>), expect: Result<&[&str], Refusal>) {
    let answered = before.ask(asked.0, asked.1).map(|events| told(&events));
    let expect = expect.map(|lines| lines.iter().map(|line| (*line).to_owned()).collect());
    assert_eq!(answered, expect);
}

/// Events in short, one line for each.
pub fn told(events: &[Event]) -> Vec<String> {
    events.iter().map(short).collect()
}

fn short(event: &Event) -> String {
    match event {
        Event::Result(ResultEvent::LateResultFiled(late)) => format!("late {}", version(late)),
        Event::Result(ResultEvent::ResultAmended(new)) => {
            let was = new.amends.as_ref().map(|old| (old.kind, old.value.to_string()));
            format!("amended {}, was {:?}", version(new), was.expect("what was reported"))
        }
        Event::Result(ResultEvent::ResultFiled(filed)) => version(filed),
        Event::Instrument(InstrumentEvent::ReadingsReceived { beside, .. }) => {
            let codes: Vec<&str> = beside.iter().map(|reading| reading.code.as_str()).collect();
            format!("received beside [{}]", codes.join(" "))
        }
        Event::Instrument(InstrumentEvent::ReadingsUnclaimed(entry)) => {
            let codes: Vec<&str> = entry.readings.iter().map(|row| row.code.as_str()).collect();
            format!("unclaimed {:?} [{}]", entry.because, codes.join(" "))
        }
        other => variant(other),
    }
}

/// A version in short.
fn version(filed: &ResultVersion) -> String {
    let flag = filed.flag.map_or("", |flag| flag.letters());
    let holds: Vec<String> = filed.holds.iter().map(|hold| format!("{hold:?}")).collect();
    let line =
        format!("{} v{} {} {flag} {}", filed.code, filed.version, filed.value, holds.join("+"));
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The bare name of what happened.
pub fn variant(event: &Event) -> String {
    let text = serde_json::to_value(event).expect("an event has a written form");
    let family = text.as_object().and_then(|object| object.values().next()).expect("a family");
    let name = family.as_object().and_then(|object| object.keys().next()).expect("a variant");
    name.clone()
}

/// An order for Ann Lee, a woman of 46.
pub fn order(codes: &[&str]) -> PlaceOrder {
    PlaceOrder {
        record_number: "MRN-1".into(),
        name: PersonName { family: "Lee".into(), given: "Ann".into() },
        birth_date: BirthDate::read("1980-05-17"),
        sex: Sex::Female,
        codes: codes.iter().map(|code| TestCode::from(*code)).collect(),
        priority: Priority::Routine,
        provider: "Dr. Okafor".into(),
        comment: String::new(),
        circumstances: Default::default(),
    }
}

/// Collecting everything of an order.
pub fn collect(ordered: &Ordered, at: Moment) -> CollectSpecimens {
    let specimens = ordered.specimens.iter().map(|specimen| specimen.id).collect();
    CollectSpecimens { specimens, at, identified: true, taken: Default::default() }
}

/// A chemistry analyzer that calls most tests by our codes, and sodium `Na`.
pub fn analyzer(name: &str) -> AddInstrument {
    let own = ["K", "CL", "CO2", "BUN", "CREA", "GLU", "CA", "ALB", "UPRO", "UWBC", "HGB"];
    let mut codes: Vec<(&str, &str)> = own.iter().map(|code| (*code, *code)).collect();
    codes.push(("Na", "SOD"));
    AddInstrument {
        name: name.into(),
        driver: "astm_plain".into(),
        sender: "CHEM".into(),
        codes: codes.into_iter().map(|(sent, ours)| (sent.into(), ours.into())).collect(),
        unused: vec!["LIP".into()],
        wiring: Default::default(),
    }
}

/// A plain reading without unit or flag.
pub fn reading(code: &str, value: &str) -> Reading {
    Reading {
        code: code.into(),
        nature: Nature::Result,
        value: value.into(),
        measured: true,
        unit: String::new(),
        flags: Vec::new(),
        at: None,
        detail: Default::default(),
    }
}

/// Plain readings, written `Na=140 K=4.2`.
pub fn readings(text: &str) -> Vec<Reading> {
    let pairs = text.split_whitespace().filter_map(|word| word.split_once('='));
    pairs.map(|(code, value)| reading(code, value)).collect()
}

/// `ChangedMeanwhile` at nine o'clock, for short.
pub fn first(who: &str, code: &str, state: &str) -> Refusal {
    Refusal::ChangedMeanwhile {
        code: code.into(),
        state: state.into(),
        who: who.into(),
        at: NINE,
        minutes: 0,
    }
}

/// `WrongState`, for short.
pub fn wrong_state(code: &str, state: &str) -> Refusal {
    Refusal::WrongState { code: code.into(), state: state.into() }
}

/// `Missing`, for short.
pub fn missing(field: &str) -> Refusal {
    Refusal::Missing { field: field.into() }
}

/// `NoSuch`, for short.
pub fn no_such(what: &str, name: impl ToString) -> Refusal {
    Refusal::NoSuch { what: what.into(), name: name.to_string() }
}

/// `NotPermitted`, for short.
pub fn not_permitted(ask: &str) -> Refusal {
    let named = Ask::ALL.into_iter().find(|known| known.name() == ask);
    let words: &str = match named {
        Some(known) => known.words(),
        None => ask,
    };
    Refusal::NotPermitted { ask: words.into() }
}
