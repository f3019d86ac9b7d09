//! Process: what becomes of a tube between its receipt and its results: looked at, spun, parted,
//! put away and fetched, sent on, lost and found, and in the end discarded.
//!
//! What must stay true: a position holds one specimen; an aliquot has a label of its own and its
//! tests move to it in the same act; nothing is discarded before its time or with work on it; what
//! was to be measured from a lost specimen is ordered anew.

mod grade;
mod lose;
mod part;
mod send;
mod spin;
mod store;

pub use grade::GradeSpecimen;
pub use lose::{FindSpecimen, LoseSpecimen, SeesForFinding, SeesForLosing};
pub use part::{MakeAliquot, MakeSlide, SeesForParting};
pub use send::{ArriveSpecimens, DispatchSpecimens, SeesForSending};
pub use spin::SpinSpecimens;
pub use store::{AddStoragePlace, DiscardSpecimens, FetchSpecimen, SeesForStoring, StoreSpecimen};

use crate::accession::Specimen;
use crate::command::Look;
use crate::journey::not_gone;
use crate::refusal::{Refusal, TubeRefusal};
use crate::value::SpecimenId;

/// The specimens of these numbers, in their order; those that are not there are left out.
fn each<L: Look>(look: &L, ids: &[SpecimenId]) -> Result<Vec<Specimen>, L::Fault> {
    let mut seen = Vec::new();
    for id in ids {
        seen.extend(look.specimen(*id)?);
    }
    Ok(seen)
}

fn none(specimen: SpecimenId) -> Refusal {
    Refusal::NoSuch { what: "specimen".into(), name: specimen.to_string() }
}

/// All that was asked for was found, and something was asked for.
fn all_there(asked: &[SpecimenId], seen: &[Specimen]) -> Result<(), Refusal> {
    if asked.is_empty() {
        return Err(Refusal::Missing { field: "Specimen".into() });
    }
    let missing = asked.iter().find(|id| seen.iter().all(|row| row.id != **id));
    missing.map_or(Ok(()), |id| Err(none(*id)))
}

/// It stands where this cannot be done.
fn elsewhere(specimen: &Specimen) -> Refusal {
    not_gone(specimen).err().unwrap_or_else(|| {
        let (label, standing) = (specimen.label.to_string(), specimen.standing().to_owned());
        TubeRefusal::WrongStanding { label, standing }.into()
    })
}
