//! Where specimens are put away, and by which lists they are sent.
//!
//! What must stay true: a position holds one specimen; a place keeps its code and its shape; a
//! dispatch list names every specimen that went by it.

use serde::{Deserialize, Serialize};

use crate::accession::Spot;
use crate::value::{DispatchId, Moment, SpecimenId, StoragePlaceId, Zone};

/// A rack, shelf or box: rows by columns of positions at one temperature.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoragePlace {
    /// Identity.
    pub id: StoragePlaceId,
    /// Its code, unique, as printed on it: `R1-S2-07`.
    pub code: String,
    /// The unit it stands in: refrigerator, freezer.
    pub unit: String,
    /// The shelf.
    pub shelf: String,
    /// How warm it is there.
    pub zone: Zone,
    /// Rows, 1 to 26.
    pub rows: u8,
    /// Columns, 1 to 99.
    pub columns: u8,
}

impl StoragePlace {
    /// Every position, row by row.
    pub fn spots(&self) -> impl Iterator<Item = Spot> + '_ {
        (1..=self.rows).flat_map(move |row| {
            (1..=self.columns).filter_map(move |column| Spot::new(row, column))
        })
    }

    /// True where this place has the position.
    #[must_use]
    pub const fn has(&self, spot: Spot) -> bool {
        spot.row() <= self.rows && spot.column() <= self.columns
    }
}

/// One dispatch list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dispatch {
    /// Identity.
    pub id: DispatchId,
    /// The number people say, counted from 1.
    pub number: u32,
    /// Where to.
    pub to: Destination,
    /// The name of it: a bench, a site, a laboratory.
    pub name: String,
    /// When it left.
    pub at: Moment,
    /// How warm it travels.
    pub zone: Zone,
    /// What travels.
    pub specimens: Vec<SpecimenId>,
    /// What the sender wrote.
    pub note: String,
}

/// What kind of place specimens are sent to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Destination {
    /// A bench of this laboratory.
    Bench,
    /// Another site of this laboratory.
    Site,
    /// A reference laboratory.
    Reference,
}

impl Destination {
    /// Every one.
    pub const ALL: [Destination; 3] =
        [Destination::Bench, Destination::Site, Destination::Reference];

    /// The word in forms and on screens.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Destination::Bench => "bench",
            Destination::Site => "site",
            Destination::Reference => "reference laboratory",
        }
    }

    /// Reads the word.
    #[must_use]
    pub fn read(text: &str) -> Option<Destination> {
        Destination::ALL.into_iter().find(|one| one.word().eq_ignore_ascii_case(text.trim()))
    }
}
