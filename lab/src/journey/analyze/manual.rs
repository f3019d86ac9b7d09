//! Entering a result by hand.
//!
//! What must stay true: the person sees at once whether the text is a value of that test; what
//! another person filed meanwhile is not overwritten.

use super::filing::Filing;
use crate::accession::{Looked, ResultVersion, Source, TestState};
use crate::catalog::{TestDefinition, ValueType};
use crate::command::{Decide, Decision, Look, Setting};
use crate::journey::meanwhile;
use crate::judgement::{self, TITER};
use crate::refusal::Refusal;
use crate::value::{TestId, Value};

/// Enter a result by hand, or the reason why there is none.
#[derive(Clone, Debug)]
pub struct EnterResult {
    /// Which test.
    pub test: TestId,
    /// The test as it was looked at.
    pub looked_at: Looked,
    /// The value as typed.
    pub typed: String,
    /// The reason for no value; empty where there is one.
    pub not_performed: String,
}

impl Decide for EnterResult {
    type Sees = Option<(Filing, Option<Refusal>)>;

    fn look<L: Look>(&self, look: &L, setting: &Setting<'_>) -> Result<Self::Sees, L::Fault> {
        let Some(test) = look.test(self.test)? else { return Ok(None) };
        let Some(specimen) = look.specimen(test.specimen)? else { return Ok(None) };
        let refused = meanwhile(look, &test, self.looked_at, setting)?;
        let filing = Filing::look(look, specimen, |test| test.id == self.test, setting)?;
        Ok(filing.map(|filing| (filing, refused)))
    }

    fn decide(&self, seen: Self::Sees, setting: &Setting<'_>) -> Decision {
        let none = || Refusal::NoSuch { what: "test".into(), name: self.test.to_string() };
        let (filing, refused) = seen.ok_or_else(none)?;
        let test = filing.tests.iter().find(|test| test.id == self.test).ok_or_else(none)?;
        let code = test.code.0.clone();
        super::measurable(&filing.specimen)?;
        if let Some(refused) = refused {
            return Err(refused);
        }
        if !test.state.takes_results() {
            return Err(Refusal::WrongState { code, state: test.state.word().into() });
        }
        let definition = setting
            .catalog
            .test(test.code.as_str())
            .ok_or_else(|| Refusal::UnknownTest { code: code.clone() })?;
        let value = if self.not_performed.trim().is_empty() {
            let expected = expected(definition);
            judgement::read(definition, &self.typed).ok_or(Refusal::NotAValue { code, expected })?
        } else {
            Value::NotPerformed(self.not_performed.trim().to_owned())
        };
        let source = (Source::Manual, Vec::new());
        let version = filing.version((test, definition), value, source, setting);
        Ok(filing.filed(vec![version], setting))
    }
}

/// What these texts would be filed as, were they entered now, and every calculated test that would
/// follow from them: for the screen, while somebody types. Nothing is filed; a text that is no
/// value of its test is left out.
#[must_use]
pub fn would_file(
    filing: &Filing,
    typed: &[(TestId, String)],
    setting: &Setting<'_>,
) -> Vec<ResultVersion> {
    let version = |(id, text): &(TestId, String)| {
        let test = filing.tests.iter().find(|test| test.id == *id)?;
        let definition = setting.catalog.test(test.code.as_str())?;
        let value = judgement::read(definition, text)?;
        let source = (Source::Manual, Vec::new());
        Some(filing.version((test, definition), value, source, setting))
    };
    let versions: Vec<ResultVersion> = typed.iter().filter_map(version).collect();
    let calculated = filing.calculated(&versions, TestState::takes_results, setting);
    versions.into_iter().chain(calculated).collect()
}

/// What a typed result of this test looks like.
#[must_use]
pub fn expected(definition: &TestDefinition) -> String {
    match definition.value_type {
        ValueType::Numeric => "a number such as 7.2, or <0.5 or >600".into(),
        ValueType::Structured if definition.unit == TITER => {
            "a titer such as 1:64, <1:8 or >=1:2560, or words such as nonreactive".into()
        }
        ValueType::Structured => {
            "a number, a range such as 2-5 with the lower figure first, or words such as many"
                .into()
        }
        ValueType::Coded if definition.answers.is_empty() => {
            "the answer in words, such as negative".into()
        }
        ValueType::Coded => {
            let words: Vec<&str> = definition.answers.iter().map(|one| one.text.as_str()).collect();
            format!("one of {}", words.join(", "))
        }
    }
}
