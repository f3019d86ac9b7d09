//! Conditions and calculations over named quantities: the small language in which a laboratory
//! writes a calculated test, a hold, a reflex or a condition.
//!
//! ```text
//! SOD - (CL + CO2)
//! if age > 50 then 0.01 * age else 0.50
//! let k = if sex = "F" then 0.7 else 0.9 in min(CREA / k, 1) ^ -0.241
//! ```
//!
//! What must stay true:
//! - Figures are decimals, never binary fractions; nothing is rounded unless the text says so.
//! - What is missing is unknown, and unknown spreads: `unknown + 1` is unknown, `false and unknown`
//!   is false, `true or unknown` is true.
//! - `<5` is not a number. Arithmetic with it is refused; a comparison with it answers only where
//!   the answer is certain.
//! - Any text whatever is either an expression or a [`Mistake`] with line, column and remedy. No
//!   text and no figures can stop the program or run without end.
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::as_conversions
    )
)]

mod arithmetic;
mod evaluate;
mod expression;
mod function;
mod parse;
mod table;
mod token;
mod value;

pub use expression::Expression;
pub use function::Function;
pub use parse::Mistake;
pub use table::{Band, BandTable, KeyedTable, Table, Tables};
pub use value::{Comparator, Refused, Value};
