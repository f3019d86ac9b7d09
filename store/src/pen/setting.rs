//! What the pen knows before it decides: where the journal ends, which catalog is in force, which
//! numbers are free.
//!
//! What must stay true: all of it is read from the record; nothing is remembered that the record
//! does not say.

use std::sync::Arc;

use lab::catalog::Catalog;
use lab::command::Look;
use lab::value::Moment;

use super::Head;
use crate::cell::Cell;
use crate::desk::DatabaseLook;
use crate::engine::{Pen, Sql};
use crate::fault::Fault;
use crate::journal;
use crate::table::LAB;

/// The first identifier of a moment: milliseconds since 2020-01-01T00:00:00Z in the upper 41 of
/// 63 bits, so that identifiers sort by time.
pub(super) fn first_id(at: Moment) -> i64 {
    const EPOCH_MILLIS: i64 = 1_577_836_800_000;
    let millis = at.micros().div_euclid(1000) - EPOCH_MILLIS;
    millis.clamp(0, (1 << 41) - 1) << 22
}

pub(super) fn read_head<P: Pen>(pen: &P) -> Result<Head, Fault> {
    let last_message =
        pen.row("SELECT coalesce(max(id), 0) FROM message WHERE lab=?1", &[Cell::Int(LAB)])?;
    let last_message = last_message.map_or(Ok(0), |line| line.int(0))?;
    let entry = journal::head(pen)?;
    Ok(entry.map_or(Head { seq: 0, seal: [0; 32], next_id: last_message + 1 }, |entry| Head {
        seq: entry.seq,
        seal: entry.seal,
        next_id: (entry.last_id + 1).max(last_message + 1),
    }))
}

/// The catalog in force: the newest release, or the starter catalog before there is one.
pub(crate) fn read_catalog(sql: &(impl Sql + ?Sized)) -> Result<Arc<Catalog>, Fault> {
    let release = DatabaseLook(sql).newest_release()?;
    let loaded = match &release {
        None => Catalog::load(0, Catalog::starter_files()),
        Some(release) => {
            let files: Vec<(&str, &str)> =
                release.files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
            Catalog::load(release.release, &files)
        }
    };
    loaded.map(Arc::new).map_err(|mistakes| {
        let first = mistakes.first().map(ToString::to_string).unwrap_or_default();
        Fault::new(first).during("loading the catalog in force")
    })
}
