//! Sends results as fast as they are acknowledged, for benchmarks and for tests that kill the
//! server: which message was acknowledged, and after how long.
//!
//! Each connection is a thread that sends its next message when the last was acknowledged. It does
//! not connect again: what a broken line leaves open is left open and told.
//!
//! What must stay true: a message counts as acknowledged only when the laboratory said so for that
//! very message; the time of one is from its first byte to its acknowledgement.

use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use wire::driver::{Driver, named};
use wire::frame::astm::{Action, Link, Role, Session};
use wire::frame::mllp;
use wire::limit;
use wire::reading::{self, Protocol, Reading, Specimen};
use wire::record::hl7;

use crate::analyzer::line::Line;
use crate::analyzer::{Analyzer, chemistry, sysmex};
use crate::chance::Chance;
use crate::patient::Patient;
use crate::physiology::{Draw, Values, blood, measure};

/// How load is put on a port.
#[derive(Clone, Copy, Debug)]
pub struct Load {
    /// The language of the port.
    pub protocol: Protocol,
    /// The port.
    pub address: SocketAddr,
    /// How many connections send at once.
    pub connections: usize,
    /// The least time from one message to the next on one connection; zero for as fast as
    /// possible.
    pub pace: Duration,
    /// How long an acknowledgement may take before the connection gives up.
    pub patience: Duration,
}

/// A message to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// The label of the tube it reports on.
    pub label: String,
    /// ASTM records or one HL7 message, without framing.
    pub message: Vec<u8>,
    /// HL7's number of the message; empty in ASTM.
    pub id: String,
    /// How many results it carries.
    pub results: usize,
}

/// A message that was acknowledged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Delivered {
    /// Its place among the letters given.
    pub letter: usize,
    /// From its first byte to its acknowledgement.
    pub latency: Duration,
    /// When it was acknowledged, from the beginning of the run.
    pub at: Duration,
}

/// What came of a run.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// What was acknowledged, in no particular order between connections.
    pub delivered: Vec<Delivered>,
    /// Why connections ended before all was sent, one text each.
    pub broken: Vec<String>,
    /// From the beginning to the end of the last connection.
    pub elapsed: Duration,
}

impl Outcome {
    /// The times of acknowledgement, shortest first.
    #[must_use]
    pub fn latencies(&self) -> Vec<Duration> {
        let mut latencies: Vec<Duration> = self.delivered.iter().map(|one| one.latency).collect();
        latencies.sort_unstable();
        latencies
    }

    /// The time within which this share of the messages was acknowledged; none without messages.
    #[must_use]
    pub fn latency_at(&self, share: f64) -> Option<Duration> {
        let latencies = self.latencies();
        let rank = (share * latencies.len() as f64).ceil() as usize;
        latencies.get(rank.max(1) - 1).copied()
    }

    /// Results acknowledged, of these letters.
    #[must_use]
    pub fn results(&self, letters: &[Letter]) -> usize {
        let of = |one: &Delivered| letters.get(one.letter).map_or(0, |letter| letter.results);
        self.delivered.iter().map(of).sum()
    }
}

/// One message for each label: a complete blood count in ASTM, a comprehensive metabolic panel in
/// HL7. `sender` is the instrument's own name; another seed gives other values and numbers.
#[must_use]
pub fn letters(protocol: Protocol, sender: &str, labels: &[String], seed: u64) -> Vec<Letter> {
    let analyzer = match protocol {
        Protocol::Astm => Analyzer::Sysmex,
        _ => Analyzer::Chemistry,
    };
    let Some(driver) = named(analyzer.driver()) else { return Vec::new() };
    let letter = |(number, label): (usize, &String)| {
        let id = match protocol {
            Protocol::Astm => String::new(),
            _ => format!("{seed}-{number}"),
        };
        letter(driver, sender, (label, id), values(seed, number as u64))
    };
    labels.iter().enumerate().map(letter).collect()
}

fn values(seed: u64, number: u64) -> Values {
    let patient = Patient::new(seed, number);
    let blood = blood(seed, &patient, Draw { number, hours: 0.0 });
    measure(&blood, &mut Chance::of(seed, "load", number))
}

fn letter(driver: &Driver, sender: &str, (label, id): (&String, String), values: Values) -> Letter {
    let codes = match driver.protocol() {
        Protocol::Astm => &sysmex::CODES[..sysmex::USUAL_PROFILE],
        _ => chemistry::CODES,
    };
    let at = Some("2026-11-24T08:00:00".to_owned());
    let reading = |(ours, theirs): &(&str, &str)| Reading {
        code: (*ours).to_owned(),
        value: values.get(&(*theirs).into()).map(ToString::to_string).unwrap_or_default(),
        unit: Some(match driver.protocol() {
            Protocol::Astm => sysmex::unit(ours).to_owned(),
            _ => chemistry::unit(theirs).to_owned(),
        }),
        status: Some("F".to_owned()),
        at: at.clone(),
        ..Reading::default()
    };
    let specimen = Specimen {
        id: label.clone(),
        readings: codes.iter().map(reading).collect(),
        ..Specimen::default()
    };
    let message = driver.write_results(&reading::Message {
        id: Some(id.clone()).filter(|id| !id.is_empty()),
        sender: sender.to_owned(),
        at: at.clone(),
        specimens: vec![specimen],
        ..reading::Message::default()
    });
    Letter { label: label.clone(), message, id, results: codes.len() }
}

impl Load {
    /// A load of so many connections, as fast as it is acknowledged.
    #[must_use]
    pub fn new(protocol: Protocol, address: SocketAddr, connections: usize) -> Load {
        let patience = Duration::from_secs(15);
        Load { protocol, address, connections, pace: Duration::ZERO, patience }
    }

    /// Sends all letters, the connections taking turns, until they are acknowledged, every
    /// connection is broken, or `stop` is set.
    #[must_use]
    pub fn run(&self, letters: &[Letter], stop: &AtomicBool) -> Outcome {
        let started = Instant::now();
        let share = |first: usize| -> Vec<(usize, &Letter)> {
            letters.iter().enumerate().skip(first).step_by(self.connections).collect()
        };
        let ended: Vec<(Vec<Delivered>, io::Result<()>)> = std::thread::scope(|scope| {
            let send = |first| {
                let share = share(first);
                scope.spawn(move || {
                    let mut delivered = Vec::with_capacity(share.len());
                    let mut sender =
                        Sender { load: self, started, stop, delivered: &mut delivered };
                    let end = sender.send(&share);
                    (delivered, end)
                })
            };
            let threads: Vec<_> = (0..self.connections).map(send).collect();
            threads.into_iter().filter_map(|thread| thread.join().ok()).collect()
        });
        let mut outcome = Outcome { elapsed: started.elapsed(), ..Outcome::default() };
        for (delivered, end) in ended {
            outcome.delivered.extend(delivered);
            outcome.broken.extend(end.err().map(|error| error.to_string()));
        }
        outcome
    }
}

/// One connection of a load.
struct Sender<'a> {
    load: &'a Load,
    started: Instant,
    stop: &'a AtomicBool,
    delivered: &'a mut Vec<Delivered>,
}

impl Sender<'_> {
    fn send(&mut self, letters: &[(usize, &Letter)]) -> io::Result<()> {
        let mut line = Line::to(self.load.address)?;
        match self.load.protocol {
            Protocol::Astm => self.send_astm(letters, &mut line),
            _ => self.send_hl7(letters, &mut line),
        }
    }

    fn send_astm(&mut self, letters: &[(usize, &Letter)], line: &mut Line) -> io::Result<()> {
        let mut link = Link::new(Role::Instrument);
        link.frame_text = limit::FRAME_TEXT_MOST;
        let mut session = Session::with(link);
        let mut letters = letters.iter();
        let Some(mut current) = letters.next() else { return Ok(()) };
        let mut since = self.begin(None);
        session.send(self.millis(), current.1.message.clone());
        loop {
            let mut bytes = Vec::new();
            let mut done = false;
            while let Some(action) = session.next_action() {
                match action {
                    Action::Write(more) => bytes.extend(more),
                    Action::Keep(_) => session.kept(self.millis()),
                    Action::NotSent(because) => return Err(io::Error::other(because.to_string())),
                    Action::Trouble(_) => {}
                    Action::Sent => {
                        self.acknowledged(current.0, since);
                        let Some(next) = letters.next() else {
                            done = true;
                            continue;
                        };
                        current = next;
                        // At full speed the end of the last transfer and the next bid go out
                        // together.
                        if !self.load.pace.is_zero() {
                            line.write(&std::mem::take(&mut bytes))?;
                        }
                        since = self.begin(Some(since));
                        session.send(self.millis(), current.1.message.clone());
                    }
                }
            }
            line.write(&bytes)?;
            if done {
                return Ok(());
            }
            let heard = self.read(line, since)?;
            session.receive(self.millis(), &heard);
        }
    }

    fn send_hl7(&mut self, letters: &[(usize, &Letter)], line: &mut Line) -> io::Result<()> {
        let mut session = mllp::Session::new();
        let mut last = None;
        for (place, letter) in letters {
            let since = self.begin(last);
            last = Some(since);
            line.write(&mllp::block(&letter.message))?;
            while !self.is_accepted(&mut session, letter)? {
                let heard = self.read(line, since)?;
                session.receive(&heard);
            }
            self.acknowledged(*place, since);
        }
        Ok(())
    }

    /// Whether the acknowledgement of this letter has come.
    fn is_accepted(&self, session: &mut mllp::Session, letter: &Letter) -> io::Result<bool> {
        while let Some(action) = session.next_action() {
            let mllp::Action::Keep(answer) = action else { continue };
            let answer = String::from_utf8_lossy(&answer);
            let parsed = hl7::Message::parse(&answer).ok();
            let Some(msa) = parsed.and_then(|message| message.segment("MSA")) else { continue };
            if msa.field(2).text() == letter.id {
                return match msa.field(1).text() {
                    "AA" | "CA" => Ok(true),
                    code => Err(io::Error::other(format!("answered {code}: {}", letter.label))),
                };
            }
        }
        Ok(false)
    }

    /// Waits for the pace and begins the time of a message.
    fn begin(&self, last: Option<Instant>) -> Instant {
        if let Some(last) = last.filter(|_| !self.load.pace.is_zero()) {
            std::thread::sleep(self.load.pace.saturating_sub(last.elapsed()));
        }
        Instant::now()
    }

    fn acknowledged(&mut self, letter: usize, since: Instant) {
        let (latency, at) = (since.elapsed(), self.started.elapsed());
        self.delivered.push(Delivered { letter, latency, at });
    }

    fn read(&self, line: &mut Line, since: Instant) -> io::Result<Vec<u8>> {
        loop {
            if self.stop.load(Ordering::Relaxed) {
                return Err(io::Error::other("stopped"));
            }
            if let Some(bytes) = line.read(Duration::from_millis(100))? {
                return Ok(bytes);
            }
            if since.elapsed() > self.load.patience {
                return Err(io::Error::other("no acknowledgement in time"));
            }
        }
    }

    fn millis(&self) -> u64 {
        self.started.elapsed().as_millis() as u64
    }
}
