//! Merging two registrations of one patient, and undoing it.
//!
//! What must stay true: see the station. The accessions move with everything that hangs from them,
//! so that every later question about the surviving patient has the whole history; results ordered
//! for the survivor meanwhile stay where they are when a merge is undone.

use super::super::written::reason;
use super::{Registered, held_again, present, registered};
use crate::accession::{Accession, ResultVersion, Test};
use crate::command::{Decide, Decision, Look, Setting};
use crate::event::{Event, Hanging, Known, Moved, PatientEvent};
use crate::patient::{Encounter, Merge, Patient, PatientIdentifier, Undone};
use crate::refusal::{AboutPatient, Refusal};
use crate::value::{AccessionId, MergeId, PatientId};

/// Merge a patient who was registered twice: everything of the one registration goes to the other,
/// which survives. Who differs in birth date or sex is warned of; that is confirmed. What waits to
/// be released is held: its earlier results may be other ones now.
#[derive(Clone, Debug)]
pub struct MergePatients {
    /// The registration that is given up, and what was seen of it.
    pub from: (PatientId, Known),
    /// The one that survives, and what was seen of it.
    pub into: (PatientId, Known),
    /// Birth date or sex differ, and it is the same patient all the same.
    pub although_different: bool,
    /// Why.
    pub reason: String,
}

/// What merging looks at.
pub struct SeesMerge {
    from: Registered,
    into: Registered,
    accessions: Vec<AccessionId>,
    encounters: Vec<Encounter>,
    identifiers: Vec<PatientIdentifier>,
    hanging: Hangs,
    /// The tests of the one that survives.
    own: Vec<Test>,
}

/// Tests and results of accessions.
#[derive(Default)]
struct Hangs {
    tests: Vec<Test>,
    results: Vec<ResultVersion>,
}

impl Hangs {
    fn look<L: Look>(look: &L, accessions: &[AccessionId]) -> Result<Hangs, L::Fault> {
        let mut hangs = Hangs::default();
        for accession in accessions {
            hangs.tests.extend(look.tests_of(*accession)?);
            hangs.results.extend(look.results_of(*accession)?);
        }
        Ok(hangs)
    }
}

fn numbers(accessions: Vec<Accession>) -> Vec<AccessionId> {
    accessions.into_iter().map(|row| row.id).collect()
}

fn tests_of<L: Look>(look: &L, patient: PatientId) -> Result<Vec<Test>, L::Fault> {
    let mut tests = Vec::new();
    for accession in look.accessions_of(patient)? {
        tests.extend(look.tests_of(accession.id)?);
    }
    Ok(tests)
}

const HISTORY_CHANGED: &str =
    "The patient was merged with another registration; compare the earlier results.";
const HISTORY_PARTED: &str = "A merge of this patient was undone; compare the earlier results.";

impl Decide for MergePatients {
    type Sees = SeesMerge;

    fn look<L: Look>(&self, look: &L, _: &Setting<'_>) -> Result<SeesMerge, L::Fault> {
        let from = self.from.0;
        let accessions = numbers(look.accessions_of(from)?);
        Ok(SeesMerge {
            from: registered(look, from)?,
            into: registered(look, self.into.0)?,
            encounters: look.encounters_of(from)?,
            identifiers: look.identifiers_of(from)?,
            hanging: Hangs::look(look, &accessions)?,
            own: tests_of(look, self.into.0)?,
            accessions,
        })
    }

    fn decide(&self, seen: SeesMerge, setting: &Setting<'_>) -> Decision {
        let reason = reason(&self.reason)?;
        let from = present(seen.from, self.from.0)?;
        let into = present(seen.into, self.into.0)?;
        if from.id == into.id {
            return Err(AboutPatient::SamePatient { record_number: into.record_number }.into());
        }
        for (patient, known) in [(&from, &self.from.1), (&into, &self.into.1)] {
            if *known != Known::of(patient) {
                let record_number = patient.record_number.clone();
                return Err(AboutPatient::PatientChanged { record_number }.into());
            }
        }
        if let Some(what) = differ(&from, &into).filter(|_| !self.although_different) {
            return Err(AboutPatient::PatientsDiffer { what }.into());
        }
        let merge = Merge {
            id: MergeId(setting.fresh()),
            from: from.id,
            into: into.id,
            accessions: seen.accessions,
            encounters: seen.encounters.iter().map(|row| row.id).collect(),
            identifiers: seen.identifiers.iter().map(|row| row.id).collect(),
            reason,
            at: setting.now,
            by: setting.actor,
            undone: None,
        };
        let hanging = Hanging::of(&seen.hanging.tests, &seen.hanging.results);
        let mut events = vec![Event::Patient(PatientEvent::PatientsMerged { merge, hanging })];
        events.extend(held_again(&seen.hanging.tests, HISTORY_CHANGED));
        events.extend(held_again(&seen.own, HISTORY_CHANGED));
        Ok(events)
    }
}

/// In what two patients differ that is not a matter of spelling.
fn differ(from: &Patient, into: &Patient) -> Option<String> {
    let mut what = Vec::new();
    if from.birth_date != into.birth_date {
        what.push("birth date");
    }
    if from.sex != into.sex {
        what.push("sex");
    }
    (!what.is_empty()).then(|| what.join(" and "))
}

/// Undo a merge, with the reason: everything that moved goes back, with the results filed since;
/// what was ordered for the survivor since stays there. What waits to be released is held.
#[derive(Clone, Debug)]
pub struct UnmergePatients {
    /// Which merge.
    pub merge: MergeId,
    /// Why.
    pub reason: String,
}

/// What undoing a merge looks at.
pub struct SeesUnmerge {
    merge: Option<Merge>,
    into: Option<Patient>,
    hanging: Hangs,
    /// The tests of the one that survived, the moved ones among them.
    own: Vec<Test>,
}

impl Decide for UnmergePatients {
    type Sees = SeesUnmerge;

    fn look<L: Look>(&self, look: &L, _: &Setting<'_>) -> Result<SeesUnmerge, L::Fault> {
        let merge: Option<Merge> = look.row(self.merge.0)?;
        let (into, hanging, own) = match &merge {
            Some(merge) => (
                look.patient(merge.into)?,
                Hangs::look(look, &merge.accessions)?,
                tests_of(look, merge.into)?,
            ),
            None => (None, Hangs::default(), Vec::new()),
        };
        Ok(SeesUnmerge { merge, into, hanging, own })
    }

    fn decide(&self, seen: SeesUnmerge, setting: &Setting<'_>) -> Decision {
        let reason = reason(&self.reason)?;
        let name = || self.merge.to_string();
        let merge =
            seen.merge.ok_or_else(|| Refusal::NoSuch { what: "merge".into(), name: name() })?;
        if merge.undone.is_some() {
            return Err(AboutPatient::AlreadyUndone.into());
        }
        if let Some(into) = seen.into.filter(|into| into.merged_into.is_some()) {
            return Err(AboutPatient::MergedOn { record_number: into.record_number }.into());
        }
        let undone = Undone { reason, at: setting.now, by: setting.actor };
        let hanging = Hanging::of(&seen.hanging.tests, &seen.hanging.results);
        let back = Moved {
            accessions: merge.accessions,
            encounters: merge.encounters,
            identifiers: merge.identifiers,
        };
        let mut events = vec![Event::Patient(PatientEvent::MergeUndone {
            merge: merge.id,
            undone,
            back,
            hanging,
        })];
        // The moved ones stand among those of the survivor: each is held once.
        events.extend(held_again(&seen.own, HISTORY_PARTED));
        Ok(events)
    }
}
