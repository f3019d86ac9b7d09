//! The program seen from outside, on a record of some size: how long until the first page, how
//! much memory, how many bytes for a result.
//!
//! What must stay true: it is the same program, started as a laboratory starts it; it ends with
//! the benchmark. The floor is the same program on an empty laboratory; for the size, the bare
//! database with as many rows of the same width.

use std::io::{BufRead, BufReader};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use simlab::analyzer::sysmex;
use simlab::load::{Load, letters};
use store::engine::floor;
use store::scratch::Scratch;
use wire::reading::Protocol;

use super::record::Closed;
use super::yard::Yard;
use super::{Figure, Ground, http, millis, percentile};
use crate::Ended;

/// How often the program is started.
const STARTS: usize = 5;

/// Who reads pages at once while memory is measured, and lines that send meanwhile.
const READERS: usize = 8;
const LINES: usize = 8;

/// Rounds through all pages that each of them reads.
const ROUNDS: usize = 20;

/// Messages and results of the bare database that the size is compared with.
const FLOOR: floor::Load = floor::Load { messages: 1000, results: 10, per_commit: 100, bytes: 0 };

/// Prints the bytes of the record for each result, where it is one file.
pub fn size(record: &Closed, ground: &Ground, print: &mut impl FnMut(Figure)) -> Result<(), Ended> {
    if record.scratch.database().is_some() {
        eprintln!("the size is measured where the record is one file");
        return Ok(());
    }
    let bare = ground.scratch("size")?;
    floor::write(&bare.place(), &FLOOR)?;
    let rows = f64::from(FLOOR.messages) * f64::from(FLOOR.results);
    let results = record.results;
    print(Figure {
        name: format!("size with {results} results"),
        value: bytes(&record.scratch.folder().join(store::FILE))? / f64::from(results.max(1)),
        unit: "bytes/result",
        floor: bytes(&bare.folder().join(store::FILE))? / rows,
        floor_is: "bare database",
    });
    Ok(())
}

fn bytes(file: &Path) -> Result<f64, Ended> {
    // A file of a benchmark is far below 2^52 bytes.
    #[expect(clippy::cast_precision_loss)]
    let bytes = std::fs::metadata(file)?.len() as f64;
    Ok(bytes)
}

/// Prints the time from the start of the process to the first page served.
pub fn start(
    record: &Closed,
    ground: &Ground,
    print: &mut impl FnMut(Figure),
) -> Result<(), Ended> {
    let empty = empty(ground)?;
    let results = record.results;
    print(Figure {
        name: format!("start to first page with {results} results"),
        value: millis(percentile(&starts(&record.scratch)?, 0.5)),
        unit: "ms",
        floor: millis(percentile(&starts(&empty)?, 0.5)),
        floor_is: "an empty laboratory",
    });
    Ok(())
}

fn starts(scratch: &Scratch) -> Result<Vec<Duration>, Ended> {
    let mut times = Vec::with_capacity(STARTS);
    for _ in 0..STARTS {
        let began = Instant::now();
        let program = Program::start(scratch)?;
        program.first_page()?;
        times.push(began.elapsed());
    }
    times.sort_unstable();
    Ok(times)
}

/// Prints the resident memory at rest, and the most of it under load.
pub fn memory(
    record: &Closed,
    ground: &Ground,
    print: &mut impl FnMut(Figure),
) -> Result<(), Ended> {
    let floor = {
        let empty = empty(ground)?;
        let program = Program::start(&empty)?;
        program.first_page()?;
        program.resident("VmRSS")?
    };
    let program = Program::start(&record.scratch)?;
    program.first_page()?;
    let rest = program.resident("VmRSS")?;
    program.load(record)?;
    let most = program.resident("VmHWM")?;
    for (when, value) in [("at rest", rest), ("most under load", most)] {
        print(Figure {
            name: format!("resident {when} with {} results", record.results),
            value,
            unit: "MB",
            floor,
            floor_is: "an empty laboratory at rest",
        });
    }
    Ok(())
}

/// An empty laboratory.
fn empty(ground: &Ground) -> Result<Scratch, Ended> {
    Ok(Yard::make(ground.scratch("empty")?)?.close())
}

/// The program, running.
struct Program {
    child: Child,
    http: SocketAddr,
    astm: SocketAddr,
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may have ended by itself; either way it is gone.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Program {
    fn start(scratch: &Scratch) -> Result<Program, Ended> {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg("serve");
        match scratch.url() {
            Some(url) => command.args(["--database", url]),
            None => command.arg("--data").arg(scratch.folder()),
        };
        let mut child = command
            .args(["--http", "127.0.0.1:0", "--astm", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .spawn()?;
        let output = child.stdout.take();
        let free = SocketAddr::from(([127, 0, 0, 1], 0));
        let mut program = Program { child, http: free, astm: free };
        for line in output.map(BufReader::new).into_iter().flat_map(BufRead::lines) {
            let line = line?;
            let Some(ready) = line.strip_prefix("ready ") else { continue };
            let address = |name: &str| {
                let word = ready.split_whitespace().find_map(|word| word.strip_prefix(name));
                word.and_then(|word| word.trim_start_matches("http://").parse().ok())
            };
            program.http = address("http=").unwrap_or(free);
            program.astm = address("astm=").unwrap_or(free);
            return Ok(program);
        }
        Err(Ended::Fault("the program ended before it was ready".into()))
    }

    fn first_page(&self) -> Result<(), Ended> {
        let mut stream = TcpStream::connect(self.http)?;
        match http::get(&mut stream, "/sign-in", "")? {
            200 => Ok(()),
            status => Err(Ended::Fault(format!("the first page answered {status}"))),
        }
    }

    /// A line of `/proc/PID/status`, in MB.
    fn resident(&self, name: &str) -> Result<f64, Ended> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()));
        let status = status.map_err(|error| {
            Ended::Usage(format!("memory is measured where the system has /proc: {error}"))
        })?;
        let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok());
        let kilobytes = kilobytes.ok_or_else(|| Ended::Fault(format!("no {name} in {status}")))?;
        Ok(kilobytes / 1024.0)
    }

    /// Reads pages and sends results at once.
    fn load(&self, record: &Closed) -> Result<(), Ended> {
        let letters = letters(Protocol::Astm, sysmex::SENDER, &record.unmeasured, 1);
        let broken = AtomicBool::new(false);
        std::thread::scope(|scope| {
            for _ in 0..READERS {
                scope.spawn(|| {
                    if self.read_all(record).is_err() {
                        broken.store(true, Ordering::Relaxed);
                    }
                });
            }
            let load = Load::new(Protocol::Astm, self.astm, LINES);
            let sent = load.run(&letters, &AtomicBool::new(false));
            if sent.delivered.len() != letters.len() {
                broken.store(true, Ordering::Relaxed);
            }
        });
        if broken.load(Ordering::Relaxed) {
            return Err(Ended::Fault("not every page and result came through".into()));
        }
        Ok(())
    }

    fn read_all(&self, record: &Closed) -> Result<(), Ended> {
        let mut stream = TcpStream::connect(self.http)?;
        for page in record.pages.iter().cycle().take(record.pages.len() * ROUNDS) {
            if http::get(&mut stream, page, &record.cookie)? != 200 {
                return Err(Ended::Fault(format!("{page} was not served")));
            }
        }
        Ok(())
    }
}
