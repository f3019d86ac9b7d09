//! `meniscus calculate`: one calculated test, by the starter catalog.
//!
//! What must stay true: a refusal is an answer with a code and a reason, and exit status 1.

use lab::catalog::{Catalog, calculate, read_words};

use crate::Ended;

/// Prints `{"value":…,"unit":…}`, or `{"refused":…,"because":…}`.
pub fn run(id: &str, inputs: &[String]) -> Result<(), Ended> {
    let catalog = Catalog::load(1, Catalog::starter_files()).map_err(|mistakes| {
        Ended::Fault(mistakes.first().map(ToString::to_string).unwrap_or_default())
    })?;
    match calculate(&catalog, id, &read_words(inputs)) {
        Ok(done) => {
            println!("{}", serde_json::json!({ "value": done.value, "unit": done.unit }));
            Ok(())
        }
        Err(not) => {
            println!("{}", serde_json::json!({ "refused": not.code, "because": not.because }));
            Err(Ended::Found)
        }
    }
}
