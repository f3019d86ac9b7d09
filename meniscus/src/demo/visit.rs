//! One order of the past on its way: what is asked next, by whom, and what follows from the
//! answer.
//!
//! What must stay true: each step waits for the answer of the one before; times are those of the
//! plan.

use lab::accession::{Flag, Looked, Specimen, TestState};
use lab::command::Command;
use lab::event::{Event, ResultEvent};
use lab::instrument::{Instrument, Material, Nature, Reading};
use lab::journey::analyze::FileReadings;
use lab::journey::call::RecordCall;
use lab::journey::collect::CollectSpecimens;
use lab::journey::correct::{AmendResult, Amended};
use lab::journey::process::{SpinSpecimens, StoreSpecimen};
use lab::journey::receive::{ReceiveSpecimen, RejectSpecimen};
use lab::journey::verify::VerifyResults;
use lab::people::Actor;
use lab::value::{Moment, TestCode, TestId, Value};
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
    Spin(usize),
    Analyze(usize),
    /// Somebody is called about the next critical value.
    Call(usize),
    Verify(usize),
    /// What was released is corrected.
    Amend(usize),
    /// The tube is put away.
    Store(usize),
}

/// An order on its way.
pub struct Visit {
    order: PlannedOrder,
    midnight: Moment,
    tubes: Vec<Tube>,
    open: usize,
    /// True where the tubes are still kept when the past ends.
    kept: bool,
}

/// A tube of it, with what was filed of it as it was last looked at.
struct Tube {
    specimen: Specimen,
    filed: Vec<Filed>,
}

/// A result of a tube.
struct Filed {
    test: TestId,
    code: TestCode,
    value: Value,
    looked: Looked,
    /// True while somebody is to be called.
    critical: bool,
}

/// Minutes from the receipt to the result, and from the result to its verification: in the middle
/// of the shift's usual spread. Our choice; STAT chemistry is out within the hour.
const HEMATOLOGY_MINUTES: f64 = 9.0;
const CHEMISTRY_MINUTES: f64 = 22.0;
const VERIFY_MINUTES: f64 = 11.0;

/// Minutes serum stands before it is spun, and at least from its receipt to the end of the spin.
// The catalog's spin programs: a gel tube clots for 30 minutes.
const CLOT_MINUTES: u32 = 31;
const SPIN_MINUTES: u32 = 12;

/// Minutes from a critical result to the call, from one call to the next or to the verification,
/// and from the verification to a correction. Our choice.
const CALL_MINUTES: u32 = 2;
const AMEND_MINUTES: u32 = 35;

/// Of tubes with a potassium, the share whose potassium is measured again after it was released.
// Our choice, so that a month of the demo has some corrected reports.
const AMENDED_SHARE: f64 = 0.006;

/// The most minutes from the receipt to the end.
const MOST_MINUTES: u32 = 330;

impl Visit {
    /// An order of a day that began at this moment.
    pub fn new(order: PlannedOrder, (midnight, kept): (Moment, bool)) -> Visit {
        Visit { order, midnight, tubes: Vec::new(), open: 1, kept }
    }

    /// The minute at which serum is spun.
    fn spun(&self) -> u32 {
        (self.order.collected + CLOT_MINUTES).max(self.order.received + SPIN_MINUTES)
    }

    fn is_serum(&self, tube: usize) -> bool {
        self.planned(tube).is_some_and(|tube| tube.bench == Bench::Chemistry)
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
        let (ready, middle) = match bench {
            Bench::Hematology => (self.order.received, HEMATOLOGY_MINUTES),
            Bench::Chemistry => (self.spun(), CHEMISTRY_MINUTES),
        };
        let skewed = |middle: f64, chance: &mut Chance| {
            let minutes = (middle * chance.factor(0.4)).round().clamp(3.0, 110.0);
            // Between 3 and 110.
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            let minutes = minutes as u32;
            minutes
        };
        let filed = ready + skewed(middle, chance);
        (filed, filed + skewed(VERIFY_MINUTES, chance))
    }

    fn planned(&self, tube: usize) -> Option<&PlannedTube> {
        tube_of(&self.order, &self.tubes.get(tube)?.specimen)
    }

    /// When what follows a step is due at the earliest.
    pub fn following(&self, step: Step) -> Option<Moment> {
        match step {
            Step::Order => Some(self.at(self.order.collected)),
            Step::Collect => Some(self.at(self.order.received)),
            Step::Receive(tube) if self.is_serum(tube) => Some(self.at(self.spun())),
            Step::Receive(tube) | Step::Spin(tube) => Some(self.at(self.minutes(tube).0)),
            Step::Analyze(tube) => Some(self.at(self.minutes(tube).0 + CALL_MINUTES)),
            Step::Call(tube) => Some(self.at(self.minutes(tube).0 + CALL_MINUTES)),
            Step::Verify(tube) => Some(self.at(self.minutes(tube).1 + AMEND_MINUTES)),
            Step::Amend(_) | Step::Store(_) => None,
        }
    }

    /// What is asked in a step, and by whom.
    pub fn ask(&self, step: Step, past: &Past) -> Option<(Actor, Command)> {
        match step {
            Step::Order => Some((past.amy, place(&self.order))),
            Step::Collect => {
                let specimens = self.tubes.iter().map(|tube| tube.specimen.id).collect();
                let at = self.at(self.order.collected);
                let collect =
                    CollectSpecimens { specimens, at, identified: true, taken: Default::default() };
                Some((past.amy, collect.into()))
            }
            Step::Receive(tube) => {
                let label = self.tubes.get(tube)?.specimen.label.clone();
                Some((past.amy, ReceiveSpecimen { label }.into()))
            }
            Step::Spin(tube) => {
                let specimens = vec![self.tubes.get(tube)?.specimen.id];
                Some((past.amy, SpinSpecimens { specimens }.into()))
            }
            Step::Store(tube) => {
                let (place, spot) = past.spot();
                let specimen = self.tubes.get(tube)?.specimen.id;
                Some((past.amy, StoreSpecimen { specimen, place, spot }.into()))
            }
            Step::Analyze(tube) => {
                let (planned, specimen) = (self.planned(tube)?, &self.tubes.get(tube)?.specimen);
                if let Some(fault) = planned.fault {
                    let (reason, note) = (reason_of(fault).to_owned(), fault.name().to_owned());
                    let reject = RejectSpecimen { specimen: specimen.id, reason, note };
                    return Some((past.cy, reject.into()));
                }
                let instrument = past.instrument(planned.bench)?;
                let file = file(instrument, planned, specimen);
                Some((Actor::Instrument(instrument.id), file.into()))
            }
            Step::Call(tube) => {
                let filed = self.tubes.get(tube)?.filed.iter().find(|filed| filed.critical)?;
                Some((past.cy, call(filed).into()))
            }
            Step::Verify(tube) => {
                let filed = self.tubes.get(tube)?.filed.iter();
                let tests = filed.map(|filed| (filed.test, filed.looked)).collect();
                let reason = "Repeated and confirmed".to_owned();
                Some((past.cy, VerifyResults { tests, reason }.into()))
            }
            Step::Amend(tube) => {
                let filed = self.tubes.get(tube)?.filed.iter();
                Some((past.cy, amend(filed.clone().find(|filed| filed.amendable())?).into()))
            }
        }
    }

    /// Takes the answer to what was asked at a moment, and says what follows and when. Of what was
    /// refused, nothing follows.
    pub fn answered(&mut self, at: Moment, step: Step, events: &[Event]) -> Vec<(Moment, Step)> {
        let due = self.following(step).unwrap_or(at).max(at.plus_minutes(1));
        let following: Vec<Step> = match step {
            _ if events.is_empty() => Vec::new(),
            Step::Order => {
                let placed = specimens(events).into_iter();
                self.tubes = placed.map(|specimen| Tube { specimen, filed: Vec::new() }).collect();
                vec![Step::Collect]
            }
            Step::Collect => (0..self.tubes.len()).map(Step::Receive).collect(),
            Step::Receive(tube) if self.is_serum(tube) => vec![Step::Spin(tube)],
            Step::Receive(tube) if self.planned(tube).is_some() => vec![Step::Analyze(tube)],
            Step::Spin(tube) => vec![Step::Analyze(tube)],
            Step::Receive(_) | Step::Amend(_) | Step::Store(_) => Vec::new(),
            Step::Analyze(number) => {
                if let Some(tube) = self.tubes.get_mut(number) {
                    tube.filed = filed(events);
                }
                self.next(number)
            }
            Step::Call(number) => {
                let tube = self.tubes.get_mut(number);
                if let Some(filed) =
                    tube.and_then(|tube| tube.filed.iter_mut().find(|f| f.critical))
                {
                    filed.critical = false;
                    filed.looked.touched = Some(at);
                }
                self.next(number)
            }
            Step::Verify(number) => {
                let Some(tube) = self.tubes.get_mut(number) else { return Vec::new() };
                for filed in &mut tube.filed {
                    filed.looked.state = TestState::Verified;
                    filed.looked.touched = Some(at);
                }
                let again = tube.filed.iter().any(Filed::amendable);
                let away = self.kept.then_some(Step::Store(number));
                away.into_iter().chain(again.then_some(Step::Amend(number))).collect()
            }
        };
        self.open = self.open + following.len() - 1;
        let verified = |tube| self.at(self.minutes(tube).1).max(at.plus_minutes(1));
        let when = |next: &Step| match *next {
            Step::Verify(tube) => verified(tube),
            _ => due,
        };
        following.into_iter().map(|next| (when(&next), next)).collect()
    }

    /// What a tube with results waits for.
    fn next(&self, number: usize) -> Vec<Step> {
        match self.tubes.get(number).map(|tube| &tube.filed) {
            Some(filed) if filed.iter().any(|filed| filed.critical) => vec![Step::Call(number)],
            Some(filed) if !filed.is_empty() => vec![Step::Verify(number)],
            _ => Vec::new(),
        }
    }
}

impl Filed {
    /// True for the few potassiums that are measured again after they were released.
    fn amendable(&self) -> bool {
        let number = self.test.0.unsigned_abs();
        let plain = self.value.plain().is_some();
        plain && self.code.as_str() == "K" && Chance::of(number, "amend", 0).yes(AMENDED_SHARE)
    }
}

/// The call about a critical value, answered by somebody who reads it back.
fn call(filed: &Filed) -> RecordCall {
    RecordCall {
        test: filed.test,
        looked_at: filed.looked,
        called: "R. Adeyemi, RN".into(),
        at: None,
        read_back: true,
        note: String::new(),
    }
}

/// A potassium measured again: a little lower.
fn amend(filed: &Filed) -> AmendResult {
    let lower = |value: f64| format!("{:.1}", value - 0.4);
    let lower = filed.value.plain().and_then(|value| value.to_string().parse().ok()).map(lower);
    AmendResult {
        test: filed.test,
        looked_at: filed.looked,
        new: Amended::Typed(lower.unwrap_or_default()),
        reason: "REPEAT".into(),
        note: "Serum spun again and measured again".into(),
        told: "R. Adeyemi, RN, by telephone".into(),
    }
}

/// The versions that were filed.
fn filed(events: &[Event]) -> Vec<Filed> {
    let versions = events.iter().filter_map(|event| match event {
        Event::Result(ResultEvent::ResultFiled(version)) => Some(Filed {
            test: version.test,
            code: version.code.clone(),
            value: version.value.clone(),
            looked: Looked::filed(version),
            critical: version.flag.is_some_and(Flag::critical),
        }),
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
