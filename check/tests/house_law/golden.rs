//! Every event has a golden text that must decode for ever.
//!
//! The variants are read from `lab/src/event.rs` and the families beside it; the texts lie in
//! `lab/tests/golden/events/`. What must stay true: an event that can happen has a text there that
//! names it, and a family's wrapper (`Specimen(SpecimenEvent)`) is counted by what it holds.

use crate::source::{Finding, Source, TextFile};
use crate::token::Token;

/// Where the golden texts lie.
pub const DIRECTORY: &str = "lab/tests/golden/events/";

/// A variant of an event enumeration.
#[derive(Debug, PartialEq, Eq)]
pub struct Variant {
    /// Its name.
    pub name: String,
    /// The file it is declared in.
    pub path: String,
    /// The line it is declared on.
    pub line: usize,
    /// What it wraps, when it is a tuple of one plain type.
    wraps: Option<String>,
}

/// Every event, wrappers of families left out.
pub fn events(sources: &[Source]) -> Vec<Variant> {
    let is_event = |path: &str| path == "lab/src/event.rs" || path.starts_with("lab/src/event/");
    let mut enums = Vec::new();
    let mut found = Vec::new();
    for source in sources.iter().filter(|source| is_event(&source.path)) {
        for at in 0..source.code.len() {
            let name = source.code.get(at + 1).and_then(Token::word).unwrap_or("");
            if source.code[at].is_word("enum")
                && name.ends_with("Event")
                && !source.is_test(source.code[at].line)
            {
                enums.push(name.to_string());
                found.extend(variants(source, at + 2));
            }
        }
    }
    let is_family =
        |variant: &Variant| variant.wraps.as_ref().is_some_and(|wrapped| enums.contains(wrapped));
    found.retain(|variant| !is_family(variant));
    found
}

/// The variants of the enumeration whose body opens at or after `from`.
fn variants(source: &Source, from: usize) -> Vec<Variant> {
    let code = &source.code;
    let (mut depth, mut fresh) = (0usize, true);
    let mut found = Vec::new();
    for at in from..code.len() {
        let token = &code[at];
        if ['{', '(', '['].iter().any(|mark| token.is_mark(*mark)) {
            depth += 1;
        } else if ['}', ')', ']'].iter().any(|mark| token.is_mark(*mark)) {
            depth = depth.saturating_sub(1);
            if depth == 0 {
                break;
            }
        } else if depth == 1 && token.is_mark(',') {
            fresh = true;
        } else if let Some(name) = token.word().filter(|_| depth == 1 && fresh) {
            fresh = false;
            let wraps = wrapped(&code[at + 1..]);
            let (name, path) = (name.to_string(), source.path.clone());
            found.push(Variant { name, path, line: token.line, wraps });
        }
    }
    found
}

/// The type in `(Type)`.
fn wrapped(code: &[Token]) -> Option<String> {
    let closed = code.first()?.is_mark('(') && code.get(2)?.is_mark(')');
    closed.then(|| code.get(1)?.word().map(String::from)).flatten()
}

/// The events that no golden text names, by file name or in its text.
pub fn findings(events: &[Variant], texts: &[TextFile]) -> Vec<Finding> {
    let named = |event: &&Variant| {
        let snake = snake(&event.name);
        texts.iter().any(|text| {
            let stem = text.path.rsplit('/').next().unwrap_or("").split('.').next();
            stem == Some(snake.as_str())
                || stem == Some(event.name.as_str())
                || [&snake, &event.name].iter().any(|name| has_word(&text.text, name))
        })
    };
    let mend = |event: &Variant| {
        let text = format!(
            "`{}` has no golden text: keep one of its entries in {DIRECTORY}{}.json, and never \
             edit it",
            event.name,
            snake(&event.name)
        );
        Finding::new(&event.path, event.line, text)
    };
    events.iter().filter(|event| !named(event)).map(mend).collect()
}

fn has_word(text: &str, word: &str) -> bool {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').any(|part| part == word)
}

fn snake(name: &str) -> String {
    let mut found = String::new();
    for (at, c) in name.char_indices() {
        if c.is_uppercase() && at > 0 {
            found.push('_');
        }
        found.extend(c.to_lowercase());
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_without_its_golden_text_is_caught() {
        let event = Source::new(
            "lab/src/event.rs",
            "pub enum Event { Specimen(SpecimenEvent), #[serde(x)] DayOpened { at: (u8, u8) }, }",
        );
        let family = Source::new(
            "lab/src/event/specimen.rs",
            "/// A\npub enum SpecimenEvent { Collected { by: u8 }, Received(u8), Stored }",
        );
        let events = events(&[event, family]);
        let names: Vec<_> = events.iter().map(|event| event.name.as_str()).collect();
        assert_eq!(names, ["DayOpened", "Collected", "Received", "Stored"]);
        let text = |path: &str, text: &str| TextFile { path: path.into(), text: text.into() };
        let texts =
            [text("x/day_opened.json", "{}"), text("x/all.txt", "\"Collected\" received_late")];
        let missing = findings(&events, &texts);
        let messages: Vec<_> = missing.iter().map(|f| f.message.split('`').nth(1)).collect();
        assert_eq!(messages, [Some("Received"), Some("Stored")]);
    }
}
