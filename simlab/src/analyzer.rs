//! Instruments on the bench: they are loaded with tubes, ask, run, report and repeat what was not
//! acknowledged, over real TCP in the languages real ones speak.
//!
//! [`Analyzer::start`] puts one on a thread of its own. It connects to the laboratory's port,
//! connects again when the line breaks (waiting longer each time), and keeps what it has to say
//! until it is told that it was kept.
//!
//! What must stay true: a message is sent again byte for byte; nothing is called acknowledged
//! that the laboratory did not acknowledge; a stopped instrument is silent at once.

pub mod chemistry;
pub(crate) mod line;
mod rack;
pub mod sysmex;

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use lab::value::TestCode;

use crate::error::Fault;
use crate::physiology::Values;
use rack::Rack;

/// A kind of simulated instrument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Analyzer {
    /// A hematology analyzer of the Sysmex XN family: ASTM, asks the host about each tube.
    Sysmex,
    /// A chemistry analyzer: HL7 ORU^R01 over MLLP, does not ask.
    Chemistry,
}

impl Analyzer {
    /// The name of the driver that reads it.
    #[must_use]
    pub const fn driver(self) -> &'static str {
        match self {
            Analyzer::Sysmex => "sysmex_xn",
            Analyzer::Chemistry => "hl7_oru",
        }
    }

    /// What it calls itself in its messages, as the driver reads it, unless told otherwise.
    #[must_use]
    pub const fn sender(self) -> &'static str {
        match self {
            Analyzer::Sysmex => sysmex::SENDER,
            Analyzer::Chemistry => chemistry::SENDER,
        }
    }

    /// Its codes with the laboratory's: `(instrument, laboratory)`.
    #[must_use]
    pub const fn codes(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Analyzer::Sysmex => sysmex::CODES,
            Analyzer::Chemistry => chemistry::CODES,
        }
    }

    /// Starts the instrument on a thread of its own.
    #[must_use]
    pub fn start(self, settings: Settings) -> Running {
        let rack = Arc::new(Rack::default());
        let on_bench = Arc::clone(&rack);
        let thread = std::thread::spawn(move || match self {
            Analyzer::Sysmex => sysmex::run(&on_bench, settings),
            Analyzer::Chemistry => chemistry::run(&on_bench, settings),
        });
        Running { rack, thread: Some(thread) }
    }
}

/// How an instrument is set.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The laboratory's port for its language.
    pub address: SocketAddr,
    /// What it calls itself.
    pub sender: String,
    /// How long one tube takes.
    pub tube_time: Duration,
    /// How long it waits for an answer or an acknowledgement before it repeats itself.
    pub patience: Duration,
    /// Whether it runs a tube nobody ordered anything on, with its usual profile.
    pub runs_unknown: bool,
    /// The share of single tests that give no value.
    pub failure_rate: f64,
    /// The seed of its own chances.
    pub seed: u64,
    /// The clock in its case.
    pub clock: Clock,
}

impl Settings {
    /// An instrument that is quick, patient as the standards say and never fails.
    #[must_use]
    pub fn new(address: SocketAddr, sender: &str) -> Settings {
        Settings {
            address,
            sender: sender.to_owned(),
            tube_time: Duration::ZERO,
            patience: Duration::from_secs(15),
            runs_unknown: false,
            failure_rate: 0.0,
            seed: 0,
            clock: Clock::utc(),
        }
    }
}

/// The clock an instrument stamps its results with; it has no zone.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> DateTime + Send + Sync>);

impl Clock {
    /// A clock that shows what the function says.
    pub fn new(shows: impl Fn() -> DateTime + Send + Sync + 'static) -> Clock {
        Clock(Arc::new(shows))
    }

    /// The machine's own clock, in UTC.
    #[must_use]
    pub fn utc() -> Clock {
        Clock::new(|| jiff::Timestamp::now().to_zoned_datetime(TimeZone::UTC).datetime())
    }

    /// The time as readings have it, `2024-06-27T13:54:07`.
    fn text(&self) -> String {
        (self.0)().strftime("%Y-%m-%dT%H:%M:%S").to_string()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Clock({})", self.text())
    }
}

/// A tube as it is put on an instrument.
#[derive(Clone, Debug, PartialEq)]
pub struct Tube {
    /// The number on its label.
    pub label: String,
    /// What is in it, by the laboratory's test code.
    pub values: Values,
    /// What the operator asks for on an instrument that does not query; empty for everything.
    pub tests: Vec<TestCode>,
    /// What is wrong with it, as far as an instrument may notice.
    pub fault: Option<Fault>,
}

/// A message that the laboratory acknowledged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acknowledged {
    /// The label of the tube whose results it carried.
    pub label: String,
    /// The message without its framing: ASTM records or one HL7 message.
    pub message: Vec<u8>,
    /// How many results with or without a value it carried.
    pub results: usize,
}

/// Why a tube was given back without results.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotRun {
    /// The laboratory knows nothing of the label.
    Unknown,
    /// The laboratory knows the label and wants nothing that this instrument does.
    NothingToDo,
    /// The laboratory refused the message for good.
    Refused,
}

/// An instrument at work. Dropping it stops it.
#[derive(Debug)]
pub struct Running {
    rack: Arc<Rack>,
    thread: Option<JoinHandle<()>>,
}

impl Running {
    /// Puts a tube on.
    pub fn load(&self, tube: Tube) {
        self.rack.load(tube);
    }

    /// How many tubes are neither acknowledged nor given back.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.rack.waiting()
    }

    /// What the laboratory acknowledged so far, in that order.
    #[must_use]
    pub fn acknowledged(&self) -> Vec<Acknowledged> {
        self.rack.acknowledged()
    }

    /// The labels of tubes given back without results, and why.
    #[must_use]
    pub fn not_run(&self) -> Vec<(String, NotRun)> {
        self.rack.not_run()
    }

    /// Whether the line to the laboratory stands.
    #[must_use]
    pub fn connected(&self) -> bool {
        self.rack.connected()
    }

    /// Waits until no tube is waiting, or the time is over; true for the former.
    #[must_use]
    pub fn settled_within(&self, time: Duration) -> bool {
        self.rack.settled_within(time)
    }

    /// Stops the instrument and returns what was acknowledged.
    pub fn stop(mut self) -> Vec<Acknowledged> {
        self.end();
        self.rack.acknowledged()
    }

    fn end(&mut self) {
        self.rack.stop();
        if let Some(thread) = self.thread.take() {
            // A panic of its thread was told where it happened.
            let _ = thread.join();
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.end();
    }
}
