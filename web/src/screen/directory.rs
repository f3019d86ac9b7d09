//! The directory, `/directory`: providers, client facilities and locations; `/directory/{kind}` is
//! the form of one entry.
//!
//! Question: who orders, who sends, where are the patients, and whom does one call? Everybody may
//! look; entries are kept by those who answer for them. What must stay true: an entry is never
//! removed, it is retired and can be opened again; what somebody else changed meanwhile is not
//! overwritten.

pub(crate) mod entry;

use lab::directory::{Facility, Location, Provider};
use lab::people::Ask;
use maud::{Markup, html};
use store::query::{Entry, facilities, locations, providers};

use crate::answer::Reply;
use crate::call::Call;
use crate::limit::PAGE_ROWS_MAX;
use crate::page::{self, Column, Grid, Row, Tab, Tone};
use crate::sheet::Sheet;

/// What kind of entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Provider,
    Location,
    Facility,
}

impl Kind {
    const ALL: [Kind; 3] = [Kind::Provider, Kind::Location, Kind::Facility];

    /// The word in addresses and sentences.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Kind::Provider => "provider",
            Kind::Location => "location",
            Kind::Facility => "facility",
        }
    }

    const fn several(self) -> &'static str {
        match self {
            Kind::Provider => "Providers",
            Kind::Location => "Locations",
            Kind::Facility => "Facilities",
        }
    }

    pub(crate) fn read(text: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.word() == text)
    }
}

/// The address of the form of an entry.
pub(crate) fn address(entry: &Entry) -> String {
    match entry {
        Entry::Provider(row) => format!("/directory/provider?row={}", row.id),
        Entry::Location(row) => format!("/directory/location?row={}", row.id),
        Entry::Facility(row) => format!("/directory/facility?row={}", row.id),
    }
}

/// `GET /directory`.
pub(crate) async fn show(call: Call) -> Reply {
    let kind = Kind::read(call.query.get("of")).unwrap_or(Kind::Provider);
    let beginning = call.query.get("from").to_owned();
    let entries: Vec<Entry> = call
        .read(move |sql| {
            let most = PAGE_ROWS_MAX;
            Ok(match kind {
                Kind::Provider => {
                    providers(sql, &beginning, most)?.into_iter().map(Entry::Provider).collect()
                }
                Kind::Location => {
                    locations(sql, &beginning, most)?.into_iter().map(Entry::Location).collect()
                }
                Kind::Facility => {
                    facilities(sql, &beginning, most)?.into_iter().map(Entry::Facility).collect()
                }
            })
        })
        .await?;
    let new = format!("/directory/{}", kind.word());
    let body = html! {
        (page::head("Directory", "providers, locations, facilities", html! {
            @if call.may(Ask::EditDirectory) {
                (page::open(&format!("New {}", kind.word()), &new, Some('n')))
            }
        }))
        (tabs(kind))
        (narrow(&call, kind))
        (grid(&call, (kind, &entries)))
    };
    call.sheet(Sheet::new("Directory", body)).await
}

fn tabs(shown: Kind) -> Markup {
    let hrefs = Kind::ALL.map(|kind| format!("/directory?of={}", kind.word()));
    let tabs: Vec<Tab<'_>> = Kind::ALL
        .iter()
        .zip(&hrefs)
        .map(|(kind, href)| Tab { label: kind.several(), href, current: *kind == shown })
        .collect();
    page::tabs("Kind of entry", &tabs)
}

/// The field that narrows a long list to what begins so.
fn narrow(call: &Call, kind: Kind) -> Markup {
    let label = match kind {
        Kind::Provider => "Name begins with",
        Kind::Location | Kind::Facility => "Code begins with",
    };
    html! {
        form .form method="get" action="/directory" {
            (page::hidden("of", kind.word()))
            (page::Field::text("from", label).value(call.query.get("from")).medium().line())
        }
    }
}

fn grid(call: &Call, (kind, entries): (Kind, &[Entry])) -> Markup {
    let edits = call.may(Ask::EditDirectory);
    let keyed: Vec<(String, String)> = entries
        .iter()
        .map(|entry| {
            let href = address(entry);
            (href.rsplit('=').next().unwrap_or_default().to_owned(), href)
        })
        .collect();
    let rows: Vec<Row<'_>> = entries
        .iter()
        .zip(&keyed)
        .map(|(entry, (id, href))| Row {
            id,
            href: edits.then_some(href.as_str()),
            cells: cells(entry),
        })
        .collect();
    let caption = match (edits, entries.len() >= usize::try_from(PAGE_ROWS_MAX).unwrap_or(0)) {
        (_, true) => "The first 200; type how it begins to see others",
        (true, false) => "Enter changes or retires an entry",
        (false, false) => "As it is kept by the laboratory",
    };
    page::grid(&Grid {
        id: "directory",
        caption,
        columns: &columns(kind),
        rows: &rows,
        start: true,
        pick: false,
        live: None,
        empty: "Nothing is listed that begins so.",
    })
}

fn columns(kind: Kind) -> Vec<Column<'static>> {
    match kind {
        Kind::Provider => vec![
            Column::text("Name"),
            Column::text("Number (NPI)"),
            Column::text("Telephone"),
            Column::fill("Standing"),
        ],
        Kind::Location => vec![
            Column::text("Code"),
            Column::fill("Name"),
            Column::text("Kind"),
            Column::text("Standing"),
        ],
        Kind::Facility => vec![
            Column::text("Code"),
            Column::text("Name"),
            Column::fill("Address"),
            Column::number("Copies"),
            Column::text("Standing"),
        ],
    }
}

fn cells(entry: &Entry) -> Vec<Markup> {
    match entry {
        Entry::Provider(row) => provider_cells(row),
        Entry::Location(row) => location_cells(row),
        Entry::Facility(row) => facility_cells(row),
    }
}

fn provider_cells(row: &Provider) -> Vec<Markup> {
    let number = row.number.as_ref().map(|number| number.as_str().to_owned());
    vec![
        html! { (row.name) },
        html! { (number.unwrap_or_default()) },
        html! { (row.telephone) },
        standing(row.closed),
    ]
}

fn location_cells(row: &Location) -> Vec<Markup> {
    vec![
        html! { (row.code) },
        html! { (row.name) },
        html! { (row.kind.word()) },
        standing(row.closed),
    ]
}

fn facility_cells(row: &Facility) -> Vec<Markup> {
    vec![
        html! { (row.code) },
        html! { (row.name) },
        html! { (row.address) },
        html! { (row.copies) },
        standing(row.closed),
    ]
}

fn standing(closed: bool) -> Markup {
    if closed {
        page::chip(Tone::Quiet, "retired")
    } else {
        html! {}
    }
}
