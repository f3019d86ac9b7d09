//! The pen of the laboratory: one thread that does everything that changes anything.
//!
//! It takes whatever is waiting, does each so that it succeeds or fails alone, commits once,
//! durably, and then answers all of them. Order of numbers = order of commits = order of seals.
//!
//! What must stay true: nothing is answered as done before it is on the disk; what was refused or
//! failed changed nothing; the same request is done once and answered again; somebody else who
//! wrote between two batches (a command of the shell on a laboratory at work) is noticed before
//! the next one.

use std::cell::Cell as StdCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::Receiver;

use lab::catalog::Catalog;
use lab::command::{Command, Setting};
use lab::event::{Event, PeopleEvent, apply};
use lab::people::Actor;
use lab::refusal::Refusal;
use lab::value::{MessageId, Moment};

use crate::cell::Cell;
use crate::desk::{DatabaseLook, Desk, write};
use crate::engine::Pen;
use crate::fault::Fault;
use crate::journal::{self, Entry, Seal};
use crate::message::{self, Fate, Receipt};
use crate::session;
use crate::table::LAB;

mod job;
mod setting;
#[cfg(test)]
mod test;

pub(crate) use job::Job;
pub use job::Taking;
use job::{Outcome, Reply};
pub(crate) use setting::read_catalog;
use setting::{first_id, read_head};

/// The most that one commit carries.
const BATCH: usize = 512;

/// The most entries of somebody else that listeners are told of.
const MISSED: u32 = 512;

/// A command on its way through the door.
#[derive(Clone, Debug)]
pub struct Act {
    /// The number of the request: the same is done once.
    pub request: String,
    /// Who asks.
    pub actor: Actor,
    /// What time it is.
    pub now: Moment,
    /// What is asked.
    pub command: Command,
}

/// A command that was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done {
    /// The number of its journal entry; 0 where nothing happened.
    pub seq: i64,
    /// What happened.
    pub events: Vec<Event>,
    /// True where it had been done before and is answered again.
    pub again: bool,
}

/// How the door answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Done, durably.
    Done(Done),
    /// The laboratory says no; nothing changed.
    Refused(Refusal),
    /// The world failed; nothing changed.
    Failed(Fault),
}

/// The name under which followers hear that another record was put in the place of this one.
pub const RESTORED: &str = "Restore";

/// What was told to somebody who follows along: the entry, and what it is about.
#[derive(Clone, Debug)]
pub struct Told {
    /// The journal entry's number.
    pub seq: i64,
    /// What was asked.
    pub command: String,
    /// The accessions, patients, instruments it is about; empty where somebody else wrote it.
    pub about: Vec<i64>,
}

/// Called after each commit with what was committed.
pub type Listener = Box<dyn Fn(&[Told]) + Send>;

/// Where the journal stands.
#[derive(Clone)]
struct Head {
    seq: i64,
    seal: Seal,
    next_id: i64,
}

/// What goes back to what it was when a command or a batch is undone.
struct Point {
    head: Head,
    catalog: Arc<Catalog>,
    told: usize,
}

/// The writer.
pub(crate) struct Writer<P: Pen> {
    pen: P,
    head: Head,
    catalog: Arc<Catalog>,
    /// True while `head` and `catalog` may not be what the record says.
    stale: bool,
    /// Why nothing of the batch under way may be committed.
    broken: Option<Fault>,
    /// True while each command has a savepoint of its own.
    careful: bool,
    /// True from a write that the world refused to the next that it takes.
    failing: bool,
    listeners: Vec<Listener>,
    told: Vec<Told>,
}

impl<P: Pen> Writer<P> {
    /// Takes up the pen where the journal ends.
    pub(crate) fn new(pen: P) -> Result<Writer<P>, Fault> {
        let head = read_head(&pen)?;
        let catalog = read_catalog(&pen)?;
        let (listeners, told) = (Vec::new(), Vec::new());
        let (stale, careful, failing) = (false, false, false);
        Ok(Writer { pen, head, catalog, stale, broken: None, careful, failing, listeners, told })
    }

    /// Works until nobody can ask any more.
    pub(crate) fn work(mut self, jobs: &Receiver<Job>) {
        while let Ok(first) = jobs.recv() {
            let (mut batch, mut next) = (Vec::new(), Some(first));
            while let Some(job) = next {
                match job {
                    // A copy is made between two batches, and holds everything asked before it.
                    Job::Copy(file, reply) => {
                        self.commit(std::mem::take(&mut batch));
                        self.copy(&file, reply);
                    }
                    job => batch.push(job),
                }
                next = if batch.len() < BATCH { jobs.try_recv().ok() } else { None };
            }
            self.commit(batch);
        }
        // Nothing is lost without it; but whoever copies the one file after a stop has it all.
        if let Err(fault) = self.pen.rest() {
            tracing::warn!(%fault, "the pen was put down in haste");
        }
    }

    /// Begins a copy and lets another thread finish it.
    fn copy(&mut self, file: &Path, reply: Reply<Result<(), Fault>>) {
        match self.pen.copy(file) {
            Err(fault) => reply(Err(fault)),
            Ok(rest) => drop(std::thread::spawn(move || reply(rest()))),
        }
    }

    /// Begins a batch where the journal ends now, whoever wrote its last entry.
    fn begin(&mut self) -> Result<(), Fault> {
        // A batch that could neither be committed nor rolled back would stand in the way for ever.
        if self.pen.in_batch() {
            self.pen.roll_back()?;
        }
        self.pen.begin()?;
        self.catch_up().inspect_err(|_| {
            if let Err(fault) = self.pen.roll_back() {
                tracing::error!(%fault, "a batch was not begun, nor rolled back");
            }
        })
    }

    fn catch_up(&mut self) -> Result<(), Fault> {
        self.stale |= self.pen.changed_elsewhere()?;
        if self.stale {
            let missed = journal::after(&self.pen, self.head.seq, MISSED)?;
            let before = (self.head.seq, self.head.seal);
            (self.head, self.catalog) = (read_head(&self.pen)?, read_catalog(&self.pen)?);
            self.stale = false;
            self.notice_another_past(before)?;
            self.told.extend(missed.into_iter().map(|entry| Told {
                seq: entry.seq,
                command: entry.command,
                about: Vec::new(),
            }));
        }
        Ok(())
    }

    /// A record put in the place of this one has another past: whoever follows is told to forget
    /// everything remembered.
    fn notice_another_past(&mut self, (seq, seal): (i64, Seal)) -> Result<(), Fault> {
        let same = match journal::after(&self.pen, seq - 1, 1)?.first() {
            Some(entry) => entry.seq == seq && entry.seal == seal,
            None => seq == 0,
        };
        if seq > 0 && !same {
            let command = RESTORED.to_owned();
            self.told.push(Told { seq: self.head.seq, command, about: Vec::new() });
        }
        Ok(())
    }

    fn commit(&mut self, mut batch: Vec<Job>) {
        if batch.is_empty() {
            return;
        }
        // Savepoints cost a tenth of the pen's time, and next to nothing ever fails. So a batch is
        // first carried without them; where something fails, it is carried again with them.
        let mut carried = self.carry_all(&mut batch);
        if carried.is_err() {
            self.careful = true;
            carried = self.carry_all(&mut batch);
            self.careful = false;
        }
        match carried {
            Ok(outcomes) => {
                let mut told = outcomes.iter().rev().filter_map(Outcome::failed);
                self.failing = told.next().unwrap_or(self.failing);
                let answered = batch.into_iter().zip(outcomes);
                self.listeners.extend(answered.filter_map(|(job, outcome)| job.answer(outcome)));
            }
            Err(fault) => {
                tracing::error!(%fault, "a batch could not be committed");
                self.failing = true;
                self.listeners.extend(batch.into_iter().filter_map(|job| job.fail(&fault)));
            }
        }
        self.tell();
    }

    /// Carries a batch and commits it; where that fails, nothing of it is on the disk.
    fn carry_all(&mut self, batch: &mut [Job]) -> Result<Vec<Outcome>, Fault> {
        self.begin()?;
        let before = self.point();
        let mut outcomes = Vec::with_capacity(batch.len());
        for job in batch {
            outcomes.push(self.carry(job));
            if self.broken.is_some() {
                break;
            }
        }
        let committed = self.broken.take().map_or_else(|| self.pen.commit(), Err);
        committed.map(|()| outcomes).inspect_err(|_| self.abort(before))
    }

    /// Nothing of the batch is on the disk; the pen stands where it stood before it.
    fn abort(&mut self, before: Point) {
        if self.pen.in_batch()
            && let Err(fault) = self.pen.roll_back()
        {
            tracing::error!(%fault, "a batch could not be rolled back");
        }
        self.back_to(before);
        self.stale = true;
    }

    fn point(&self) -> Point {
        let (head, catalog) = (self.head.clone(), Arc::clone(&self.catalog));
        Point { head, catalog, told: self.told.len() }
    }

    fn back_to(&mut self, point: Point) {
        (self.head, self.catalog) = (point.head, point.catalog);
        self.told.truncate(point.told);
    }

    fn tell(&mut self) {
        let told = std::mem::take(&mut self.told);
        if !told.is_empty() {
            for listener in &self.listeners {
                if catch_unwind(AssertUnwindSafe(|| listener(&told))).is_err() {
                    tracing::error!("a listener broke; it missed a commit");
                }
            }
        }
    }

    fn carry(&mut self, job: &mut Job) -> Outcome {
        match job {
            Job::Act(act, _) => Outcome::Act(self.act(act)),
            Job::Take(taking, _) => Outcome::Kept(self.take(taking)),
            Job::Settle(id, fate) => {
                self.settle(*id, *fate);
                Outcome::Done(Ok(()))
            }
            Job::Note(note, _) => {
                Outcome::Done(self.apart(|writer| session::write(&mut writer.pen, note)))
            }
            Job::Ready(_) if self.failing => Outcome::Done(self.apart(Writer::try_to_write)),
            Job::Listen(_) | Job::Ready(_) => Outcome::Ready,
            // Not reached: a batch never holds one.
            Job::Copy(..) => Outcome::Done(Err(Fault::new("a copy is not made inside a batch"))),
        }
    }

    /// Keeps a message, and files at once what it says. What could not be filed stays kept.
    fn take(&mut self, taking: &mut Taking) -> Result<Receipt, Fault> {
        let id = self.head.next_id.max(first_id(taking.raw.at));
        let Taking { raw, fate, .. } = &*taking;
        let mut receipt = self.apart(|writer| {
            let receipt = message::keep(&mut writer.pen, id, (raw, *fate))?;
            if !receipt.again {
                writer.head.next_id = id + 1;
            }
            Ok(receipt)
        })?;
        let filed = receipt.again && receipt.fate != Fate::Kept;
        if filed || taking.fate == Fate::Kept {
            return Ok(receipt);
        }
        let fate = if self.file(receipt.id, taking) { taking.fate } else { Fate::Kept };
        if fate != receipt.fate {
            self.settle(receipt.id, fate);
            receipt.fate = fate;
        }
        Ok(receipt)
    }

    /// Files what a message says; whether all of it was.
    fn file(&mut self, id: MessageId, taking: &mut Taking) -> bool {
        taking.number(id);
        for act in &taking.acts {
            match self.act(act) {
                Answer::Done(_) => {}
                Answer::Refused(refusal) => {
                    tracing::error!(%refusal, message = %id, "a message could not be filed");
                    return false;
                }
                Answer::Failed(_) => return false,
            }
        }
        true
    }

    /// Writes what changes nothing, to hear whether the disk takes it.
    fn try_to_write(&mut self) -> Result<(), Fault> {
        self.pen.run("UPDATE migration SET step=step WHERE step=?1", &[Cell::Int(1)])
    }

    fn settle(&mut self, id: MessageId, fate: Fate) {
        let settled = self.apart(|writer| message::settle(&mut writer.pen, id, fate));
        if let Err(fault) = settled {
            tracing::error!(%fault, "the fate of a message could not be noted");
        }
    }

    /// Does something so that a fault or a panic leaves no trace: in a savepoint of its own, or,
    /// while there are none, by breaking the whole batch, which is then carried with them.
    fn apart<T>(&mut self, work: impl FnOnce(&mut Self) -> Result<T, Fault>) -> Result<T, Fault> {
        let before = self.point();
        if self.careful
            && let Err(fault) = self.pen.mark()
        {
            self.broken = Some(fault.clone());
            return Err(fault);
        }
        let done = catch_unwind(AssertUnwindSafe(|| work(self)))
            .unwrap_or_else(|_| Err(Fault::new("an assertion of Meniscus failed")));
        if !self.careful {
            return done.inspect_err(|fault| self.broken = Some(fault.clone()));
        }
        let kept = done.and_then(|done| self.pen.keep().map(|()| done));
        kept.inspect_err(|fault| {
            self.back_to(before);
            if !self.pen.in_batch() || self.pen.forget().is_err() {
                self.broken = Some(fault.clone());
            }
        })
    }

    fn act(&mut self, act: &Act) -> Answer {
        match self.apart(|writer| writer.decide(act)) {
            Ok(Ok(done)) => Answer::Done(done),
            Ok(Err(refusal)) => Answer::Refused(refusal),
            Err(fault) => {
                // Carried without savepoints it is carried again, and may yet be done.
                if self.careful {
                    tracing::error!(%fault, command = %act.command.ask().name(), "not done");
                }
                Answer::Failed(fault)
            }
        }
    }

    fn decide(&mut self, act: &Act) -> Result<Result<Done, Refusal>, Fault> {
        if let Some(entry) = journal::answering(&self.pen, &act.request)? {
            let events = entry.happened()?;
            return Ok(Ok(Done { seq: entry.seq, events, again: true }));
        }
        let catalog = Arc::clone(&self.catalog);
        let setting = Setting {
            now: act.now,
            actor: act.actor,
            catalog: &catalog,
            next: StdCell::new(self.head.next_id.max(first_id(act.now))),
        };
        let events = match act.command.carry(&DatabaseLook(&self.pen), &setting)? {
            Ok(events) => events,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let entry = self.enter(act, &events, setting.next.get())?;
        Ok(Ok(Done { seq: entry, events, again: false }))
    }

    /// Applies the events, writes the changed rows and the journal entry.
    fn enter(&mut self, act: &Act, events: &[Event], next_id: i64) -> Result<i64, Fault> {
        let mut desk = Desk::new(&self.pen);
        for event in events {
            apply(event, &mut desk)?;
        }
        let rows = desk.into_changed();
        write(&mut self.pen, &rows)?;
        self.keep_secret(&act.command)?;
        let mut about: Vec<i64> = rows.iter().map(|row| row.now().about()).collect();
        about.sort_unstable();
        about.dedup();
        let mut entry = Entry {
            seq: self.head.seq + 1,
            at: act.now,
            actor: act.actor,
            command: act.command.ask().name(),
            request: act.request.clone(),
            events: serde_json::to_string(events).map_err(Fault::new)?,
            last_id: next_id - 1,
            seal: [0; 32],
        };
        entry.seal = entry.expected_seal(&self.head.seal)?;
        journal::append(&mut self.pen, &entry, &about)?;
        if events
            .iter()
            .any(|event| matches!(event, Event::People(PeopleEvent::CatalogReleased(_))))
        {
            self.catalog = read_catalog(&self.pen)?;
        }
        self.head = Head { seq: entry.seq, seal: entry.seal, next_id };
        self.told.push(Told { seq: entry.seq, command: entry.command, about });
        Ok(entry.seq)
    }

    fn keep_secret(&mut self, command: &Command) -> Result<(), Fault> {
        let (person, digest) = match command {
            Command::SetPassword(secret) => (secret.person, &secret.digest),
            Command::ResetPassword(secret) => (secret.person, &secret.digest),
            Command::ChooseOwnPassword(secret) => (secret.person, &secret.digest),
            _ => return Ok(()),
        };
        let sql = "INSERT INTO secret(lab, person, digest) VALUES (?1, ?2, ?3) \
                   ON CONFLICT(lab, person) DO UPDATE SET digest=excluded.digest";
        let given = [Cell::Int(LAB), Cell::Int(person.0), Cell::text(digest)];
        self.pen.run(sql, &given)
    }
}
