//! Where everything stands on the label, in dots of a 203 dpi printer (8 to the millimeter).
//!
//! What must stay true: nothing overlaps, least of all the quiet zones of the bars; every line of
//! text ends within the label.

use lab::value::Priority;

use super::LabelFor;
use super::fit;
use crate::clock;

/// Width of the label: 2 inches.
pub const WIDE: u32 = 406;
/// Height of the label: 1 inch.
pub const HIGH: u32 = 203;
/// Free of print on the left and right.
pub const MARGIN: u32 = 8;
/// Where the column at the right of the bars begins.
const SIDE: u32 = 300;
const FULL: u32 = WIDE - 2 * MARGIN;
const SIDE_WIDE: u32 = WIDE - MARGIN - SIDE;

/// Width of one module of the bars: 0.25 mm.
// CLSI AUTO02-A2: X of at least 0.19 mm; 0.25 mm is two dots at 203 dpi.
pub const MODULE: u32 = 2;
/// Height of the bars.
// CLSI AUTO02-A2: at least 10 mm.
pub const BARS_HIGH: u32 = 80;
/// Upper left corner of the bars, behind the quiet zone.
pub const BARS_AT: (u32, u32) = (MARGIN + crate::code128::QUIET_MODULES * MODULE, 80);

/// One thing on the label; places are the upper left corner in dots.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mark {
    /// A line of text, letters `high` dots high.
    Text { at: (u32, u32), high: u32, text: String },
    /// A box with a word in it, white on black where `reversed`.
    Boxed { at: (u32, u32), size: (u32, u32), word: &'static str, reversed: bool },
    /// A line to write on.
    Line { at: (u32, u32), wide: u32 },
}

/// Height of the letters of a boxed word.
pub const BOXED_HIGH: u32 = 28;

/// Everything on the label but the bars.
pub fn marks(label: &LabelFor<'_>) -> Vec<Mark> {
    let mut marks = who(label);
    let tests = label.tests.iter().map(|code| code.as_str());
    marks.push(text((MARGIN, 59), 18, fit::as_many(tests, 18, FULL)));
    marks.extend(side(label));
    marks.push(text((BARS_AT.0, 163), 18, spaced(label.label.as_str())));
    marks.extend(collection(label));
    marks
}

fn text(at: (u32, u32), high: u32, text: String) -> Mark {
    Mark::Text { at, high, text }
}

/// Heights of the letters of a record number, largest first: smaller before anything is cut.
const NUMBER_HIGH: [u32; 3] = [20, 17, 14];

/// Name, record number, birth date and sex.
fn who(label: &LabelFor<'_>) -> Vec<Mark> {
    let born = label.birth_date.map_or_else(|| "unknown".to_owned(), |born| born.to_string());
    let born = format!("DOB {born} {}", label.sex.letter());
    let born_at = WIDE - MARGIN - fit::width(&born, 20);
    let room = born_at - MARGIN - fit::width("  ", 20);
    let number = fit::plain(&format!("MRN {}", label.record_number));
    let fits = |high: &u32| fit::width(&number, *high) <= room;
    let high = NUMBER_HIGH.into_iter().find(fits).unwrap_or(14);
    let top = 37 + (20 - high) * 4 / 5;
    vec![
        text((MARGIN, 6), 28, fit::name(label.name, 28, FULL)),
        text((MARGIN, top), high, fit::cut(&number, high, room)),
        text((born_at, 37), 20, born),
    ]
}

/// At the right of the bars: priority, cap, container.
fn side(label: &LabelFor<'_>) -> Vec<Mark> {
    let mut marks = Vec::new();
    let boxed = |reversed| Mark::Boxed {
        at: (SIDE, 82),
        size: (SIDE_WIDE, 34),
        word: label.priority.word(),
        reversed,
    };
    match label.priority {
        Priority::Stat => marks.push(boxed(true)),
        Priority::Asap | Priority::Timed => marks.push(boxed(false)),
        Priority::Routine => {}
    }
    let lines = fit::wrapped(label.cap, 17, SIDE_WIDE, 2);
    for (top, line) in [122, 140].into_iter().zip(lines) {
        marks.push(text((SIDE, top), 17, line));
    }
    marks.push(text((SIDE, 164), 14, fit::cut(label.container, 14, SIDE_WIDE)));
    marks
}

/// When it was collected, or lines to write that on; and by whom.
fn collection(label: &LabelFor<'_>) -> Vec<Mark> {
    let top = 184;
    let below = top + 15;
    let mut marks = match label.collected_at {
        Some(at) => {
            let said = format!("Coll {}", clock::minute_zoned(at, label.zone));
            vec![text((MARGIN, top), 16, said)]
        }
        None => vec![
            text((MARGIN, top), 16, "Coll".to_owned()),
            Mark::Line { at: (46, below), wide: 194 },
        ],
    };
    marks.push(text((252, top), 16, "By".to_owned()));
    marks.push(Mark::Line { at: (276, below), wide: WIDE - MARGIN - 276 });
    marks
}

/// The number as people read it aloud: day, sequence, container with check digit.
fn spaced(digits: &str) -> String {
    match (digits.get(..5), digits.get(5..10), digits.get(10..)) {
        (Some(day), Some(sequence), Some(rest)) => format!("{day} {sequence} {rest}"),
        _ => digits.to_owned(),
    }
}
