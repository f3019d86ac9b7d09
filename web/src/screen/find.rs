//! Find anything by any number or name, `/find`.
//!
//! Question: where is it? What is asked for travels in a form and is kept for the session under a
//! name that says nothing, so that no patient stands in an address or a log; `?q=` is for programs
//! that know the number of an accession. What must stay true: a scanned number opens its thing at
//! once; a name that fits several patients lists them with two identifiers each.

use lab::accession::Accession;
use lab::patient::Patient;
use lab::people::Ask;
use maud::{Markup, html};
use store::query::{Entry, Found, Listing, find_anything};

use crate::answer::{self, Reply};
use crate::call::Call;
use crate::page::{self, Column, Grid, Row, Tone};
use crate::sheet::{Sheet, Told};
use crate::words;

/// `POST /find`: leads to the thing, or to the list of what fits.
pub(crate) async fn ask(call: Call) -> Reply {
    let asked = call.form.get("q").to_owned();
    let words = asked.clone();
    let found = call.read(move |sql| find_anything(sql, &words)).await?;
    if let Some(address) = only(&call, &found).await? {
        return Ok(answer::see(&address));
    }
    let name = crate::session::token()?.chars().take(16).collect::<String>();
    let address = format!("/find?asked={name}");
    call.app.keep_wristband(call.session(), (name, asked));
    Ok(answer::see(&address))
}

/// `GET /find`.
pub(crate) async fn show(call: Call) -> Reply {
    let kept = call.app.wristband(call.session(), call.query.get("asked"));
    let asked = kept.unwrap_or_else(|| call.query.get("q").to_owned());
    let words = asked.clone();
    let found = call.read(move |sql| find_anything(sql, &words)).await?;
    if let Some(address) = only(&call, &found).await? {
        return Ok(answer::see(&address));
    }
    let listing = match found {
        Found::Patients(patients) => Listing { patients, ..Listing::default() },
        Found::Several(listing) => listing,
        _ => Listing::default(),
    };
    call.looked_at(listing.patients.iter().map(|(patient, _)| patient));
    call.looked_at(listing.orders.iter().map(|(_, patient)| patient));
    let others = listing.entries.len() + listing.orders.len();
    let body = html! {
        (page::head("Find", &format!("\u{201c}{asked}\u{201d}"), html! {}))
        @if !listing.orders.is_empty() { (orders(&call, &listing.orders)) }
        @if !listing.patients.is_empty() || others == 0 {
            (list(&call, &listing.patients))
        }
        @if !listing.entries.is_empty() { (entries(&call, &listing.entries)) }
    };
    call.sheet(Sheet::new("Find", body)).await
}

/// The address of the one thing found, if it is one. A registration that was merged away leads to
/// the one that survives, and says so.
async fn only(call: &Call, found: &Found) -> Result<Option<String>, crate::answer::Trouble> {
    let (patient, accessions) = match found {
        Found::Accession(label) => return Ok(Some(format!("/accession/{label}"))),
        Found::Place(place) if call.may(Ask::StoreSpecimen) => {
            return Ok(Some(format!("/storage/{}", place.code)));
        }
        Found::Patients(patients) => match patients.as_slice() {
            [(patient, accessions)] => (patient, accessions),
            _ => return Ok(None),
        },
        Found::Several(listing) => {
            let one = listing.patients.is_empty() && listing.entries.is_empty();
            return Ok(match listing.orders.as_slice() {
                [(accession, _)] if one => Some(format!("/accession/{}", accession.label)),
                _ => None,
            });
        }
        _ => return Ok(None),
    };
    if let Some(into) = patient.merged_into {
        let survives = super::patient::numbered(call, into).await?;
        call.noted(format!(
            "Record {} was merged into {}, {}.",
            patient.record_number, survives.record_number, survives.name
        ));
        return Ok(Some(super::patient::address(&survives)));
    }
    Ok(Some(match accessions.as_slice() {
        [only] => format!("/accession/{}", only.label),
        _ => super::patient::address(patient),
    }))
}

fn list(call: &Call, patients: &[(Patient, Vec<Accession>)]) -> Markup {
    let lines: Vec<(String, String, Vec<Markup>)> =
        patients.iter().flat_map(|found| of_patient(call, found)).collect();
    let rows: Vec<Row<'_>> = lines
        .iter()
        .map(|(id, href, cells)| Row { id, href: Some(href), cells: cells.clone() })
        .collect();
    page::grid(&Grid {
        id: "found",
        caption: "Patients with their newest accessions",
        columns: &COLUMNS,
        rows: &rows,
        start: true,
        pick: false,
        live: None,
        empty: "Nothing has this number or name. Check the number and scan or type it again.",
    })
}

const COLUMNS: [Column<'static>; 6] = [
    Column::text("Accession"),
    Column::text("Patient"),
    Column::text("Record"),
    Column::text("Born"),
    Column::text("Ordered"),
    Column::fill("Ordered by"),
];

fn of_patient(
    call: &Call,
    (patient, accessions): &(Patient, Vec<Accession>),
) -> Vec<(String, String, Vec<Markup>)> {
    let name = html! { a href=(super::patient::address(patient)) { (patient.name) } };
    if accessions.is_empty() {
        let none = html! { span .soft { "none" } };
        let by = html! {
            @if patient.merged_into.is_some() { (page::chip(Tone::Care, "merged away")) }
        };
        let cells = identified(call, patient, (none, name, html! {}, by));
        return vec![(format!("p{}", patient.id), super::patient::address(patient), cells)];
    }
    let line = |accession: &Accession| order_line(call, (accession, patient), name.clone());
    accessions.iter().map(line).collect()
}

fn order_line(
    call: &Call,
    (accession, patient): (&Accession, &Patient),
    name: Markup,
) -> (String, String, Vec<Markup>) {
    let zone = &call.app.laboratory().zone;
    let ordered = html! { (words::clock(accession.ordered_at, zone, call.now)) };
    let by = html! { (words::urgency(accession.priority)) " " (accession.provider) };
    let number = accession.label.to_string();
    let href = format!("/accession/{number}");
    let cells = identified(call, patient, (html! { (number) }, name, ordered, by));
    (number, href, cells)
}

fn identified(
    call: &Call,
    patient: &Patient,
    (first, name, ordered, by): (Markup, Markup, Markup, Markup),
) -> Vec<Markup> {
    let told = Told::of(patient, call.now);
    let record = html! { (patient.record_number) };
    vec![first, name, record, html! { (told.born_line(patient)) }, ordered, by]
}

/// Orders by the number of the orderer's own system.
fn orders(call: &Call, orders: &[(Accession, Patient)]) -> Markup {
    let lines: Vec<(String, String, Vec<Markup>)> = orders
        .iter()
        .map(|(accession, patient)| {
            order_line(call, (accession, patient), html! { (patient.name) })
        })
        .collect();
    let rows: Vec<Row<'_>> = lines
        .iter()
        .map(|(id, href, cells)| Row { id, href: Some(href), cells: cells.clone() })
        .collect();
    page::grid(&Grid {
        id: "placed",
        caption: "Orders that have this number where they were written",
        columns: &COLUMNS,
        rows: &rows,
        start: true,
        pick: false,
        live: None,
        empty: "",
    })
}

/// Entries of the directory.
fn entries(call: &Call, entries: &[Entry]) -> Markup {
    let edits = call.may(Ask::EditDirectory);
    let lines: Vec<(String, [String; 4])> = entries.iter().map(entry).collect();
    let hrefs: Vec<String> = entries.iter().map(super::directory::address).collect();
    let rows: Vec<Row<'_>> = lines
        .iter()
        .zip(&hrefs)
        .map(|((id, cells), href)| Row {
            id,
            href: edits.then_some(href.as_str()),
            cells: cells.iter().map(|cell| html! { (cell) }).collect(),
        })
        .collect();
    page::grid(&Grid {
        id: "listed",
        caption: "In the directory",
        columns: &[
            Column::text("Entry"),
            Column::text("Kind"),
            Column::text("Telephone or name"),
            Column::fill("Standing"),
        ],
        rows: &rows,
        start: true,
        pick: false,
        live: None,
        empty: "",
    })
}

fn entry(entry: &Entry) -> (String, [String; 4]) {
    let standing = |closed: bool| if closed { "retired" } else { "" }.to_owned();
    match entry {
        Entry::Provider(row) => (
            format!("provider-{}", row.id),
            [row.name.clone(), "provider".into(), row.telephone.clone(), standing(row.closed)],
        ),
        Entry::Location(row) => (
            format!("location-{}", row.id),
            [row.code.clone(), row.kind.word().into(), row.name.clone(), standing(row.closed)],
        ),
        Entry::Facility(row) => (
            format!("facility-{}", row.id),
            [row.code.clone(), "facility".into(), row.name.clone(), standing(row.closed)],
        ),
    }
}
