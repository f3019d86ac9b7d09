//! What happened to patients and to the directory, in words a technologist would use.
//!
//! What must stay true: nothing that happened is left out.

use lab::event::{DirectoryEvent, PatientEvent};
use lab::laboratory::Laboratory;
use lab::patient::Patient;
use lab::value::PatientId;

use crate::shown::time;
use crate::told::whom;

/// What happened to a patient.
pub fn patient(event: &PatientEvent, kept: &Laboratory) -> String {
    match event {
        PatientEvent::PatientRegistered(patient) => format!("registered {}", whom(patient)),
        PatientEvent::PatientAmended { patient, reason, .. } => {
            format!("corrected to {}: {reason}", named(*patient, kept))
        }
        PatientEvent::IdentifierAdded(added) => {
            format!("{} {} of {} added", added.kind.words(), added.value, added.authority)
        }
        PatientEvent::IdentifierRetired { reason, .. } => format!("number retired: {reason}"),
        PatientEvent::EncounterRecorded(encounter) => {
            let until =
                encounter.discharged_at.map_or(String::new(), |at| format!(", until {}", time(at)));
            let (number, class) = (&encounter.number, encounter.class.word());
            format!("encounter {number}, {class}, since {}{until}", time(encounter.admitted_at))
        }
        PatientEvent::PatientsMerged { merge, hanging } => format!(
            "{} merged into {}: {} accessions, {} tests, {} results moved. {}",
            named(merge.from, kept),
            named(merge.into, kept),
            merge.accessions.len(),
            hanging.tests.len(),
            hanging.results.len(),
            merge.reason
        ),
        PatientEvent::MergeUndone { undone, back, hanging, .. } => format!(
            "merge undone: {} accessions, {} tests, {} results went back. {}",
            back.accessions.len(),
            hanging.tests.len(),
            hanging.results.len(),
            undone.reason
        ),
    }
}

fn named(id: PatientId, kept: &Laboratory) -> String {
    let found = kept.all::<Patient>().find(|row| row.id == id);
    found.map_or_else(|| "a patient".to_owned(), |row| whom(&row))
}

/// What happened to the directory.
pub fn directory(event: &DirectoryEvent) -> String {
    match event {
        DirectoryEvent::FacilityListed(row) => format!("facility {} listed", row.code),
        DirectoryEvent::LocationListed(row) => format!("location {} listed", row.code),
        DirectoryEvent::ProviderListed(row) => format!("provider {} listed", row.name),
    }
}
