//! How a value and a time are written on the wire, understood without changing them.
//!
//! What must stay true: the text after the comparator is as sent; a mark of a missing value is
//! never a value; a date that is no date is refused, not guessed.

/// A value with its comparator taken off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Value<'a> {
    /// `<`, `<=`, `>`, `>=`.
    pub comparator: Option<&'static str>,
    /// The rest, trimmed.
    pub text: &'a str,
    /// Whether something was measured.
    pub measured: bool,
}

/// Takes a value apart: `< 40` is `<` and `40`; `-----` is nothing measured.
///
/// A comparator before words (`< Titer min`) stays part of the text.
pub fn understand(sent: &str) -> Value<'_> {
    let text = sent.trim();
    let (comparator, rest) = comparator_of(text);
    if comparator.is_some() && begins_a_number(rest) {
        return Value { comparator, text: rest, measured: true };
    }
    Value { comparator: None, text, measured: !is_sentinel(text) }
}

fn comparator_of(text: &str) -> (Option<&'static str>, &str) {
    for (mark, comparator) in
        [("<=", "<="), (">=", ">="), ("≤", "<="), ("≥", ">="), ("<", "<"), (">", ">")]
    {
        if let Some(rest) = text.strip_prefix(mark) {
            return (Some(comparator), rest.trim_start());
        }
    }
    (None, text)
}

/// Whether the text begins as a number does: an optional sign or point, then a digit.
pub fn begins_a_number(text: &str) -> bool {
    let text = text.strip_prefix(['+', '-']).unwrap_or(text);
    let text = text.strip_prefix(['.', ',']).unwrap_or(text);
    text.starts_with(|c: char| c.is_ascii_digit())
}

/// Whether the text is one of the marks that instruments send in place of a value.
pub fn is_sentinel(text: &str) -> bool {
    let text = text.trim();
    if text.is_empty() || text == "\"\"" {
        return true;
    }
    // `-----`, `--.--`, `.....`, `***.**`, `*****`, `---`: rows of filling characters only.
    if text.chars().all(|c| matches!(c, '-' | '.' | '*')) {
        return true;
    }
    const WORDS: [&str; 7] =
        ["ValueNotSet", "ERROR", "ERREUR", "INVALID", "NO RESULT", "Not measured", "Short sample"];
    WORDS.iter().any(|word| text.eq_ignore_ascii_case(word))
}

/// The usual characters of the longest time: `2024-06-27T13:54:07.000+00:00`.
const LONGEST_TIME: usize = 29;

/// Writes a time of the wire (`YYYYMMDD[HHMM[SS[.f]]][+ZZZZ]`) as `2024-06-27T13:54:07`.
///
/// As precise as sent: a date alone stays a date. None if it is no such time.
pub fn time(sent: &str) -> Option<String> {
    let sent = sent.trim();
    let (clock, zone) = match sent.find(['+', '-', 'Z']) {
        Some(at) => sent.split_at_checked(at)?,
        None => (sent, ""),
    };
    let (digits, fraction) = clock.split_once('.').unwrap_or((clock, ""));
    if !digits.bytes().chain(fraction.bytes()).all(|b| b.is_ascii_digit()) {
        return None;
    }
    let mut out = date(digits.get(0..8)?)?;
    match digits.get(8..)? {
        "" => return Some(out),
        rest if matches!(rest.len(), 4 | 6) => {
            let (hour, minute) = (part(rest, 0, 23)?, part(rest, 2, 59)?);
            for text in ["T", hour, ":", minute] {
                out.push_str(text);
            }
            if rest.len() == 6 {
                out.push(':');
                // A leap second may be 60.
                out.push_str(part(rest, 4, 60)?);
                if !fraction.is_empty() {
                    out.push('.');
                    out.push_str(fraction);
                }
            }
        }
        _ => return None,
    }
    out.push_str(&zone_text(zone)?);
    Some(out)
}

fn date(digits: &str) -> Option<String> {
    let year = digits.get(0..4)?;
    let (month, day) = (part(digits, 4, 12)?, part(digits, 6, 31)?);
    if year == "0000" || month == "00" || day == "00" {
        return None;
    }
    // Every result has a time: it is put together in one place, with room for its clock and zone.
    let mut out = String::with_capacity(LONGEST_TIME);
    for text in [year, "-", month, "-", day] {
        out.push_str(text);
    }
    Some(out)
}

fn part(digits: &str, at: usize, most: u8) -> Option<&str> {
    let text = digits.get(at..at.checked_add(2)?)?;
    (text.parse::<u8>().ok()? <= most).then_some(text)
}

fn zone_text(zone: &str) -> Option<String> {
    match zone {
        "" => Some(String::new()),
        "Z" => Some("Z".to_owned()),
        _ => {
            let (sign, digits) = zone.split_at_checked(1)?;
            let digits = digits.replace(':', "");
            if digits.len() != 4 {
                return None;
            }
            Some(format!("{sign}{}:{}", part(&digits, 0, 14)?, part(&digits, 2, 59)?))
        }
    }
}

/// Reads a time that is written with its marks (`2018-07-26T15:51:26[.00][-08:00]`, or a date
/// alone) as [`time`] writes it. None if it is no such time.
pub fn written_time(sent: &str) -> Option<String> {
    let sent = sent.trim();
    let (date, clock) = sent.split_once('T').unwrap_or((sent, ""));
    let (year, month_day) = date.split_once('-')?;
    let (month, day) = month_day.split_once('-')?;
    if year.len() != 4 || month.len() != 2 || day.len() != 2 {
        return None;
    }
    let digits: String = clock.chars().filter(|c| *c != ':').collect();
    time(&format!("{year}{month}{day}{digits}"))
}

/// The reverse of [`time`]: `2024-06-27T13:54:07` becomes `20240627135407`.
pub fn wire_time(text: &str) -> String {
    match text.split_once('T') {
        None => text.replace('-', ""),
        Some((date, clock)) => {
            let mut out = date.replace('-', "");
            out.extend(clock.chars().filter(|c| *c != ':'));
            out
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_and_its_comparator() {
        for (sent, comparator, text, measured) in [
            ("12.3", None, "12.3", true),
            (" 8.13 ", None, "8.13", true),
            ("12,3", None, "12,3", true),
            ("173.", None, "173.", true),
            (".5", None, ".5", true),
            ("<3.00", Some("<"), "3.00", true),
            ("< 40", Some("<"), "40", true),
            (">8", Some(">"), "8", true),
            ("<=1", Some("<="), "1", true),
            (">= 15000", Some(">="), "15000", true),
            ("<.5", Some("<"), ".5", true),
            ("< Titer min", None, "< Titer min", true),
            ("<", None, "<", true),
            ("3.26E+05", None, "3.26E+05", true),
            ("2.52E+3 (3.40)", None, "2.52E+3 (3.40)", true),
            ("1:160", None, "1:160", true),
            ("+++", None, "+++", true),
            ("neg", None, "neg", true),
            ("-1.00", None, "-1.00", true),
            ("-----", None, "-----", false),
            (".....", None, ".....", false),
            ("***.**", None, "***.**", false),
            ("--.-", None, "--.-", false),
            ("", None, "", false),
            ("  ", None, "", false),
            ("\"\"", None, "\"\"", false),
            ("ValueNotSet", None, "ValueNotSet", false),
            ("Invalid", None, "Invalid", false),
            ("ERROR", None, "ERROR", false),
        ] {
            assert_eq!(understand(sent), Value { comparator, text, measured }, "{sent:?}");
        }
    }

    #[test]
    fn a_time_written_with_its_marks_is_checked_and_kept() {
        for (sent, expect) in [
            ("2018-07-26T15:51:26", Some("2018-07-26T15:51:26")),
            ("2006-01-01T13:40:59-08:00", Some("2006-01-01T13:40:59-08:00")),
            ("2007-04-12T18:53:04.00-05:00", Some("2007-04-12T18:53:04.00-05:00")),
            ("2020-03-31", Some("2020-03-31")),
            ("2020-13-31", None),
            ("2020-3-31", None),
            ("20200331", None),
            ("2020-03-31T25:00:00", None),
            ("2020-03-31Tnoon", None),
            ("", None),
        ] {
            assert_eq!(written_time(sent).as_deref(), expect, "{sent:?}");
        }
    }

    #[test]
    fn a_time_is_as_precise_as_sent() {
        for (sent, expect) in [
            ("20240627135407", Some("2024-06-27T13:54:07")),
            ("201812052237", Some("2018-12-05T22:37")),
            ("20100326", Some("2010-03-26")),
            ("20190103162106-0300", Some("2019-01-03T16:21:06-03:00")),
            ("20111024181046.736", Some("2011-10-24T18:10:46.736")),
            ("20260112150335+0100", Some("2026-01-12T15:03:35+01:00")),
            ("", None),
            ("00000000", None),
            ("20241350", None),
            ("20240627256107", None),
            ("2024-06-27", None),
            ("yesterday", None),
            ("2024062713540", None),
            ("é0240627", None),
        ] {
            assert_eq!(time(sent).as_deref(), expect, "{sent:?}");
            if let Some(text) = time(sent) {
                assert_eq!(wire_time(&text).replace(':', ""), sent.replace(':', ""), "{sent:?}");
            }
        }
    }
}
