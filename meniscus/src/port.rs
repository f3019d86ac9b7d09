//! The ports instruments connect to: ASTM over TCP and HL7 over MLLP.
//!
//! What must stay true: a message is kept before the byte that says so is written; a broken line
//! breaks nothing but itself; at a stop, what an instrument is sending is finished first.

mod astm;
mod mllp;

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use socket2::{SockRef, TcpKeepalive};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use web::Links;

use crate::Ended;
use crate::intake::{Intake, Kept};
use crate::setup;

/// How long a line may go on sending after a stop was asked for.
const PATIENCE: Duration = Duration::from_secs(10);

/// Bytes read from a line at once.
const READ: usize = 64 * 1024;

/// The most lines of one port; a laboratory has tens of instruments. A further one is closed.
const LINES_MAX: usize = 256;

/// How long a port waits after a connection could not be accepted: the machine is short of
/// something, and asking at once again only makes it shorter.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// A line that is silent for this long is asked whether the other end is still there.
const ALIVE_AFTER: Duration = Duration::from_secs(60);

/// What is spoken on a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// ASTM LIS01-A2 and LIS02-A2.
    Astm,
    /// HL7 version 2 over MLLP.
    Mllp,
}

/// What a line needs beside its socket.
#[derive(Clone)]
struct Surroundings {
    intake: Intake,
    links: Links,
    stop: watch::Receiver<bool>,
    started: Instant,
}

impl Surroundings {
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
        (intake, links): (Intake, Links),
        stop: watch::Receiver<bool>,
    ) -> Result<Port, Ended> {
        let listener = listen(address).await?;
        let around = Surroundings { intake, links, stop, started: Instant::now() };
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
        let mut stop = self.around.stop.clone();
        loop {
            tokio::select! {
                (_, peer) = self.accept(), if lines.len() >= LINES_MAX => {
                    tracing::warn!(%peer, "{LINES_MAX} lines are open; a further one is closed");
                }
                (stream, peer) = self.accept(), if lines.len() < LINES_MAX => {
                    lines.spawn(line(stream, peer, self.language, self.around.clone()));
                }
                Some(_) = lines.join_next() => {}
                _ = stop.wait_for(|stop| *stop) => break,
            }
        }
        drop(self.listener);
        let finished = async { while lines.join_next().await.is_some() {} };
        if tokio::time::timeout(PATIENCE, finished).await.is_err() {
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
                    tokio::time::sleep(ACCEPT_PAUSE).await;
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

async fn line(stream: TcpStream, peer: SocketAddr, language: Language, around: Surroundings) {
    if let Err(error) = keep_awake(&stream) {
        tracing::warn!(%error, %peer, "a line will not notice that the other end is gone");
    }
    let far = Far { links: around.links.clone(), peer: peer.to_string(), instrument: None };
    let ended = match language {
        Language::Astm => astm::talk(stream, far, around).await,
        Language::Mllp => mllp::talk(stream, far, around).await,
    };
    if let Err(error) = ended {
        tracing::info!(%error, %peer, "a line ended");
    }
}

/// Sends what is written at once, and notices an instrument that was switched off.
fn keep_awake(stream: &TcpStream) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let alive = TcpKeepalive::new().with_time(ALIVE_AFTER).with_interval(ALIVE_AFTER);
    SockRef::from(stream).set_tcp_keepalive(&alive)
}

/// The far end of a line: known by its address, and by its name once it has said who it is.
struct Far {
    links: Links,
    peer: String,
    instrument: Option<String>,
}

impl Far {
    /// Bytes came.
    fn spoke(&self) {
        if let Some(name) = &self.instrument {
            self.links.byte(name, setup::now());
        }
    }

    /// It said who it is.
    fn is(&mut self, kept: &Kept) {
        let Some(instrument) = &kept.instrument else { return };
        if self.instrument.as_ref() != Some(&instrument.name) {
            if let Some(before) = &self.instrument {
                self.links.down(before, setup::now());
            }
            self.links.up(&instrument.name, &self.peer, setup::now());
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

#[cfg(test)]
mod test {
    use super::*;

    #[tokio::test]
    async fn a_line_asks_whether_the_other_end_is_still_there() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("its address");
        let (near, far) = tokio::join!(TcpStream::connect(address), listener.accept());
        let (near, (far, _)) = (near.expect("connected"), far.expect("accepted"));
        keep_awake(&far).expect("the socket takes it");
        let socket = SockRef::from(&far);
        assert_eq!((socket.keepalive().ok(), far.nodelay().ok()), (Some(true), Some(true)));
        assert_eq!(socket.tcp_keepalive_time().ok(), Some(ALIVE_AFTER));
        drop(near);
    }
}
