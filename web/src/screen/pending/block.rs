//! What an open test waits for, as a person at the bench would say it.
//!
//! What must stay true: each open test waits for exactly one thing, the first that somebody can do
//! something about; what can hurt a patient comes before everything else.

use std::collections::BTreeSet;

use lab::accession::{ResultVersion, Specimen, SpecimenState, Test, TestState};
use lab::catalog::{Catalog, TestDefinition};
use lab::value::{Moment, TestCode};

use crate::call::Call;
use crate::page::Tone;
use crate::words;

/// What is known besides the test.
pub(super) struct Told<'a> {
    pub(super) catalog: &'a Catalog,
    /// The tests that some instrument sends.
    pub(super) mapped: &'a BTreeSet<&'a TestCode>,
    pub(super) now: Moment,
}

/// What an open test waits for. In the order in which the rows of one tube stand.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Block {
    /// Its critical value was not read back to anybody.
    ToCall,
    /// A person must look at it, for these reasons.
    Held(String),
    /// A person verifies it.
    ToVerify,
    /// It is measured again, for this reason.
    Rerun(String),
    /// The tube must clot for so many minutes more, then be spun.
    ToClot(i64),
    /// The tube must be spun.
    ToSpin,
    /// The tube was put away.
    PutAway,
    /// An instrument measures it.
    Instrument,
    /// It follows from others.
    Inputs,
    /// A person enters it.
    ByHand,
    /// The tube is on its way to another place.
    OnItsWay,
    /// The tube has not arrived.
    NotReceived,
    /// The tube was not taken; it is to be at that time.
    NotCollected(Option<Moment>),
    /// The tube is rejected, lost or discarded.
    Gone(&'static str),
}

impl Block {
    /// What a test without a result, or to be run again, waits for.
    pub(super) fn of_open(
        told: &Told<'_>,
        (test, specimen): (&Test, &Specimen),
        due: Option<Moment>,
    ) -> Block {
        match specimen.state {
            SpecimenState::Ordered => return Block::NotCollected(due),
            SpecimenState::Collected => return Block::NotReceived,
            SpecimenState::Dispatched => return Block::OnItsWay,
            SpecimenState::Rejected | SpecimenState::Lost | SpecimenState::Discarded => {
                return Block::Gone(specimen.state.word());
            }
            SpecimenState::Stored => return Block::PutAway,
            SpecimenState::Received | SpecimenState::OnBench => {}
        }
        if test.state == TestState::Rerun {
            return Block::Rerun(test.note.clone());
        }
        if let Some(block) = unspun(told, test, specimen) {
            return block;
        }
        let definition = told.catalog.test(test.code.as_str());
        match () {
            () if told.mapped.contains(&test.code) => Block::Instrument,
            () if definition.is_some_and(TestDefinition::may_be_calculated) => Block::Inputs,
            () => Block::ByHand,
        }
    }

    /// What a test with a result that is not verified waits for.
    pub(super) fn of_result(test: &Test, result: &ResultVersion) -> Block {
        match test.state {
            _ if test.call.as_ref().is_some_and(|call| call.open) => Block::ToCall,
            TestState::Held => Block::Held(words::briefly(test, result)),
            _ => Block::ToVerify,
        }
    }

    /// Its name in the number of a row.
    pub(super) const fn name(&self) -> &'static str {
        match self {
            Block::ToCall => "call",
            Block::Held(_) => "held",
            Block::ToVerify => "verify",
            Block::Rerun(_) => "again",
            Block::ToClot(_) => "clot",
            Block::ToSpin => "spin",
            Block::PutAway => "fetch",
            Block::Instrument => "measure",
            Block::Inputs => "inputs",
            Block::ByHand => "enter",
            Block::OnItsWay => "way",
            Block::NotReceived => "receive",
            Block::NotCollected(_) => "collect",
            Block::Gone(_) => "gone",
        }
    }

    /// How much it weighs.
    pub(super) const fn tone(&self) -> Tone {
        match self {
            Block::ToCall => Tone::Grave,
            Block::Held(_) | Block::Rerun(_) | Block::Gone(_) => Tone::Care,
            Block::ToVerify | Block::ToSpin | Block::ByHand => Tone::Open,
            _ => Tone::Quiet,
        }
    }

    /// It in words.
    pub(super) fn words(&self, call: &Call) -> String {
        match self {
            Block::ToCall => "critical to call".into(),
            Block::Held(why) => format!("held: {why}"),
            Block::ToVerify => "to verify".into(),
            Block::Rerun(why) if why.is_empty() => "to measure again".into(),
            Block::Rerun(why) => format!("to measure again: {why}"),
            Block::ToClot(minutes) => format!("to clot {minutes} min more"),
            Block::ToSpin => "to spin".into(),
            Block::PutAway => "put away: fetch it".into(),
            Block::Instrument => "waits for the instrument".into(),
            Block::Inputs => "calculated when its inputs are there".into(),
            Block::ByHand => "to enter".into(),
            Block::OnItsWay => "on its way".into(),
            Block::NotReceived => "not received".into(),
            Block::NotCollected(None) => "not collected".into(),
            Block::NotCollected(Some(due)) => {
                let at = words::clock(*due, &call.app.laboratory().zone, call.now);
                format!("to collect at {at}")
            }
            Block::Gone(word) => format!("specimen {word}: decide"),
        }
    }
}

/// Whether the tube must be spun before this test is measured.
fn unspun(told: &Told<'_>, test: &Test, specimen: &Specimen) -> Option<Block> {
    let spin = told.catalog.keeping().spin(specimen.drawn_into())?;
    let needs = told.catalog.needs_spin(test.code.as_str());
    if !needs || specimen.handling.spun.is_some() {
        return None;
    }
    let stood = specimen.collected_at.map_or(0, |taken| told.now.minutes_since(taken));
    let more = spin.clot_minutes - stood;
    Some(if more > 0 { Block::ToClot(more) } else { Block::ToSpin })
}
