//! What the server must be like, and what the laboratory's tables look like there.
//!
//! What must stay true: texts are compared and ordered byte by byte whatever the database's own
//! order is; the turn counts up whenever anybody writes.

use std::collections::HashMap;

use tokio_postgres::types::Type;

use super::wire::Wire;
use crate::fault::Fault;

/// The kinds of every column of every table.
pub(super) type Kinds = HashMap<String, HashMap<String, Type>>;

/// How a session of ours behaves. Every question starts from an index: a table that is still small
/// must not teach the server to read it whole when it has grown.
pub(super) const SESSION: &str = "SET client_min_messages=warning; SET enable_seqscan=off; \
     SET lock_timeout='5s'; SET default_transaction_isolation='read committed'";

/// A pen that stands still in the middle of a batch is put down by the server, so that it does not
/// stand in the way of another program.
pub(super) const PEN_SESSION: &str = "SET idle_in_transaction_session_timeout='30s'";

/// The number by which programs of ours make way for each other while the tables are made.
const MAKING: i64 = 0x4d65_6e69_7363;

/// Looks whether the server suits, and makes what every laboratory has beside its tables.
///
/// # Errors
/// The server does not suit, and why; or it failed.
pub(super) fn prepare(wire: &Wire) -> Result<(), Fault> {
    let shows = |what: &str| -> Result<String, Fault> {
        let line = wire.rows(&format!("SELECT current_setting('{what}')"), &[])?;
        let line = line.first().map(|line| line.text(0).map(str::to_owned));
        line.unwrap_or_else(|| Err(Fault::new(format!("the server does not tell its {what}"))))
    };
    let encoding = shows("server_encoding")?;
    if encoding != "UTF8" {
        return Err(Fault::new(format!(
            "the database keeps its texts in {encoding}; make one with: \
             CREATE DATABASE name ENCODING 'UTF8' TEMPLATE template0"
        )));
    }
    if shows("synchronous_commit")? == "off" {
        wire.script("SET synchronous_commit=on")?;
    }
    if shows("fsync")? == "off" {
        tracing::warn!("the database server runs with fsync=off: a power cut loses results");
    }
    if turn_exists(wire)? {
        return Ok(());
    }
    wire.script(&format!(
        "BEGIN; SELECT pg_advisory_xact_lock({MAKING}); \
         CREATE SEQUENCE IF NOT EXISTS meniscus_turn; \
         CREATE TABLE IF NOT EXISTS migration(step BIGINT PRIMARY KEY); COMMIT"
    ))
    .map_err(|fault| fault.during("making the first table"))
}

fn turn_exists(wire: &Wire) -> Result<bool, Fault> {
    let found = "SELECT to_regclass('meniscus_turn') IS NOT NULL";
    wire.rows(found, &[])?.first().map_or(Ok(false), |line| Ok(line.int(0)? == 1))
}

/// The text of a migration as this server takes it: its texts are ordered by their bytes.
pub(super) fn translated(sql: &str) -> String {
    let (mut text, mut before) = (String::with_capacity(sql.len() + 512), "");
    for part in sql.split_inclusive(|each: char| !each.is_ascii_alphanumeric() && each != '_') {
        let word = part.trim_end_matches(|each: char| !each.is_ascii_alphanumeric() && each != '_');
        if word == "TEXT" && before != "AS" {
            text.push_str("TEXT COLLATE \"C\"");
            text.push_str(part.get(word.len()..).unwrap_or_default());
        } else {
            text.push_str(part);
        }
        if !word.is_empty() {
            before = word;
        }
    }
    text
}

/// The kinds of all columns, as the server has them.
///
/// # Errors
/// The server failed.
pub(super) fn kinds(wire: &Wire) -> Result<Kinds, Fault> {
    let sql = "SELECT c.relname::text, a.attname::text, a.atttypid::bigint \
               FROM pg_attribute a JOIN pg_class c ON c.oid=a.attrelid \
               WHERE c.relnamespace=current_schema()::regnamespace AND c.relkind='r' \
               AND a.attnum>0 AND NOT a.attisdropped";
    let mut kinds = Kinds::new();
    for line in wire.rows(sql, &[])? {
        let number = u32::try_from(line.int(2)?).map_err(Fault::new)?;
        let kind = Type::from_oid(number).unwrap_or(Type::UNKNOWN);
        let table = kinds.entry(line.text(0)?.to_owned()).or_default();
        table.insert(line.text(1)?.to_owned(), kind);
    }
    Ok(kinds)
}

/// Whether the database holds a laboratory: something happened in it. Its tables alone may be what
/// filling it left behind that failed.
///
/// # Errors
/// The server failed.
pub(super) fn has_laboratory(wire: &Wire) -> Result<bool, Fault> {
    let table = "SELECT to_regclass('journal') IS NOT NULL";
    let made = wire.rows(table, &[])?.first().map_or(Ok(0), |line| line.int(0))?;
    if made == 0 {
        return Ok(false);
    }
    let entries = wire.rows("SELECT seq FROM journal ORDER BY lab, seq LIMIT 1", &[])?;
    Ok(!entries.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_ordered_by_their_bytes() {
        for (sql, expected) in [
            ("a TEXT NOT NULL, b TEXT)", "a TEXT COLLATE \"C\" NOT NULL, b TEXT COLLATE \"C\")"),
            ("ADD COLUMN c TEXT", "ADD COLUMN c TEXT COLLATE \"C\""),
            ("UPDATE a SET b=CAST(c AS TEXT)", "UPDATE a SET b=CAST(c AS TEXT)"),
            ("CONTEXT TEXTS BIGINT", "CONTEXT TEXTS BIGINT"),
        ] {
            assert_eq!(translated(sql), expected);
        }
    }
}
