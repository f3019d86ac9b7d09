//! The numbers others know a patient by: one more, `/patient/{number}/identifier`; one that no
//! longer holds, `/patient/{number}/retire?row=`.
//!
//! Question: which number, of what kind, given by whom? What must stay true: a number that holds
//! for another patient is refused; each change has its reason.

use axum::http::StatusCode;
use lab::command::Look;
use lab::journey::register::{AmendPatient, Amendment};
use lab::patient::{IdentifierKind, Patient, PatientIdentifier};
use lab::refusal::Refusal;
use lab::value::IdentifierId;
use maud::html;

use super::super::trouble::said_no;
use super::{address, of_address};
use crate::answer::{self, Reply, Trouble, status_of};
use crate::call::Call;
use crate::page::{self, Choice, Field, Form};
use crate::sheet::Sheet;

/// `GET /patient/{number}/identifier`.
pub(crate) async fn show(call: Call) -> Reply {
    let patient = of_address(&call).await?;
    form_page(&call, &patient, None).await
}

/// `POST /patient/{number}/identifier`.
pub(crate) async fn add(call: Call) -> Reply {
    let patient = of_address(&call).await?;
    let value = call.form.get("value").to_owned();
    let command = AmendPatient {
        patient: patient.id,
        amendment: Amendment::Add {
            kind: IdentifierKind::read(call.form.get("kind")).unwrap_or(IdentifierKind::Other),
            value: value.clone(),
            authority: call.form.get("authority").to_owned(),
        },
        reason: call.form.get("reason").to_owned(),
    };
    match call.ask(command, "identifier").await {
        Ok(_) => {
            call.done(format!("{} is known as {value} too.", patient.name));
            Ok(answer::see(&address(&patient)))
        }
        Err(Trouble::Refused(refusal)) => form_page(&call, &patient, Some(&refusal)).await,
        Err(failed) => Err(failed),
    }
}

async fn form_page(call: &Call, patient: &Patient, refusal: Option<&Refusal>) -> Reply {
    let action = format!("{}/identifier", address(patient));
    let id = format!("identifier-{}", patient.id);
    let form = Form { id: &id, action: &action, keeps: true, lenient: true, ..Form::default() };
    let kinds: Vec<Choice<'_>> = IdentifierKind::ALL
        .iter()
        .map(|kind| Choice { value: kind.code(), label: kind.words() })
        .collect();
    let get = |name| call.form.get(name);
    let body = html! {
        (page::head("Add a number", "by which others know this patient", html! {}))
        @if let Some(refusal) = refusal { (said_no(refusal)) }
        (page::form(&form, html! {
            (page::hidden("request", &call.request()))
            (Field::text("value", "Number").value(get("value")).medium().required().starts()
                .line())
            (Field::text("kind", "Kind").value(get("kind")).medium().pick(&kinds))
            (Field::text("authority", "Given by").value(get("authority")).medium()
                .hint("The facility, insurance or state that gave it.").line())
            (Field::text("reason", "Reason").value(get("reason")).required()
                .hint("Where it was read: the card, the referral.").line())
            (page::send(html! {
                (page::button("Add the number", None, true))
                (page::open("Back", &address(patient), None))
            }))
        }))
    };
    let status = refusal.map_or(StatusCode::OK, status_of);
    call.sheet(Sheet::new("Add a number", body).about(patient).status(status)).await
}

/// `GET /patient/{number}/retire`.
pub(crate) async fn ask_retire(call: Call) -> Reply {
    let patient = of_address(&call).await?;
    let number = identifier(&call, &patient, call.query.get("row")).await?;
    retire_page(&call, (&patient, &number), None).await
}

/// `POST /patient/{number}/retire`.
pub(crate) async fn retire(call: Call) -> Reply {
    let patient = of_address(&call).await?;
    let number = identifier(&call, &patient, call.form.get("row")).await?;
    let command = AmendPatient {
        patient: patient.id,
        amendment: Amendment::Retire(number.id),
        reason: call.form.get("reason").to_owned(),
    };
    match call.ask(command, "retire").await {
        Ok(_) => {
            call.done(format!("{} no longer names {}.", number.value, patient.name));
            Ok(answer::see(&address(&patient)))
        }
        Err(Trouble::Refused(refusal)) => {
            retire_page(&call, (&patient, &number), Some(&refusal)).await
        }
        Err(failed) => Err(failed),
    }
}

async fn identifier(
    call: &Call,
    patient: &Patient,
    row: &str,
) -> Result<PatientIdentifier, Trouble> {
    let id = row.parse().ok().map(IdentifierId);
    let owner = patient.id;
    let all = call.read(move |sql| store::DatabaseLook(sql).identifiers_of(owner)).await?;
    let found = all.into_iter().find(|one| Some(one.id) == id);
    let none = || Refusal::NoSuch { what: "number".into(), name: "of this patient".into() };
    Ok(found.ok_or_else(none)?)
}

async fn retire_page(
    call: &Call,
    (patient, number): (&Patient, &PatientIdentifier),
    refusal: Option<&Refusal>,
) -> Reply {
    let action = format!("{}/retire", address(patient));
    let id = format!("retire-{}", number.id);
    let form = Form { id: &id, action: &action, keeps: true, ..Form::default() };
    let reason = Field::text("reason", "Reason").value(call.form.get("reason")).required();
    let body = html! {
        (page::head("Retire a number", &number.value, html! {}))
        @if let Some(refusal) = refusal { (said_no(refusal)) }
        (page::facts(&[
            ("Number", html! { b { (number.value) } " " (number.kind.words()) }),
            ("Given by", html! { (number.authority) }),
        ]))
        (page::form(&form, html! {
            (page::hidden("request", &call.request()))
            (page::hidden("row", &number.id.to_string()))
            (reason.starts().hint("It stays on record and no longer identifies the patient.")
                .line())
            (page::send(html! {
                (page::button("Retire the number", None, true))
                (page::open("Back", &address(patient), None))
            }))
        }))
    };
    let status = refusal.map_or(StatusCode::OK, status_of);
    call.sheet(Sheet::new("Retire a number", body).about(patient).status(status)).await
}
