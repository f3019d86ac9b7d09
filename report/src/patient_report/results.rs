//! The results of a report: critical ones first in one line, then the table.
//!
//! What must stay true: values, units, intervals and flags are those filed; H, L and critical are
//! letters and weight of print, never color; a pending or cancelled test is named as such.

use lab::accession::{
    Amends, Flag, ResultVersion, Source, SpecimenState, Test, TestState, reported_before,
};
use lab::catalog::Bench;
use lab::value::Value;

use super::PatientReport;
use super::arrange::{self, Arranged, Line, Standing};
use super::paper::{self, Block, Previous, ResultLine, Said, Section, TestLine, Weight};
use crate::text::Text;
use crate::{clock, unit};

/// What must be seen before the results: what was corrected, then the critical ones in one line.
pub fn notices(report: &PatientReport<'_>, arranged: &Arranged<'_>) -> Vec<Text> {
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
    let mut notices = corrections(report, arranged);
    if !critical.is_empty() {
        notices.push(Text::bold("CRITICAL ").and(critical.join("; ")));
    }
    notices
}

/// Which results were reported otherwise before, with both values, in one sentence each.
fn corrections(report: &PatientReport<'_>, arranged: &Arranged<'_>) -> Vec<Text> {
    let notice = |(test, result, _): (&Test, &ResultVersion, _)| {
        let amends = result.amends.as_ref()?;
        let said = format!(
            " {} is {}, previously reported as {}",
            name(report, test),
            with_unit(&result.value, &result.unit),
            reported(amends)
        );
        Some(Text::bold(amends.kind.word()).and(said))
    };
    arranged.reported().filter_map(notice).collect()
}

/// The old value as it was reported, with its flag.
fn reported(amends: &Amends) -> String {
    let flag = amends.flag.map_or("", Flag::letters);
    format!("{} {flag}", with_unit(&amends.value, &amends.unit)).trim_end().to_owned()
}

/// A value with its unit as it is printed; words have none.
fn with_unit(value: &Value, unit: &str) -> String {
    let unit = if value.is_figure() { unit::shown(unit) } else { String::new() };
    format!("{value} {unit}").trim_end().to_owned()
}

/// Every test of the accession, bench by bench.
pub fn sections(report: &PatientReport<'_>, arranged: &Arranged<'_>) -> Vec<Section> {
    let section = |section: &arrange::Section<'_>| Section {
        title: bench_title(section.bench).to_owned(),
        blocks: section.blocks.iter().map(|block| panel(report, block)).collect(),
    };
    arranged.sections.iter().map(section).collect()
}

/// A bench as a heading.
pub(crate) fn bench_title(name: &str) -> &str {
    match Bench::named(name) {
        Some(bench) => bench.title(),
        None => name,
    }
}

fn panel(report: &PatientReport<'_>, block: &arrange::Block<'_>) -> Block {
    let heading = block.panel.map(|code| {
        let panel = report.catalog.panel(code.as_str());
        panel.map_or_else(|| code.to_string(), |panel| panel.name.clone())
    });
    Block { panel: heading, lines: block.lines.iter().map(|one| line(report, one)).collect() }
}

fn line(report: &PatientReport<'_>, line: &Line<'_>) -> TestLine {
    let test = line.test;
    let mut notes = Vec::new();
    let said = match line.standing {
        Standing::Reported(result, _) => {
            if long(&interval(result)) {
                notes.push(depending(&interval(result)).into());
            }
            notes.extend(amendments(report, result));
            notes.extend(diluted(result));
            if !result.comment.is_empty() {
                notes.push(result.comment.as_str().into());
            }
            if !test.note.is_empty() {
                notes.push(test.note.as_str().into());
            }
            Said::Result(Box::new(result_line(report, result)))
        }
        Standing::Told(result, told) => {
            let when = clock::minute_zoned(told.at, report.zone);
            let who = report.who(told.by);
            let said = format!(": told {when} by {who}; to be verified, may change.");
            notes.push(Text::bold("PRELIMINARY").and(said));
            notes.extend(diluted(result));
            Said::Result(Box::new(result_line(report, result)))
        }
        Standing::Pending => Said::Instead(format!("pending: {}", awaited(report, test))),
        Standing::Cancelled => Said::Instead(format!("not performed: {}", because(report, test))),
    };
    TestLine { name: name(report, test).to_owned(), said, notes }
}

/// That a specimen was diluted; the value is the one of the specimen.
fn diluted(result: &ResultVersion) -> Option<Text> {
    let parts = result.detail.diluted()?;
    Some(format!("Measured in a dilution ({parts}).").as_str().into())
}

/// What was reported before, when and by whom, who amended it, why, and who was told: never the new
/// value without the old. The last amendment first.
fn amendments(report: &PatientReport<'_>, result: &ResultVersion) -> Vec<Text> {
    let mut version = result;
    let mut notes = Vec::new();
    for amends in reported_before(result, report.results) {
        notes.push(amended(report, version, amends));
        let Some(before) = report.results.iter().find(|one| one.id == amends.version) else {
            break;
        };
        version = before;
    }
    notes
}

fn amended(report: &PatientReport<'_>, version: &ResultVersion, amends: &Amends) -> Text {
    let when = |at| clock::minute_zoned(at, report.zone);
    let mut said = format!(
        ": previously reported as {}, {} by {}. Amended {} by {}: {}",
        reported(amends),
        when(amends.at),
        report.who(amends.by),
        when(version.filed_at),
        report.who(version.filed_by),
        amends.reason
    );
    for (before, more) in [(", ", &amends.note), ("; told: ", &amends.told)] {
        if !more.is_empty() {
            said.push_str(before);
            said.push_str(more);
        }
    }
    Text::bold(amends.kind.word()).and(said + ".")
}

fn result_line(report: &PatientReport<'_>, result: &ResultVersion) -> ResultLine {
    let weight = match result.flag {
        Some(flag) if flag.critical() => Weight::Critical,
        Some(_) => Weight::Abnormal,
        None => Weight::Normal,
    };
    let counted = result.value.is_figure();
    let interval = interval(result);
    ResultLine {
        weight,
        value: value(&result.value, !counted && result.flag.is_none()),
        flag: result.flag.map_or("", Flag::letters),
        unit: if counted { unit::shown(&result.unit) } else { String::new() },
        interval: if long(&interval) { "see below".to_owned() } else { interval },
        previous: previous(report, result),
        method: method(report, result),
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
fn value(value: &Value, across: bool) -> paper::Value {
    let shown = value.to_string();
    let Value::Quantity(_) = value else { return paper::Value::Words { words: shown, across } };
    let (whole, part) = shown.find('.').map_or((shown.as_str(), ""), |at| shown.split_at(at));
    paper::Value::Figures(whole.to_owned(), part.to_owned())
}

fn previous(report: &PatientReport<'_>, result: &ResultVersion) -> Option<Previous> {
    let delta = result.delta.as_ref()?;
    Some(Previous {
        value: delta.value.clone(),
        day: clock::day(delta.at, report.zone),
        change: delta.exceeded.then(|| delta.change.clone()),
    })
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
