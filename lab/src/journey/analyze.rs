//! Analyze: what an instrument read, or a person saw, becomes result versions; readings without a
//! place wait unclaimed until a person decides.
//!
//! What must stay true: nothing is filed to a specimen that was not received or was rejected;
//! control material never reaches a patient and stands in a list of its own; no reading is
//! dropped; a released result is never replaced by a late reading, which waits beside it for a
//! person.

mod file;
mod filing;
mod manual;
mod replay;
mod ruled;
mod unclaimed;

use crate::accession::Specimen;
use crate::refusal::Refusal;

pub use file::FileReadings;
pub use filing::Filing;
pub use manual::{EnterResult, expected, would_file};
pub use replay::{ReplayMessage, ReplayUnclaimed};
pub use unclaimed::{ResolveUnclaimed, SeesUnclaimed, Settle};

/// Whether results from this specimen are accepted: the laboratory received it, and it is not gone.
pub(super) fn measurable(specimen: &Specimen) -> Result<(), Refusal> {
    if specimen.can_be_measured() {
        return Ok(());
    }
    super::not_gone(specimen)?;
    Err(Refusal::NotReceived)
}
