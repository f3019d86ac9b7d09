//! A stay or visit of a patient, `/patient/{number}/encounter`; with `?row=` one that is on record.
//!
//! Question: where is the patient, since when, and is it over? What must stay true: a location is
//! one of the directory; a number of another patient's stay is refused at the door.

use axum::http::StatusCode;
use lab::command::Look;
use lab::directory::Location;
use lab::journey::register::RecordEncounter;
use lab::patient::{Encounter, EncounterClass, Patient};
use lab::refusal::Refusal;
use lab::value::{EncounterId, LocationId, Moment};
use maud::{Markup, html};

use super::super::order::picks;
use super::super::trouble::said_no;
use super::{address, of_address};
use crate::answer::{self, Reply, Trouble, status_of};
use crate::call::Call;
use crate::page::{self, Choice, Field, Form};
use crate::sheet::Sheet;
use crate::words;

/// What stands in the form.
#[derive(Default)]
struct Typed {
    /// The number of the row, where the encounter is on record.
    row: String,
    number: String,
    class: String,
    location: String,
    admitted: String,
    discharged: String,
}

/// `GET /patient/{number}/encounter`.
pub(crate) async fn show(call: Call) -> Reply {
    let patient = of_address(&call).await?;
    let zone = call.app.laboratory().zone.clone();
    let typed = match call.query.get("row") {
        "" => Typed { admitted: words::typed(call.now, &zone), ..Typed::default() },
        row => kept(&call, &patient, row).await?,
    };
    form_page(&call, (&patient, &typed), None).await
}

/// What is on record of an encounter, as it stands in the form.
async fn kept(call: &Call, patient: &Patient, row: &str) -> Result<Typed, Trouble> {
    let id = row.parse().map(EncounterId).unwrap_or(EncounterId(0));
    let found = call
        .read(move |sql| {
            let look = store::DatabaseLook(sql);
            let stay: Option<Encounter> = look.row(id.0)?;
            let place = stay.as_ref().and_then(|stay| stay.location).unwrap_or(LocationId(0));
            let place: Option<Location> = look.row(place.0)?;
            Ok(stay.map(|stay| (stay, place)))
        })
        .await?;
    let found = found.filter(|(stay, _)| stay.patient == patient.id);
    let none = || Refusal::NoSuch { what: "encounter".into(), name: "of this patient".into() };
    let (stay, place) = found.ok_or_else(none)?;
    let zone = &call.app.laboratory().zone;
    let typed = |at: Moment| words::typed(at, zone);
    Ok(Typed {
        row: row.to_owned(),
        number: stay.number,
        class: stay.class.word().to_owned(),
        location: place.map(|row| row.code).unwrap_or_default(),
        admitted: typed(stay.admitted_at),
        discharged: stay.discharged_at.map(typed).unwrap_or_default(),
    })
}

/// `POST /patient/{number}/encounter`.
pub(crate) async fn record(call: Call) -> Reply {
    let patient = of_address(&call).await?;
    let get = |name| call.form.get(name).to_owned();
    let typed = Typed {
        row: get("row"),
        number: get("number"),
        class: get("class"),
        location: get("location"),
        admitted: get("admitted"),
        discharged: get("discharged"),
    };
    let asked = match command(&call, &patient, &typed).await {
        Ok(command) => call.ask(command, "encounter").await,
        Err(trouble) => Err(trouble),
    };
    match asked {
        Ok(_) => {
            let ended = if typed.discharged.is_empty() { "is open" } else { "is over" };
            call.done(format!("Encounter {} of {} {ended}.", typed.number, patient.name));
            Ok(answer::see(&address(&patient)))
        }
        Err(Trouble::Refused(refusal)) => {
            form_page(&call, (&patient, &typed), Some(&refusal)).await
        }
        Err(failed) => Err(failed),
    }
}

async fn command(
    call: &Call,
    patient: &Patient,
    typed: &Typed,
) -> Result<RecordEncounter, Trouble> {
    let zone = &call.app.laboratory().zone;
    let moment = |field: &str, text: &str| {
        words::read_typed(text, zone).ok_or_else(|| Refusal::Unreadable {
            field: field.into(),
            expected: "a day and a time such as 2026-11-24T09:30".into(),
        })
    };
    let class = EncounterClass::read(&typed.class).ok_or_else(|| Refusal::Unreadable {
        field: "Class".into(),
        expected: "one of the list".into(),
    })?;
    let discharged_at = match typed.discharged.as_str() {
        "" => None,
        text => Some(moment("Discharged at", text)?),
    };
    let location = picks::location(call, &typed.location).await?;
    Ok(RecordEncounter {
        patient: patient.id,
        number: typed.number.clone(),
        class,
        location: location.map(|row| row.id),
        admitted_at: moment("Admitted at", &typed.admitted)?,
        discharged_at,
    })
}

async fn form_page(
    call: &Call,
    (patient, typed): (&Patient, &Typed),
    refusal: Option<&Refusal>,
) -> Reply {
    let action = format!("{}/encounter", address(patient));
    let id = format!("encounter-{}-{}", patient.id, typed.row);
    let form = Form { id: &id, action: &action, keeps: true, lenient: true, ..Form::default() };
    let known = !typed.row.is_empty();
    let title = if known { "Encounter" } else { "New encounter" };
    let body = html! {
        (page::head(title, &typed.number, html! {}))
        @if let Some(refusal) = refusal { (said_no(refusal)) }
        (page::form(&form, html! {
            (page::hidden("request", &call.request()))
            (page::hidden("row", &typed.row))
            (fields(typed, known))
            (page::send(html! {
                (page::button("Keep", None, true))
                (page::open("Back", &address(patient), None))
            }))
        }))
        (picks::lists())
    };
    let status = refusal.map_or(StatusCode::OK, status_of);
    call.sheet(Sheet::new(title, body).about(patient).status(status)).await
}

fn fields(typed: &Typed, known: bool) -> Markup {
    let classes: Vec<Choice<'_>> = EncounterClass::ALL
        .iter()
        .map(|one| Choice { value: one.word(), label: one.word() })
        .collect();
    let number = Field::text("number", "Number").value(&typed.number).medium().required();
    let place = Field::text("location", "Location").value(&typed.location).medium();
    let place = place.suggests(picks::ADDRESS).hint("The code of a ward, clinic or bed.");
    let until = Field::moment("discharged", "Discharged at").value(&typed.discharged);
    html! {
        @if known {
            (page::hidden("number", &typed.number))
            div .field { span .label { "Number" } div { b { (typed.number) } } }
            (until.clone().starts().hint("Empty while the patient is there.").line())
        } @else { (number.starts().hint("As the hospital gave it.").line()) }
        (Field::text("class", "Class").value(&typed.class).medium().pick(&classes))
        (place.line())
        (Field::moment("admitted", "Admitted at").value(&typed.admitted).required().line())
        @if !known { (until.hint("Empty while the patient is there.").line()) }
    }
}
