//! SQLite: one file, WAL, `synchronous=FULL`, one writer and a bounded pool of read-only readers.
//!
//! What must stay true: a commit that was answered is on the disk; foreign keys are on.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Condvar, Mutex};

use rusqlite::config::DbConfig;
use rusqlite::types::{ToSqlOutput, Value as SqliteValue, ValueRef};
use rusqlite::{Connection, OpenFlags, ToSql, params_from_iter};

use super::{Copying, Pen, Shape, Sql, Take};
use crate::cell::{Cell, Line};
use crate::fault::Fault;
use crate::migration;

/// Statements kept prepared on each connection.
const PREPARED: usize = 256;

fn failed(error: rusqlite::Error) -> Fault {
    Fault::new(error)
}

impl ToSql for Cell {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Cell::Null => ToSqlOutput::Owned(SqliteValue::Null),
            Cell::Int(number) => ToSqlOutput::Owned(SqliteValue::Integer(*number)),
            Cell::Real(number) => ToSqlOutput::Owned(SqliteValue::Real(*number)),
            Cell::Text(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
            Cell::Bytes(bytes) => ToSqlOutput::Borrowed(ValueRef::Blob(bytes)),
        })
    }
}

fn read(value: ValueRef<'_>) -> Cell {
    match value {
        ValueRef::Null => Cell::Null,
        ValueRef::Integer(number) => Cell::Int(number),
        ValueRef::Real(number) => Cell::Real(number),
        ValueRef::Text(text) => Cell::Text(String::from_utf8_lossy(text).into_owned()),
        ValueRef::Blob(bytes) => Cell::Bytes(bytes.to_vec()),
    }
}

fn rows(connection: &Connection, sql: &str, given: &[Cell]) -> Result<Vec<Line>, Fault> {
    let mut lines = Vec::new();
    each(connection, (sql, given), &mut |line| {
        lines.push(line);
        Ok(())
    })?;
    Ok(lines)
}

fn each(
    connection: &Connection,
    (sql, given): (&str, &[Cell]),
    take: &mut Take<'_>,
) -> Result<(), Fault> {
    let mut statement = connection.prepare_cached(sql).map_err(failed)?;
    let width = statement.column_count();
    let mut found = statement.query(params_from_iter(given)).map_err(failed)?;
    while let Some(row) = found.next().map_err(failed)? {
        let cells: Result<Vec<Cell>, _> = (0..width).map(|at| row.get_ref(at).map(read)).collect();
        take(Line(cells.map_err(failed)?))?;
    }
    Ok(())
}

/// The writer's connection.
pub struct SqlitePen {
    connection: Connection,
    /// The version of the file when it was last asked for; another connection's commit changes it.
    version: Option<i64>,
}

impl SqlitePen {
    /// Opens or makes the database file and brings it to the newest schema.
    ///
    /// # Errors
    /// The file cannot be opened or written, or is of a newer Meniscus.
    pub fn open(file: &Path) -> Result<SqlitePen, Fault> {
        let connection = Connection::open(file).map_err(failed)?;
        connection.set_prepared_statement_cache_capacity(PREPARED);
        // Plans do not depend on what is given, so that no statement is prepared twice.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map_err(failed)?;
        connection
            .execute_batch(
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;
                 PRAGMA busy_timeout=5000; PRAGMA cache_size=-32768;
                 PRAGMA wal_autocheckpoint=4000; PRAGMA temp_store=MEMORY;",
            )
            .map_err(failed)?;
        let mut pen = SqlitePen { connection, version: None };
        pen.script("CREATE TABLE IF NOT EXISTS migration(step BIGINT PRIMARY KEY)")?;
        migration::run(&mut pen)?;
        Ok(pen)
    }

    fn write(&mut self, sql: &str, rows: &[Vec<Cell>]) -> Result<(), Fault> {
        let mut statement = self.connection.prepare_cached(sql).map_err(failed)?;
        for row in rows {
            statement.execute(params_from_iter(row)).map_err(failed)?;
        }
        Ok(())
    }

    fn execute(&mut self, sql: &str, given: &[Cell]) -> Result<usize, Fault> {
        let mut statement = self.connection.prepare_cached(sql).map_err(failed)?;
        statement.execute(params_from_iter(given)).map_err(failed)
    }
}

impl Sql for SqlitePen {
    fn rows(&self, sql: &str, given: &[Cell]) -> Result<Vec<Line>, Fault> {
        rows(&self.connection, sql, given)
    }
    fn each(&self, sql: &str, given: &[Cell], take: &mut Take<'_>) -> Result<(), Fault> {
        each(&self.connection, (sql, given), take)
    }
}

impl Pen for SqlitePen {
    fn begin(&mut self) -> Result<(), Fault> {
        self.execute("BEGIN IMMEDIATE", &[]).map(drop)
    }
    fn commit(&mut self) -> Result<(), Fault> {
        self.execute("COMMIT", &[]).map(drop)
    }
    fn roll_back(&mut self) -> Result<(), Fault> {
        self.execute("ROLLBACK", &[]).map(drop)
    }
    fn mark(&mut self) -> Result<(), Fault> {
        self.execute("SAVEPOINT command", &[]).map(drop)
    }
    fn keep(&mut self) -> Result<(), Fault> {
        self.execute("RELEASE command", &[]).map(drop)
    }
    fn forget(&mut self) -> Result<(), Fault> {
        self.execute("ROLLBACK TO command", &[])?;
        self.execute("RELEASE command", &[]).map(drop)
    }
    fn upsert(&mut self, shape: &Shape<'_>, rows: &[Vec<Cell>]) -> Result<(), Fault> {
        self.write(&upsert_text(shape), rows)
    }
    fn append(&mut self, shape: &Shape<'_>, rows: &[Vec<Cell>]) -> Result<(), Fault> {
        self.write(&insert_text(shape), rows)
    }
    /// Only what changed is written: an index over columns that stay the same is left alone.
    fn revise(&mut self, shape: &Shape<'_>, rows: &[(Vec<Cell>, Vec<Cell>)]) -> Result<(), Fault> {
        for (before, now) in rows {
            let changed: Vec<usize> = (shape.keys..shape.columns.len())
                .filter(|at| before.get(*at) != now.get(*at))
                .collect();
            if changed.is_empty() {
                continue;
            }
            let given = changed.iter().copied().chain(0..shape.keys).filter_map(|at| now.get(at));
            let sql = update_text(shape, &changed);
            let mut statement = self.connection.prepare_cached(&sql).map_err(failed)?;
            if statement.execute(params_from_iter(given)).map_err(failed)? != 1 {
                return Err(Fault::new(format!("a row of {} is not there to change", shape.table)));
            }
        }
        Ok(())
    }
    fn in_batch(&self) -> bool {
        !self.connection.is_autocommit()
    }
    fn changed_elsewhere(&mut self) -> Result<bool, Fault> {
        let line = self.row("PRAGMA data_version", &[])?;
        let version = line.map(|line| line.int(0)).transpose()?;
        Ok(std::mem::replace(&mut self.version, version) != version)
    }
    fn rest(&mut self) -> Result<(), Fault> {
        self.rows("PRAGMA wal_checkpoint(TRUNCATE)", &[]).map(drop)
    }
    fn run(&mut self, sql: &str, given: &[Cell]) -> Result<(), Fault> {
        self.execute(sql, given).map(drop)
    }
    fn script(&mut self, sql: &str) -> Result<(), Fault> {
        self.connection.execute_batch(sql).map_err(failed)
    }
    fn copy(&mut self, file: &Path) -> Result<Copying, Fault> {
        let file = Cell::Text(file.to_string_lossy().into_owned());
        self.execute("VACUUM INTO ?1", &[file])?;
        Ok(Box::new(|| Ok(())))
    }
}

fn update_text(shape: &Shape<'_>, changed: &[usize]) -> String {
    let keys = changed.iter().copied().chain(0..shape.keys);
    let named: Vec<String> = keys
        .zip(1..)
        .filter_map(|(at, place)| Some(format!("{}=?{place}", shape.columns.get(at)?)))
        .collect();
    let (set, key) = named.split_at(changed.len().min(named.len()));
    format!("UPDATE {} SET {} WHERE {}", shape.table, set.join(","), key.join(" AND "))
}

fn insert_text(shape: &Shape<'_>) -> String {
    let places: Vec<String> = (1..=shape.columns.len()).map(|n| format!("?{n}")).collect();
    let columns = shape.columns.join(",");
    format!("INSERT INTO {}({columns}) VALUES ({})", shape.table, places.join(","))
}

fn upsert_text(shape: &Shape<'_>) -> String {
    let keys = shape.columns.get(..shape.keys).unwrap_or_default().join(",");
    let changed: Vec<String> = shape
        .columns
        .iter()
        .skip(shape.keys)
        .map(|column| format!("{column}=excluded.{column}"))
        .collect();
    format!("{} ON CONFLICT({keys}) DO UPDATE SET {}", insert_text(shape), changed.join(","))
}

/// A bounded pool of read-only connections.
pub struct Readers {
    file: PathBuf,
    idle: Mutex<(Vec<Connection>, usize)>,
    freed: Condvar,
    most: usize,
}

impl Readers {
    /// A pool over the file, of at most `most` connections, opened as they are needed.
    #[must_use]
    pub fn over(file: &Path, most: usize) -> Readers {
        Readers {
            file: file.to_owned(),
            idle: Mutex::new((Vec::new(), 0)),
            freed: Condvar::new(),
            most,
        }
    }

    /// Asks questions of one snapshot.
    ///
    /// # Errors
    /// The database failed, or the questions did.
    pub fn with<T>(&self, ask: impl FnOnce(&dyn Sql) -> Result<T, Fault>) -> Result<T, Fault> {
        let reader = SqliteReader { connection: self.take()? };
        match catch_unwind(AssertUnwindSafe(|| reader.snapshot(ask))) {
            Ok(answer) => {
                self.give_back(reader.connection);
                answer
            }
            Err(panic) => {
                self.lose();
                resume_unwind(panic)
            }
        }
    }

    fn take(&self) -> Result<Connection, Fault> {
        let mut idle = self.idle.lock().map_err(Fault::new)?;
        loop {
            if let Some(connection) = idle.0.pop() {
                return Ok(connection);
            }
            if idle.1 < self.most {
                let opened = open_reader(&self.file)?;
                idle.1 += 1;
                return Ok(opened);
            }
            idle = self.freed.wait(idle).map_err(Fault::new)?;
        }
    }

    /// A connection was left in the middle of a question and is not used again.
    fn lose(&self) {
        if let Ok(mut idle) = self.idle.lock() {
            idle.1 -= 1;
            self.freed.notify_one();
        }
    }

    fn give_back(&self, connection: Connection) {
        if let Ok(mut idle) = self.idle.lock() {
            idle.0.push(connection);
            self.freed.notify_one();
        }
    }
}

struct SqliteReader {
    connection: Connection,
}

impl SqliteReader {
    fn snapshot<T>(&self, ask: impl FnOnce(&dyn Sql) -> Result<T, Fault>) -> Result<T, Fault> {
        self.connection.execute_batch("BEGIN").map_err(failed)?;
        let answer = ask(self);
        self.connection.execute_batch("COMMIT").map_err(failed)?;
        answer
    }
}

impl Sql for SqliteReader {
    fn rows(&self, sql: &str, given: &[Cell]) -> Result<Vec<Line>, Fault> {
        rows(&self.connection, sql, given)
    }
    fn each(&self, sql: &str, given: &[Cell], take: &mut Take<'_>) -> Result<(), Fault> {
        each(&self.connection, (sql, given), take)
    }
}

fn open_reader(file: &Path) -> Result<Connection, Fault> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(file, flags).map_err(failed)?;
    connection.set_prepared_statement_cache_capacity(PREPARED);
    connection
        .execute_batch("PRAGMA busy_timeout=5000; PRAGMA cache_size=-4096; PRAGMA query_only=ON;")
        .map_err(failed)?;
    Ok(connection)
}
