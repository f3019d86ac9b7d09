//! The laboratory of a journey: its record at a place of its own, its people, its instruments,
//! and a clock that only the journey moves.
//!
//! What must stay true: everything goes through the one door; what a person decides about is what
//! that person looked at last; a request sent twice carries the same number.

use std::collections::{BTreeMap, HashMap};

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use lab::accession::{DoubtKind, Looked};
use lab::catalog::Catalog;
use lab::command::{Command, Look};
use lab::event::Known;
use lab::journey::connect::AddInstrument;
use lab::journey::setup::{AddPerson, ReleaseCatalog, SetPassword};
use lab::people::{Actor, Person, Role};
use lab::refusal::{AboutOrder, Refusal};
use lab::value::{AccessionId, Label, Moment, PatientId, TestCode, TestId};
use store::query::{Found, Listing, Whole, find_anything, whole_by_label};
use store::{Act, Answer, DatabaseLook, Place, Store};

use crate::deed::{Deed, Tube};
use crate::engine;
use crate::line::Sent;
use crate::{person, proof, shown, told};

/// Who works here.
const PEOPLE: [(&str, &str, Role); 11] = [
    ("amy", "Amy Achterberg", Role::Reception),
    ("ben", "Ben Okafor", Role::Mlt),
    ("cy", "Cy Lindqvist", Role::Mls),
    ("dora", "Dora Haddad", Role::Supervisor),
    ("eli", "Eli Rosenthal, MD", Role::Director),
    ("fay", "Fay Nakamura", Role::Manager),
    ("gus", "Gus Pereira", Role::PocOperator),
    ("hal", "Hal Jensen", Role::InterfaceEngineer),
    ("ivy", "Ivy Castellanos", Role::Student),
    ("jon", "Jon Mbeki, MD", Role::Physician),
    ("kim", "Kim Dubois", Role::Epidemiologist),
];

/// What the hematology analyzer calls its tests, and what the laboratory does.
const XN: [(&str, &str); 10] = [
    ("WBC", "WBC"),
    ("RBC", "RBC"),
    ("HGB", "HGB"),
    ("HCT", "HCT"),
    ("MCV", "MCV"),
    ("MCH", "MCH"),
    ("MCHC", "MCHC"),
    ("RDW-CV", "RDW"),
    ("PLT", "PLT"),
    ("MPV", "MPV"),
];

/// What the chemistry analyzer calls its tests, and what the laboratory does.
const CHEMISTRY: [(&str, &str); 10] = [
    ("NA", "SOD"),
    ("K", "K"),
    ("CL", "CL"),
    ("CO2", "CO2"),
    ("UREA", "BUN"),
    ("CREA", "CREA"),
    ("GLU", "GLU"),
    ("CA", "CA"),
    ("TBIL", "TBIL"),
    ("ALB", "ALB"),
];

/// What a person had on the screen: how each test of an accession stood then.
pub type Seen = BTreeMap<TestId, Looked>;

/// A laboratory's day.
pub struct Day {
    /// The record.
    pub store: Store,
    /// What time it is.
    pub now: Moment,
    /// What each person looked at last, by accession.
    pub seen: HashMap<(String, AccessionId), Seen>,
    /// What each person looked at last of a registration.
    pub registrations: HashMap<(String, PatientId), Known>,
    /// What the last answer to each person doubted.
    pub doubts: HashMap<String, Vec<(TestCode, DoubtKind)>>,
    /// The last message of each instrument.
    pub sent: HashMap<String, Sent>,
    /// The last request of a person.
    pub last: Option<Act>,
    place: Place,
    asked: u32,
}

impl Day {
    /// The day of a laboratory whose record is ready at a place.
    ///
    /// # Errors
    /// The record cannot be opened.
    pub fn begin(place: &Place) -> Result<Day, String> {
        Ok(Day {
            store: engine::open(place)?,
            now: moment(DateTime::constant(2026, 11, 24, 7, 0, 0, 0)),
            seen: HashMap::new(),
            registrations: HashMap::new(),
            doubts: HashMap::new(),
            sent: HashMap::new(),
            last: None,
            place: place.clone(),
            asked: 0,
        })
    }

    /// Sets an empty laboratory up: the catalog, the people, two instruments.
    ///
    /// # Errors
    /// The laboratory says no, or the world failed.
    pub fn set_up(&mut self) -> Result<(), String> {
        let files = Catalog::starter_files().iter();
        let files = files.map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        let reason = "Starter catalog".to_owned();
        self.as_system(ReleaseCatalog { files, reason })?;
        for (sign_in, shown, role) in PEOPLE {
            let add = AddPerson { sign_in: sign_in.into(), shown: shown.into(), role };
            self.as_system(add)?;
            let digest = format!("digest of {sign_in}");
            let (person, seal) = (self.person(sign_in)?.id, store::seal_of(&digest));
            self.as_system(SetPassword { person, seal, digest })?;
        }
        self.as_system(instrument(("XN-1000", "sysmex_xn", "XN-"), &XN, &["RDW-SD", "PCT"]))?;
        self.as_system(instrument(("Chem-1", "hl7_oru", "CHEM-1"), &CHEMISTRY, &[]))
    }

    fn as_system(&mut self, command: impl Into<Command>) -> Result<(), String> {
        match self.ask(Actor::System, command.into()) {
            Answer::Done(_) => Ok(()),
            Answer::Refused(refusal) => Err(refusal.to_string()),
            Answer::Failed(fault) => Err(fault.to_string()),
        }
    }

    /// Does one deed; answers its transcript.
    ///
    /// # Errors
    /// The journey asks for what there is not, or the world failed. A refusal is no error: it is
    /// transcript.
    pub fn does(&mut self, deed: Deed) -> Result<Vec<String>, String> {
        match deed {
            Deed::Clock(date, time) => self.clock(date, time),
            Deed::Person(who, does) => person::acts(self, &who, does),
            Deed::Instrument(name, says) => self.instrument_says(&name, says),
            Deed::Shown(what) => shown::shows(self, &what),
            Deed::Restart => self.restart(),
            Deed::Check => proof::checks(&self.store),
        }
    }

    fn clock(&mut self, date: Option<Date>, time: Time) -> Result<Vec<String>, String> {
        let date = date.unwrap_or_else(|| self.now.date());
        let next = moment(date.to_datetime(time));
        if next < self.now {
            return Err("the clock of a journey only goes forward".into());
        }
        self.now = next;
        Ok(Vec::new())
    }

    fn restart(&mut self) -> Result<Vec<String>, String> {
        self.store.close();
        self.store = engine::open(&self.place)?;
        self.seen.clear();
        self.registrations.clear();
        Ok(vec!["the record is open again".into()])
    }

    /// Carries a command through the door, as a request of its own.
    fn ask(&mut self, actor: Actor, command: Command) -> Answer {
        self.asked += 1;
        let whose = if actor == Actor::System { "set-up" } else { "request" };
        let request = format!("{whose} {}", self.asked);
        let act = Act { request, actor, now: self.now, command };
        if actor.person().is_some() {
            self.last = Some(act.clone());
        }
        self.store.execute(act)
    }

    /// Carries a command of a person through the door and tells what came of it.
    ///
    /// # Errors
    /// The world failed.
    pub fn asks(&mut self, who: &str, command: impl Into<Command>) -> Result<Vec<String>, String> {
        let person = self.person(who)?;
        let answer = self.ask(Actor::Person(person.id, person.role), command.into());
        if let Answer::Refused(Refusal::Order(AboutOrder::InDoubt { doubts })) = &answer {
            let seen = doubts.iter().map(|one| (one.code.clone(), one.kind)).collect();
            self.doubts.insert(who.to_owned(), seen);
        }
        told::answer(&self.store, &answer)
    }

    /// A person, by sign-in name.
    ///
    /// # Errors
    /// Nobody here has this name.
    pub fn person(&self, sign_in: &str) -> Result<Person, String> {
        let found = self.store.read(|sql| DatabaseLook(sql).person_signing_in(sign_in));
        let found = found.map_err(|fault| fault.to_string())?;
        found.ok_or_else(|| format!("nobody here signs in as {sign_in}"))
    }

    /// The newest accession of a patient, by family name, `MRN` and record number, or the
    /// accession's own number.
    ///
    /// # Errors
    /// There is no such patient, or several.
    pub fn whole(&self, patient: &str) -> Result<Whole, String> {
        let asked = patient.strip_prefix("MRN ").unwrap_or(patient);
        let found = self.store.read(|sql| match find_anything(sql, asked)? {
            Found::Accession(label) => whole_by_label(sql, &label),
            Found::Patients(patients) | Found::Several(Listing { patients, .. }) => {
                match patients.as_slice() {
                    [(_, accessions)] => match accessions.first() {
                        Some(newest) => whole_by_label(sql, &newest.label),
                        None => Ok(None),
                    },
                    _ => {
                        Err(store::fault::Fault::new(format!("{patient} may be several patients")))
                    }
                }
            }
            Found::Place(_) | Found::Nothing => Ok(None),
        });
        found.map_err(|fault| fault.to_string())?.ok_or_else(|| format!("there is no {patient}"))
    }

    /// The numbers on the tubes pointed at.
    ///
    /// # Errors
    /// The patient has no such tube.
    pub fn numbers(&self, tube: &Tube) -> Result<Vec<String>, String> {
        let (patient, container) = match tube {
            Tube::Number(number) => return Ok(vec![number.clone()]),
            Tube::All(patient) => (patient, None),
            Tube::Of { container, patient } => (patient, Some(container)),
        };
        let whole = self.whole(patient)?;
        let fits = whole.specimens.iter().filter(|s| container.is_none_or(|c| s.container == *c));
        let numbers: Vec<String> = fits.map(|specimen| specimen.label.to_string()).collect();
        if numbers.is_empty() {
            return Err(format!("{patient} has no such tube"));
        }
        Ok(numbers)
    }

    /// The labels on the tubes pointed at.
    ///
    /// # Errors
    /// There is no such tube, or its number is no label.
    pub fn labels(&self, tube: &Tube) -> Result<Vec<Label>, String> {
        let read = |number: String| {
            Label::read(&number).map_err(|not| format!("{number} is no label: {not:?}"))
        };
        self.numbers(tube)?.into_iter().map(read).collect()
    }
}

fn instrument(
    (name, driver, sender): (&str, &str, &str),
    codes: &[(&str, &str)],
    unused: &[&str],
) -> AddInstrument {
    AddInstrument {
        name: name.into(),
        driver: driver.into(),
        sender: sender.into(),
        codes: codes.iter().map(|(sent, own)| ((*sent).into(), TestCode::from(*own))).collect(),
        unused: unused.iter().map(|code| (*code).to_owned()).collect(),
        ..AddInstrument::default()
    }
}

/// A moment of the UTC clock.
pub fn moment(at: DateTime) -> Moment {
    let timestamp = TimeZone::UTC.to_timestamp(at).expect("UTC has every time");
    Moment::from_micros(timestamp.as_microsecond())
}
