//! The ports instruments connect to: ASTM over TCP and HL7 over MLLP. A bedside device (POCT1-A)
//! calls the port of ASTM, where its first byte says what it speaks.
//!
//! What must stay true: a message is kept before the byte that says so is written; a broken line
//! breaks nothing but itself; at a stop, what an instrument is sending is finished first.

mod astm;
#[cfg(test)]
mod bad_input;
mod bedside;
pub mod dial;
mod limit;
mod mllp;
#[cfg(test)]
mod test;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::time::{Duration, Instant};

use lab::value::InstrumentId;

use socket2::{SockRef, TcpKeepalive};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use web::Links;

use crate::Ended;
use crate::intake::{Intake, Kept, Origin};
use crate::setup;
use limit::{Manners, Peers};

/// Bytes read from a line at once.
const READ: usize = 64 * 1024;

/// A line that is silent for this long is asked whether the other end is still there.
const ALIVE_AFTER: Duration = Duration::from_secs(60);

/// So many questions without an answer, a third of that time apart, and the line is given up.
const ALIVE_TRIES: u32 = 3;

/// What is spoken on a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// ASTM LIS01-A2 and LIS02-A2.
    Astm,
    /// HL7 version 2 over MLLP.
    Mllp,
    /// POCT1-A, documents of bedside devices.
    Bedside,
}

/// What a line needs beside its socket.
#[derive(Clone)]
pub struct Surroundings {
    intake: Intake,
    links: Links,
    stop: watch::Receiver<bool>,
    started: Instant,
    manners: Manners,
    /// Bytes of unfinished messages that all lines hold.
    held: Arc<AtomicUsize>,
}

impl Surroundings {
    /// What every line of the program shares.
    #[must_use]
    pub fn new(intake: Intake, links: Links, stop: watch::Receiver<bool>) -> Surroundings {
        let (started, manners) = (Instant::now(), Manners::default());
        Surroundings { intake, links, stop, started, manners, held: Arc::default() }
    }

    fn millis(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

/// An open port.
pub struct Port {
    listener: TcpListener,
    language: Language,
    around: Surroundings,
}

impl Port {
    /// Opens a port; port 0 takes a free one.
    ///
    /// # Errors
    /// The address is taken or not ours.
    pub async fn open(
        address: SocketAddr,
        language: Language,
        around: Surroundings,
    ) -> Result<Port, Ended> {
        let listener = listen(address).await?;
        Ok(Port { listener, language, around })
    }

    /// The address it is open at.
    ///
    /// # Errors
    /// The socket is gone.
    pub fn address(&self) -> Result<SocketAddr, Ended> {
        Ok(self.listener.local_addr()?)
    }

    /// Serves every line until a stop is asked for and the lines have finished.
    pub async fn serve(self) {
        let mut lines = JoinSet::new();
        let peers = Peers::default();
        let mut stop = self.around.stop.clone();
        let Manners { lines: most, lines_of_one, finish, .. } = self.around.manners;
        loop {
            tokio::select! {
                (stream, peer) = self.accept() => {
                    if lines.len() >= most {
                        tracing::warn!(%peer, "{most} lines are open; a further one is closed");
                    } else if let Some(seat) = peers.seat(peer.ip(), lines_of_one) {
                        let (language, around) = (self.language, self.around.clone());
                        lines.spawn(async move {
                            let far = Far::new(&around, peer.to_string());
                            line(stream, far, (language, around)).await;
                            drop(seat);
                        });
                    } else {
                        tracing::warn!(
                            %peer,
                            "this address has {lines_of_one} lines; a further one is closed"
                        );
                    }
                }
                Some(_) = lines.join_next() => {}
                _ = stop.wait_for(|stop| *stop) => break,
            }
        }
        drop(self.listener);
        let finished = async { while lines.join_next().await.is_some() {} };
        if tokio::time::timeout(finish, finished).await.is_err() {
            tracing::warn!("a line was still sending and was cut");
        }
    }

    /// The next connection.
    async fn accept(&self) -> (TcpStream, SocketAddr) {
        loop {
            match self.listener.accept().await {
                Ok(accepted) => return accepted,
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(self.around.manners.accept_pause).await;
                }
            }
        }
    }
}

/// Listens, with a clear sentence where that is not possible.
///
/// # Errors
/// The address is taken or not ours.
pub async fn listen(address: SocketAddr) -> Result<TcpListener, Ended> {
    TcpListener::bind(address).await.map_err(|error| cannot_listen(address, &error))
}

/// Why an address cannot be listened at, and what to do.
#[must_use]
pub fn cannot_listen(address: SocketAddr, error: &std::io::Error) -> Ended {
    Ended::Usage(format!(
        "cannot listen at {address}: {error}; choose another address, or port 0 for a free one"
    ))
}

/// Talks on one line until it ends, and says why it ended where it was not by itself.
async fn line(stream: TcpStream, far: Far, (language, around): (Language, Surroundings)) {
    let peer = far.origin.peer.clone();
    if let Err(error) = keep_awake(&stream) {
        tracing::warn!(%error, peer, "a line will not notice that the other end is gone");
    }
    let language = match language {
        Language::Astm if begins_a_document(&stream, around.stop.clone()).await => {
            Language::Bedside
        }
        other => other,
    };
    let ended = match language {
        Language::Astm => astm::talk(stream, far, around).await,
        Language::Mllp => mllp::talk(stream, far, around).await,
        Language::Bedside => bedside::talk(stream, far, around).await,
    };
    if let Err(error) = ended {
        tracing::warn!(%error, peer, "a line ended");
    }
}

/// Whether the first byte that comes begins an XML document (or the mark before one), and not an
/// ASTM transfer.
async fn begins_a_document(stream: &TcpStream, mut stop: watch::Receiver<bool>) -> bool {
    let mut first = [0];
    tokio::select! {
        peeked = stream.peek(&mut first) => {
            matches!(peeked, Ok(1)) && matches!(first, [b'<' | 0xef])
        }
        _ = stop.wait_for(|stop| *stop) => false,
    }
}

/// Sends what is written at once, and notices an instrument that was switched off.
fn keep_awake(stream: &TcpStream) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let alive = TcpKeepalive::new()
        .with_time(ALIVE_AFTER)
        .with_interval(ALIVE_AFTER / ALIVE_TRIES)
        .with_retries(ALIVE_TRIES);
    SockRef::from(stream).set_tcp_keepalive(&alive)
}

/// The far end of a line: known by its address, and by its name once it has said who it is.
struct Far {
    links: Links,
    origin: Origin,
    instrument: Option<String>,
}

impl Far {
    fn new(around: &Surroundings, peer: String) -> Far {
        let origin = Origin { peer, instrument: None };
        Far { links: around.links.clone(), origin, instrument: None }
    }

    /// We called it, so it is known before it speaks.
    fn is_called(&mut self, id: InstrumentId, name: &str) {
        self.origin.instrument = Some(id);
        self.links.up(name, &self.origin.peer, setup::now());
        self.instrument = Some(name.to_owned());
    }

    /// Bytes came.
    fn spoke(&self) {
        if let Some(name) = &self.instrument {
            self.links.byte(name, setup::now());
        }
    }

    /// So many answers of ours wait to be taken.
    fn waits(&self, answers: usize) {
        if let Some(name) = &self.instrument {
            self.links.waiting(name, answers);
        }
    }

    /// There was trouble on the line: it is logged, and shown with the instrument.
    fn trouble(&self, what: &str) {
        tracing::warn!(what, peer = self.origin.peer, "trouble on the line");
        if let Some(name) = &self.instrument {
            self.links.trouble(name, what, setup::now());
        }
    }

    /// The line is closed from our side, with this reason.
    fn close(&self, because: &str) -> std::io::Error {
        if let Some(name) = &self.instrument {
            self.links.trouble(name, because, setup::now());
        }
        limit::closed(because)
    }

    /// It said who it is.
    fn is(&mut self, kept: &Kept) {
        let Some(instrument) = &kept.instrument else { return };
        if self.instrument.as_ref() != Some(&instrument.name) {
            if let Some(before) = &self.instrument {
                self.links.down(before, setup::now());
            }
            self.links.up(&instrument.name, &self.origin.peer, setup::now());
            self.instrument = Some(instrument.name.clone());
            self.spoke();
        }
    }
}

impl Drop for Far {
    fn drop(&mut self) {
        if let Some(name) = &self.instrument {
            self.links.down(name, setup::now());
        }
    }
}

/// Files kept messages of one line in the order they came, behind the line's back.
fn filer(intake: Intake) -> tokio::sync::mpsc::Sender<Kept> {
    // A line that sends faster than messages are filed waits here.
    let (sender, mut kept) = tokio::sync::mpsc::channel::<Kept>(64);
    tokio::spawn(async move {
        while let Some(message) = kept.recv().await {
            intake.file(message).await;
        }
    });
    sender
}

/// Where a line hands over what it kept.
type Filer = tokio::sync::mpsc::Sender<Kept>;
