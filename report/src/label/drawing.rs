//! The label as a drawing: in a page, or one to a sheet for a plain printer.
//!
//! What must stay true: same layout as the label printer's; no style attribute and no script, so
//! that it may stand in any page of the program.

use lab::value::{Label, Priority};
use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::layout::{self, BARS_AT, BARS_HIGH, BOXED_HIGH, HIGH, MODULE, Mark, WIDE};
use super::{Copies, LabelFor};
use crate::code128::Code128;

/// The style of [`sheet`].
pub const SHEET_STYLE: &str = include_str!("sheet.css");
/// The hash by which a content security policy lets the style of [`sheet`] stand in it:
/// `style-src 'sha256-…'`.
pub const SHEET_STYLE_HASH: &str = "sha256-MsxKsUIkjkO1RFWpRnjpgKH91FIjYFegj4suZl+n2NY=";

/// The label as an SVG of 2 by 1 inch.
#[must_use]
pub fn svg(label: &LabelFor<'_>) -> Markup {
    let said = format!("Label {} of {}", label.label, label.name);
    html! {
        svg xmlns="http://www.w3.org/2000/svg" class="label" role="img" aria-label=(said)
            width="2in" height="1in" viewBox=(format!("0 0 {WIDE} {HIGH}"))
            font-family="'Arial Narrow','Liberation Sans Narrow',Arial,Helvetica,sans-serif"
            font-weight="bold" fill="#000" {
            rect width=(WIDE) height=(HIGH) fill="#fff" {}
            @for mark in layout::marks(label) { (drawn(&mark)) }
            path d=(bars(label.label)) shape-rendering="crispEdges" {}
        }
    }
}

fn drawn(mark: &Mark) -> Markup {
    match mark {
        Mark::Text { at, high, text } => html! {
            text x=(at.0) y=(baseline(at.1, *high)) font-size=(high) xml:space="preserve" { (text) }
        },
        Mark::Boxed { at, size, word, reversed } => {
            let (paper, ink) = if *reversed { ("#000", "#fff") } else { ("#fff", "#000") };
            let top = at.1 + (size.1 - BOXED_HIGH) / 2;
            html! {
                rect x=(at.0 + 1) y=(at.1 + 1) width=(size.0 - 2) height=(size.1 - 2)
                    fill=(paper) stroke="#000" stroke-width="2" {}
                text x=(at.0 + size.0 / 2) y=(baseline(top, BOXED_HIGH)) font-size=(BOXED_HIGH)
                    text-anchor="middle" fill=(ink) { (word) }
            }
        }
        Mark::Line { at, wide } => html! {
            rect x=(at.0) y=(at.1) width=(wide) height="1" {}
        },
    }
}

/// Letters stand on a line four fifths down from the top of their height.
const fn baseline(top: u32, high: u32) -> u32 {
    top + high * 4 / 5
}

/// Thirteen digits are always drawable.
fn bars(label: &Label) -> String {
    Code128::of(label.as_str()).map(|c| c.path(BARS_AT, MODULE, BARS_HIGH)).unwrap_or_default()
}

/// Labels for a plain printer, one to a sheet of 2 by 1 inch, each so many times, as a page of its
/// own. The most urgent print first.
#[must_use]
pub fn sheet(labels: &[LabelFor<'_>], copies: Copies) -> Markup {
    let mut labels: Vec<&LabelFor<'_>> = labels.iter().collect();
    labels.sort_by_key(|label| label.priority != Priority::Stat);
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                title { "Specimen labels" }
                style { (PreEscaped(SHEET_STYLE)) }
            }
            body {
                @for label in labels {
                    @for _ in 0..copies.count() { (svg(label)) }
                }
            }
        }
    }
}
