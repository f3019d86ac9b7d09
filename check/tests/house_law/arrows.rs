//! Arrows go down only: which room may use which, read from each `Cargo.toml`.
//!
//! What must stay true: `wire` and `rule` stand alone, the dry rooms use nothing from outside
//! that touches files, clocks, networks or chance, and only `meniscus` sees the whole house.

use toml::{Table, Value};

use crate::source::{Finding, ROOMS, TextFile};

/// The rooms a room may use.
const ARROWS: [(&str, &[&str]); 11] = [
    ("rule", &[]),
    ("wire", &[]),
    ("lab", &["rule"]),
    ("fhir", &["lab", "rule"]),
    ("report", &["lab", "rule"]),
    ("store", &["lab", "rule"]),
    ("web", &["store", "fhir", "report", "lab", "rule"]),
    ("simlab", &["store", "wire", "lab", "rule"]),
    ("meniscus", &["web", "simlab", "store", "fhir", "report", "lab", "rule", "wire"]),
    ("check", &["meniscus", "web", "simlab", "store", "fhir", "report", "lab", "rule", "wire"]),
    ("xtask", &[]),
];

/// The rooms where one thinks: no input or output, no clock, no chance, no waiting.
pub const DRY: [&str; 5] = ["rule", "lab", "wire", "fhir", "report"];

/// What a dry room may use from outside. Before a name is added here, someone has looked that
/// it does its work from its arguments alone.
const DRY_OUTSIDE: [&str; 13] = [
    "datamatrix",
    "encoding_rs",
    "fluent-bundle",
    "jiff",
    "krilla",
    "maud",
    "octofhir-ucum",
    "parley",
    "quick-xml",
    "rust_decimal",
    "serde",
    "serde_json",
    "toml",
];

/// What breaks the law of arrows in a room's manifest.
pub fn findings(room: &str, manifest: &TextFile) -> Vec<Finding> {
    let table: Table = match manifest.text.parse() {
        Ok(table) => table,
        Err(fault) => return vec![Finding::new(&manifest.path, 1, format!("unreadable: {fault}"))],
    };
    let allowed = ARROWS.iter().find(|(name, _)| *name == room).map_or(&[][..], |(_, to)| to);
    let mut found = Vec::new();
    for (name, for_tests) in dependencies(&table) {
        let line = line_of(&manifest.text, &name);
        let inside = ROOMS.contains(&name.as_str());
        if inside && !allowed.contains(&name.as_str()) {
            let mend = format!(
                "`{room}` may not use `{name}`: arrows go down only. Move what is needed into a \
                 room below both, or pass it as an argument; allowed here: {allowed:?}"
            );
            found.push(Finding::new(&manifest.path, line, mend));
        }
        if !inside && !for_tests && DRY.contains(&room) && !DRY_OUTSIDE.contains(&name.as_str()) {
            let mend = format!(
                "`{room}` is a dry room and `{name}` is not among what dry rooms use from outside. \
                 If it works from its arguments alone, add it to DRY_OUTSIDE in check/tests/\
                 house_law/arrows.rs and write the reason into docs/DESIGN.md; else use it from a \
                 wet room"
            );
            found.push(Finding::new(&manifest.path, line, mend));
        }
    }
    if !inherits_lints(&table) {
        let mend = "add `[lints]` with `workspace = true`, so that every room obeys the same lints";
        found.push(Finding::new(&manifest.path, 1, mend));
    }
    found
}

/// Each dependency's name, and whether only tests use it.
fn dependencies(table: &Table) -> Vec<(String, bool)> {
    let mut found = Vec::new();
    let targets = table.get("target").and_then(Value::as_table);
    let per_target = targets.into_iter().flat_map(|all| all.values()).filter_map(Value::as_table);
    for part in std::iter::once(table).chain(per_target) {
        for (section, for_tests) in
            [("dependencies", false), ("build-dependencies", false), ("dev-dependencies", true)]
        {
            let entries = part.get(section).and_then(Value::as_table);
            for (key, value) in entries.into_iter().flatten() {
                let renamed = value.get("package").and_then(Value::as_str);
                found.push((renamed.unwrap_or(key).to_string(), for_tests));
            }
        }
    }
    found
}

fn inherits_lints(table: &Table) -> bool {
    let lints = table.get("lints").and_then(|lints| lints.get("workspace"));
    lints.and_then(Value::as_bool) == Some(true)
}

fn line_of(text: &str, name: &str) -> usize {
    let starts = |line: &str| line.trim_start().trim_start_matches('"').starts_with(name);
    text.lines().position(starts).map_or(1, |at| at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(room: &str, dependencies: &str) -> Vec<String> {
        let text = format!("[lints]\nworkspace = true\n{dependencies}");
        let manifest = TextFile { path: format!("{room}/Cargo.toml"), text };
        findings(room, &manifest).into_iter().map(|f| f.message).collect()
    }

    #[test]
    fn an_arrow_upward_is_caught() {
        let planted = [
            ("lab", "[dependencies]\nstore.workspace = true"),
            ("rule", "[dependencies]\nlab = { path = \"../lab\" }"),
            ("wire", "[dev-dependencies]\nlab.workspace = true"),
            ("store", "[target.'cfg(unix)'.dependencies]\nweb.workspace = true"),
            ("fhir", "[dependencies]\nx = { package = \"store\", path = \"../store\" }"),
        ];
        for (room, dependencies) in planted {
            assert_eq!(judged(room, dependencies).len(), 1, "{room}: {dependencies}");
        }
        assert!(judged("lab", "[dependencies]\nrule.workspace = true").is_empty());
    }

    #[test]
    fn a_wet_library_in_a_dry_room_is_caught() {
        assert_eq!(judged("lab", "[dependencies]\ntokio.workspace = true").len(), 1);
        assert!(judged("lab", "[dev-dependencies]\nproptest.workspace = true").is_empty());
        assert!(judged("web", "[dependencies]\ntokio.workspace = true").is_empty());
    }

    #[test]
    fn a_room_without_the_lints_is_caught() {
        let manifest = TextFile { path: "lab/Cargo.toml".into(), text: String::new() };
        assert_eq!(findings("lab", &manifest).len(), 1);
    }
}
