//! Raw messages, as they came and as they went.
//!
//! What must stay true: a message is on the disk before it is acknowledged; the same bytes from
//! the same instrument are kept once and counted as resent; bytes are never changed.

use lab::value::{InstrumentId, MessageId, Moment};

use crate::cell::{Cell, Line};
use crate::engine::{Pen, Sql};
use crate::fault::Fault;
use crate::table::LAB;

/// A message to keep.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Raw {
    /// When it came or went.
    pub at: Moment,
    /// The instrument, where it is known.
    pub instrument: Option<InstrumentId>,
    /// The other end, as the network names it.
    pub peer: String,
    /// `astm` or `hl7`.
    pub protocol: String,
    /// True for what we sent.
    pub outgoing: bool,
    /// What makes it the same message when it comes again; `None` where every one counts.
    pub digest: Option<String>,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// What became of a kept message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Kept, not yet read.
    Kept,
    /// Its readings were filed or put into the unclaimed list.
    Filed,
    /// A query, answered.
    Answered,
    /// Nothing in it for the laboratory.
    Nothing,
    /// Could not be read; a person must look.
    Unreadable,
}

impl Fate {
    const fn word(self) -> &'static str {
        match self {
            Fate::Kept => "kept",
            Fate::Filed => "filed",
            Fate::Answered => "answered",
            Fate::Nothing => "nothing",
            Fate::Unreadable => "unreadable",
        }
    }
}

/// A message as listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its number.
    pub id: MessageId,
    /// When it came or went.
    pub at: Moment,
    /// The instrument.
    pub instrument: Option<InstrumentId>,
    /// `astm` or `hl7`.
    pub protocol: String,
    /// True for what we sent.
    pub outgoing: bool,
    /// What became of it.
    pub fate: String,
    /// How often it came again.
    pub resent: i64,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// Keeps a message; answers its number, and whether it had been kept before.
pub(crate) fn keep<P: Pen>(pen: &mut P, id: i64, raw: &Raw) -> Result<(MessageId, bool), Fault> {
    if let Some(digest) = &raw.digest {
        let known = "SELECT id FROM message WHERE lab=?1 AND digest=?2";
        if let Some(line) = pen.row(known, &[Cell::Int(LAB), Cell::text(digest)])? {
            let id = line.int(0)?;
            let again = "UPDATE message SET resent=resent+1 WHERE lab=?1 AND id=?2";
            pen.run(again, &[Cell::Int(LAB), Cell::Int(id)])?;
            return Ok((MessageId(id), true));
        }
    }
    pen.run(
        "INSERT INTO message(lab, id, at, instrument, peer, protocol, outgoing, digest, raw, \
         note, resent) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 0)",
        &[
            Cell::Int(LAB),
            Cell::Int(id),
            Cell::Int(raw.at.micros()),
            Cell::maybe_int(raw.instrument.map(|instrument| instrument.0)),
            Cell::text(&raw.peer),
            Cell::text(&raw.protocol),
            Cell::Int(i64::from(raw.outgoing)),
            Cell::maybe_text(raw.digest.clone()),
            Cell::Bytes(raw.bytes.clone()),
            Cell::text(if raw.outgoing { "sent" } else { Fate::Kept.word() }),
        ],
    )?;
    Ok((MessageId(id), false))
}

/// Notes what became of a message.
pub(crate) fn settle<P: Pen>(pen: &mut P, id: MessageId, fate: Fate) -> Result<(), Fault> {
    let sql = "UPDATE message SET note=?3 WHERE lab=?1 AND id=?2";
    pen.run(sql, &[Cell::Int(LAB), Cell::Int(id.0), Cell::text(fate.word())]).map(drop)
}

const COLUMNS: &str = "id, at, instrument, protocol, outgoing, note, resent, raw";

fn read(line: &Line) -> Result<Listed, Fault> {
    Ok(Listed {
        id: MessageId(line.int(0)?),
        at: Moment::from_micros(line.int(1)?),
        instrument: line.maybe_int(2)?.map(InstrumentId),
        protocol: line.text(3)?.to_owned(),
        outgoing: line.int(4)? == 1,
        fate: line.text(5)?.to_owned(),
        resent: line.int(6)?,
        bytes: line.bytes(7)?.to_vec(),
    })
}

/// Messages that were kept and not yet read, oldest first: what is left to do after a stop.
///
/// # Errors
/// The database failed.
pub fn unread(sql: &(impl Sql + ?Sized), most: u32) -> Result<Vec<Listed>, Fault> {
    let text =
        format!("SELECT {COLUMNS} FROM message WHERE lab=?1 AND note='kept' ORDER BY id LIMIT ?2");
    sql.rows(&text, &[Cell::Int(LAB), Cell::Int(i64::from(most))])?.iter().map(read).collect()
}

/// One message.
///
/// # Errors
/// The database failed.
pub fn one(sql: &(impl Sql + ?Sized), id: MessageId) -> Result<Option<Listed>, Fault> {
    let text = format!("SELECT {COLUMNS} FROM message WHERE lab=?1 AND id=?2");
    sql.row(&text, &[Cell::Int(LAB), Cell::Int(id.0)])?.map(|line| read(&line)).transpose()
}

/// The newest messages of an instrument, newest first.
///
/// # Errors
/// The database failed.
pub fn newest(
    sql: &(impl Sql + ?Sized),
    instrument: InstrumentId,
    most: u32,
) -> Result<Vec<Listed>, Fault> {
    let text = format!(
        "SELECT {COLUMNS} FROM message WHERE lab=?1 AND instrument=?2 ORDER BY id DESC LIMIT ?3"
    );
    let given = [Cell::Int(LAB), Cell::Int(instrument.0), Cell::Int(i64::from(most))];
    sql.rows(&text, &given)?.iter().map(read).collect()
}
