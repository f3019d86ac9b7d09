//! One accession, whole; and its journal in words that need no second page.
//!
//! What must stay true: every result version is there, the newest marked by its test.

use std::collections::BTreeMap;

use lab::accession::{Accession, ResultVersion, Specimen, Test};
use lab::command::Look;
use lab::event::Event;
use lab::patient::Patient;
use lab::people::{Actor, Person};
use lab::value::{AccessionId, InstrumentId, Label, Moment, PatientId, PersonId};

use crate::cell::Cell;
use crate::desk::DatabaseLook;
use crate::engine::Sql;
use crate::fault::Fault;
use crate::journal;
use crate::table::{find, get};

/// One accession with everything that hangs from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Whole {
    /// The accession.
    pub accession: Accession,
    /// Its patient.
    pub patient: Patient,
    /// Its specimens.
    pub specimens: Vec<Specimen>,
    /// Its tests, in the order they were ordered.
    pub tests: Vec<Test>,
    /// Every result version of it, oldest first.
    pub results: Vec<ResultVersion>,
    /// The names of the people and instruments that stand in it.
    pub names: Names,
}

/// Names of people and instruments, by number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    people: BTreeMap<PersonId, String>,
    instruments: BTreeMap<InstrumentId, String>,
}

impl Names {
    /// The name of whoever acted.
    #[must_use]
    pub fn of(&self, actor: Actor) -> String {
        match actor {
            Actor::Person(id, role) => {
                let name = self.people.get(&id).map_or("a person", String::as_str);
                format!("{name} ({})", role.title())
            }
            Actor::Instrument(id) => self.instrument(id),
            Actor::System => "Meniscus".into(),
            Actor::Rule(release) => Actor::rule_words(release),
        }
    }

    /// The name of an instrument.
    #[must_use]
    pub fn instrument(&self, id: InstrumentId) -> String {
        self.instruments.get(&id).cloned().unwrap_or_else(|| format!("instrument {id}"))
    }
}

impl Whole {
    /// The newest result version of a test.
    #[must_use]
    pub fn newest(&self, test: &Test) -> Option<&ResultVersion> {
        self.results.iter().find(|result| Some(result.id) == test.result)
    }

    /// The verified result version of a test.
    #[must_use]
    pub fn verified(&self, test: &Test) -> Option<&ResultVersion> {
        let verified = test.verified?;
        self.results.iter().find(|result| result.id == verified.result)
    }

    /// The specimen of a test.
    #[must_use]
    pub fn specimen(&self, test: &Test) -> Option<&Specimen> {
        self.specimens.iter().find(|specimen| specimen.id == test.specimen)
    }
}

/// The accession with this number, or the one whose container has it.
///
/// # Errors
/// The database failed.
pub fn whole_by_label(sql: &(impl Sql + ?Sized), label: &Label) -> Result<Option<Whole>, Fault> {
    let given = [Cell::text(label.as_str())];
    let accession: Option<Accession> = if label.names_accession() {
        find(sql, "label=?2", &given)?.into_iter().next()
    } else {
        let specimen: Option<Specimen> = find(sql, "label=?2", &given)?.into_iter().next();
        match specimen {
            Some(specimen) => get(sql, specimen.accession.0)?,
            None => None,
        }
    };
    let Some(accession) = accession else { return Ok(None) };
    whole(sql, accession).map(Some)
}

fn whole(sql: &(impl Sql + ?Sized), accession: Accession) -> Result<Whole, Fault> {
    let look = DatabaseLook(sql);
    let patient = look.patient(accession.patient)?;
    let patient = patient.ok_or_else(|| Fault::new("an accession without its patient"))?;
    // `+id`: sorted after they are found, so that no index is walked from its beginning for the
    // sake of the order.
    let specimens = find(sql, "accession=?2 ORDER BY +id", &[Cell::Int(accession.id.0)])?;
    Ok(Whole {
        tests: look.tests_of(accession.id)?,
        results: look.results_of(accession.id)?,
        names: names(sql)?,
        accession,
        patient,
        specimens,
    })
}

/// The names of everybody and of every instrument: a laboratory has tens of each.
pub(super) fn names(sql: &(impl Sql + ?Sized)) -> Result<Names, Fault> {
    let people: Vec<Person> = find(sql, "1=1", &[])?;
    let instruments: Vec<lab::instrument::Instrument> = find(sql, "1=1", &[])?;
    Ok(Names {
        people: people.into_iter().map(|row| (row.id, row.shown)).collect(),
        instruments: instruments.into_iter().map(|row| (row.id, row.name)).collect(),
    })
}

/// One journal entry, ready to be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JournalLine {
    /// Its number.
    pub seq: i64,
    /// When.
    pub at: Moment,
    /// Who.
    pub who: String,
    /// What was asked.
    pub command: String,
    /// What happened.
    pub events: Vec<Event>,
}

/// The journal of an accession, newest first.
///
/// # Errors
/// The database failed.
pub fn journal_of(
    sql: &(impl Sql + ?Sized),
    accession: AccessionId,
    most: u32,
) -> Result<Vec<JournalLine>, Fault> {
    told_about(sql, accession.0, most)
}

/// The journal of a patient's registration, newest first.
///
/// # Errors
/// The database failed.
pub fn journal_of_patient(
    sql: &(impl Sql + ?Sized),
    patient: PatientId,
    most: u32,
) -> Result<Vec<JournalLine>, Fault> {
    told_about(sql, patient.0, most)
}

fn told_about(
    sql: &(impl Sql + ?Sized),
    subject: i64,
    most: u32,
) -> Result<Vec<JournalLine>, Fault> {
    let names = names(sql)?;
    let entries = journal::about(sql, subject, most)?;
    let lines = entries.into_iter().map(|entry| {
        Ok(JournalLine {
            seq: entry.seq,
            at: entry.at,
            who: names.of(entry.actor),
            events: entry.happened()?,
            command: entry.command,
        })
    });
    lines.collect()
}
