//! The days before today: the same plan of a day as the live one, carried through the door at
//! once, with the times it would have had.
//!
//! What must stay true: what the plan spoils on purpose is rejected here, as a good laboratory
//! would; everything else is verified.

use lab::accession::Specimen;
use lab::command::Command;
use lab::event::{AccessionEvent, Event, ResultEvent};
use lab::instrument::{Instrument, Material, Nature, Reading};
use lab::journey::analyze::FileReadings;
use lab::journey::collect::CollectSpecimens;
use lab::journey::order::PlaceOrder;
use lab::journey::receive::{ReceiveSpecimen, RejectSpecimen};
use lab::journey::verify::VerifyResults;
use lab::people::Actor;
use lab::value::Moment;
use simlab::day::{Bench, Day, PlannedOrder, PlannedTube};
use simlab::error::{Fault, Rates};
use store::query;

use super::{Simulation, people};
use crate::Ended;
use crate::setup;

const MINUTES_A_DAY: i64 = 24 * 60;

/// Everybody the past needs.
struct Past<'a> {
    simulation: &'a Simulation,
    amy: Actor,
    cy: Actor,
    instruments: Vec<Instrument>,
}

/// Lives through the days before today, oldest first.
///
/// # Errors
/// The laboratory refused something the plan holds, or the world failed.
pub fn live_through(simulation: &Simulation) -> Result<(), Ended> {
    let (store, days) = (&simulation.store, simulation.days);
    let lines = store.read(|sql| query::instruments(sql))?;
    let past = Past {
        simulation,
        amy: people::actor(store, "amy")?,
        cy: people::actor(store, "cy")?,
        instruments: lines.into_iter().map(|line| line.instrument).collect(),
    };
    for number in 0..days {
        let back = i64::from(days - number) * MINUTES_A_DAY;
        let begin = setup::now().plus_minutes(-back - MINUTES_A_DAY);
        eprintln!("  day {} of {days} of history", number + 1);
        let (seed, tubes) = (simulation.seed, simulation.tubes);
        for order in (Day { seed, number, tubes, rates: Rates::usual() }).orders() {
            past.live(&order, begin)?;
        }
    }
    Ok(())
}

/// The order of a plan as a command.
pub fn place(order: &PlannedOrder) -> Command {
    PlaceOrder {
        record_number: order.patient.record_number.clone(),
        name: order.patient.name.clone(),
        birth_date: Some(order.patient.birth_date),
        sex: order.patient.sex,
        codes: order.codes.clone(),
        priority: order.priority,
        provider: format!("{}, {}", order.patient.physician, order.patient.ward.name),
        comment: String::new(),
    }
    .into()
}

/// The specimens an order brought into being.
pub fn specimens(events: &[Event]) -> Vec<Specimen> {
    let placed = events.iter().find_map(|event| match event {
        Event::Accession(AccessionEvent::OrderPlaced { specimens, .. }) => Some(specimens.clone()),
        _ => None,
    });
    placed.unwrap_or_default()
}

/// The tube of a plan that a specimen is.
pub fn tube_of<'a>(order: &'a PlannedOrder, specimen: &Specimen) -> Option<&'a PlannedTube> {
    order.tubes.iter().find(|tube| tube.bench.container() == specimen.container)
}

impl Past<'_> {
    fn live(&self, order: &PlannedOrder, begin: Moment) -> Result<(), Ended> {
        let at = |minute: u32| begin.plus_minutes(i64::from(minute));
        let (collected, received) = (at(order.collected), at(order.received));
        let events = self.simulation.act(self.amy, at(order.ordered), place(order))?;
        for specimen in specimens(&events) {
            let collect =
                CollectSpecimens { specimens: vec![specimen.id], at: collected, identified: true };
            self.simulation.act(self.amy, collected, collect.into())?;
            let receive = ReceiveSpecimen { label: specimen.label.clone() };
            self.simulation.act(self.amy, received, receive.into())?;
            if let Some(tube) = tube_of(order, &specimen) {
                self.analyze(tube, &specimen, received.plus_minutes(20))?;
            }
        }
        Ok(())
    }

    fn analyze(&self, tube: &PlannedTube, specimen: &Specimen, at: Moment) -> Result<(), Ended> {
        if let Some(fault) = tube.fault {
            let (reason, note) = (reason_of(fault).to_owned(), fault.name().to_owned());
            let reject = RejectSpecimen { specimen: specimen.id, reason, note };
            return self.simulation.act(self.cy, at, reject.into()).map(drop);
        }
        let Some(instrument) = self.instrument(tube.bench) else { return Ok(()) };
        let file = file(instrument, tube, specimen);
        let filed = self.simulation.act(Actor::Instrument(instrument.id), at, file.into())?;
        let tests: Vec<_> = filed
            .iter()
            .filter_map(|event| match event {
                Event::Result(ResultEvent::ResultFiled(version)) => {
                    Some((version.test, version.id))
                }
                _ => None,
            })
            .collect();
        if tests.is_empty() {
            return Ok(());
        }
        let reason = "Repeated and confirmed; ward informed".to_owned();
        let verify = VerifyResults { tests, reason };
        self.simulation.act(self.cy, at.plus_minutes(15), verify.into()).map(drop)
    }

    fn instrument(&self, bench: Bench) -> Option<&Instrument> {
        let driver = match bench {
            Bench::Hematology => "sysmex_xn",
            Bench::Chemistry => "hl7_oru",
        };
        self.instruments.iter().find(|instrument| instrument.driver == driver)
    }
}

fn file(instrument: &Instrument, tube: &PlannedTube, specimen: &Specimen) -> FileReadings {
    let sent = |code: &lab::value::TestCode| {
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
