//! The label on a specimen's container: 2 by 1 inch, as text for a label printer ([`zpl`]) and as a
//! drawing for screens and plain printers ([`svg`], [`sheet`], [`pdf`]), all from one layout.
//!
//! Upper left the name, then record number, birth date and sex, then the tests; the bars in the
//! middle, at their right the priority and the container; below them the number and the line for
//! the collection. So the two identifiers stand where CLSI AUTO12-A puts them.
//!
//! How a name is cut to its line: the family name is kept whole and the given names are cut, at
//! least their first letter stays; only a family name too long by itself is cut too. A cut is
//! marked `...`. A record number too long for its place is set in smaller letters, down to 1.75 mm,
//! and only then cut and marked likewise; the bars and the number below them are never cut.
//!
//! What must stay true: whatever a name contains, it prints as text and commands nothing; bars are
//! 10 mm high and stand between quiet zones; the same label looks the same from both printers.

mod drawing;
mod fit;
mod layout;
mod paper;
mod zpl;

use jiff::tz::TimeZone;
use lab::value::{BirthDate, Label, Moment, PersonName, Priority, Sex, TestCode};

pub use drawing::{SHEET_STYLE, SHEET_STYLE_HASH, sheet, svg};
pub use paper::pdf;
pub use zpl::{Density, Printer, zpl};

/// What stands on one label.
#[derive(Clone, Copy, Debug)]
pub struct LabelFor<'a> {
    /// The patient's name.
    pub name: &'a PersonName,
    /// The record number, the second identifier.
    pub record_number: &'a str,
    /// Day of birth, if known.
    pub birth_date: Option<BirthDate>,
    /// Sex.
    pub sex: Sex,
    /// The number of the container.
    pub label: &'a Label,
    /// The catalog's code of the container, such as `EDTA_LAV`.
    pub container: &'a str,
    /// The color of its cap, as the catalog names it.
    pub cap: &'a str,
    /// How urgent.
    pub priority: Priority,
    /// The tests or panels drawn into it, in the order in which they are wanted on the label.
    pub tests: &'a [TestCode],
    /// When it was collected; none leaves a line to write on.
    pub collected_at: Option<Moment>,
    /// Where the clock on the wall is.
    pub zone: &'a TimeZone,
}

/// How many copies are printed: 1 to [`Copies::MOST`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Copies(u32);

/// A number of copies that is none, or too many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotThatMany(pub u32);

impl Copies {
    /// The most copies of one label printed at once.
    pub const MOST: u32 = 100;
    /// One.
    pub const ONE: Copies = Copies(1);

    /// That many copies.
    ///
    /// # Errors
    /// [`NotThatMany`] for none, and for more than [`Copies::MOST`].
    pub const fn new(copies: u32) -> Result<Copies, NotThatMany> {
        match copies {
            1..=Copies::MOST => Ok(Copies(copies)),
            _ => Err(NotThatMany(copies)),
        }
    }

    /// The number.
    #[must_use]
    pub const fn count(self) -> u32 {
        self.0
    }
}
