//! Looking at a specimen once it is here: how hemolyzed, icteric, lipemic, whether clotted, how
//! much is in it.
//!
//! What must stay true: a result that waits and is disturbed by what is seen now is held at once.

use rust_decimal::Decimal;

use super::{elsewhere, none};
use crate::accession::{Condition, Specimen, Test, TestState};
use crate::command::{Decide, Decision, Look, Setting};
use crate::event::{Event, ResultEvent, TubeEvent};
use crate::judgement;
use crate::value::SpecimenId;

/// Write down what a received specimen looks like and how much is in it; results that it disturbs
/// and that wait are held.
#[derive(Clone, Debug)]
pub struct GradeSpecimen {
    /// Which.
    pub specimen: SpecimenId,
    /// What it looks like.
    pub condition: Condition,
    /// What is in it, mL.
    pub volume_ml: Option<Decimal>,
}

impl Decide for GradeSpecimen {
    type Sees = Option<(Specimen, Vec<Test>)>;

    fn look<L: Look>(&self, look: &L, _: &Setting<'_>) -> Result<Self::Sees, L::Fault> {
        let Some(specimen) = look.specimen(self.specimen)? else { return Ok(None) };
        let tests = look.tests_of(specimen.accession)?;
        Ok(Some((specimen, tests)))
    }

    fn decide(&self, seen: Self::Sees, setting: &Setting<'_>) -> Decision {
        let (specimen, tests) = seen.ok_or_else(|| none(self.specimen))?;
        if !specimen.can_be_measured() {
            return Err(elsewhere(&specimen));
        }
        crate::journey::possible(self.volume_ml, &self.condition)?;
        let mut events = vec![Event::Tube(TubeEvent::SpecimenSeen {
            specimen: specimen.id,
            at: setting.now,
            volume_ml: self.volume_ml,
            zone: None,
            condition: Some(self.condition.clone()),
        })];
        for test in tests.iter().filter(|test| test.specimen == specimen.id) {
            if test.state == TestState::Review
                && let Some(reason) =
                    judgement::disturbed(setting.catalog, &self.condition, test.code.as_str())
            {
                events.push(Event::Result(ResultEvent::ResultHeld {
                    test: test.id,
                    reason,
                    by: None,
                }));
            }
        }
        Ok(events)
    }
}
