//! Raw messages, as they came and as they went.
//!
//! What must stay true: a message is on the disk before it is acknowledged; the same bytes, coming
//! again within a day, are kept once and counted as resent; bytes are never changed.

use lab::value::{InstrumentId, MessageId, Moment};

use crate::cell::{Cell, Line};
use crate::engine::{Pen, Sql};
use crate::fault::Fault;
use crate::table::LAB;

/// How long the same bytes are the same message, in microseconds: a day. An instrument sends again
/// within minutes; one that numbers its messages anew each morning says something new.
const SAME_FOR: u64 = 24 * 60 * 60 * 1_000_000;

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
    /// What makes it the same message when it comes again within a day; `None` where every one
    /// counts.
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
    /// Understood in part: its readings were filed, and a person must look at the rest.
    Partly,
    /// Could not be read; a person must look.
    Unreadable,
}

impl Fate {
    const ALL: [Fate; 6] =
        [Fate::Kept, Fate::Filed, Fate::Answered, Fate::Nothing, Fate::Partly, Fate::Unreadable];

    /// In words a person reads.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Fate::Kept => "kept, not yet read",
            Fate::Filed => "filed",
            Fate::Answered => "answered",
            Fate::Nothing => "nothing to file",
            Fate::Partly => "understood in part",
            Fate::Unreadable => "not understood",
        }
    }

    /// The fate of a kept word; `None` for what we sent.
    #[must_use]
    pub fn read(word: &str) -> Option<Fate> {
        Fate::ALL.into_iter().find(|fate| fate.word() == word)
    }

    const fn word(self) -> &'static str {
        match self {
            Fate::Kept => "kept",
            Fate::Filed => "filed",
            Fate::Answered => "answered",
            Fate::Nothing => "nothing",
            Fate::Partly => "partly",
            Fate::Unreadable => "unreadable",
        }
    }
}

/// What is answered once a message is on the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// Its number.
    pub id: MessageId,
    /// True where the same had come before.
    pub again: bool,
    /// What became of it so far: one that came again and is still `Kept` was never filed.
    pub fate: Fate,
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

/// Keeps a message, or counts it where it had been kept before; `fate` is what becomes of it in
/// the same commit.
pub(crate) fn keep<P: Pen>(
    pen: &mut P,
    id: i64,
    (raw, fate): (&Raw, Fate),
) -> Result<Receipt, Fault> {
    if let Some(digest) = &raw.digest
        && let Some(receipt) = again(pen, digest, raw.at)?
    {
        return Ok(receipt);
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
            Cell::text(if raw.outgoing { "sent" } else { fate.word() }),
        ],
    )?;
    Ok(Receipt { id: MessageId(id), again: false, fate })
}

/// The message this one is, come again. One of another day is no longer it, and makes room.
fn again<P: Pen>(pen: &mut P, digest: &str, now: Moment) -> Result<Option<Receipt>, Fault> {
    let known = "SELECT id, at, note FROM message WHERE lab=?1 AND digest=?2";
    let Some(line) = pen.row(known, &[Cell::Int(LAB), Cell::text(digest)])? else {
        return Ok(None);
    };
    let (id, at) = (line.int(0)?, line.int(1)?);
    let fate = Fate::read(line.text(2)?).unwrap_or(Fate::Nothing);
    if at.abs_diff(now.micros()) > SAME_FOR && fate != Fate::Kept {
        let aside = "UPDATE message SET digest=?3 WHERE lab=?1 AND id=?2";
        let told_apart = Cell::Text(format!("{digest}@{id}"));
        pen.run(aside, &[Cell::Int(LAB), Cell::Int(id), told_apart])?;
        return Ok(None);
    }
    let counted = "UPDATE message SET resent=resent+1 WHERE lab=?1 AND id=?2";
    pen.run(counted, &[Cell::Int(LAB), Cell::Int(id)])?;
    Ok(Some(Receipt { id: MessageId(id), again: true, fate }))
}

/// Notes what became of a message.
pub(crate) fn settle<P: Pen>(pen: &mut P, id: MessageId, fate: Fate) -> Result<(), Fault> {
    let sql = "UPDATE message SET note=?3 WHERE lab=?1 AND id=?2";
    pen.run(sql, &[Cell::Int(LAB), Cell::Int(id.0), Cell::text(fate.word())])
}

/// The columns of a listed message, in reading order.
pub(crate) const COLUMNS: &str = "id, at, instrument, protocol, outgoing, note, resent, raw";

pub(crate) fn read(line: &Line) -> Result<Listed, Fault> {
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
    unread_after(sql, MessageId(0), most)
}

/// The same, from behind a bookmark: a page at a time.
///
/// # Errors
/// The database failed.
pub fn unread_after(
    sql: &(impl Sql + ?Sized),
    after: MessageId,
    most: u32,
) -> Result<Vec<Listed>, Fault> {
    let text = format!(
        "SELECT {COLUMNS} FROM message WHERE lab=?1 AND note='kept' AND id>?2 ORDER BY id LIMIT ?3"
    );
    let given = [Cell::Int(LAB), Cell::Int(after.0), Cell::Int(i64::from(most))];
    sql.rows(&text, &given)?.iter().map(read).collect()
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
