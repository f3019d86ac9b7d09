//! The one door: every change is a command carried through one function, in one transaction, into
//! the tables and the sealed journal.
//!
//! What must stay true: what was answered as done is on the disk; the fold of the journal equals
//! the tables; readers never block the pen.
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::as_conversions
    )
)]

pub mod cell;
pub mod check;
mod desk;
pub mod engine;
pub mod fault;
pub mod journal;
pub mod message;
mod migration;
mod pen;
mod place;
pub mod query;
pub mod scratch;
pub mod session;
pub mod table;

use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use lab::catalog::Catalog;
use lab::value::MessageId;
use sha2::{Digest, Sha256};

use engine::{EmbeddedReaders, Pen, Readers, ServerPen, ServerReaders, Sql};
use fault::Fault;
use pen::{Job, Writer};

pub use desk::DatabaseLook;
pub use pen::{Act, Answer, Done, Listener, RESTORED, Taking, Told};
pub use place::{FILE, Place};

/// A laboratory's record, open.
pub struct Store {
    jobs: Mutex<Option<Sender<Job>>>,
    readers: Readers,
    writer: Mutex<Option<JoinHandle<()>>>,
    place: Place,
}

impl Store {
    /// Opens the record that lies in a folder or on a server, or makes an empty one there.
    ///
    /// # Errors
    /// The folder cannot be made, or the database cannot be opened.
    pub fn open(place: impl Into<Place>) -> Result<Store, Fault> {
        let place = place.into();
        let (jobs, waiting) = channel();
        let pen_at = place.clone();
        let thread = match pen_at {
            Place::Folder(folder) => take_up(waiting, move || place::open_folder(&folder)),
            Place::Server(address) => take_up(waiting, move || ServerPen::open(&address)),
        }?;
        let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        let readers = match &place {
            Place::Folder(folder) => {
                Readers::Embedded(EmbeddedReaders::over(&folder.join(FILE), cores + 2))
            }
            Place::Server(address) => {
                Readers::Server(Box::new(ServerReaders::over(address, cores + 2)?))
            }
        };
        let (jobs, writer) = (Mutex::new(Some(jobs)), Mutex::new(Some(thread)));
        Ok(Store { jobs, readers, writer, place })
    }

    /// Where the record lies.
    #[must_use]
    pub const fn place(&self) -> &Place {
        &self.place
    }

    /// Asks questions of one snapshot of the record.
    ///
    /// # Errors
    /// The database failed, or the questions did.
    pub fn read<T>(&self, ask: impl FnOnce(&dyn Sql) -> Result<T, Fault>) -> Result<T, Fault> {
        self.readers.with(ask)
    }

    /// The catalog in force.
    ///
    /// # Errors
    /// The database failed.
    pub fn catalog(&self) -> Result<Arc<Catalog>, Fault> {
        self.read(|sql| pen::read_catalog(sql))
    }

    /// Carries a command through the door; the answer comes to `reply` once it is on the disk.
    pub fn ask(&self, act: Act, reply: impl FnOnce(Answer) + Send + 'static) {
        self.send(Job::Act(Box::new(act), Box::new(reply)));
    }

    /// Carries a command through the door and waits for the answer.
    #[must_use]
    pub fn execute(&self, act: Act) -> Answer {
        wait(|reply| self.send(Job::Act(Box::new(act), reply))).unwrap_or_else(Answer::Failed)
    }

    /// Keeps a raw message; `reply` hears its number, whether it had come before, and what became
    /// of it then, once it is on the disk.
    pub fn keep(
        &self,
        raw: message::Raw,
        reply: impl FnOnce(Result<message::Receipt, Fault>) + Send + 'static,
    ) {
        self.take(Taking::only(raw), reply);
    }

    /// Keeps a raw message and files what it says, in one commit; `reply` hears its number and
    /// what became of it once it is on the disk. What could not be filed stays kept.
    pub fn take(
        &self,
        taking: Taking,
        reply: impl FnOnce(Result<message::Receipt, Fault>) + Send + 'static,
    ) {
        self.send(Job::Take(Box::new(taking), Box::new(reply)));
    }

    /// Keeps a raw message and waits until it is on the disk; its number, and whether it had come
    /// before.
    ///
    /// # Errors
    /// The database failed; the message is not kept and must not be acknowledged.
    pub fn keep_and_wait(&self, raw: message::Raw) -> Result<(MessageId, bool), Fault> {
        let kept = wait(|reply| self.send(Job::Take(Box::new(Taking::only(raw)), reply)))?;
        kept.map(|receipt: message::Receipt| (receipt.id, receipt.again))
    }

    /// Notes what became of a message, with the next commit.
    pub fn settle(&self, id: MessageId, fate: message::Fate) {
        self.send(Job::Settle(id, fate));
    }

    /// Writes a note about sessions and looks, with the next commit, without waiting.
    pub fn note(&self, note: session::Note) {
        self.send(Job::Note(note, Box::new(drop)));
    }

    /// Writes a note about sessions and looks, and waits until it is on the disk.
    ///
    /// # Errors
    /// The database failed.
    pub fn note_and_wait(&self, note: session::Note) -> Result<(), Fault> {
        wait(|reply| self.send(Job::Note(note, reply)))?
    }

    /// Tells `listener` of everything committed from now on.
    pub fn listen(&self, listener: Listener) {
        self.send(Job::Listen(listener));
    }

    /// Copies the whole record into a new file while work goes on.
    ///
    /// # Errors
    /// The file exists, or cannot be written.
    pub fn copy_to(&self, file: &Path) -> Result<(), Fault> {
        let file = file.to_owned();
        wait(|reply| self.send(Job::Copy(file, reply)))?
    }

    /// Whether the pen works: it begins a batch and commits it within two seconds, empty, or, since
    /// something could not be written, with a write that changes nothing: on a full disk it is
    /// not ready until there is room again.
    ///
    /// # Errors
    /// Somebody else holds the record, the disk takes nothing, or the pen is down or busy for too
    /// long.
    pub fn ready(&self) -> Result<(), Fault> {
        let (answer, answered) = channel();
        self.send(Job::Ready(Box::new(move |reply| drop(answer.send(reply)))));
        answered.recv_timeout(READY_WAIT).map_err(|_| Fault::new("the pen does not answer"))?
    }

    /// Puts the pen down after what is waiting; later requests fail.
    pub fn close(&self) {
        if let Ok(mut jobs) = self.jobs.lock() {
            jobs.take();
        }
        let thread = self.writer.lock().ok().and_then(|mut thread| thread.take());
        if let Some(thread) = thread
            && thread.join().is_err()
        {
            tracing::error!("the pen broke");
        }
    }

    fn send(&self, job: Job) {
        let sent = match self.jobs.lock() {
            Ok(jobs) => jobs.as_ref().is_some_and(|jobs| jobs.send(job).is_ok()),
            Err(_) => false,
        };
        if !sent {
            tracing::error!("the pen is down; a request was dropped");
        }
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        self.close();
    }
}

/// Takes up the pen on a thread of its own, which opens it; waits until it is open.
fn take_up<P: Pen>(
    waiting: Receiver<Job>,
    open: impl FnOnce() -> Result<P, Fault> + Send + 'static,
) -> Result<JoinHandle<()>, Fault> {
    let (tell, told) = sync_channel(1);
    let work = move || match open().and_then(Writer::new) {
        Ok(writer) => {
            let _ = tell.send(Ok(()));
            writer.work(&waiting);
        }
        Err(fault) => drop(tell.send(Err(fault))),
    };
    let thread = std::thread::Builder::new()
        .name("pen".into())
        .spawn(work)
        .map_err(|error| Fault::new(error).during("starting the pen"))?;
    told.recv().map_err(|_| Fault::new("the pen broke while it was taken up"))??;
    Ok(thread)
}

/// How long the pen may take to say that it can write.
const READY_WAIT: std::time::Duration = std::time::Duration::from_secs(2);

/// Waits for a reply; a reply that never comes is a fault.
fn wait<T: Send + 'static>(send: impl FnOnce(Box<dyn FnOnce(T) + Send>)) -> Result<T, Fault> {
    let (answer, answered) = sync_channel(1);
    send(Box::new(move |reply| {
        let _ = answer.send(reply);
    }));
    answered.recv().map_err(|_| Fault::new("the pen is down"))
}

/// The seal under which a secret text is known (a password digest, a session's token): SHA-256,
/// hexadecimal.
#[must_use]
pub fn seal_of(digest: &str) -> String {
    hexadecimal(&Sha256::digest(digest.as_bytes()))
}

/// Bytes in hexadecimal.
#[must_use]
pub fn hexadecimal(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
