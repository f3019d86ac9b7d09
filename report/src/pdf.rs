//! Sheets of paper as PDF: text set with a typeface of our own, tables whose head is repeated on
//! every sheet, page numbers with their total, and tags by which a screen reader follows.
//!
//! Reading order: [`letters`] sets text in lines, [`sheet`] lays rows on sheets, [`file`] writes
//! the file.
//!
//! What must stay true: nothing is dropped: a character that the typeface lacks is printed as its
//! Unicode number; everything is legible in black and white; the same input gives the same bytes.

pub mod file;
pub mod letters;
pub mod sheet;

pub use file::{NotPrinted, written};
pub use letters::{Block, Ink, Letters, Side, Style};
pub use sheet::{Cell, Document, Margins, Paper, Part, Role, Row, Rule, made};
