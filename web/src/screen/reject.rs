//! Reject a specimen, `/reject?row=`.
//!
//! Question: why is it not fit for testing? What must stay true: the reason is one of the
//! catalog's; what becomes of its tests is said before it is done.

use lab::accession::{Specimen, Test};
use lab::catalog::Catalog;
use lab::command::Look;
use lab::journey::receive::RejectTests;
use lab::patient::Patient;
use lab::refusal::Refusal;
use lab::value::SpecimenId;
use maud::{Markup, html};

use super::trouble::said_no;
use super::tube::{ticked, ticks};
use crate::answer::{self, Reply, Trouble};
use crate::call::Call;
use crate::page::{self, Choice, Field, Form};
use crate::sheet::Sheet;

/// `GET /reject?row=`.
pub(crate) async fn show(call: Call) -> Reply {
    form_page(&call, call.query.get("row"), None).await
}

/// The specimen of that number with its patient.
async fn specimen(call: &Call, row: &str) -> Result<(Specimen, Patient, Vec<Test>), Trouble> {
    let none = || Refusal::NoSuch { what: "specimen".into(), name: row.to_owned() };
    let id = SpecimenId(row.parse().map_err(|_| none())?);
    let found = call
        .read(move |sql| {
            let look = store::DatabaseLook(sql);
            let Some(specimen) = look.specimen(id)? else { return Ok(None) };
            let Some(accession) = look.accession(specimen.accession)? else { return Ok(None) };
            let tests = look.tests_of(accession.id)?;
            let open = |test: &Test| test.specimen == specimen.id && test.state.takes_results();
            let open = tests.into_iter().filter(open).collect();
            Ok(look.patient(accession.patient)?.map(|patient| (specimen, patient, open)))
        })
        .await?;
    Ok(found.ok_or_else(none)?)
}

async fn form_page(call: &Call, row: &str, refusal: Option<&Refusal>) -> Reply {
    let (specimen, patient, open) = specimen(call, row).await?;
    let catalog = call.catalog().await?;
    let beside = format!("{} {}, {}", specimen.label, specimen.container, specimen.state.word());
    let body = html! {
        (page::head("Reject specimen", &beside, html! {}))
        @if let Some(refusal) = refusal { (said_no(refusal)) }
        (form(call, (row, &open), &catalog))
    };
    call.sheet(Sheet::new("Reject specimen", body).about(&patient).answering(refusal)).await
}

fn form(call: &Call, (row, open): (&str, &[Test]), catalog: &Catalog) -> Markup {
    let mut choices = vec![Choice { value: "", label: "" }];
    choices.extend(
        catalog.rejections().iter().map(|one| Choice { value: &one.code, label: &one.label }),
    );
    let form = Form { id: "reject", action: "/reject", keeps: true, ..Form::default() };
    let reason = Field::text("reason", "Reason")
        .required()
        .value(call.form.get("reason"))
        .starts()
        .hint("Its tests without a verified result are cancelled with the same reason.");
    page::form(
        &form,
        html! {
            (page::hidden("request", &call.request()))
            (page::hidden("row", row))
            (reason.pick(&choices))
            (Field::text("note", "Note").value(call.form.get("note")).line())
            @if open.len() > 1 {
                (ticks("Only these tests", &open.iter().collect::<Vec<_>>(), call))
                p .soft { "None ticked means the whole specimen." }
            }
            (Field::text("told", "Who was told").value(call.form.get("told"))
                .hint("Then it is ordered anew; leave it empty where nothing is to be collected \
                       again.").line())
            (page::field::send(html! {
                (page::button("Reject the specimen", None, true))
                (page::open("Back", "/receive", None))
            }))
        },
    )
}

/// `POST /reject`.
pub(crate) async fn reject(call: Call) -> Reply {
    let row = call.form.get("row");
    let (specimen, ..) = specimen(&call, row).await?;
    let told = call.form.get("told");
    let command = RejectTests {
        specimen: specimen.id,
        tests: ticked(&call),
        reason: call.form.get("reason").to_owned(),
        note: call.form.get("note").to_owned(),
        told: (!told.is_empty()).then(|| told.to_owned()),
    };
    match call.ask(command, "reject").await {
        Ok(_) => {
            let anew = if told.is_empty() { "" } else { " Ordered anew." };
            let reason = call.form.get("reason");
            call.done(format!("Rejected {}: {reason}.{anew}", specimen.label));
            Ok(answer::see("/receive"))
        }
        Err(Trouble::Refused(refusal)) => form_page(&call, row, Some(&refusal)).await,
        Err(failed) => Err(failed),
    }
}
