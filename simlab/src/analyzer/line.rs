//! The line from an instrument to the laboratory: connects, connects again, and runs the
//! instrument's part of the talk step by step.
//!
//! What must stay true: a broken line is noticed at the next read or write; between attempts the
//! instrument goes on measuring; no wait is longer than a blink, so that it stops at once.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use super::rack::Rack;

/// The longest wait in one step.
const BLINK: Duration = Duration::from_millis(20);

/// How long an attempt to connect or to write may take.
const ATTEMPT: Duration = Duration::from_secs(2);

/// The first and the longest pause between attempts to connect; each doubles the one before.
const PAUSES: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(2));

/// What an instrument does on its line.
pub(super) trait Talker {
    /// The line stands anew; whatever was under way on the last one is not.
    fn connected(&mut self);
    /// Goes on with what needs no line.
    fn work(&mut self);
    /// Says what is to be said now and when it wants to be asked again at the latest.
    fn say(&mut self, line: &mut Line) -> io::Result<Duration>;
    /// Takes what the laboratory says.
    fn hear(&mut self, bytes: &[u8], line: &mut Line) -> io::Result<()>;
}

/// Runs the instrument until it is stopped.
pub(super) fn run(rack: &Rack, address: SocketAddr, talker: &mut impl Talker) {
    let mut line: Option<Line> = None;
    let mut pause = PAUSES.0;
    let mut next_attempt = Instant::now();
    while !rack.stopped() {
        talker.work();
        match &mut line {
            Some(standing) => match step(standing, talker) {
                Ok(heard) if heard => pause = PAUSES.0,
                Ok(_) => {}
                Err(_) => {
                    line = None;
                    rack.set_connected(false);
                    next_attempt = Instant::now() + pause;
                }
            },
            None if Instant::now() >= next_attempt => match Line::to(address) {
                Ok(connected) => {
                    line = Some(connected);
                    rack.set_connected(true);
                    talker.connected();
                }
                Err(_) => {
                    next_attempt = Instant::now() + pause;
                    pause = (pause * 2).min(PAUSES.1);
                }
            },
            None => rack.pause(BLINK),
        }
    }
    rack.set_connected(false);
}

/// One turn of talking; whether anything was heard.
fn step(line: &mut Line, talker: &mut impl Talker) -> io::Result<bool> {
    let wait = talker.say(line)?.clamp(Duration::from_millis(1), BLINK);
    let Some(bytes) = line.read(wait)? else { return Ok(false) };
    talker.hear(&bytes, line)?;
    Ok(true)
}

/// One connection.
pub(crate) struct Line {
    stream: TcpStream,
    space: Box<[u8]>,
    wait: Duration,
}

impl Line {
    /// Connects.
    pub(crate) fn to(address: SocketAddr) -> io::Result<Line> {
        let stream = TcpStream::connect_timeout(&address, ATTEMPT)?;
        stream.set_nodelay(true)?;
        stream.set_write_timeout(Some(ATTEMPT))?;
        Ok(Line { stream, space: vec![0; 16 * 1024].into_boxed_slice(), wait: Duration::ZERO })
    }

    /// Writes all of it.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        if bytes.is_empty() { Ok(()) } else { self.stream.write_all(bytes) }
    }

    /// Reads what is there; nothing when nothing came in time.
    pub(crate) fn read(&mut self, wait: Duration) -> io::Result<Option<Vec<u8>>> {
        if self.wait != wait {
            self.stream.set_read_timeout(Some(wait))?;
            self.wait = wait;
        }
        match self.stream.read(&mut self.space) {
            Ok(0) => Err(ErrorKind::UnexpectedEof.into()),
            Ok(count) => Ok(Some(self.space[..count].to_vec())),
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                Ok(None)
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => Ok(None),
            Err(error) => Err(error),
        }
    }
}
