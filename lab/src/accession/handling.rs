//! What was seen of a specimen and done to it: how warm it was kept, its condition and volume,
//! whether it was spun, what it is a part of, where it is put away.
//!
//! What must stay true: what was not seen is not known, and is never taken for in order; the way a
//! specimen was kept is known from its collection on without a gap.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::SpecimenState;
use crate::value::{AccessionId, DispatchId, Moment, SpecimenId, StoragePlaceId, Zone};

/// What was seen of a specimen and done to it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Handling {
    /// The specimen an aliquot or a slide is made from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub made_from: Option<Origin>,
    /// The rejected or lost specimen that this one was ordered anew for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replaces: Option<SpecimenId>,
    /// The accession by which this one was ordered anew.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replaced_by: Option<AccessionId>,
    /// What is in it, mL, where that was told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub volume_ml: Option<Decimal>,
    /// What it looks like, where that was told.
    #[serde(skip_serializing_if = "Condition::is_unremarkable")]
    pub condition: Condition,
    /// When it was spun, and how.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spun: Option<Spun>,
    /// From when on it was kept how warm; at room temperature before the first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub kept: Vec<(Moment, Zone)>,
    /// Where it is put away.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<Position>,
    /// The dispatch list it went out by last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dispatch: Option<DispatchId>,
    /// Where a lost one stood before, and what was written then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lost: Option<(SpecimenState, String)>,
}

impl Handling {
    /// True where nothing was seen and nothing done.
    #[must_use]
    pub fn is_untouched(&self) -> bool {
        *self == Handling::default()
    }

    /// How warm it is kept now.
    #[must_use]
    pub fn zone(&self) -> Zone {
        self.kept.last().map_or(Zone::Room, |(_, zone)| *zone)
    }

    /// From now on it is kept so.
    pub fn keep(&mut self, at: Moment, zone: Zone) {
        if self.zone() != zone || self.kept.is_empty() {
            self.kept.push((at, zone));
        }
    }
}

/// The specimen that an aliquot or a slide is made from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// Which.
    pub specimen: SpecimenId,
    /// The container that was drawn.
    pub container: String,
    /// What was made.
    pub part: Part,
}

/// A part of a specimen in a container of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Part {
    /// Some of it in another tube.
    Aliquot,
    /// A smear on glass.
    Slide,
}

/// What a specimen looks like. Indices are in mg/dL: free hemoglobin, bilirubin, and lipids as
/// Intralipid.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Condition {
    /// Free hemoglobin.
    pub hemolysis: Option<Decimal>,
    /// Bilirubin.
    pub icterus: Option<Decimal>,
    /// Lipids.
    pub lipemia: Option<Decimal>,
    /// A clot or fibrin in it.
    pub clotted: bool,
    /// What else was seen.
    pub note: String,
}

impl Condition {
    /// True where nothing was seen.
    #[must_use]
    pub fn is_unremarkable(&self) -> bool {
        *self == Condition::default()
    }

    /// What was seen, in words; empty where nothing was.
    #[must_use]
    pub fn words(&self) -> String {
        let mut words = Vec::new();
        let graded =
            [("hemolysis", self.hemolysis), ("icterus", self.icterus), ("lipemia", self.lipemia)];
        for (name, index) in graded {
            words.extend(index.map(|index| format!("{name} {index} mg/dL")));
        }
        if self.clotted {
            words.push("clotted".into());
        }
        if !self.note.is_empty() {
            words.push(self.note.clone());
        }
        words.join(", ")
    }
}

/// How a specimen was spun.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spun {
    /// When.
    pub at: Moment,
    /// By which program, as the catalog had it then.
    pub program: String,
}

/// Where a specimen is put away.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Position {
    /// The rack, shelf or box.
    pub place: StoragePlaceId,
    /// The position in it: `A1`.
    pub spot: Spot,
}

/// A position in a rack: its row as a letter, its column as a number; written `C7`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Spot {
    row: u8,
    column: u8,
}

impl Spot {
    /// The position in this row and column, both counted from 1.
    #[must_use]
    pub fn new(row: u8, column: u8) -> Option<Spot> {
        ((1..=26).contains(&row) && (1..=99).contains(&column)).then_some(Spot { row, column })
    }

    /// Reads `C7` or `c07`.
    #[must_use]
    pub fn read(text: &str) -> Option<Spot> {
        let text = text.trim();
        let letter = text.chars().next().filter(char::is_ascii_alphabetic)?;
        let row = u8::try_from(letter.to_ascii_uppercase()).ok()?.checked_sub(b'A')? + 1;
        Spot::new(row, text.get(1..)?.parse().ok()?)
    }

    /// Its row, counted from 1.
    #[must_use]
    pub const fn row(self) -> u8 {
        self.row
    }

    /// Its column, counted from 1.
    #[must_use]
    pub const fn column(self) -> u8 {
        self.column
    }
}

impl std::fmt::Display for Spot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let letter = char::from(b'A' + self.row.saturating_sub(1));
        write!(f, "{letter}{}", self.column)
    }
}

impl From<Spot> for String {
    fn from(spot: Spot) -> String {
        spot.to_string()
    }
}

impl TryFrom<String> for Spot {
    type Error = String;

    fn try_from(text: String) -> Result<Spot, String> {
        Spot::read(&text).ok_or_else(|| format!("{text} is no position"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_reads_as_it_is_written() {
        for text in ["A1", "H12", "Z99"] {
            assert_eq!(Spot::read(text).map(|spot| spot.to_string()).as_deref(), Some(text));
        }
        assert_eq!(Spot::read("c07"), Spot::new(3, 7));
        for text in ["", "A", "A0", "A100", "7C", "AA1", "Ä1"] {
            assert_eq!(Spot::read(text), None, "{text}");
        }
    }
}
