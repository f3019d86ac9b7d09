//! Everything that can happen in this laboratory.
//!
//! What must stay true: an event is never edited, renamed or removed; the golden text of each
//! variant decodes for ever; applying an event to what is kept says all that it changes.

mod accession;
mod apply;
mod apply_tube;
mod directory;
mod instrument;
mod patient;
mod people;
mod report;
mod result;
mod rule;
mod tube;

use serde::{Deserialize, Serialize};

use crate::accession::Touched;

pub use accession::AccessionEvent;
pub use apply::apply;
pub use directory::DirectoryEvent;
pub use instrument::InstrumentEvent;
pub use patient::{Hanging, Known, Moved, PatientEvent};
pub use people::PeopleEvent;
pub use report::ReportEvent;
pub use result::ResultEvent;
pub use rule::RuleEvent;
pub use tube::TubeEvent;

/// Something that happened, by family.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// People and the catalog they answer for.
    People(PeopleEvent),
    /// Patients.
    Patient(PatientEvent),
    /// The directory of facilities, locations and providers.
    Directory(DirectoryEvent),
    /// Orders, specimens and tests.
    Accession(AccessionEvent),
    /// Results and what was decided about them.
    Result(ResultEvent),
    /// Instruments and the unclaimed list.
    Instrument(InstrumentEvent),
    /// Specimens after their collection, and where they are put away.
    Tube(TubeEvent),
    /// The laboratory's papers.
    Report(ReportEvent),
    /// The rules of release and of reflex testing.
    Rule(RuleEvent),
}

impl Event {
    /// The same with who did it and when, where the event has room for it and does not say so yet:
    /// the door writes it, so that no command can forget it.
    #[must_use]
    pub fn stamped(mut self, touched: Touched) -> Event {
        if let Event::Accession(AccessionEvent::TestCancelled { by, .. })
        | Event::Result(
            ResultEvent::ResultHeld { by, .. } | ResultEvent::RerunRequested { by, .. },
        ) = &mut self
        {
            by.get_or_insert(touched);
        }
        self
    }
}
