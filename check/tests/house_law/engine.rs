//! Only `store/src/engine` knows which database holds the laboratory.
//!
//! What must stay true: no code outside the engines, the migrations and the configuration names
//! a database, so that no screen, station or rule can behave differently on one of them.

use crate::source::{Finding, Source};
use crate::token::Kind;

/// Where an engine may be named in code.
const KNOWING: [&str; 8] = [
    "store/src/engine",
    "store/src/migration",
    "store/tests/",
    "meniscus/src/main.rs",
    "meniscus/src/config",
    "meniscus/src/command",
    "check/",
    "xtask/",
];

/// What breaks the law of engines in a source.
pub fn findings(source: &Source) -> Vec<Finding> {
    if KNOWING.iter().any(|place| source.path.starts_with(place)) {
        return Vec::new();
    }
    let named = source.code.iter().filter(|token| !source.is_test(token.line)).filter(|token| {
        let (Kind::Word(text) | Kind::Text(text)) = &token.kind else { return false };
        let lower = text.to_lowercase();
        lower.contains("sqlite") || lower.contains("postgres")
    });
    let mend = "names a database outside `store/src/engine`: ask the store's contract, and let \
                each engine answer in its own way";
    named.map(|token| source.finding(token.line, mend)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_branch_on_the_engine_is_caught() {
        let count = |path: &str, text: &str| findings(&Source::new(path, text)).len();
        let branch = "fn a() { if engine == Engine::Sqlite {} }";
        assert_eq!(count("store/src/table/patient.rs", branch), 1);
        assert_eq!(count("web/src/a.rs", "use rusqlite::Row;"), 1);
        assert_eq!(count("web/src/a.rs", "const A: &str = \"sqlite_master\";"), 1);
        assert_eq!(count("store/src/engine/sqlite.rs", branch), 0);
        assert_eq!(count("store/src/table/patient.rs", "// SQLite and PostgreSQL\n"), 0);
    }
}
