//! What people write into fields: trimmed, with a most length, and nothing that hides.
//!
//! What must stay true: every script may be written; what cannot be seen, or turns the reading
//! direction of what stands beside it, may not.

use crate::refusal::{AboutPatient, Refusal};

/// The most characters of one part of a name; longer ones exist nowhere in the identity documents
/// of ICAO Doc 9303, which cuts whole names at 39.
pub(super) const NAME_MOST: usize = 100;
/// The most characters of a number somebody gave: record number, encounter, placer.
pub(super) const NUMBER_MOST: usize = 40;
/// The most characters of any other line.
pub(super) const LINE_MOST: usize = 200;
/// The most characters of a comment or a reason.
pub(super) const PROSE_MOST: usize = 2_000;

/// One line, trimmed.
pub(super) fn line(field: &str, text: &str, most: usize) -> Result<String, Refusal> {
    let text = text.trim();
    if text.chars().any(|c| c.is_control() || hidden(c)) {
        let expected = "one line of visible characters".into();
        return Err(Refusal::Unreadable { field: field.into(), expected });
    }
    short(field, text, most)
}

/// One line that must not be empty.
pub(super) fn needed(field: &str, text: &str, most: usize) -> Result<String, Refusal> {
    let text = line(field, text, most)?;
    if text.is_empty() { Err(Refusal::Missing { field: field.into() }) } else { Ok(text) }
}

/// Several lines, trimmed.
pub(super) fn prose(field: &str, text: &str) -> Result<String, Refusal> {
    let text = text.trim();
    if text.chars().any(|c| (c.is_control() && !matches!(c, '\n' | '\r' | '\t')) || hidden(c)) {
        let expected = "visible characters".into();
        return Err(Refusal::Unreadable { field: field.into(), expected });
    }
    short(field, text, PROSE_MOST)
}

/// Any text, trimmed, that must not be empty.
pub(super) fn filled(field: &str, text: &str) -> Result<String, Refusal> {
    match text.trim() {
        "" => Err(Refusal::Missing { field: field.into() }),
        text => Ok(text.to_owned()),
    }
}

/// A reason, which must not be empty.
pub(super) fn reason(text: &str) -> Result<String, Refusal> {
    needed("Reason", text, PROSE_MOST)
}

fn short(field: &str, text: &str, most: usize) -> Result<String, Refusal> {
    if text.chars().count() > most {
        return Err(AboutPatient::TooLong { field: field.into(), most }.into());
    }
    Ok(text.to_owned())
}

/// Marks that turn the reading direction, and marks that have no width: two names that look the
/// same must be the same. The joiners are left: Persian and the scripts of India need them.
// Unicode Standard Annex #9, table 4 (explicit directional formatting); U+200B, U+FEFF have no
// width.
const fn hidden(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200b}' | '\u{feff}')
}
