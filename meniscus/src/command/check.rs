//! `meniscus check`: is the record whole?
//!
//! What must stay true: it changes nothing; each finding is one line; exit status 1 with findings.

use crate::Ended;
use crate::config::At;
use crate::progress::{Measure, Progress};
use crate::setup::open_existing;

/// Checks a laboratory's record.
pub fn run(at: &At, json: bool) -> Result<(), Ended> {
    let store = open_existing(&at.place()?)?;
    let checking = Progress::of("Checking the record", Measure::Time);
    let findings = store.read(|sql| store::check::check(sql))?;
    drop(checking);
    for (kind, what) in &findings.lines {
        if json {
            println!("{}", serde_json::json!({ "finding": kind, "where": what }));
        } else {
            println!("{kind}: {what}");
        }
    }
    if !json {
        let (entries, rows) = (findings.entries, findings.rows);
        println!("{entries} journal entries, {rows} rows, {} findings", findings.lines.len());
    }
    if findings.lines.is_empty() { Ok(()) } else { Err(Ended::Found) }
}
