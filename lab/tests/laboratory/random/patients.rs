//! What is asked about patients, the directory and charges, at random.

use lab::accession::{Accession, Circumstances, Confirmed, DoubtKind};
use lab::command::Command;
use lab::directory::{Facility, Location, LocationKind, Provider};
use lab::event::Known;
use lab::journey::directory::{EditDirectory, Entry};
use lab::journey::order::{CancelOrder, CreditTest};
use lab::journey::register::{
    AmendPatient, Amendment, MergePatients, RecordEncounter, UnmergePatients,
};
use lab::patient::{Encounter, EncounterClass, IdentifierKind, Merge, Patient, PatientIdentifier};
use lab::value::{
    AccessionId, EncounterId, FacilityId, IdentifierId, LocationId, MergeId, PatientId, PersonName,
    Sex,
};

use super::{Step, pick};
use crate::bench::*;

/// Kinds of things asked here.
pub const KINDS: usize = 7;

impl Step {
    /// The command of this kind, counted from zero.
    pub(super) fn about_patients(&self, bench: &Bench, kind: usize) -> Command {
        let reason = || self.word.to_owned();
        match kind {
            0 => {
                let accession = pick::<Accession>(bench, self.which);
                let accession = accession.map_or(AccessionId(7), |row| row.id);
                let looked_at = bench.open(accession);
                CancelOrder { accession, looked_at, reason: reason() }.into()
            }
            1 => CreditTest { tests: vec![self.test(bench).0], reason: reason() }.into(),
            2 => self.amendment(bench).into(),
            3 => RecordEncounter {
                patient: self.patient(bench, self.which).0,
                number: reason(),
                class: EncounterClass::ALL[self.other.index(3)],
                location: pick::<Location>(bench, self.other).map(|row| row.id),
                admitted_at: bench.now.plus_minutes(5 - self.minutes % 20),
                discharged_at: (self.minutes % 2 == 0).then_some(bench.now),
            }
            .into(),
            4 => MergePatients {
                from: self.patient(bench, self.which),
                into: self.patient(bench, self.other),
                although_different: self.minutes % 4 > 0,
                reason: reason(),
            }
            .into(),
            5 => {
                let merge = pick::<Merge>(bench, self.which).map_or(MergeId(7), |row| row.id);
                UnmergePatients { merge, reason: reason() }.into()
            }
            _ => EditDirectory { entry: self.entry(bench) }.into(),
        }
    }

    fn patient(&self, bench: &Bench, which: proptest::sample::Index) -> (PatientId, Known) {
        let found = pick::<Patient>(bench, which);
        found.map_or((PatientId(7), known(self.word)), |row| (row.id, Known::of(&row)))
    }

    fn amendment(&self, bench: &Bench) -> AmendPatient {
        let (mut patient, was) = self.patient(bench, self.which);
        let amendment = match self.other.index(3) {
            0 => Amendment::Known(was.clone(), Known { deceased: !was.deceased, ..was }),
            1 => Amendment::Add {
                kind: IdentifierKind::Insurance,
                value: self.word.to_owned(),
                authority: String::new(),
            },
            _ => {
                let found = pick::<PatientIdentifier>(bench, self.which);
                patient = found.as_ref().map_or(patient, |row| row.patient);
                Amendment::Retire(found.map_or(IdentifierId(7), |row| row.id))
            }
        };
        AmendPatient { patient, amendment, reason: self.word.to_owned() }
    }

    fn entry(&self, bench: &Bench) -> Entry {
        let word = || self.word.to_owned();
        match self.other.index(3) {
            0 => {
                let was = pick::<Provider>(bench, self.which);
                Entry::Provider(was, crate::register::provider(self.word))
            }
            1 => {
                let was = pick::<Location>(bench, self.which);
                let facility = pick::<Facility>(bench, self.other).map(|row| row.id);
                let kind = LocationKind::Ward;
                let (code, name) = (word(), word());
                let id = LocationId(0);
                let closed = self.minutes % 2 == 0;
                Entry::Location(was, Location { id, code, name, kind, facility, closed })
            }
            _ => Entry::Facility(
                pick::<Facility>(bench, self.which),
                Facility {
                    id: FacilityId(0),
                    code: word(),
                    name: word(),
                    address: word(),
                    clia: None,
                    copies: 1,
                    closed: false,
                },
            ),
        }
    }

    /// What an order says beside its tests, right or not.
    pub(super) fn circumstances(&self, bench: &Bench) -> Circumstances {
        let encounter = pick::<Encounter>(bench, self.which).map(|row| row.id);
        Circumstances {
            provider: pick::<Provider>(bench, self.other).map(|row| row.id),
            location: pick::<Location>(bench, self.which).map(|row| row.id),
            encounter: encounter
                .filter(|_| self.minutes % 3 == 0)
                .or_else(|| (self.minutes % 17 == 0).then_some(EncounterId(7))),
            confirmed: Some(Confirmed {
                reason: self.word.to_owned(),
                doubts: vec![("A1C".into(), DoubtKind::DuplicateOrder)],
            }),
            ..Circumstances::default()
        }
    }
}

fn known(word: &str) -> Known {
    Known {
        name: PersonName { family: word.to_owned(), given: word.to_owned() },
        birth_date: None,
        sex: Sex::Unknown,
        deceased: false,
    }
}
