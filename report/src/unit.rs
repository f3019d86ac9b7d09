//! Units as people read them.
//!
//! What must stay true: the UCUM unit of the result is what counts; this is only its spelling on
//! paper and screens, and a unit that is not known here is shown as UCUM writes it.

/// A UCUM unit as it is printed: `10*3/uL` as `10³/µL`, `ug/dL` as `mcg/dL`, `m[IU]/L` as `mIU/L`;
/// nothing for what is only an annotation such as `{presence}`.
#[must_use]
pub fn shown(ucum: &str) -> String {
    // ISMP List of Error-Prone Abbreviations (2024): "mcg" rather than the sign for micrograms.
    let usual = match ucum {
        "1" | "[pH]" | "ratio" | "index" | "bool" | "char" => "",
        "mm[Hg]" => "mmHg",
        "m2" => "m\u{b2}",
        "mg/(24.h)" => "mg/24 h",
        "mL/min/{1.73_m2}" => "mL/min/1.73 m\u{b2}",
        other => return spelled(other),
    };
    usual.to_owned()
}

fn spelled(ucum: &str) -> String {
    if ucum.starts_with('{') && ucum.find('}') == Some(ucum.len() - 1) {
        return String::new();
    }
    let mut shown = ucum
        .replace("10*3", "10\u{b3}")
        .replace("10*6", "10\u{2076}")
        .replace("10*9", "10\u{2079}")
        .replace("10*12", "10\u{b9}\u{b2}")
        .replace("uL", "\u{b5}L")
        .replace("umol", "\u{b5}mol")
        .replace("ug/", "mcg/")
        .replace(['[', ']'], "");
    if let Some(rest) = shown.strip_prefix('{') {
        shown = rest.to_owned();
    }
    shown.replace("/100{", "/100 ").replace('{', " ").replace('}', "")
}

#[cfg(test)]
mod tests {
    use super::shown;

    #[test]
    fn units_are_spelled_as_people_read_them() {
        for (ucum, expected) in [
            ("mmol/L", "mmol/L"),
            ("10*3/uL", "10\u{b3}/\u{b5}L"),
            ("10*6/uL", "10\u{2076}/\u{b5}L"),
            ("ug/dL", "mcg/dL"),
            ("ug/mL{FEU}", "mcg/mL FEU"),
            ("umol/L", "\u{b5}mol/L"),
            ("m[IU]/L", "mIU/L"),
            ("mm[Hg]", "mmHg"),
            ("mg/g{creat}", "mg/g creat"),
            ("mL/min/{1.73_m2}", "mL/min/1.73 m\u{b2}"),
            ("/100{WBCs}", "/100 WBCs"),
            ("/[HPF]", "/HPF"),
            ("{copies}/mL", "copies/mL"),
            ("mg/(24.h)", "mg/24 h"),
            ("{presence}", ""),
            ("{INR}", ""),
            ("1", ""),
            ("[pH]", ""),
            ("%", "%"),
            ("U/L", "U/L"),
            ("", ""),
        ] {
            assert_eq!(shown(ucum), expected, "{ucum}");
        }
    }
}
