//! Collect, `/collect`: the list, most urgent first; and `/collect/{number}`: one accession at
//! the patient.
//!
//! Question: who is to be collected, and is this the patient? What must stay true: the collector
//! says that two identifiers were compared; the time is when it was taken, now unless said
//! otherwise; one patient in one form.

use lab::accession::{Specimen, SpecimenState};
use lab::journey::collect::CollectSpecimens;
use lab::refusal::Refusal;
use maud::{Markup, html};
use store::query::{CollectLine, Whole, collect_list};

use super::label::whole_of;
use super::trouble::said_no;
use crate::answer::{self, Reply, Trouble};
use crate::call::Call;
use crate::limit::PAGE_ROWS_MAX;
use crate::page::{self, Act, Column, Field, Form, Grid, Live, Row};
use crate::sheet::{Sheet, Told};
use crate::words;

/// `GET /collect`.
pub(crate) async fn list(call: Call) -> Reply {
    let lines = call.read(|sql| collect_list(sql, "Ordered", PAGE_ROWS_MAX)).await?;
    call.looked_at(lines.iter().map(|line| &line.patient));
    let groups: Vec<&[CollectLine]> =
        lines.chunk_by(|a, b| a.accession.id == b.accession.id).collect();
    let body = html! {
        (page::head("Collect", &words::count(lines.len(), "specimen", "specimens"), html! {}))
        (grid(&call, &groups))
        (page::acts("collect", &[
            Act { key: 'l', label: "Labels", to: "/label", asks: true, first: false },
        ], html! {}))
    };
    call.sheet(Sheet::new("Collect", body)).await
}

fn grid(call: &Call, groups: &[&[CollectLine]]) -> Markup {
    let lines: Vec<(String, String, Vec<Markup>)> =
        groups.iter().filter_map(|group| line(call, group)).collect();
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

fn line(call: &Call, group: &[CollectLine]) -> Option<(String, String, Vec<Markup>)> {
    let CollectLine { accession, patient, .. } = group.first()?;
    let told = Told::of(patient, call.now);
    let containers: Vec<&str> = group.iter().map(|one| one.specimen.container.as_str()).collect();
    let cells = vec![
        html! { (accession.label) },
        when(call, accession),
        html! { b { (patient.name) } },
        html! { (patient.record_number) },
        html! { (told.born_line(patient)) },
        html! { (containers.join(", ")) },
        html! { (accession.provider) },
        words::age(accession.ordered_at, call.now, None),
    ];
    let number = accession.label.to_string();
    let href = format!("/collect/{number}");
    Some((number, href, cells))
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

/// `GET /collect/{number}`.
pub(crate) async fn show(call: Call) -> Reply {
    form_page(&call, None).await
}

async fn form_page(call: &Call, refusal: Option<&Refusal>) -> Reply {
    let (label, whole) = whole_of(call, call.path.get("number")).await?;
    let open: Vec<&Specimen> = whole
        .specimens
        .iter()
        .filter(|one| one.state == SpecimenState::Ordered)
        .filter(|one| label.names_accession() || one.label == label)
        .collect();
    let beside = format!("accession {}", whole.accession.label);
    let body = html! {
        (page::head("Collect", &beside, html! { (words::urgency(whole.accession.priority)) }))
        @if let Some(refusal) = refusal { (said_no(refusal)) }
        @if open.is_empty() {
            (page::empty("Every specimen of this accession has been collected."))
            (page::open("Accession", &format!("/accession/{}", whole.accession.label), Some('a')))
        } @else { (form(call, (&whole, &open), refusal)) }
    };
    call.sheet(Sheet::new("Collect", body).about(&whole.patient).answering(refusal)).await
}

fn form(call: &Call, (whole, open): (&Whole, &[&Specimen]), refusal: Option<&Refusal>) -> Markup {
    let zone = &call.app.laboratory().zone;
    let now = words::typed(call.now, zone);
    let at = match call.form.get("at") {
        "" => now.as_str(),
        typed => typed,
    };
    let missing = matches!(refusal, Some(Refusal::Missing { .. }));
    // Not kept through a reload: that two identifiers were compared is said anew each time.
    let form = Form {
        id: "collecting",
        action: &format!("/collect/{}", call.path.get("number")),
        ..Form::default()
    };
    let identified =
        "I compared two identifiers with the patient: name, and birth date or record number";
    page::form(
        &form,
        html! {
            (page::hidden("request", &call.request()))
            (page::hidden("drawn", &now))
            div .field.need[true] {
                span .label { "Identified" }
                div {
                    label .tick {
                        input #identified type="checkbox" name="identified" value="yes"
                        required autofocus
                            aria-invalid=[missing.then_some("true")]
                            checked[call.form.get("identified") == "yes"];
                        (identified)
                    }
                }
            }
            div .field {
                span .label { "Specimens" }
                div {
                    @for specimen in open {
                        div {
                            label .tick {
                                input type="checkbox" name="specimen" value=(specimen.id) checked;
                                b { (specimen.label) } (specimen.container)
                            }
                        }
                    }
                }
            }
            (Field::moment("at", "Collected at").value(at).line())
            (page::field::send(html! {
                (page::button("Collected", None, true))
                (page::open("Labels", &format!("/label/{}", whole.accession.label), Some('l')))
            }))
        },
    )
}

/// `POST /collect/{number}`.
pub(crate) async fn collect(call: Call) -> Reply {
    let asked = match command(&call) {
        Ok(command) => call.ask(command, "collect").await,
        Err(refusal) => Err(refusal.into()),
    };
    match asked {
        Ok(done) => {
            let tubes = words::count(done.events.len(), "specimen", "specimens");
            call.done(format!("Collected {tubes} of {}.", call.path.get("number")));
            Ok(answer::see("/collect"))
        }
        Err(Trouble::Refused(refusal)) => form_page(&call, Some(&refusal)).await,
        Err(failed) => Err(failed),
    }
}

fn command(call: &Call) -> Result<CollectSpecimens, Refusal> {
    let zone = &call.app.laboratory().zone;
    let typed = call.form.get("at");
    // Left as it was drawn, the time is that of pressing the button.
    let at = if typed.is_empty() || typed == call.form.get("drawn") {
        call.now
    } else {
        words::read_typed(typed, zone).ok_or_else(|| Refusal::Unreadable {
            field: "Collected at".into(),
            expected: "a day and a time such as 2026-11-24T09:30".into(),
        })?
    };
    let numbers = call.form.all("specimen");
    let specimens = numbers.iter().filter_map(|number| number.parse().ok());
    Ok(CollectSpecimens {
        specimens: specimens.map(lab::value::SpecimenId).collect(),
        at,
        identified: call.form.get("identified") == "yes",
        taken: Default::default(),
    })
}
