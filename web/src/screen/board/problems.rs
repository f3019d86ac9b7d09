//! The open problems of the shift: what somebody has to do something about before the rest.
//!
//! What must stay true: a problem that is none is no row; each leads to where it is settled; those
//! who may not see a thing are not told of it.

use lab::instrument::Instrument;
use lab::people::Ask;
use lab::value::Moment;
use maud::{Markup, html};
use store::engine::Sql;
use store::fault::Fault;
use store::query::{Board, InstrumentLine, astray, call_list, instruments};

use crate::call::Call;
use crate::limit::PAGE_ROWS_MAX;
use crate::page::{self, Column, Grid, Live, Row, Tone};
use crate::screen::instrument_state::{link_of, silent};
use crate::shift::Shift;
use crate::words;

/// What is read for the problems beside the counts.
pub(super) struct Found {
    /// Since when the oldest critical value waits to be called.
    called_since: Option<Moment>,
    machines: Vec<InstrumentLine>,
    lost: usize,
}

/// Reads it.
pub(super) fn find(sql: &dyn Sql) -> Result<Found, Fault> {
    let oldest = call_list(sql, 1)?;
    let called_since = oldest.first().map(|line| {
        let call = line.test.call.as_ref();
        call.map_or(line.result.filed_at, |call| call.since)
    });
    let lost = astray(sql, "Lost", PAGE_ROWS_MAX)?.len();
    Ok(Found { called_since, machines: instruments(sql)?, lost })
}

/// One problem.
struct Problem {
    id: String,
    what: String,
    count: Option<i64>,
    tone: Tone,
    href: String,
    since: Option<Moment>,
}

/// The problems there are, what can hurt a patient first.
pub(super) fn problems(call: &Call, (board, shift): (&Board, &Shift), found: &Found) -> Markup {
    let mut all = Vec::new();
    if call.may(Ask::SeeUnverified) {
        all.extend(of_results(board, shift, found));
    }
    if call.may(Ask::SeeInstruments) {
        all.extend(of_instruments(call, board, found));
    }
    if call.may(Ask::StoreSpecimen) {
        let lost = i64::try_from(found.lost).unwrap_or(i64::MAX);
        let what = "Specimens that nobody can find";
        all.extend(problem(("lost", what.into(), "/storage"), lost, (Tone::Care, None)));
    }
    let rows: Vec<Row<'_>> = all
        .iter()
        .map(|one| Row { id: &one.id, href: Some(&one.href), cells: cells(call, one) })
        .collect();
    page::grid(&Grid {
        id: "problems",
        caption: "Open problems",
        columns: &[Column::text("Problem"), Column::number("How many"), Column::number("For")],
        rows: &rows,
        start: false,
        pick: false,
        live: Some(Live { topic: "counts", src: "" }),
        empty: "No open problem.",
    })
}

fn cells(call: &Call, one: &Problem) -> Vec<Markup> {
    vec![
        page::chip(one.tone, &one.what),
        html! { @if let Some(count) = one.count { (count) } },
        html! { @if let Some(since) = one.since { (words::age(since, call.now, None)) } },
    ]
}

/// A problem, where there is one.
fn problem(
    (id, what, href): (&str, String, &str),
    count: i64,
    (tone, since): (Tone, Option<Moment>),
) -> Option<Problem> {
    let (id, href) = (id.to_owned(), href.to_owned());
    (count > 0).then_some(Problem { id, what, count: Some(count), tone, href, since })
}

fn of_results(board: &Board, shift: &Shift, found: &Found) -> Vec<Problem> {
    let calls = ("calls", "Critical values not read back".to_owned(), "/criticals");
    let late = ("late", "Readings after a release".to_owned(), "/criticals");
    let mut all: Vec<Problem> = Vec::new();
    all.extend(problem(calls, board.calls, (Tone::Grave, found.called_since)));
    for (bench, (count, passed)) in &shift.overdue {
        let id = format!("overdue-{bench}");
        let what = format!("{}: tests past their target", words::bench(bench));
        let href = format!("/pending?bench={bench}");
        let count = i64::try_from(*count).unwrap_or(i64::MAX);
        all.extend(problem((&id, what, &href), count, (Tone::Care, Some(*passed))));
    }
    all.extend(problem(late, board.late, (Tone::Care, None)));
    all
}

fn of_instruments(call: &Call, board: &Board, found: &Found) -> Vec<Problem> {
    let links = call.app.links().list();
    // One that was never connected since the start, and has sent nothing for a day, is not missed.
    let yesterday = call.now.plus_minutes(-24 * 60);
    let missed = |line: &InstrumentLine| match link_of(&line.instrument, &links) {
        Some(link) => (!link.up).then_some(Some(link.since)),
        None => line.last_message.filter(|at| *at > yesterday).map(Some),
    };
    let of = |instrument: &Instrument, how: &str, since| Problem {
        id: format!("instrument-{}", instrument.id),
        what: format!("{} {how}", instrument.name),
        count: None,
        tone: Tone::Care,
        href: format!("/instrument/{}", instrument.id),
        since,
    };
    let silent = found.machines.iter().filter_map(|line| match missed(line) {
        Some(since) => Some(of(&line.instrument, "is not connected", since)),
        None => {
            silent(line, call.now).map(|_| of(&line.instrument, "is silent", line.last_message))
        }
    });
    let unclaimed = ("unclaimed", "Readings that found no place".to_owned(), "/instruments");
    let kept = ("kept", "Messages not filed".to_owned(), "/instruments");
    let waits = [(unclaimed, board.unclaimed), (kept, board.kept)];
    let waits =
        waits.into_iter().filter_map(|(what, count)| problem(what, count, (Tone::Care, None)));
    silent.chain(waits).collect()
}
