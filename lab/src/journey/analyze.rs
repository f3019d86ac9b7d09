//! Analyze: what an instrument read, or a person saw, becomes result versions; readings without a
//! place wait unclaimed until a person decides.
//!
//! What must stay true: nothing is filed to a specimen that was not received or was rejected;
//! control material never reaches a patient and stands in a list of its own; no reading is
//! dropped; a verified result is never replaced by a late reading.

mod file;
mod filing;
mod manual;
mod replay;
mod unclaimed;

pub use file::FileReadings;
pub use filing::Filing;
pub use manual::EnterResult;
pub use replay::{ReplayMessage, ReplayUnclaimed};
pub use unclaimed::{ResolveUnclaimed, SeesUnclaimed, Settle};
