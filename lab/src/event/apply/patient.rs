//! What an event changes in the registration of patients.
//!
//! What must stay true: when accessions move, their tests and results move with them.

use crate::accession::{Accession, ResultVersion, Test};
use crate::event::patient::{Hanging, Moved, PatientEvent};
use crate::kept::Shelf;
use crate::patient::{Encounter, Merge, Patient, PatientIdentifier};
use crate::value::PatientId;

pub(super) fn patient<S: Shelf>(event: &PatientEvent, shelf: &mut S) -> Result<(), S::Fault> {
    match event {
        PatientEvent::PatientRegistered(patient) => shelf.put(patient.clone()),
        PatientEvent::PatientAmended { patient, known, .. } => {
            let mut row: Patient = shelf.take(patient.0)?;
            row.name.clone_from(&known.name);
            row.birth_date = known.birth_date;
            row.sex = known.sex;
            row.deceased = known.deceased;
            shelf.put(row);
        }
        PatientEvent::IdentifierAdded(identifier) => shelf.put(identifier.clone()),
        PatientEvent::IdentifierRetired { identifier, reason } => {
            let mut row: PatientIdentifier = shelf.take(identifier.0)?;
            row.retired.clone_from(reason);
            shelf.put(row);
        }
        PatientEvent::EncounterRecorded(encounter) => shelf.put(encounter.clone()),
        PatientEvent::PatientsMerged { merge, hanging } => {
            let mut given_up: Patient = shelf.take(merge.from.0)?;
            given_up.merged_into = Some(merge.into);
            shelf.put(given_up);
            // So that the journal of the one that survives tells of it.
            let survives: Patient = shelf.take(merge.into.0)?;
            shelf.put(survives);
            let moved = Moved {
                accessions: merge.accessions.clone(),
                encounters: merge.encounters.clone(),
                identifiers: merge.identifiers.clone(),
            };
            move_to(merge.into, (&moved, hanging), shelf)?;
            shelf.put(merge.clone());
        }
        PatientEvent::MergeUndone { merge, undone, back, hanging } => {
            let mut row: Merge = shelf.take(merge.0)?;
            row.undone = Some(undone.clone());
            let mut own: Patient = shelf.take(row.from.0)?;
            own.merged_into = None;
            shelf.put(own);
            let other: Patient = shelf.take(row.into.0)?;
            shelf.put(other);
            move_to(row.from, (back, hanging), shelf)?;
            shelf.put(row);
        }
    }
    Ok(())
}

fn move_to<S: Shelf>(
    to: PatientId,
    (moved, hanging): (&Moved, &Hanging),
    shelf: &mut S,
) -> Result<(), S::Fault> {
    for id in &moved.accessions {
        let row: Accession = shelf.take(id.0)?;
        shelf.put(Accession { patient: to, ..row });
    }
    for id in &moved.encounters {
        let row: Encounter = shelf.take(id.0)?;
        shelf.put(Encounter { patient: to, ..row });
    }
    for id in &moved.identifiers {
        let row: PatientIdentifier = shelf.take(id.0)?;
        shelf.put(PatientIdentifier { patient: to, ..row });
    }
    for id in &hanging.tests {
        let row: Test = shelf.take(id.0)?;
        shelf.put(Test { patient: to, ..row });
    }
    for id in &hanging.results {
        let row: ResultVersion = shelf.take(id.0)?;
        shelf.put(ResultVersion { patient: to, ..row });
    }
    Ok(())
}
