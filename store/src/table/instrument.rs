//! Instruments, the unclaimed list and the control list in their tables.
//!
//! What must stay true: `open` is 1 exactly while nobody has settled the entry.

use lab::instrument::{Claim, ControlReadings, Instrument, Unclaimed};
use lab::value::{ControlId, InstrumentId, MessageId, Moment, UnclaimedId};

use super::LAB;
use crate::cell::{Cell, Line};
use crate::engine::Shape;
use crate::fault::Fault;

pub(super) const INSTRUMENT: Shape<'static> = Shape {
    table: "instrument",
    columns: &["lab", "id", "name", "driver", "sender", "codes", "unused", "wiring"],
    keys: 2,
};

pub(super) const UNCLAIMED: Shape<'static> = Shape {
    table: "unclaimed",
    columns: &[
        "lab",
        "id",
        "instrument",
        "message",
        "at",
        "sent_number",
        "because",
        "readings",
        "claim",
        "open",
    ],
    keys: 2,
};

pub(super) const CONTROL: Shape<'static> = Shape {
    table: "control_reading",
    columns: &["lab", "id", "instrument", "message", "at", "sent_number", "material", "readings"],
    keys: 2,
};

pub(super) fn save_instrument(row: &Instrument) -> Result<Vec<Cell>, Fault> {
    Ok(vec![
        Cell::Int(LAB),
        Cell::Int(row.id.0),
        Cell::text(&row.name),
        Cell::text(&row.driver),
        Cell::text(&row.sender),
        Cell::json(&row.codes)?,
        Cell::json(&row.unused)?,
        Cell::json(&row.wiring)?,
    ])
}

pub(super) fn load_instrument(line: &Line) -> Result<Instrument, Fault> {
    Ok(Instrument {
        id: InstrumentId(line.int(1)?),
        name: line.text(2)?.to_owned(),
        driver: line.text(3)?.to_owned(),
        sender: line.text(4)?.to_owned(),
        codes: line.json(5)?,
        unused: line.json(6)?,
        wiring: line.json(7)?,
    })
}

pub(super) fn save_unclaimed(row: &Unclaimed) -> Result<Vec<Cell>, Fault> {
    Ok(vec![
        Cell::Int(LAB),
        Cell::Int(row.id.0),
        Cell::Int(row.instrument.0),
        Cell::maybe_int(row.message.map(|message| message.0)),
        Cell::Int(row.at.micros()),
        Cell::text(&row.sent_number),
        Cell::word(&row.because)?,
        Cell::json(&row.readings)?,
        Cell::json(&row.claim)?,
        Cell::Int(i64::from(row.claim == Claim::Open)),
    ])
}

pub(super) fn load_unclaimed(line: &Line) -> Result<Unclaimed, Fault> {
    Ok(Unclaimed {
        id: UnclaimedId(line.int(1)?),
        instrument: InstrumentId(line.int(2)?),
        message: line.maybe_int(3)?.map(MessageId),
        at: Moment::from_micros(line.int(4)?),
        sent_number: line.text(5)?.to_owned(),
        because: line.word(6)?,
        readings: line.json(7)?,
        claim: line.json(8)?,
    })
}

pub(super) fn save_control(row: &ControlReadings) -> Result<Vec<Cell>, Fault> {
    Ok(vec![
        Cell::Int(LAB),
        Cell::Int(row.id.0),
        Cell::Int(row.instrument.0),
        Cell::maybe_int(row.message.map(|message| message.0)),
        Cell::Int(row.at.micros()),
        Cell::text(&row.sent_number),
        Cell::word(&row.material)?,
        Cell::json(&row.readings)?,
    ])
}

pub(super) fn load_control(line: &Line) -> Result<ControlReadings, Fault> {
    Ok(ControlReadings {
        id: ControlId(line.int(1)?),
        instrument: InstrumentId(line.int(2)?),
        message: line.maybe_int(3)?.map(MessageId),
        at: Moment::from_micros(line.int(4)?),
        sent_number: line.text(5)?.to_owned(),
        material: line.word(6)?,
        readings: line.json(7)?,
    })
}
