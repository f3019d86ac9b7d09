//! The contract below which a database engine stands. The only place, with its folder, that knows
//! which engine it is.
//!
//! What must stay true: reads are one SQL text for every engine (`?1`, `?2`, …); writes are rows
//! to upsert and entries to append, which each engine turns into its own fastest statements; the
//! pen owns its connection, readers are read-only and never block it.

pub mod floor;
pub mod postgres;
pub mod replace;
pub mod sqlite;
mod transfer;

/// The engine on a server.
pub use postgres::{self as server, Address, Readers as ServerReaders, ServerPen};
/// The engine inside the program: what holds a laboratory on one machine.
pub use sqlite::{Readers as EmbeddedReaders, SqlitePen as EmbeddedPen};

use std::path::Path;

use crate::cell::{Cell, Line};
use crate::fault::Fault;

/// The columns of a table, keys first.
#[derive(Clone, Copy, Debug)]
pub struct Shape<'a> {
    /// The table's name.
    pub table: &'a str,
    /// Its columns; the first `keys` of them are the primary key.
    pub columns: &'a [&'a str],
    /// How many columns the primary key has.
    pub keys: usize,
}

/// What is done with each row.
pub type Take<'a> = dyn FnMut(Line) -> Result<(), Fault> + 'a;

/// What is left of making a copy, which may be done on another thread.
pub type Copying = Box<dyn FnOnce() -> Result<(), Fault> + Send>;

/// Something that answers questions in SQL.
pub trait Sql {
    /// Every row of the answer.
    ///
    /// # Errors
    /// The database failed.
    fn rows(&self, sql: &str, given: &[Cell]) -> Result<Vec<Line>, Fault>;

    /// The first row of the answer, if there is one.
    ///
    /// # Errors
    /// The database failed.
    fn row(&self, sql: &str, given: &[Cell]) -> Result<Option<Line>, Fault> {
        Ok(self.rows(sql, given)?.into_iter().next())
    }

    /// Every row of the answer, one after the other, without all of them in memory at once.
    ///
    /// # Errors
    /// The database failed, or `take` did.
    fn each(&self, sql: &str, given: &[Cell], take: &mut Take<'_>) -> Result<(), Fault>;
}

/// The one connection that writes.
pub trait Pen: Sql {
    /// Begins the transaction of a batch.
    ///
    /// # Errors
    /// The database failed; so for each act here.
    fn begin(&mut self) -> Result<(), Fault>;
    /// Commits the batch, durably.
    fn commit(&mut self) -> Result<(), Fault>;
    /// Forgets the batch.
    fn roll_back(&mut self) -> Result<(), Fault>;
    /// Marks where one command begins.
    fn mark(&mut self) -> Result<(), Fault>;
    /// Keeps what was done since the mark.
    fn keep(&mut self) -> Result<(), Fault>;
    /// Forgets what was done since the mark.
    fn forget(&mut self) -> Result<(), Fault>;
    /// Writes rows, each new or changed, all of one shape and each once. That it failed may be
    /// heard as late as when what was done since the mark is kept; so for all that writes.
    fn upsert(&mut self, shape: &Shape<'_>, rows: &[Vec<Cell>]) -> Result<(), Fault>;
    /// Writes rows that are all new.
    fn append(&mut self, shape: &Shape<'_>, rows: &[Vec<Cell>]) -> Result<(), Fault>;
    /// Writes rows that are there already, each as it was and as it is. An engine to which a
    /// column that stays the same costs nothing may write them whole.
    fn revise(&mut self, shape: &Shape<'_>, rows: &[(Vec<Cell>, Vec<Cell>)]) -> Result<(), Fault> {
        let now: Vec<Vec<Cell>> = rows.iter().map(|(_, now)| now.clone()).collect();
        self.upsert(shape, &now)
    }
    /// Whether a batch is under way. A full or failing disk ends it by itself: everything in it is
    /// undone, and what is written after it would stand alone.
    fn in_batch(&self) -> bool;
    /// Whether somebody else changed the record since this was last asked; true when it is asked
    /// for the first time. Asked inside a batch, nobody can change it before the batch ends.
    fn changed_elsewhere(&mut self) -> Result<bool, Fault>;
    /// Puts the pen down: what lies beside the record is folded into it.
    fn rest(&mut self) -> Result<(), Fault>;
    /// Runs one statement that returns nothing.
    fn run(&mut self, sql: &str, given: &[Cell]) -> Result<(), Fault>;
    /// Runs the statements of a step of the schema, outside any mark.
    fn script(&mut self, sql: &str) -> Result<(), Fault>;
    /// Begins to copy the whole record, as it was committed last, into a new file that the engine
    /// inside the program can open; what is left to do for that needs no pen.
    fn copy(&mut self, file: &Path) -> Result<Copying, Fault>;
}

/// Fills an empty database on a server with everything that a copy holds, which is only read.
///
/// # Errors
/// The copy cannot be read, the database holds a laboratory, or one of the two failed; nothing is
/// in the database then.
pub fn fill(address: &Address, copy: &Path) -> Result<(), Fault> {
    transfer::into_server(copy, address)
}

/// The connections that only read, of whichever engine holds the laboratory.
pub enum Readers {
    /// Of the engine inside the program.
    Embedded(EmbeddedReaders),
    /// Of the engine on a server.
    Server(Box<ServerReaders>),
}

impl Readers {
    /// Asks questions of one snapshot of the record.
    ///
    /// # Errors
    /// The database failed, or the questions did.
    pub fn with<T>(&self, ask: impl FnOnce(&dyn Sql) -> Result<T, Fault>) -> Result<T, Fault> {
        match self {
            Readers::Embedded(readers) => readers.with(ask),
            Readers::Server(readers) => readers.with(ask),
        }
    }
}
