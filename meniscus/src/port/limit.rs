//! What one line, one peer and one port may take of the program, in one place.
//!
//! What must stay true: whatever comes on a port, the memory and the lines it takes are bounded;
//! a line that is closed is told why in the log; a quiet line is never closed for being quiet.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

/// How a port treats its lines.
#[derive(Clone, Copy, Debug)]
pub struct Manners {
    /// The most lines of a port; a laboratory has tens of instruments.
    pub lines: usize,
    /// The most lines from one address: a box with serial ports has up to 32, twice that after it
    /// was switched off and on.
    pub lines_of_one: usize,
    /// How long a message may take from its first byte to its last. At 1,200 baud it is 70 kB.
    pub message: Duration,
    /// How long the other end may take to take what we write.
    pub write: Duration,
    /// The most bytes of unfinished messages that all lines together hold.
    pub held: usize,
    /// How long a port waits after a connection could not be accepted: the machine is short of
    /// something, and asking at once again only makes it shorter.
    pub accept_pause: Duration,
    /// How long the first call of an instrument that does not answer is waited for; it doubles.
    pub call_again: Duration,
    /// How long a line may go on sending after a stop was asked for.
    pub finish: Duration,
}

impl Default for Manners {
    fn default() -> Manners {
        Manners {
            lines: 256,
            lines_of_one: 64,
            message: Duration::from_secs(600),
            write: Duration::from_secs(30),
            held: 64 * 1024 * 1024,
            accept_pause: Duration::from_millis(100),
            call_again: Duration::from_secs(1),
            finish: Duration::from_secs(10),
        }
    }
}

/// How many lines each address has; copies share the count.
#[derive(Clone, Default)]
pub struct Peers(Arc<Mutex<BTreeMap<IpAddr, usize>>>);

/// One line of an address, counted while it lives.
pub struct Seat(Peers, IpAddr);

impl Peers {
    /// Counts one more line of an address; none where it has as many as it may.
    #[must_use]
    pub fn seat(&self, peer: IpAddr, most: usize) -> Option<Seat> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let lines = all.entry(peer).or_default();
        if *lines >= most {
            return None;
        }
        *lines += 1;
        Some(Seat(self.clone(), peer))
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut all = self.0.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(lines) = all.get_mut(&self.1) {
            *lines -= 1;
            if *lines == 0 {
                all.remove(&self.1);
            }
        }
    }
}

/// Bytes that one line holds of what is not whole yet, out of what all may hold.
pub struct Held {
    all: Arc<AtomicUsize>,
    own: usize,
}

impl Held {
    /// A line that holds nothing yet.
    #[must_use]
    pub fn of(all: &Arc<AtomicUsize>) -> Held {
        Held { all: Arc::clone(all), own: 0 }
    }

    /// It holds so much now; false where all together hold more than they may.
    #[must_use]
    pub fn now(&mut self, bytes: usize, most: usize) -> bool {
        let before = self.all.fetch_add(bytes, Ordering::SeqCst);
        let _ = self.all.fetch_sub(self.own, Ordering::SeqCst);
        let together = before + bytes - self.own;
        self.own = bytes;
        // What one line may hold in any case keeps the small messages of the others alive.
        together <= most || bytes <= wire::limit::GARBAGE_BYTES
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let _ = self.all.fetch_sub(self.own, Ordering::SeqCst);
    }
}

/// How long the message that is coming in has been on its way.
#[derive(Default)]
pub struct Patience(Option<Instant>);

impl Patience {
    /// Whether a message was begun; the moment by which it has to be whole.
    pub fn until(&mut self, begun: bool, most: Duration) -> Option<Instant> {
        if !begun {
            self.0 = None;
            return None;
        }
        Some(*self.0.get_or_insert_with(Instant::now) + most)
    }

    /// A message is whole: the next has its own time.
    pub fn whole(&mut self) {
        self.0 = None;
    }
}

/// Writes to the other end, which has so long to take it.
///
/// # Errors
/// The line is gone, or nothing was taken in that time.
pub async fn send(line: &mut TcpStream, bytes: &[u8], within: Duration) -> std::io::Result<()> {
    let written = tokio::time::timeout(within, line.write_all(bytes));
    written.await.map_err(|_| closed("the other end does not take what we write"))?
}

/// Why a line was closed from our side.
#[must_use]
pub fn closed(because: &str) -> std::io::Error {
    std::io::Error::other(format!("closed: {because}"))
}

#[cfg(test)]
mod test {
    use super::*;

    #[test]
    fn an_address_has_so_many_lines_and_gets_one_back_when_one_ends() {
        let peers = Peers::default();
        let (one, other) = (IpAddr::from([10, 0, 0, 1]), IpAddr::from([10, 0, 0, 2]));
        let first = peers.seat(one, 2).expect("a seat");
        let second = peers.seat(one, 2).expect("a seat");
        assert!(peers.seat(one, 2).is_none());
        assert!(peers.seat(other, 2).is_some(), "another address has its own");
        drop(first);
        assert!(peers.seat(one, 2).is_some());
        drop(second);
        assert!(peers.0.lock().expect("unbroken").is_empty(), "nothing is kept of the gone");
    }

    #[test]
    fn lines_share_what_may_be_held_and_give_it_back() {
        let all = Arc::new(AtomicUsize::new(0));
        let most = 10 * 1024 * 1024;
        let (mut one, mut two) = (Held::of(&all), Held::of(&all));
        assert!(one.now(8 * 1024 * 1024, most));
        assert!(!two.now(4 * 1024 * 1024, most), "together it is too much");
        assert!(two.now(1000, most), "a small message is always taken");
        drop(one);
        assert!(two.now(4 * 1024 * 1024, most));
        drop(two);
        assert_eq!(all.load(Ordering::SeqCst), 0);
    }
}
