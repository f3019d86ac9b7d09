//! The label as ZPL II, the language of most label printers.
//!
//! What must stay true: whatever comes from an order is written with `^FH_`, with every character
//! that ZPL reads as a command or an escape in hexadecimal; a saved shift of the printer is put
//! back to the one given here.

use std::fmt::Write;

use super::layout::{self, BARS_AT, BARS_HIGH, BOXED_HIGH, HIGH, MODULE, Mark, WIDE};
use super::{Copies, LabelFor};

/// How finely a printer prints.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Density {
    /// 203 dots an inch, 8 dots a millimeter.
    #[default]
    Dpi203,
    /// 300 dots an inch, 12 dots a millimeter.
    Dpi300,
}

impl Density {
    /// A length in dots of 203 dpi in dots of this printer; bars stay whole dots.
    const fn dots(self, dots: u32) -> u32 {
        match self {
            Density::Dpi203 => dots,
            Density::Dpi300 => dots * 3 / 2,
        }
    }
}

/// One label printer: its density, and how far its print is moved on the paper.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Printer {
    /// How finely it prints.
    pub density: Density,
    /// Dots to the left (`^LS`); negative for right.
    pub left: i16,
    /// Dots down (`^LT`), -120 to 120; negative for up.
    pub down: i16,
}

/// The farthest a label may be moved up or down, in dots.
// ZPL II Programming Guide, ^LT: -120 to 120.
const DOWN_MOST: i16 = 120;

/// The label as ZPL II text in UTF-8, ready to be sent to the printer.
#[must_use]
pub fn zpl(label: &LabelFor<'_>, printer: Printer, copies: Copies) -> String {
    let dots = |length| printer.density.dots(length);
    let down = printer.down.clamp(-DOWN_MOST, DOWN_MOST);
    let mut zpl = format!(
        "^XA\n^CI28\n^PW{}\n^LL{}\n^LH0,0\n^LS{}\n^LT{down}\n",
        dots(WIDE),
        dots(HIGH),
        printer.left,
    );
    for mark in layout::marks(label) {
        draw(&mut zpl, &mark, printer.density);
    }
    zpl.push_str(&bars(label, printer.density));
    zpl + &format!("^PQ{}\n^XZ\n", copies.count())
}

fn draw(zpl: &mut String, mark: &Mark, density: Density) {
    let dots = |length| density.dots(length);
    match mark {
        Mark::Text { text, .. } if text.is_empty() => {}
        Mark::Text { at, high, text } => field(zpl, *at, *high, (density, text)),
        Mark::Boxed { at, size, word, reversed } => {
            let (wide, high) = (dots(size.0), dots(size.1));
            let thick = if *reversed { high } else { dots(2) };
            let (x, y) = (dots(at.0), dots(at.1));
            let top = y + (high - dots(BOXED_HIGH)) / 2;
            let letters = dots(BOXED_HIGH);
            let turned = if *reversed { "^FR" } else { "" };
            let _ = writeln!(zpl, "^FO{x},{y}^GB{wide},{high},{thick}^FS");
            let _ = writeln!(
                zpl,
                "^FO{x},{top}{turned}^A0N,{letters},{letters}^FB{wide},1,0,C^FH_^FD{word}^FS"
            );
        }
        Mark::Line { at, wide } => {
            let (x, y) = (dots(at.0), dots(at.1));
            let _ = writeln!(zpl, "^FO{x},{y}^GB{},1,1^FS", dots(*wide));
        }
    }
}

fn field(zpl: &mut String, at: (u32, u32), high: u32, (density, text): (Density, &str)) {
    let (x, y) = (density.dots(at.0), density.dots(at.1));
    let high = density.dots(high);
    let _ = writeln!(zpl, "^FO{x},{y}^A0N,{high},{high}^FH_^FD{}^FS", escaped(text));
}

/// Six pairs in subset C, then the last digit in subset B: `>;` starts C, `>6` goes on in B (ZPL II
/// Programming Guide, ^BC, table of invocation codes). Said explicitly, since what automatic mode
/// packs differs between printers and a wider code would run into its neighbors.
fn bars(label: &LabelFor<'_>, density: Density) -> String {
    let digits = label.label.as_str();
    let (pairs, last) = digits.split_at_checked(12).unwrap_or((digits, ""));
    format!(
        "^FO{},{}^BY{}^BCN,{},N,N,N,N^FD>;{pairs}>6{last}^FS\n",
        density.dots(BARS_AT.0),
        density.dots(BARS_AT.1),
        density.dots(MODULE),
        density.dots(BARS_HIGH),
    )
}

/// The text as `^FH_` field content: what ZPL would read as command, control or escape becomes
/// `_` and two hexadecimal digits.
fn escaped(text: &str) -> String {
    let mut safe = String::new();
    for letter in text.chars() {
        match letter {
            '^' | '~' | '_' | '\\' => {
                let _ = write!(safe, "_{:02X}", u32::from(letter));
            }
            letter if letter.is_control() => safe.push(' '),
            letter => safe.push(letter),
        }
    }
    safe
}
