//! Cells and lines: what a database keeps in a field and gives back in a row, the same for every
//! engine.
//!
//! What must stay true: a cell of another kind than expected is a fault with the column's place,
//! never a guess.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::fault::Fault;

/// One field.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Nothing.
    Null,
    /// A whole number.
    Int(i64),
    /// A floating sort key; never a result.
    Real(f64),
    /// A text.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
}

impl Cell {
    /// A text.
    #[must_use]
    pub fn text(text: &str) -> Cell {
        Cell::Text(text.to_owned())
    }

    /// A number that may be missing.
    #[must_use]
    pub fn maybe_int(number: Option<i64>) -> Cell {
        number.map_or(Cell::Null, Cell::Int)
    }

    /// A text that may be missing.
    #[must_use]
    pub fn maybe_text(text: Option<String>) -> Cell {
        text.map_or(Cell::Null, Cell::Text)
    }

    /// Anything that has a JSON form, as JSON.
    ///
    /// # Errors
    /// A fault when it has none.
    pub fn json<T: Serialize>(thing: &T) -> Result<Cell, Fault> {
        serde_json::to_string(thing).map(Cell::Text).map_err(Fault::new)
    }

    /// The same of what may be missing.
    ///
    /// # Errors
    /// A fault when it has none.
    pub fn maybe_json<T: Serialize>(thing: Option<&T>) -> Result<Cell, Fault> {
        thing.map_or(Ok(Cell::Null), Cell::json)
    }

    /// A plain word of an enumeration, as its bare name.
    ///
    /// # Errors
    /// A fault when it is no plain word.
    pub fn word<T: Serialize>(thing: &T) -> Result<Cell, Fault> {
        match serde_json::to_value(thing).map_err(Fault::new)? {
            serde_json::Value::String(word) => Ok(Cell::Text(word)),
            other => Err(Fault::new(format!("{other} is no word"))),
        }
    }
}

/// One row as read.
#[derive(Clone, Debug, PartialEq)]
pub struct Line(pub Vec<Cell>);

impl Line {
    fn cell(&self, at: usize) -> Result<&Cell, Fault> {
        self.0.get(at).ok_or_else(|| Fault::new(format!("the row has no column {at}")))
    }

    /// A whole number.
    ///
    /// # Errors
    /// A fault when the cell is of another kind; so for each reader here.
    pub fn int(&self, at: usize) -> Result<i64, Fault> {
        match self.cell(at)? {
            Cell::Int(number) => Ok(*number),
            other => Err(wrong(at, "a number", other)),
        }
    }

    /// A whole number that fits 32 bits.
    pub fn small(&self, at: usize) -> Result<u32, Fault> {
        u32::try_from(self.int(at)?).map_err(Fault::new)
    }

    /// A whole number, or nothing.
    pub fn maybe_int(&self, at: usize) -> Result<Option<i64>, Fault> {
        match self.cell(at)? {
            Cell::Null => Ok(None),
            Cell::Int(number) => Ok(Some(*number)),
            other => Err(wrong(at, "a number or nothing", other)),
        }
    }

    /// A text.
    pub fn text(&self, at: usize) -> Result<&str, Fault> {
        match self.cell(at)? {
            Cell::Text(text) => Ok(text),
            other => Err(wrong(at, "a text", other)),
        }
    }

    /// A text, or nothing.
    pub fn maybe_text(&self, at: usize) -> Result<Option<&str>, Fault> {
        match self.cell(at)? {
            Cell::Null => Ok(None),
            Cell::Text(text) => Ok(Some(text)),
            other => Err(wrong(at, "a text or nothing", other)),
        }
    }

    /// Bytes.
    pub fn bytes(&self, at: usize) -> Result<&[u8], Fault> {
        match self.cell(at)? {
            Cell::Bytes(bytes) => Ok(bytes),
            other => Err(wrong(at, "bytes", other)),
        }
    }

    /// Anything written by [`Cell::json`].
    pub fn json<T: DeserializeOwned>(&self, at: usize) -> Result<T, Fault> {
        serde_json::from_str(self.text(at)?)
            .map_err(|error| Fault::new(error).during(&format!("reading column {at}")))
    }

    /// Anything written by [`Cell::json`], or nothing.
    pub fn maybe_json<T: DeserializeOwned>(&self, at: usize) -> Result<Option<T>, Fault> {
        self.maybe_text(at)?.is_some().then(|| self.json(at)).transpose()
    }

    /// A word written by [`Cell::word`].
    pub fn word<T: DeserializeOwned>(&self, at: usize) -> Result<T, Fault> {
        read_word(self.text(at)?)
    }
}

/// Reads the bare name of a plain word of an enumeration, or of any type that is one text.
///
/// # Errors
/// A fault when there is no such word.
pub fn read_word<T: DeserializeOwned>(word: &str) -> Result<T, Fault> {
    use serde::de::IntoDeserializer;
    use serde::de::value::{Error, StrDeserializer};
    let word: StrDeserializer<'_, Error> = word.into_deserializer();
    T::deserialize(word).map_err(Fault::new)
}

fn wrong(at: usize, expected: &str, found: &Cell) -> Fault {
    let found = match found {
        Cell::Null => "nothing",
        Cell::Int(_) => "a number",
        Cell::Real(_) => "a real",
        Cell::Text(_) => "a text",
        Cell::Bytes(_) => "bytes",
    };
    Fault::new(format!("column {at} has {found}, expected {expected}"))
}
