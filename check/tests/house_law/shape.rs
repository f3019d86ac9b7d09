//! How each file and each room begins: its first comment, and the lints it denies itself.
//!
//! What must stay true: every Rust file says what it is before it says anything else, and the
//! rooms that hold results, rows and messages cannot panic by a forgotten `unwrap`, an index out
//! of bounds or a number cut short.

use crate::source::{Finding, Source};

/// The rooms that may not panic.
const CAREFUL_ROOMS: [&str; 3] = ["lab", "store", "wire"];

/// The lints they deny outside tests.
const DENIED: [&str; 4] = ["unwrap_used", "expect_used", "indexing_slicing", "as_conversions"];

/// A file that does not say what it is.
pub fn opening(source: &Source) -> Option<Finding> {
    let first = source.text.lines().next().unwrap_or("");
    let said = first.strip_prefix("//!").is_some_and(|rest| rest.trim().len() > 10);
    let mend = "begin with `//!`: what this is in words a technologist would use, then what must \
                stay true";
    (!said).then(|| source.finding(1, mend))
}

/// What is missing from the head of a careful room's `lib.rs`.
pub fn denied_lints(source: &Source) -> Vec<Finding> {
    let is_head = CAREFUL_ROOMS.iter().any(|room| source.path == format!("{room}/src/lib.rs"));
    if !is_head {
        return Vec::new();
    }
    let denies = inner_attributes(source);
    let missing = |lint: &&&str| !denies.iter().any(|word| word == **lint);
    let mend = |lint: &&str| {
        let text = format!(
            "this room denies itself `clippy::{lint}` outside tests: add it to \
             `#![cfg_attr(not(test), deny(…))]` at its head"
        );
        source.finding(1, text)
    };
    DENIED.iter().filter(missing).map(mend).collect()
}

/// The words inside `#![cfg_attr(not(test), deny(…))]` and `#![deny(…)]`.
fn inner_attributes(source: &Source) -> Vec<String> {
    let mut found = Vec::new();
    let code = &source.code;
    for at in 0..code.len().saturating_sub(2) {
        if code[at].is_mark('#') && code[at + 1].is_mark('!') && code[at + 2].is_mark('[') {
            let inside = code[at..].iter().take_while(|token| !token.is_mark(']'));
            let words: Vec<String> = inside.filter_map(|t| t.word().map(String::from)).collect();
            if words.iter().any(|word| word == "deny" || word == "forbid") {
                found.extend(words);
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_without_its_first_comment_is_caught() {
        let said = |text: &str| opening(&Source::new("lab/src/a.rs", text)).is_none();
        assert!(said("//! What a patient is.\n"));
        assert!(!said("// What a patient is.\n"));
        assert!(!said("//!\n"));
        assert!(!said("use std::fmt;\n"));
    }

    #[test]
    fn a_careful_room_without_its_lints_is_caught() {
        let count = |path: &str, text: &str| denied_lints(&Source::new(path, text)).len();
        let all = "#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, \
                   clippy::indexing_slicing, clippy::as_conversions))]";
        assert_eq!(count("lab/src/lib.rs", all), 0);
        assert_eq!(count("lab/src/lib.rs", &all.replace("clippy::as_conversions", "")), 1);
        assert_eq!(count("lab/src/lib.rs", &all.replace("deny", "allow")), 4);
        assert_eq!(count("lab/src/lib.rs", &format!("// {all}")), 4);
        assert_eq!(count("web/src/lib.rs", ""), 0);
    }
}
