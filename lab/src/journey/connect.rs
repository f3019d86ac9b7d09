//! Connecting: an instrument is named, given its driver and its way to us, told from control
//! material, and its codes are given their tests.
//!
//! What must stay true: names are unique; a code leads to a test of the catalog or to none; every
//! change has its reason.

use std::collections::BTreeMap;

use super::written::filled;
use crate::command::{Decide, Decision, Look, Setting};
use crate::event::{Event, InstrumentEvent};
use crate::instrument::{CodeUse, Instrument, Wiring};
use crate::refusal::Refusal;
use crate::value::{InstrumentId, TestCode};

/// Connect an instrument: its name, its driver, what it calls itself, its code map and its way to
/// us.
#[derive(Clone, Debug, Default)]
pub struct AddInstrument {
    /// The name on its front.
    pub name: String,
    /// The driver that reads it.
    pub driver: String,
    /// What it calls itself in its messages.
    pub sender: String,
    /// Its codes to the laboratory's.
    pub codes: BTreeMap<String, TestCode>,
    /// Its codes that are known and not used.
    pub unused: Vec<String>,
    /// How it is connected, and by what its control material is known.
    pub wiring: Wiring,
}

impl Decide for AddInstrument {
    type Sees = Option<Instrument>;

    fn look<L: Look>(&self, look: &L, _: &Setting<'_>) -> Result<Option<Instrument>, L::Fault> {
        look.instrument_named(self.name.trim())
    }

    fn decide(&self, seen: Option<Instrument>, setting: &Setting<'_>) -> Decision {
        let name = filled("Name", &self.name)?;
        if seen.is_some() {
            return Err(Refusal::Taken { what: "instrument name".into(), name });
        }
        self.codes.values().try_for_each(|code| in_catalog(code, setting))?;
        Ok(vec![Event::Instrument(InstrumentEvent::InstrumentAdded(Instrument {
            id: InstrumentId(setting.fresh()),
            name,
            driver: self.driver.clone(),
            sender: self.sender.clone(),
            codes: self.codes.clone(),
            unused: self.unused.clone(),
            wiring: self.wiring.clone(),
        }))])
    }
}

/// Change how an instrument is named, read and connected, and what of its material are controls,
/// with the reason. Its code map stays.
#[derive(Clone, Debug)]
pub struct ChangeInstrument {
    /// Which.
    pub instrument: InstrumentId,
    /// The name on its front.
    pub name: String,
    /// The driver that reads it.
    pub driver: String,
    /// What it calls itself in its messages.
    pub sender: String,
    /// How it is connected, and by what its control material is known.
    pub wiring: Wiring,
    /// Why.
    pub reason: String,
}

/// An instrument, and the one that has the name it is to have.
pub struct SeesNames {
    instrument: Option<Instrument>,
    namesake: Option<Instrument>,
}

impl Decide for ChangeInstrument {
    type Sees = SeesNames;

    fn look<L: Look>(&self, look: &L, _: &Setting<'_>) -> Result<SeesNames, L::Fault> {
        let instrument = look.instrument(self.instrument)?;
        Ok(SeesNames { instrument, namesake: look.instrument_named(self.name.trim())? })
    }

    fn decide(&self, seen: SeesNames, _: &Setting<'_>) -> Decision {
        let name = filled("Name", &self.name)?;
        let reason = filled("Reason", &self.reason)?;
        let before = seen.instrument.ok_or_else(|| nowhere(self.instrument))?;
        if seen.namesake.is_some_and(|other| other.id != before.id) {
            return Err(Refusal::Taken { what: "instrument name".into(), name });
        }
        let instrument = Instrument {
            name,
            driver: self.driver.clone(),
            sender: self.sender.trim().to_owned(),
            wiring: self.wiring.clone(),
            ..before
        };
        Ok(vec![Event::Instrument(InstrumentEvent::InstrumentChanged { instrument, reason })])
    }
}

/// Say what one of an instrument's codes stands for from now on, with the reason. What was filed
/// stays as it is; what waits is read again by [`ReplayUnclaimed`].
///
/// [`ReplayUnclaimed`]: crate::journey::analyze::ReplayUnclaimed
#[derive(Clone, Debug)]
pub struct MapCode {
    /// Of which instrument.
    pub instrument: InstrumentId,
    /// The instrument's code, as sent.
    pub code: String,
    /// What it stands for.
    pub to: CodeUse,
    /// Why.
    pub reason: String,
}

impl Decide for MapCode {
    type Sees = Option<Instrument>;

    fn look<L: Look>(&self, look: &L, _: &Setting<'_>) -> Result<Option<Instrument>, L::Fault> {
        look.instrument(self.instrument)
    }

    fn decide(&self, seen: Option<Instrument>, setting: &Setting<'_>) -> Decision {
        let code = self.code.trim().to_owned();
        if code.is_empty() {
            return Err(Refusal::Missing { field: "The instrument's code".into() });
        }
        let reason = filled("Reason", &self.reason)?;
        let instrument = seen.ok_or_else(|| nowhere(self.instrument))?.id;
        if let CodeUse::Test(test) = &self.to {
            in_catalog(test, setting)?;
        }
        let to = self.to.clone();
        Ok(vec![Event::Instrument(InstrumentEvent::CodeMapped { instrument, code, to, reason })])
    }
}

fn nowhere(instrument: InstrumentId) -> Refusal {
    Refusal::NoSuch { what: "instrument".into(), name: instrument.to_string() }
}

fn in_catalog(code: &TestCode, setting: &Setting<'_>) -> Result<(), Refusal> {
    match setting.catalog.test(code.as_str()) {
        Some(_) => Ok(()),
        None => Err(Refusal::UnknownTest { code: code.0.clone() }),
    }
}
