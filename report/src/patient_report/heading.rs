//! The upper part of a report: the running head of every sheet, the facts of the order, the
//! specimens.
//!
//! What must stay true: name, record number and birth date stand on every sheet; age is the age at
//! collection, and says so.

use lab::accession::{Specimen, SpecimenState};
use lab::value::{Moment, Sex};
use maud::{Markup, html};

use super::PatientReport;
use super::arrange::{Arranged, Status};
use crate::clock;

/// Laboratory, status and the patient's identifiers; repeated on every sheet.
pub fn running(report: &PatientReport<'_>, arranged: &Arranged<'_>) -> Markup {
    let head = report.letterhead;
    let patient = report.patient;
    html! {
        div class="head" {
            div {
                div class="laboratory" { (head.name) }
                div class="small" { (head.address.join(", ")) }
                div class="small" {
                    @if !head.telephone.is_empty() { "Tel. " (head.telephone) " · " }
                    "Director: " (head.director)
                    @if !head.certificate.is_empty() { " · " (head.certificate) }
                }
            }
            div class="status" {
                div class="word" { (arranged.status().word()) }
                div class="small" { (standing_words(arranged)) }
            }
        }
        div class="patient" {
            span class="name" { bdi { (patient.name) } }
            span class="id" { span class="of" { "MRN " } bdi { (patient.record_number) } }
            span class="id" {
                span class="of" { "Born " }
                (patient.birth_date.map_or_else(|| "unknown".to_owned(), |born| born.to_string()))
            }
            span class="id" { span class="of" { "Sex " } (sex(patient.sex)) }
            span class="id" { span class="of" { "Accession " } (report.accession.label) }
        }
    }
}

fn standing_words(arranged: &Arranged<'_>) -> String {
    let all = arranged.lines().count();
    match arranged.status() {
        Status::Final => "laboratory report".to_owned(),
        Status::Cancelled => "no test was performed".to_owned(),
        Status::Preliminary => format!("{} of {all} tests pending", arranged.pending()),
    }
}

const fn sex(sex: Sex) -> &'static str {
    match sex {
        Sex::Female => "female",
        Sex::Male => "male",
        Sex::Unknown => "unknown",
    }
}

/// Who asked for what, when it was taken, received and reported.
pub fn facts(report: &PatientReport<'_>, arranged: &Arranged<'_>) -> Markup {
    let accession = report.accession;
    let zone = report.zone;
    let collected = specimens_of(report).filter_map(|specimen| specimen.collected_at).min();
    let received = specimens_of(report).filter_map(|specimen| specimen.received_at).min();
    let (first, last) = reported(arranged);
    let time = |at: Option<Moment>, none: &str| {
        at.map_or_else(|| none.to_owned(), |at| clock::minute_zoned(at, zone))
    };
    html! {
        dl class="facts" {
            (fact("Ordering provider", &accession.provider))
            (fact("Ordered", &clock::minute_zoned(accession.ordered_at, zone)))
            (fact("Collected", &time(collected, "not yet")))
            (fact("Age at collection", &age(report, collected)))
            (fact("Priority", accession.priority.word()))
            (fact("Received", &time(received, "not yet")))
            @if time(first, "") != time(last, "") { (fact("First results", &time(first, ""))) }
            (fact("Reported", &time(last, "nothing yet")))
            @if !accession.comment.is_empty() { (fact("Order comment", &accession.comment)) }
        }
    }
}

fn fact(name: &str, value: &str) -> Markup {
    html! { div { dt { (name) } dd { (value) } } }
}

fn age(report: &PatientReport<'_>, collected: Option<Moment>) -> String {
    let Some(collected) = collected else { return "not yet collected".to_owned() };
    let known = report.patient.birth_date.and_then(|born| clock::age(born, collected));
    known.unwrap_or_else(|| "unknown".to_owned())
}

/// When the first and the last result was verified.
fn reported(arranged: &Arranged<'_>) -> (Option<Moment>, Option<Moment>) {
    let times = || arranged.reported().map(|(_, _, verified)| verified.at);
    (times().min(), times().max())
}

fn specimens_of<'a>(report: &PatientReport<'a>) -> impl Iterator<Item = &'a Specimen> + 'a {
    let accession = report.accession.id;
    report.specimens.iter().filter(move |specimen| specimen.accession == accession)
}

/// Each specimen with its source, container, times and condition.
pub fn specimens(report: &PatientReport<'_>) -> Markup {
    html! {
        table class="specimens" {
            thead { tr {
                th scope="col" { "Specimen" } th scope="col" { "Source and container" }
                th scope="col" { "Collected" } th scope="col" { "Received" }
                th scope="col" { "Condition" }
            } }
            tbody {
                @for specimen in specimens_of(report) { (specimen_row(report, specimen)) }
            }
        }
    }
}

fn specimen_row(report: &PatientReport<'_>, specimen: &Specimen) -> Markup {
    let time = |at: Option<Moment>| {
        at.map_or_else(|| "\u{2013}".to_owned(), |at| clock::minute(at, report.zone))
    };
    html! {
        tr {
            td { (specimen.label) }
            td { (source(report, specimen)) }
            td { (time(specimen.collected_at)) }
            td { (time(specimen.received_at)) }
            td { (condition(report, specimen)) }
        }
    }
}

/// What the tests are performed on, and the container: `serum, gold / tiger`.
fn source(report: &PatientReport<'_>, specimen: &Specimen) -> String {
    let mut words: Vec<&str> = Vec::new();
    for test in report.tests.iter().filter(|test| test.specimen == specimen.id) {
        let definition = report.catalog.test(test.code.as_str());
        if let Some(definition) = definition.filter(|d| !words.contains(&d.specimen.as_str())) {
            words.push(&definition.specimen);
        }
    }
    let container = report.catalog.container(&specimen.container);
    words.push(container.map_or(specimen.container.as_str(), |container| &container.cap));
    words.join(", ")
}

fn condition(report: &PatientReport<'_>, specimen: &Specimen) -> Markup {
    let Some((code, note)) = &specimen.rejected else {
        return html! { (specimen.state.word()) };
    };
    let reason = report.catalog.rejection(code);
    let name = reason.map_or(code.as_str(), |reason| &reason.label);
    let said = reason.map_or("", |reason| &reason.report_text);
    let again = reason.is_some_and(|reason| reason.action.contains("recollect"));
    html! {
        b { "REJECTED: " } (name) ". "
        @if said.is_empty() { "Not tested. " } @else { (said) " " }
        @if again && specimen.state == SpecimenState::Rejected { "Please collect a new specimen. " }
        (note)
    }
}
