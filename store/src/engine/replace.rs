//! Putting a whole record in the place of another, while a server works on it or not.
//!
//! What must stay true: it happens in one transaction: whoever is killed in the middle leaves the
//! record as it was; what was there before is copied aside under the same lock, so that nothing
//! answered meanwhile falls between the copy and the replacing.

use std::path::Path;
use std::time::Duration;

use rusqlite::Connection;

use crate::fault::Fault;

/// How long somebody else may hold the record.
const PATIENCE: Duration = Duration::from_secs(30);

fn failed(error: rusqlite::Error) -> Fault {
    Fault::new(error)
}

/// Replaces everything in the record `live` by what the record `with` holds, after `live` was
/// copied to the new file `kept`. Both are of this program's newest schema.
///
/// # Errors
/// The database failed, `kept` exists, or the schemas differ; then `live` is as it was.
pub fn replace(live: &Path, with: &Path, kept: &Path) -> Result<(), Fault> {
    let connection = Connection::open(live).map_err(failed)?;
    connection.busy_timeout(PATIENCE).map_err(failed)?;
    connection
        .execute_batch("PRAGMA synchronous=FULL; PRAGMA foreign_keys=OFF;")
        .map_err(failed)?;
    let with = with.to_string_lossy();
    connection.execute("ATTACH DATABASE ?1 AS copied", [&with]).map_err(failed)?;
    connection.execute_batch("BEGIN IMMEDIATE").map_err(failed)?;
    // An error from here on drops the connection, which rolls back.
    keep_aside(live, kept)?;
    let tables = same_tables(&connection)?;
    for table in tables {
        let text = format!(
            "DELETE FROM main.\"{table}\"; INSERT INTO main.\"{table}\" \
             SELECT * FROM copied.\"{table}\";"
        );
        connection.execute_batch(&text).map_err(failed)?;
    }
    connection.execute_batch("COMMIT; DETACH DATABASE copied;").map_err(failed)?;
    // A reader in the middle of a page may keep the log from being folded in; it is later.
    let folded = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
    if let Err(error) = folded {
        tracing::warn!(%error, "the log is folded into the record later");
    }
    Ok(())
}

/// The record as it is, in a file of its own: another connection reads it while this one keeps
/// everybody from writing.
fn keep_aside(live: &Path, kept: &Path) -> Result<(), Fault> {
    let reader = Connection::open(live).map_err(failed)?;
    reader.busy_timeout(PATIENCE).map_err(failed)?;
    let unfinished = kept.with_extension("unfinished");
    let name = unfinished.to_string_lossy();
    let during = |fault: Fault| fault.during("keeping what is there aside");
    reader.execute("VACUUM INTO ?1", [&name]).map_err(failed).map_err(during)?;
    let synced = std::fs::File::open(&unfinished).and_then(|file| file.sync_all());
    let named = synced.and_then(|()| std::fs::rename(&unfinished, kept));
    named.map_err(|error| during(Fault::new(error)))
}

/// The tables, which are the same in both.
fn same_tables(connection: &Connection) -> Result<Vec<String>, Fault> {
    let of = |schema: &str| -> Result<Vec<(String, String)>, Fault> {
        let text = format!(
            "SELECT name, sql FROM {schema}.sqlite_master WHERE type='table' \
             AND name NOT IN ('sqlite_sequence', 'sqlite_stat1', 'sqlite_stat4') ORDER BY name"
        );
        let mut statement = connection.prepare(&text).map_err(failed)?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).map_err(failed)?;
        rows.collect::<Result<_, _>>().map_err(failed)
    };
    let (ours, theirs) = (of("main")?, of("copied")?);
    if ours != theirs {
        return Err(Fault::new("the two records are not of the same schema"));
    }
    Ok(ours.into_iter().map(|(name, _)| name).collect())
}
