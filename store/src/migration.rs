//! The schema, step by step. Each step runs once, in one transaction, in order.
//!
//! What must stay true: a step that was released is never edited; a database of a newer Meniscus
//! is not touched.

use crate::engine::Pen;
use crate::fault::Fault;

/// The steps, oldest first.
const STEPS: &[&str] = &[
    include_str!("migration/0001_first_light.sql"),
    include_str!("migration/0002_troubled_messages.sql"),
    include_str!("migration/0003_order.sql"),
    include_str!("migration/0004_tube.sql"),
    include_str!("migration/0005_result.sql"),
    include_str!("migration/0007_wire.sql"),
    include_str!("migration/0010_draft.sql"),
    include_str!("migration/0006_report.sql"),
    include_str!("migration/0014_find.sql"),
    include_str!("migration/0012_rules.sql"),
];

/// Brings the database, which has its table of steps, to the newest schema.
///
/// # Errors
/// The database failed, or has steps this program does not know.
pub fn run<P: Pen>(pen: &mut P) -> Result<(), Fault> {
    let done = done(pen)?;
    if done > STEPS.len() {
        return Err(Fault::new(
            "this database was written by a newer Meniscus; start that version, or a newer one",
        ));
    }
    for (place, step) in STEPS.iter().enumerate().skip(done) {
        take(pen, place, step).inspect_err(|_| {
            if pen.in_batch()
                && let Err(fault) = pen.roll_back()
            {
                tracing::error!(%fault, "a migration could not be rolled back");
            }
        })?;
    }
    Ok(())
}

/// Takes one step, unless somebody who opened the record at the same time took it meanwhile.
fn take<P: Pen>(pen: &mut P, place: usize, step: &str) -> Result<(), Fault> {
    pen.begin()?;
    if done(pen)? <= place {
        let number = i64::try_from(place).map_err(Fault::new)? + 1;
        pen.script(step).map_err(|fault| fault.during(&format!("migration step {number}")))?;
        pen.run("INSERT INTO migration(step) VALUES (?1)", &[crate::cell::Cell::Int(number)])?;
    }
    pen.commit()
}

fn done<P: Pen>(pen: &P) -> Result<usize, Fault> {
    let line = pen.row("SELECT count(*) FROM migration", &[])?;
    let done = line.map_or(Ok(0), |line| line.small(0))?;
    usize::try_from(done).map_err(Fault::new)
}
