//! The journal: who did what, when, and what happened, entry after entry, each sealed over the
//! one before.
//!
//! What must stay true: entries are only appended; their numbers have no gap; the seal of an
//! entry is SHA-256 over the seal before it and every field, each with its length before it, so
//! that no text can stand for another.

use lab::event::Event;
use lab::people::Actor;
use lab::value::Moment;
use sha2::{Digest, Sha256};

use crate::cell::{Cell, Line};
use crate::engine::{Pen, Shape, Sql};
use crate::fault::Fault;
use crate::table::LAB;

/// A seal: 32 bytes.
pub type Seal = [u8; 32];

/// One entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its number, from 1.
    pub seq: i64,
    /// When.
    pub at: Moment,
    /// Who.
    pub actor: Actor,
    /// What was asked.
    pub command: String,
    /// The request it answered.
    pub request: String,
    /// What happened, as written.
    pub events: String,
    /// The last identifier given out.
    pub last_id: i64,
    /// The seal.
    pub seal: Seal,
}

/// The columns of an entry, in reading order.
const COLUMNS: &str = "seq, at, actor, command, request, events, last_id, seal";

const JOURNAL: Shape<'static> = Shape {
    table: "journal",
    columns: &["lab", "seq", "at", "actor", "command", "request", "events", "last_id", "seal"],
    keys: 2,
};

const ABOUT: Shape<'static> =
    Shape { table: "journal_about", columns: &["lab", "about", "seq"], keys: 3 };

impl Entry {
    /// What happened.
    ///
    /// # Errors
    /// The text does not decode: the journal was written by something else.
    pub fn happened(&self) -> Result<Vec<Event>, Fault> {
        serde_json::from_str(&self.events)
            .map_err(|error| Fault::new(error).during(&format!("decoding entry {}", self.seq)))
    }

    /// The seal this entry must have after the entry sealed with `before`.
    ///
    /// # Errors
    /// The actor has no written form.
    pub fn expected_seal(&self, before: &Seal) -> Result<Seal, Fault> {
        let actor = serde_json::to_string(&self.actor).map_err(Fault::new)?;
        let mut hash = Sha256::new();
        hash.update(before);
        for number in [self.seq, self.at.micros(), self.last_id] {
            hash.update(number.to_le_bytes());
        }
        for text in [&actor, &self.command, &self.request, &self.events] {
            let length = u64::try_from(text.len()).map_err(Fault::new)?;
            hash.update(length.to_le_bytes());
            hash.update(text.as_bytes());
        }
        Ok(hash.finalize().into())
    }

    fn read(line: &Line) -> Result<Entry, Fault> {
        Ok(Entry {
            seq: line.int(0)?,
            at: Moment::from_micros(line.int(1)?),
            actor: line.json(2)?,
            command: line.text(3)?.to_owned(),
            request: line.text(4)?.to_owned(),
            events: line.text(5)?.to_owned(),
            last_id: line.int(6)?,
            seal: line.bytes(7)?.try_into().map_err(|_| Fault::new("a seal has 32 bytes"))?,
        })
    }
}

/// Appends one entry and what it is about.
///
/// # Errors
/// The database failed.
pub fn append<P: Pen>(pen: &mut P, entry: &Entry, about: &[i64]) -> Result<(), Fault> {
    let row = vec![
        Cell::Int(LAB),
        Cell::Int(entry.seq),
        Cell::Int(entry.at.micros()),
        Cell::json(&entry.actor)?,
        Cell::text(&entry.command),
        Cell::text(&entry.request),
        Cell::text(&entry.events),
        Cell::Int(entry.last_id),
        Cell::Bytes(entry.seal.to_vec()),
    ];
    pen.append(&JOURNAL, &[row])?;
    let line = |subject: &i64| vec![Cell::Int(LAB), Cell::Int(*subject), Cell::Int(entry.seq)];
    let lines: Vec<Vec<Cell>> = about.iter().map(line).collect();
    if lines.is_empty() { Ok(()) } else { pen.append(&ABOUT, &lines) }
}

/// The newest entry.
///
/// # Errors
/// The database failed.
pub fn head(sql: &(impl Sql + ?Sized)) -> Result<Option<Entry>, Fault> {
    let text = format!("SELECT {COLUMNS} FROM journal WHERE lab=?1 ORDER BY seq DESC LIMIT 1");
    sql.row(&text, &[Cell::Int(LAB)])?.map(|line| Entry::read(&line)).transpose()
}

/// The entry that answered a request.
///
/// # Errors
/// The database failed.
pub fn answering(sql: &(impl Sql + ?Sized), request: &str) -> Result<Option<Entry>, Fault> {
    let text = format!("SELECT {COLUMNS} FROM journal WHERE lab=?1 AND request=?2");
    let line = sql.row(&text, &[Cell::Int(LAB), Cell::text(request)])?;
    line.map(|line| Entry::read(&line)).transpose()
}

/// Up to `most` entries after number `after`, in order: reading on from a bookmark.
///
/// # Errors
/// The database failed.
pub fn after(sql: &(impl Sql + ?Sized), after: i64, most: u32) -> Result<Vec<Entry>, Fault> {
    let text =
        format!("SELECT {COLUMNS} FROM journal WHERE lab=?1 AND seq>?2 ORDER BY seq LIMIT ?3");
    let given = [Cell::Int(LAB), Cell::Int(after), Cell::Int(i64::from(most))];
    sql.rows(&text, &given)?.iter().map(Entry::read).collect()
}

/// Up to `most` newest entries about a subject, newest first.
///
/// # Errors
/// The database failed.
pub fn about(sql: &(impl Sql + ?Sized), subject: i64, most: u32) -> Result<Vec<Entry>, Fault> {
    let text = format!(
        "SELECT {COLUMNS} FROM journal WHERE lab=?1 AND seq IN \
         (SELECT seq FROM journal_about WHERE lab=?1 AND about=?2 ORDER BY seq DESC LIMIT ?3) \
         ORDER BY seq DESC"
    );
    let given = [Cell::Int(LAB), Cell::Int(subject), Cell::Int(i64::from(most))];
    sql.rows(&text, &given)?.iter().map(Entry::read).collect()
}
