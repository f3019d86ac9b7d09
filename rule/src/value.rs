//! What a name can stand for: a number, a number with a comparator (`<5`), a truth, a text, or
//! nothing at all (unknown). And every way an evaluation is refused.
//!
//! A number with a comparator never takes part in arithmetic.

use rust_decimal::Decimal;
use std::fmt;
use std::str::FromStr;

/// How a qualified number stands to the true one: `<5` says the true value is below five.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Comparator {
    /// `<`: the true value is below the figure.
    Below,
    /// `<=`: the true value is at most the figure.
    AtMost,
    /// `>`: the true value is above the figure.
    Above,
    /// `>=`: the true value is at least the figure.
    AtLeast,
}

impl Comparator {
    /// The sign as written before the figure.
    pub fn symbol(self) -> &'static str {
        match self {
            Comparator::Below => "<",
            Comparator::AtMost => "<=",
            Comparator::Above => ">",
            Comparator::AtLeast => ">=",
        }
    }

    /// The comparator seen from the other side: what `<` becomes where a larger input gives a
    /// smaller outcome.
    pub fn reversed(self) -> Comparator {
        match self {
            Comparator::Below => Comparator::Above,
            Comparator::AtMost => Comparator::AtLeast,
            Comparator::Above => Comparator::Below,
            Comparator::AtLeast => Comparator::AtMost,
        }
    }
}

/// What a name stands for, and what an expression gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Missing: not measured, not told.
    Unknown,
    /// True or false.
    Truth(bool),
    /// A plain number, in the unit its input declares.
    Number(Decimal),
    /// A number with a comparator, such as `<5` or `>100`.
    Qualified(Comparator, Decimal),
    /// A text, such as a sex or a species.
    Text(String),
}

impl Value {
    /// Reads a number with or without comparator; `None` when the text is neither.
    pub fn read_number(text: &str) -> Option<Value> {
        let text = text.trim();
        for comparator in
            [Comparator::AtMost, Comparator::AtLeast, Comparator::Below, Comparator::Above]
        {
            if let Some(rest) = text.strip_prefix(comparator.symbol()) {
                return plain_number(rest.trim()).map(|n| Value::Qualified(comparator, n));
            }
        }
        plain_number(text).map(Value::Number)
    }

    /// What kind of value this is, for sentences.
    pub fn kind(&self) -> &'static str {
        match self {
            Value::Unknown => "nothing",
            Value::Truth(_) => "true or false",
            Value::Number(_) => "a number",
            Value::Qualified(..) => "a number with a comparator",
            Value::Text(_) => "a text",
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Unknown => f.write_str("unknown"),
            Value::Truth(truth) => write!(f, "{truth}"),
            Value::Number(number) => write!(f, "{number}"),
            Value::Qualified(comparator, number) => write!(f, "{}{number}", comparator.symbol()),
            Value::Text(text) => f.write_str(text),
        }
    }
}

/// Digits with at most one point and a sign before them: what a result may look like. Exponents and
/// underscores, which a decimal reader might accept, are not results.
fn plain_number(text: &str) -> Option<Decimal> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let plain = digits.chars().all(|c| c.is_ascii_digit() || c == '.');
    let some = digits.chars().any(|c| c.is_ascii_digit());
    if plain && some { Decimal::from_str(text).ok() } else { None }
}

/// Every way an evaluation is refused. Missing input is no refusal: it gives [`Value::Unknown`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// Arithmetic with a number that carries a comparator.
    Qualified(Comparator, Decimal),
    /// Division by zero.
    DivisionByZero,
    /// The outcome does not fit a decimal of 28 digits.
    Overflow,
    /// The operation has no answer for this number, such as the root of a negative one.
    NotDefined {
        /// Which operation: `sqrt`, `ln`, `^`.
        operation: &'static str,
        /// The number it was given.
        given: Decimal,
    },
    /// The table has no row or column for what was asked.
    OutsideTable {
        /// The table's name.
        table: String,
        /// What was looked up.
        asked: String,
    },
    /// The expression names a table nobody has given.
    UnknownTable(String),
    /// A number was needed and a text found, or the like.
    WrongKind {
        /// What the operation needs.
        needed: &'static str,
        /// What it was given.
        found: &'static str,
    },
}

impl Refused {
    /// The refusal's code: lower case, stable.
    pub fn code(&self) -> &'static str {
        match self {
            Refused::Qualified(..) => "qualified_input",
            Refused::DivisionByZero => "division_by_zero",
            Refused::Overflow => "overflow",
            Refused::NotDefined { .. } => "not_defined",
            Refused::OutsideTable { .. } => "outside_table",
            Refused::UnknownTable(_) => "unknown_table",
            Refused::WrongKind { .. } => "wrong_kind",
        }
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refused::Qualified(comparator, number) => write!(
                f,
                "{}{number} is not a number: nothing is calculated from it",
                comparator.symbol()
            ),
            Refused::DivisionByZero => f.write_str("a division by zero has no answer"),
            Refused::Overflow => f.write_str("the outcome is too large to be written"),
            Refused::NotDefined { operation, given } => {
                write!(f, "{operation} has no answer for {given}")
            }
            Refused::OutsideTable { table, asked } => {
                write!(f, "the table {table} has no entry for {asked}")
            }
            Refused::UnknownTable(table) => write!(f, "there is no table {table}"),
            Refused::WrongKind { needed, found } => {
                write!(f, "{needed} was needed and {found} was found")
            }
        }
    }
}

impl std::error::Error for Refused {}
