//! The connections that only read.
//!
//! What must stay true: one reading sees one moment, and changes nothing; a connection that broke
//! while nobody used it is not noticed by who asks next.

use std::cell::{Cell as StdCell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Condvar, Mutex};

use tokio::runtime::{Builder, Handle, Runtime};

use super::address::Address;
use super::schema;
use super::wire::{Driver, Wire};
use crate::cell::{Cell, Line};
use crate::engine::{Sql, Take};
use crate::fault::Fault;

/// A bounded pool of connections that only read.
pub struct Readers {
    address: Address,
    idle: Mutex<(Vec<Wire>, usize)>,
    freed: Condvar,
    most: usize,
    /// Carries the bytes of all of them, on a thread of its own.
    beside: Option<Runtime>,
}

impl Readers {
    /// A pool of at most `most` connections, opened as they are needed.
    ///
    /// # Errors
    /// The machine gives no more threads.
    pub fn over(address: &Address, most: usize) -> Result<Readers, Fault> {
        let beside = Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("readers")
            .enable_all()
            .build();
        let beside = beside.map_err(|error| Fault::new(error).during("reaching the database"))?;
        Ok(Readers {
            address: address.clone(),
            idle: Mutex::default(),
            freed: Condvar::new(),
            most,
            beside: Some(beside),
        })
    }

    /// Asks questions of one snapshot of the record.
    ///
    /// # Errors
    /// The database failed, or the questions did.
    pub fn with<T>(&self, ask: impl FnOnce(&dyn Sql) -> Result<T, Fault>) -> Result<T, Fault> {
        let reader = Reader {
            pool: self,
            wire: RefCell::new(Some(self.take()?)),
            began: StdCell::new(false),
        };
        match catch_unwind(AssertUnwindSafe(|| ask(&reader))) {
            Ok(answer) => {
                self.give_back(reader);
                answer
            }
            Err(panic) => {
                self.lose();
                resume_unwind(panic)
            }
        }
    }

    fn take(&self) -> Result<Wire, Fault> {
        let mut idle = self.idle.lock().map_err(Fault::new)?;
        loop {
            while let Some(wire) = idle.0.pop() {
                if !wire.is_lost() {
                    return Ok(wire);
                }
                idle.1 -= 1;
            }
            if idle.1 < self.most {
                idle.1 += 1;
                drop(idle);
                return self.connect().inspect_err(|_| self.lose());
            }
            idle = self.freed.wait(idle).map_err(Fault::new)?;
        }
    }

    fn connect(&self) -> Result<Wire, Fault> {
        let beside = self.beside.as_ref().map(|runtime| runtime.handle().clone());
        let beside: Handle = beside.ok_or_else(|| Fault::new("the readers are gone"))?;
        let wire = Wire::to(&self.address, Driver::Beside(beside))?;
        wire.script(schema::SESSION)?;
        Ok(wire)
    }

    /// A connection was left in the middle of a question and is not used again.
    fn lose(&self) {
        if let Ok(mut idle) = self.idle.lock() {
            idle.1 -= 1;
            self.freed.notify_one();
        }
    }

    fn give_back(&self, reader: Reader<'_>) {
        match reader.wire.into_inner().filter(|wire| !wire.is_lost()) {
            None => self.lose(),
            Some(wire) => {
                if reader.began.get() {
                    wire.send("COMMIT");
                }
                if let Ok(mut idle) = self.idle.lock() {
                    idle.0.push(wire);
                    self.freed.notify_one();
                }
            }
        }
    }
}

impl Drop for Readers {
    fn drop(&mut self) {
        // Whoever lets go of a record inside `async` must not wait there for a thread to end.
        if let Some(beside) = self.beside.take() {
            beside.shutdown_background();
        }
    }
}

struct Reader<'a> {
    pool: &'a Readers,
    wire: RefCell<Option<Wire>>,
    began: StdCell<bool>,
}

impl Reader<'_> {
    fn first(&self, sql: &str, given: &[Cell]) -> Result<Vec<Line>, Fault> {
        let wire = self.wire.borrow();
        let wire = wire.as_ref().ok_or_else(|| Fault::new("the database is not connected"))?;
        wire.send("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
        self.began.set(true);
        wire.rows(sql, given)
    }

    fn is_lost(&self) -> bool {
        self.wire.borrow().as_ref().is_none_or(Wire::is_lost)
    }
}

impl Sql for Reader<'_> {
    fn rows(&self, sql: &str, given: &[Cell]) -> Result<Vec<Line>, Fault> {
        if self.began.get() {
            let wire = self.wire.borrow();
            let wire = wire.as_ref().ok_or_else(|| Fault::new("the database is not connected"))?;
            return wire.rows(sql, given);
        }
        let answer = self.first(sql, given);
        if answer.is_ok() || !self.is_lost() {
            return answer;
        }
        // It was lost while nobody used it: nothing had been asked on it.
        self.wire.replace(Some(self.pool.connect()?));
        self.first(sql, given)
    }

    fn each(&self, sql: &str, given: &[Cell], take: &mut Take<'_>) -> Result<(), Fault> {
        if !self.began.get() {
            self.rows("SELECT 1", &[])?;
        }
        let wire = self.wire.borrow();
        let wire = wire.as_ref().ok_or_else(|| Fault::new("the database is not connected"))?;
        wire.each(sql, given, take)
    }
}
