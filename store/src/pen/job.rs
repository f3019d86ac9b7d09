//! What waits for the pen, and how each is answered.
//!
//! What must stay true: whoever asked is answered once, after the commit; what is carried twice
//! because a batch failed in between is answered for the second time only.

use std::path::PathBuf;

use lab::command::Command;
use lab::value::MessageId;

use super::{Act, Answer, Listener};
use crate::fault::Fault;
use crate::message::{Fate, Raw, Receipt};
use crate::session::Note;

pub(super) type Reply<T> = Box<dyn FnOnce(T) + Send>;

/// A message to keep, and what is to be filed of it in the same commit.
#[derive(Clone, Debug)]
pub struct Taking {
    /// The message.
    pub raw: Raw,
    /// What it says, as commands. Their requests and their message number are given by the pen,
    /// which numbers the message.
    pub acts: Vec<Act>,
    /// What became of the message once all of them are done; `Kept` where it is only kept, and
    /// somebody files it later.
    pub fate: Fate,
}

impl Taking {
    /// A message that is only kept.
    #[must_use]
    pub fn only(raw: Raw) -> Taking {
        Taking { raw, acts: Vec::new(), fate: Fate::Kept }
    }

    /// Says in each command which message it was made from.
    pub(super) fn number(&mut self, id: MessageId) {
        for (index, act) in self.acts.iter_mut().enumerate() {
            act.request = format!("message:{id}:{index}");
            if let Command::FileReadings(file) = &mut act.command {
                file.message = Some(id);
            }
        }
    }
}

/// What waits for the pen.
pub(crate) enum Job {
    Act(Box<Act>, Reply<Answer>),
    Take(Box<Taking>, Reply<Result<Receipt, Fault>>),
    Settle(MessageId, Fate),
    Note(Note, Reply<Result<(), Fault>>),
    Listen(Listener),
    Copy(PathBuf, Reply<Result<(), Fault>>),
    Ready(Reply<Result<(), Fault>>),
}

/// What came of a job; it waits for the commit.
pub(super) enum Outcome {
    Act(Answer),
    Kept(Result<Receipt, Fault>),
    Done(Result<(), Fault>),
    /// Nothing was to be written.
    Ready,
}

impl Outcome {
    /// Whether the world refused to write it; `None` where that is not known by it.
    pub(super) fn failed(&self) -> Option<bool> {
        match self {
            Outcome::Act(Answer::Failed(_)) | Outcome::Kept(Err(_)) | Outcome::Done(Err(_)) => {
                Some(true)
            }
            Outcome::Act(Answer::Done(_)) | Outcome::Kept(Ok(_)) | Outcome::Done(Ok(())) => {
                Some(false)
            }
            Outcome::Act(Answer::Refused(_)) | Outcome::Ready => None,
        }
    }
}

impl Job {
    /// Answers whoever asked, after the commit; gives back the one who asked to be told.
    pub(super) fn answer(self, outcome: Outcome) -> Option<Listener> {
        match (self, outcome) {
            (Job::Act(_, reply), Outcome::Act(answer)) => reply(answer),
            (Job::Take(_, reply), Outcome::Kept(kept)) => reply(kept),
            (
                Job::Note(_, reply) | Job::Copy(_, reply) | Job::Ready(reply),
                Outcome::Done(done),
            ) => reply(done),
            (Job::Ready(reply), Outcome::Ready) => reply(Ok(())),
            (Job::Listen(listener), _) => return Some(listener),
            (Job::Settle(..), _) => {}
            (job, _) => return job.fail(&Fault::new("the pen answered another question")),
        }
        None
    }

    /// Says that nothing was done and nothing changed; gives back the one who asked to be told.
    pub(super) fn fail(self, fault: &Fault) -> Option<Listener> {
        match self {
            Job::Act(_, reply) => reply(Answer::Failed(fault.clone())),
            Job::Take(_, reply) => reply(Err(fault.clone())),
            Job::Note(_, reply) | Job::Copy(_, reply) | Job::Ready(reply) => {
                reply(Err(fault.clone()));
            }
            Job::Settle(..) => {}
            Job::Listen(listener) => return Some(listener),
        }
        None
    }
}
