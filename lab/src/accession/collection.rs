//! How a specimen was taken: by whom, from whom, where on the body, how much.
//!
//! What must stay true: it says how the patient was identified; what was not told is empty.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::people::Actor;

/// How one specimen was taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Collection {
    /// Who took it and identified the patient.
    pub by: Actor,
    /// How the patient was identified.
    pub identified: Identified,
    /// Where on the body, as typed.
    pub site: String,
    /// How much, in milliliters.
    pub volume_ml: Option<Decimal>,
}

/// How a patient was identified at collection; by two identifiers in either case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Identified {
    /// The wristband was scanned and is this patient's; the name was compared.
    WristbandScanned,
    /// Name, and birth date or record number, were compared.
    Compared,
}

impl Identified {
    /// The words on screens.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Identified::WristbandScanned => "wristband scanned",
            Identified::Compared => "two identifiers compared",
        }
    }
}
