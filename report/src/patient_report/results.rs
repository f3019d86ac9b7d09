//! The results of a report: critical ones first in one line, then the table.
//!
//! What must stay true: values, units, intervals and flags are those filed; H, L and critical are
//! letters and weight of print, never color; a pending or cancelled test is named as such.

use lab::accession::{Flag, ResultVersion, Source, SpecimenState, Test, TestState};
use lab::catalog::Bench;
use lab::value::Value;
use maud::{Markup, html};

use super::PatientReport;
use super::arrange::{Arranged, Block, Line, Section, Standing};
use crate::{clock, unit};

/// The critical results in one line, where there are any.
pub fn criticals(report: &PatientReport<'_>, arranged: &Arranged<'_>) -> Markup {
    let critical: Vec<String> = arranged
        .reported()
        .filter(|(_, result, _)| result.flag.is_some_and(Flag::critical))
        .map(|(test, result, _)| {
            let flag = result.flag.map_or("", Flag::letters);
            let unit = unit::shown(&result.unit);
            let times = if unit.starts_with("10") { "\u{d7} " } else { "" };
            format!("{} {} {times}{unit} {flag}", name(report, test), result.value)
        })
        .collect();
    html! {
        @if !critical.is_empty() {
            p class="criticals" { b { "CRITICAL " } (critical.join("; ")) }
        }
    }
}

/// Every test of the accession, bench by bench.
pub fn table(report: &PatientReport<'_>, arranged: &Arranged<'_>) -> Markup {
    html! {
        table class="results" {
            thead { tr {
                th scope="col" class="test" { "Test" }
                th scope="col" class="value" { "Result" }
                th scope="col" class="flag" { "Flag" }
                th scope="col" class="unit" { "Unit" }
                th scope="col" class="interval" { "Reference interval" }
                th scope="col" class="previous" { "Previous" }
                th scope="col" class="method" { "Method" }
            } }
            @for section in &arranged.sections { (bench(report, section)) }
        }
    }
}

fn bench(report: &PatientReport<'_>, section: &Section<'_>) -> Markup {
    html! {
        tbody class="bench" {
            tr { th colspan="7" scope="rowgroup" { (bench_title(section.bench)) } }
        }
        @for block in &section.blocks { (panel(report, block)) }
    }
}

fn bench_title(name: &str) -> &str {
    match Bench::named(name) {
        Some(bench) => bench.title(),
        None => name,
    }
}

fn panel(report: &PatientReport<'_>, block: &Block<'_>) -> Markup {
    let heading = block.panel.map(|code| {
        let panel = report.catalog.panel(code.as_str());
        panel.map_or_else(|| code.to_string(), |panel| panel.name.clone())
    });
    html! {
        tbody {
            @if let Some(heading) = heading {
                tr class="panel" { th colspan="7" scope="rowgroup" { (heading) } }
            }
            @for line in &block.lines { (row(report, line)) }
        }
    }
}

fn row(report: &PatientReport<'_>, line: &Line<'_>) -> Markup {
    let test = line.test;
    match line.standing {
        Standing::Reported(result, _) => html! {
            (result_row(report, test, result))
            @if long(&interval(result)) { (note_row(&depending(&interval(result)))) }
            @if !test.note.is_empty() { (note_row(&test.note)) }
        },
        Standing::Pending => {
            other_row(report, test, &format!("pending: {}", awaited(report, test)))
        }
        Standing::Cancelled => {
            other_row(report, test, &format!("not performed: {}", because(report, test)))
        }
    }
}

fn note_row(note: &str) -> Markup {
    html! { tr class="note" { td colspan="7" { (note) } } }
}

fn other_row(report: &PatientReport<'_>, test: &Test, said: &str) -> Markup {
    html! {
        tr class="other" {
            th scope="row" class="test" { (name(report, test)) }
            td colspan="6" { (said) }
        }
    }
}

fn result_row(report: &PatientReport<'_>, test: &Test, result: &ResultVersion) -> Markup {
    let weight = match result.flag {
        Some(flag) if flag.critical() => "critical",
        Some(_) => "abnormal",
        None => "normal",
    };
    let interval = interval(result);
    html! {
        tr class=(weight) {
            th scope="row" class="test" { (name(report, test)) }
            (outcome(result))
            td class="interval" { @if long(&interval) { "see below" } @else { (interval) } }
            td class="previous" { (previous(report, result)) }
            td class="method" { (method(report, result)) }
        }
    }
}

/// Value, flag and unit; words that have neither flag nor unit take the room of all three.
fn outcome(result: &ResultVersion) -> Markup {
    let counted = matches!(result.value, Value::Quantity(_) | Value::Titer(_) | Value::Range(..));
    let unit = if counted { unit::shown(&result.unit) } else { String::new() };
    if !counted && result.flag.is_none() {
        return html! { td class="value" colspan="3" { (value(&result.value)) } };
    }
    html! {
        td class="value" { (value(&result.value)) }
        td class="flag" { @if let Some(flag) = result.flag { span { (flag.letters()) } } }
        td class="unit" { (unit) }
    }
}

/// The interval as filed; none where there is no value to read against it.
fn interval(result: &ResultVersion) -> String {
    match result.value {
        Value::NotPerformed(_) => String::new(),
        _ => result.limits.interval(),
    }
}

fn depending(intervals: &str) -> String {
    let intervals = intervals.replace(" (RI)", "");
    format!("Reference interval, by sex and age, of which not all is known: {intervals}")
}

/// Intervals that differ by what is not known of the patient, too many for their column.
fn long(interval: &str) -> bool {
    interval.chars().count() > INTERVAL_MOST
}

/// The most characters of an interval in its column.
const INTERVAL_MOST: usize = 16;

/// Figures stand on the decimal mark; words begin at the left.
fn value(value: &Value) -> Markup {
    let shown = value.to_string();
    let Value::Quantity(_) = value else { return html! { span class="words" { (shown) } } };
    let (whole, part) = shown.find('.').map_or((shown.as_str(), ""), |at| shown.split_at(at));
    html! { span class="whole" { (whole) } span { (part) } }
}

fn previous(report: &PatientReport<'_>, result: &ResultVersion) -> Markup {
    let Some(delta) = &result.delta else { return html! {} };
    html! {
        (delta.value)
        span class="when" {
            " " (clock::day(delta.at, report.zone))
        }
        @if delta.exceeded { " " span class="when" { "\u{394} " (delta.change) } }
    }
}

fn method(report: &PatientReport<'_>, result: &ResultVersion) -> String {
    match &result.source {
        Source::Instrument { instrument, .. } => report.instrument(*instrument).to_owned(),
        Source::Manual => "manual".to_owned(),
        Source::Calculated(_) => "calculated".to_owned(),
    }
}

/// The name of a test on paper.
pub fn name<'a>(report: &PatientReport<'a>, test: &'a Test) -> &'a str {
    let definition = report.catalog.test(test.code.as_str());
    definition.map_or(test.code.as_str(), |definition| definition.name.as_str())
}

/// What a pending test waits for; nothing of a value that nobody verified.
fn awaited(report: &PatientReport<'_>, test: &Test) -> &'static str {
    let specimen = report.specimens.iter().find(|specimen| specimen.id == test.specimen);
    match specimen.map(|specimen| specimen.state) {
        Some(SpecimenState::Ordered) => "specimen to be collected",
        Some(SpecimenState::Collected) => "specimen on its way",
        _ if test.state == TestState::Rerun => "being repeated",
        _ => "in process",
    }
}

/// Why a test was cancelled: the reason its specimen was rejected for, or what was written.
fn because(report: &PatientReport<'_>, test: &Test) -> String {
    let specimen = report.specimens.iter().find(|specimen| specimen.id == test.specimen);
    match specimen.and_then(|specimen| specimen.rejected.as_ref()) {
        Some((code, _)) => {
            let reason = report.catalog.rejection(code);
            let name = reason.map_or(code.as_str(), |reason| &reason.label);
            format!("specimen rejected ({name})")
        }
        None if test.note.is_empty() => "cancelled".to_owned(),
        None => test.note.clone(),
    }
}
