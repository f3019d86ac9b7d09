//! The small things every page of the laboratory is written with: identifiers, moments, names,
//! labels and measured values.
//!
//! What must stay true: a value is decimal, never binary floating point; a comparator (`<5`) is
//! never a number; a moment is UTC microseconds; no bare integer or text crosses a room.

mod identifier;
mod label;
mod measured;
mod moment;
mod name;
mod number;
mod scan;
mod zone;

pub use identifier::{
    AccessionId, ControlId, DispatchId, DraftId, EncounterId, FacilityId, IdentifierId,
    InstrumentId, IssueId, LocationId, MergeId, MessageId, PatientId, PersonId, ProviderId,
    ResultId, SpecimenId, StoragePlaceId, TestId, UnclaimedId,
};
pub use label::{Label, NotALabel};
pub use measured::{Comparator, NotAValue, Quantity, Value};
pub use moment::{BirthDate, Moment};
pub use name::{PersonName, Priority, Sex, TestCode};
pub use number::{ClinicalLaboratoryNumber, Diagnosis, ProviderNumber};
pub use scan::scanned;
pub use zone::Zone;
