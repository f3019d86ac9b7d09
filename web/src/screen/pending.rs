//! Pending, `/pending?bench=`: the worklist of a bench.
//!
//! Question: what is not done yet, and what does each wait for? One row for each tube and reason;
//! STAT first, then what is past its target, the nearest to its target first. What must stay true:
//! the age counts from where the test's target says, and ticks in the page from the server's
//! clock; only open work is read; what a limit leaves out is told.

mod block;
mod line;

use std::collections::BTreeSet;

use lab::catalog::Bench;
use lab::people::Ask;
use lab::value::TestCode;
use maud::{Markup, html};
use store::query::{InstrumentLine, Which, call_list, instruments, pending_tubes, review_list};

use self::line::{Line, gathered};
use crate::answer::Reply;
use crate::call::Call;
use crate::limit::{OPEN_TESTS_MAX, PAGE_ROWS_MAX};
use crate::page::{self, Act, Column, Grid, Live, Row};
use crate::sheet::Sheet;
use crate::words;

/// `GET /pending`.
pub(crate) async fn show(call: Call) -> Reply {
    let bench = Bench::named(call.query.get("bench")).map(Bench::name);
    let catalog = call.catalog().await?;
    let read = call
        .read(move |sql| {
            let which = bench.map_or(Which::All, Which::Of);
            let open = pending_tubes(sql, which, PAGE_ROWS_MAX)?;
            let waiting = review_list(sql, bench, OPEN_TESTS_MAX)?;
            Ok((open, waiting, call_list(sql, PAGE_ROWS_MAX)?, instruments(sql)?))
        })
        .await?;
    let (open, waiting, calls, machines) = read;
    let most = |limit: u32| usize::try_from(limit).unwrap_or(usize::MAX);
    let cut = open.len() >= most(PAGE_ROWS_MAX) || waiting.len() >= most(OPEN_TESTS_MAX);
    let mapped = mapped(&machines);
    let told = block::Told { catalog: &catalog, mapped: &mapped, now: call.now };
    let calls = calls.into_iter().filter(|line| bench.is_none_or(|own| line.test.bench == own));
    let lines = gathered(&told, open, (waiting, calls.collect()));
    let shown = lines.len().min(most(PAGE_ROWS_MAX));
    call.looked_at(lines.iter().take(shown).map(|line| &line.patient));
    let body = html! {
        (page::head("Pending", words::bench(bench.unwrap_or_default()), html! {
            span #pending-count data-live="pending" { (counted(&lines, shown, cut)) }
        }))
        (tabs(bench))
        (grid(&call, bench, lines.get(..shown).unwrap_or_default()))
        @if call.may(Ask::EnterResult) {
            (page::acts("pending", &[Act {
                key: 'e', label: "Enter results", to: "/enter", asks: true, first: true,
            }], html! {}))
        }
    };
    call.sheet(Sheet::new("Pending", body)).await
}

/// The tests that some instrument sends.
fn mapped(machines: &[InstrumentLine]) -> BTreeSet<&TestCode> {
    machines.iter().flat_map(|line| line.instrument.codes.values()).collect()
}

fn counted(lines: &[Line], shown: usize, cut: bool) -> String {
    let of = |such: fn(&Line) -> bool| lines.iter().filter(|line| such(line)).count();
    let mut said = format!("{} overdue, {} STAT", of(Line::is_overdue), of(Line::is_stat));
    if cut {
        said.push_str("; more is open than is read here: choose a bench");
    } else if shown < lines.len() {
        said.push_str(&format!("; the first {shown} of {} rows are shown", lines.len()));
    }
    said
}

/// Where the list of a bench is.
fn address(bench: Option<&str>) -> String {
    bench.map_or("/pending".into(), |bench| format!("/pending?bench={bench}"))
}

/// The benches, with the keys that go to the one before and the one after.
fn tabs(bench: Option<&str>) -> Markup {
    let all: Vec<Option<&str>> =
        std::iter::once(None).chain(Bench::ALL.iter().map(|one| Some(one.name()))).collect();
    let at = all.iter().position(|one| *one == bench).unwrap_or(0);
    let key = |place: usize| match place {
        _ if place + 1 == at => Some("["),
        _ if place == at + 1 => Some("]"),
        _ => None,
    };
    html! {
        nav aria-label="Bench" {
            ul .tabs {
                @for (place, one) in all.iter().enumerate() {
                    li {
                        a href=(address(*one)) data-key=[key(place)]
                            aria-keyshortcuts=[key(place)]
                            aria-current=[(*one == bench).then_some("page")] {
                            (one.map_or("All", words::bench))
                            @if let Some(key) = key(place) {
                                " " kbd aria-hidden="true" { (key) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn grid(call: &Call, bench: Option<&str>, lines: &[Line]) -> Markup {
    let rows: Vec<Row<'_>> = lines
        .iter()
        .map(|line| Row { id: &line.id, href: Some(&line.href), cells: cells(call, bench, line) })
        .collect();
    let mut columns = vec![
        Column::text("Specimen"),
        Column::text(""),
        Column::text("Patient"),
        Column::text("Record"),
        Column::text("Waits for"),
        Column::fill("Tests"),
        Column::number("Age / target"),
    ];
    if bench.is_none() {
        columns.insert(5, Column::wide("Bench"));
    }
    page::grid(&Grid {
        id: "pending",
        caption: "Not done yet: STAT, then what is past its target, then the rest",
        columns: &columns,
        rows: &rows,
        start: true,
        pick: true,
        live: Some(Live { topic: "pending", src: "" }),
        empty: "Nothing is pending.",
    })
}

fn cells(call: &Call, bench: Option<&str>, line: &Line) -> Vec<Markup> {
    let target = line.due.map(|due| due.minutes.saturating_mul(60));
    let target = target.and_then(|seconds| u64::try_from(seconds).ok());
    let mut cells = vec![
        html! { (line.label) },
        words::urgency(line.priority),
        html! { (line.patient.name) },
        html! { (line.patient.record_number) },
        html! { (page::chip(line.block.tone(), &line.block.words(call))) },
        html! { (line.tests.join(" ")) },
        words::age(line.since, call.now, target),
    ];
    if bench.is_none() {
        cells.insert(5, html! { (words::bench(&line.bench)) });
    }
    cells
}
