//! Sessions of people who signed in, and the notes of who looked at whom.
//!
//! What must stay true: a session is kept under the hash of its token, so that reading the
//! database signs nobody in.

use lab::value::{Moment, PatientId, PersonId};

use crate::cell::Cell;
use crate::engine::{Pen, Sql};
use crate::fault::Fault;
use crate::table::LAB;

/// A change to the sessions, or the note of a look at a patient; none of it is a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    /// A session begins.
    Begin {
        /// SHA-256 of its token, hexadecimal.
        token: String,
        /// Whose.
        person: PersonId,
        /// When.
        at: Moment,
    },
    /// A session was used.
    Seen {
        /// SHA-256 of its token, hexadecimal.
        token: String,
        /// When.
        at: Moment,
    },
    /// A session ends.
    End {
        /// SHA-256 of its token, hexadecimal.
        token: String,
    },
    /// Every session of a person ends.
    EndAll {
        /// Whose.
        person: PersonId,
    },
    /// Sessions not used since then end: whoever had them never came back.
    EndUnused {
        /// Since when.
        before: Moment,
    },
    /// Somebody looked at a patient.
    Looked {
        /// Who.
        person: PersonId,
        /// At whom.
        patient: PatientId,
        /// On which page.
        page: String,
        /// When.
        at: Moment,
    },
}

pub(crate) fn write<P: Pen>(pen: &mut P, note: &Note) -> Result<(), Fault> {
    match note {
        Note::Begin { token, person, at } => pen.run(
            "INSERT INTO session(lab, token, person, began, seen) VALUES (?1, ?2, ?3, ?4, ?4)",
            &[Cell::Int(LAB), Cell::text(token), Cell::Int(person.0), Cell::Int(at.micros())],
        ),
        Note::Seen { token, at } => pen.run(
            "UPDATE session SET seen=?3 WHERE lab=?1 AND token=?2",
            &[Cell::Int(LAB), Cell::text(token), Cell::Int(at.micros())],
        ),
        Note::End { token } => pen.run(
            "DELETE FROM session WHERE lab=?1 AND token=?2",
            &[Cell::Int(LAB), Cell::text(token)],
        ),
        Note::EndAll { person } => pen.run(
            "DELETE FROM session WHERE lab=?1 AND person=?2",
            &[Cell::Int(LAB), Cell::Int(person.0)],
        ),
        Note::EndUnused { before } => pen.run(
            "DELETE FROM session WHERE lab=?1 AND seen<?2",
            &[Cell::Int(LAB), Cell::Int(before.micros())],
        ),
        Note::Looked { person, patient, page, at } => pen.run(
            "INSERT INTO looked(lab, at, person, patient, page) VALUES (?1, ?2, ?3, ?4, ?5)",
            &[
                Cell::Int(LAB),
                Cell::Int(at.micros()),
                Cell::Int(person.0),
                Cell::Int(patient.0),
                Cell::text(page),
            ],
        ),
    }
}

/// Whose session a token's hash opens, and when it was last used.
///
/// # Errors
/// The database failed.
pub fn of(sql: &(impl Sql + ?Sized), token: &str) -> Result<Option<(PersonId, Moment)>, Fault> {
    let text = "SELECT person, seen FROM session WHERE lab=?1 AND token=?2";
    let line = sql.row(text, &[Cell::Int(LAB), Cell::text(token)])?;
    line.map(|line| Ok((PersonId(line.int(0)?), Moment::from_micros(line.int(1)?)))).transpose()
}

/// The sessions of a person: when each began and was last used, newest first.
///
/// # Errors
/// The database failed.
pub fn of_person(
    sql: &(impl Sql + ?Sized),
    person: PersonId,
) -> Result<Vec<(Moment, Moment)>, Fault> {
    let text = "SELECT began, seen FROM session WHERE lab=?1 AND person=?2 \
                ORDER BY seen DESC LIMIT 50";
    let lines = sql.rows(text, &[Cell::Int(LAB), Cell::Int(person.0)])?;
    let read = |line: &crate::cell::Line| {
        Ok((Moment::from_micros(line.int(0)?), Moment::from_micros(line.int(1)?)))
    };
    lines.iter().map(read).collect()
}

/// The digest of a person's password.
///
/// # Errors
/// The database failed.
pub fn digest_of(sql: &(impl Sql + ?Sized), person: PersonId) -> Result<Option<String>, Fault> {
    let text = "SELECT digest FROM secret WHERE lab=?1 AND person=?2";
    let line = sql.row(text, &[Cell::Int(LAB), Cell::Int(person.0)])?;
    line.map(|line| line.text(0).map(str::to_owned)).transpose()
}

/// How often somebody looked at a patient; for the note's own test and the patient's question.
///
/// # Errors
/// The database failed.
pub fn looks_at(sql: &(impl Sql + ?Sized), patient: PatientId) -> Result<i64, Fault> {
    let text = "SELECT count(*) FROM looked WHERE lab=?1 AND patient=?2";
    let line = sql.row(text, &[Cell::Int(LAB), Cell::Int(patient.0)])?;
    line.map_or(Ok(0), |line| line.int(0))
}

/// One look at a patient.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Look {
    /// When.
    pub at: Moment,
    /// Who.
    pub person: PersonId,
    /// On which page.
    pub page: String,
}

/// The newest looks at a patient, newest first.
///
/// # Errors
/// The database failed.
pub fn looks_of(
    sql: &(impl Sql + ?Sized),
    patient: PatientId,
    most: u32,
) -> Result<Vec<Look>, Fault> {
    let text = "SELECT at, person, page FROM looked WHERE lab=?1 AND patient=?2 \
                ORDER BY at DESC LIMIT ?3";
    let given = [Cell::Int(LAB), Cell::Int(patient.0), Cell::Int(i64::from(most))];
    let look = |line: &crate::cell::Line| {
        Ok(Look {
            at: Moment::from_micros(line.int(0)?),
            person: PersonId(line.int(1)?),
            page: line.text(2)?.to_owned(),
        })
    };
    sql.rows(text, &given)?.iter().map(look).collect()
}
