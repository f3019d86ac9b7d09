//! Tables that an expression looks figures up in: one by bands of two numbers (Martin-Hopkins
//! factors), one by two words (proficiency limits by analyte and kind of limit).
//!
//! A number outside every band is refused, never rounded into the nearest one.

use crate::value::{Refused, Value};
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// One row of a [`BandTable`]: from and to, both included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Band {
    /// Lowest number of the row, included.
    pub low: Decimal,
    /// Highest number of the row, included.
    pub high: Decimal,
    /// The row's figures, one per column.
    pub cells: Vec<Decimal>,
}

/// Figures by two numbers: the first chooses the row, the second the column.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct BandTable {
    /// Lowest number of each column, rising; a column reaches to the next one's start, the last
    /// without end.
    pub columns: Vec<Decimal>,
    /// The rows.
    pub rows: Vec<Band>,
}

impl BandTable {
    /// The figure at `row` and `column`; `None` outside.
    pub fn find(&self, row: Decimal, column: Decimal) -> Option<Decimal> {
        let band = self.rows.iter().find(|band| band.low <= row && row <= band.high)?;
        let at = self.columns.iter().rposition(|start| *start <= column)?;
        band.cells.get(at).copied()
    }
}

/// Figures by two words: the first chooses the row, the second the column.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct KeyedTable {
    /// Row, then column, then figure. A column absent in a row is unknown.
    pub rows: BTreeMap<String, BTreeMap<String, Decimal>>,
}

/// A table of either kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Table {
    /// By bands of two numbers.
    Bands(BandTable),
    /// By two words.
    Keyed(KeyedTable),
}

/// The tables an evaluation may use, by name.
pub type Tables = BTreeMap<String, Table>;

/// `lookup(name, first, second)`.
pub(crate) fn lookup(
    tables: &Tables,
    name: &str,
    first: Value,
    second: Value,
) -> Result<Value, Refused> {
    let table = tables.get(name).ok_or_else(|| Refused::UnknownTable(name.to_string()))?;
    match (table, first, second) {
        (_, Value::Unknown, _) | (_, _, Value::Unknown) => Ok(Value::Unknown),
        (Table::Bands(bands), Value::Number(row), Value::Number(column)) => bands
            .find(row, column)
            .map(Value::Number)
            .ok_or_else(|| outside(name, format!("{row} and {column}"))),
        (Table::Keyed(keyed), Value::Text(row), Value::Text(column)) => {
            let cells = keyed.rows.get(&row).ok_or_else(|| outside(name, row.clone()))?;
            Ok(cells.get(&column).map_or(Value::Unknown, |figure| Value::Number(*figure)))
        }
        (Table::Bands(_), first, second) => Err(wrong("a number", &first, &second)),
        (Table::Keyed(_), first, second) => Err(wrong("a text", &first, &second)),
    }
}

fn outside(table: &str, asked: String) -> Refused {
    Refused::OutsideTable { table: table.to_string(), asked }
}

fn wrong(needed: &'static str, first: &Value, second: &Value) -> Refused {
    for value in [first, second] {
        if let Value::Qualified(comparator, number) = value {
            return Refused::Qualified(*comparator, *number);
        }
    }
    let found = if first.kind() == needed { second.kind() } else { first.kind() };
    Refused::WrongKind { needed, found }
}
