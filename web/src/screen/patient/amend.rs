//! Correct what is known of a patient, `/patient/{number}/amend`.
//!
//! Question: what is wrong, what is right, and how is it known? What must stay true: what somebody
//! else corrected meanwhile is not overwritten; what was typed stays when it is refused.

use axum::http::StatusCode;
use lab::event::Known;
use lab::journey::register::{AmendPatient, Amendment};
use lab::patient::Patient;
use lab::refusal::Refusal;
use lab::value::{BirthDate, PersonName, Sex};
use maud::html;

use super::super::trouble::said_no;
use super::{address, of_address};
use crate::answer::{self, Reply, Trouble, status_of};
use crate::call::Call;
use crate::page::{self, Choice, Field, Form};
use crate::sheet::Sheet;

/// The sexes to choose from.
pub(crate) const SEXES: [Choice<'static>; 3] = [
    Choice { value: "F", label: "F female" },
    Choice { value: "M", label: "M male" },
    Choice { value: "U", label: "U not known" },
];

/// `GET /patient/{number}/amend`.
pub(crate) async fn show(call: Call) -> Reply {
    let patient = of_address(&call).await?;
    form_page(&call, &patient, None).await
}

/// `POST /patient/{number}/amend`.
pub(crate) async fn amend(call: Call) -> Reply {
    let patient = of_address(&call).await?;
    let asked = match command(&call, &patient) {
        Ok(command) => call.ask(command, "amend").await,
        Err(refusal) => Err(refusal.into()),
    };
    match asked {
        Ok(_) => {
            call.done(format!("Corrected record {}.", patient.record_number));
            Ok(answer::see(&address(&patient)))
        }
        Err(Trouble::Refused(refusal)) => form_page(&call, &patient, Some(&refusal)).await,
        Err(failed) => Err(failed),
    }
}

fn command(call: &Call, patient: &Patient) -> Result<AmendPatient, Refusal> {
    let get = |name| call.form.get(name).to_owned();
    let unreadable = |field: &str, expected: &str| Refusal::Unreadable {
        field: field.into(),
        expected: expected.into(),
    };
    let birth_date = match call.form.get("born") {
        "" => None,
        typed => Some(
            BirthDate::read(typed)
                .ok_or_else(|| unreadable("Birth date", "a date such as 1958-03-24"))?,
        ),
    };
    let to = Known {
        name: PersonName { family: get("family"), given: get("given") },
        birth_date,
        sex: Sex::read(call.form.get("sex")).ok_or_else(|| unreadable("Sex", "F, M or U"))?,
        deceased: call.form.get("deceased") == "yes",
    };
    Ok(AmendPatient {
        patient: patient.id,
        amendment: Amendment::Known(read_known(call.form.get("seen"))?, to),
        reason: get("reason"),
    })
}

/// What is known, as a form carries it to and fro.
pub(super) fn written_known(known: &Known) -> String {
    serde_json::to_string(known).unwrap_or_default()
}

/// Reads what [`written_known`] wrote.
pub(super) fn read_known(text: &str) -> Result<Known, Refusal> {
    serde_json::from_str(text).map_err(|_| Refusal::Unreadable {
        field: "What was seen".into(),
        expected: "what the form was drawn with; open it anew".into(),
    })
}

async fn form_page(call: &Call, patient: &Patient, refusal: Option<&Refusal>) -> Reply {
    let sent = call.form.has("family");
    let own = |name: &str, known: String| match sent {
        true => call.form.get(name).to_owned(),
        false => known,
    };
    let known = Known::of(patient);
    let (family, given) =
        (own("family", known.name.family.clone()), own("given", known.name.given.clone()));
    let born = own("born", known.birth_date.map(|day| day.to_string()).unwrap_or_default());
    let sex = own("sex", known.sex.letter().to_owned());
    let deceased = if sent { call.form.get("deceased") == "yes" } else { known.deceased };
    let action = format!("{}/amend", address(patient));
    let id = format!("amend-{}", patient.id);
    let form = Form { id: &id, action: &action, keeps: true, lenient: true, ..Form::default() };
    let reason = Field::text("reason", "Reason").value(call.form.get("reason")).required();
    let body = html! {
        (page::head("Correct a patient", &format!("record {}", patient.record_number), html! {}))
        @if let Some(refusal) = refusal { (said_no(refusal)) }
        (page::form(&form, html! {
            (page::hidden("request", &call.request()))
            (page::hidden("seen", &written_known(&known)))
            (Field::text("family", "Family name").value(&family).medium().required().starts()
                .line())
            (Field::text("given", "Given names").value(&given).medium().required().line())
            (Field::text("born", "Born").value(&born).short().hint("YYYY-MM-DD; empty where it is \
                not known").line())
            (Field::text("sex", "Sex").short().value(&sex).pick(&SEXES))
            (Field::text("deceased", "The patient has died").tick(deceased))
            (reason.hint("How it is known: the identity card, the ward's word. Results keep the \
                limits they were judged by; what waits is held where sex or birth date changes.")
                .line())
            (page::send(html! {
                (page::button("Correct", None, true))
                (page::open("Back", &address(patient), None))
            }))
        }))
    };
    let status = refusal.map_or(StatusCode::OK, status_of);
    call.sheet(Sheet::new("Correct a patient", body).about(patient).status(status)).await
}
