//! Result versions in their table.
//!
//! What must stay true: the value's written form is the truth; the text shown and the sort key
//! beside it are made from it, for people with SQL tools and for plots.

use lab::accession::ResultVersion;
use lab::value::{AccessionId, Moment, PatientId, ResultId, TestCode, TestId};

use super::LAB;
use crate::cell::{Cell, Line};
use crate::engine::Shape;
use crate::fault::Fault;

pub(super) const SHAPE: Shape<'static> = Shape {
    table: "result",
    columns: &[
        "lab",
        "id",
        "test",
        "accession",
        "patient",
        "code",
        "version",
        "shown",
        "sort_key",
        "value",
        "unit",
        "flag",
        "limits",
        "delta",
        "holds",
        "source",
        "filed_at",
        "filed_by",
        "catalog_release",
        "comment",
        "amends",
        "ruling",
        "detail",
    ],
    keys: 2,
};

pub(super) fn save(row: &ResultVersion) -> Result<Vec<Cell>, Fault> {
    let flag = row.flag.map(|flag| flag.letters().to_owned());
    Ok(vec![
        Cell::Int(LAB),
        Cell::Int(row.id.0),
        Cell::Int(row.test.0),
        Cell::Int(row.accession.0),
        Cell::Int(row.patient.0),
        Cell::text(row.code.as_str()),
        Cell::Int(i64::from(row.version)),
        Cell::Text(row.value.to_string()),
        row.value.sort_key().map_or(Cell::Null, Cell::Real),
        Cell::json(&row.value)?,
        Cell::text(&row.unit),
        Cell::maybe_text(flag),
        Cell::json(&row.limits)?,
        Cell::maybe_json(row.delta.as_ref())?,
        Cell::json(&row.holds)?,
        Cell::json(&row.source)?,
        Cell::Int(row.filed_at.micros()),
        Cell::json(&row.filed_by)?,
        Cell::Int(i64::from(row.catalog_release)),
        Cell::text(&row.comment),
        Cell::maybe_json(row.amends.as_ref())?,
        Cell::maybe_json(row.ruling.as_ref())?,
        Cell::maybe_json((!row.detail.is_empty()).then_some(&row.detail))?,
    ])
}

pub(super) fn load(line: &Line) -> Result<ResultVersion, Fault> {
    let delta = line.maybe_json(13)?;
    let flag = line.maybe_text(11)?.is_some().then(|| line.word(11)).transpose()?;
    Ok(ResultVersion {
        id: ResultId(line.int(1)?),
        test: TestId(line.int(2)?),
        accession: AccessionId(line.int(3)?),
        patient: PatientId(line.int(4)?),
        code: TestCode(line.text(5)?.to_owned()),
        version: line.small(6)?,
        value: line.json(9)?,
        unit: line.text(10)?.to_owned(),
        flag,
        limits: line.json(12)?,
        delta,
        holds: line.json(14)?,
        source: line.json(15)?,
        filed_at: Moment::from_micros(line.int(16)?),
        filed_by: line.json(17)?,
        catalog_release: line.small(18)?,
        comment: line.text(19)?.to_owned(),
        amends: line.maybe_json(20)?,
        ruling: line.maybe_json(21)?,
        detail: line.maybe_json(22)?.unwrap_or_default(),
    })
}
