//! Collect, `/collect`: the list, most urgent first, of all or of one location (`?place=`); and
//! `/collect/{number}`: one accession at the patient ([`bedside`]).
//!
//! Question: who is to be collected, where, and is this the patient? What must stay true: the most
//! urgent stands first wherever it is; one patient in one form.

pub(crate) mod bedside;

use lab::directory::Location;
use lab::value::LocationId;
use maud::{Markup, html};
use store::query::{CollectLine, collect_list, collect_list_at, waiting_places};

use crate::answer::Reply;
use crate::call::Call;
use crate::limit::PAGE_ROWS_MAX;
use crate::page::{self, Act, Column, Grid, Live, Row, Tab};
use crate::sheet::{Sheet, Told};
use crate::words;

/// `GET /collect`.
pub(crate) async fn list(call: Call) -> Reply {
    let place = call.query.get("place").parse().ok().map(LocationId);
    let (lines, places) = call
        .read(move |sql| {
            let lines = match place {
                Some(place) => collect_list_at(sql, place, PAGE_ROWS_MAX)?,
                None => collect_list(sql, "Ordered", PAGE_ROWS_MAX)?,
            };
            Ok((lines, waiting_places(sql)?))
        })
        .await?;
    call.looked_at(lines.iter().map(|line| &line.patient));
    let groups: Vec<&[CollectLine]> =
        lines.chunk_by(|a, b| a.accession.id == b.accession.id).collect();
    let body = html! {
        (page::head("Collect", &words::count(lines.len(), "specimen", "specimens"), html! {}))
        (tabs(&places, place))
        (grid(&call, &groups, &places))
        (page::acts("collect", &[
            Act { key: 'l', label: "Labels", to: "/label", asks: true, first: false },
        ], html! {}))
    };
    call.sheet(Sheet::new("Collect", body)).await
}

/// The locations where somebody waits, each with how many specimens.
fn tabs(places: &[(Location, i64)], shown: Option<LocationId>) -> Markup {
    let keyed: Vec<(String, String, bool)> = places
        .iter()
        .map(|(row, waiting)| {
            let href = format!("/collect?place={}", row.id);
            (format!("{} {waiting}", row.code), href, shown == Some(row.id))
        })
        .collect();
    let mut tabs = vec![Tab { label: "All", href: "/collect", current: shown.is_none() }];
    let each = keyed.iter().map(|(label, href, current)| Tab { label, href, current: *current });
    tabs.extend(each);
    html! {
        div #places data-live="specimens" {
            @if !places.is_empty() { (page::tabs("Location", &tabs)) }
        }
    }
}

fn grid(call: &Call, groups: &[&[CollectLine]], places: &[(Location, i64)]) -> Markup {
    let lines: Vec<(String, String, Vec<Markup>)> =
        groups.iter().filter_map(|group| line(call, group, places)).collect();
    let rows: Vec<Row<'_>> = lines
        .iter()
        .map(|(id, href, cells)| Row { id, href: Some(href), cells: cells.clone() })
        .collect();
    page::grid(&Grid {
        id: "collect",
        caption: "To collect, most urgent first",
        columns: &[
            Column::text("Accession"),
            Column::text(""),
            Column::text("At"),
            Column::text("Patient"),
            Column::text("Record"),
            Column::text("Born"),
            Column::fill("Containers"),
            Column::text("Ordered by"),
            Column::number("Waiting"),
        ],
        rows: &rows,
        start: true,
        pick: true,
        live: Some(Live { topic: "specimens", src: "" }),
        empty: "Nothing is to be collected.",
    })
}

fn line(
    call: &Call,
    group: &[CollectLine],
    places: &[(Location, i64)],
) -> Option<(String, String, Vec<Markup>)> {
    let CollectLine { accession, patient, .. } = group.first()?;
    let told = Told::of(patient, call.now);
    let containers: Vec<&str> = group.iter().map(|one| one.specimen.container.as_str()).collect();
    let at = accession.circumstances.location;
    let place = places.iter().find(|(row, _)| Some(row.id) == at);
    let cells = vec![
        html! { (accession.label) },
        when(call, accession),
        html! { @if let Some((row, _)) = place { (row.code) } },
        html! { b { (patient.name) } },
        html! { (patient.record_number) },
        html! { (told.born_line(patient)) },
        html! { (containers.join(", ")) },
        html! { (accession.provider) },
        words::age(accession.ordered_at, call.now, None),
    ];
    let number = accession.label.to_string();
    let href = format!("/collect/{number}{}", within(call));
    Some((number, href, cells))
}

/// The location that the list was narrowed to, as an address carries it on.
fn within(call: &Call) -> String {
    match call.query.get("place").parse::<i64>() {
        Ok(place) => format!("?place={place}"),
        Err(_) => String::new(),
    }
}

/// How urgent, when a timed order is due, and whether the patient is to be fasting.
fn when(call: &Call, accession: &lab::accession::Accession) -> Markup {
    let said = &accession.circumstances;
    let zone = &call.app.laboratory().zone;
    html! {
        (words::urgency(accession.priority))
        @if let Some(at) = said.due_at { " due " (words::clock(at, zone, call.now)) }
        @if !said.fasting.is_unknown() { " " span .soft { (said.fasting.word()) } }
    }
}
