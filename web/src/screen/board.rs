//! The shift board, `/`.
//!
//! Question: what waits, and where? What must stay true: it shows counts only, no patient; what
//! can hurt a patient stands first; each count leads to the list it counts.

use std::collections::BTreeSet;

use lab::catalog::Bench;
use lab::people::Ask;
use maud::{Markup, html};
use store::query::Board;

use crate::act::waiting;
use crate::answer::{Reply, Trouble};
use crate::call::Call;
use crate::page::{self, Column, Grid, Live, Row, Tone};
use crate::sheet::Sheet;
use crate::words;

/// `GET /`.
pub(crate) async fn show(call: Call) -> Reply {
    let (app, now) = (call.app.clone(), call.now);
    let board = waiting(move || app.counts(now)).await.map_err(Trouble::Failed)?;
    let clock = words::clock(call.now, &call.app.laboratory().zone, call.now);
    let body = html! {
        (page::head("Shift board", &format!("as of {clock}"), html! {}))
        section #figures data-live="counts" aria-label="What waits" { (figures(&call, &board)) }
        (benches(&call, &board))
    };
    call.sheet(Sheet::new("Shift board", body)).await
}

fn figures(call: &Call, board: &Board) -> Markup {
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
        ("To collect", board.to_collect, "/collect", Some(Ask::CollectSpecimens), Tone::Open),
        ("To receive", board.to_receive, "/receive", Some(Ask::ReceiveSpecimen), Tone::Open),
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
