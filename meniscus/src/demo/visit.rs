//! One order of the past on its way: what is asked next, by whom, and what follows from the
//! answer.
//!
//! What must stay true: each step waits for the answer of the one before; times are those of the
//! plan.

use lab::accession::{Looked, Specimen};
use lab::command::Command;
use lab::event::{Event, ResultEvent};
use lab::instrument::{Instrument, Material, Nature, Reading};
use lab::journey::analyze::FileReadings;
use lab::journey::collect::CollectSpecimens;
use lab::journey::receive::{ReceiveSpecimen, RejectSpecimen};
use lab::journey::verify::VerifyResults;
use lab::people::Actor;
use lab::value::{Moment, TestCode, TestId};
use simlab::chance::Chance;
use simlab::day::{Bench, PlannedOrder, PlannedTube};
use simlab::error::Fault;

use super::history::{Past, place, specimens, tube_of};

/// What happens to an order; tubes by their place among its specimens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    Order,
    Collect,
    Receive(usize),
    Analyze(usize),
    Verify(usize),
}

/// An order on its way.
pub struct Visit {
    order: PlannedOrder,
    midnight: Moment,
    tubes: Vec<(Specimen, Vec<(TestId, Looked)>)>,
    open: usize,
}

/// Minutes from the receipt to the result, and from the result to its verification: in the middle
/// of the shift's usual spread. Our choice; STAT chemistry is out within the hour.
const HEMATOLOGY_MINUTES: f64 = 9.0;
const CHEMISTRY_MINUTES: f64 = 27.0;
const VERIFY_MINUTES: f64 = 11.0;

/// The most minutes from the receipt to the end.
const MOST_MINUTES: u32 = 240;

impl Visit {
    /// An order of a day that began at this moment.
    pub fn new(order: PlannedOrder, midnight: Moment) -> Visit {
        Visit { order, midnight, tubes: Vec::new(), open: 1 }
    }

    fn at(&self, minute: u32) -> Moment {
        self.midnight.plus_minutes(i64::from(minute))
    }

    /// When it is ordered.
    pub fn begins(&self) -> Moment {
        self.at(self.order.ordered)
    }

    /// When it is surely over.
    pub fn ends(&self) -> Moment {
        self.at(self.order.received + MOST_MINUTES)
    }

    /// True once nothing more will happen to it.
    pub fn is_over(&self) -> bool {
        self.open == 0
    }

    /// The minute at which a tube's result is filed, and the one at which it is verified.
    fn minutes(&self, tube: usize) -> (u32, u32) {
        let place = u64::try_from(tube).unwrap_or(0);
        let number = self.order.patient.number << 16 | u64::from(self.order.ordered) << 4 | place;
        let chance = &mut Chance::of(self.order.patient.number, "turnaround", number);
        let bench = self.planned(tube).map_or(Bench::Hematology, |tube| tube.bench);
        let middle = match bench {
            Bench::Hematology => HEMATOLOGY_MINUTES,
            Bench::Chemistry => CHEMISTRY_MINUTES,
        };
        let skewed = |middle: f64, chance: &mut Chance| {
            let minutes = (middle * chance.factor(0.4)).round().clamp(1.0, 110.0);
            // Between 1 and 110.
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            let minutes = minutes as u32;
            minutes
        };
        let filed = self.order.received + skewed(middle, chance);
        (filed, filed + skewed(VERIFY_MINUTES, chance))
    }

    fn planned(&self, tube: usize) -> Option<&PlannedTube> {
        tube_of(&self.order, &self.tubes.get(tube)?.0)
    }

    /// When what follows a step is due at the earliest.
    pub fn following(&self, step: Step) -> Option<Moment> {
        match step {
            Step::Order => Some(self.at(self.order.collected)),
            Step::Collect => Some(self.at(self.order.received)),
            Step::Receive(tube) => Some(self.at(self.minutes(tube).0)),
            Step::Analyze(tube) => Some(self.at(self.minutes(tube).1)),
            Step::Verify(_) => None,
        }
    }

    /// What is asked in a step, and by whom.
    pub fn ask(&self, step: Step, past: &Past) -> Option<(Actor, Command)> {
        match step {
            Step::Order => Some((past.amy, place(&self.order))),
            Step::Collect => {
                let specimens = self.tubes.iter().map(|(specimen, _)| specimen.id).collect();
                let at = self.at(self.order.collected);
                let collect = CollectSpecimens { specimens, at, identified: true };
                Some((past.amy, collect.into()))
            }
            Step::Receive(tube) => {
                let label = self.tubes.get(tube)?.0.label.clone();
                Some((past.amy, ReceiveSpecimen { label }.into()))
            }
            Step::Analyze(tube) => {
                let (planned, specimen) = (self.planned(tube)?, &self.tubes.get(tube)?.0);
                if let Some(fault) = planned.fault {
                    let (reason, note) = (reason_of(fault).to_owned(), fault.name().to_owned());
                    let reject = RejectSpecimen { specimen: specimen.id, reason, note };
                    return Some((past.cy, reject.into()));
                }
                let instrument = past.instrument(planned.bench)?;
                let file = file(instrument, planned, specimen);
                Some((Actor::Instrument(instrument.id), file.into()))
            }
            Step::Verify(tube) => {
                let tests = self.tubes.get(tube)?.1.clone();
                let reason = "Repeated and confirmed; ward informed".to_owned();
                Some((past.cy, VerifyResults { tests, reason }.into()))
            }
        }
    }

    /// Takes an answer, and says what follows and when.
    pub fn answered(&mut self, step: Step, events: &[Event]) -> Vec<(Moment, Step)> {
        let following: Vec<Step> = match step {
            Step::Order => {
                let placed = specimens(events).into_iter();
                self.tubes = placed.map(|specimen| (specimen, Vec::new())).collect();
                vec![Step::Collect]
            }
            Step::Collect => (0..self.tubes.len()).map(Step::Receive).collect(),
            Step::Receive(tube) if self.planned(tube).is_some() => vec![Step::Analyze(tube)],
            Step::Receive(_) | Step::Verify(_) => Vec::new(),
            Step::Analyze(tube) => {
                let filed = filed(events);
                let any = !filed.is_empty();
                if let Some(tube) = self.tubes.get_mut(tube) {
                    tube.1 = filed;
                }
                if any { vec![Step::Verify(tube)] } else { Vec::new() }
            }
        };
        self.open = self.open + following.len() - 1;
        let due = self.following(step).unwrap_or(self.midnight);
        following.into_iter().map(|next| (due, next)).collect()
    }
}

/// The versions that were filed.
fn filed(events: &[Event]) -> Vec<(TestId, Looked)> {
    let versions = events.iter().filter_map(|event| match event {
        Event::Result(ResultEvent::ResultFiled(version)) => {
            Some((version.test, Looked::filed(version)))
        }
        _ => None,
    });
    versions.collect()
}

fn file(instrument: &Instrument, tube: &PlannedTube, specimen: &Specimen) -> FileReadings {
    let sent = |code: &TestCode| {
        instrument.codes.iter().find(|(_, own)| *own == code).map(|(sent, _)| sent.clone())
    };
    let readings = tube.values.iter().filter_map(|(code, value)| {
        Some(Reading {
            code: sent(code)?,
            nature: Nature::Result,
            value: value.to_string(),
            measured: true,
            unit: String::new(),
            flags: Vec::new(),
            at: None,
            detail: Default::default(),
        })
    });
    FileReadings {
        instrument: instrument.id,
        message: None,
        sent_number: specimen.label.to_string(),
        material: Material::Patient,
        readings: readings.collect(),
    }
}

/// The catalog's reason to reject a tube with a fault.
const fn reason_of(fault: Fault) -> &'static str {
    match fault {
        Fault::Hemolysis { .. } => "HEMOLYZED",
        Fault::EdtaContamination => "WRONG_ORDER_CONTAM",
        Fault::SalineContamination | Fault::DextroseContamination => "CONTAMINATED",
        Fault::MixUp { .. } => "MISLABELED",
        Fault::PlateletClumps => "PLT_CLUMPED",
        Fault::ShortSample => "QNS",
    }
}
