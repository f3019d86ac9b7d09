//! Who the laboratory is, as its papers name it: one row, changed by a director or administrator.
//!
//! What must stay true: a report names the laboratory, its address and its director; a CLIA number
//! that is given has the form of one.

use serde::{Deserialize, Serialize};

/// What a laboratory prints at the head of its reports.
// 42 CFR 493.1291(c)(2): name and address of the laboratory location where the test was performed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letterhead {
    /// The laboratory's name.
    pub name: String,
    /// Its address, line by line: the place where the tests are performed.
    pub address: Vec<String>,
    /// Telephone; empty where none is given.
    pub telephone: String,
    /// The director's name and degree.
    pub director: String,
    /// CLIA or other certificate number; empty where there is none.
    pub certificate: String,
}

impl Letterhead {
    /// The number of its one row.
    pub const ROW: i64 = 1;

    /// The same without blanks around and empty lines.
    #[must_use]
    pub fn tidy(&self) -> Letterhead {
        let trim = |text: &String| text.trim().to_owned();
        Letterhead {
            name: trim(&self.name),
            address: self.address.iter().map(trim).filter(|line| !line.is_empty()).collect(),
            telephone: trim(&self.telephone),
            director: trim(&self.director),
            certificate: trim(&self.certificate),
        }
    }

    /// False where the certificate begins with `CLIA` and no CLIA number follows.
    #[must_use]
    pub fn certificate_fits(&self) -> bool {
        self.certificate.strip_prefix("CLIA").is_none_or(|number| is_clia(number.trim()))
    }
}

/// Whether a text has the form of a CLIA number: two digits, `D`, seven digits.
// CMS, form CMS-116 and the CLIA provider file: ten characters, the third of them D.
fn is_clia(number: &str) -> bool {
    let digits = |part: Option<&str>| {
        part.is_some_and(|part| part.bytes().all(|byte| byte.is_ascii_digit()))
    };
    number.len() == 10
        && digits(number.get(..2))
        && number.get(2..3) == Some("D")
        && digits(number.get(3..))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clia_number_has_its_form() {
        for (certificate, fits) in [
            ("CLIA 20D0000000", true),
            ("CLIA 20D000000", false),
            ("CLIA 2AD0000000", false),
            ("CLIA", false),
            ("CLIA 20D0000000x", false),
            ("ISO 15189 A-12", true),
            ("", true),
        ] {
            let letterhead = Letterhead { certificate: certificate.into(), ..Default::default() };
            assert_eq!(letterhead.certificate_fits(), fits, "{certificate}");
        }
    }
}
