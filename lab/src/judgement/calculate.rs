//! Calculated tests of an accession: done again whenever one of their inputs has a new value.
//!
//! What must stay true: reported values are the inputs, so that a reader can compute them again;
//! a qualified or missing input gives no figure but says why; a result made from a held input is
//! held; what an instrument measured is never replaced by a calculation, and no two values are
//! made from each other.

use crate::accession::{Hold, ResultVersion, Source, Test};
use crate::catalog::{
    Catalog, Input, InputSource, Origin, TestCalculation, TestDefinition, calculate,
};
use crate::patient::Patient;
use crate::value::{Moment, Sex, Value};

/// A calculated test with its new value.
pub struct Dependent<'a> {
    /// The test.
    pub test: &'a Test,
    /// The formula's name.
    pub formula: String,
    /// What came out.
    pub value: Value,
    /// Holds inherited from the inputs.
    pub holds: Vec<Hold>,
}

/// What the formulas may use of an accession.
pub struct Inputs<'a> {
    /// The catalog in force.
    pub catalog: &'a Catalog,
    /// The patient, for age and sex.
    pub patient: &'a Patient,
    /// When the specimen was taken.
    pub collected_at: Moment,
    /// The newest version of each test that has one.
    pub newest: Vec<&'a ResultVersion>,
    /// The codes ordered and not cancelled.
    pub awaited: Vec<&'a str>,
    /// The codes that a person holds.
    pub held: Vec<&'a str>,
}

/// The tests among `tests` that follow from a value among `changed`, directly or through others;
/// each stands after those it is calculated from.
#[must_use]
pub fn affected<'a>(catalog: &Catalog, tests: &[&'a Test], changed: &[&str]) -> Vec<&'a Test> {
    let mut left: Vec<(&'a Test, Vec<String>)> =
        tests.iter().map(|test| (*test, inputs_of(catalog, test.code.as_str()))).collect();
    left.retain(|(_, inputs)| !inputs.is_empty());
    let mut reached: Vec<&str> = changed.to_vec();
    let mut found: Vec<(&'a Test, Vec<String>)> = Vec::new();
    // Each round finds at least one, or is the last.
    while let Some(at) = left.iter().position(|(test, inputs)| {
        !reached.contains(&test.code.as_str())
            && inputs.iter().any(|one| reached.contains(&one.as_str()))
    }) {
        let next = left.remove(at);
        reached.push(next.0.code.as_str());
        found.push(next);
    }
    let mut ordered = Vec::new();
    while let Some(at) = found
        .iter()
        .position(|(_, inputs)| !found.iter().any(|(other, _)| inputs.contains(&other.code.0)))
    {
        ordered.push(found.remove(at).0);
    }
    ordered
}

fn inputs_of(catalog: &Catalog, code: &str) -> Vec<String> {
    let results = catalog.inputs_of(code).into_iter().filter_map(|(_, source)| match source {
        InputSource::Result(code) => Some(code),
        _ => None,
    });
    results.collect()
}

/// The test with its value calculated anew; `None` where it is not to be calculated now.
#[must_use]
pub fn calculated<'a>(inputs: &Inputs<'_>, test: &'a Test) -> Option<Dependent<'a>> {
    let definition = inputs.catalog.test(test.code.as_str())?;
    let formula = definition.calculation.as_ref()?;
    if definition.origin != Origin::Calculated && !inputs.stands_in(test, definition) {
        return None;
    }
    let calculation = inputs.catalog.calculation(&formula.id)?;
    let needed: Vec<(&Input, String)> = calculation
        .inputs
        .iter()
        .filter_map(|input| Some((input, source_of(input, formula)?)))
        .collect();
    let mut given = Vec::new();
    let mut holds = Vec::new();
    for (input, code) in needed {
        match inputs.text_of(&code, &mut holds) {
            Some(text) => given.push((input.name.clone(), text)),
            None if !input.needed() => {}
            None if inputs.is_coming(&code) => return None,
            None => {}
        }
    }
    let value = match calculate(inputs.catalog, &formula.id, &given) {
        Ok(calculated) => {
            Value::read_quantity(&calculated.value).unwrap_or(Value::Text(calculated.value))
        }
        Err(not) => Value::NotPerformed(not.because),
    };
    Some(Dependent { test, formula: formula.id.clone(), value, holds })
}

/// The code of the test, or `age` or `sex` of the patient, that fills an input; `None` for inputs
/// an accession does not carry.
fn source_of(input: &Input, formula: &TestCalculation) -> Option<String> {
    if let Some(code) = formula.inputs.get(&input.name) {
        return Some(code.clone());
    }
    match &input.source {
        InputSource::Result(code) => Some(code.clone()),
        InputSource::Patient => Some(input.name.clone()),
        InputSource::Entered | InputSource::Lot | InputSource::Setting => None,
    }
}

impl Inputs<'_> {
    /// True where a calculation does not stand in for a test, since there is a measured value.
    #[must_use]
    pub fn is_measured(&self, test: &Test) -> bool {
        let definition = self.catalog.test(test.code.as_str());
        let always = definition.is_some_and(|known| known.origin == Origin::Calculated);
        !always && self.measured(test.code.as_str()) == Some(true)
    }

    /// The reported text of an input; `None` where there is no value.
    fn text_of(&self, code: &str, holds: &mut Vec<Hold>) -> Option<String> {
        match code {
            "age" => {
                let born = self.patient.birth_date?;
                return born.years_old(self.collected_at).map(|years| years.to_string());
            }
            "sex" => {
                let known = self.patient.sex != Sex::Unknown;
                return known.then(|| self.patient.sex.letter().to_owned());
            }
            _ => {}
        }
        let result = self.newest.iter().find(|result| result.code.as_str() == code)?;
        if !result.holds.is_empty() || self.held.contains(&code) {
            holds.push(Hold::HeldInput(code.to_owned()));
        }
        matches!(result.value, Value::Quantity(_)).then(|| result.value.to_string())
    }

    /// True where a calculation stands in for a measurement that was not sent: nothing measured is
    /// there, and no input is itself made from this test, so that no two values come from each
    /// other.
    fn stands_in(&self, test: &Test, definition: &TestDefinition) -> bool {
        if self.measured(test.code.as_str()).is_some_and(|measured| measured) {
            return false;
        }
        let inputs = self.catalog.inputs_of(&definition.code);
        inputs.iter().all(|(input, source)| match source {
            InputSource::Result(code) => {
                let made_from_it = inputs_of(self.catalog, code).contains(&definition.code);
                match self.measured(code) {
                    Some(measured) => measured || !made_from_it,
                    None => !input.needed(),
                }
            }
            _ => true,
        })
    }

    /// Whether the newest value of a test was measured; `None` where there is no value.
    fn measured(&self, code: &str) -> Option<bool> {
        let newest = self.newest.iter().find(|result| result.code.as_str() == code)?;
        Some(!matches!(newest.source, Source::Calculated(_)))
    }

    /// True for an input that an instrument has yet to send.
    fn is_coming(&self, code: &str) -> bool {
        let arrived = self.newest.iter().any(|result| result.code.as_str() == code);
        !arrived && self.awaited.contains(&code)
    }
}
