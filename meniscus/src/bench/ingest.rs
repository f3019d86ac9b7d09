//! Durable, acknowledged results a second over real connections, beside the bare database writing
//! the same rows with the same durability, and beside a bare echo of the same bytes with one
//! durable append of them.
//!
//! The floor is a hard one: it decides nothing, reads nothing, acknowledges nobody, has both cores
//! to itself, and puts into each commit as many messages as there are connections. It is fair in
//! that it writes the same tables with the same indexes and the same durability: for a message its
//! row, its tests and results, and a journal entry of the same size.
//!
//! What must stay true: every message is a new one, for a tube of its own, and is counted once it
//! was acknowledged; the measurement ends when everything is filed, not when it is promised.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use simlab::analyzer::sysmex;
use simlab::load::{Letter, Load, Outcome, letters};
use store::engine::floor;
use tokio::sync::watch;
use wire::reading::Protocol;

use super::yard::{Ordered, Yard};
use super::{Figure, Ground, millis, percentile};
use crate::Ended;
use crate::intake::Intake;
use crate::port::{Language, Port, Surroundings};

/// Results a second of the run at a quiet pace, on so many connections, for so long.
// 500 results a second are the peak hour of a very large laboratory; the aim is a 99th percentile
// below 50 ms.
const PACED_RESULTS: u32 = 500;
const PACED_CONNECTIONS: u32 = 8;
const PACED_SECONDS: u32 = 10;

/// Connections measured.
const CONNECTIONS: [u32; 3] = [1, 8, 32];

/// How long filing may lag behind the last acknowledgement.
const LAG: Duration = Duration::from_secs(60);

/// Measures ASTM results at each number of connections, and once at a quiet pace.
pub fn measure(
    ground: &Ground,
    messages: u32,
    print: &mut impl FnMut(Figure),
) -> Result<(), Ended> {
    for connections in CONNECTIONS {
        let sent = Sent::new(ground, (messages, connections))?;
        let run = sent.deliver(Duration::ZERO)?;
        let load = floor::Load { messages, per_commit: connections, ..sent.load() };
        let bare = floor::write(&ground.scratch("floor")?.place(), &load)?;
        let results = f64::from(messages) * f64::from(load.results);
        print(Figure {
            name: format!("ingest ASTM, {connections} connections, filed"),
            value: results / run.filed.as_secs_f64(),
            unit: "results/s",
            floor: results / bare.as_secs_f64(),
            floor_is: "bare database",
        });
        sent.acknowledged(&run, &format!("{connections} connections"), print)?;
    }
    let each = Sent::new(ground, (1, 1))?.load().results;
    let messages = PACED_RESULTS * PACED_SECONDS / each;
    let sent = Sent::new(ground, (messages, PACED_CONNECTIONS))?;
    let run = sent.deliver(Duration::from_secs(1) * PACED_CONNECTIONS * each / PACED_RESULTS)?;
    sent.acknowledged(&run, &format!("{PACED_RESULTS} results/s"), print)
}

/// Messages for tubes that are received.
struct Sent<'a> {
    ground: &'a Ground,
    yard: Yard,
    tubes: Vec<Ordered>,
    letters: Vec<Letter>,
    connections: u32,
}

impl Sent<'_> {
    fn new(ground: &Ground, (messages, connections): (u32, u32)) -> Result<Sent<'_>, Ended> {
        let yard = Yard::make(ground.scratch("ingest")?)?;
        let tubes = yard.receive(messages)?;
        let labels: Vec<String> = tubes.iter().map(|tube| tube.label.to_string()).collect();
        let letters = letters(Protocol::Astm, sysmex::SENDER, &labels, u64::from(connections));
        Ok(Sent { ground, yard, tubes, letters, connections })
    }

    /// What is sent, as the bare database has to write it.
    fn load(&self) -> floor::Load {
        let first = self.letters.first();
        floor::Load {
            messages: 0,
            results: first.map_or(1, |letter| u32::try_from(letter.results).unwrap_or(1)),
            per_commit: 1,
            bytes: first.map_or(0, |letter| letter.message.len()),
        }
    }

    fn deliver(&self, pace: Duration) -> Result<Run, Ended> {
        deliver(&self.yard, (&self.letters, &self.tubes), (self.connections, pace))
    }

    /// Prints the times of acknowledgement.
    fn acknowledged(
        &self,
        run: &Run,
        how: &str,
        print: &mut impl FnMut(Figure),
    ) -> Result<(), Ended> {
        let echo = echo(&self.letters, self.connections)?;
        let message = self.letters.first().map_or(&[][..], |letter| &letter.message);
        let durable = floor::append(&self.ground.folder().join("append"), message, 200)?;
        for (name, share) in [("p50", 0.5), ("p99", 0.99)] {
            let bare = percentile(&echo, share) + percentile(&durable, share);
            print(Figure {
                name: format!("ingest ASTM, {how}, acknowledged {name}"),
                value: millis(percentile(&run.outcome.latencies(), share)),
                unit: "ms",
                floor: millis(bare),
                floor_is: "bare echo and one durable append",
            });
        }
        Ok(())
    }
}

struct Run {
    outcome: Outcome,
    filed: Duration,
}

/// Sends everything to a real port and waits until all of it is filed.
fn deliver(
    yard: &Yard,
    (letters, tubes): (&[Letter], &[Ordered]),
    (connections, pace): (u32, Duration),
) -> Result<Run, Ended> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let (stopper, stop) = watch::channel(false);
    let intake = Intake::new(Arc::clone(&yard.store));
    let shared = Surroundings::new(intake, web::Links::default(), stop);
    let free = SocketAddr::from(([127, 0, 0, 1], 0));
    let port = runtime.block_on(Port::open(free, Language::Astm, shared))?;
    let address = port.address()?;
    runtime.spawn(port.serve());
    let connections = usize::try_from(connections).unwrap_or(1);
    let began = Instant::now();
    let load = Load { pace, ..Load::new(Protocol::Astm, address, connections) };
    let outcome = load.run(letters, &AtomicBool::new(false));
    if outcome.delivered.len() != letters.len() {
        return Err(Ended::Fault(format!(
            "{} of {} messages were acknowledged: {}",
            outcome.delivered.len(),
            letters.len(),
            outcome.broken.join("; ")
        )));
    }
    while !all_filed(yard, tubes)? {
        if began.elapsed() > outcome.elapsed + LAG {
            return Err(Ended::Fault("not everything acknowledged was filed".into()));
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    let filed = began.elapsed();
    let _ = stopper.send(true);
    runtime.shutdown_background();
    Ok(Run { outcome, filed })
}

/// Whether nothing waits to be read and the last tubes have their results.
fn all_filed(yard: &Yard, tubes: &[Ordered]) -> Result<bool, Ended> {
    if !yard.store.read(|sql| store::message::unread(sql, 1))?.is_empty() {
        return Ok(false);
    }
    for tube in tubes.iter().rev().take(3) {
        let whole = yard.store.read(|sql| store::query::whole_by_label(sql, &tube.label))?;
        if whole.is_none_or(|whole| whole.results.is_empty()) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The sorted times of sending each message whole and getting one byte back.
fn echo(letters: &[Letter], connections: u32) -> Result<Vec<Duration>, Ended> {
    let listener = TcpListener::bind(("127.0.0.1", 0))?;
    let address = listener.local_addr()?;
    let connections = usize::try_from(connections).unwrap_or(1);
    let server = std::thread::spawn(move || {
        let lines = listener.incoming().take(connections).flatten();
        let threads: Vec<_> = lines.map(|line| std::thread::spawn(|| drop(bounce(line)))).collect();
        threads.into_iter().for_each(|thread| drop(thread.join()));
    });
    let times = std::thread::scope(|scope| {
        let send = |first: usize| {
            let share = letters.iter().skip(first).step_by(connections);
            scope.spawn(move || bounce_all(address, share))
        };
        let threads: Vec<_> = (0..connections).map(send).collect();
        let all: Vec<_> = threads.into_iter().filter_map(|thread| thread.join().ok()).collect();
        all.into_iter().collect::<Result<Vec<Vec<Duration>>, std::io::Error>>()
    })?;
    let _ = server.join();
    let mut times: Vec<Duration> = times.into_iter().flatten().collect();
    times.sort_unstable();
    Ok(times)
}

fn bounce_all<'a>(
    address: SocketAddr,
    letters: impl Iterator<Item = &'a Letter>,
) -> std::io::Result<Vec<Duration>> {
    let mut line = TcpStream::connect(address)?;
    line.set_nodelay(true)?;
    let mut times = Vec::new();
    for letter in letters {
        let began = Instant::now();
        let length = u32::try_from(letter.message.len()).unwrap_or(0);
        line.write_all(&[&length.to_le_bytes()[..], &letter.message].concat())?;
        line.read_exact(&mut [0])?;
        times.push(began.elapsed());
    }
    Ok(times)
}

/// Reads messages, each after its length, and answers each with one byte.
fn bounce(mut line: TcpStream) -> std::io::Result<()> {
    line.set_nodelay(true)?;
    let mut length = [0; 4];
    loop {
        line.read_exact(&mut length)?;
        let mut message = vec![0; usize::try_from(u32::from_le_bytes(length)).unwrap_or(0)];
        line.read_exact(&mut message)?;
        line.write_all(&[6])?;
    }
}
