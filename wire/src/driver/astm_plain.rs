//! Any instrument that speaks ASTM E1394 / CLSI LIS02-A2 to the letter.
//!
//! Specimen number in O.3, test code in component 4 of the universal
//! test id (`^^^GLU`), control by action code O.12 `Q`. What a family does otherwise belongs in a
//! driver of its own; this one guesses nothing.

use super::{Dialect, Driver, astm};

pub(super) static DRIVER: Driver = Driver {
    name: "astm_plain",
    title: "ASTM / LIS02-A2 analyzer",
    dialect: Dialect::Astm(&astm::PLAIN),
};
