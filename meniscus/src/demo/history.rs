//! The days before today: the same plan of a day as the live one, carried through the door with
//! the times it would have had.
//!
//! The laboratory's clock stands at eight in the morning of the live day when the demo begins, so
//! the days before it ended eight hours ago, whatever the clock on the wall says. The night of the
//! live day is lived here too.
//!
//! What must stay true: what the plan spoils on purpose is rejected here and taken again, as a good
//! laboratory would; everything else is verified; entries of the journal follow each other in time.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::io::{IsTerminal, Write};
use std::sync::Arc;

use lab::accession::Specimen;
use lab::command::Look;
use lab::event::{AccessionEvent, Event, Known};
use lab::instrument::Instrument;
use lab::journey::process::AddStoragePlace;
use lab::journey::register::MergePatients;
use lab::people::Actor;
use lab::refusal::Refusal;
use lab::value::{Moment, Zone};
use simlab::day::{Bench, PlannedOrder, PlannedTube};
use store::{Answer, DatabaseLook, Store, query};

use super::day::{MORNING, NIGHT};
use super::directory::Directory;
use super::visit::{Step, Visit};
use super::{Simulation, people};
use crate::Ended;

const MINUTES_A_DAY: i64 = 24 * 60;

/// Minutes before the end that the last result of the past was filed: whatever would be younger is
/// not begun.
const QUIET_MINUTES: i64 = 20;

/// Everybody the past needs.
pub struct Past {
    pub amy: Actor,
    pub cy: Actor,
    pub dora: Actor,
    pub directory: Directory,
    store: Arc<Store>,
    pub instruments: Vec<Instrument>,
    /// How many tubes were put away.
    away: Cell<u32>,
}

/// How long tubes are kept after their report, in days.
// The catalog's times to keep: blood for 48 hours.
const KEPT_DAYS: i64 = 2;

/// The refrigerator's racks: rows and columns of each, and how many there are: two days' tubes.
const RACK: (u8, u8) = (8, 12);
const RACKS: u32 = 8;

/// What is due when: the moment, and a number that keeps apart what is due together.
type Due = (Moment, u64);

/// What has been ordered and is not done, by when its next step is due.
struct Agenda<'a> {
    simulation: &'a Simulation,
    past: Past,
    visits: BTreeMap<u64, Visit>,
    due: BTreeMap<Due, (u64, Step)>,
    given: u64,
    /// How much of the plan was refused, and the first time why.
    refused: Option<(u32, Refusal)>,
}

/// Lives through the days before today, oldest first.
///
/// # Errors
/// The laboratory refused something the plan holds, or the world failed.
pub fn live_through(simulation: &Simulation) -> Result<(), Ended> {
    let store = &simulation.store;
    let lines = store.read(|sql| query::instruments(sql))?;
    let past = Past {
        amy: people::actor(store, "amy")?,
        cy: people::actor(store, "cy")?,
        dora: people::actor(store, "dora")?,
        directory: Directory::read(simulation)?,
        store: Arc::clone(store),
        instruments: lines.into_iter().map(|line| line.instrument).collect(),
        away: Cell::new(0),
    };
    add_racks(simulation)?;
    let (visits, due) = (BTreeMap::new(), BTreeMap::new());
    let mut agenda = Agenda { simulation, past, visits, due, given: 0, refused: None };
    let began = std::time::Instant::now();
    let end = simulation.began;
    for back in (0..=i64::from(simulation.days)).rev() {
        let number = simulation.day_number() - u32::try_from(back).unwrap_or(0);
        let midnight = end.plus_minutes(-back * MINUTES_A_DAY - i64::from(MORNING));
        let last = if back > 0 { end.plus_minutes(-QUIET_MINUTES) } else { end };
        for order in simulation.plan(number) {
            if back > 0 || order.ordered < NIGHT {
                let kept = back <= KEPT_DAYS && simulation.tubes <= MOST_TUBES_KEPT;
                agenda.begin(order, (midnight, kept), last);
            }
        }
        let until = if back > 0 { midnight.plus_minutes(MINUTES_A_DAY) } else { end };
        agenda.live(until)?;
        tell(simulation.days, back, began.elapsed());
    }
    if let Some((count, first)) = agenda.refused {
        tracing::warn!(%first, "{count} steps of the plan were refused");
    }
    Ok(())
}

/// Shows how far it is: one line that is written over on a terminal, else a line now and then.
fn tell(days: u32, back: i64, took: std::time::Duration) {
    let done = i64::from(days) - back;
    let mut said = std::io::stderr();
    let seconds = took.as_secs_f64();
    if said.is_terminal() {
        let _ = write!(said, "\r  day {done} of {days} of history, {seconds:.1} s");
        if back == 0 {
            let _ = writeln!(said);
        }
    } else if back == 0 || done % 10 == 0 && done > 0 {
        let _ = writeln!(said, "  day {done} of {days} of history, {seconds:.1} s");
    }
    let _ = said.flush();
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

/// Adds the racks that tubes are kept in.
fn add_racks(simulation: &Simulation) -> Result<(), Ended> {
    let dora = people::actor(&simulation.store, "dora")?;
    for number in 1..=RACKS {
        let place = AddStoragePlace {
            code: format!("R{number}"),
            unit: "Refrigerator 1".into(),
            shelf: format!("{}", number.div_ceil(4)),
            zone: Zone::Refrigerated,
            shape: RACK,
        };
        simulation.act(dora, crate::setup::now(), place.into())?;
    }
    Ok(())
}

/// Tubes a day of which three days fit the racks.
const MOST_TUBES_KEPT: u32 = RACKS * RACK.0 as u32 * RACK.1 as u32 / 3;

impl Past {
    /// The next free position: the code of its rack, and row and column in it.
    pub fn spot(&self) -> (String, String) {
        let number = self.away.replace(self.away.get() + 1);
        let (rows, columns) = (u32::from(RACK.0), u32::from(RACK.1));
        let rack = number / (rows * columns) % RACKS + 1;
        let row = char::from_digit(10 + number / columns % rows, 36).unwrap_or('a');
        (format!("R{rack}"), format!("{}{}", row.to_ascii_uppercase(), number % columns + 1))
    }

    /// The merge of a registration, by its record number, with the one that was there before;
    /// nothing where one of them is not there.
    pub fn merge(&self, (from, into): (&str, &str)) -> Option<MergePatients> {
        let read = |number: &str| self.store.read(|sql| DatabaseLook(sql).patient_numbered(number));
        let (from, into) = (read(from).ok()??, read(into).ok()??);
        Some(MergePatients {
            from: (from.id, Known::of(&from)),
            into: (into.id, Known::of(&into)),
            although_different: false,
            reason: "Came in unknown; the same patient by two identifiers".into(),
        })
    }

    /// The instrument of a bench.
    pub fn instrument(&self, bench: Bench) -> Option<&Instrument> {
        let driver = match bench {
            Bench::Hematology => "sysmex_xn",
            Bench::Chemistry => "hl7_oru",
        };
        self.instruments.iter().find(|instrument| instrument.driver == driver)
    }
}

impl Agenda<'_> {
    /// Takes an order up, unless it would still be under way at the end.
    fn begin(&mut self, order: PlannedOrder, day: (Moment, bool), last: Moment) {
        let visit = Visit::new(order, day);
        if visit.ends() < last {
            self.given += 1;
            let number = self.given;
            self.plan(number, visit.begins(), Step::Order);
            self.visits.insert(number, visit);
        }
    }

    fn plan(&mut self, visit: u64, at: Moment, step: Step) {
        self.given += 1;
        self.due.insert((at, self.given), (visit, step));
    }

    /// Does everything due before a moment, in the order of time. What does not wait for another's
    /// answer goes to the pen together, so that one commit carries it.
    fn live(&mut self, until: Moment) -> Result<(), Ended> {
        let mut together: Vec<(Moment, u64, Step)> = Vec::new();
        let mut horizon = until;
        while let Some((at, visit, step)) = self.next(until) {
            if at >= horizon && !together.is_empty() {
                self.carry(std::mem::take(&mut together))?;
                horizon = until;
                self.plan(visit, at, step);
                continue;
            }
            let following = self.visits.get(&visit).and_then(|visit| visit.following(step));
            horizon = following.map_or(horizon, |following| horizon.min(following));
            together.push((at, visit, step));
        }
        self.carry(together)?;
        // The last answers may have made more due.
        if self.due.first_key_value().is_some_and(|((at, _), _)| *at < until) {
            return self.live(until);
        }
        Ok(())
    }

    fn next(&mut self, until: Moment) -> Option<(Moment, u64, Step)> {
        let first = self.due.first_entry().filter(|first| first.key().0 < until)?;
        let ((at, _), (visit, step)) = first.remove_entry();
        Some((at, visit, step))
    }

    /// Asks for all of these at once, and plans what follows from the answers.
    fn carry(&mut self, steps: Vec<(Moment, u64, Step)>) -> Result<(), Ended> {
        let mut asked = Vec::with_capacity(steps.len());
        for (at, number, step) in steps {
            let visit = self.visits.get(&number);
            if let Some((actor, command)) = visit.and_then(|visit| visit.ask(step, &self.past)) {
                asked.push((number, step, (actor, at, command)));
            }
        }
        let acts = asked.iter().map(|(_, _, act)| act.clone()).collect();
        for (answer, (number, step, (_, at, _))) in
            self.simulation.act_all(acts)?.iter().zip(&asked)
        {
            let events = match answer {
                Answer::Done(done) => done.events.as_slice(),
                Answer::Refused(refusal) => {
                    let (count, first) = self.refused.get_or_insert((0, refusal.clone()));
                    tracing::debug!(%refusal, %first, ?step, "a step of the plan was refused");
                    *count += 1;
                    &[]
                }
                Answer::Failed(fault) => return Err(fault.clone().into()),
            };
            let Some(visit) = self.visits.get_mut(number) else { continue };
            let following = visit.answered(*at, *step, events);
            if visit.is_over() {
                self.visits.remove(number);
            }
            for (at, step) in following {
                self.plan(*number, at, step);
            }
        }
        Ok(())
    }
}
