//! How a field travels to the server and back.
//!
//! What must stay true: a field comes back as it was given, and equal texts stay equal. A text of
//! this server cannot hold the character U+0000, which an instrument or a form may send; it
//! travels as two characters behind U+E000, a character nobody writes, which is doubled so that
//! no text can stand for another.

use std::borrow::Cow;
use std::error::Error;

use tokio_postgres::types::private::BytesMut;
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};

use crate::cell::Cell;
use crate::fault::Fault;

type Failed = Box<dyn Error + Sync + Send>;

/// What stands before a character that was written otherwise.
const MARK: char = '\u{e000}';

/// A text as it travels.
fn packed(text: &str) -> Cow<'_, str> {
    if !text.contains(['\0', MARK]) {
        return Cow::Borrowed(text);
    }
    text.chars()
        .fold(String::with_capacity(text.len() + 3), |mut packed, each| {
            match each {
                '\0' => packed.extend([MARK, '0']),
                MARK => packed.extend([MARK, MARK]),
                other => packed.push(other),
            }
            packed
        })
        .into()
}

/// A text as it was given.
fn unpacked(text: &str) -> String {
    if !text.contains(MARK) {
        return text.to_owned();
    }
    let (mut given, mut rest) = (String::with_capacity(text.len()), text.chars());
    while let Some(each) = rest.next() {
        match each {
            MARK => given.extend(rest.next().map(|next| if next == '0' { '\0' } else { next })),
            other => given.push(other),
        }
    }
    given
}

/// The kind in which a field is sent; nothing is of whatever kind the server expects there.
pub(super) const fn kind(cell: &Cell) -> Type {
    match cell {
        Cell::Null => Type::UNKNOWN,
        Cell::Int(_) => Type::INT8,
        Cell::Real(_) => Type::FLOAT8,
        Cell::Text(_) => Type::TEXT,
        Cell::Bytes(_) => Type::BYTEA,
    }
}

impl ToSql for Cell {
    fn to_sql(&self, kind: &Type, out: &mut BytesMut) -> Result<IsNull, Failed> {
        match self {
            Cell::Null => Ok(IsNull::Yes),
            Cell::Int(number) => number.to_sql(kind, out),
            Cell::Real(number) => number.to_sql(kind, out),
            Cell::Text(text) => packed(text).as_ref().to_sql(kind, out),
            Cell::Bytes(bytes) => bytes.to_sql(kind, out),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

impl<'a> FromSql<'a> for Cell {
    fn from_sql(kind: &Type, raw: &'a [u8]) -> Result<Cell, Failed> {
        Ok(match *kind {
            Type::INT8 => Cell::Int(i64::from_sql(kind, raw)?),
            Type::INT4 => Cell::Int(i64::from(i32::from_sql(kind, raw)?)),
            Type::BOOL => Cell::Int(i64::from(bool::from_sql(kind, raw)?)),
            Type::FLOAT8 => Cell::Real(f64::from_sql(kind, raw)?),
            Type::BYTEA => Cell::Bytes(raw.to_vec()),
            _ => Cell::Text(unpacked(<&str>::from_sql(kind, raw)?)),
        })
    }

    fn from_sql_null(_: &Type) -> Result<Cell, Failed> {
        Ok(Cell::Null)
    }

    fn accepts(kind: &Type) -> bool {
        let known = [Type::INT8, Type::INT4, Type::BOOL, Type::FLOAT8, Type::BYTEA];
        known.contains(kind) || <&str as FromSql>::accepts(kind)
    }
}

/// The fields of one column of many rows.
#[derive(Debug)]
pub(super) enum Column {
    Ints(Vec<Option<i64>>),
    Reals(Vec<Option<f64>>),
    Texts(Vec<Option<String>>),
    Bytes(Vec<Option<Vec<u8>>>),
}

impl Column {
    /// An empty column of a kind.
    ///
    /// # Errors
    /// No column of Meniscus is of this kind.
    pub fn of(kind: &Type) -> Result<Column, Fault> {
        match *kind {
            Type::INT8 => Ok(Column::Ints(Vec::new())),
            Type::FLOAT8 => Ok(Column::Reals(Vec::new())),
            Type::TEXT => Ok(Column::Texts(Vec::new())),
            Type::BYTEA => Ok(Column::Bytes(Vec::new())),
            _ => Err(Fault::new(format!("a column of the kind {kind} is not one of ours"))),
        }
    }

    /// Adds a field.
    ///
    /// # Errors
    /// The field is of another kind.
    pub fn push(&mut self, cell: &Cell) -> Result<(), Fault> {
        match (self, cell) {
            (Column::Ints(all), Cell::Int(number)) => all.push(Some(*number)),
            (Column::Ints(all), Cell::Null) => all.push(None),
            (Column::Reals(all), Cell::Real(number)) => all.push(Some(*number)),
            (Column::Reals(all), Cell::Null) => all.push(None),
            (Column::Texts(all), Cell::Text(text)) => all.push(Some(packed(text).into_owned())),
            (Column::Texts(all), Cell::Null) => all.push(None),
            (Column::Bytes(all), Cell::Bytes(bytes)) => all.push(Some(bytes.clone())),
            (Column::Bytes(all), Cell::Null) => all.push(None),
            _ => return Err(Fault::new("a field of another kind than its column")),
        }
        Ok(())
    }
}

impl ToSql for Column {
    fn to_sql(&self, kind: &Type, out: &mut BytesMut) -> Result<IsNull, Failed> {
        match self {
            Column::Ints(all) => all.to_sql(kind, out),
            Column::Reals(all) => all.to_sql(kind, out),
            Column::Texts(all) => all.to_sql(kind, out),
            Column::Bytes(all) => all.to_sql(kind, out),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_comes_back_as_it_was_given_whatever_it_holds() {
        let given =
            ["", "plain", "\0", "a\0b", "\u{e000}", "\u{e000}0", "\0\u{e000}\0", "\u{e000}\0"];
        for text in given {
            assert!(!packed(text).contains('\0'), "{text:?}");
            assert_eq!(unpacked(&packed(text)), text);
        }
        let mut all: Vec<Cow<'_, str>> = given.iter().map(|text| packed(text)).collect();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), given.len(), "no text stands for another");
    }
}
