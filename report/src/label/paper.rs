//! The label as PDF: one to a sheet of 2 by 1 inch, for a printer of any kind.
//!
//! What must stay true: same layout as the label printer's; the bars are rectangles, so that no
//! printer blurs their edges; a copy differs in nothing from the first.

use lab::value::{Moment, Priority};

use super::layout::{self, BARS_AT, BARS_HIGH, BOXED_HIGH, MODULE, Mark};
use super::{Copies, LabelFor};
use crate::code128::Code128;
use crate::pdf::{
    Block, Cell, Document, Ink, Letters, NotPrinted, Paper, Part, Role, Row, Rule, Side, Style,
    made, written,
};
use crate::text::Text;

/// Labels as a PDF file, each so many times, the most urgent first.
///
/// # Errors
/// [`NotPrinted`] where the file cannot be written.
pub fn pdf(labels: &[LabelFor<'_>], copies: Copies, now: Moment) -> Result<Vec<u8>, NotPrinted> {
    let mut labels: Vec<&LabelFor<'_>> = labels.iter().collect();
    labels.sort_by_key(|label| label.priority != Priority::Stat);
    let mut letters = Letters::default();
    let mut rows = Vec::new();
    for label in labels {
        for _ in 0..copies.count() {
            rows.push(row(label, &mut letters));
        }
    }
    let document = Document {
        title: "Specimen labels".to_owned(),
        paper: Paper::Label,
        made: made(now),
        running: Vec::new(),
        foot: String::new(),
        parts: vec![Part::Lines(rows)],
    };
    written(&document, &mut letters)
}

/// Dots of the layout in points: 203 dots and 72 points to the inch.
fn points(dots: u32) -> f32 {
    f32::from(u16::try_from(dots).unwrap_or(u16::MAX)) * 72.0 / 203.0
}

/// One label, as high as its sheet.
fn row(label: &LabelFor<'_>, letters: &mut Letters) -> Row {
    let mut row = Row { high: Paper::Label.size().1, ..Row::default() };
    row.rules.extend(bars(label));
    for mark in layout::marks(label) {
        draw(&mut row, &mark, letters);
    }
    row
}

fn rule((x, y): (u32, u32), (wide, high): (u32, u32), shade: u8) -> Rule {
    Rule { x: points(x), y: points(y), wide: points(wide), high: points(high), shade }
}

fn draw(row: &mut Row, mark: &Mark, letters: &mut Letters) {
    match mark {
        Mark::Text { text, .. } if text.is_empty() => {}
        Mark::Text { at, high, text } => {
            let block = set(letters, text, (*high, Ink::Black));
            row.cells.push(standing(block, *at, *high));
        }
        Mark::Boxed { at, size, word, reversed } => {
            row.rules.push(rule(*at, *size, 0));
            let within = ((at.0 + 2, at.1 + 2), (size.0 - 4, size.1 - 4));
            if !reversed {
                row.rules.push(rule(within.0, within.1, 255));
            }
            let ink = if *reversed { Ink::White } else { Ink::Black };
            let block = set(letters, word, (BOXED_HIGH, ink));
            let beside = (points(size.0) - block.wide()) / 2.0;
            let top = at.1 + (size.1 - BOXED_HIGH) / 2;
            let mut cell = standing(block, (at.0, top), BOXED_HIGH);
            cell.x += beside;
            row.cells.push(cell);
        }
        Mark::Line { at, wide } => row.rules.push(rule(*at, (*wide, 1), 0)),
    }
}

fn set(letters: &mut Letters, text: &str, (high, ink): (u32, Ink)) -> Block {
    let style = Style { size: points(high), ink, wide: f32::INFINITY, side: Side::Left };
    letters.set(&Text::bold(text), style)
}

/// Letters stand on a line four fifths down from the top of their height.
fn standing(block: Block, (x, y): (u32, u32), high: u32) -> Cell {
    let line = points(y) + points(high) * 0.8;
    Cell { x: points(x), y: line - block.baseline(), block, role: Role::Words }
}

/// Thirteen digits are always drawable.
fn bars(label: &LabelFor<'_>) -> Vec<Rule> {
    let Ok(code) = Code128::of(label.label.as_str()) else { return Vec::new() };
    let mut x = BARS_AT.0;
    let mut bars = Vec::new();
    for (place, width) in code.widths().enumerate() {
        let wide = width * MODULE;
        if place % 2 == 0 {
            bars.push(rule((x, BARS_AT.1), (wide, BARS_HIGH), 0));
        }
        x += wide;
    }
    bars
}
