//! The newest releases of the catalog, without their files.
//!
//! What must stay true: their number is bounded; when each was released stands in the journal.

use lab::value::Moment;

use crate::cell::Cell;
use crate::engine::Sql;
use crate::fault::Fault;
use crate::table::LAB;

/// One release, told in a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReleaseLine {
    /// Its number.
    pub release: u32,
    /// Why it was released.
    pub reason: String,
    /// When.
    pub at: Option<Moment>,
}

/// The newest releases, newest first.
///
/// # Errors
/// The database failed.
pub fn releases(sql: &(impl Sql + ?Sized), most: u32) -> Result<Vec<ReleaseLine>, Fault> {
    let text = "SELECT id, reason FROM catalog_release WHERE lab=?1 ORDER BY id DESC LIMIT ?2";
    let mut lines = Vec::new();
    for line in sql.rows(text, &[Cell::Int(LAB), Cell::Int(i64::from(most))])? {
        let number = line.int(0)?;
        // A release is the subject of the one entry that made it.
        let entry = "SELECT at FROM journal WHERE lab=?1 AND seq = \
                     (SELECT min(seq) FROM journal_about WHERE lab=?1 AND about=?2)";
        let at = sql.row(entry, &[Cell::Int(LAB), Cell::Int(number)])?;
        let at = at.map(|line| line.int(0)).transpose()?.map(Moment::from_micros);
        lines.push(ReleaseLine { release: line.small(0)?, reason: line.text(1)?.to_owned(), at });
    }
    Ok(lines)
}
