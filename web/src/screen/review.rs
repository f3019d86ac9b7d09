//! Review, `/review?bench=`.
//!
//! Question: may this result go out? Exceptions first; each row carries the decision and its
//! evidence: value, unit, flag, interval, previous value with date and change, instrument and its
//! flags, and why it is held. What must stay true: a row stands for one version of one result, so
//! that what is verified is what was looked at; a row never stands for two patients.

use std::collections::BTreeMap;

use lab::accession::{Looked, ResultVersion, Source, Test};
use lab::catalog::Bench;
use lab::command::Look;
use lab::people::Ask;
use lab::refusal::Refusal;
use lab::value::{InstrumentId, Value};
use maud::{Markup, html};
use store::engine::Sql;
use store::fault::Fault;
use store::query::{Board, ReviewLine, review_list};

use super::trouble::said_no;
use crate::act::waiting;
use crate::answer::{Reply, Trouble};
use crate::call::Call;
use crate::limit::PAGE_ROWS_MAX;
use crate::page::{self, Act, Column, Grid, Live, Outcome, Previous, Row};
use crate::sheet::Sheet;
use crate::words;

/// `GET /review`.
pub(crate) async fn show(call: Call) -> Reply {
    let bench = call.query.get("bench").to_owned();
    screen(&call, &bench, None).await
}

/// The screen of one bench, or of all, with a refusal if one was met.
pub(crate) async fn screen(call: &Call, bench: &str, refusal: Option<&Refusal>) -> Reply {
    let bench = Bench::named(bench).map(Bench::name);
    let (lines, names) = call
        .read(move |sql| {
            let lines = review_list(sql, bench, PAGE_ROWS_MAX)?;
            let names = names(sql, &lines)?;
            Ok((lines, names))
        })
        .await?;
    call.looked_at(lines.iter().map(|line| &line.patient));
    let (app, now) = (call.app.clone(), call.now);
    let board = waiting(move || app.counts(now)).await.map_err(Trouble::Failed)?;
    let beside = waiting_there(&board, bench, lines.len());
    let back = address(bench);
    let body = html! {
        (page::head("Review", words::bench(bench.unwrap_or_default()), html! {
            span #waiting data-live="results" { (beside) }
        }))
        @if let Some(refusal) = refusal { (said_no(refusal)) }
        (tabs(&board, bench))
        (grid(call, &lines, &names))
        @if call.may(Ask::VerifyResults) {
            (page::acts("review", &acts(call), html! {
                (page::hidden("request", &crate::session::token()?))
                (page::hidden("back", &back))
            }))
        }
    };
    call.sheet(Sheet::new("Review", body).answering(refusal)).await
}

/// How much waits on a bench, or on all; and how much of it is shown, if not all.
fn waiting_there(board: &Board, bench: Option<&str>, shown: usize) -> String {
    let of = |counts: &BTreeMap<String, i64>| -> i64 {
        counts
            .iter()
            .filter(|(name, _)| bench.is_none_or(|bench| bench == *name))
            .map(|(_, n)| n)
            .sum()
    };
    let (held, clean) = (of(&board.held), of(&board.to_verify));
    let all = usize::try_from(held + clean).unwrap_or(shown);
    let first = if shown < all { format!("; the first {shown} are shown") } else { String::new() };
    format!("{held} held, {clean} to verify{first}")
}

/// Where the list of a bench is.
fn address(bench: Option<&str>) -> String {
    bench.map_or("/review".into(), |bench| format!("/review?bench={bench}"))
}

/// What whoever asks may do to a row.
fn acts(call: &Call) -> Vec<Act<'static>> {
    let act = |key, label, to, asks| Act { key, label, to, asks, first: key == 'v' };
    let all = [
        (Ask::VerifyResults, act('v', "Verify", "/review/verify", false)),
        (Ask::VerifyResults, act('a', "Verify all clean", "/review/clean", false)),
        (Ask::RequestRerun, act('r', "Rerun", "/review/rerun", false)),
        (Ask::RequestDilution, act('d', "Dilute", "/review/dilute", false)),
        (Ask::GivePreliminary, act('e', "Tell before final", "/review/preliminary", false)),
        (Ask::HoldResult, act('h', "Hold", "/review/hold", false)),
    ];
    all.into_iter().filter(|(ask, _)| call.may(*ask)).map(|(_, act)| act).collect()
}

/// Names of the instruments that stand in these lines.
pub(super) fn names(
    sql: &dyn Sql,
    lines: &[ReviewLine],
) -> Result<BTreeMap<InstrumentId, String>, Fault> {
    let mut names = BTreeMap::new();
    for line in lines {
        if let Source::Instrument { instrument, .. } = &line.result.source
            && !names.contains_key(instrument)
            && let Some(known) = store::DatabaseLook(sql).instrument(*instrument)?
        {
            names.insert(*instrument, known.name);
        }
    }
    Ok(names)
}

fn tabs(board: &Board, bench: Option<&str>) -> Markup {
    let waiting = |name: &str| {
        let of = |counts: &BTreeMap<String, i64>| counts.get(name).copied().unwrap_or(0);
        of(&board.held) + of(&board.to_verify)
    };
    let shown = Bench::ALL.iter().map(|bench| bench.name());
    let shown = shown.filter(|name| waiting(name) > 0 || bench == Some(*name));
    html! {
        ul .tabs #benches data-live="counts" {
            li { a href="/review" aria-current=[bench.is_none().then_some("page")] { "All" } }
            @for name in shown {
                li {
                    a href=(address(Some(name)))
                        aria-current=[(bench == Some(name)).then_some("page")] {
                        (words::bench(name)) " " small { (waiting(name)) }
                    }
                }
            }
        }
    }
}

fn grid(call: &Call, lines: &[ReviewLine], names: &BTreeMap<InstrumentId, String>) -> Markup {
    let decimals = lines.iter().map(|line| decimals(&line.result)).max().unwrap_or(0);
    let keyed: Vec<(String, String, &ReviewLine)> = lines
        .iter()
        .map(|line| {
            let href = format!("/accession/{}", line.accession.label);
            (row_id(&line.test), href, line)
        })
        .collect();
    let rows: Vec<Row<'_>> = keyed
        .iter()
        .map(|(id, href, line)| Row {
            id,
            href: Some(href),
            cells: cells(call, line, (decimals, names)),
        })
        .collect();
    page::grid(&Grid {
        id: "review",
        caption: "Waiting for a person: held before the rest, STAT first, oldest first",
        columns: &COLUMNS,
        rows: &rows,
        start: true,
        pick: true,
        live: Some(Live { topic: "results", src: "" }),
        empty: "Nothing waits to be reviewed.",
    })
}

const COLUMNS: [Column<'static>; 11] = [
    Column::text("Accession"),
    Column::text(""),
    Column::text("Patient"),
    Column::text("Record"),
    Column::text("Test"),
    Column::text("Result"),
    Column::text("Interval"),
    Column::text("Previous"),
    Column::wide("Instrument"),
    Column::fill("Why it waits"),
    Column::number("Age"),
];

fn cells(
    call: &Call,
    line: &ReviewLine,
    (decimals, names): (usize, &BTreeMap<InstrumentId, String>),
) -> Vec<Markup> {
    let since = line.specimen.received_at.unwrap_or(line.result.filed_at);
    let id = row_id(&line.test);
    vec![
        html! { (line.accession.label) },
        words::urgency(line.accession.priority),
        html! { (line.patient.name) },
        html! { (line.patient.record_number) },
        html! { b { (line.test.code) } },
        html! {
            (value(&line.result, decimals))
            @if line.test.preliminary.is_some() { " " (page::chip(page::Tone::Quiet, "told")) }
            input type="hidden" name="seen" value=(id) form="review-acts";
        },
        page::interval(&line.result.limits.interval()),
        earlier(call, &line.result),
        origin(&line.result, names),
        why(&line.test, &line.result),
        words::age(since, call.now, None),
    ]
}

/// The number of a row: the test and how it was when the screen was drawn.
pub(crate) fn row_id(test: &Test) -> String {
    format!("{}-{}", test.id, Looked::at(test).written())
}

/// Decimals of a value as shown.
pub(crate) fn decimals(result: &ResultVersion) -> usize {
    match &result.value {
        Value::Quantity(figures) => {
            figures.to_string().split_once('.').map_or(0, |(_, fraction)| fraction.len())
        }
        _ => 0,
    }
}

/// The value with its flags and unit.
pub(crate) fn value(result: &ResultVersion, column_decimals: usize) -> Markup {
    let mut flags: Vec<page::Flag> = result.flag.map(words::flag).into_iter().collect();
    if result.delta.as_ref().is_some_and(|delta| delta.exceeded) {
        flags.push(page::Flag::Delta);
    }
    let (value, unit) = match &result.value {
        Value::NotPerformed(_) => ("not performed".to_owned(), String::new()),
        value => (value.to_string(), report::unit::shown(&result.unit)),
    };
    page::value(&Outcome { value: &value, column_decimals, unit: &unit, flags: &flags })
}

/// The earlier value with its date and the change.
pub(crate) fn earlier(call: &Call, result: &ResultVersion) -> Markup {
    let Some(delta) = &result.delta else { return html! {} };
    let when = words::day(delta.at, &call.app.laboratory().zone, call.now);
    page::previous(&Previous { value: &delta.value, when: &when, delta: &delta.change })
}

/// Flags by which an instrument only repeats what the interval says.
const PLAIN: [&str; 6] = ["", "N", "L", "H", "LL", "HH"];

/// Where the value came from, with the instrument's own flags.
pub(crate) fn origin(result: &ResultVersion, names: &BTreeMap<InstrumentId, String>) -> Markup {
    match &result.source {
        Source::Instrument { instrument, flags, .. } => {
            let flags: Vec<&str> =
                flags.iter().map(String::as_str).filter(|flag| !PLAIN.contains(flag)).collect();
            html! {
                @match names.get(instrument) {
                    Some(name) => (name),
                    None => "instrument",
                }
                @if !flags.is_empty() { " " span .soft { "says " (flags.join(" ")) } }
                @if let Some(parts) = result.detail.diluted() {
                    " " span .soft { "diluted " (parts) }
                }
            }
        }
        Source::Manual => html! { span .soft { "by hand" } },
        Source::Calculated(_) => html! { span .soft { "calculated" } },
    }
}

/// Why a result waits, in a few words; the whole sentences stand behind them.
pub(crate) fn why(test: &Test, result: &ResultVersion) -> Markup {
    html! { span title=(words::wholly(test, result)) { (words::briefly(test, result)) } }
}
