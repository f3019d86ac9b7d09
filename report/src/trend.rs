//! The trend of one test in one patient as a drawing, with the reference interval as a band.
//!
//! What must stay true: every point is a result as it was reported, with its flag as letters and
//! its own interval behind it; `<6` is an open point at its bound, never a plain one; what is no
//! figure is not drawn, and the rows under the drawing have it; black and white suffice.

use jiff::tz::TimeZone;
use lab::accession::{Flag, ResultVersion};
use lab::value::{Moment, Value};
use maud::{Markup, html};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::{clock, unit};

/// One result of the trend.
#[derive(Clone, Copy, Debug)]
pub struct Point<'a> {
    /// When the specimen was taken.
    pub at: Moment,
    /// The result.
    pub result: &'a ResultVersion,
}

/// Width and height of the drawing, and of the room for figures at its left and below.
const SIZE: (f64, f64) = (760.0, 260.0);
const LEFT: f64 = 56.0;
const RIGHT: f64 = 20.0;
const TOP: f64 = 18.0;
const BELOW: f64 = 26.0;
/// Parts of the height that stay free above and below the values.
const AIR: f64 = 0.08;
/// About how many lines across, and how many days below.
const LINES: f64 = 5.0;
const DAYS: u8 = 5;

/// A result at its place.
struct Spot<'a> {
    x: f64,
    y: f64,
    band: Option<(f64, f64)>,
    point: &'a Point<'a>,
}

/// The scale of the values.
#[derive(Clone, Copy)]
struct Scale {
    low: f64,
    high: f64,
}

impl Scale {
    fn y(self, value: f64) -> f64 {
        let part = (value - self.low) / (self.high - self.low);
        TOP + (SIZE.1 - TOP - BELOW) * (1.0 - part)
    }
}

/// The drawing; nothing where fewer than two results are figures. `name` is the test's.
#[must_use]
pub fn trend(points: &[Point<'_>], name: &str, zone: &TimeZone) -> Option<Markup> {
    let mut figures: Vec<(&Point<'_>, f64)> =
        points.iter().filter_map(|point| Some((point, figure(point.result)?))).collect();
    figures.sort_by_key(|(point, _)| point.at);
    let ((first, _), (last, newest)) = (figures.first()?, figures.last()?);
    if figures.len() < 2 {
        return None;
    }
    let scale = scale(&figures);
    let span = minutes(first.at, last.at).max(1.0);
    let x = |at: Moment| LEFT + (SIZE.0 - LEFT - RIGHT) * minutes(first.at, at) / span;
    let spots: Vec<Spot<'_>> = figures
        .iter()
        .map(|(point, value)| Spot {
            x: x(point.at),
            y: scale.y(*value),
            band: band(point.result, scale),
            point,
        })
        .collect();
    let unit = unit::shown(&last.result.unit);
    let said = format!(
        "{name}, {} results from {} to {}, the newest {newest} {unit}",
        figures.len(),
        clock::day(first.at, zone),
        clock::day(last.at, zone),
    );
    let path: Vec<String> =
        spots.iter().map(|spot| format!("{:.1},{:.1}", spot.x, spot.y)).collect();
    Some(html! {
        svg xmlns="http://www.w3.org/2000/svg" class="trend" role="img" aria-label=(said)
            viewBox=(format!("0 0 {} {}", SIZE.0, SIZE.1)) font-size="12" fill="currentColor" {
            (bands(&spots))
            (lines(scale, &unit))
            (days((first.at, last.at), zone))
            polyline points=(path.join(" ")) fill="none" stroke="currentColor"
                stroke-width="1.25" {}
            @for spot in &spots { (drawn(spot, zone)) }
        }
    })
}

/// The value as a figure of the scale; none for words.
fn figure(result: &ResultVersion) -> Option<f64> {
    result.value.sort_key().filter(|figure| figure.is_finite())
}

fn minutes(from: Moment, to: Moment) -> f64 {
    i32::try_from(to.minutes_since(from)).map_or(0.0, f64::from)
}

/// From the lowest to the highest of values and limits, with air above and below.
fn scale(figures: &[(&Point<'_>, f64)]) -> Scale {
    let limits = figures.iter().flat_map(|(point, _)| {
        let limits = &point.result.limits;
        [limits.low, limits.high].into_iter().flatten().filter_map(plain)
    });
    let all: Vec<f64> = figures.iter().map(|(_, value)| *value).chain(limits).collect();
    let low = all.iter().copied().fold(f64::INFINITY, f64::min);
    let high = all.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let air = if high > low { (high - low) * AIR } else { high.abs().max(1.0) * 0.5 };
    // A laboratory's figures are seldom below nothing; no room is kept there without need.
    let floor = if low >= 0.0 { (low - air).max(0.0) } else { low - air };
    Scale { low: floor, high: high + air }
}

fn plain(limit: Decimal) -> Option<f64> {
    limit.to_f64()
}

/// The interval of one result as upper and lower edge in the drawing, open sides to the end.
fn band(result: &ResultVersion, scale: Scale) -> Option<(f64, f64)> {
    let limits = &result.limits;
    if limits.low.is_none() && limits.high.is_none() {
        return None;
    }
    let low = limits.low.and_then(plain).unwrap_or(scale.low);
    let high = limits.high.and_then(plain).unwrap_or(scale.high);
    Some((scale.y(high), scale.y(low)))
}

/// Each result's own interval, from half way to its neighbors.
fn bands(spots: &[Spot<'_>]) -> Markup {
    let middle = |a: Option<&Spot<'_>>, b: Option<&Spot<'_>>, end: f64| match (a, b) {
        (Some(a), Some(b)) => (a.x + b.x) / 2.0,
        _ => end,
    };
    html! {
        @for (at, spot) in spots.iter().enumerate() {
            @if let Some((top, bottom)) = spot.band {
                @let before = at.checked_sub(1).and_then(|at| spots.get(at));
                @let from = middle(before, Some(spot), LEFT);
                @let upto = middle(Some(spot), spots.get(at + 1), SIZE.0 - RIGHT);
                rect class="band" x=(short(from)) y=(short(top)) width=(short(upto - from))
                    height=(short(bottom - top)) fill-opacity="0.1" {}
            }
        }
    }
}

fn short(figure: f64) -> String {
    format!("{figure:.1}")
}

/// Lines across at round figures, the highest with the unit.
fn lines(scale: Scale, unit: &str) -> Markup {
    let (step, decimals) = step((scale.high - scale.low) / LINES);
    let mut at = (scale.low / step).ceil() * step;
    let mut levels = Vec::new();
    while at <= scale.high && levels.len() < 20 {
        levels.push(at);
        at += step;
    }
    let right = SIZE.0 - RIGHT;
    html! {
        @for level in &levels {
            @let y = short(scale.y(*level));
            line x1=(LEFT) x2=(right) y1=(y) y2=(y) stroke="currentColor" stroke-opacity="0.25"
                stroke-width="0.75" {}
            text x=(LEFT - 6.0) y=(y) text-anchor="end" dominant-baseline="middle" {
                (format!("{level:.decimals$}"))
            }
        }
        text x=(LEFT) y=(TOP - 7.0) { (unit) }
    }
}

/// The round figure (1, 2 or 5 by a power of ten) next to this distance, and its decimals.
fn step(distance: f64) -> (f64, usize) {
    let power = 10_f64.powf(distance.log10().floor());
    let round = [1.0, 2.0, 5.0, 10.0].into_iter().find(|round| round * power >= distance);
    let step = round.unwrap_or(10.0) * power;
    let decimals = (0..6).find(|places| {
        let shifted = step * 10_f64.powi(*places);
        (shifted - shifted.round()).abs() < 1e-6
    });
    (step, decimals.and_then(|places| usize::try_from(places).ok()).unwrap_or(6))
}

/// Days below the drawing, evenly apart; hours too where all lies within two days.
fn days((first, last): (Moment, Moment), zone: &TimeZone) -> Markup {
    let span = last.minutes_since(first);
    let form = if span < 2 * 24 * 60 { "%m-%d %H:%M" } else { "%Y-%m-%d" };
    let mut told: Vec<(f64, String)> = Vec::new();
    for number in 0..DAYS {
        let at = first.plus_minutes(span / i64::from(DAYS - 1) * i64::from(number));
        let x = LEFT + (SIZE.0 - LEFT - RIGHT) * f64::from(number) / f64::from(DAYS - 1);
        let day = at.in_zone(zone).strftime(form).to_string();
        if told.last().is_none_or(|(_, before)| *before != day) {
            told.push((x, day));
        }
    }
    let y = SIZE.1 - 8.0;
    html! {
        @for (number, (x, day)) in told.iter().enumerate() {
            @let anchor = if number == 0 { "start" } else if *x > SIZE.0 - 60.0 { "end" }
                else { "middle" };
            text x=(short(*x)) y=(y) text-anchor=(anchor) { (day) }
        }
    }
}

/// One result: round, open where it is only a bound, square where it is critical, with its letters.
fn drawn(spot: &Spot<'_>, zone: &TimeZone) -> Markup {
    let result = spot.point.result;
    let letters = result.flag.map_or("", Flag::letters);
    let bound = matches!(&result.value, Value::Quantity(one) if one.comparator.is_some());
    let said = format!(
        "{}: {} {} {letters}",
        clock::minute(spot.point.at, zone),
        result.value,
        unit::shown(&result.unit)
    );
    let fill = if bound { "none" } else { "currentColor" };
    let mut beside = if bound { format!("{} {letters}", result.value) } else { letters.to_owned() };
    if result.amends.is_some() {
        beside.push_str(" corrected");
    }
    let anchor = if spot.x > SIZE.0 - 70.0 { "end" } else { "middle" };
    html! {
        g class="point" {
            title { (said.trim()) }
            @if result.flag.is_some_and(Flag::critical) {
                rect x=(short(spot.x - 4.5)) y=(short(spot.y - 4.5)) width="9" height="9"
                    fill=(fill) stroke="currentColor" stroke-width="1.5" {}
            } @else {
                circle cx=(short(spot.x)) cy=(short(spot.y)) r="3.5" fill=(fill)
                    stroke="currentColor" stroke-width="1.5" {}
            }
            @if !beside.trim().is_empty() {
                text x=(short(spot.x)) y=(short(spot.y - 8.0)) text-anchor=(anchor)
                    font-weight="bold" { (beside.trim()) }
            }
        }
    }
}
