//! Trying a calculation's examples.

use super::Catalog;
use super::calculate::{calculate_by, read_words};
use super::calculation::{Calculation, Expected};

/// Every example that does not come out as written, as a sentence.
pub(super) fn disagreements(catalog: &Catalog, calculation: &Calculation) -> Vec<String> {
    let mut found = Vec::new();
    for example in &calculation.examples {
        let words = example.given.split_whitespace().map(str::to_string).collect::<Vec<_>>();
        let outcome = calculate_by(catalog.tables(), calculation, &read_words(&words));
        let (agrees, gives) = match (&outcome, &example.expected) {
            (Ok(found), Expected::Value(value)) => (found.value == *value, found.value.clone()),
            (Ok(found), Expected::Refused(_)) => (false, found.value.clone()),
            (Err(found), Expected::Refused(code)) => (found.code == *code, told(found)),
            (Err(found), Expected::Value(_)) => (false, told(found)),
        };
        if !agrees {
            let expected = match &example.expected {
                Expected::Value(value) => value.clone(),
                Expected::Refused(code) => format!("refused {code}"),
            };
            found.push(format!(
                "{}: the example {:?} gives {gives}, expected {expected}",
                calculation.id, example.given
            ));
        }
    }
    found
}

fn told(refusal: &super::NotCalculated) -> String {
    format!("refused {} ({})", refusal.code, refusal.because)
}
