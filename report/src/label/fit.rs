//! How much text fits a line of the label, and how it is cut.
//!
//! What must stay true: a text said to fit does fit, on the label printer's condensed font and on
//! a plain printer's wider one; nothing invisible or reordering gets onto a label.

use lab::value::PersonName;

/// Marks a cut.
pub const CUT: &str = "...";

/// Longer texts are cut to this many characters before anything else is looked at.
const CHARACTERS_MAX: usize = 200;

/// Width of a text in dots when letters are `height` dots high, by the widths of a bold sans serif.
pub fn width(text: &str, height: u32) -> u32 {
    let thousandths: u32 = text.chars().map(letter_width).sum();
    (thousandths * height).div_ceil(1000)
}

// Adobe Font Metrics of Helvetica-Bold, in thousandths of the height, rounded up within a group.
fn letter_width(letter: char) -> u32 {
    match letter {
        '\u{300}'..='\u{36f}' => 0,
        'i' | 'j' | 'l' | 'I' | ' ' | '.' | ',' | '/' | '\'' | '|' | '\\' => 280,
        'f' | 't' | '-' | '!' | '(' | ')' | ':' | ';' | '[' | ']' | '`' => 340,
        'r' | '*' | '{' | '}' => 390,
        'z' | '"' => 500,
        'm' | '%' | 'W' | '@' => 975,
        'M' => 840,
        'w' | 'G' | 'O' | 'Q' => 780,
        'A'..='D' | 'H' | 'K' | 'N' | 'R' | 'U' | '&' => 730,
        'E'..='Z' => 670,
        'b' | 'd' | 'g' | 'h' | 'n' | 'o' | 'p' | 'q' | 'u' | '?' => 620,
        '\0'..='\u{7e}' => 590,
        '\u{7f}'..='\u{24f}' => 780,
        '\u{250}'..='\u{10ff}' => 850,
        _ => 1000,
    }
}

/// The text without what cannot be seen: line ends and tabs become a blank, controls and signs that
/// turn the direction of writing go.
pub fn plain(text: &str) -> String {
    let seen = text.chars().take(CHARACTERS_MAX).filter_map(|letter| match letter {
        '\n' | '\r' | '\t' => Some(' '),
        // Unicode 16.0, 23.2: zero-width and bidirectional format controls, byte order mark.
        '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2066}'..='\u{2069}'
        | '\u{feff}' => None,
        letter if letter.is_control() => None,
        letter => Some(letter),
    });
    seen.collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The text, cut and marked where it is wider than `most` dots.
pub fn cut(text: &str, height: u32, most: u32) -> String {
    let text = plain(text);
    if width(&text, height) <= most { text } else { cut_surely(&text, height, most) }
}

fn cut_surely(text: &str, height: u32, most: u32) -> String {
    let mut kept = String::new();
    for letter in text.chars() {
        kept.push(letter);
        if width(&kept, height) + width(CUT, height) > most {
            kept.pop();
            break;
        }
    }
    format!("{}{CUT}", kept.trim_end())
}

/// The name for a line `most` dots wide: the family name whole as long as it can be, the given
/// names cut to no less than their first letter.
pub fn name(name: &PersonName, height: u32, most: u32) -> String {
    let family = plain(&name.family);
    let given = plain(&name.given);
    if given.is_empty() {
        return cut(&family, height, most);
    }
    let whole = format!("{family}, {given}");
    if width(&whole, height) <= most {
        return whole;
    }
    let initial: String = given.chars().take(1).collect();
    let shortest = format!("{family}, {initial}{CUT}");
    if width(&shortest, height) <= most {
        return cut_surely(&whole, height, most);
    }
    let after = format!(", {initial}");
    let room = most.saturating_sub(width(&after, height));
    format!("{}{after}", cut(&family, height, room))
}

/// As many of the texts as fit, in order, then how many more there are: `CBCD BMP +3`.
pub fn as_many<'a>(texts: impl Iterator<Item = &'a str>, height: u32, most: u32) -> String {
    let texts: Vec<String> = texts.map(plain).collect();
    for kept in (0..=texts.len()).rev() {
        let more = texts.len() - kept;
        let mut line = texts.iter().take(kept).cloned().collect::<Vec<_>>().join(" ");
        if more > 0 {
            line = format!("{line} +{more}");
        }
        if width(&line, height) <= most {
            return line.trim_start().to_owned();
        }
    }
    String::new()
}

/// The text on at most `lines` lines, broken after blanks, hyphens and strokes, the last one cut.
pub fn wrapped(text: &str, height: u32, most: u32, lines: usize) -> Vec<String> {
    let text = plain(text);
    let mut set: Vec<String> = Vec::new();
    for piece in text.split_inclusive([' ', '-', '/']) {
        let full = set.len() >= lines;
        let fits = |last: &str| width(format!("{last}{piece}").trim_end(), height) <= most;
        match set.last_mut() {
            Some(last) if full || fits(last) => last.push_str(piece),
            _ => set.push(piece.to_owned()),
        }
    }
    set.iter().map(|line| cut(line, height, most)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_cut_by_the_stated_rule() {
        for (family, given, expected) in [
            ("Okafor", "Ngozi", "Okafor, Ngozi"),
            ("Okafor", "", "Okafor"),
            ("Wolfeschlegelstein", "Hubert Blaine", "Wolfeschlegelstein, Huber..."),
            ("Hubert", "Wolfeschlegelsteinhausenbergerdorff", "Hubert, Wolfeschlegelstei..."),
            ("Wolfeschlegelsteinhausenberger", "Hubert", "Wolfeschlegelsteinhau..., H"),
            ("\u{202e}O\nBrien\u{0}", "A\tnn", "O Brien, A nn"),
        ] {
            let whole = PersonName { family: family.into(), given: given.into() };
            let line = name(&whole, 28, 390);
            assert_eq!(line, expected);
            assert!(width(&line, 28) <= 390, "{line}");
        }
    }

    #[test]
    fn tests_that_do_not_fit_are_counted() {
        assert_eq!(as_many(["CBCD", "BMP"].into_iter(), 18, 390), "CBCD BMP");
        assert_eq!(as_many(["CBCD", "BMP", "HCT"].into_iter(), 18, 110), "CBCD +2");
        assert_eq!(as_many(["CBCD", "BMP"].into_iter(), 18, 30), "+2");
        assert_eq!(as_many([].into_iter(), 18, 30), "");
    }

    #[test]
    fn long_caps_wrap_between_words() {
        assert_eq!(wrapped("light blue", 18, 98, 2), ["light blue"]);
        assert_eq!(wrapped("blood-culture bottles", 17, 98, 2), ["blood-", "culture b..."]);
        assert_eq!(wrapped("viral transport medium", 18, 98, 2), ["viral", "transport..."]);
    }
}
