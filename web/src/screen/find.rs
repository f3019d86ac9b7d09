//! Find anything by any number or name, `/find?q=`.
//!
//! Question: where is it? What must stay true: a scanned number opens its thing at once; a name
//! that fits several patients lists them with two identifiers each.

use lab::accession::Accession;
use lab::patient::Patient;
use maud::{Markup, html};
use store::query::{Found, find_anything};

use crate::answer::{self, Reply};
use crate::call::Call;
use crate::page::{self, Column, Grid, Row};
use crate::sheet::{Sheet, Told};
use crate::words;

/// `GET /find`.
pub(crate) async fn show(call: Call) -> Reply {
    let asked = call.query.get("q").to_owned();
    let found = call.read(move |sql| find_anything(sql, &asked)).await?;
    let patients = match found {
        Found::Accession(label) => return Ok(answer::see(&format!("/accession/{label}"))),
        Found::Patients(patients) => patients,
        Found::Nothing => Vec::new(),
    };
    if let [(_, accessions)] = patients.as_slice()
        && let [only] = accessions.as_slice()
    {
        return Ok(answer::see(&format!("/accession/{}", only.label)));
    }
    call.looked_at(patients.iter().map(|(patient, _)| patient));
    let asked = call.query.get("q");
    let body = html! {
        (page::head("Find", &format!("\u{201c}{asked}\u{201d}"), html! {}))
        (list(&call, &patients))
    };
    call.sheet(Sheet::new("Find", body)).await
}

fn list(call: &Call, patients: &[(Patient, Vec<Accession>)]) -> Markup {
    let lines: Vec<(String, String, Vec<Markup>)> =
        patients.iter().flat_map(|found| of_patient(call, found)).collect();
    let rows: Vec<Row<'_>> = lines
        .iter()
        .map(|(id, href, cells)| Row {
            id,
            href: (!href.is_empty()).then_some(href),
            cells: cells.clone(),
        })
        .collect();
    page::grid(&Grid {
        id: "found",
        caption: "Patients with their newest accessions",
        columns: &[
            Column::text("Accession"),
            Column::text("Patient"),
            Column::text("Record"),
            Column::text("Born"),
            Column::text("Ordered"),
            Column::fill("Ordered by"),
        ],
        rows: &rows,
        start: true,
        pick: false,
        live: None,
        empty: "Nothing has this number or name. Check the number and scan or type it again.",
    })
}

fn of_patient(
    call: &Call,
    (patient, accessions): &(Patient, Vec<Accession>),
) -> Vec<(String, String, Vec<Markup>)> {
    let told = Told::of(patient, call.now);
    let cells = |first: Markup, ordered: Markup, by: Markup| {
        let name = html! { (patient.name) };
        let record = html! { (patient.record_number) };
        vec![first, name, record, html! { (told.born_line(patient)) }, ordered, by]
    };
    if accessions.is_empty() {
        let none = html! { span .soft { "none" } };
        return vec![(format!("p{}", patient.id), String::new(), cells(none, html! {}, html! {}))];
    }
    let zone = &call.app.laboratory().zone;
    let line = |accession: &Accession| {
        let ordered = html! { (words::clock(accession.ordered_at, zone, call.now)) };
        let first = html! { (accession.label) };
        let by = html! { (words::urgency(accession.priority)) " " (accession.provider) };
        let href = format!("/accession/{}", accession.label);
        (accession.label.to_string(), href, cells(first, ordered, by))
    };
    accessions.iter().map(line).collect()
}
