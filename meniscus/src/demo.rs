//! `meniscus demo`: the teaching laboratory. Invented patients, simulated instruments over real
//! connections, a day that runs.
//!
//! What must stay true: the same seed gives the same patients and values; nothing simulated takes
//! another way than people and instruments take: the door and the ports.

mod asked;
mod day;
mod directory;
mod history;
pub mod instruments;
mod people;
mod rack;
mod staff;
#[cfg(test)]
mod test;
mod visit;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

use lab::command::Command;
use lab::event::Event;
use lab::journey::rules::SwitchRules;
use lab::people::Actor;
use lab::value::Moment;
use simlab::day::{Day, PlannedOrder};
use simlab::error::Rates;
use store::{Act, Answer, Place, Store};

use crate::Ended;
use crate::config::{ASTM, At, Config, HTTP, Laboratory, MLLP};
use crate::serve::{self, Addresses};
use crate::setup;

/// What `demo` is told.
#[derive(clap::Args)]
pub struct Demo {
    /// Where the laboratory lies; if not given, in a temporary folder that is removed at the end.
    /// A teaching laboratory that is there already is taken up again.
    #[command(flatten)]
    at: At,
    /// Where the web is served; port 0 takes a free one.
    #[arg(long, default_value_t = HTTP)]
    http: SocketAddr,
    /// Where instruments speak ASTM; port 0 takes a free one.
    #[arg(long, default_value_t = ASTM)]
    astm: SocketAddr,
    /// Where instruments speak HL7 over MLLP; port 0 takes a free one.
    #[arg(long, default_value_t = MLLP)]
    mllp: SocketAddr,
    /// The seed of the simulation: the same seed, the same day.
    #[arg(long, default_value_t = 2026)]
    seed: u64,
    /// How much faster than real the day runs.
    #[arg(long, default_value_t = 10.0)]
    speed: f64,
    /// Days of history to begin with.
    #[arg(long, default_value_t = 30)]
    days: u32,
    /// Tubes collected in a day.
    #[arg(long, default_value_t = 240)]
    tubes: u32,
    /// Start no simulated instruments and no simulated day: a quiet laboratory to work in.
    #[arg(long)]
    no_instruments: bool,
}

/// What the parts of the simulation share.
#[derive(Clone)]
struct Simulation {
    store: Arc<Store>,
    seed: u64,
    speed: f64,
    tubes: u32,
    /// Days of history; the live day is the next.
    days: u32,
    /// When the laboratory was opened: eight in the morning of the live day.
    began: Moment,
    stop: Arc<AtomicBool>,
}

impl Demo {
    /// Makes the laboratory, serves it and runs its day until told to stop.
    pub fn run(self) -> Result<(), Ended> {
        if !(self.speed.is_finite() && self.speed > 0.0) {
            return Err(Ended::Usage("--speed is a number above 0, such as 10".into()));
        }
        // A database that the environment names for the laboratory at work is not for teaching.
        let named = self.at.named()?;
        let folder = std::env::temp_dir().join(format!("meniscus-demo-{}", std::process::id()));
        let place = named.clone().unwrap_or_else(|| Place::from(&folder));
        for address in [self.http, self.astm, self.mllp] {
            serve::free(address)?;
        }
        let lived = self.live(&place);
        if named.is_none()
            && let Err(error) = std::fs::remove_dir_all(&folder)
        {
            tracing::warn!(%error, "the temporary laboratory {} was left", folder.display());
        }
        lived
    }

    /// Makes the laboratory, or takes it up again, and runs it.
    fn live(&self, place: &Place) -> Result<(), Ended> {
        let fresh = !place.has_laboratory()?;
        let store = Arc::new(Store::open(place)?);
        let simulation = Simulation {
            store: Arc::clone(&store),
            seed: self.seed,
            speed: self.speed,
            tubes: self.tubes,
            days: self.days,
            began: setup::now(),
            stop: Arc::new(AtomicBool::new(false)),
        };
        if fresh {
            eprintln!("Making a teaching laboratory in {place}");
            setup::release_starter_catalog(&store)?;
            people::add_all(&store)?;
            instruments::add_all(&store)?;
            directory::enter(&simulation)?;
            history::live_through(&simulation)?;
            // The days before were verified by people; from now on the rules release too.
            let eli = people::actor(&store, "eli")?;
            let reason = "Compared with what was verified by hand, every day so far".to_owned();
            simulation.act(eli, setup::now(), SwitchRules { on: true, reason }.into())?;
        }
        people::actor(&store, "cy")?;
        let mut running = Vec::new();
        let served = serve::run(&self.config(), &store, true, |addresses| {
            if !self.no_instruments {
                running = simulation.start(addresses)?;
            }
            tell(addresses);
            Ok(())
        });
        simulation.stop.store(true, Ordering::Relaxed);
        for thread in running {
            if thread.join().is_err() {
                tracing::error!("a part of the simulation broke");
            }
        }
        served
    }

    fn config(&self) -> Config {
        Config {
            http: self.http,
            secure: false,
            astm: Some(self.astm),
            mllp: Some(self.mllp),
            laboratory: Laboratory {
                name: "Meniscus Teaching Laboratory".into(),
                address: vec!["1 Example Street".into(), "Springfield".into()],
                telephone: "555-0100".into(),
                director: "Eli Rosenthal, MD".into(),
                certificate: "00D0000000 (invented)".into(),
                zone: "UTC".into(),
            },
        }
    }
}

/// Says where to go and how to sign in.
fn tell(addresses: &Addresses) {
    println!();
    println!(
        "  Open http://{} and sign in; the password is {} for all:",
        addresses.http,
        people::PASSWORD
    );
    for (sign_in, shown, role) in people::PEOPLE {
        println!("    {sign_in:<6} {shown:<20} {}", role.title());
    }
    println!("  Patients and instruments are invented. Stop with Ctrl-C.");
}

impl Simulation {
    /// Starts the instruments, the day and the staff.
    fn start(&self, addresses: &Addresses) -> Result<Vec<JoinHandle<()>>, Ended> {
        let rack = rack::Rack::start(self, addresses)?;
        Ok(vec![day::run(self.clone(), rack)?, staff::run(self.clone())?])
    }

    fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// The number of the live day: the day of the week that it is, after the days of history.
    fn day_number(&self) -> u32 {
        let days = self.began.micros().div_euclid(MICROS_A_DAY);
        // 1970-01-01 was a Thursday, the fourth day of its week.
        let weekday = u32::try_from((days + 3).rem_euclid(7)).unwrap_or(0);
        self.days + (weekday + 7 - self.days % 7) % 7
    }

    /// The orders of a day, fewer at the weekend; from the live day on faults are as often as for
    /// teaching. The night of the live day and what follows it come from one plan.
    fn plan(&self, number: u32) -> Vec<PlannedOrder> {
        let rates = if number < self.day_number() { Rates::usual() } else { Rates::teaching() };
        let (seed, tubes) = (self.seed, Day::tubes_on(number, self.tubes));
        Day { seed, number, tubes, rates }.orders()
    }

    /// How many minutes of the plan the clock on the wall does not see pass, since the day runs
    /// faster: a tube is said to be drawn as much sooner, so that it has clotted when it is spun.
    fn sooner(&self, minutes: u32) -> i64 {
        // Between none and all of them; a part of a minute counts as one.
        #[expect(clippy::cast_possible_truncation)]
        let unseen = (f64::from(minutes) * (1.0 - 1.0 / self.speed.max(1.0))).ceil() as i64;
        unseen
    }

    /// Does a command at a moment; a refusal or a fault ends the simulation's part, not the
    /// laboratory.
    fn act(&self, actor: Actor, now: Moment, command: Command) -> Result<Vec<Event>, Ended> {
        let act = Act { request: setup::request("demo")?, actor, now, command };
        match self.store.execute(act) {
            Answer::Done(done) => Ok(done.events),
            Answer::Refused(refusal) => Err(Ended::Usage(refusal.to_string())),
            Answer::Failed(fault) => Err(fault.into()),
        }
    }

    /// Asks for several commands at once, so that they share a commit, and waits for the answers,
    /// in the order of the commands.
    fn act_all(&self, asked: Vec<(Actor, Moment, Command)>) -> Result<Vec<Answer>, Ended> {
        let heard: Result<Vec<_>, Ended> = asked
            .into_iter()
            .map(|(actor, now, command)| {
                let act = Act { request: setup::request("demo")?, actor, now, command };
                let (tell, heard) = std::sync::mpsc::sync_channel(1);
                self.store.ask(act, move |answer| drop(tell.send(answer)));
                Ok(heard)
            })
            .collect();
        let answer = |heard: std::sync::mpsc::Receiver<Answer>| {
            heard.recv().map_err(|_| Ended::Fault("the pen is down".into()))
        };
        heard?.into_iter().map(answer).collect()
    }
}

const MICROS_A_DAY: i64 = 24 * 60 * 60 * 1_000_000;
