//! The registration of patients: correcting what is known, other numbers, stays and visits, and the
//! merging of two registrations of one patient.
//!
//! What must stay true: a number never comes to name a second patient; results that were filed keep
//! the limits they were judged by; what waits to be released is looked at again when the patient's
//! sex, birth date or history changed under it; a merge and its undoing move accessions whole.
//!
//! Refused, in this order: an empty reason; a patient that is not there
//! ([`Refusal::NoSuch`]) or was merged into another (`MergedAway`); what somebody else
//! changed meanwhile (`PatientChanged`); what cannot be read; a number that is taken; two
//! patients who differ in sex or birth date (`PatientsDiffer`), until that is confirmed;
//! a merge that was undone (`AlreadyUndone`) or whose survivor was merged on
//! (`MergedOn`).

mod amend;
mod encounter;
mod merge;

pub use amend::{AmendPatient, Amendment, SeesPatient};
pub use encounter::{RecordEncounter, SeesEncounter};
pub use merge::{MergePatients, SeesMerge, SeesUnmerge, UnmergePatients};

use super::survivor::survivor;
use crate::accession::{Test, TestState};
use crate::command::Look;
use crate::event::{Event, ResultEvent};
use crate::patient::Patient;
use crate::refusal::{AboutPatient, Refusal};
use crate::value::PatientId;

/// A patient and, where the registration was merged, the record number that survives.
type Registered = Option<(Patient, Option<String>)>;

fn registered<L: Look>(look: &L, id: PatientId) -> Result<Registered, L::Fault> {
    let Some(patient) = look.patient(id)? else { return Ok(None) };
    let into = survivor(look, &patient)?;
    Ok(Some((patient, into.map(|into| into.record_number))))
}

/// The patient, unless there is none or it was given up.
fn present(seen: Registered, id: PatientId) -> Result<Patient, Refusal> {
    match seen {
        None => Err(Refusal::NoSuch { what: "patient".into(), name: id.to_string() }),
        Some((patient, Some(into))) => {
            Err(AboutPatient::MergedAway { record_number: patient.record_number, into }.into())
        }
        Some((patient, None)) => Ok(patient),
    }
}

/// Holds what nothing held so far: its limits or its earlier results are no longer those it was
/// judged by.
fn held_again(tests: &[Test], because: &str) -> Vec<Event> {
    let waiting = tests.iter().filter(|test| test.state == TestState::Review);
    waiting
        .map(|test| {
            let reason = because.to_owned();
            Event::Result(ResultEvent::ResultHeld { test: test.id, reason, by: None })
        })
        .collect()
}
