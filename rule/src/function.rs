//! The functions an expression may call, by name.

use crate::arithmetic;
use crate::value::{Refused, Value};
use rust_decimal::Decimal;

/// A function of the language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Function {
    /// The smallest of its numbers.
    Min,
    /// The largest of its numbers.
    Max,
    /// The number without its sign.
    Abs,
    /// The square root.
    Sqrt,
    /// `pow(base, exponent)`, the same as `base ^ exponent`.
    Pow,
    /// `round(x)` or `round(x, decimals)`, half away from zero.
    Round,
    /// The whole number at or below.
    Floor,
    /// The whole number at or above.
    Ceil,
    /// The exponential.
    Exp,
    /// The natural logarithm.
    Ln,
    /// `known(x)`: whether x is there at all.
    Known,
    /// `default(x, y)`: x, or y where x is unknown.
    Default,
}

impl Function {
    /// Every function, in the order of the manual.
    pub const ALL: [Function; 12] = [
        Function::Min,
        Function::Max,
        Function::Abs,
        Function::Sqrt,
        Function::Pow,
        Function::Round,
        Function::Floor,
        Function::Ceil,
        Function::Exp,
        Function::Ln,
        Function::Known,
        Function::Default,
    ];

    /// The name as written.
    pub fn name(self) -> &'static str {
        match self {
            Function::Min => "min",
            Function::Max => "max",
            Function::Abs => "abs",
            Function::Sqrt => "sqrt",
            Function::Pow => "pow",
            Function::Round => "round",
            Function::Floor => "floor",
            Function::Ceil => "ceil",
            Function::Exp => "exp",
            Function::Ln => "ln",
            Function::Known => "known",
            Function::Default => "default",
        }
    }

    /// Finds a function by its name.
    pub fn named(name: &str) -> Option<Function> {
        Function::ALL.into_iter().find(|function| function.name() == name)
    }

    /// Fewest and most arguments.
    pub fn arguments(self) -> (usize, usize) {
        match self {
            Function::Min | Function::Max => (1, 16),
            Function::Round => (1, 2),
            Function::Pow | Function::Default => (2, 2),
            _ => (1, 1),
        }
    }

    /// Applies the function to values already evaluated.
    pub(crate) fn apply(self, arguments: Vec<Value>) -> Result<Value, Refused> {
        match self {
            Function::Known => return Ok(Value::Truth(!arguments.contains(&Value::Unknown))),
            Function::Default => {
                let known = arguments.into_iter().find(|value| *value != Value::Unknown);
                return Ok(known.unwrap_or(Value::Unknown));
            }
            _ => {}
        }
        let Some(numbers) = plain_numbers(arguments)? else { return Ok(Value::Unknown) };
        self.of_numbers(&numbers).map(Value::Number)
    }

    fn of_numbers(self, numbers: &[Decimal]) -> Result<Decimal, Refused> {
        let first = numbers.first().copied().unwrap_or_default();
        let second = numbers.get(1).copied().unwrap_or_default();
        match self {
            Function::Min => Ok(numbers.iter().copied().min().unwrap_or_default()),
            Function::Max => Ok(numbers.iter().copied().max().unwrap_or_default()),
            Function::Abs => Ok(first.abs()),
            Function::Sqrt => arithmetic::root(first),
            Function::Pow => arithmetic::power(first, second),
            Function::Round => arithmetic::round(first, second),
            Function::Floor => Ok(first.floor()),
            Function::Ceil => Ok(first.ceil()),
            Function::Exp => arithmetic::exponential(first),
            Function::Ln => arithmetic::logarithm(first),
            Function::Known | Function::Default => Ok(first),
        }
    }
}

/// The arguments as plain numbers; `None` where one is unknown.
fn plain_numbers(arguments: Vec<Value>) -> Result<Option<Vec<Decimal>>, Refused> {
    let mut numbers = Vec::with_capacity(arguments.len());
    let mut unknown = false;
    for argument in arguments {
        match plain_number(argument)? {
            Some(number) => numbers.push(number),
            None => unknown = true,
        }
    }
    Ok(if unknown { None } else { Some(numbers) })
}

/// A value as a plain number; `None` where it is unknown.
pub(crate) fn plain_number(value: Value) -> Result<Option<Decimal>, Refused> {
    match value {
        Value::Number(number) => Ok(Some(number)),
        Value::Unknown => Ok(None),
        Value::Qualified(comparator, number) => Err(Refused::Qualified(comparator, number)),
        other => Err(Refused::WrongKind { needed: "a number", found: other.kind() }),
    }
}
