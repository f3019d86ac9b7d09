//! Numbers and codes that others gave: a provider's, a laboratory's under CLIA, a diagnosis.
//!
//! What must stay true: what has a check digit is checked; a code is kept as it is written, in
//! capitals.

use serde::{Deserialize, Serialize};

/// A provider's national number (NPI): ten digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ProviderNumber(String);

impl ProviderNumber {
    /// Reads ten digits whose last is the check digit.
    #[must_use]
    pub fn read(text: &str) -> Option<ProviderNumber> {
        let digits: String = text.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
        let whole = digits.len() == 10 && digits.bytes().all(|b| b.is_ascii_digit());
        // 45 CFR 162.406 and the CMS rule for the check digit: Luhn over the number with 80840
        // (health, United States) before it.
        (whole && luhn_holds(&format!("80840{digits}"))).then_some(ProviderNumber(digits))
    }

    /// The ten digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// True where the last digit is the check digit of ISO/IEC 7812-1 Annex B over the others.
fn luhn_holds(digits: &str) -> bool {
    let doubled = |place: usize, digit: u32| match place % 2 {
        1 => digit * 2 / 10 + digit * 2 % 10,
        _ => digit,
    };
    let digits = digits.chars().rev().filter_map(|c| c.to_digit(10)).enumerate();
    digits.map(|(place, digit)| doubled(place, digit)).sum::<u32>().is_multiple_of(10)
}

/// A laboratory's number under CLIA, such as `05D1234567`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ClinicalLaboratoryNumber(String);

impl ClinicalLaboratoryNumber {
    /// Reads two digits, a D and seven digits.
    #[must_use]
    pub fn read(text: &str) -> Option<ClinicalLaboratoryNumber> {
        let text = text.trim().to_ascii_uppercase();
        // CMS-116: a CLIA number has ten characters, the third of them a D.
        let fits = |(place, c): (usize, char)| match place {
            2 => c == 'D',
            _ => c.is_ascii_digit(),
        };
        (text.len() == 10 && text.chars().enumerate().all(fits))
            .then_some(ClinicalLaboratoryNumber(text))
    }

    /// Its ten characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A diagnosis in the text form of ICD-10, such as `E11.9`; whether the list has it is not asked.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Diagnosis(String);

impl Diagnosis {
    /// Reads a letter, a digit, a digit or letter, and up to four more behind a point; the point
    /// may be left out.
    #[must_use]
    pub fn read(text: &str) -> Option<Diagnosis> {
        let plain: String = text.trim().to_ascii_uppercase();
        let (category, rest) = match plain.split_once('.') {
            Some((_, "")) => return None,
            Some(parts) => parts,
            None => plain.split_at_checked(3)?,
        };
        let alike = |c: char| c.is_ascii_digit() || c.is_ascii_uppercase();
        // ICD-10-CM Official Guidelines, section I.A.2: three to seven characters, the first a
        // letter, the second a digit, a point after the third.
        let letters: Vec<char> = category.chars().collect();
        let begins = matches!(letters.as_slice(), [a, b, c]
            if a.is_ascii_uppercase() && b.is_ascii_digit() && alike(*c));
        if !begins || rest.len() > 4 || !rest.chars().all(alike) {
            return None;
        }
        Some(Diagnosis(match rest {
            "" => category.to_owned(),
            rest => format!("{category}.{rest}"),
        }))
    }

    /// The code.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_providers_number_is_checked_by_its_last_digit() {
        assert!(ProviderNumber::read("1234567893").is_some(), "the example of CMS");
        assert!(ProviderNumber::read("1234-567-893").is_some());
        for wrong in ["1234567890", "1234567839", "123456789", "12345678930", "123456789X", ""] {
            assert_eq!(ProviderNumber::read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_laboratorys_number_has_its_d_in_the_third_place() {
        let read = ClinicalLaboratoryNumber::read(" 05d1234567 ");
        assert_eq!(read.as_ref().map(ClinicalLaboratoryNumber::as_str), Some("05D1234567"));
        for wrong in ["05E1234567", "05D123456", "0AD1234567", "05D12345678"] {
            assert_eq!(ClinicalLaboratoryNumber::read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_diagnosis_is_read_with_and_without_its_point() {
        for (typed, kept) in [
            ("E11.9", "E11.9"),
            ("e119", "E11.9"),
            ("I10", "I10"),
            ("S52.521A", "S52.521A"),
            ("C7A.00", "C7A.00"),
            ("U07.1", "U07.1"),
        ] {
            let read = Diagnosis::read(typed);
            assert_eq!(read.as_ref().map(Diagnosis::as_str), Some(kept), "{typed}");
        }
        for wrong in
            ["", "E", "E1", "11.9", "E11.", "E11.99999", "E11.9.1", "EE1", "E11 9", "\u{e9}11"]
        {
            assert_eq!(Diagnosis::read(wrong), None, "{wrong}");
        }
    }
}
