//! Reading the rules of release and of reflex testing, as written in the catalog's files.
//!
//! What must stay true: a condition that cannot be read is a mistake with its line, never no
//! condition.

use serde::Deserialize;
use toml::Spanned;

use super::mistake::Place;
use super::read::{Places, Reader};
use super::read_calculation::expression;
use super::rules::{ReflexRule, ReleaseRule, Rules, Within};

/// What a file says of rules.
#[derive(Default)]
pub(super) struct RulesText {
    pub(super) release: Vec<ReleaseText>,
    pub(super) reflex: Vec<ReflexText>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ReleaseText {
    name: Spanned<String>,
    tests: Vec<String>,
    within: Option<WithinText>,
    low: Option<String>,
    high: Option<String>,
    when: Option<Spanned<String>>,
    source: String,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum WithinText {
    Interval,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ReflexText {
    name: Spanned<String>,
    tests: Vec<String>,
    #[serde(default)]
    flags: Vec<String>,
    when: Option<Spanned<String>>,
    adds: Vec<String>,
    source: String,
}

/// Adds what one file says.
pub(super) fn add(
    reader: &mut Reader<'_>,
    text: RulesText,
    rules: &mut Rules,
    places: &mut Places,
) {
    for row in text.release {
        let place = reader.place(row.name.span());
        places.note("release", row.name.get_ref(), place.clone());
        sourced(reader, &place, (&row.tests, &row.source));
        let when = condition(reader, row.when.as_ref());
        if let Some(within) = within(reader, &place, &row) {
            let (name, tests, source) = (row.name.into_inner(), row.tests, row.source);
            rules.release.push(ReleaseRule { name, tests, within, when, source });
        }
    }
    for row in text.reflex {
        let place = reader.place(row.name.span());
        places.note("reflex", row.name.get_ref(), place.clone());
        sourced(reader, &place, (&row.tests, &row.source));
        if row.adds.is_empty() {
            reader.wrong(&place, "the rule adds nothing", "list the tests under adds");
        }
        if row.flags.is_empty() && row.when.is_none() {
            let what = "the rule adds tests whatever the result is";
            reader.wrong(&place, what, "write flags or when; or order the tests as a panel");
        }
        let letters = ["L", "H", "LL", "HH", "A", "AA"];
        for flag in row.flags.iter().filter(|flag| !letters.contains(&flag.as_str())) {
            let mend = format!("use one of {}", letters.join(", "));
            reader.wrong(&place, format!("there is no flag {flag:?}"), &mend);
        }
        let when = condition(reader, row.when.as_ref());
        rules.reflex.push(ReflexRule {
            name: row.name.into_inner(),
            tests: row.tests,
            flags: row.flags,
            when,
            adds: row.adds,
            source: row.source,
        });
    }
}

fn sourced(reader: &mut Reader<'_>, place: &Place, (tests, source): (&[String], &str)) {
    if tests.is_empty() {
        reader.wrong(place, "the rule names no test", "list them under tests");
    }
    if source.trim().is_empty() {
        reader.wrong(place, "the rule has no source", "name who says so");
    }
}

fn condition(reader: &mut Reader<'_>, text: Option<&Spanned<String>>) -> Option<rule::Expression> {
    let text = text?;
    let place = reader.place(text.span());
    expression(reader, &place, text.get_ref())
}

/// Either the reference interval, or low and high of one test.
fn within(reader: &mut Reader<'_>, place: &Place, row: &ReleaseText) -> Option<Within> {
    let either = "write within = \"interval\", or low and high";
    match (row.within, &row.low, &row.high) {
        (Some(WithinText::Interval), None, None) => Some(Within::Interval),
        (None, Some(low), Some(high)) => {
            if row.tests.len() > 1 {
                let what = "low and high stand for more than one test";
                reader.wrong(place, what, "write a rule for each");
            }
            let (low, high) = (reader.decimal(place, low), reader.decimal(place, high));
            reader.ordered(place, low, high);
            low.zip(high).map(|(low, high)| Within::Window(low, high))
        }
        _ => {
            reader.wrong(place, "where the value must lie is not said", either);
            None
        }
    }
}
