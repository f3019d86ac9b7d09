//! Labels of an accession, `/label/{number}`; for the label printer `/label/{number}.zpl`, for a
//! plain one `/label/{number}.pdf`, or as a page `/label/{number}?sheet=1`.
//!
//! Question: what goes on the tubes? What must stay true: a number of a container prints that one
//! label, an accession's prints all; two identifiers stand on each.

use std::sync::Arc;

use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use lab::accession::{Specimen, SpecimenState};
use lab::catalog::Catalog;
use lab::command::Look;
use lab::people::Ask;
use lab::refusal::Refusal;
use lab::value::{Label, TestCode};
use maud::{Markup, html};
use report::label::{Copies, LabelFor, Printer, SHEET_STYLE_HASH, pdf, sheet, svg, zpl};
use store::fault::Fault;
use store::query::{Whole, whole_by_label};

use crate::act::waiting;
use crate::answer::{self, Reply, Trouble};
use crate::call::Call;
use crate::page;
use crate::sheet::Sheet;
use crate::words;

/// `GET /label/{number}`.
pub(crate) async fn show(call: Call) -> Reply {
    let asked = call.path.get("number");
    let (number, form) = match asked.rsplit_once('.') {
        Some((number, form @ ("zpl" | "pdf"))) => (number, form),
        _ => (asked, ""),
    };
    let (label, whole) = whole_of(&call, number).await?;
    let catalog = call.catalog().await?;
    let copies = copies(call.query.get("copies"))?;
    if form == "pdf" {
        return printed(call, (label, whole), (catalog, copies)).await;
    }
    let tubes = tubes(&catalog, &whole, &label);
    let labels: Vec<LabelFor<'_>> = tubes.iter().map(|tube| tube.label(&call, &whole)).collect();
    if form == "zpl" {
        call.looked_at([&whole.patient]);
        let text: String =
            labels.iter().map(|label| zpl(label, Printer::default(), copies)).collect();
        let name = format!("attachment; filename=\"{label}.zpl\"");
        let headers = [
            (header::CONTENT_TYPE, "application/zpl".to_owned()),
            (header::CONTENT_DISPOSITION, name),
        ];
        return Ok((headers, text).into_response());
    }
    if !call.query.get("sheet").is_empty() {
        call.looked_at([&whole.patient]);
        let page = answer::page(StatusCode::OK, sheet(&labels, copies));
        return Ok(answer::with_style(page, SHEET_STYLE_HASH));
    }
    let body = screen(&call, (&whole, &label), &labels);
    call.sheet(Sheet::new("Labels", body).about(&whole.patient)).await
}

/// The file for a plain printer, made on a thread that may take its time.
async fn printed(
    call: Call,
    (label, whole): (Label, Whole),
    (catalog, copies): (Arc<Catalog>, Copies),
) -> Reply {
    call.looked_at([&whole.patient]);
    let name = format!("labels-{label}.pdf");
    let file = waiting(move || {
        let tubes = tubes(&catalog, &whole, &label);
        let labels: Vec<LabelFor<'_>> =
            tubes.iter().map(|tube| tube.label(&call, &whole)).collect();
        pdf(&labels, copies, call.now).map_err(Fault::new)
    });
    Ok(super::report::as_pdf(&name, file.await?))
}

/// `GET /label?row=`: the labels of the row one stands on.
pub(crate) async fn of_row(call: Call) -> Reply {
    let (label, _) = whole_of(&call, call.query.get("row")).await?;
    Ok(answer::see(&format!("/label/{label}")))
}

/// The accession that a number names, itself or by one of its containers.
pub(crate) async fn whole_of(call: &Call, number: &str) -> Result<(Label, Whole), Trouble> {
    let none = || Refusal::NoSuch { what: "accession".into(), name: number.to_owned() };
    let label = Label::read(number).map_err(|_| none())?;
    let wanted = label.clone();
    let whole = call.read(move |sql| whole_by_label(sql, &wanted)).await?;
    let whole = whole.ok_or_else(none)?;
    Ok((label, whole))
}

/// The specimen with this number.
pub(crate) async fn specimen_of(call: &Call, label: Label) -> Result<Specimen, Trouble> {
    let wanted = label.clone();
    let found = call.read(move |sql| store::DatabaseLook(sql).specimen_labeled(&wanted)).await?;
    let none = || Refusal::NoSuch { what: "specimen".into(), name: label.to_string() };
    Ok(found.ok_or_else(none)?)
}

fn copies(typed: &str) -> Result<Copies, Refusal> {
    if typed.is_empty() {
        return Ok(Copies::ONE);
    }
    let read = typed.parse().ok().and_then(|copies| Copies::new(copies).ok());
    read.ok_or_else(|| Refusal::Unreadable {
        field: "Copies".into(),
        expected: format!("1 to {}", crate::limit::COPIES_MAX),
    })
}

/// One container with what is drawn into it.
struct Tube<'a> {
    specimen: &'a Specimen,
    cap: String,
    tests: Vec<TestCode>,
}

impl Tube<'_> {
    fn label<'a>(&'a self, call: &'a Call, whole: &'a Whole) -> LabelFor<'a> {
        LabelFor {
            name: &whole.patient.name,
            record_number: &whole.patient.record_number,
            birth_date: whole.patient.birth_date,
            sex: whole.patient.sex,
            label: &self.specimen.label,
            container: &self.specimen.container,
            cap: &self.cap,
            priority: whole.accession.priority,
            tests: &self.tests,
            collected_at: self.specimen.collected_at,
            zone: &call.app.laboratory().zone,
        }
    }
}

/// The containers of the accession, or the one that the number names, in their order.
fn tubes<'a>(catalog: &Catalog, whole: &'a Whole, label: &Label) -> Vec<Tube<'a>> {
    let wanted = whole
        .specimens
        .iter()
        .filter(|specimen| label.names_accession() || specimen.label == *label);
    let tube = |specimen: &'a Specimen| {
        let mut tests: Vec<TestCode> = Vec::new();
        for test in whole.tests.iter().filter(|test| test.specimen == specimen.id) {
            let code = test.panel.as_ref().unwrap_or(&test.code);
            if !tests.contains(code) {
                tests.push(code.clone());
            }
        }
        let cap = catalog.container(&specimen.container).map(|container| container.cap.clone());
        Tube { specimen, cap: cap.unwrap_or_default(), tests }
    };
    wanted.map(tube).collect()
}

fn screen(call: &Call, (whole, label): (&Whole, &Label), labels: &[LabelFor<'_>]) -> Markup {
    let accession = &whole.accession;
    let collectable = whole.specimens.iter().any(|one| one.state == SpecimenState::Ordered);
    let beside = format!(
        "{} for accession {}, {}",
        words::count(labels.len(), "label", "labels"),
        accession.label,
        accession.priority.word()
    );
    html! {
        (page::head("Labels", &beside, html! {}))
        ul .labels {
            @for label in labels {
                li data-label=(label.label) { (svg(label)) }
            }
        }
        div .send {
            a .button.first autofocus href={ "/label/" (label) ".zpl" } data-key="p"
                aria-keyshortcuts="p" download { "Print " kbd aria-hidden="true" { "p" } }
            (page::open("PDF for a plain printer", &format!("/label/{label}.pdf"), Some('f')))
            @if collectable && call.may(Ask::CollectSpecimens) {
                (page::open("Collect", &format!("/collect/{}", accession.label), Some('c')))
            }
            (page::open("Accession", &format!("/accession/{}", accession.label), Some('a')))
            @if call.may(Ask::PlaceOrder) {
                (page::open("Next order", "/order", Some('n')))
            }
        }
    }
}
