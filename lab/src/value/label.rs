//! The number printed on a container and scanned at every bench: thirteen digits,
//! `YYDDDNNNNNIIC`: year, day of the year, the accession's sequence in that day, the container's
//! index within the accession (00 names the accession itself), and a check digit.
//!
//! What must stay true: a mistyped or misread digit, or two neighbors exchanged, does not name
//! another tube (the check digit is Luhn's, ISO/IEC 7812-1 Annex B); numbers are never given out
//! twice; thirteen digits fit the shortest barcode field of the instruments we speak to (15 at
//! the Sysmex XN).

use serde::{Deserialize, Serialize};

use super::Moment;

/// An accession's or a container's number, checked.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Label(String);

/// Why a text is not a label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotALabel {
    /// It does not have exactly thirteen digits.
    NotThirteenDigits,
    /// The last digit does not fit the others: a misread or a typing error.
    WrongCheckDigit,
}

impl Label {
    /// The number of container `index` (0 for the accession itself, up to 99) of the accession
    /// that was number `sequence` (1 to 99,999) on the UTC day of `at`.
    #[must_use]
    pub fn new(at: Moment, sequence: u32, index: u32) -> Label {
        let (year, day) = at.year_and_day();
        let body = format!(
            "{:02}{day:03}{:05}{:02}",
            year.rem_euclid(100),
            sequence % 100_000,
            index % 100
        );
        let check = luhn(&body);
        Label(format!("{body}{check}"))
    }

    /// Reads a scanned or typed number; spaces and dashes are ignored.
    ///
    /// # Errors
    /// [`NotALabel`] when it cannot be one of ours.
    pub fn read(text: &str) -> Result<Label, NotALabel> {
        let digits: String = text.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
        if digits.len() != 13 || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(NotALabel::NotThirteenDigits);
        }
        let (body, check) = digits.split_at(12);
        if luhn(body).to_string() != check {
            return Err(NotALabel::WrongCheckDigit);
        }
        Ok(Label(digits))
    }

    /// The thirteen digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The container's index within its accession; 0 for the accession itself.
    #[must_use]
    pub fn index(&self) -> Option<u32> {
        self.0.get(10..12)?.parse().ok()
    }

    /// True for an accession's own number, false for a container's.
    #[must_use]
    pub fn names_accession(&self) -> bool {
        self.0.get(10..12) == Some("00")
    }
}

impl std::fmt::Display for Label {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// The check digit of ISO/IEC 7812-1 Annex B over a text of digits.
fn luhn(body: &str) -> u32 {
    let sum: u32 = body
        .chars()
        .rev()
        .filter_map(|c| c.to_digit(10))
        .enumerate()
        .map(|(place, digit)| if place % 2 == 0 { digit * 2 / 10 + digit * 2 % 10 } else { digit })
        .sum();
    (10 - sum % 10) % 10
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_survives_printing_and_scanning() {
        let at = Moment::from_micros(1_795_500_000_000_000); // 2026-11-24
        let label = Label::new(at, 17, 1);
        assert_eq!(Label::read(label.as_str()), Ok(label.clone()));
        assert_eq!(label.as_str().get(..12), Some("263280001701"));
        assert!(!label.names_accession());
        assert!(Label::new(at, 17, 0).names_accession());
    }

    #[test]
    fn any_single_wrong_digit_is_found() {
        let label = Label::new(Moment::from_micros(1_795_500_000_000_000), 4321, 2);
        for place in 0..13 {
            for digit in '0'..='9' {
                let mut text: Vec<char> = label.as_str().chars().collect();
                if text[place] == digit {
                    continue;
                }
                text[place] = digit;
                let typed: String = text.into_iter().collect();
                assert_eq!(Label::read(&typed), Err(NotALabel::WrongCheckDigit), "{typed}");
            }
        }
    }

    #[test]
    fn what_is_not_a_label_says_so() {
        assert_eq!(Label::read("12"), Err(NotALabel::NotThirteenDigits));
        assert_eq!(Label::read("26328000170x1"), Err(NotALabel::NotThirteenDigits));
    }
}
