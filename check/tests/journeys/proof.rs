//! The proof at the end of a journey: the product's own check of the whole record, and the fold
//! of the journal over an empty laboratory, done here once more.
//!
//! What must stay true: a journey that leaves the record in disorder fails.

use lab::laboratory::Laboratory;
use store::Store;

/// Entries read at once.
const STRIDE: u32 = 500;

/// Checks the record; answers one line for each finding, or that there is none.
///
/// # Errors
/// The journal and the tables cannot be read.
pub fn checks(store: &Store) -> Result<Vec<String>, String> {
    let findings = store.read(|sql| store::check::check(sql)).map_err(|fault| fault.to_string())?;
    let mut lines: Vec<String> =
        findings.lines.iter().map(|(law, what)| format!("finding, {law}: {what}")).collect();
    let kept = store.read(|sql| store::check::read_tables(sql));
    if fold(store)? != kept.map_err(|fault| fault.to_string())? {
        lines.push("finding: the fold of the journal is not what the tables hold".into());
    }
    if lines.is_empty() {
        lines.push("no findings; the fold of the journal equals the tables".into());
    }
    Ok(lines)
}

fn fold(store: &Store) -> Result<Laboratory, String> {
    let mut laboratory = Laboratory::default();
    let mut last = 0;
    loop {
        let entries = store.read(|sql| store::journal::after(sql, last, STRIDE));
        let entries = entries.map_err(|fault| fault.to_string())?;
        if entries.is_empty() {
            return Ok(laboratory);
        }
        for entry in entries {
            for event in entry.happened().map_err(|fault| fault.to_string())? {
                let applied = lab::event::apply(&event, &mut laboratory);
                applied.map_err(|missing| format!("entry {}: {missing}", entry.seq))?;
            }
            last = entry.seq;
        }
    }
}
