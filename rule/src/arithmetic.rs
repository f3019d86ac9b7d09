//! Arithmetic on plain decimals that always answers: an outcome or a refusal, in bounded time.

use crate::value::Refused;
use rust_decimal::{Decimal, MathematicalOps, RoundingStrategy};

/// Terms of the exponential series are added until they fall below this; far below any digit a
/// laboratory reports.
const EXP_TOLERANCE: Decimal = Decimal::from_parts(1, 0, 0, false, 24);
/// `exp` of less than minus this is smaller than the smallest decimal and taken as zero.
const EXP_SMALLEST: Decimal = Decimal::from_parts(65, 0, 0, false, 0);
/// Newton's steps for a root: halving from the largest decimal needs about 100.
const ROOT_STEPS: u32 = 160;
/// Largest whole exponent; beyond it every base but one overflows or vanishes.
const WHOLE_EXPONENT_MAX: Decimal = Decimal::from_parts(100_000, 0, 0, false, 0);

pub(crate) fn add(a: Decimal, b: Decimal) -> Result<Decimal, Refused> {
    a.checked_add(b).ok_or(Refused::Overflow)
}

pub(crate) fn subtract(a: Decimal, b: Decimal) -> Result<Decimal, Refused> {
    a.checked_sub(b).ok_or(Refused::Overflow)
}

pub(crate) fn multiply(a: Decimal, b: Decimal) -> Result<Decimal, Refused> {
    a.checked_mul(b).ok_or(Refused::Overflow)
}

pub(crate) fn divide(a: Decimal, b: Decimal) -> Result<Decimal, Refused> {
    if b.is_zero() {
        return Err(Refused::DivisionByZero);
    }
    a.checked_div(b).ok_or(Refused::Overflow)
}

pub(crate) fn exponential(x: Decimal) -> Result<Decimal, Refused> {
    if x < -EXP_SMALLEST {
        return Ok(Decimal::ZERO);
    }
    x.checked_exp_with_tolerance(EXP_TOLERANCE).ok_or(Refused::Overflow)
}

pub(crate) fn logarithm(x: Decimal) -> Result<Decimal, Refused> {
    if x <= Decimal::ZERO {
        return Err(Refused::NotDefined { operation: "ln", given: x });
    }
    x.checked_ln().ok_or(Refused::Overflow)
}

/// A power: by multiplication for a whole exponent, else by `exp(exponent * ln(base))`.
pub(crate) fn power(base: Decimal, exponent: Decimal) -> Result<Decimal, Refused> {
    if base.is_zero() {
        return match exponent.cmp(&Decimal::ZERO) {
            std::cmp::Ordering::Less => Err(Refused::DivisionByZero),
            std::cmp::Ordering::Equal => Ok(Decimal::ONE),
            std::cmp::Ordering::Greater => Ok(Decimal::ZERO),
        };
    }
    if exponent.fract().is_zero() {
        return whole_power(base, exponent);
    }
    if base < Decimal::ZERO {
        return Err(Refused::NotDefined { operation: "^", given: base });
    }
    exponential(multiply(exponent, logarithm(base)?)?)
}

fn whole_power(base: Decimal, exponent: Decimal) -> Result<Decimal, Refused> {
    if exponent.abs() > WHOLE_EXPONENT_MAX {
        return Err(Refused::Overflow);
    }
    let whole: i64 = exponent.trunc().try_into().map_err(|_| Refused::Overflow)?;
    if whole >= 0 {
        return base.checked_powi(whole).ok_or(Refused::Overflow);
    }
    match base.checked_powi(-whole) {
        Some(inverse) if !inverse.is_zero() => divide(Decimal::ONE, inverse),
        Some(_) => Err(Refused::Overflow),
        None => Ok(Decimal::ZERO),
    }
}

/// The square root by Newton's steps from above, which fall until they stand.
pub(crate) fn root(x: Decimal) -> Result<Decimal, Refused> {
    if x < Decimal::ZERO {
        return Err(Refused::NotDefined { operation: "sqrt", given: x });
    }
    if x.is_zero() {
        return Ok(x);
    }
    // never below the root, whatever x is
    let mut best = add(divide(x, Decimal::TWO)?, Decimal::ONE)?;
    for _ in 0..ROOT_STEPS {
        let next = divide(add(best, divide(x, best)?)?, Decimal::TWO)?;
        if next >= best {
            break;
        }
        best = next;
    }
    Ok(best)
}

/// Half away from zero, as a technologist rounds.
pub(crate) fn round(x: Decimal, decimals: Decimal) -> Result<Decimal, Refused> {
    let decimals: u32 = decimals
        .try_into()
        .map_err(|_| Refused::NotDefined { operation: "round to decimals", given: decimals })?;
    Ok(x.round_dp_with_strategy(decimals, RoundingStrategy::MidpointAwayFromZero))
}
