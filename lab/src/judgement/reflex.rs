//! Which tests a released result asks for by the rules of the catalog.
//!
//! What must stay true: only a released value asks; a condition that cannot be told asks for
//! nothing; each rule asks once for what it adds.

use super::release::holds;
use crate::accession::ResultVersion;
use crate::catalog::{Catalog, ReflexRule};

/// The rules that this result brings about, given the results of the order that count.
#[must_use]
pub fn reflexes<'c>(
    catalog: &'c Catalog,
    result: &ResultVersion,
    results: &[&ResultVersion],
) -> Vec<&'c ReflexRule> {
    let flag = result.flag.map(|flag| flag.letters().to_owned());
    let fits = |rule: &&ReflexRule| {
        let flagged =
            rule.flags.is_empty() || flag.as_ref().is_some_and(|own| rule.flags.contains(own));
        let when = rule.when.as_ref();
        let so = when.is_none_or(|when| holds(when, results, catalog.tables()) == Some(true));
        result.has_value() && flagged && so
    };
    catalog.rules().following(result.code.as_str()).filter(fits).collect()
}
