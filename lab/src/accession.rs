//! An accession and what hangs from it: specimens, tests, result versions.
//!
//! What must stay true: a state changes only by an event; result versions are never changed, only
//! followed by others.

mod amends;
mod call;
mod circumstances;
mod collection;
mod credit;
mod handling;
mod looked;
mod result;
mod ruling;
mod specimen;
mod test;

use serde::{Deserialize, Serialize};

pub use amends::{Amendment, Amends, reported_before};
pub use call::{Attempt, Call};
pub use circumstances::{Circumstances, Confirmed, Doubt, DoubtKind, Fasting};
pub use collection::{Collection, Identified};
pub use credit::Credit;
pub use handling::{Condition, Handling, Origin, Part, Position, Spot, Spun};
pub use looked::{Looked, Touched};
pub use result::{Delta, Flag, Hold, Limits, ResultVersion, Source};
pub use ruling::{Ruling, Verdict};
pub use specimen::{Specimen, SpecimenState};
pub use test::{Test, TestOrigin, TestState, Verified};

use crate::value::{AccessionId, Label, Moment, PatientId, Priority};

/// The tests ordered together for one patient.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accession {
    /// Identity.
    pub id: AccessionId,
    /// The number people say.
    pub label: Label,
    /// Whose.
    pub patient: PatientId,
    /// How urgent.
    pub priority: Priority,
    /// When it was ordered.
    pub ordered_at: Moment,
    /// Who asked for it: the physician or the clinic.
    pub provider: String,
    /// What the orderer wrote.
    pub comment: String,
    /// The day (days since 1970-01-01 UTC) and the sequence in that day its number was made from.
    pub sequence: (i64, u32),
    /// What was said beside the tests.
    #[serde(default, skip_serializing_if = "Circumstances::is_empty")]
    pub circumstances: Circumstances,
}
