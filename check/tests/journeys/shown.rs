//! What can be looked at: the results of a patient, the report, the journal, the tubes, the
//! unclaimed list.
//!
//! What must stay true: the report shows what was verified, and only says of the rest that it is
//! pending or cancelled.

use jiff::tz::TimeZone;
use lab::accession::{Amends, ResultVersion, TestState, reported_before};
use lab::people::Actor;
use lab::value::{Moment, Value};
use store::query::{JournalLine, Whole, journal_of, unclaimed_open};

use crate::day::Day;
use crate::deed::Shown;
use crate::told;

/// Shows something; answers its lines.
///
/// # Errors
/// There is nothing of that name, or the world failed.
pub fn shows(day: &Day, what: &Shown) -> Result<Vec<String>, String> {
    match what {
        Shown::Results(patient) => Ok(results(&day.whole(patient)?)),
        Shown::Report(patient) => Ok(report(&day.whole(patient)?)),
        Shown::Tubes(patient) => Ok(tubes(&day.whole(patient)?)),
        Shown::Journal(patient) => journal(day, &day.whole(patient)?),
        Shown::Unclaimed => {
            let open = day.store.read(|sql| unclaimed_open(sql, 200));
            let open = open.map_err(|fault| fault.to_string())?;
            if open.is_empty() {
                return Ok(vec!["nothing is unclaimed".into()]);
            }
            Ok(open.iter().map(told::unclaimed).collect())
        }
    }
}

/// Every test of an accession, where it stands, and why.
pub fn results(whole: &Whole) -> Vec<String> {
    let rows: Vec<Vec<String>> = whole
        .tests
        .iter()
        .map(|test| {
            let mut row = vec![test.code.to_string()];
            let newest = whole.newest(test);
            row.extend(newest.map_or_else(Default::default, told::figures));
            row.push(test.state.word().to_owned());
            let mut remarks = newest.map(told::remarks).unwrap_or_default();
            if let Some(newest) = newest {
                let earlier = told::earlier(newest, whole.results.iter().cloned());
                remarks = format!("{earlier} {remarks}");
            }
            let late = whole.results.iter().find(|row| Some(row.id) == test.candidate);
            if let Some(late) = late {
                remarks = format!("{remarks} A later reading waits: {}.", late.value);
            }
            if !test.note.is_empty() {
                remarks = format!("{remarks} ({})", test.note);
            }
            if test.verified.is_some() {
                remarks = remarks.replace(told::HELD, "was held.");
            }
            row.push(remarks.trim().to_owned());
            row
        })
        .collect();
    aligned(&rows)
}

fn report(whole: &Whole) -> Vec<String> {
    let mut lines = vec![
        told::whom(&whole.patient),
        format!("accession {}, {}", whole.accession.label, whole.accession.provider),
    ];
    let rows: Vec<Vec<String>> = whole
        .tests
        .iter()
        .map(|test| {
            let mut row = vec![test.code.to_string()];
            match (whole.verified(test), test.state) {
                (Some(version), _) => {
                    row.extend(told::figures(version));
                    row.push(comment(version));
                    let before = reported_before(version, &whole.results);
                    let before: Vec<String> = before.map(Amends::reported).collect();
                    if let Some(amends) = &version.amends {
                        let word = amends.kind.word();
                        row.push(format!("{word}, reported before: {}", before.join(", ")));
                    }
                }
                (None, TestState::Cancelled) => row.push(format!("cancelled. {}", test.note)),
                (None, _) => row.push("pending".into()),
            }
            row
        })
        .collect();
    lines.extend(aligned(&rows));
    let mut signed: Vec<(Moment, String)> = whole
        .tests
        .iter()
        .filter_map(|test| test.verified)
        .map(|v| (v.at, name(whole, v.by)))
        .collect();
    signed.sort();
    signed.dedup();
    lines.extend(signed.iter().map(|(at, who)| format!("verified at {} by {who}", time(*at))));
    lines
}

fn name(whole: &Whole, by: Actor) -> String {
    whole.names.of(by)
}

fn comment(version: &ResultVersion) -> String {
    match &version.value {
        Value::NotPerformed(reason) => format!("not performed: {reason}"),
        _ => String::new(),
    }
}

fn tubes(whole: &Whole) -> Vec<String> {
    let rows: Vec<Vec<String>> = whole
        .specimens
        .iter()
        .map(|specimen| {
            let rejected =
                specimen.rejected.as_ref().map(|(reason, note)| format!("{reason}: {note}"));
            vec![
                specimen.label.to_string(),
                specimen.container.clone(),
                specimen.state.word().to_owned(),
                rejected.unwrap_or_default(),
            ]
        })
        .collect();
    aligned(&rows)
}

fn journal(day: &Day, whole: &Whole) -> Result<Vec<String>, String> {
    let lines = day.store.read(|sql| journal_of(sql, whole.accession.id, 200));
    let mut lines = lines.map_err(|fault| fault.to_string())?;
    lines.reverse();
    let row = |line: JournalLine| vec![time(line.at), in_words(&line.command), line.who];
    Ok(aligned(&lines.into_iter().map(row).collect::<Vec<_>>()))
}

/// `PlaceOrder` as `place order`.
fn in_words(command: &str) -> String {
    let mut words = String::new();
    for letter in command.chars() {
        if letter.is_ascii_uppercase() && !words.is_empty() {
            words.push(' ');
        }
        words.push(letter.to_ascii_lowercase());
    }
    words
}

/// `08:10`, as the clock of the journey says it.
pub fn time(at: Moment) -> String {
    at.in_zone(&TimeZone::UTC).strftime("%H:%M").to_string()
}

/// H, L and their kin, or nothing.
pub fn flag(version: &ResultVersion) -> String {
    version.flag.map_or_else(String::new, |flag| flag.letters().to_owned())
}

/// The widest column that others are set right of; a wider text pushes its own row only.
const WIDEST: usize = 22;

/// Rows with their columns one below the other, two spaces between; a column that is empty in
/// every row takes no room.
pub fn aligned(rows: &[Vec<String>]) -> Vec<String> {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let cell = |row: &Vec<String>, column: usize| row.get(column).cloned().unwrap_or_default();
    // The last text of a short row runs on over the columns that follow.
    let width_in = |row: &Vec<String>, column: usize| {
        let width = cell(row, column).chars().count();
        if column + 1 == row.len() || width > WIDEST { 0 } else { width }
    };
    let widths: Vec<usize> = (0..columns)
        .map(|column| rows.iter().map(|row| width_in(row, column)).max().unwrap_or(0))
        .collect();
    rows.iter()
        .map(|row| {
            let mut line = String::new();
            for (column, width) in widths.iter().enumerate() {
                let text = cell(row, column);
                if *width == 0 && text.is_empty() {
                    continue;
                }
                line.push_str(&text);
                let room = (width + 2).saturating_sub(text.chars().count());
                line.push_str(&" ".repeat(room.max(2)));
            }
            line.trim_end().to_owned()
        })
        .collect()
}
