//! Storage, `/storage` and `/storage/{code}`.
//!
//! Question: where is this tube, where is room, and what may be discarded? A tube and then a
//! position are scanned. What must stay true: a position shows at most one specimen; the next free
//! position is offered; what is due is told by the catalog's time.

use lab::accession::{Specimen, Spot};
use lab::command::Look;
use lab::journey::process::{AddStoragePlace, StoreSpecimen};
use lab::people::Ask;
use lab::refusal::Refusal;
use lab::storage::StoragePlace;
use lab::value::{Label, Zone};
use maud::{Markup, html};
use store::query::{CollectLine, astray, storage_places, stored_in};

use super::label::specimen_of;
use super::trouble::said_no;
use super::tube::position;
use crate::answer::{self, Reply, Trouble};
use crate::call::{Call, Pairs};
use crate::page::{self, Choice, Column, Field, Form, Grid, Row};
use crate::sheet::Sheet;
use crate::words;

/// The most lost specimens shown.
const LOST_MAX: u32 = 50;

/// `GET /storage`.
pub(crate) async fn show(call: Call) -> Reply {
    screen(&call, None).await
}

async fn screen(call: &Call, refusal: Option<&Refusal>) -> Reply {
    let places = call.read(|sql| storage_places(sql)).await?;
    let lost = call.read(|sql| astray(sql, "Lost", LOST_MAX)).await?;
    call.looked_at(lost.iter().map(|line| &line.patient));
    let body = html! {
        (page::head("Storage", "scan a tube, then a position", html! {}))
        @if let Some(refusal) = refusal { (said_no(refusal)) }
        (put_away(call, ""))
        (places_grid(&places))
        @if !lost.is_empty() { (lost_grid(call, &lost)) }
        @if call.may(Ask::AddStoragePlace) { (new_place(call)) }
    };
    call.sheet(Sheet::new("Storage", body).answering(refusal)).await
}

/// The form to put a tube away; `offered` is the next free position.
fn put_away(call: &Call, offered: &str) -> Markup {
    let form =
        Form { id: "put-away", action: "/storage", scans: true, lenient: true, ..Form::default() };
    let typed = call.form.get("position");
    let typed = if typed.is_empty() { offered } else { typed };
    page::form(
        &form,
        html! {
            (page::hidden("request", &call.request()))
            (Field::scan("scan", "Scan a tube").value(call.form.get("scan")).starts().line())
            (Field::scan("position", "Position").value(typed)
                .hint("Scan it, or type R1-S2-07 C7; empty opens the tube").line())
            (page::field::send(page::button("Put away", None, true)))
        },
    )
}

fn places_grid(places: &[(StoragePlace, i64)]) -> Markup {
    let keyed: Vec<(String, String)> = places
        .iter()
        .map(|(place, _)| (place.id.to_string(), format!("/storage/{}", place.code)))
        .collect();
    let rows: Vec<Row<'_>> = places
        .iter()
        .zip(&keyed)
        .map(|((place, holds), (id, href))| {
            let all = i64::from(place.rows) * i64::from(place.columns);
            let cells = vec![
                html! { (place.code) },
                html! { (place.unit) },
                html! { (place.shelf) },
                html! { (place.zone.word()) },
                html! { (holds) },
                html! { (all - holds) },
            ];
            Row { id, href: Some(href), cells }
        })
        .collect();
    page::grid(&Grid {
        id: "places",
        caption: "Places",
        columns: &[
            Column::text("Place"),
            Column::fill("Unit"),
            Column::text("Shelf"),
            Column::text("Kept"),
            Column::number("Holds"),
            Column::number("Free"),
        ],
        rows: &rows,
        start: false,
        pick: false,
        live: None,
        empty: "No storage place has been set up.",
    })
}

fn lost_grid(call: &Call, lost: &[CollectLine]) -> Markup {
    let zone = &call.app.laboratory().zone;
    let keyed: Vec<(String, String)> = lost
        .iter()
        .map(|line| (line.specimen.id.to_string(), format!("/tube/{}", line.specimen.label)))
        .collect();
    let rows: Vec<Row<'_>> = lost
        .iter()
        .zip(&keyed)
        .map(|(line, (id, href))| {
            let note = line.specimen.handling.lost.as_ref().map_or("", |(_, note)| note.as_str());
            let at = line.specimen.collected_at.map(|at| words::clock(at, zone, call.now));
            let cells = vec![
                html! { (line.specimen.label) },
                html! { (line.specimen.container) },
                html! { (line.patient.name) },
                html! { (line.patient.record_number) },
                html! { (note) },
                html! { (at.unwrap_or_default()) },
            ];
            Row { id, href: Some(href), cells }
        })
        .collect();
    page::grid(&Grid {
        id: "lost",
        caption: "Lost",
        columns: &[
            Column::text("Specimen"),
            Column::text("Container"),
            Column::text("Patient"),
            Column::text("Record"),
            Column::fill("Where was looked"),
            Column::number("Taken"),
        ],
        rows: &rows,
        start: false,
        pick: false,
        live: None,
        empty: "Nothing is lost.",
    })
}

fn new_place(call: &Call) -> Markup {
    let form = Form { id: "place", action: "/storage/add", lenient: true, ..Form::default() };
    let zones = Zone::ALL.map(|zone| Choice { value: zone.name(), label: zone.word() });
    let field = |name: &'static str, label: &'static str| {
        Field::text(name, label).value(call.form.get(name)).medium().line()
    };
    html! {
        h2 { "Set up a place" }
        (page::form(&form, html! {
            (page::hidden("request", &call.request()))
            (field("code", "Code"))
            (field("unit", "Unit"))
            (field("shelf", "Shelf"))
            (Field::text("zone", "Kept").medium().value(call.form.get("zone")).pick(&zones))
            (Field::figures("rows", "Rows").value(call.form.get("rows")).line())
            (Field::figures("columns", "Columns").value(call.form.get("columns")).line())
            (page::field::send(page::button("Set up", None, false)))
        }))
    }
}

/// `POST /storage`: puts a tube away, or opens it where no position was given.
pub(crate) async fn store_tube(call: Call) -> Reply {
    match put(&call).await {
        Ok(to) => Ok(answer::see(&to)),
        Err(Trouble::Refused(refusal)) => screen(&call, Some(&refusal)).await,
        Err(failed) => Err(failed),
    }
}

async fn put(call: &Call) -> Result<String, Trouble> {
    let scanned = call.form.get("scan").to_owned();
    let (field, expected) = ("The number".into(), "thirteen digits".into());
    let label = Label::read(&scanned).map_err(|_| Refusal::Unreadable { field, expected })?;
    if call.form.get("position").is_empty() {
        return Ok(format!("/tube/{label}"));
    }
    let specimen = specimen_of(call, label.clone()).await?.id;
    let (place, spot) = position(call.form.get("position"));
    let to = format!("/storage/{}", place.to_uppercase());
    let _ = call.ask(StoreSpecimen { specimen, place, spot }, "store").await?;
    call.done(format!("Put {label} away at {}.", call.form.get("position")));
    Ok(to)
}

/// `POST /storage/add`.
pub(crate) async fn add(call: Call) -> Reply {
    let number = |name: &str| call.form.get(name).parse().unwrap_or(0);
    let command = AddStoragePlace {
        code: call.form.get("code").to_owned(),
        unit: call.form.get("unit").to_owned(),
        shelf: call.form.get("shelf").to_owned(),
        zone: Zone::read(call.form.get("zone")).unwrap_or(Zone::Room),
        shape: (number("rows"), number("columns")),
    };
    match call.ask(command, "place").await {
        Ok(_) => {
            call.done(format!("Set up {}.", call.form.get("code")));
            Ok(answer::see("/storage"))
        }
        Err(Trouble::Refused(refusal)) => screen(&call, Some(&refusal)).await,
        Err(failed) => Err(failed),
    }
}

/// `GET /storage/{code}`: one place with its positions.
pub(crate) async fn one(call: Call) -> Reply {
    let code = call.path.get("code").to_owned();
    let wanted = code.clone();
    let found = call
        .read(move |sql| {
            let Some(place) = store::DatabaseLook(sql).storage_place_coded(&wanted)? else {
                return Ok(None);
            };
            let holds = stored_in(sql, place.id)?;
            Ok(Some((place, holds)))
        })
        .await?;
    let none = || Refusal::NoSuch { what: "storage place".into(), name: code.clone() };
    let (place, holds) = found.ok_or_else(none)?;
    call.looked_at(holds.iter().map(|line| &line.patient));
    let at = |spot: Spot| {
        let there = |line: &&CollectLine| {
            line.specimen.handling.place.as_ref().is_some_and(|here| here.spot == spot)
        };
        holds.iter().find(there).map(|line| &line.specimen)
    };
    let free = place.spots().find(|spot| at(*spot).is_none());
    let offered = free.map(|spot| format!("{} {spot}", place.code)).unwrap_or_default();
    let beside = format!(
        "{}, {}, {}",
        place.unit,
        place.zone.word(),
        words::count(holds.len(), "specimen", "specimens")
    );
    let again = Call { form: Pairs::default(), ..call.clone() };
    let body = html! {
        (page::head(&place.code, &beside, page::open("Storage", "/storage", Some('w'))))
        (put_away(&again, &offered))
        (rack(&place, at))
    };
    call.sheet(Sheet::new("Storage", body)).await
}

/// The positions as they lie in the rack.
fn rack<'a>(place: &StoragePlace, at: impl Fn(Spot) -> Option<&'a Specimen>) -> Markup {
    html! {
        div .scroll tabindex="0" {
            table .rack {
                caption { "Positions of " (place.code) }
                thead { tr {
                    td {}
                    @for column in 1..=place.columns { th scope="col" { (column) } }
                } }
                tbody {
                    @for row in 1..=place.rows {
                        tr {
                            @if let Some(first) = Spot::new(row, 1) {
                                th scope="row" { (first.to_string().trim_end_matches('1')) }
                            }
                            @for column in 1..=place.columns {
                                td { @if let Some(spot) = Spot::new(row, column) {
                                    @match at(spot) {
                                        Some(tube) => a href={ "/tube/" (tube.label) } {
                                            (tube.label)
                                        },
                                        None => span .soft { "free" },
                                    }
                                } }
                            }
                        }
                    }
                }
            }
        }
    }
}
