//! Where an order comes from: location, provider, facility and encounter, as the record has them.
//!
//! What must stay true: an order names only entries that are there and open, and an encounter of
//! its own patient.

use crate::accession::Circumstances;
use crate::command::Look;
use crate::directory::{Facility, Location, Provider};
use crate::kept::Row;
use crate::patient::Encounter;
use crate::refusal::{AboutPatient, Refusal};
use crate::value::PatientId;

/// What the record has of what the order names.
pub(super) struct Whence {
    location: Option<Location>,
    provider: Option<Provider>,
    facility: Option<Facility>,
    encounter: Option<Encounter>,
}

impl Whence {
    pub(super) fn look<L: Look>(look: &L, said: &Circumstances) -> Result<Whence, L::Fault> {
        Ok(Whence {
            location: row(look, said.location.map(|id| id.0))?,
            provider: row(look, said.provider.map(|id| id.0))?,
            facility: row(look, said.facility.map(|id| id.0))?,
            encounter: row(look, said.encounter.map(|id| id.0))?,
        })
    }

    /// Whether everything that the order names may be named.
    pub(super) fn fits(&self, said: &Circumstances, patient: PatientId) -> Result<(), Refusal> {
        let location = self.location.as_ref().map(|row| (row.code.as_str(), row.closed));
        let provider = self.provider.as_ref().map(|row| (row.name.as_str(), row.closed));
        let facility = self.facility.as_ref().map(|row| (row.code.as_str(), row.closed));
        open("location", said.location.is_some(), location)?;
        open("provider", said.provider.is_some(), provider)?;
        open("facility", said.facility.is_some(), facility)?;
        let own = self.encounter.as_ref().is_some_and(|row| row.patient == patient);
        if said.encounter.is_some() && !own {
            let name = "of this patient".into();
            return Err(Refusal::NoSuch { what: "encounter".into(), name });
        }
        Ok(())
    }
}

fn row<R: Row, L: Look>(look: &L, number: Option<i64>) -> Result<Option<R>, L::Fault> {
    match number {
        Some(number) => look.row(number),
        None => Ok(None),
    }
}

fn open(what: &str, named: bool, found: Option<(&str, bool)>) -> Result<(), Refusal> {
    let what = what.to_owned();
    match found {
        _ if !named => Ok(()),
        None => Err(Refusal::NoSuch { what, name: "of this number".into() }),
        Some((name, true)) => Err(AboutPatient::Closed { what, name: name.into() }.into()),
        Some((_, false)) => Ok(()),
    }
}
