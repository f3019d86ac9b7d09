//! The schema, step by step. Each step runs once, in one transaction, in order.
//!
//! What must stay true: a step that was released is never edited; a database of a newer Meniscus
//! is not touched.

use crate::engine::sqlite::SqlitePen;
use crate::engine::{Pen, Sql};
use crate::fault::Fault;

/// The steps, oldest first.
const STEPS: [&str; 2] = [
    include_str!("migration/0001_first_light.sql"),
    include_str!("migration/0002_troubled_messages.sql"),
];

/// Brings the database to the newest schema.
///
/// # Errors
/// The database failed, or has steps this program does not know.
pub fn run(pen: &mut SqlitePen) -> Result<(), Fault> {
    pen.batch("CREATE TABLE IF NOT EXISTS migration(step BIGINT PRIMARY KEY) ")?;
    let done = pen.row("SELECT count(*) FROM migration", &[])?;
    let done = done.map_or(Ok(0), |line| line.small(0))?;
    if usize::try_from(done).is_ok_and(|done| done > STEPS.len()) {
        return Err(Fault::new(
            "this database was written by a newer Meniscus; start that version, or a newer one",
        ));
    }
    for (step, number) in STEPS.iter().zip(1_i64..).skip(usize::try_from(done).unwrap_or(0)) {
        pen.begin()?;
        pen.batch(step).map_err(|fault| fault.during(&format!("migration step {number}")))?;
        pen.run("INSERT INTO migration(step) VALUES (?1)", &[crate::cell::Cell::Int(number)])?;
        pen.commit()?;
    }
    Ok(())
}
