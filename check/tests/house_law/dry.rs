//! Dry rooms stay dry: what they may not name in their sources, and who may wait.
//!
//! Test code is free to read files and measure time. What must stay true: no clock, file, socket,
//! thread, chance or shared mutable state is reached from a dry room, and `async` stands only
//! where requests and connections are served.

use crate::arrows::DRY;
use crate::source::{Finding, Source};
use crate::token::Token;

/// Modules of the standard library that touch the world.
const WET_MODULES: [&str; 7] = ["env", "fs", "io", "net", "os", "process", "thread"];

/// Names that read the clock when `::now` follows, and other calls into the world.
const WET_CALLS: [(&str, &str); 4] =
    [("TimeZone", "system"), ("TimeZone", "get"), ("jiff", "tz::get"), ("Uuid", "new_v4")];

/// Words no dry room writes.
const WET_WORDS: [&str; 18] = [
    "SystemTime",
    "getrandom",
    "rand",
    "tokio",
    "async",
    "await",
    "OnceLock",
    "LazyLock",
    "OnceCell",
    "LazyCell",
    "thread_local",
    "lazy_static",
    "println",
    "eprintln",
    "print",
    "dbg",
    "Mutex",
    "RwLock",
];

/// Where `async` may stand.
const ASYNC_ROOMS: [&str; 3] = ["web", "meniscus", "check"];

/// The one file outside them: the PostgreSQL engine, out of sight behind the one door.
const ASYNC_ENGINE: &str = "store/src/engine/postgres";

/// What breaks the law of dryness in a source.
pub fn findings(source: &Source) -> Vec<Finding> {
    let mut found = Vec::new();
    let dry = DRY.contains(&source.room());
    let may_wait =
        ASYNC_ROOMS.contains(&source.room()) || source.path.starts_with(ASYNC_ENGINE) || dry;
    for (at, token) in source.code.iter().enumerate() {
        if source.is_test(token.line) {
            continue;
        }
        let wet = if dry { wet_at(&source.code[at..]) } else { None };
        if let Some(what) = wet {
            let mend = format!(
                "`{what}` in a dry room: time, identity and bytes are arguments here. Take the \
                 value as a parameter and let a wet room fetch it"
            );
            found.push(source.finding(token.line, mend));
        }
        if token.is_word("async") && !may_wait {
            let mend = "`async` outside web and meniscus: do the work on a thread, and let those \
                        rooms step from async to sync in one place";
            found.push(source.finding(token.line, mend));
        }
    }
    found
}

/// What is wet at the first of these tokens.
fn wet_at(code: &[Token]) -> Option<String> {
    let word = code[0].word()?;
    if WET_WORDS.contains(&word) || word.starts_with("Atomic") {
        return Some(word.to_string());
    }
    if word == "std" {
        let module = below(code).into_iter().find(|name| WET_MODULES.contains(name));
        return module.map(|name| format!("std::{name}"));
    }
    let next = path_step(code)?;
    if word == "Instant" && next == "now" || word != "self" && next == "now" && called(code) {
        return Some(format!("{word}::now"));
    }
    if word == "static" && next == "mut" {
        return Some("static mut".into());
    }
    WET_CALLS
        .iter()
        .find(|(owner, call)| word == *owner && next == *call)
        .map(|(owner, call)| format!("{owner}::{call}"))
}

/// The word after `word::`, or directly after `static`.
fn path_step(code: &[Token]) -> Option<&str> {
    if code[0].is_word("static") {
        return code.get(1)?.word();
    }
    let colons = code.get(1)?.is_mark(':') && code.get(2)?.is_mark(':');
    colons.then(|| code.get(3)?.word()).flatten()
}

fn called(code: &[Token]) -> bool {
    code.get(4).is_some_and(|token| token.is_mark('('))
}

/// The names directly below `std::`, one, or each of a braced group.
fn below(code: &[Token]) -> Vec<&str> {
    let Some(first) = code.get(3) else { return Vec::new() };
    if !first.is_mark('{') {
        return path_step(code).into_iter().collect();
    }
    let mut names = Vec::new();
    let mut depth = 0usize;
    let mut fresh = false;
    for token in &code[3..] {
        if token.is_mark('{') {
            depth += 1;
            fresh = depth == 1;
        } else if token.is_mark('}') {
            depth -= 1;
            if depth == 0 {
                break;
            }
        } else if token.is_mark(',') {
            fresh = depth == 1;
        } else if let Some(word) = token.word() {
            if fresh {
                names.push(word);
            }
            fresh = false;
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(path: &str, text: &str) -> usize {
        findings(&Source::new(path, text)).len()
    }

    #[test]
    fn wet_words_in_a_dry_room_are_caught() {
        let planted = [
            "use std::fs;",
            "use std::{collections::BTreeMap, net::TcpStream};",
            "use std::{fmt, io};",
            "fn a() { std::fs::read(\"x\"); }",
            "fn a() { let b = std::time::SystemTime::now(); }",
            "use std::time::Instant; fn a() { Instant::now(); }",
            "fn a() { jiff::Timestamp::now(); }",
            "fn a() { Zoned::now(); }",
            "fn a() { rand::random::<u8>(); }",
            "async fn a() {}",
            "static mut A: u8 = 0;",
            "static A: std::sync::OnceLock<u8> = std::sync::OnceLock::new();",
            "use std::sync::atomic::AtomicU64;",
            "thread_local! { static A: u8 = 0; }",
            "fn a() { println!(\"b\"); }",
            "fn a() { TimeZone::system(); }",
        ];
        for text in planted {
            assert!(count("lab/src/a.rs", text) > 0, "not caught: {text}");
        }
    }

    #[test]
    fn dry_code_and_tests_pass() {
        let clean = [
            "use std::{collections::BTreeMap, fmt, sync::Arc, cell::RefCell};",
            "// std::fs\nconst A: &str = \"std::fs tokio\";",
            "const A: &str = include_str!(\"a.toml\");",
            "fn a(now: Timestamp) -> bool { self.now(now) && b.now() }",
            "static NAMES: [&str; 1] = [\"a\"];",
            "#[cfg(test)]\nmod tests { use std::fs; }",
        ];
        for text in clean {
            assert_eq!(count("lab/src/a.rs", text), 0, "wrongly caught: {text}");
        }
        assert_eq!(count("lab/tests/a.rs", "use std::fs;"), 0);
        assert_eq!(count("store/src/a.rs", "use std::fs;"), 0);
    }

    #[test]
    fn waiting_outside_web_and_meniscus_is_caught() {
        assert_eq!(count("store/src/a.rs", "async fn a() {}"), 1);
        assert_eq!(count("simlab/src/a.rs", "fn a() { async {}; }"), 1);
        assert_eq!(count("web/src/a.rs", "async fn a() {}"), 0);
        assert_eq!(count("store/src/engine/postgres.rs", "async fn a() {}"), 0);
    }
}
