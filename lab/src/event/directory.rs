//! What can happen to the directory of facilities, locations and providers.
//!
//! What must stay true: each event carries the whole entry as it stands now.

use serde::{Deserialize, Serialize};

use crate::directory::{Facility, Location, Provider};

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DirectoryEvent {
    /// A facility was entered or changed.
    FacilityListed(Facility),
    /// A location was entered or changed.
    LocationListed(Location),
    /// A provider was entered or changed.
    ProviderListed(Provider),
}
