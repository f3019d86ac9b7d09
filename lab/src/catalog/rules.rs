//! Rules of the catalog: which results a rule may release, and which tests a released result adds.
//!
//! What must stay true: a test is released by a rule only where one names it; a rule names its
//! source; no chain of added tests comes back to where it began.

use rule::Expression;
use rust_decimal::Decimal;

use super::read::Places;
use super::{Catalog, Mistake, Origin, TestDefinition, ValueType};

/// A rule that may release results of its tests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReleaseRule {
    /// Its name.
    pub name: String,
    /// The tests, by code.
    pub tests: Vec<String>,
    /// Where the value must lie.
    pub within: Within,
    /// What else must be true of the results of the order; none for nothing else.
    pub when: Option<Expression>,
    /// Who says so.
    pub source: String,
}

/// Where a value must lie to be released by a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Within {
    /// Within the patient's reference interval; of coded answers, one that is not abnormal.
    Interval,
    /// From the first to the second, both included, in the test's unit: the laboratory's policy.
    Window(Decimal, Decimal),
}

/// A rule by which a released result adds tests to its specimen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReflexRule {
    /// Its name.
    pub name: String,
    /// The tests whose result may do it.
    pub tests: Vec<String>,
    /// The flags that do it, in letters; empty for any value.
    pub flags: Vec<String>,
    /// What else must be true of the results of the order; none for nothing else.
    pub when: Option<Expression>,
    /// The tests added.
    pub adds: Vec<String>,
    /// Who says so.
    pub source: String,
}

/// Every rule of a catalog.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rules {
    /// The rules of release, in the order of the files.
    pub release: Vec<ReleaseRule>,
    /// The rules of reflex testing, in the order of the files.
    pub reflex: Vec<ReflexRule>,
}

impl Rules {
    /// The rule that may release a test's results; none where only a person does.
    #[must_use]
    pub fn releasing(&self, code: &str) -> Option<&ReleaseRule> {
        self.release.iter().find(|rule| rule.tests.iter().any(|own| own == code))
    }

    /// The rules by which a test's result may add tests.
    pub fn following(&self, code: &str) -> impl Iterator<Item = &ReflexRule> {
        self.reflex.iter().filter(move |rule| rule.tests.iter().any(|own| own == code))
    }
}

/// Mistakes that need the whole catalog.
pub(super) fn check(catalog: &Catalog, places: &Places) -> Vec<Mistake> {
    let mut found = Vec::new();
    let mut bound: Vec<&String> = Vec::new();
    for rule in &catalog.rules().release {
        let place = places.of("release", &rule.name);
        for code in &rule.tests {
            let wrong = match catalog.test(code) {
                None => Some(unknown(&rule.name, code)),
                Some(_) if bound.contains(&code) => {
                    Some((format!("{code} has two rules of release"), "keep one of them"))
                }
                Some(test) => unfit(test, &rule.within),
            };
            found.extend(wrong.map(|(what, mend)| place.mistake(what, mend)));
            bound.push(code);
        }
        let named = named(catalog, &rule.name, rule.when.as_ref());
        found.extend(named.map(|(what, mend)| place.mistake(what, mend)));
    }
    for rule in &catalog.rules().reflex {
        let place = places.of("reflex", &rule.name);
        let tests = rule.tests.iter().chain(&rule.adds);
        let missing = tests.filter(|code| catalog.test(code).is_none());
        found.extend(
            missing
                .map(|code| unknown(&rule.name, code))
                .map(|(what, mend)| place.mistake(what, mend)),
        );
        for test in rule.adds.iter().filter_map(|code| catalog.test(code)) {
            if test.origin == Origin::Calculated {
                let what = format!("{} adds {}, which is calculated", rule.name, test.code);
                found.push(place.mistake(what, "add what it is calculated from"));
            }
        }
        let named = named(catalog, &rule.name, rule.when.as_ref());
        found.extend(named.map(|(what, mend)| place.mistake(what, mend)));
        if comes_back(catalog.rules(), rule) {
            let what = format!("what {} adds leads back to its own tests", rule.name);
            found.push(place.mistake(what, "take the test out of one of the rules"));
        }
    }
    found
}

type Wrong = (String, &'static str);

fn unknown(rule: &str, code: &str) -> Wrong {
    (format!("{rule} names the unknown test {code}"), "add the test or correct its code")
}

/// What keeps a rule from judging a test at all.
fn unfit(test: &TestDefinition, within: &Within) -> Option<Wrong> {
    let code = &test.code;
    match (within, test.value_type) {
        (_, ValueType::Structured) => {
            Some((format!("{code} gives no plain number"), "leave it to a person"))
        }
        (Within::Interval, ValueType::Coded) if test.answers.is_empty() => {
            Some((format!("{code} has no list of answers"), "list them, or leave it to a person"))
        }
        (Within::Interval, ValueType::Numeric) if test.intervals.is_empty() => {
            Some((format!("{code} has no reference interval"), "write low and high in the rule"))
        }
        (Within::Window(..), ValueType::Coded) => Some((
            format!("{code} is coded and has no low and high"),
            "write within = \"interval\"",
        )),
        _ => None,
    }
}

fn named<'a>(
    catalog: &'a Catalog,
    rule: &'a str,
    when: Option<&'a Expression>,
) -> impl Iterator<Item = Wrong> + 'a {
    let names = when.into_iter().flat_map(Expression::names);
    names.filter(|name| catalog.test(name).is_none()).map(move |name| unknown(rule, name))
}

/// Whether the tests that follow from a rule, step by step, reach one of its own.
fn comes_back(rules: &Rules, from: &ReflexRule) -> bool {
    let mut reached: Vec<&String> = Vec::new();
    let mut next: Vec<&String> = from.adds.iter().collect();
    while let Some(code) = next.pop() {
        if from.tests.contains(code) {
            return true;
        }
        if !reached.contains(&code) {
            reached.push(code);
            next.extend(rules.following(code).flat_map(|rule| &rule.adds));
        }
    }
    false
}
