//! Messages that need a person: kept and not filed, not understood, or understood in part.
//!
//! What must stay true: a message that was kept and never filed is seen here until it is; what
//! came within the last minute is still on its way and is no trouble.

use std::collections::BTreeMap;

use jiff::Timestamp;
use lab::value::InstrumentId;

use crate::cell::Cell;
use crate::engine::Sql;
use crate::fault::Fault;
use crate::message::{COLUMNS, Listed, read};
use crate::table::LAB;

/// Filing takes less than this, in microseconds: a minute.
const ON_ITS_WAY: i64 = 60 * 1_000_000;

/// What could not be read is shown for this long, in microseconds: a week.
const SHOWN_FOR: i64 = 7 * 24 * 60 * 60 * 1_000_000;

const STUCK: &str = "FROM message WHERE lab=?1 AND note='kept' AND at<?2";
const UNREADABLE: &str =
    "FROM message WHERE lab=?1 AND note IN ('unreadable', 'partly') AND at>=?2";

/// The moments before which a message is late, and after which trouble is shown.
fn moments() -> (Cell, Cell) {
    let now = Timestamp::now().as_microsecond();
    (Cell::Int(now - ON_ITS_WAY), Cell::Int(now - SHOWN_FOR))
}

/// How many messages are kept and not filed after a minute, and how many of the last week were
/// not understood or only in part.
pub(super) fn counts(sql: &(impl Sql + ?Sized)) -> Result<(i64, i64), Fault> {
    let (late, shown) = moments();
    let count = |of: &str, moment: Cell| {
        let line = sql.row(&format!("SELECT count(*) {of}"), &[Cell::Int(LAB), moment])?;
        line.map_or(Ok(0), |line| line.int(0))
    };
    Ok((count(STUCK, late)?, count(UNREADABLE, shown)?))
}

/// The messages a person must look at: first those kept for more than a minute and not filed,
/// oldest first, then those of the last week that were not understood or only in part, newest
/// first; up to `most` of each.
///
/// # Errors
/// The database failed.
pub fn troubled_messages(sql: &(impl Sql + ?Sized), most: u32) -> Result<Vec<Listed>, Fault> {
    let (late, shown) = moments();
    let most = Cell::Int(i64::from(most));
    let stuck = format!("SELECT {COLUMNS} {STUCK} ORDER BY id LIMIT ?3");
    let unreadable = format!("SELECT {COLUMNS} {UNREADABLE} ORDER BY at DESC LIMIT ?3");
    let mut lines = sql.rows(&stuck, &[Cell::Int(LAB), late, most.clone()])?;
    lines.extend(sql.rows(&unreadable, &[Cell::Int(LAB), shown, most])?);
    lines.iter().map(read).collect()
}

/// The most troubled messages that are counted by instrument.
const COUNTED: i64 = 1_000;

/// How many messages of each instrument a person must look at: the same as
/// [`troubled_messages`] lists, a thousand of each kind at most.
///
/// # Errors
/// The database failed.
pub fn troubled_by_instrument(
    sql: &(impl Sql + ?Sized),
) -> Result<BTreeMap<InstrumentId, usize>, Fault> {
    let (late, shown) = moments();
    let mut counts = BTreeMap::new();
    let stuck = format!("SELECT instrument {STUCK} ORDER BY id LIMIT ?3");
    let unreadable = format!("SELECT instrument {UNREADABLE} ORDER BY at DESC LIMIT ?3");
    for (text, moment) in [(stuck, late), (unreadable, shown)] {
        for line in sql.rows(&text, &[Cell::Int(LAB), moment, Cell::Int(COUNTED)])? {
            if let Some(instrument) = line.maybe_int(0)? {
                *counts.entry(InstrumentId(instrument)).or_default() += 1;
            }
        }
    }
    Ok(counts)
}
