//! A day of a laboratory before it happens: who is ordered what, when the blood is collected and
//! when it is received, what the instruments will find, and which faults lie in which tube.
//!
//! The plan is a list; whoever runs it carries each step through the laboratory's door at its
//! minute, by any clock. The label of a tube is the laboratory's to give, so it is not in the
//! plan.
//!
//! What must stay true: the same seed and number give the same day; a patient who returns is the
//! same person with nearly the same blood; what truly was in the patient stands beside what is in
//! the tube.

mod arrival;
mod menu;

use lab::value::{Priority, TestCode};

use crate::analyzer::{Analyzer, Tube};
use crate::chance::Chance;
use crate::error::{Fault, Rates};
use crate::patient::Patient;
use crate::physiology::{Blood, Draw, Values, blood, measure};
use arrival::Visit;
pub use menu::CODES;

/// A day to be planned.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Day {
    /// The seed of the whole laboratory: its people and its chances.
    pub seed: u64,
    /// Which day it is, from 0; patients return from the days before.
    pub number: u32,
    /// How many tubes are collected.
    pub tubes: u32,
    /// How often what goes wrong.
    pub rates: Rates,
}

/// One order of the day.
#[derive(Clone, Debug, PartialEq)]
pub struct PlannedOrder {
    /// Its place in the plan, from 0, in the order of ordering.
    pub number: u32,
    /// Whom it is for, where, and by which physician.
    pub patient: Patient,
    /// Whether the patient was seen before, on this or an earlier day.
    pub returning: bool,
    /// How urgent.
    pub priority: Priority,
    /// What is ordered: codes of panels and tests.
    pub codes: Vec<TestCode>,
    /// The minute of the day at which it is ordered, from 0.
    pub ordered: u32,
    /// The minute at which the blood is collected; may lie beyond midnight.
    pub collected: u32,
    /// The minute at which the laboratory receives it.
    pub received: u32,
    /// What is collected, in order of draw.
    pub tubes: Vec<PlannedTube>,
}

/// One tube of an order.
#[derive(Clone, Debug, PartialEq)]
pub struct PlannedTube {
    /// Which tube it is.
    pub bench: Bench,
    /// What the instrument finds in it; it reports those that were ordered.
    pub values: Values,
    /// What it would find had nothing gone wrong.
    pub truth: Values,
    /// What went wrong with it.
    pub fault: Option<Fault>,
}

impl PlannedTube {
    /// The tube as it is put on an instrument, once the laboratory gave it a label; `tests` is
    /// what was ordered on it, panels taken apart.
    #[must_use]
    pub fn labeled(&self, label: &str, tests: &[TestCode]) -> Tube {
        Tube {
            label: label.to_owned(),
            values: self.values.clone(),
            tests: tests.to_vec(),
            fault: self.fault,
        }
    }
}

/// The instrument a tube goes to, and with it its container.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Bench {
    /// Serum, to the chemistry analyzer.
    Chemistry,
    /// Whole blood, to the hematology analyzer.
    Hematology,
}

impl Bench {
    /// The catalog's code of the container.
    #[must_use]
    pub const fn container(self) -> &'static str {
        match self {
            Bench::Chemistry => "SST_GOLD",
            Bench::Hematology => "EDTA_LAV",
        }
    }

    /// The kind of instrument on it.
    #[must_use]
    pub const fn analyzer(self) -> Analyzer {
        match self {
            Bench::Chemistry => Analyzer::Chemistry,
            Bench::Hematology => Analyzer::Sysmex,
        }
    }
}

impl Day {
    /// The orders of a day with faults as often as for teaching, in the order of ordering.
    /// `tubes` is the exact number of tubes in it.
    #[must_use]
    pub fn plan(seed: u64, number: u32, tubes: u32) -> Vec<PlannedOrder> {
        Day { seed, number, tubes, rates: Rates::teaching() }.orders()
    }

    /// The orders of this day, in the order of ordering.
    #[must_use]
    pub fn orders(&self) -> Vec<PlannedOrder> {
        let visits = arrival::visits(self);
        let mut orders: Vec<PlannedOrder> = Vec::with_capacity(visits.len());
        for visit in &visits {
            orders.push(self.order(visit));
        }
        self.exchange(&mut orders);
        orders
    }

    /// The tubes of a day of a laboratory that collects so many from Monday to Friday. Day 0 is a
    /// Monday.
    // Our choice: about half on Saturdays and Sundays, when the clinics are closed.
    #[must_use]
    pub const fn tubes_on(number: u32, tubes: u32) -> u32 {
        if is_weekend(number) { tubes.div_ceil(2) } else { tubes }
    }

    fn chance(&self, purpose: &str, number: u32) -> Chance {
        Chance::of(self.seed, purpose, u64::from(self.number) << 32 | u64::from(number))
    }

    fn order(&self, visit: &Visit) -> PlannedOrder {
        let chance = &mut self.chance("order", visit.number);
        let draw = u64::from(self.number) << 32 | u64::from(visit.number);
        let truth = blood(self.seed, &visit.patient, Draw { number: draw, hours: visit.hours });
        let collected = visit.minute + arrival::minutes_to_collect(visit, chance);
        PlannedOrder {
            number: visit.number,
            patient: visit.patient.clone(),
            returning: visit.returning,
            priority: visit.priority,
            codes: visit.codes.iter().map(|code| TestCode::from(*code)).collect(),
            ordered: visit.minute,
            collected,
            received: collected + arrival::minutes_to_receive(visit, chance),
            tubes: self.tubes_of(visit, &truth),
        }
    }

    fn tubes_of(&self, visit: &Visit, truth: &Blood) -> Vec<PlannedTube> {
        let chance = &mut self.chance("fault", visit.number);
        let fluid = [
            (self.rates.saline, Fault::SalineContamination),
            (self.rates.dextrose, Fault::DextroseContamination),
        ];
        let thinned = fluid.into_iter().find(|(rate, _)| chance.yes(*rate)).map(|(_, fault)| fault);
        let tube = |bench: Bench| {
            let fault = thinned.or_else(|| self.fault(bench, chance));
            let spoiled = fault.map_or_else(|| truth.clone(), |fault| fault.spoil(truth, chance));
            // The same measurement of either, so that they differ by the fault alone.
            let measurement = self.chance("measurement", visit.number);
            let values = menu::only(bench, measure(&spoiled, &mut measurement.clone()));
            let truth = menu::only(bench, measure(truth, &mut measurement.clone()));
            PlannedTube { bench, values, truth, fault }
        };
        menu::benches(&visit.codes).into_iter().map(tube).collect()
    }

    fn fault(&self, bench: Bench, chance: &mut Chance) -> Option<Fault> {
        let rates = &self.rates;
        // Free hemoglobin of the visibly hemolyzed, in mg/dL: our choice.
        let index = chance.between(60.0, 350.0) as u16;
        let possible = match bench {
            Bench::Chemistry => [
                (rates.short, Fault::ShortSample),
                (rates.edta, Fault::EdtaContamination),
                (rates.hemolysis, Fault::Hemolysis { index }),
            ],
            Bench::Hematology => [
                (rates.short, Fault::ShortSample),
                (rates.clumps, Fault::PlateletClumps),
                (0.0, Fault::ShortSample),
            ],
        };
        possible.into_iter().find(|(rate, _)| chance.yes(*rate)).map(|(_, fault)| fault)
    }

    /// Exchanges the labels of some tubes with the next sound one of the same kind and another
    /// patient.
    fn exchange(&self, orders: &mut [PlannedOrder]) {
        let chance = &mut self.chance("mix-up", 0);
        for first in 0..orders.len() {
            for bench in [Bench::Chemistry, Bench::Hematology] {
                // One exchange spoils two tubes.
                if !chance.yes(self.rates.mix_up / 2.0) {
                    continue;
                }
                let (before, after) = orders.split_at_mut(first + 1);
                let Some(order) = before.last_mut() else { continue };
                let partner = after.iter_mut().find(|other| {
                    other.patient.number != order.patient.number && has_sound_tube(other, bench)
                });
                if let Some(other) = partner {
                    exchange_tubes(order, other, bench);
                }
            }
        }
    }
}

/// Whether a day is a Saturday or Sunday; day 0 is a Monday.
const fn is_weekend(number: u32) -> bool {
    number % 7 >= 5
}

fn has_sound_tube(order: &PlannedOrder, bench: Bench) -> bool {
    order.tubes.iter().any(|tube| tube.bench == bench && tube.fault.is_none())
}

fn sound_tube(order: &mut PlannedOrder, bench: Bench) -> Option<&mut PlannedTube> {
    order.tubes.iter_mut().find(|tube| tube.bench == bench && tube.fault.is_none())
}

fn exchange_tubes(one: &mut PlannedOrder, other: &mut PlannedOrder, bench: Bench) {
    let numbers = (one.number, other.number);
    if let (Some(one), Some(other)) = (sound_tube(one, bench), sound_tube(other, bench)) {
        std::mem::swap(&mut one.values, &mut other.values);
        one.fault = Some(Fault::MixUp { with: numbers.1 });
        other.fault = Some(Fault::MixUp { with: numbers.0 });
    }
}
