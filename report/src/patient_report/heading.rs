//! The upper part of a report: the running head of every sheet, the facts of the order, the
//! specimens.
//!
//! What must stay true: name, record number and birth date stand on every sheet; age is the age at
//! collection, and says so.

use lab::accession::{Specimen, SpecimenState};
use lab::value::{Moment, Sex};

use super::arrange::Arranged;
use super::paper::{Fact, Head, SpecimenLine};
use super::{PatientReport, Status};
use crate::clock;
use crate::text::Text;

/// Laboratory, status and the patient's identifiers; repeated on every sheet.
pub fn running(report: &PatientReport<'_>, arranged: &Arranged<'_>) -> Head {
    let head = report.letterhead;
    let patient = report.patient;
    let mut contact = Vec::new();
    if !head.telephone.is_empty() {
        contact.push(format!("Tel. {}", head.telephone));
    }
    contact.push(format!("Director: {}", head.director));
    if !head.certificate.is_empty() {
        contact.push(head.certificate.clone());
    }
    let born = patient.birth_date.map_or_else(|| "unknown".to_owned(), |born| born.to_string());
    Head {
        laboratory: head.name.clone(),
        address: head.address.join(", "),
        contact: contact.join(" \u{b7} "),
        word: arranged.status().word(),
        standing: standing_words(arranged),
        name: patient.name.to_string(),
        identifiers: vec![
            fact("MRN", patient.record_number.clone()),
            fact("Born", born),
            fact("Sex", sex(patient.sex).to_owned()),
            fact("Accession", report.accession.label.to_string()),
        ],
    }
}

const fn fact(name: &'static str, value: String) -> Fact {
    Fact { name, value }
}

fn standing_words(arranged: &Arranged<'_>) -> String {
    let all = arranged.lines().count();
    match arranged.status() {
        Status::Final => "laboratory report".to_owned(),
        Status::Cancelled => "no test was performed".to_owned(),
        Status::Preliminary => format!("{} of {all} tests pending", arranged.pending()),
        Status::Corrected => {
            let results = match arranged.corrected() {
                1 => "1 result corrected".to_owned(),
                several => format!("{several} results corrected"),
            };
            match arranged.pending() {
                0 => results,
                pending => format!("{results}, {pending} of {all} tests pending"),
            }
        }
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
pub fn facts(report: &PatientReport<'_>, arranged: &Arranged<'_>) -> Vec<Fact> {
    let accession = report.accession;
    let zone = report.zone;
    let collected = specimens_of(report).filter_map(|specimen| specimen.collected_at).min();
    let received = specimens_of(report).filter_map(|specimen| specimen.received_at).min();
    let (first, last) = reported(arranged);
    let time = |at: Option<Moment>, none: &str| {
        at.map_or_else(|| none.to_owned(), |at| clock::minute_zoned(at, zone))
    };
    let mut facts = vec![
        fact("Ordering provider", accession.provider.clone()),
        fact("Ordered", clock::minute_zoned(accession.ordered_at, zone)),
        fact("Collected", time(collected, "not yet")),
        fact("Age at collection", age(report, collected)),
        fact("Priority", accession.priority.word().to_owned()),
        fact("Received", time(received, "not yet")),
    ];
    if time(first, "") != time(last, "") {
        facts.push(fact("First results", time(first, "")));
    }
    facts.push(fact("Reported", time(last, "nothing yet")));
    facts.extend(said_beside(report));
    if !accession.comment.is_empty() {
        facts.push(fact("Order comment", accession.comment.clone()));
    }
    facts
}

/// Where the order comes from, why, and for whom else; what nobody said is left out.
fn said_beside(report: &PatientReport<'_>) -> Vec<Fact> {
    let (whence, said) = (&report.whence, &report.accession.circumstances);
    let place = whence.location.map(|row| format!("{} {}", row.code, row.name));
    let sender = whence.facility.map(|row| match row.address.as_str() {
        "" => row.name.clone(),
        address => format!("{}, {}", row.name, address.replace('\n', ", ")),
    });
    let stay = whence.encounter.map(|row| format!("{}, {}", row.number, row.class.word()));
    let due = said.due_at.map(|at| clock::minute_zoned(at, report.zone));
    let fasting = if said.fasting.is_unknown() { "" } else { said.fasting.word() };
    let diagnoses: Vec<&str> = said.diagnoses.iter().map(|one| one.as_str()).collect();
    let mut facts = vec![
        fact("Location", place.unwrap_or_default()),
        fact("Sent by", sender.unwrap_or_default()),
        fact("Encounter", stay.unwrap_or_default()),
        fact("Orderer's number", said.placer_number.clone()),
        fact("Diagnoses (ICD-10)", diagnoses.join(" ")),
        fact("Due", due.unwrap_or_default()),
        fact("Fasting", fasting.to_owned()),
        fact("Copies to", said.copies_to.join("; ")),
    ];
    facts.retain(|one| !one.value.is_empty());
    facts
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
pub fn specimens(report: &PatientReport<'_>) -> Vec<SpecimenLine> {
    let time = |at: Option<Moment>| {
        at.map_or_else(|| "\u{2013}".to_owned(), |at| clock::minute(at, report.zone))
    };
    let line = |specimen: &Specimen| SpecimenLine {
        label: specimen.label.to_string(),
        source: source(report, specimen),
        collected: time(specimen.collected_at),
        received: time(specimen.received_at),
        condition: condition(report, specimen),
    };
    specimens_of(report).map(line).collect()
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

fn condition(report: &PatientReport<'_>, specimen: &Specimen) -> Text {
    let Some((code, note)) = &specimen.rejected else { return specimen.state.word().into() };
    let reason = report.catalog.rejection(code);
    let name = reason.map_or(code.as_str(), |reason| &reason.label);
    let said = reason.map_or("", |reason| &reason.report_text);
    let again = reason.is_some_and(|reason| reason.action.contains("recollect"));
    let mut sentences = vec![format!("{name}.")];
    sentences.push(if said.is_empty() { "Not tested.".to_owned() } else { said.to_owned() });
    if again && specimen.state == SpecimenState::Rejected {
        sentences.push("Please collect a new specimen.".to_owned());
    }
    if !note.is_empty() {
        sentences.push(note.clone());
    }
    Text::bold("REJECTED: ").and(sentences.join(" "))
}
