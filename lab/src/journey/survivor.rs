//! Which registration stands for one that was merged away.
//!
//! What must stay true: a survivor that was merged on itself is followed to the end.

use crate::command::Look;
use crate::patient::Patient;

/// The registration that stands at the end of a patient's merges; `None` where it was not merged.
pub(super) fn survivor<L: Look>(look: &L, patient: &Patient) -> Result<Option<Patient>, L::Fault> {
    let mut seen = vec![patient.id];
    let mut last: Option<Patient> = None;
    while let Some(into) = last.as_ref().unwrap_or(patient).merged_into {
        if seen.contains(&into) {
            break;
        }
        seen.push(into);
        let Some(next) = look.patient(into)? else { break };
        last = Some(next);
    }
    Ok(last)
}
