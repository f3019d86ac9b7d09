//! A record with as many results as is asked, some of them waiting for a person, and somebody
//! signed in: what pages, start and memory are measured on.
//!
//! What must stay true: everything in it came through the door.

use lab::people::Actor;
use lab::value::PatientId;
use store::scratch::Scratch;
use store::session::Note;

use super::Ground;
use super::yard::Yard;
use crate::Ended;
use crate::setup;

/// CBCs that wait for a person while pages are measured: a busy bench.
const WAITING: u32 = 20;

/// CBCs received and not measured, for whoever puts load on an instrument's line.
const UNMEASURED: u32 = 500;

/// Results of one CBC.
const RESULTS: u32 = 10;

/// The pages of benches, and of the house beside them.
const BENCHES: [&str; 21] = [
    "/",
    "/order",
    "/collect",
    "/receive",
    "/process",
    "/storage",
    "/dispatch",
    "/pending",
    "/pending?bench=hematology",
    "/enter",
    "/criticals",
    "/review",
    "/instruments",
    "/find?q=bench",
    "/journal",
    "/journal/looks",
    "/people",
    "/directory",
    "/catalog",
    "/catalog/draft",
    "/rules",
];

/// A record, open.
pub struct Record {
    /// The laboratory.
    pub yard: Yard,
    /// Results in it.
    pub results: u32,
    /// The cookie of somebody signed in.
    pub cookie: String,
    /// The first tube measured: its label and patient.
    first: (String, PatientId),
    /// Labels of tubes without results.
    unmeasured: Vec<String>,
}

/// A record that nobody has open.
pub struct Closed {
    /// Where it lies.
    pub scratch: Scratch,
    /// Results in it.
    pub results: u32,
    /// The cookie of somebody signed in.
    pub cookie: String,
    /// The pages to ask for.
    pub pages: Vec<String>,
    /// Labels of tubes without results.
    pub unmeasured: Vec<String>,
}

impl Record {
    /// Makes a record in a place of its own.
    ///
    /// # Errors
    /// The disk, or a refusal.
    pub fn make(ground: &Ground, results: u32) -> Result<Record, Ended> {
        let yard = Yard::make(ground.scratch("record")?)?;
        let measured = results.div_ceil(RESULTS).max(WAITING + 1);
        let tubes = yard.receive(measured + UNMEASURED)?;
        let (measured, unmeasured) = tubes.split_at(usize::try_from(measured).unwrap_or(0));
        yard.file(measured, measured.len() - usize::try_from(WAITING).unwrap_or(0))?;
        let cookie = sign_in(&yard)?;
        let first = measured.first().map(|tube| (tube.label.to_string(), tube.patient));
        let first = first.ok_or_else(|| Ended::Fault("nothing was measured".into()))?;
        let unmeasured = unmeasured.iter().map(|tube| tube.label.to_string()).collect();
        Ok(Record { yard, results, cookie, first, unmeasured })
    }

    /// Every bench page, and the pages of one tube and of its patient.
    pub fn pages(&self) -> Vec<String> {
        let (tube, patient) = &self.first;
        let of_one = [
            format!("/accession/{tube}"),
            format!("/report/{tube}"),
            format!("/tube/{tube}"),
            format!("/label/{tube}"),
            format!("/journal?number={tube}"),
            format!("/patient/{patient}"),
            format!("/patient/{patient}/chart"),
            format!("/patient/{patient}/chart/HGB"),
        ];
        BENCHES.map(str::to_owned).into_iter().chain(of_one).collect()
    }

    /// Puts the pen down, so that another process can take the record up.
    pub fn close(self) -> Closed {
        let pages = self.pages();
        let Record { yard, results, cookie, unmeasured, .. } = self;
        Closed { scratch: yard.close(), results, cookie, pages, unmeasured }
    }
}

fn sign_in(yard: &Yard) -> Result<String, Ended> {
    let Actor::Person(person, _) = yard.cy else {
        return Err(Ended::Fault("only people sign in".into()));
    };
    // A session's token begins with the moment it began, as the web reads it.
    let noise = setup::request("")?.replace(':', "");
    let secret = format!("{:016x}{noise}", setup::now().micros());
    let token = store::seal_of(&secret);
    yard.store.note_and_wait(Note::Begin { token, person, at: setup::now() })?;
    Ok(format!("meniscus_session={secret}"))
}
