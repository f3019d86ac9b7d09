//! Entering a result by hand.
//!
//! What must stay true: the person sees at once whether the text is a value of that test; what
//! another person filed meanwhile is not overwritten.

use super::filing::Filing;
use crate::accession::{Source, SpecimenState};
use crate::catalog::ValueType;
use crate::command::{Decide, Decision, Look, Setting};
use crate::judgement;
use crate::refusal::Refusal;
use crate::value::{ResultId, TestId, Value};

/// Enter a result by hand, or the reason why there is none.
#[derive(Clone, Debug)]
pub struct EnterResult {
    /// Which test.
    pub test: TestId,
    /// The newest version that was on the screen; `None` if there was none.
    pub looked_at: Option<ResultId>,
    /// The value as typed.
    pub typed: String,
    /// The reason for no value; empty where there is one.
    pub not_performed: String,
}

impl Decide for EnterResult {
    type Sees = Option<Filing>;

    fn look<L: Look>(&self, look: &L, setting: &Setting<'_>) -> Result<Option<Filing>, L::Fault> {
        let Some(test) = look.test(self.test)? else { return Ok(None) };
        let Some(specimen) = look.specimen(test.specimen)? else { return Ok(None) };
        Filing::look(look, specimen, |test| test.id == self.test, setting)
    }

    fn decide(&self, seen: Option<Filing>, setting: &Setting<'_>) -> Decision {
        let none = || Refusal::NoSuch { what: "test".into(), name: self.test.to_string() };
        let filing = seen.ok_or_else(none)?;
        let test = filing.tests.iter().find(|test| test.id == self.test).ok_or_else(none)?;
        let code = test.code.0.clone();
        match filing.specimen.state {
            SpecimenState::Received => {}
            SpecimenState::Rejected => return Err(Refusal::SpecimenRejected),
            SpecimenState::Ordered | SpecimenState::Collected => {
                return Err(Refusal::NotReceived);
            }
        }
        if !test.state.takes_results() {
            return Err(Refusal::WrongState { code, state: test.state.word().into() });
        }
        if test.result != self.looked_at {
            return Err(Refusal::Changed { code });
        }
        let definition = setting
            .catalog
            .test(test.code.as_str())
            .ok_or_else(|| Refusal::UnknownTest { code: code.clone() })?;
        let value = if self.not_performed.trim().is_empty() {
            let expected = expected(definition.value_type);
            judgement::read(definition, &self.typed)
                .ok_or(Refusal::NotAValue { code, expected: expected.into() })?
        } else {
            Value::NotPerformed(self.not_performed.trim().to_owned())
        };
        let source = (Source::Manual, Vec::new());
        let version = filing.version((test, definition), value, source, setting);
        Ok(filing.filed(vec![version], setting))
    }
}

const fn expected(kind: ValueType) -> &'static str {
    match kind {
        ValueType::Numeric => "a number such as 7.2, or <0.5 or >600",
        ValueType::Structured => "a titer such as 1:64, a range such as 2-5, or a number",
        ValueType::Coded => "the answer in words, such as negative",
    }
}
