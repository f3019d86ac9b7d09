//! The yard benchmarks run in: a laboratory of its own with as much in its record as is asked.
//!
//! What must stay true: everything in it came through the door.

use std::io::IsTerminal;
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use lab::accession::Looked;
use lab::command::Command;
use lab::event::{AccessionEvent, Event, ResultEvent};
use lab::instrument::{Material, Nature, Reading};
use lab::journey::analyze::FileReadings;
use lab::journey::collect::CollectSpecimens;
use lab::journey::order::PlaceOrder;
use lab::journey::receive::ReceiveSpecimen;
use lab::journey::verify::VerifyResults;
use lab::people::{Actor, Role};
use lab::value::{
    BirthDate, InstrumentId, Label, Moment, PatientId, PersonId, PersonName, Priority, Sex,
    SpecimenId, TestId,
};
use store::scratch::Scratch;
use store::{Act, Answer, Done, Store};

use crate::Ended;
use crate::demo::instruments;
use crate::setup::{self, Newcomer};

/// Commands asked for at once while seeding.
const STRIDE: u32 = 400;

/// A laboratory to measure.
pub struct Yard {
    /// Its record.
    pub store: Arc<Store>,
    /// Somebody who may do everything measured.
    pub cy: Actor,
    /// The hematology analyzer.
    pub instrument: InstrumentId,
    scratch: Scratch,
}

/// An ordered CBC: its specimen, label and patient.
#[derive(Clone)]
pub struct Ordered {
    specimen: SpecimenId,
    /// The label on its tube.
    pub label: Label,
    /// Whom it is for.
    pub patient: PatientId,
    at: Moment,
}

/// CBCs a day: fewer than a label's number of the day can count, and as many results as a large
/// hospital has.
const A_DAY: u32 = 4_000;

/// The moment of one of so many CBCs, the last of which are of now.
fn day_of(number: u32, count: u32) -> Moment {
    let days = count.saturating_sub(number + STRIDE) / A_DAY;
    setup::now().plus_minutes(-i64::from(days) * 24 * 60)
}

/// How far it is, told on a terminal when it takes longer than a moment.
struct Told {
    what: &'static str,
    count: u32,
    last: Instant,
}

impl Told {
    fn new(what: &'static str, count: u32) -> Told {
        Told { what, count, last: Instant::now() }
    }

    fn tell(&mut self, done: usize) {
        if self.last.elapsed() > Duration::from_secs(2) && std::io::stderr().is_terminal() {
            eprintln!("  {done} of {} {}", self.count, self.what);
            self.last = Instant::now();
        }
    }
}

impl Yard {
    /// Makes an empty laboratory at a place of its own.
    pub fn make(scratch: Scratch) -> Result<Yard, Ended> {
        let store = Store::open(scratch.place())?;
        setup::release_starter_catalog(&store)?;
        let newcomer =
            Newcomer { sign_in: "cy", shown: "Cy", role: Role::Supervisor, password: "benchmark" };
        let cy: PersonId = setup::add_person(&store, &newcomer)?;
        instruments::add_all(&store)?;
        let lines = store.read(|sql| store::query::instruments(sql))?;
        let instrument = lines
            .iter()
            .find(|line| line.instrument.driver == "sysmex_xn")
            .map(|line| line.instrument.id)
            .ok_or_else(|| Ended::Fault("the hematology analyzer is missing".into()))?;
        let cy = Actor::Person(cy, Role::Supervisor);
        Ok(Yard { store: Arc::new(store), cy, instrument, scratch })
    }

    /// Puts the pen down; the place where the laboratory lies is left.
    pub fn close(self) -> Scratch {
        self.store.close();
        self.scratch
    }

    /// Orders, collects and receives CBCs, so many a day, the last of them today.
    pub fn receive(&self, count: u32) -> Result<Vec<Ordered>, Ended> {
        let (mut all, mut told) = (Vec::new(), Told::new("CBCs received", count));
        for first in (0..count).step_by(STRIDE as usize) {
            let at = day_of(first, count);
            let numbers = first..(first + STRIDE).min(count);
            let placed = self.all(at, numbers.map(|n| (self.cy, order(n))).collect())?;
            let ordered: Vec<Ordered> =
                placed.iter().filter_map(|done| ordered(done, at)).collect();
            let collect = |o: &Ordered| {
                let specimens = vec![o.specimen];
                CollectSpecimens { specimens, at, identified: true, taken: Default::default() }
            };
            self.all(at, ordered.iter().map(|o| (self.cy, collect(o).into())).collect())?;
            let receive = |o: &Ordered| ReceiveSpecimen { label: o.label.clone() };
            self.all(at, ordered.iter().map(|o| (self.cy, receive(o).into())).collect())?;
            all.extend(ordered);
            told.tell(all.len());
        }
        Ok(all)
    }

    /// Files a CBC for each tube and verifies the first `verify` of them.
    pub fn file(&self, tubes: &[Ordered], verify: usize) -> Result<(), Ended> {
        let actor = Actor::Instrument(self.instrument);
        let (mut left, mut done) = (verify, 0);
        let mut told = Told::new("CBCs filed", u32::try_from(tubes.len()).unwrap_or(0));
        for group in tubes.chunks(STRIDE as usize) {
            let at = group.first().map_or_else(setup::now, |tube| tube.at);
            let file = |(n, tube): (usize, &Ordered)| (actor, self.readings(n, &tube.label).into());
            let filed = self.all(at, group.iter().enumerate().map(file).collect())?;
            let verified: Vec<_> = filed.iter().take(left).map(to_verify).collect();
            left -= verified.len();
            let verify = |tests: Vec<(TestId, Looked)>| {
                (self.cy, VerifyResults { tests, reason: "benchmark".into() }.into())
            };
            self.all(at, verified.into_iter().map(verify).collect())?;
            done += group.len();
            told.tell(done);
        }
        Ok(())
    }

    fn readings(&self, n: usize, label: &Label) -> FileReadings {
        FileReadings {
            instrument: self.instrument,
            message: None,
            sent_number: label.to_string(),
            material: Material::Patient,
            readings: instruments::CBC
                .iter()
                .map(|(sent, unit, value)| Reading {
                    code: (*sent).to_owned(),
                    nature: Nature::Result,
                    value: format!("{value}{}", n % 10),
                    measured: true,
                    unit: (*unit).to_owned(),
                    flags: Vec::new(),
                    at: None,
                    detail: Default::default(),
                })
                .collect(),
        }
    }

    /// Asks for everything at once and waits for all answers.
    fn all(&self, now: Moment, commands: Vec<(Actor, Command)>) -> Result<Vec<Done>, Ended> {
        let count = commands.len();
        let (answers, answered) = channel();
        for (place, (actor, command)) in commands.into_iter().enumerate() {
            let act = Act { request: setup::request("yard")?, actor, now, command };
            let answers = answers.clone();
            self.store.ask(act, move |answer| drop(answers.send((place, answer))));
        }
        let mut done: Vec<(usize, Done)> = Vec::with_capacity(count);
        for (place, answer) in answered.iter().take(count) {
            match answer {
                Answer::Done(it) => done.push((place, it)),
                Answer::Refused(refusal) => return Err(Ended::Fault(refusal.to_string())),
                Answer::Failed(fault) => return Err(fault.into()),
            }
        }
        done.sort_by_key(|(place, _)| *place);
        Ok(done.into_iter().map(|(_, it)| it).collect())
    }
}

fn order(number: u32) -> Command {
    PlaceOrder {
        record_number: format!("B{number:07}"),
        name: PersonName { family: format!("Bench{number}"), given: "Test".into() },
        birth_date: BirthDate::read("1980-05-17"),
        sex: Sex::Female,
        codes: vec!["CBC".into()],
        priority: Priority::Routine,
        provider: "Dr. Bench".into(),
        comment: String::new(),
        circumstances: Default::default(),
    }
    .into()
}

fn ordered(done: &Done, at: Moment) -> Option<Ordered> {
    done.events.iter().find_map(|event| match event {
        Event::Accession(AccessionEvent::OrderPlaced { accession, specimens, .. }) => {
            let (specimen, patient) = (specimens.first()?, accession.patient);
            Some(Ordered { specimen: specimen.id, label: specimen.label.clone(), patient, at })
        }
        _ => None,
    })
}

fn to_verify(done: &Done) -> Vec<(TestId, Looked)> {
    done.events
        .iter()
        .filter_map(|event| match event {
            Event::Result(ResultEvent::ResultFiled(version)) => {
                Some((version.test, Looked::filed(version)))
            }
            _ => None,
        })
        .collect()
}
