//! The connection that writes.
//!
//! Statements that write are sent and not waited for; a command waits once, at its end, for all of
//! them. Programs on one laboratory take turns: a batch begins by taking a lock that the server
//! holds for it until the batch ends.
//!
//! What must stay true: a commit whose answer was lost is asked after on a new connection; whoever
//! wrote in between is noticed before the next command looks.

use std::collections::HashMap;
use std::path::Path;
use std::time::{Duration, Instant};

use tokio_postgres::types::Type;

use super::address::Address;
use super::cell::{Column, kind};
use super::schema::{self, Kinds};
use super::wire::{Driver, Wire};
use crate::cell::{Cell, Line};
use crate::engine::{Copying, Pen, Shape, Sql, Take, transfer};
use crate::fault::Fault;
use crate::migration;

/// How long a batch whose commit was not answered is asked after.
const ASKED_AFTER: Duration = Duration::from_secs(10);

/// Waits until nobody else has the pen of this laboratory; lets go at the end of the batch.
const TAKE: &str = "SELECT pg_advisory_xact_lock((1296387657::bigint << 32) \
                    | 'meniscus_turn'::regclass::oid::bigint)::text";

/// The writer's connection.
pub struct ServerPen {
    address: Address,
    wire: Option<Wire>,
    session: Session,
    kinds: Kinds,
    texts: HashMap<String, (String, Vec<Type>)>,
    batch: Batch,
    /// The turn after this pen's last commit; another program's commit changes it.
    turn: Option<i64>,
}

/// A session by the server's own names for it: its process, and when it began.
type Session = (i64, String);

/// The batch under way.
#[derive(Default)]
struct Batch {
    open: bool,
    /// A savepoint stands from the command before.
    marked: bool,
    /// Something was sent since the last mark.
    sent: bool,
    /// Something was sent at all.
    wrote: bool,
    /// The turn as the batch found it.
    turn: Option<i64>,
}

impl ServerPen {
    /// Connects and brings the database to the newest schema.
    ///
    /// # Errors
    /// The server cannot be reached or does not suit, or the database is of a newer Meniscus.
    pub fn open(address: &Address) -> Result<ServerPen, Fault> {
        let (wire, session) = connect(address, Driver::own()?)?;
        let mut pen = ServerPen {
            address: address.clone(),
            wire: Some(wire),
            session,
            kinds: Kinds::new(),
            texts: HashMap::new(),
            batch: Batch::default(),
            turn: None,
        };
        migration::run(&mut pen)?;
        pen.kinds = schema::kinds(pen.wire()?)?;
        Ok(pen)
    }

    /// How much was sent and not heard of yet.
    #[cfg(test)]
    pub(in crate::engine) fn unheard(&self) -> usize {
        self.wire.as_ref().map_or(0, Wire::unheard)
    }

    fn wire(&self) -> Result<&Wire, Fault> {
        self.wire.as_ref().ok_or_else(|| Fault::new("the database is not connected"))
    }

    /// Connects anew where the connection was lost.
    fn connected(&mut self) -> Result<(), Fault> {
        if self.wire.as_ref().is_some_and(|wire| !wire.is_lost()) {
            return Ok(());
        }
        self.batch = Batch::default();
        self.turn = None;
        let driver = match self.wire.take() {
            Some(wire) => wire.into_driver(),
            None => Driver::own()?,
        };
        let (wire, session) = connect(&self.address, driver)?;
        // The server may not know yet that the connection before is gone: its session would hold
        // the pen, and what becomes of its batch would be open.
        let end = "SELECT pg_terminate_backend(pid, 3000) FROM pg_stat_activity \
                   WHERE pid=?1 AND backend_start::text=?2";
        wire.rows(end, &[Cell::Int(self.session.0), Cell::text(&self.session.1)])?;
        (self.wire, self.session) = (Some(wire), session);
        Ok(())
    }

    /// Sends the beginning of a batch and waits for its turn, all in one way there and back.
    fn take_turn(&self) -> Result<Option<i64>, Fault> {
        let wire = self.wire()?;
        wire.send("BEGIN");
        wire.write::<Cell>(TAKE, &[], Vec::new())?;
        let lines = wire.rows("SELECT last_value FROM meniscus_turn", &[])?;
        lines.first().map(|line| line.int(0)).transpose()
    }

    fn upsert_text(&mut self, shape: &Shape<'_>) -> Result<(String, Vec<Type>), Fault> {
        if let Some(known) = self.texts.get(shape.table) {
            return Ok(known.clone());
        }
        let changed: Vec<String> = shape
            .columns
            .iter()
            .skip(shape.keys)
            .map(|column| format!("{column}=excluded.{column}"))
            .collect();
        let keys = shape.columns.get(..shape.keys).unwrap_or_default().join(",");
        let (insert, kinds) = self.insert_text(shape)?;
        let text = format!("{insert} ON CONFLICT({keys}) DO UPDATE SET {}", changed.join(","));
        self.texts.insert(shape.table.to_owned(), (text.clone(), kinds.clone()));
        Ok((text, kinds))
    }

    /// Rows as columns, in one statement.
    fn insert_text(&self, shape: &Shape<'_>) -> Result<(String, Vec<Type>), Fault> {
        let unknown = |column: &str| Fault::new(format!("there is no {}.{column}", shape.table));
        let table = self.kinds.get(shape.table).ok_or_else(|| unknown("*"))?;
        let kinds: Result<Vec<Type>, Fault> = shape
            .columns
            .iter()
            .map(|column| table.get(*column).cloned().ok_or_else(|| unknown(column)))
            .collect();
        let places: Vec<String> = (1..=shape.columns.len()).map(|n| format!("?{n}")).collect();
        let names = shape.columns.join(",");
        let text = format!(
            "INSERT INTO {}({names}) SELECT * FROM unnest({})",
            shape.table,
            places.join(",")
        );
        Ok((text, kinds?))
    }

    fn write_rows(
        &mut self,
        (text, kinds): (&str, &[Type]),
        rows: &[Vec<Cell>],
    ) -> Result<(), Fault> {
        let mut columns: Vec<Column> = kinds.iter().map(Column::of).collect::<Result<_, _>>()?;
        for row in rows {
            for (column, cell) in columns.iter_mut().zip(row) {
                column.push(cell)?;
            }
        }
        let arrays: Result<Vec<Type>, Fault> = kinds.iter().map(array_of).collect();
        self.wire()?.write(text, &arrays?, columns)?;
        (self.batch.sent, self.batch.wrote) = (true, true);
        Ok(())
    }

    /// The number by which the server knows afterwards what became of the batch. Waiting for it is
    /// waiting for everything sent.
    fn number(&self) -> Result<Option<String>, Fault> {
        let line = self.wire()?.row("SELECT pg_current_xact_id_if_assigned()::text")?;
        let text = line.map(|line| line.maybe_text(0).map(|text| text.map(str::to_owned)));
        Ok(text.transpose()?.flatten())
    }

    /// What became of a batch whose commit was not answered.
    fn after_all(&mut self, number: Option<String>, lost: Fault) -> Result<(), Fault> {
        let Some(number) = number else { return Err(lost) };
        let asked = Instant::now();
        loop {
            match self.fate(&number).as_deref() {
                Ok("committed") => return Ok(()),
                Ok("aborted") => return Err(lost),
                other if asked.elapsed() > ASKED_AFTER => {
                    let status = other.map_or_else(ToString::to_string, str::to_owned);
                    return Err(Fault::new(format!(
                        "the database was lost while it committed ({status}); whether this was \
                         done is not known; ask again, the same request is done once"
                    )));
                }
                _ => std::thread::sleep(Duration::from_millis(100)),
            }
        }
    }

    fn fate(&mut self, number: &str) -> Result<String, Fault> {
        self.connected()?;
        let sql = "SELECT pg_xact_status(?1::text::xid8)";
        let lines = self.wire()?.rows(sql, &[Cell::text(number)])?;
        let line = lines.first().map(|line| line.text(0).map(str::to_owned));
        line.unwrap_or_else(|| Err(Fault::new("the server does not tell")))
    }
}

fn connect(address: &Address, driver: Driver) -> Result<(Wire, Session), Fault> {
    let wire = Wire::to(address, driver)?;
    wire.script(&format!("{}; {}", schema::SESSION, schema::PEN_SESSION))?;
    schema::prepare(&wire)?;
    let own = "SELECT pid, backend_start::text FROM pg_stat_activity WHERE pid=pg_backend_pid()";
    let line = wire.row(own)?.ok_or_else(|| Fault::new("the server does not know the session"))?;
    let session = (line.int(0)?, line.text(1)?.to_owned());
    Ok((wire, session))
}

fn array_of(kind: &Type) -> Result<Type, Fault> {
    match *kind {
        Type::INT8 => Ok(Type::INT8_ARRAY),
        Type::FLOAT8 => Ok(Type::FLOAT8_ARRAY),
        Type::TEXT => Ok(Type::TEXT_ARRAY),
        Type::BYTEA => Ok(Type::BYTEA_ARRAY),
        _ => Err(Fault::new(format!("a column of the kind {kind} is not one of ours"))),
    }
}

impl Sql for ServerPen {
    fn rows(&self, sql: &str, given: &[Cell]) -> Result<Vec<Line>, Fault> {
        self.wire()?.rows(sql, given)
    }

    fn each(&self, sql: &str, given: &[Cell], take: &mut Take<'_>) -> Result<(), Fault> {
        self.wire()?.each(sql, given, take)
    }
}

impl Pen for ServerPen {
    fn begin(&mut self) -> Result<(), Fault> {
        self.connected()?;
        let mut turn = self.take_turn();
        if turn.is_err() && self.wire()?.is_lost() {
            // It was lost while nobody used it: nothing had been asked on it.
            self.connected()?;
            turn = self.take_turn();
        }
        self.batch = Batch { open: true, ..Batch::default() };
        match turn {
            Ok(turn) => {
                self.batch.turn = turn;
                Ok(())
            }
            Err(fault) => {
                self.roll_back()?;
                Err(fault.during("waiting for the pen of another program"))
            }
        }
    }

    fn commit(&mut self) -> Result<(), Fault> {
        let batch = std::mem::take(&mut self.batch);
        if !batch.wrote {
            // Whatever becomes of it changes nothing.
            return self.wire()?.script("COMMIT");
        }
        let number = match self.number() {
            Ok(number) => number,
            Err(fault) => {
                self.roll_back()?;
                return Err(fault);
            }
        };
        let wire = self.wire()?;
        let counted = wire.rows_then("SELECT nextval('meniscus_turn')", &[], Some("COMMIT"));
        // A batch that the server had given up cannot be counted, and its commit undoes it.
        match counted.and_then(|lines| wire.settle().map(|()| lines)) {
            Ok(lines) => {
                self.turn = lines.first().map(|line| line.int(0)).transpose()?;
                Ok(())
            }
            Err(fault) => {
                let _ = wire.settle();
                let lost = wire.is_lost();
                self.turn = None;
                if lost { self.after_all(number, fault) } else { Err(fault) }
            }
        }
    }

    fn roll_back(&mut self) -> Result<(), Fault> {
        self.batch = Batch::default();
        let wire = self.wire()?;
        // What was sent may have failed; none of it counts any more.
        let _ = wire.settle();
        if wire.is_lost() { Ok(()) } else { wire.script("ROLLBACK") }
    }

    fn mark(&mut self) -> Result<(), Fault> {
        let again = std::mem::replace(&mut self.batch.marked, true);
        self.batch.sent = false;
        self.wire()?.send(if again {
            "RELEASE command; SAVEPOINT command"
        } else {
            "SAVEPOINT command"
        });
        Ok(())
    }

    fn keep(&mut self) -> Result<(), Fault> {
        if !std::mem::take(&mut self.batch.sent) {
            return Ok(());
        }
        self.wire()?.settle()
    }

    fn forget(&mut self) -> Result<(), Fault> {
        self.batch.sent = false;
        let wire = self.wire()?;
        // What was sent failed, or something after it did; none of it counts any more.
        let _ = wire.settle();
        wire.script("ROLLBACK TO command")
    }

    fn upsert(&mut self, shape: &Shape<'_>, rows: &[Vec<Cell>]) -> Result<(), Fault> {
        let (text, kinds) = self.upsert_text(shape)?;
        self.write_rows((&text, &kinds), rows)
    }

    fn append(&mut self, shape: &Shape<'_>, rows: &[Vec<Cell>]) -> Result<(), Fault> {
        let (text, kinds) = self.insert_text(shape)?;
        self.write_rows((&text, &kinds), rows)
    }

    fn in_batch(&self) -> bool {
        self.batch.open && self.wire.as_ref().is_some_and(|wire| !wire.is_lost())
    }

    fn changed_elsewhere(&mut self) -> Result<bool, Fault> {
        let found = self.batch.turn;
        Ok(found.is_none() || std::mem::replace(&mut self.turn, found) != found)
    }

    fn rest(&mut self) -> Result<(), Fault> {
        Ok(())
    }

    fn run(&mut self, sql: &str, given: &[Cell]) -> Result<(), Fault> {
        let kinds: Vec<Type> = given.iter().map(kind).collect();
        self.wire()?.write(sql, &kinds, given.to_vec())?;
        (self.batch.sent, self.batch.wrote) = (true, true);
        Ok(())
    }

    fn script(&mut self, sql: &str) -> Result<(), Fault> {
        (self.batch.sent, self.batch.wrote) = (true, true);
        self.wire()?.script(&schema::translated(sql))
    }

    fn copy(&mut self, file: &Path) -> Result<Copying, Fault> {
        let (wire, file) = (Wire::to(&self.address, Driver::own()?)?, file.to_owned());
        wire.script("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")?;
        // The moment that is copied is that of the first question.
        let from = Moment(wire);
        from.rows("SELECT count(*) FROM migration", &[])?;
        Ok(Box::new(move || transfer::into_file(&from, &file)))
    }
}

/// A connection that stays in one moment of the record.
struct Moment(Wire);

impl Sql for Moment {
    fn rows(&self, sql: &str, given: &[Cell]) -> Result<Vec<Line>, Fault> {
        self.0.rows(sql, given)
    }

    fn each(&self, sql: &str, given: &[Cell], take: &mut Take<'_>) -> Result<(), Fault> {
        self.0.each(sql, given, take)
    }
}
