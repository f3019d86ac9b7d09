//! The numbers by which the laboratory tells its things apart: never shown to a person, never
//! reused, ordered by the time they were given out.
//!
//! What must stay true: an identifier of one kind cannot be passed where another is meant.

use serde::{Deserialize, Serialize};

macro_rules! identifier {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }
    )*};
}

identifier! {
    /// One patient.
    PatientId,
    /// One accession: the tests ordered together for one patient.
    AccessionId,
    /// One specimen in one container.
    SpecimenId,
    /// One ordered test on one specimen.
    TestId,
    /// One version of one result.
    ResultId,
    /// One report that went out.
    IssueId,
    /// One person who works with the laboratory.
    PersonId,
    /// One instrument, physically.
    InstrumentId,
    /// One raw message kept as it came.
    MessageId,
    /// One entry of the unclaimed list.
    UnclaimedId,
    /// One entry of the control list.
    ControlId,
    /// One draft of the catalog.
    DraftId,
    /// One rack, shelf or box where specimens are put away.
    StoragePlaceId,
    /// One dispatch list.
    DispatchId,
    /// One number by which somebody else knows a patient.
    IdentifierId,
    /// One stay or visit of a patient.
    EncounterId,
    /// One merge of two registrations of a patient.
    MergeId,
    /// One ward, clinic or bed.
    LocationId,
    /// One provider who orders.
    ProviderId,
    /// One client facility.
    FacilityId,
}
