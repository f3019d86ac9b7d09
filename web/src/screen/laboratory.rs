//! The letterhead, `/laboratory`: who the laboratory is on its reports.
//!
//! Question: what stands at the head of every report? What must stay true: what is refused stays
//! typed; reports that went out keep the letterhead they went out with.

use lab::journey::report::NameLaboratory;
use lab::letterhead::Letterhead;
use lab::refusal::Refusal;
use maud::{Markup, html};

use super::trouble::said_no;
use crate::act::waiting;
use crate::answer::{self, Reply, Trouble};
use crate::call::Call;
use crate::page::{self, Field, Form};
use crate::sheet::Sheet;

/// `GET /laboratory`.
pub(crate) async fn show(call: Call) -> Reply {
    let app = call.app.clone();
    let now = waiting(move || app.letterhead()).await.map_err(Trouble::Failed)?;
    form_page(&call, &now, None).await
}

async fn form_page(call: &Call, shown: &Letterhead, refusal: Option<&Refusal>) -> Reply {
    let body = html! {
        (page::head("Letterhead", "what stands at the head of every report", html! {}))
        @if let Some(refusal) = refusal { (said_no(refusal)) }
        (form(call, shown))
    };
    call.sheet(Sheet::new("Letterhead", body).answering(refusal)).await
}

/// Lines of an address in the form.
const LINES: [&str; 3] = ["address1", "address2", "address3"];

fn form(call: &Call, shown: &Letterhead) -> Markup {
    let form = Form { id: "letterhead", action: "/laboratory", keeps: true, ..Form::default() };
    let line = |at: usize| shown.address.get(at).map_or("", String::as_str);
    let labels = ["Address", "Address, line 2", "Address, line 3"];
    page::form(
        &form,
        html! {
            (page::hidden("request", &call.request()))
            (Field::text("name", "Laboratory").required().value(&shown.name).starts().line())
            @for (at, (name, label)) in LINES.iter().zip(labels).enumerate() {
                (Field::text(name, label).value(line(at)).line())
            }
            (Field::text("telephone", "Telephone").value(&shown.telephone).medium().line())
            (Field::text("director", "Director").required().value(&shown.director)
                .hint("Name and degree.").line())
            (Field::text("certificate", "Certificate").value(&shown.certificate).medium()
                .hint("CLIA and its ten characters, or another certificate.").line())
            (page::field::send(html! {
                (page::button("Set the letterhead", None, true))
                (page::open("Back", "/", None))
            }))
        },
    )
}

/// `POST /laboratory`.
pub(crate) async fn set(call: Call) -> Reply {
    let typed = |name: &str| call.form.get(name).to_owned();
    let letterhead = Letterhead {
        name: typed("name"),
        address: LINES.iter().map(|line| typed(line)).collect(),
        telephone: typed("telephone"),
        director: typed("director"),
        certificate: typed("certificate"),
    };
    match call.ask(NameLaboratory { letterhead: letterhead.clone() }, "name").await {
        Ok(_) => {
            call.done("The letterhead is set. Reports from now on carry it.");
            Ok(answer::see("/laboratory"))
        }
        Err(Trouble::Refused(refusal)) => form_page(&call, &letterhead, Some(&refusal)).await,
        Err(failed) => Err(failed),
    }
}
