//! Finding a test or panel by what someone types at order entry.

use super::{Catalog, Panel, TestDefinition};

/// Something that can be ordered.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Entry<'a> {
    /// A panel.
    Panel(&'a Panel),
    /// A single test.
    Test(&'a TestDefinition),
}

impl<'a> Entry<'a> {
    /// The code to order by.
    pub fn code(&self) -> &'a str {
        match self {
            Entry::Panel(panel) => &panel.code,
            Entry::Test(test) => &test.code,
        }
    }

    /// The name to show.
    pub fn name(&self) -> &'a str {
        match self {
            Entry::Panel(panel) => &panel.name,
            Entry::Test(test) => &test.name,
        }
    }
}

/// Best answers first; panels before tests and catalog order among equals.
pub(super) fn find<'a>(catalog: &'a Catalog, query: &str) -> Vec<Entry<'a>> {
    let query = query.trim().to_lowercase();
    let words: Vec<&str> = query.split_whitespace().collect();
    let panels = catalog.panels().iter().map(Entry::Panel);
    let tests = catalog.tests().iter().map(Entry::Test);
    let mut found: Vec<(u8, Entry<'a>)> = panels
        .chain(tests)
        .filter_map(|entry| fit(&entry, &query, &words).map(|fit| (fit, entry)))
        .collect();
    found.sort_by_key(|(fit, _)| *fit);
    found.into_iter().map(|(_, entry)| entry).collect()
}

/// How well an entry answers: lower is better, none is not at all.
fn fit(entry: &Entry<'_>, query: &str, words: &[&str]) -> Option<u8> {
    let code = entry.code().to_lowercase();
    let name = entry.name().to_lowercase();
    if words.is_empty() || code == query {
        return Some(0);
    }
    if code.starts_with(query) {
        return Some(1);
    }
    let mut parts = name.split(|c: char| !c.is_alphanumeric());
    if words.iter().all(|word| parts.clone().any(|part| part.starts_with(word))) {
        return Some(if parts.any(|part| part == query) { 2 } else { 3 });
    }
    let within = words.iter().all(|word| name.contains(word) || code.contains(word));
    within.then_some(4)
}
