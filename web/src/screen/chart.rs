//! One patient's results over time: the cumulative view, `/patient/{number}/chart`, and the trend
//! of one test, `/patient/{number}/chart/{code}`. The number is the laboratory's own, so that no
//! record number stands in an address.
//!
//! Question: how did this patient's results move? What must stay true: only verified results are
//! shown; each value has its flag; Enter on a test opens its trend, and the
//! numbers stand under the drawing.

use lab::people::Ask;
use lab::refusal::Refusal;
use lab::value::{AccessionId, PatientId, TestCode};
use maud::{Markup, html};
use report::cumulative::{Cell, Cumulative, Drawn, cumulative, taken};
use report::trend::{Point, trend};
use store::query::{self, Draw, chart_of, trend_of};

use super::patient::of_address;
use crate::answer::Reply;
use crate::call::Call;
use crate::limit::{CHART_COLUMNS, TREND_POINTS_MAX};
use crate::page::{self, Column, Grid, Row};
use crate::sheet::Sheet;
use crate::words;

/// `GET /patient/{number}/chart`.
pub(crate) async fn show(call: Call) -> Reply {
    let patient = of_address(&call).await?;
    let before = call.query.get("before").parse().ok().map(AccessionId);
    let id = patient.id;
    let mut draws = call.read(move |sql| chart_of(sql, id, before, CHART_COLUMNS + 1)).await?;
    let more = draws.len() > columns();
    draws.truncate(columns());
    let catalog = call.catalog().await?;
    let drawn: Vec<Drawn<'_>> = draws
        .iter()
        .map(|draw| Drawn {
            accession: &draw.accession,
            collected_at: draw.collected_at,
            results: &draw.results,
        })
        .collect();
    let view = cumulative(&drawn, &catalog, &call.app.laboratory().zone);
    let newer = before.map(|_| format!("/patient/{id}/chart"));
    let older = draws
        .last()
        .filter(|_| more)
        .map(|oldest: &Draw| format!("/patient/{id}/chart?before={}", oldest.accession.id));
    let beside = format!("{}, newest first", words::count(draws.len(), "order", "orders"));
    let body = html! {
        (page::head("Chart", &beside, html! {}))
        (table(&view, id))
        nav .send aria-label="Other orders" {
            @if let Some(newer) = &newer { (page::open("Newest", newer, Some('['))) }
            @if let Some(older) = &older { (page::open("Older", older, Some(']'))) }
            @if let Some(newest) = draws.first() { (ways(&call, newest.accession.label.as_str())) }
        }
    };
    call.sheet(Sheet::new("Chart", body).about(&patient)).await
}

fn columns() -> usize {
    usize::try_from(CHART_COLUMNS).unwrap_or(usize::MAX)
}

fn ways(call: &Call, label: &str) -> Markup {
    html! {
        (page::open("Newest report", &format!("/report/{label}"), Some('p')))
        @if call.may(Ask::SeePatients) {
            (page::open("Newest accession", &format!("/accession/{label}"), Some('a')))
        }
    }
}

fn table(view: &Cumulative, patient: PatientId) -> Markup {
    let heads: Vec<String> =
        view.columns.iter().map(|column| format!("{} {}", column.day, column.time)).collect();
    let mut columns = vec![Column::text("Test"), Column::text("Unit"), Column::text("Interval")];
    columns.extend(heads.iter().map(|head| Column::number(head)));
    let hrefs: Vec<String> =
        view.rows.iter().map(|row| format!("/patient/{patient}/chart/{}", row.code)).collect();
    let rows: Vec<Row<'_>> = view
        .rows
        .iter()
        .zip(&hrefs)
        .map(|(row, href)| {
            let mut cells = vec![
                html! { b { (row.code) } " " span .soft { (row.name) } },
                html! { span .soft { (row.unit) } },
                page::interval(&row.interval),
            ];
            cells.extend(row.cells.iter().map(|one| cell(one.as_ref())));
            Row { id: row.code.as_str(), href: Some(href), cells }
        })
        .collect();
    page::grid(&Grid {
        id: "chart",
        caption: "Verified results; Enter opens the trend of a test",
        columns: &columns,
        rows: &rows,
        start: true,
        pick: false,
        live: None,
        empty: "No result of this patient has been verified.",
    })
}

fn cell(cell: Option<&Cell>) -> Markup {
    let Some(cell) = cell else { return html! {} };
    html! {
        @match cell.flag {
            Some(flag) => { b { (cell.value) } " " (page::flag(words::flag(flag))) },
            None => (cell.value),
        }
        @if let Some(unit) = &cell.unit { " " small .soft { (unit) } }
        @if cell.corrected { " " abbr .flag.care title="corrected" { "corr" } }
    }
}

/// `GET /patient/{number}/chart/{code}`.
pub(crate) async fn show_trend(call: Call) -> Reply {
    let patient = of_address(&call).await?;
    let code = TestCode::from(call.path.get("code"));
    let catalog = call.catalog().await?;
    let name = catalog.test(code.as_str()).map(|definition| definition.name.clone());
    let name = name.ok_or_else(|| Refusal::UnknownTest { code: code.to_string() })?;
    let (id, wanted) = (patient.id, code.clone());
    let found = call.read(move |sql| trend_of(sql, id, &wanted, TREND_POINTS_MAX)).await?;
    let zone = &call.app.laboratory().zone;
    let points: Vec<Point<'_>> = found
        .iter()
        .map(|one| Point {
            at: one.collected_at.unwrap_or(one.accession.ordered_at),
            result: &one.result,
        })
        .collect();
    let beside = format!("{name}, {}", words::count(found.len(), "result", "results"));
    let body = html! {
        (page::head(&format!("Trend of {code}"), &beside, html! {}))
        @match trend(&points, &name, zone) {
            Some(drawing) => figure .trend-of { (drawing) },
            None => p .soft { "A trend is drawn from two figures on." },
        }
        (numbers(&call, &found))
        nav .send aria-label="From this trend" {
            (page::open("Chart", &format!("/patient/{id}/chart"), Some('c')))
        }
    };
    call.sheet(Sheet::new("Trend", body).about(&patient)).await
}

/// The same results in figures, newest first.
fn numbers(call: &Call, found: &[query::Point]) -> Markup {
    let zone = &call.app.laboratory().zone;
    let hrefs: Vec<(String, String)> = found
        .iter()
        .map(|one| (one.test.id.to_string(), format!("/report/{}", one.accession.label)))
        .collect();
    let rows: Vec<Row<'_>> = found
        .iter()
        .zip(&hrefs)
        .map(|(one, (id, href))| {
            let shown = Cell {
                value: one.result.value.to_string(),
                flag: one.result.flag,
                unit: None,
                corrected: one.result.amends.is_some(),
            };
            let cells = vec![
                html! { (taken(one.collected_at, one.accession.ordered_at, zone)) },
                cell(Some(&shown)),
                html! { span .soft { (report::unit::shown(&one.result.unit)) } },
                page::interval(&one.result.limits.interval()),
                html! { (before(&one.result)) },
                html! { (one.accession.label) },
                html! { (one.accession.provider) },
            ];
            Row { id, href: Some(href), cells }
        })
        .collect();
    page::grid(&Grid {
        id: "numbers",
        caption: "The same in numbers, newest first; Enter opens the report",
        columns: &[
            Column::text("Collected"),
            Column::number("Result"),
            Column::text("Unit"),
            Column::text("Interval"),
            Column::text("Reported before"),
            Column::text("Accession"),
            Column::fill("Ordered by"),
        ],
        rows: &rows,
        start: true,
        pick: false,
        live: None,
        empty: "This test has no verified result of this patient.",
    })
}

/// What was reported before it was corrected.
fn before(result: &lab::accession::ResultVersion) -> String {
    result.amends.as_ref().map(lab::accession::Amends::reported).unwrap_or_default()
}
