//! The live day: orders arrive, tubes are collected, received and spun, at a speed of choice.
//!
//! What must stay true: every step goes through the door as the person who does it.

use std::sync::PoisonError;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use lab::accession::Specimen;
use lab::journey::collect::CollectSpecimens;
use lab::journey::process::SpinSpecimens;
use lab::journey::receive::ReceiveSpecimen;
use lab::people::Actor;
use lab::value::Moment;
use simlab::day::{Bench, PlannedOrder};

use super::directory::Directory;
use super::history::{specimens, tube_of};
use super::rack::Rack;
use super::visit::{CLOT_MINUTES, SPIN_MINUTES};
use super::{Simulation, people};
use crate::Ended;
use crate::setup;

/// The minute of the plan with which the live day begins, and the one up to which it is lived at
/// once, so that whoever opens the laboratory finds a morning's work. What comes before is history.
pub const NIGHT: u32 = 6 * 60 + 30;
pub const MORNING: u32 = 8 * 60;

#[derive(Clone, Copy)]
enum Step {
    Order,
    Collect,
    Receive,
    Spin,
}

/// Starts the day.
///
/// # Errors
/// The thread cannot be started, or the laboratory has no reception.
pub fn run(simulation: Simulation, rack: Rack) -> Result<JoinHandle<()>, Ended> {
    let amy = people::actor(&simulation.store, "amy")?;
    let directory = Directory::read(&simulation)?;
    let named = std::thread::Builder::new().name("day".into());
    Ok(named.spawn(move || {
        for number in simulation.day_number().. {
            let plan = simulation.plan(number);
            let (simulation, rack, directory) = (&simulation, &rack, &directory);
            let mut today = Today { simulation, rack, directory, amy, tubes: Vec::new() };
            today.tubes.resize(plan.len(), Vec::new());
            if !today.live(&plan) {
                return;
            }
        }
    })?)
}

/// The minute at which the serum of an order is spun.
fn spun(order: &PlannedOrder) -> u32 {
    (order.collected + CLOT_MINUTES).max(order.received + SPIN_MINUTES)
}

struct Today<'a> {
    simulation: &'a Simulation,
    rack: &'a Rack,
    directory: &'a Directory,
    amy: Actor,
    tubes: Vec<Vec<Specimen>>,
}

impl Today<'_> {
    /// Lives the plan; false when a stop was asked for.
    fn live(&mut self, plan: &[PlannedOrder]) -> bool {
        let mut steps: Vec<(u32, usize, Step)> = plan
            .iter()
            .enumerate()
            .filter(|(_, order)| order.ordered >= NIGHT)
            .flat_map(|(at, order)| {
                [
                    (order.ordered, at, Step::Order),
                    (order.collected, at, Step::Collect),
                    (order.received, at, Step::Receive),
                    (spun(order), at, Step::Spin),
                ]
            })
            .collect();
        steps.sort_by_key(|(minute, at, _)| (*minute, *at));
        let began = Instant::now();
        for (minute, at, step) in steps {
            let due = f64::from(minute.saturating_sub(MORNING)) * 60.0 / self.simulation.speed;
            while began.elapsed().as_secs_f64() < due {
                if self.simulation.stopped() {
                    return false;
                }
                std::thread::sleep(Duration::from_millis(50));
            }
            let Some(order) = plan.get(at) else { continue };
            if let Err(ended) = self.step(order, at, step) {
                tracing::warn!(?ended, "a step of the simulated day was not done");
            }
        }
        !self.simulation.stopped()
    }

    fn step(&mut self, order: &PlannedOrder, at: usize, step: Step) -> Result<(), Ended> {
        let now = setup::now();
        match step {
            Step::Order => {
                let events = self.simulation.act(self.amy, now, self.directory.place(order))?;
                let tubes = specimens(&events);
                let mut planned = self.rack.planned.lock().unwrap_or_else(PoisonError::into_inner);
                for specimen in &tubes {
                    if let Some(tube) = tube_of(order, specimen) {
                        planned.insert(specimen.label.clone(), tube.clone());
                    }
                }
                if let Some(place) = self.tubes.get_mut(at) {
                    *place = tubes;
                }
            }
            Step::Collect => {
                let taken: Vec<_> = self.of(at).iter().map(|specimen| specimen.id).collect();
                let collect = CollectSpecimens {
                    specimens: taken,
                    at: now.plus_minutes(-self.simulation.sooner(CLOT_MINUTES)),
                    identified: true,
                    taken: Default::default(),
                };
                self.simulation.act(self.amy, now, collect.into())?;
            }
            Step::Receive => {
                for specimen in self.of(at) {
                    let receive = ReceiveSpecimen { label: specimen.label.clone() };
                    self.simulation.act(self.amy, now, receive.into())?;
                }
            }
            Step::Spin => self.spin(at, now)?,
        }
        Ok(())
    }

    /// Spins what the order has of serum, unless somebody at a screen was quicker.
    fn spin(&self, at: usize, now: Moment) -> Result<(), Ended> {
        let container = Bench::Chemistry.container();
        let serum = self.of(at).iter().filter(|specimen| specimen.container == container);
        let specimens: Vec<_> = serum.map(|specimen| specimen.id).collect();
        if !specimens.is_empty() {
            let spun = self.simulation.act(self.amy, now, SpinSpecimens { specimens }.into());
            if let Err(Ended::Usage(refused)) = spun {
                tracing::debug!(refused, "a tube was not spun by the simulated day");
            }
        }
        Ok(())
    }

    fn of(&self, at: usize) -> &[Specimen] {
        self.tubes.get(at).map_or(&[], Vec::as_slice)
    }
}
