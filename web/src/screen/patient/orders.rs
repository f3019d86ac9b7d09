//! The orders of a patient, newest first, a page at a time.
//!
//! What must stay true: each leads to its accession; what was ordered is told by panel where it
//! was ordered as one.

use lab::accession::{Accession, Test, TestState};
use lab::command::Look;
use lab::patient::Patient;
use lab::value::AccessionId;
use maud::{Markup, html};
use store::query::orders_of;

use super::address;
use crate::answer::Trouble;
use crate::call::Call;
use crate::page::{self, Column, Grid, Live, Row};
use crate::words;

/// Orders on one page.
const ORDERS_MAX: u32 = 20;

/// The patient's orders from before `before` on.
pub(super) async fn orders(
    call: &Call,
    patient: &Patient,
    before: Option<AccessionId>,
) -> Result<Markup, Trouble> {
    let id = patient.id;
    let mut found = call
        .read(move |sql| {
            let look = store::DatabaseLook(sql);
            let mut all = Vec::new();
            for accession in orders_of(sql, id, before, ORDERS_MAX + 1)? {
                let tests = look.tests_of(accession.id)?;
                all.push((accession, tests));
            }
            Ok(all)
        })
        .await?;
    let most = usize::try_from(ORDERS_MAX).unwrap_or(usize::MAX);
    let more = found.len() > most;
    found.truncate(most);
    let own = address(patient);
    let newer = before.map(|_| own.clone());
    let last = found.last().filter(|_| more);
    let older = last.map(|(oldest, _)| format!("{own}?before={}", oldest.id));
    Ok(html! {
        (grid(call, &found))
        (page::pages(newer.as_deref(), older.as_deref()))
    })
}

fn grid(call: &Call, found: &[(Accession, Vec<Test>)]) -> Markup {
    let keyed: Vec<(String, String)> = found
        .iter()
        .map(|(accession, _)| (accession.id.to_string(), format!("/accession/{}", accession.label)))
        .collect();
    let rows: Vec<Row<'_>> = found
        .iter()
        .zip(&keyed)
        .map(|((accession, tests), (id, href))| Row {
            id,
            href: Some(href),
            cells: cells(call, accession, tests),
        })
        .collect();
    page::grid(&Grid {
        id: "orders",
        caption: "Orders, newest first",
        columns: &[
            Column::text("Accession"),
            Column::text(""),
            Column::text("Ordered"),
            Column::text("Ordered by"),
            Column::fill("Tests"),
            Column::text("State"),
        ],
        rows: &rows,
        start: true,
        pick: false,
        live: Some(Live { topic: "orders", src: "" }),
        empty: "Nothing was ordered for this patient.",
    })
}

fn cells(call: &Call, accession: &Accession, tests: &[Test]) -> Vec<Markup> {
    let zone = &call.app.laboratory().zone;
    vec![
        html! { (accession.label) },
        words::urgency(accession.priority),
        html! { (words::clock(accession.ordered_at, zone, call.now)) },
        html! { (accession.provider) },
        html! { (ordered(tests)) },
        html! { (standing(tests)) },
    ]
}

/// What was ordered: panels as one word, then single tests.
fn ordered(tests: &[Test]) -> String {
    let mut codes: Vec<&str> = Vec::new();
    for test in tests {
        let code = test.panel.as_ref().unwrap_or(&test.code).as_str();
        if !codes.contains(&code) {
            codes.push(code);
        }
    }
    codes.join(" ")
}

/// How far an order is.
fn standing(tests: &[Test]) -> String {
    let open = tests.iter().filter(|test| test.state != TestState::Cancelled).count();
    let released = tests.iter().filter(|test| test.state.released()).count();
    match (open, released) {
        (0, _) => "cancelled".into(),
        (open, released) if open == released => "all verified".into(),
        (open, 0) => format!("{open} open"),
        (open, released) => format!("{released} of {open} verified"),
    }
}
