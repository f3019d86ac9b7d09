//! Dispatch, `/dispatch`.
//!
//! Question: what goes where, by which list, and what has arrived? The numbers of the tubes are
//! scanned into one field, one after another. What must stay true: a list has a number; what is
//! still under way is shown until it has arrived.

use lab::command::Look;
use lab::journey::process::{ArriveSpecimens, DispatchSpecimens};
use lab::refusal::Refusal;
use lab::storage::{Destination, Dispatch};
use lab::value::{DispatchId, Label, SpecimenId, Zone};
use maud::{Markup, html};
use store::query::{CollectLine, astray, dispatch_lists};

use super::label::specimen_of;
use super::trouble::said_no;
use crate::answer::{self, Reply, Trouble};
use crate::call::Call;
use crate::page::{self, Act, Choice, Column, Field, Form, Grid, Row};
use crate::sheet::Sheet;
use crate::words;

/// The most rows shown of each list.
const SHOWN: u32 = 50;

/// `GET /dispatch`.
pub(crate) async fn show(call: Call) -> Reply {
    screen(&call, None).await
}

async fn screen(call: &Call, refusal: Option<&Refusal>) -> Reply {
    let under_way = call.read(|sql| astray(sql, "Dispatched", SHOWN)).await?;
    let lists = call.read(|sql| dispatch_lists(sql, SHOWN)).await?;
    call.looked_at(under_way.iter().map(|line| &line.patient));
    let body = html! {
        (page::head("Dispatch", "scan what goes, then say where", html! {}))
        @if let Some(refusal) = refusal { (said_no(refusal)) }
        (send_form(call))
        (way_grid(call, &under_way, &lists))
        @if !under_way.is_empty() {
            (page::acts("under-way", &[Act {
                key: 'v', label: "Arrived", to: "/dispatch/arrived", asks: false, first: true,
            }], page::hidden("request", &crate::session::token().unwrap_or_default())))
        }
        (lists_grid(call, &lists))
    };
    call.sheet(Sheet::new("Dispatch", body).answering(refusal)).await
}

fn send_form(call: &Call) -> Markup {
    let form = Form {
        id: "dispatch",
        action: "/dispatch",
        keeps: true,
        scans: true,
        lenient: true,
        ..Form::default()
    };
    let kinds = Destination::ALL.map(|to| Choice { value: to.word(), label: to.word() });
    let zones = Zone::ALL.map(|zone| Choice { value: zone.name(), label: zone.word() });
    page::form(
        &form,
        html! {
            (page::hidden("request", &call.request()))
            (Field::scans("tubes", "Tubes").value(call.form.get("tubes")).starts()
                .hint("Scan them one after another").line())
            (Field::text("to", "Kind of place").medium().value(call.form.get("to")).pick(&kinds))
            (Field::text("name", "Where to").value(call.form.get("name")).line())
            (Field::text("zone", "Travels").medium().value(call.form.get("zone")).pick(&zones))
            (Field::text("note", "Note").value(call.form.get("note")).line())
            (page::field::send(page::button("Send", None, true)))
        },
    )
}

fn way_grid(call: &Call, lines: &[CollectLine], lists: &[Dispatch]) -> Markup {
    let zone = &call.app.laboratory().zone;
    let keyed: Vec<(String, String)> = lines
        .iter()
        .map(|line| (line.specimen.id.to_string(), format!("/tube/{}", line.specimen.label)))
        .collect();
    let rows: Vec<Row<'_>> = lines
        .iter()
        .zip(&keyed)
        .map(|(line, (id, href))| {
            let by = line.specimen.handling.dispatch;
            let list = lists.iter().find(|list| Some(list.id) == by);
            let cells = vec![
                html! { (line.specimen.label) },
                html! { (line.specimen.container) },
                html! { (line.patient.name) },
                html! { (line.patient.record_number) },
                html! { @if let Some(list) = list { (list.number) } },
                html! { @if let Some(list) = list { (list.name) } },
                html! { @if let Some(list) = list { (words::clock(list.at, zone, call.now)) } },
            ];
            Row { id, href: Some(href), cells }
        })
        .collect();
    page::grid(&Grid {
        id: "under-way",
        caption: "Under way",
        columns: &[
            Column::text("Specimen"),
            Column::text("Container"),
            Column::text("Patient"),
            Column::text("Record"),
            Column::number("List"),
            Column::fill("To"),
            Column::number("Left"),
        ],
        rows: &rows,
        start: false,
        pick: true,
        live: None,
        empty: "Nothing is under way.",
    })
}

fn lists_grid(call: &Call, lists: &[Dispatch]) -> Markup {
    let zone = &call.app.laboratory().zone;
    let keyed: Vec<String> = lists.iter().map(|list| list.id.to_string()).collect();
    let rows: Vec<Row<'_>> = lists
        .iter()
        .zip(&keyed)
        .map(|(list, id)| {
            let cells = vec![
                html! { (list.number) },
                html! { (list.name) },
                html! { (list.to.word()) },
                html! { (list.zone.word()) },
                html! { (list.specimens.len()) },
                html! { (list.note) },
                html! { (words::clock(list.at, zone, call.now)) },
            ];
            Row { id, href: None, cells }
        })
        .collect();
    page::grid(&Grid {
        id: "lists",
        caption: "Lists, newest first",
        columns: &[
            Column::number("List"),
            Column::text("To"),
            Column::text("Kind"),
            Column::text("Travels"),
            Column::number("Tubes"),
            Column::fill("Note"),
            Column::number("Left"),
        ],
        rows: &rows,
        start: false,
        pick: false,
        live: None,
        empty: "No list has been sent.",
    })
}

/// `POST /dispatch`.
pub(crate) async fn send(call: Call) -> Reply {
    match sent(&call).await {
        Ok(()) => Ok(answer::see("/dispatch")),
        Err(Trouble::Refused(refusal)) => screen(&call, Some(&refusal)).await,
        Err(failed) => Err(failed),
    }
}

async fn sent(call: &Call) -> Result<(), Trouble> {
    let typed = call.form.get("tubes").split_whitespace();
    let labels: Result<Vec<Label>, _> = typed.map(Label::read).collect();
    let (field, expected) = ("Tubes".into(), "numbers of thirteen digits".into());
    let labels = labels.map_err(|_| Refusal::Unreadable { field, expected })?;
    let mut specimens: Vec<SpecimenId> = Vec::new();
    for label in labels {
        specimens.push(specimen_of(call, label).await?.id);
    }
    let count = specimens.len();
    let command = DispatchSpecimens {
        specimens,
        to: Destination::read(call.form.get("to")).unwrap_or(Destination::Bench),
        name: call.form.get("name").to_owned(),
        zone: Zone::read(call.form.get("zone")).unwrap_or(Zone::Room),
        note: call.form.get("note").to_owned(),
    };
    let _ = call.ask(command, "send").await?;
    let tubes = words::count(count, "tube", "tubes");
    call.done(format!("Sent {tubes} to {}.", call.form.get("name")));
    Ok(())
}

/// `POST /dispatch/arrived`: the specimen of the row arrived.
pub(crate) async fn arrived(call: Call) -> Reply {
    let row = call.form.get("row").to_owned();
    let none = || Refusal::NoSuch { what: "specimen".into(), name: row.clone() };
    let id = SpecimenId(row.parse().map_err(|_| none())?);
    let found = call.read(move |sql| store::DatabaseLook(sql).specimen(id)).await?;
    let specimen = found.ok_or_else(none)?;
    let dispatch = specimen.handling.dispatch.unwrap_or(DispatchId(0));
    let command = ArriveSpecimens { dispatch, specimens: vec![specimen.id] };
    match call.ask(command, "arrived").await {
        Ok(_) => {
            call.done(format!("{} arrived.", specimen.label));
            Ok(answer::see("/dispatch"))
        }
        Err(Trouble::Refused(refusal)) => screen(&call, Some(&refusal)).await,
        Err(failed) => Err(failed),
    }
}
