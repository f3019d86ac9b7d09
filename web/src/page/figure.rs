//! Small drawings made as SVG: the mark, the surface on the sign-in page, the sparkline in a row.
//!
//! What must stay true: they carry no text of their own that is not also in the page, take their
//! colors from the style sheet, and print.

use maud::{Markup, html};

/// The mark: a tube and the curved surface of what is in it.
pub fn mark() -> Markup {
    html! {
        svg viewBox="0 0 24 24" aria-hidden="true" {
            path d="M7 8.7q5 5 10 0V15a5 5 0 0 1-10 0z" fill="var(--liquid)" {}
            path d="M7 2.5V15a5 5 0 0 0 10 0V2.5" fill="none" stroke="currentColor"
                stroke-width="1.75" stroke-linecap="round" {}
        }
    }
}

/// The liquid at the foot of the sign-in page: it climbs where it meets the walls.
pub(super) fn surface() -> Markup {
    html! {
        svg viewBox="0 0 1200 240" preserveAspectRatio="none" aria-hidden="true" {
            path fill="currentColor"
                d="M0 0C36 76 150 104 600 104S1164 76 1200 0V240H0z" {}
        }
    }
}

/// Width and height of a sparkline in its own units.
const SPARK: (f64, f64) = (72.0, 20.0);

/// Earlier results of one test in one patient as a line, oldest first, with the reference band.
///
/// `says` is the same in words, for those who cannot see it. Fewer than two points draw nothing.
pub fn sparkline(points: &[f64], band: Option<(f64, f64)>, says: &str) -> Markup {
    let finite: Vec<f64> = points.iter().copied().filter(|y| y.is_finite()).collect();
    let (Some(last), true) = (finite.last(), finite.len() > 1) else { return html! {} };
    let (low, high) = extent(&finite, band);
    let (width, height) = SPARK;
    let level = |y: f64| 2.0 + (height - 4.0) * (1.0 - (y - low) / (high - low));
    let step = (width - 6.0) / (1..finite.len()).fold(0.0, |n, _| n + 1.0);
    let mut at = 2.0 - step;
    let line: Vec<String> = finite
        .iter()
        .map(|y| {
            at += step;
            format!("{at:.1},{:.1}", level(*y))
        })
        .collect();
    html! {
        svg .spark viewBox={ "0 0 " (width) " " (height) } role="img" aria-label=(says) {
            @if let Some((from, to)) = band {
                rect .band x="0" width=(width) y=(format!("{:.1}", level(to)))
                    height=(format!("{:.1}", (level(from) - level(to)).max(1.0))) {}
            }
            polyline points=(line.join(" ")) fill="none" stroke="currentColor" {}
            circle .last cx=(format!("{at:.1}")) cy=(format!("{:.1}", level(*last))) r="2" {}
        }
    }
}

/// Lowest and highest level to draw; never equal.
fn extent(points: &[f64], band: Option<(f64, f64)>) -> (f64, f64) {
    let (from, to) = band.unwrap_or((f64::INFINITY, f64::NEG_INFINITY));
    let low = points.iter().copied().fold(from, f64::min);
    let high = points.iter().copied().fold(to, f64::max);
    if high > low { (low, high) } else { (low - 1.0, low + 1.0) }
}
