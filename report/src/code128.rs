//! Code 128 bars (ISO/IEC 15417) with subsets B and C.
//!
//! Subset C packs two digits into one symbol, so the thirteen digits of a label take six symbols of
//! C, a switch, and one of B: 123 modules with start, check and stop.
//!
//! What must stay true: any scanner reads back exactly the text that was given; the check symbol is
//! always there; whoever draws the bars leaves [`QUIET_MODULES`] white on both sides.

/// White modules that must stand on each side of the bars.
// ISO/IEC 15417 4.4: quiet zones of at least 10X.
pub const QUIET_MODULES: u32 = 10;

/// A text as bars.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code128 {
    values: Vec<u8>,
}

/// Why a text cannot be drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotDrawable {
    /// There is nothing to draw.
    Empty,
    /// A character outside of printable ASCII (space to tilde).
    Character(char),
}

// ISO/IEC 15417 Table 1 and 4.3.4: values of the code and start symbols.
const TO_C: u8 = 99;
const TO_B: u8 = 100;
const START_B: u8 = 104;
const START_C: u8 = 105;
const STOP: u8 = 106;

/// Runs of digits from this length on are shorter in subset C, at the begin or end of the text.
// ISO/IEC 15417 Annex E: use of code set C for four digits or more.
const RUN_AT_AN_END: usize = 4;
/// The same in the middle of a text, where subset C must be entered and left again.
// ISO/IEC 15417 Annex E: six digits or more within the text.
const RUN_WITHIN: usize = 6;

impl Code128 {
    /// The bars of a text of printable ASCII characters.
    ///
    /// # Errors
    /// [`NotDrawable`] when the text is empty or has another character in it.
    pub fn of(text: &str) -> Result<Code128, NotDrawable> {
        if let Some(other) = text.chars().find(|c| !(' '..='~').contains(c)) {
            return Err(NotDrawable::Character(other));
        }
        if text.is_empty() {
            return Err(NotDrawable::Empty);
        }
        let mut values = symbols(text.as_bytes());
        values.push(check(&values));
        values.push(STOP);
        Ok(Code128 { values })
    }

    /// The symbol values in order: start, text, check, stop.
    #[must_use]
    pub fn values(&self) -> &[u8] {
        &self.values
    }

    /// The widths in modules of bars and gaps in turn, a bar first.
    pub fn widths(&self) -> impl Iterator<Item = u32> {
        let patterns = self.values.iter().filter_map(|value| PATTERNS.get(usize::from(*value)));
        patterns.flat_map(|pattern| pattern.bytes()).map(|width| u32::from(width - b'0'))
    }

    /// How many modules the bars take, without quiet zones.
    #[must_use]
    pub fn modules(&self) -> u32 {
        self.widths().sum()
    }

    /// The bars as one SVG path, `module` wide and `height` high, with the left upper corner at
    /// `left` and `top`, all in whole units of the drawing so that no edge is blurred.
    #[must_use]
    pub fn path(&self, (left, top): (u32, u32), module: u32, height: u32) -> String {
        let mut path = String::new();
        let mut x = left;
        for (place, width) in self.widths().enumerate() {
            let width = width * module;
            if place % 2 == 0 {
                path.push_str(&format!("M{x} {top}h{width}v{height}h-{width}z"));
            }
            x += width;
        }
        path
    }
}

/// Start and text symbols, in whichever subset is shorter.
fn symbols(text: &[u8]) -> Vec<u8> {
    let whole = digits(text) == text.len();
    let in_c = digits(text) >= RUN_AT_AN_END || (whole && text.len() == 2);
    let mut values = vec![if in_c { START_C } else { START_B }];
    let mut in_c = in_c;
    let mut rest = text;
    while let Some((first, after)) = rest.split_first() {
        let run = digits(rest);
        if in_c {
            match rest {
                [tens, ones, after @ ..] if run >= 2 => {
                    values.push((tens - b'0') * 10 + (ones - b'0'));
                    rest = after;
                }
                _ => {
                    values.push(TO_B);
                    in_c = false;
                }
            }
        } else if run.is_multiple_of(2)
            && (run >= RUN_WITHIN || (run >= RUN_AT_AN_END && run == rest.len()))
        {
            values.push(TO_C);
            in_c = true;
        } else {
            values.push(first - b' ');
            rest = after;
        }
    }
    values
}

/// How many digits the text begins with.
fn digits(text: &[u8]) -> usize {
    text.iter().take_while(|byte| byte.is_ascii_digit()).count()
}

/// The check symbol: the start value plus each value times its place, modulo 103.
// ISO/IEC 15417 Annex A.1.
fn check(values: &[u8]) -> u8 {
    let weighted: u32 = (0_u32..).zip(values).map(|(place, v)| place.max(1) * u32::from(*v)).sum();
    u8::try_from(weighted % 103).unwrap_or_default()
}

// ISO/IEC 15417 Table 1: element widths of symbol values 0 to 106, bar first.
const PATTERNS: [&str; 107] = [
    "212222", "222122", "222221", "121223", "121322", "131222", "122213", "122312", "132212",
    "221213", "221312", "231212", "112232", "122132", "122231", "113222", "123122", "123221",
    "223211", "221132", "221231", "213212", "223112", "312131", "311222", "321122", "321221",
    "312212", "322112", "322211", "212123", "212321", "232121", "111323", "131123", "131321",
    "112313", "132113", "132311", "211313", "231113", "231311", "112133", "112331", "132131",
    "113123", "113321", "133121", "313121", "211331", "231131", "213113", "213311", "213131",
    "311123", "311321", "331121", "312113", "312311", "332111", "314111", "221411", "431111",
    "111224", "111422", "121124", "121421", "141122", "141221", "112214", "112412", "122114",
    "122411", "142112", "142211", "241211", "221114", "413111", "241112", "134111", "111242",
    "121142", "121241", "114212", "124112", "124211", "411212", "421112", "421211", "212141",
    "214121", "412121", "111143", "111341", "131141", "114113", "114311", "411113", "411311",
    "113141", "114131", "311141", "411131", "211412", "211214", "211232", "2331112",
];
