//! Turnaround of today by bench, against the targets of the catalog.
//!
//! What must stay true: half and nine in ten, never an average; what is not finished is counted and
//! makes a figure longer, never shorter; what is left out is told.

use lab::quality::turnaround::{Percentile, Standing};
use maud::{Markup, html};

use crate::call::Call;
use crate::page::{self, Column, Grid, Live, Row, Tone};
use crate::shift::Shift;
use crate::words;

/// The table.
pub(super) fn turnaround(call: &Call, shift: &Shift) -> Markup {
    let zone = &call.app.laboratory().zone;
    let ids: Vec<String> = shift
        .benches
        .iter()
        .map(|(bench, priority, _)| format!("{bench}-{}", priority.word()))
        .collect();
    let hrefs: Vec<String> =
        shift.benches.iter().map(|(bench, ..)| format!("/pending?bench={bench}")).collect();
    let opens = call.may(lab::people::Ask::SeeUnverified);
    let rows: Vec<Row<'_>> = shift
        .benches
        .iter()
        .zip(ids.iter().zip(&hrefs))
        .map(|((bench, priority, standing), (id, href))| {
            let mut cells = vec![html! { (words::bench(bench)) }, html! { (priority.word()) }];
            cells.extend(figures(standing));
            Row { id, href: opens.then_some(href.as_str()), cells }
        })
        .collect();
    let cut = if shift.cut { ", of the newest tests" } else { "" };
    let at = words::clock(shift.at, zone, call.now);
    page::grid(&Grid {
        id: "turnaround",
        caption: &format!("Turnaround today in minutes, as of {at}{cut}"),
        columns: &[
            Column::text("Bench"),
            Column::text("Urgency"),
            Column::number("Target"),
            Column::number("Half within"),
            Column::number("9 in 10 within"),
            Column::number("In target"),
            Column::number("Verified"),
            Column::number("Open"),
            Column::number("Overdue"),
        ],
        rows: &rows,
        start: false,
        pick: false,
        live: Some(Live { topic: "counts", src: "" }),
        empty: "Nothing with a target was verified today, and nothing is open.",
    })
}

fn figures(standing: &Standing) -> Vec<Markup> {
    let target = match standing.targets {
        Some((least, most)) if least == most => least.to_string(),
        Some((least, most)) => format!("{least}\u{2013}{most}"),
        None => String::new(),
    };
    let share = standing.percent_within();
    vec![
        html! { (target) },
        percentile(standing.p50),
        percentile(standing.p90),
        html! { @if let Some(share) = share { (share) " %" } },
        html! { (standing.finished) },
        html! { (standing.open) },
        html! {
            @if standing.overdue > 0 { (page::chip(Tone::Care, "")) " " }
            (standing.overdue)
        },
    ]
}

fn percentile(value: Percentile) -> Markup {
    match value {
        Percentile::Minutes(minutes) => html! { (minutes) },
        Percentile::MoreThan(minutes) => html! { "> " (minutes) },
        Percentile::None => html! {},
    }
}
