//! The shift board, `/`.
//!
//! Question: what waits, and where? What must stay true: what can hurt a patient stands
//! first; each count leads to the list it counts; held results are shown to those who may see them.

mod problems;
mod turnaround;

use std::collections::BTreeSet;

use lab::accession::TestState;
use lab::catalog::Bench;
use lab::people::Ask;
use maud::{Markup, html};
use store::query::{Board, ReviewLine, review_list};

use crate::act::waiting;
use crate::answer::{Reply, Trouble};
use crate::call::Call;
use crate::limit::PAGE_ROWS_MAX;
use crate::page::{self, Column, Grid, Live, Row, Tone};
use crate::sheet::Sheet;
use crate::words;

/// `GET /`.
pub(crate) async fn show(call: Call) -> Reply {
    let (app, now) = (call.app.clone(), call.now);
    let counted = waiting(move || Ok((app.counts(now)?, app.shift(now)?))).await;
    let (board, shift) = counted.map_err(Trouble::Failed)?;
    let found = call.read(problems::find).await?;
    let first = match call.may(Ask::SeeUnverified) {
        true => call.read(|sql| review_list(sql, None, PAGE_ROWS_MAX)).await?,
        false => Vec::new(),
    };
    let held = first.into_iter().filter(|line| line.test.state == TestState::Held);
    let first: Vec<ReviewLine> = held.collect();
    call.looked_at(first.iter().map(|line| &line.patient));
    let clock = words::clock(call.now, &call.app.laboratory().zone, call.now);
    let body = html! {
        (page::head("Shift board", &format!("as of {clock}"), html! {}))
        section #figures data-live="counts" aria-label="What waits" {
            (figures(&call, (&board, shift.received)))
        }
        (problems::problems(&call, (&board, &shift), &found))
        (benches(&call, &board))
        @if call.may(Ask::SeeUnverified) { (exceptions(&call, &first)) }
        @if call.may(Ask::SeeUnverified) || call.may(Ask::SeeJournal) {
            (turnaround::turnaround(&call, &shift))
        }
    };
    call.sheet(Sheet::new("Shift board", body)).await
}

/// The accessions with held results shown on the board.
const EXCEPTIONS: usize = 12;

fn figures(call: &Call, (board, received): (&Board, i64)) -> Markup {
    let sum = |counts: &std::collections::BTreeMap<String, i64>| counts.values().sum::<i64>();
    let all = [
        (
            "Critical, not verified",
            board.critical,
            "/review",
            Some(Ask::SeeUnverified),
            Tone::Grave,
        ),
        ("STAT for a person", board.stat, "/review", Some(Ask::SeeUnverified), Tone::Care),
        ("Held", sum(&board.held), "/review", Some(Ask::SeeUnverified), Tone::Care),
        ("To verify", sum(&board.to_verify), "/review", Some(Ask::SeeUnverified), Tone::Open),
        ("Unclaimed", board.unclaimed, "/instruments", Some(Ask::SeeInstruments), Tone::Care),
        ("Messages not filed", board.kept, "/instruments", Some(Ask::SeeInstruments), Tone::Care),
        ("Not understood", board.unreadable, "/instruments", Some(Ask::SeeInstruments), Tone::Open),
        ("To collect", board.to_collect, "/collect", Some(Ask::CollectSpecimens), Tone::Open),
        ("To receive", board.to_receive, "/receive", Some(Ask::ReceiveSpecimen), Tone::Open),
        ("Received today", received, "", None, Tone::Done),
        ("Verified today", board.verified, "", None, Tone::Done),
    ];
    html! {
        dl .figures {
            @for (label, count, href, ask, tone) in all {
                div {
                    dt { (label) }
                    dd data-count=(label) {
                        @if count > 0 && matches!(tone, Tone::Grave | Tone::Care) {
                            (page::chip(tone, "")) " "
                        }
                        @if ask.is_some_and(|ask| call.may(ask)) {
                            a href=(href) { (count) }
                        } @else { (count) }
                    }
                }
            }
        }
    }
}

fn benches(call: &Call, board: &Board) -> Markup {
    let waiting: BTreeSet<&String> =
        board.awaiting.keys().chain(board.to_verify.keys()).chain(board.held.keys()).collect();
    let in_order = Bench::ALL.iter().filter(|bench| waiting.iter().any(|one| *one == bench.name()));
    let opens = call.may(Ask::SeeUnverified);
    let lines: Vec<(&'static str, String)> =
        in_order.map(|bench| (bench.name(), format!("/review?bench={}", bench.name()))).collect();
    let of = |counts: &std::collections::BTreeMap<String, i64>, bench: &str| {
        let count = counts.get(bench).copied().unwrap_or(0);
        html! { @if count == 0 { span .soft { "0" } } @else { (count) } }
    };
    let rows: Vec<Row<'_>> = lines
        .iter()
        .map(|(bench, href)| Row {
            id: bench,
            href: opens.then_some(href),
            cells: vec![
                html! { (words::bench(bench)) },
                of(&board.held, bench),
                of(&board.to_verify, bench),
                of(&board.awaiting, bench),
            ],
        })
        .collect();
    page::grid(&Grid {
        id: "benches",
        caption: "By bench",
        columns: &[
            Column::text("Bench"),
            Column::number("Held"),
            Column::number("To verify"),
            Column::number("Awaiting results"),
        ],
        rows: &rows,
        start: true,
        pick: false,
        live: Some(Live { topic: "counts", src: "" }),
        empty: "No received specimen waits for a result.",
    })
}

/// What is held, one row for each accession, most urgent first.
fn exceptions(call: &Call, lines: &[ReviewLine]) -> Markup {
    let groups = lines.chunk_by(|a, b| a.accession.id == b.accession.id).take(EXCEPTIONS);
    let keyed: Vec<(String, String, Vec<Markup>)> =
        groups.filter_map(|group| exception(call, group)).collect();
    let rows: Vec<Row<'_>> = keyed
        .iter()
        .map(|(id, href, cells)| Row { id, href: Some(href), cells: cells.clone() })
        .collect();
    page::grid(&Grid {
        id: "exceptions",
        caption: "Held, most urgent first",
        columns: &[
            Column::text("Accession"),
            Column::text(""),
            Column::text("Patient"),
            Column::text("Record"),
            Column::text("Held"),
            Column::fill("Why"),
            Column::number("Since"),
        ],
        rows: &rows,
        start: false,
        pick: false,
        live: Some(Live { topic: "results", src: "" }),
        empty: "Nothing is held.",
    })
}

/// How many held tests of an accession are named in its row.
const NAMED: usize = 4;

fn exception(call: &Call, group: &[ReviewLine]) -> Option<(String, String, Vec<Markup>)> {
    let first = group.first()?;
    let label = first.accession.label.to_string();
    let mut reasons: Vec<String> = Vec::new();
    for line in group {
        let reason = words::briefly(&line.test, &line.result);
        if !reasons.contains(&reason) {
            reasons.push(reason);
        }
    }
    let zone = &call.app.laboratory().zone;
    let held = html! {
        @for line in group.iter().take(NAMED) {
            span .held-test {
                b { (line.test.code) } " " (line.result.value)
                @if let Some(flag) = line.result.flag { " " (page::flag(words::flag(flag))) }
            }
        }
        @if group.len() > NAMED { span .soft { "and " (group.len() - NAMED) " more" } }
    };
    let cells = vec![
        html! { (label) },
        words::urgency(first.accession.priority),
        html! { (first.patient.name) },
        html! { (first.patient.record_number) },
        held,
        html! { (reasons.join("; ")) },
        html! { (words::clock(first.result.filed_at, zone, call.now)) },
    ];
    let href = format!("/accession/{label}");
    Some((label, href, cells))
}
