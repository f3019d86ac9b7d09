//! What a test found: a quantity, a qualified quantity, a titer, a range, a coded answer, a text,
//! or the reason why there is none.
//!
//! What must stay true: figures are decimal; a qualified quantity (`<5`) has no plain number and
//! is never averaged, compared as exact or used in a formula; rounding is half away from zero,
//! once, to the catalog's decimals.

use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};

/// How a quantity is qualified.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Comparator {
    /// Less than.
    #[serde(rename = "<")]
    Less,
    /// At most.
    #[serde(rename = "<=")]
    AtMost,
    /// At least.
    #[serde(rename = ">=")]
    AtLeast,
    /// More than.
    #[serde(rename = ">")]
    More,
}

impl Comparator {
    /// The sign as written before the figure.
    #[must_use]
    pub const fn sign(self) -> &'static str {
        match self {
            Comparator::Less => "<",
            Comparator::AtMost => "<=",
            Comparator::AtLeast => ">=",
            Comparator::More => ">",
        }
    }

    /// Reads the sign.
    #[must_use]
    pub fn read(sign: &str) -> Option<Comparator> {
        match sign {
            "<" => Some(Comparator::Less),
            "<=" | "\u{2264}" => Some(Comparator::AtMost),
            ">=" | "\u{2265}" => Some(Comparator::AtLeast),
            ">" => Some(Comparator::More),
            _ => None,
        }
    }
}

/// A figure, with its comparator where it is qualified.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quantity {
    /// `None` for a plain number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comparator: Option<Comparator>,
    /// The figure, with exactly the decimals it is shown with.
    pub figure: Decimal,
}

impl Quantity {
    /// The figure where nothing qualifies it.
    #[must_use]
    pub fn plain(&self) -> Option<Decimal> {
        self.comparator.is_none().then_some(self.figure)
    }

    /// Rounded half away from zero to `decimals` places, trailing zeros shown.
    #[must_use]
    pub fn rounded(&self, decimals: u32) -> Quantity {
        let mut figure =
            self.figure.round_dp_with_strategy(decimals, RoundingStrategy::MidpointAwayFromZero);
        figure.rescale(decimals);
        if figure.is_zero() {
            figure.set_sign_positive(true);
        }
        Quantity { comparator: self.comparator, figure }
    }
}

impl std::fmt::Display for Quantity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}{}", self.comparator.map_or("", Comparator::sign), self.figure)
    }
}

/// What a test found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Value {
    /// A quantity, plain or qualified.
    Quantity(Quantity),
    /// A titer `1:128`; the number after the colon.
    Titer(u32),
    /// A titer beyond the dilutions that were made: `<1:8`, `>=1:2560`.
    TiterBeyond(Comparator, u32),
    /// A range `6-10`, as microscopy counts.
    Range(Decimal, Decimal),
    /// One of a list of answers.
    Coded(String),
    /// Words.
    Text(String),
    /// No value, and why.
    NotPerformed(String),
}

/// A text that should have been a quantity and is not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotAValue(pub String);

impl Value {
    /// Reads a typed or sent quantity: `7.2`, `<5`, `>= 15000`, `-3.1`, `3.26E+05`.
    ///
    /// # Errors
    /// [`NotAValue`] when it is not one; a comma is never guessed to be a decimal mark.
    pub fn read_quantity(text: &str) -> Result<Value, NotAValue> {
        let trimmed = text.trim();
        let digits_at = trimmed
            .find(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.'))
            .ok_or_else(|| NotAValue(text.to_owned()))?;
        let (sign, figure) = trimmed.split_at(digits_at);
        let comparator = match sign.trim() {
            "" => None,
            written => Some(Comparator::read(written).ok_or_else(|| NotAValue(text.to_owned()))?),
        };
        let figure = read_figure(figure).ok_or_else(|| NotAValue(text.to_owned()))?;
        Ok(Value::Quantity(Quantity { comparator, figure }))
    }

    /// Reads a titer: `1:128`, `<1:8`, `>= 1:2560`. None for anything else: a bare `128` may be
    /// meant as the titer or as the dilution step, and is never guessed.
    #[must_use]
    pub fn read_titer(text: &str) -> Option<Value> {
        let (sign, titer) = text.split_once("1:")?;
        let titer: u32 = titer.trim().parse().ok().filter(|titer| *titer > 0)?;
        match sign.trim() {
            "" => Some(Value::Titer(titer)),
            sign => Some(Value::TiterBeyond(Comparator::read(sign)?, titer)),
        }
    }

    /// Reads a range as microscopy counts: `6-10`, the lower figure first, neither below zero.
    #[must_use]
    pub fn read_range(text: &str) -> Option<Value> {
        let (low, high) = text.split_once(['-', '\u{2013}'])?;
        let (low, high) = (read_figure(low)?, read_figure(high)?);
        let ordered = Decimal::ZERO <= low && low <= high;
        ordered.then_some(Value::Range(low, high))
    }

    /// True for a value that counts or measures: figures, not words.
    #[must_use]
    pub const fn is_figure(&self) -> bool {
        match self {
            Value::Quantity(_) | Value::Titer(_) | Value::TiterBeyond(..) | Value::Range(..) => {
                true
            }
            Value::Coded(_) | Value::Text(_) | Value::NotPerformed(_) => false,
        }
    }

    /// The plain figure, where the value is an unqualified quantity.
    #[must_use]
    pub fn plain(&self) -> Option<Decimal> {
        match self {
            Value::Quantity(quantity) => quantity.plain(),
            _ => None,
        }
    }

    /// A key by which SQL and plots may order values; never shown.
    #[must_use]
    pub fn sort_key(&self) -> Option<f64> {
        use rust_decimal::prelude::ToPrimitive;
        match self {
            Value::Quantity(quantity) => quantity.figure.to_f64(),
            Value::Titer(titer) | Value::TiterBeyond(_, titer) => Some(f64::from(*titer)),
            Value::Range(low, _) => low.to_f64(),
            Value::Coded(_) | Value::Text(_) | Value::NotPerformed(_) => None,
        }
    }
}

fn read_figure(text: &str) -> Option<Decimal> {
    let text = text.trim().trim_start_matches('+').trim_end_matches('.');
    if text.contains(['e', 'E']) {
        return Decimal::from_scientific(&text.replace("E+", "E").replace("e+", "e")).ok();
    }
    let plain = text.strip_prefix('-').unwrap_or(text);
    let well_formed = plain.bytes().all(|b| b.is_ascii_digit() || b == b'.')
        && plain.bytes().any(|b| b.is_ascii_digit());
    well_formed.then(|| text.parse().ok()).flatten()
}

impl std::fmt::Display for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Value::Quantity(quantity) => quantity.fmt(f),
            Value::Titer(titer) => write!(f, "1:{titer}"),
            Value::TiterBeyond(comparator, titer) => write!(f, "{}1:{titer}", comparator.sign()),
            Value::Range(low, high) => write!(f, "{low}-{high}"),
            Value::Coded(text) | Value::Text(text) => f.write_str(text),
            Value::NotPerformed(reason) => write!(f, "Not performed: {reason}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_are_read_as_written() {
        for (text, shown) in [
            ("7.2", "7.2"),
            (" <3.00 ", "<3.00"),
            ("< 40", "<40"),
            (">=15000", ">=15000"),
            ("-12.9", "-12.9"),
            ("3.26E+05", "326000"),
            ("173.", "173"),
            (".5", "0.5"),
        ] {
            assert_eq!(
                Value::read_quantity(text).map(|v| v.to_string()),
                Ok(shown.into()),
                "{text}"
            );
        }
        for text in ["", "7,2", "neg", "1:160", "12.3.4", "--1", "<", "1-2", "?5"] {
            assert!(Value::read_quantity(text).is_err(), "{text}");
        }
    }

    #[test]
    fn titers_and_ranges_are_read_as_the_bench_writes_them() {
        for (text, shown) in
            [("1:128", "1:128"), ("1: 8", "1:8"), ("<1:8", "<1:8"), (">= 1:2560", ">=1:2560")]
        {
            let read = Value::read_titer(text).map(|value| value.to_string());
            assert_eq!(read.as_deref(), Some(shown), "{text}");
        }
        for text in ["128", "1:0", "1:", "2:8", "1:8x", "about 1:8", "1:-8", "", "1:99999999999"] {
            assert_eq!(Value::read_titer(text), None, "{text}");
        }
        for (text, shown) in [("6-10", "6-10"), ("0 - 2", "0-2"), ("2\u{2013}5", "2-5")] {
            let read = Value::read_range(text).map(|value| value.to_string());
            assert_eq!(read.as_deref(), Some(shown), "{text}");
        }
        for text in ["10-6", "-6-10", "6-", "-6", "6", "a-b", "6--10", "1-2-3"] {
            assert_eq!(Value::read_range(text), None, "{text}");
        }
    }

    #[test]
    fn rounding_is_half_away_from_zero() {
        for (text, decimals, shown) in
            [("2.345", 2, "2.35"), ("-2.345", 2, "-2.35"), ("4.0", 2, "4.00"), ("-0.04", 1, "0.0")]
        {
            let Ok(Value::Quantity(quantity)) = Value::read_quantity(text) else {
                panic!("{text}")
            };
            assert_eq!(quantity.rounded(decimals).to_string(), shown);
        }
    }

    #[test]
    fn a_qualified_quantity_has_no_plain_figure() {
        assert_eq!(Value::read_quantity("<5").ok().and_then(|v| v.plain()), None);
    }
}
