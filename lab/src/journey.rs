//! The stations of a tube's journey: order, collect, receive, process, analyze, verify, correct,
//! report; the call of a critical value, the connecting of instruments, and the setting up of the
//! laboratory itself.
//!
//! What must stay true: stations do not know each other.

pub mod add_on;
pub mod analyze;
mod anew;
pub mod call;
pub mod collect;
pub mod connect;
pub mod correct;
pub mod directory;
pub mod draft;
mod meanwhile;
pub mod order;
pub mod person;
pub mod process;
pub mod receive;
mod reflex;
pub mod register;
pub mod report;
pub mod rules;
pub mod setup;
mod survivor;
pub mod verify;

pub use meanwhile::meanwhile;
mod written;

/// Refuses a specimen from which nothing can be measured any more: rejected, lost or discarded.
fn not_gone(specimen: &crate::accession::Specimen) -> Result<(), crate::refusal::Refusal> {
    use crate::accession::SpecimenState::{Discarded, Lost, Rejected};
    match specimen.state {
        Rejected => Err(crate::refusal::Refusal::SpecimenRejected),
        Lost | Discarded => {
            let (label, standing) = (specimen.label.to_string(), specimen.standing().into());
            Err(crate::refusal::TubeRefusal::Gone { label, standing }.into())
        }
        _ => Ok(()),
    }
}

/// What was measured by eye or pipette is a figure that can be.
fn possible(
    volume_ml: Option<rust_decimal::Decimal>,
    condition: &crate::accession::Condition,
) -> Result<(), crate::refusal::Refusal> {
    let figures = [
        ("Volume", "mL, 0 or more", volume_ml),
        ("Hemolysis", "mg/dL, 0 or more", condition.hemolysis),
        ("Icterus", "mg/dL, 0 or more", condition.icterus),
        ("Lipemia", "mg/dL, 0 or more", condition.lipemia),
    ];
    let below =
        |figure: Option<rust_decimal::Decimal>| figure.is_some_and(|f| f.is_sign_negative());
    let wrong = figures.into_iter().find(|(_, _, figure)| below(*figure));
    wrong.map_or(Ok(()), |(field, expected, _)| {
        let (field, expected) = (field.into(), expected.into());
        Err(crate::refusal::Refusal::Unreadable { field, expected })
    })
}
