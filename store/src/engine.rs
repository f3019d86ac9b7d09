//! The contract below which a database engine stands. The only place, with its folder, that knows
//! which engine it is.
//!
//! What must stay true: reads are one SQL text for every engine (`?1`, `?2`, …); writes are rows
//! to upsert and entries to append, which each engine turns into its own fastest statements; the
//! pen owns its connection, readers are read-only and never block it.

pub mod floor;
pub mod sqlite;

/// The engine inside the program: what holds a laboratory on one machine.
pub use sqlite::{Readers as EmbeddedReaders, SqlitePen as EmbeddedPen};

use crate::cell::{Cell, Line};
use crate::fault::Fault;

/// The columns of a table, keys first.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// The table's name.
    pub table: &'static str,
    /// Its columns; the first `keys` of them are the primary key.
    pub columns: &'static [&'static str],
    /// How many columns the primary key has.
    pub keys: usize,
}

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
    /// Writes rows, each new or changed, all of one shape.
    fn upsert(&mut self, shape: &Shape, rows: &[Vec<Cell>]) -> Result<(), Fault>;
    /// Writes rows that are there already, each as it was and as it is. An engine to which a
    /// column that stays the same costs nothing may write them whole.
    fn revise(&mut self, shape: &Shape, rows: &[(Vec<Cell>, Vec<Cell>)]) -> Result<(), Fault> {
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
    fn run(&mut self, sql: &str, given: &[Cell]) -> Result<usize, Fault>;
}
