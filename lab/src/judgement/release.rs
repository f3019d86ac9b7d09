//! Whether a rule of the catalog may release a result: every condition is looked at, and the answer
//! is yes, no, or not to be told.
//!
//! What must stay true: missing is unknown, and unknown never releases; no result goes out by a
//! rule that is held, flagged by its instrument, critical, qualified, diluted, run again, entered
//! by hand, made from what is not released, of a patient whose sex or age is not known, or without
//! the one interval that applies, nor from a tube of which another value is held; every reason is
//! told, not only the first.

use super::Case;
use crate::accession::{Flag, ResultVersion, Ruling, Source, Specimen, Test, TestState, Verdict};
use crate::catalog::{Answer, Origin, ReleaseRule, Within};
use crate::rules::RuleSwitch;
use crate::value::{Moment, Sex, Value};

/// What a rule looks at.
pub struct Evidence<'a> {
    /// The test as it stands before this result, its definition, patient and time of collection.
    pub case: Case<'a>,
    /// The test.
    pub test: &'a Test,
    /// The result.
    pub version: &'a ResultVersion,
    /// What it was measured from.
    pub specimen: &'a Specimen,
    /// What time it is.
    pub now: Moment,
    /// Whether the rules are at work.
    pub switch: &'a RuleSwitch,
    /// The results of the order that count, this one among them.
    pub results: Vec<&'a ResultVersion>,
    /// Every test of the order.
    pub ordered: &'a [Test],
    /// The code of an input that was not released, where there is one.
    pub open_input: Option<String>,
    /// The code of another value of the same specimen that is held, where there is one: what makes
    /// it doubtful, an infusion or a clot, may be in the whole tube.
    pub held_beside: Option<String>,
    /// True where the same act has another value of this test.
    pub twice: bool,
}

/// The answer to one condition.
enum Answered {
    /// It is met.
    Yes,
    /// It is not, and why.
    No(String),
    /// Nobody can tell, and why.
    Unknown(String),
}

/// What the rule for this test says of its result; `None` where no rule names the test.
#[must_use]
pub fn ruling(evidence: &Evidence<'_>) -> Option<Ruling> {
    let rule = evidence.case.catalog.rules().releasing(&evidence.case.definition.code)?;
    let (mut no, mut unknown) = (Vec::new(), Vec::new());
    for answered in conditions(rule, evidence) {
        match answered {
            Answered::Yes => {}
            Answered::No(why) => no.push(why),
            Answered::Unknown(why) => unknown.push(why),
        }
    }
    let (verdict, because) = match (no.is_empty(), unknown.is_empty()) {
        (true, true) => (Verdict::Release, reason(rule, evidence)),
        (true, false) => (Verdict::Unknown, unknown.join("; ")),
        (false, _) => {
            no.extend(unknown);
            (Verdict::Hold, no.join("; "))
        }
    };
    Some(Ruling { rule: rule.name.clone(), verdict, because })
}

/// What a released result was judged by.
fn reason(rule: &ReleaseRule, evidence: &Evidence<'_>) -> String {
    let value = evidence.version.value.to_string();
    let place = match (&rule.within, &evidence.version.value) {
        (Within::Interval, Value::Coded(_)) => "is a normal answer".to_owned(),
        (Within::Interval, _) => format!("lies within {}", evidence.version.limits.interval()),
        (Within::Window(low, high), _) => format!("lies within the policy {low}\u{2013}{high}"),
    };
    let delta = match &evidence.version.delta {
        Some(delta) => format!("it differs by {} from the one before", delta.change),
        None => "there is none before to compare it with".to_owned(),
    };
    format!("{value} {place}, {delta}, and nothing holds it")
}

fn conditions(rule: &ReleaseRule, evidence: &Evidence<'_>) -> Vec<Answered> {
    let mut all = vec![at_work(evidence), unheld(evidence), place(rule, evidence)];
    all.extend(patient(evidence));
    all.extend(origin(evidence));
    all.extend(history(evidence));
    all.push(kept(evidence));
    let beside = evidence.held_beside.as_ref();
    all.push(unless(
        beside.is_some(),
        format!("{} of the same tube is held", beside.map_or("", String::as_str)),
    ));
    all.extend(rule.when.as_ref().map(|when| condition(when, evidence)));
    all
}

fn unless(broken: bool, why: impl Into<String>) -> Answered {
    if broken { Answered::No(why.into()) } else { Answered::Yes }
}

fn known(known: bool, why: &str) -> Answered {
    if known { Answered::Yes } else { Answered::Unknown(why.to_owned()) }
}

fn at_work(evidence: &Evidence<'_>) -> Answered {
    let switch = evidence.switch;
    unless(!switch.on, format!("the rules are turned off ({})", switch.reason))
}

fn unheld(evidence: &Evidence<'_>) -> Answered {
    let holds: Vec<String> = evidence
        .version
        .holds
        .iter()
        .map(|hold| hold.sentence().trim_end_matches('.').to_owned())
        .collect();
    unless(!holds.is_empty(), holds.join("; "))
}

/// Where the value lies.
fn place(rule: &ReleaseRule, evidence: &Evidence<'_>) -> Answered {
    let version = evidence.version;
    if version.flag.is_some_and(Flag::critical) {
        return Answered::No("it is critical".into());
    }
    match (&version.value, &rule.within) {
        (Value::Quantity(quantity), within) => {
            let Some(figure) = quantity.plain() else {
                return Answered::No(format!("{} is not a plain figure", version.value));
            };
            let (low, high) = match within {
                Within::Window(low, high) => (Some(*low), Some(*high)),
                Within::Interval => (version.limits.low, version.limits.high),
            };
            if low.is_none() && high.is_none() {
                return Answered::Unknown("no one reference interval applies".into());
            }
            let outside =
                low.is_some_and(|low| figure < low) || high.is_some_and(|high| figure > high);
            let interval = version.limits.interval();
            let bounds = match within {
                Within::Interval => interval,
                Within::Window(low, high) => format!("the policy {low}\u{2013}{high}"),
            };
            unless(outside, format!("{figure} lies outside {bounds}"))
        }
        (Value::Coded(text), Within::Interval) => {
            match Answer::meant(&evidence.case.definition.answers, text) {
                Some(answer) => unless(answer.abnormal, format!("{text} is abnormal")),
                None => Answered::Unknown(format!("{text} stands in no list of answers")),
            }
        }
        _ => Answered::No("it is neither a plain figure nor a listed answer".into()),
    }
}

fn patient(evidence: &Evidence<'_>) -> [Answered; 3] {
    let patient = evidence.case.patient;
    let age = patient.days_old(evidence.case.collected_at);
    [
        known(patient.sex != Sex::Unknown, "the patient's sex is not known"),
        known(age.is_some(), "the patient's age is not known"),
        known(evidence.specimen.collected_at.is_some(), "when it was collected is not known"),
    ]
}

/// Flags by which an instrument only repeats what an interval says.
// HL7 table 0078: N normal, L below low normal, H above high normal.
const PLAIN_FLAGS: [&str; 4] = ["", "N", "L", "H"];

/// Where the value came from.
fn origin(evidence: &Evidence<'_>) -> Vec<Answered> {
    let detail = &evidence.version.detail;
    match &evidence.version.source {
        Source::Manual => vec![Answered::No("it was entered by hand".into())],
        Source::Calculated(_) => {
            let stands_in = evidence.case.definition.origin != Origin::Calculated;
            let open = evidence.open_input.as_ref();
            vec![
                unless(stands_in, "it was calculated in place of a measurement"),
                unless(
                    open.is_some(),
                    format!(
                        "{}, which it is calculated from, is not released",
                        open.map_or("", String::as_str)
                    ),
                ),
            ]
        }
        Source::Instrument { flags, .. } => {
            let says: Vec<&str> = flags
                .iter()
                .map(|flag| flag.trim())
                .filter(|flag| !PLAIN_FLAGS.contains(flag))
                .collect();
            vec![
                unless(!says.is_empty(), format!("the instrument says {}", says.join(" "))),
                unless(
                    detail.diluted().is_some(),
                    format!("it was diluted {}", detail.diluted().unwrap_or_default()),
                ),
                unless(
                    detail.status.is_some(),
                    format!(
                        "the instrument gives it the status {}",
                        detail.status.as_deref().unwrap_or_default()
                    ),
                ),
                unless(detail.run.is_some(), "the instrument ran it again"),
            ]
        }
    }
}

/// What was there before.
fn history(evidence: &Evidence<'_>) -> [Answered; 3] {
    let calculated = matches!(evidence.version.source, Source::Calculated(_));
    [
        unless(evidence.test.state == TestState::Rerun, "somebody had it run again"),
        unless(!calculated && evidence.version.version > 1, "there is an earlier value of it"),
        unless(evidence.twice, "two values of it came at once"),
    ]
}

fn kept(evidence: &Evidence<'_>) -> Answered {
    let code = &evidence.case.definition.code;
    match super::stable(evidence.case.catalog, evidence.specimen, code, evidence.now) {
        Ok(()) => Answered::Yes,
        Err(refusal) => Answered::No(refusal.sentence().trim_end_matches('.').to_owned()),
    }
}

/// The condition of the rule over the results of the order.
fn condition(when: &rule::Expression, evidence: &Evidence<'_>) -> Answered {
    if let Some(code) = when.names().iter().find(|code| still_open(code, evidence)) {
        return Answered::Unknown(format!("{code}, which the rule looks at, has no value yet"));
    }
    match holds(when, &evidence.results, evidence.case.catalog.tables()) {
        Some(true) => Answered::Yes,
        Some(false) => Answered::No(format!("{when} is not so")),
        None => Answered::Unknown(format!("whether {when}")),
    }
}

/// Whether a test was ordered and has no value that a condition can look at. `not known(CA)` in a
/// rule means that nobody asked for calcium, never that it is still on its way or was not measured.
fn still_open(code: &str, evidence: &Evidence<'_>) -> bool {
    let asked = evidence
        .ordered
        .iter()
        .any(|test| test.code.as_str() == code && test.state != TestState::Cancelled);
    let found = evidence.results.iter().find(|result| result.code.as_str() == code);
    asked && found.is_none_or(|result| as_known(&result.value) == rule::Value::Unknown)
}

/// Whether a condition over results by code is true; `None` where it cannot be told.
#[must_use]
pub fn holds(
    when: &rule::Expression,
    results: &[&ResultVersion],
    tables: &rule::Tables,
) -> Option<bool> {
    let value_of = |code: &str| {
        let found = results.iter().find(|result| result.code.as_str() == code);
        found.map_or(rule::Value::Unknown, |result| as_known(&result.value))
    };
    match when.evaluate_with(value_of, tables) {
        Ok(rule::Value::Truth(truth)) => Some(truth),
        _ => None,
    }
}

fn as_known(value: &Value) -> rule::Value {
    match value {
        Value::Quantity(quantity) => super::limits::rule_value(quantity),
        Value::Coded(text) => rule::Value::Text(text.clone()),
        _ => rule::Value::Unknown,
    }
}
