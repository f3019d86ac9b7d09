//! Correcting what is known of a patient, and the numbers others know a patient by.
//!
//! What must stay true: see the station.

use super::super::written::{LINE_MOST, NAME_MOST, NUMBER_MOST, line, needed, reason};
use super::{Registered, held_again, present, registered};
use crate::accession::{Accession, Test};
use crate::command::{Decide, Decision, Look, Setting};
use crate::event::{Event, Known, PatientEvent};
use crate::patient::{IdentifierKind, Patient, PatientIdentifier};
use crate::refusal::{AboutPatient, Refusal};
use crate::value::{IdentifierId, PatientId, PersonName};

/// Correct what is known of a patient, add a number or retire one, with the reason. Results that
/// were filed keep the limits they were judged by; what waits to be released is held where sex or
/// birth date changed.
#[derive(Clone, Debug)]
pub struct AmendPatient {
    /// Which patient.
    pub patient: PatientId,
    /// What changes.
    pub amendment: Amendment,
    /// Why.
    pub reason: String,
}

/// What changes.
#[derive(Clone, Debug)]
pub enum Amendment {
    /// Name, birth date, sex, alive or not: as they were seen, and as they are.
    Known(Known, Known),
    /// Another number.
    Add {
        /// Of what kind.
        kind: IdentifierKind,
        /// The number.
        value: String,
        /// Who gave it.
        authority: String,
    },
    /// A number no longer holds.
    Retire(IdentifierId),
}

/// What amending looks at.
pub struct SeesPatient {
    patient: Registered,
    identifiers: Vec<PatientIdentifier>,
    taken: Vec<PatientIdentifier>,
    accessions: Vec<Accession>,
    tests: Vec<Test>,
}

impl Decide for AmendPatient {
    type Sees = SeesPatient;

    fn look<L: Look>(&self, look: &L, _: &Setting<'_>) -> Result<SeesPatient, L::Fault> {
        let mut seen = SeesPatient {
            patient: registered(look, self.patient)?,
            identifiers: look.identifiers_of(self.patient)?,
            taken: Vec::new(),
            accessions: Vec::new(),
            tests: Vec::new(),
        };
        match &self.amendment {
            Amendment::Add { value, .. } => seen.taken = look.identified(value.trim())?,
            Amendment::Known(..) => {
                seen.accessions = look.accessions_of(self.patient)?;
                for accession in &seen.accessions {
                    seen.tests.extend(look.tests_of(accession.id)?);
                }
            }
            Amendment::Retire(_) => {}
        }
        Ok(seen)
    }

    fn decide(&self, seen: SeesPatient, setting: &Setting<'_>) -> Decision {
        let why = reason(&self.reason)?;
        let patient = present(seen.patient.clone(), self.patient)?;
        match &self.amendment {
            Amendment::Known(was, to) => {
                if *was != Known::of(&patient) {
                    let record_number = patient.record_number;
                    return Err(AboutPatient::PatientChanged { record_number }.into());
                }
                correct(&patient, (to, &why), &seen, setting)
            }
            Amendment::Add { kind, value, authority } => {
                let added = PatientIdentifier {
                    id: IdentifierId(setting.fresh()),
                    patient: patient.id,
                    kind: *kind,
                    value: needed("Number", value, NUMBER_MOST)?,
                    authority: line("Given by", authority, LINE_MOST)?,
                    retired: String::new(),
                };
                let same = |other: &&PatientIdentifier| {
                    other.kind == *kind
                        && other.authority.to_lowercase() == added.authority.to_lowercase()
                        && other.retired.is_empty()
                };
                if seen.taken.iter().any(|other| same(&other)) {
                    let name = added.value;
                    return Err(Refusal::Taken { what: kind.words().into(), name });
                }
                Ok(vec![Event::Patient(PatientEvent::IdentifierAdded(added))])
            }
            Amendment::Retire(id) => {
                let held = seen.identifiers.iter().find(|row| row.id == *id);
                if held.is_none_or(|row| !row.retired.is_empty()) {
                    let name = "of this patient that holds".into();
                    return Err(Refusal::NoSuch { what: "number".into(), name });
                }
                let event = PatientEvent::IdentifierRetired { identifier: *id, reason: why };
                Ok(vec![Event::Patient(event)])
            }
        }
    }
}

fn correct(
    patient: &Patient,
    (to, why): (&Known, &str),
    seen: &SeesPatient,
    setting: &Setting<'_>,
) -> Decision {
    let name = PersonName {
        family: needed("Family name", &to.name.family, NAME_MOST)?,
        given: needed("Given name", &to.name.given, NAME_MOST)?,
    };
    let known = Known { name, ..to.clone() };
    let unborn = |at| known.birth_date.is_some_and(|born| born.days_old(at).is_none());
    let first = seen.accessions.iter().map(|row| row.ordered_at).min();
    if unborn(setting.now) || first.is_some_and(unborn) {
        let expected = "a day that is not in the future, nor after the patient's first order";
        return Err(Refusal::Unreadable { field: "Birth date".into(), expected: expected.into() });
    }
    if known == Known::of(patient) {
        return Err(AboutPatient::NothingChanged.into());
    }
    let judged_by = (known.birth_date, known.sex) != (patient.birth_date, patient.sex);
    let reason = why.to_owned();
    let mut events =
        vec![Event::Patient(PatientEvent::PatientAmended { patient: patient.id, known, reason })];
    if judged_by {
        let because = "Sex or birth date of the patient was corrected; compare the intervals.";
        events.extend(held_again(&seen.tests, because));
    }
    Ok(events)
}
