//! One order of the past on its way: what is asked next, by whom, and what follows from the
//! answer.
//!
//! Most tubes go the straight way: received, spun where they are serum, measured, verified. Some go
//! another: one is rejected or lost and taken again, to one a test is added, of one a part is
//! measured by itself, a patient was registered twice and is merged. What must stay true: each step
//! waits for the answer of the one before; times are those of the plan.

use lab::accession::TestState;
use lab::command::Command;
use lab::event::Event;
use lab::journey::collect::CollectSpecimens;
use lab::journey::process::{SpinSpecimens, StoreSpecimen};
use lab::journey::receive::ReceiveSpecimen;
use lab::journey::verify::VerifyResults;
use lab::people::Actor;
use lab::value::Moment;
use simlab::chance::Chance;
use simlab::day::{Bench, PlannedOrder, PlannedTube};

use super::asked::{self, Filed, Tube};
use super::history::Past;

/// What happens to an order; tubes by their place among its tubes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    Order,
    Collect,
    /// Blood is taken again in place of a tube.
    CollectAgain(usize),
    Receive(usize),
    /// Nobody finds the tube.
    Lose(usize),
    Spin(usize),
    /// A part is measured from a tube of its own.
    Part(usize),
    /// Measured; or rejected, where it shows that it is spoiled.
    Analyze(usize),
    /// Somebody is called about the next critical value.
    Call(usize),
    Verify(usize),
    /// A test is added.
    Add(usize),
    /// What was released is corrected.
    Amend(usize),
    /// The tube is put away.
    Store(usize),
    /// The patient turns out to be registered twice.
    Merge,
}

/// An order on its way.
pub struct Visit {
    order: PlannedOrder,
    midnight: Moment,
    tubes: Vec<Tube>,
    open: usize,
    /// True where the tubes are still kept when the past ends.
    kept: bool,
    /// The number the patient was registered under before, where that was not known.
    known_as: Option<String>,
}

/// Minutes from the receipt to the result, and from the result to its verification: in the middle
/// of the shift's usual spread. Our choice; STAT chemistry is out within the hour.
const HEMATOLOGY_MINUTES: f64 = 9.0;
const CHEMISTRY_MINUTES: f64 = 22.0;
const VERIFY_MINUTES: f64 = 11.0;

/// Minutes serum stands before it is spun, and at least from its receipt to the end of the spin.
// The catalog's spin programs: a gel tube clots for 30 minutes.
pub const CLOT_MINUTES: u32 = 31;
pub const SPIN_MINUTES: u32 = 12;

/// Minutes from a critical result to the call, from one call to the next or to the verification,
/// and from the verification to a correction, from there to the merge. Our choice.
const CALL_MINUTES: u32 = 2;
const AMEND_MINUTES: u32 = 35;
const ADD_MINUTES: u32 = 20;
const MERGE_MINUTES: i64 = 50;

/// Minutes after its receipt that a tube is given up as lost, and by which what is taken again is
/// later than what it replaces. Our choice.
const LOST_MINUTES: u32 = 15;
const AGAIN_MINUTES: u32 = 150;

/// The most minutes from the receipt to the end; of what is rejected or lost, as many more as what
/// is taken again is later.
const MOST_MINUTES: u32 = 330;

/// Of tubes those that are lost, of serum tubes those that a test is added to, of tubes with a
/// potassium those whose potassium is measured again after its release, of orders for those who
/// were here before those that are placed under a number of the emergency department.
// Our choice, so that a month of the demo has some of each.
const LOST_SHARE: f64 = 0.004;
const ADDED_SHARE: f64 = 0.015;
const AMENDED_SHARE: f64 = 0.006;
const UNKNOWN_SHARE: f64 = 0.015;

impl Visit {
    /// An order of a day that began at this moment.
    pub fn new(mut order: PlannedOrder, (midnight, kept): (Moment, bool)) -> Visit {
        let mut known_as = None;
        if order.returning && unusual("unknown", &order, 0).yes(UNKNOWN_SHARE) {
            let number = format!("ED-{}-{}", order.patient.number, order.number);
            known_as = Some(std::mem::replace(&mut order.patient.record_number, number));
        }
        Visit { order, midnight, tubes: Vec::new(), open: 1, kept, known_as }
    }

    /// The minute at which a tube of serum is spun.
    fn spun(&self, late: u32) -> u32 {
        (self.order.collected + CLOT_MINUTES).max(self.order.received + SPIN_MINUTES) + late
    }

    fn is_serum(&self, tube: usize) -> bool {
        self.tubes.get(tube).is_some_and(|tube| tube.bench == Bench::Chemistry)
    }

    fn late(&self, tube: usize) -> u32 {
        self.tubes.get(tube).map_or(0, |tube| tube.late)
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
        let spoiled = self.order.tubes.iter().any(|tube| tube.fault.is_some());
        let lost = (0..self.order.tubes.len()).any(|tube| self.is_lost(tube));
        let again = if spoiled || lost { AGAIN_MINUTES } else { 0 };
        self.at(self.order.received + MOST_MINUTES + again)
    }

    /// True once nothing more will happen to it.
    pub fn is_over(&self) -> bool {
        self.open == 0
    }

    /// Whether a tube of the order, by its place, gets lost; what is taken again does not.
    fn is_lost(&self, tube: usize) -> bool {
        tube < self.order.tubes.len() && unusual("lost", &self.order, tube).yes(LOST_SHARE)
    }

    /// The minute at which a tube's result is filed, and the one at which it is verified.
    fn minutes(&self, tube: usize) -> (u32, u32) {
        let late = self.late(tube);
        let chance = &mut unusual("turnaround", &self.order, tube);
        let (ready, middle) = match self.is_serum(tube) {
            false => (self.order.received + late, HEMATOLOGY_MINUTES),
            true => (self.spun(late), CHEMISTRY_MINUTES),
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

    fn planned(&self, tube: &Tube) -> Option<&PlannedTube> {
        self.order.tubes.iter().find(|planned| planned.bench == tube.bench)
    }

    /// When what follows a step is due at the earliest.
    pub fn following(&self, step: Step) -> Option<Moment> {
        let again = self.order.collected + AGAIN_MINUTES;
        match step {
            Step::Order => Some(self.at(self.order.collected)),
            Step::Collect => Some(self.at(self.order.received)),
            Step::CollectAgain(tube) => Some(self.at(self.order.received + self.late(tube))),
            Step::Receive(tube) if self.is_lost(tube) => {
                Some(self.at(self.order.received + LOST_MINUTES))
            }
            Step::Receive(tube) if self.is_serum(tube) => Some(self.at(self.spun(self.late(tube)))),
            Step::Lose(_) => Some(self.at(again)),
            Step::Receive(tube) | Step::Part(tube) => Some(self.at(self.minutes(tube).0)),
            Step::Spin(tube) => Some(self.at(self.spun(self.late(tube)) + 1)),
            Step::Analyze(tube) | Step::Call(tube) => {
                Some(self.at(self.minutes(tube).0 + CALL_MINUTES))
            }
            Step::Verify(tube) => Some(self.at(self.minutes(tube).1 + ADD_MINUTES)),
            Step::Add(tube) => Some(self.at(self.minutes(tube).1 + AMEND_MINUTES)),
            Step::Amend(_) | Step::Store(_) | Step::Merge => None,
        }
    }

    /// What is asked in a step, and by whom.
    pub fn ask(&self, step: Step, past: &Past) -> Option<(Actor, Command)> {
        let tube = |number: usize| self.tubes.get(number);
        let collect = |specimens, minute| {
            let (at, taken) = (self.at(minute), Default::default());
            CollectSpecimens { specimens, at, identified: true, taken }.into()
        };
        match step {
            Step::Order => Some((past.amy, past.directory.place(&self.order))),
            Step::Collect => {
                let specimens = self.tubes.iter().map(|tube| tube.specimen.id).collect();
                Some((past.amy, collect(specimens, self.order.collected)))
            }
            Step::CollectAgain(number) => {
                let specimens = vec![tube(number)?.specimen.id];
                Some((past.amy, collect(specimens, self.order.collected + self.late(number))))
            }
            Step::Receive(number) => {
                let label = tube(number)?.specimen.label.clone();
                Some((past.amy, ReceiveSpecimen { label }.into()))
            }
            Step::Lose(number) => Some((past.amy, asked::lose(tube(number)?).into())),
            Step::Spin(number) => {
                let specimens = vec![tube(number)?.specimen.id];
                Some((past.amy, SpinSpecimens { specimens }.into()))
            }
            Step::Part(number) => Some((past.amy, asked::part(tube(number)?)?.into())),
            Step::Store(number) => {
                let (place, spot) = past.spot();
                let specimen = tube(number)?.specimen.id;
                Some((past.amy, StoreSpecimen { specimen, place, spot }.into()))
            }
            Step::Add(number) => Some((past.amy, asked::add(tube(number)?, &self.order).into())),
            Step::Analyze(number) => self.analyze(tube(number)?, past),
            _ => self.decide(step, past),
        }
    }

    fn analyze(&self, tube: &Tube, past: &Past) -> Option<(Actor, Command)> {
        let planned = self.planned(tube)?;
        if let Some(fault) = planned.fault.filter(|_| tube.late == 0) {
            return Some((past.cy, asked::reject(tube, fault).into()));
        }
        let instrument = past.instrument(tube.bench)?;
        let file = asked::file(instrument, planned, tube);
        Some((Actor::Instrument(instrument.id), file.into()))
    }

    /// What is asked by those who decide.
    fn decide(&self, step: Step, past: &Past) -> Option<(Actor, Command)> {
        let filed = |number: usize| self.tubes.get(number).map(|tube| tube.filed.iter());
        match step {
            Step::Call(number) => {
                Some((past.cy, asked::call(filed(number)?.clone().find(|f| f.critical)?).into()))
            }
            Step::Verify(number) => {
                let tests = filed(number)?.map(|filed| (filed.test, filed.looked)).collect();
                let reason = "Repeated and confirmed".to_owned();
                Some((past.cy, VerifyResults { tests, reason }.into()))
            }
            Step::Amend(number) => {
                let mut filed = filed(number)?;
                Some((past.cy, asked::amend(filed.find(|filed| filed.amendable())?).into()))
            }
            Step::Merge => {
                let numbers = (&*self.order.patient.record_number, self.known_as.as_deref()?);
                Some((past.dora, past.merge(numbers)?.into()))
            }
            _ => None,
        }
    }

    /// Takes the answer to what was asked at a moment, and says what follows and when. Of what was
    /// refused, nothing follows.
    pub fn answered(&mut self, at: Moment, step: Step, events: &[Event]) -> Vec<(Moment, Step)> {
        let due = self.following(step).unwrap_or(at).max(at.plus_minutes(1));
        let following = if events.is_empty() { Vec::new() } else { self.next(at, step, events) };
        self.open = self.open + following.len() - 1;
        let verified = |tube| self.at(self.minutes(tube).1).max(at.plus_minutes(1));
        let when = |next: &Step| match *next {
            Step::Verify(tube) => verified(tube),
            Step::CollectAgain(_) => self.at(self.order.collected + AGAIN_MINUTES).max(due),
            _ => due,
        };
        let mut due: Vec<_> = following.into_iter().map(|next| (when(&next), next)).collect();
        if self.open == 0 && self.known_as.is_some() && step != Step::Merge {
            self.open = 1;
            due.push((at.plus_minutes(MERGE_MINUTES), Step::Merge));
        }
        due
    }

    fn next(&mut self, at: Moment, step: Step, events: &[Event]) -> Vec<Step> {
        match step {
            Step::Order => {
                self.tubes = asked::tubes(&self.order, events, 0);
                vec![Step::Collect]
            }
            Step::Collect => (0..self.tubes.len()).map(Step::Receive).collect(),
            Step::CollectAgain(tube) => vec![Step::Receive(tube)],
            Step::Receive(tube) if self.is_lost(tube) => vec![Step::Lose(tube)],
            Step::Receive(tube) if self.is_serum(tube) => vec![Step::Spin(tube)],
            Step::Receive(tube) => vec![Step::Analyze(tube)],
            Step::Spin(number) => match self.tubes.get(number) {
                Some(tube) if tube.parted().is_some() && self.is_sound(tube) => {
                    vec![Step::Part(number)]
                }
                _ => vec![Step::Analyze(number)],
            },
            Step::Part(number) => {
                let part = self.tubes.get_mut(number).and_then(|tube| tube.part(events));
                self.tubes.extend(part);
                vec![Step::Analyze(number), Step::Analyze(self.tubes.len() - 1)]
            }
            Step::Lose(_) => self.again(events),
            Step::Add(number) => {
                if let Some(tube) = self.tubes.get_mut(number) {
                    tube.add(events);
                }
                vec![Step::Analyze(number)]
            }
            Step::Analyze(number) => self.analyzed(number, events),
            Step::Call(number) => {
                if let Some(tube) = self.tubes.get_mut(number)
                    && let Some(filed) = tube.filed.iter_mut().find(|filed| filed.critical)
                {
                    filed.critical = false;
                    filed.looked.touched = Some(at);
                }
                self.waits(number)
            }
            Step::Verify(number) => self.verified(number, at),
            Step::Amend(_) | Step::Store(_) | Step::Merge => Vec::new(),
        }
    }

    fn is_sound(&self, tube: &Tube) -> bool {
        tube.late > 0 || self.planned(tube).is_some_and(|planned| planned.fault.is_none())
    }

    /// What was ordered in place of a tube, if anything was.
    fn again(&mut self, events: &[Event]) -> Vec<Step> {
        let first = self.tubes.len();
        self.tubes.extend(asked::tubes(&self.order, events, AGAIN_MINUTES));
        // One order in place of another: all its tubes are taken one by one.
        (first..self.tubes.len()).map(Step::CollectAgain).collect()
    }

    fn analyzed(&mut self, number: usize, events: &[Event]) -> Vec<Step> {
        let again = self.again(events);
        if !again.is_empty() {
            return again;
        }
        if let Some(tube) = self.tubes.get_mut(number) {
            tube.filed = asked::filed(events);
        }
        self.waits(number)
    }

    /// What a tube with results waits for.
    fn waits(&self, number: usize) -> Vec<Step> {
        match self.tubes.get(number).map(|tube| &tube.filed) {
            Some(filed) if filed.iter().any(|filed| filed.critical) => vec![Step::Call(number)],
            Some(filed) if !filed.is_empty() => vec![Step::Verify(number)],
            _ => Vec::new(),
        }
    }

    fn verified(&mut self, number: usize, at: Moment) -> Vec<Step> {
        let more = unusual("added", &self.order, number).yes(ADDED_SHARE);
        let amended = unusual("amended", &self.order, number).yes(AMENDED_SHARE);
        let Some(tube) = self.tubes.get_mut(number) else { return Vec::new() };
        for filed in &mut tube.filed {
            filed.looked.state = TestState::Verified;
            filed.looked.touched = Some(at);
        }
        let again = amended && tube.filed.iter().any(Filed::amendable);
        let again = again.then_some(Step::Amend(number));
        let more = (more && again.is_none() && tube.takes_more()).then_some(Step::Add(number));
        let away = (self.kept && more.is_none()).then_some(Step::Store(number));
        [away, more, again].into_iter().flatten().collect()
    }
}

/// The chances of one tube of an order.
fn unusual(purpose: &str, order: &PlannedOrder, tube: usize) -> Chance {
    let place = u64::try_from(tube).unwrap_or(0);
    let number = order.patient.number << 16 | u64::from(order.ordered) << 4 | place;
    Chance::of(order.patient.number, purpose, number)
}
