//! Order: which tests, for whom, how urgent. A new patient is registered on the way, panels are
//! expanded, tests are laid on containers, and every container gets its number. Orders and tests
//! are cancelled, and what was cancelled is credited.
//!
//! What must stay true: a record number never comes to name a second patient; a test stands once
//! in an order, however many panels contain it; every ordered test has a specimen; what a
//! calculated test brings along stands before it; what is doubted is ordered only by somebody who
//! saw the doubt and says why.
//!
//! Refused, in this order: what is empty, too long or not readable; a timed order without its time
//! or with one that has passed (`PastTime`); a record number of another patient or one that was
//! merged away; a place, provider, facility or encounter that is not there or closed; an unknown
//! test; doubts (`DuplicateOrder`, `WrongSex`, `SexNotKnown`, `WrongAge`, `AgeNotKnown`).

mod credit;
pub(in crate::journey) mod doubt;
mod lay;
mod whence;

pub use credit::{CancelOrder, CreditTest};

use super::written::{LINE_MOST, NAME_MOST, NUMBER_MOST, filled, line, needed, prose};
use crate::accession::{Accession, Circumstances, Looked, Test};
use crate::command::{Decide, Decision, Look, Setting};
use crate::event::{AccessionEvent, Event, PatientEvent};
use crate::journey::meanwhile;
use crate::journey::survivor::survivor;
use crate::judgement;
use crate::patient::Patient;
use crate::refusal::{AboutOrder, AboutPatient, Refusal};
use crate::value::{
    AccessionId, BirthDate, Label, Moment, PatientId, PersonName, Priority, Sex, TestCode, TestId,
};
use doubt::{Earlier, Whose};
use whence::Whence;

/// Microseconds in a day.
const DAY: i64 = 86_400_000_000;

/// A timed order may be entered this late, in minutes, and this far ahead, in days.
const LATE_MINUTES: i64 = 5;
const AHEAD_DAYS: i64 = 366;

/// The most diagnoses and the most copies of one order.
const DIAGNOSES_MOST: usize = 25;
const COPIES_MOST: usize = 10;

/// Order tests for a patient; a patient whose record number is new is registered.
#[derive(Clone, Debug)]
pub struct PlaceOrder {
    /// The patient's record number.
    pub record_number: String,
    /// The patient's name.
    pub name: PersonName,
    /// The patient's birth date, if known.
    pub birth_date: Option<BirthDate>,
    /// The patient's sex for clinical use.
    pub sex: Sex,
    /// Tests and panels, by code.
    pub codes: Vec<TestCode>,
    /// How urgent.
    pub priority: Priority,
    /// Who asked for it.
    pub provider: String,
    /// What the orderer wrote.
    pub comment: String,
    /// What is said beside the tests.
    pub circumstances: Circumstances,
}

/// What ordering looks at.
pub struct SeesForOrder {
    known: Option<Patient>,
    survives: Option<Patient>,
    last_sequence: u32,
    earlier: Earlier,
    whence: Whence,
}

impl Decide for PlaceOrder {
    type Sees = SeesForOrder;

    fn look<L: Look>(&self, look: &L, setting: &Setting<'_>) -> Result<SeesForOrder, L::Fault> {
        let known = look.patient_numbered(self.record_number.trim())?;
        let survives = known.as_ref().map_or(Ok(None), |known| survivor(look, known))?;
        let earlier = match &known {
            Some(known) => {
                let wanted = lay::wanted(&self.codes, setting).unwrap_or_default();
                doubt::earlier(look, known.id, &wanted)?
            }
            None => Earlier::new(),
        };
        Ok(SeesForOrder {
            known,
            survives,
            last_sequence: look.last_sequence(setting.now.micros().div_euclid(DAY))?,
            earlier,
            whence: Whence::look(look, &self.circumstances)?,
        })
    }

    fn decide(&self, seen: SeesForOrder, setting: &Setting<'_>) -> Decision {
        let (written, circumstances) = self.complete(setting.now)?;
        let mut events = Vec::new();
        let patient = match seen.known {
            Some(known) if known.merged_into.is_some() => {
                let into = seen.survives.map(|into| into.record_number).unwrap_or_default();
                let record_number = known.record_number;
                return Err(AboutPatient::MergedAway { record_number, into }.into());
            }
            Some(known) if self.same_patient(&known) => known.id,
            Some(known) => {
                return Err(Refusal::OtherPatient { record_number: known.record_number });
            }
            None => {
                let patient = Patient { id: PatientId(setting.fresh()), ..written };
                let id = patient.id;
                events.push(Event::Patient(PatientEvent::PatientRegistered(patient)));
                id
            }
        };
        seen.whence.fits(&circumstances, patient)?;
        let wanted = lay::wanted(&self.codes, setting)?;
        let at = circumstances.due_at.unwrap_or(setting.now);
        let whose = Whose { birth_date: self.birth_date, sex: self.sex, at };
        let doubts = doubt::doubts(&wanted, &whose, &seen.earlier);
        let confirmed = doubt::settled(doubts, circumstances.confirmed.as_ref())?;
        let accession = Accession {
            circumstances: Circumstances { confirmed, ..circumstances },
            ..self.accession(patient, seen.last_sequence + 1, setting)
        };
        let (specimens, tests) = lay::lay(&wanted, &accession, setting)?;
        let placed = AccessionEvent::OrderPlaced { accession, specimens, tests };
        events.push(Event::Accession(placed));
        Ok(events)
    }
}

impl PlaceOrder {
    /// The patient as written, without a number; and what was said beside the tests.
    fn complete(&self, now: Moment) -> Result<(Patient, Circumstances), Refusal> {
        let written = Patient {
            id: PatientId(0),
            record_number: needed("Record number", &self.record_number, NUMBER_MOST)?,
            name: PersonName {
                family: needed("Family name", &self.name.family, NAME_MOST)?,
                given: needed("Given name", &self.name.given, NAME_MOST)?,
            },
            birth_date: self.birth_date,
            sex: self.sex,
            deceased: false,
            merged_into: None,
        };
        needed("Ordered by", &self.provider, LINE_MOST)?;
        if written.unborn(now) {
            return Err(Refusal::Unreadable {
                field: "Birth date".into(),
                expected: "a day that is not in the future".into(),
            });
        }
        if self.codes.is_empty() {
            return Err(Refusal::Missing { field: "Tests".into() });
        }
        prose("Comment", &self.comment)?;
        Ok((written, self.said_beside(now)?))
    }

    fn said_beside(&self, now: Moment) -> Result<Circumstances, Refusal> {
        let said = &self.circumstances;
        self.due(now)?;
        let most = |field: &str, found: usize, most: usize| match found > most {
            true => Err(Refusal::from(AboutPatient::TooLong { field: field.into(), most })),
            false => Ok(()),
        };
        most("Diagnoses", said.diagnoses.len(), DIAGNOSES_MOST)?;
        most("Copies to", said.copies_to.len(), COPIES_MOST)?;
        let copies: Result<Vec<String>, Refusal> =
            said.copies_to.iter().map(|copy| needed("Copies to", copy, LINE_MOST)).collect();
        if let Some(confirmed) = &said.confirmed {
            prose("Reason", &confirmed.reason)?;
        }
        Ok(Circumstances {
            placer_number: line("Their number", &said.placer_number, NUMBER_MOST)?,
            copies_to: copies?,
            ..said.clone()
        })
    }

    /// A timed order has its time, still to come; another one has none.
    fn due(&self, now: Moment) -> Result<(), Refusal> {
        let field = || "Due at".to_owned();
        match (self.priority, self.circumstances.due_at) {
            (Priority::Timed, None) => Err(Refusal::Missing { field: field() }),
            (Priority::Timed, Some(at)) if at < now.plus_minutes(-LATE_MINUTES) => {
                Err(AboutOrder::PastTime { field: field() }.into())
            }
            (Priority::Timed, Some(at)) if at > now.plus_minutes(AHEAD_DAYS * 24 * 60) => {
                let expected = "a time within a year".into();
                Err(Refusal::Unreadable { field: field(), expected })
            }
            (Priority::Timed, Some(_)) | (_, None) => Ok(()),
            (_, Some(_)) => {
                let expected = "a time for a timed order only".into();
                Err(Refusal::Unreadable { field: field(), expected })
            }
        }
    }

    /// Two identifiers must agree: the record number found this patient; name, birth date and sex
    /// must say the same.
    fn same_patient(&self, known: &Patient) -> bool {
        let same = |a: &str, b: &str| a.trim().to_lowercase() == b.trim().to_lowercase();
        same(&known.name.family, &self.name.family)
            && same(&known.name.given, &self.name.given)
            && known.birth_date == self.birth_date
            && known.sex == self.sex
    }

    fn accession(&self, patient: PatientId, sequence: u32, setting: &Setting<'_>) -> Accession {
        Accession {
            id: AccessionId(setting.fresh()),
            label: Label::new(setting.now, sequence, 0),
            patient,
            priority: self.priority,
            ordered_at: setting.now,
            provider: self.provider.trim().to_owned(),
            comment: self.comment.trim().to_owned(),
            sequence: (setting.now.micros().div_euclid(DAY), sequence),
            circumstances: Circumstances::default(),
        }
    }
}

/// Cancel an ordered test that has not been verified, with the reason; what is calculated from it
/// is cancelled too, or held where it was calculated before.
#[derive(Clone, Debug)]
pub struct CancelTest {
    /// Which.
    pub test: TestId,
    /// The test as it was looked at.
    pub looked_at: Looked,
    /// Why.
    pub reason: String,
}

impl Decide for CancelTest {
    /// The tests of its accession, and what somebody else did to this one meanwhile.
    type Sees = (Vec<Test>, Option<Refusal>);

    fn look<L: Look>(&self, look: &L, setting: &Setting<'_>) -> Result<Self::Sees, L::Fault> {
        let Some(test) = look.test(self.test)? else { return Ok((Vec::new(), None)) };
        let refused = meanwhile(look, &test, self.looked_at, setting)?;
        Ok((look.tests_of(test.accession)?, refused))
    }

    fn decide(&self, (seen, refused): Self::Sees, setting: &Setting<'_>) -> Decision {
        let reason = filled("Reason", &self.reason)?;
        let test = seen
            .iter()
            .find(|test| test.id == self.test)
            .ok_or_else(|| Refusal::NoSuch { what: "test".into(), name: self.test.to_string() })?;
        if let Some(refused) = refused {
            return Err(refused);
        }
        if !test.state.takes_results() {
            let (code, state) = (test.code.0.clone(), test.state.word().into());
            return Err(Refusal::WrongState { code, state });
        }
        let mut events = vec![Event::Accession(AccessionEvent::TestCancelled {
            test: test.id,
            reason,
            by: None,
        })];
        events.extend(judgement::without_inputs(setting.catalog, &seen, &[test]));
        Ok(events)
    }
}
