//! Analyze: what an instrument read, or a person saw, becomes result versions; readings without a
//! place wait unclaimed until a person decides.
//!
//! What must stay true: nothing is filed to a specimen that was not received or was rejected;
//! control material never reaches a patient; no reading is dropped; a verified result is never
//! replaced by a late reading.

mod file;
mod filing;
mod manual;
mod unclaimed;

pub use file::FileReadings;
pub use filing::Filing;
pub use manual::EnterResult;
pub use unclaimed::{ResolveUnclaimed, SeesUnclaimed, Settle};
