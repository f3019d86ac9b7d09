//! The column in which results are typed, of one specimen or of one test.
//!
//! What must stay true: a field knows the version of its test that was seen; what was refused
//! stands in its row with the reason and the remedy, and the text as it was typed.

use std::sync::Arc;

use lab::accession::{Looked, Test};
use lab::catalog::{Catalog, TestDefinition, ValueType};
use lab::journey::analyze::expected;
use lab::refusal::Refusal;
use lab::value::Label;
use store::query::{PendingTube, Which, Whole, pending_tubes};

use super::*;
use crate::limit::PAGE_ROWS_MAX;
use crate::screen::label::whole_of;

/// One row to type in.
struct Entry<'a> {
    test: &'a Test,
    definition: Option<&'a TestDefinition>,
    /// Whose, where the page is of many.
    of: String,
    /// The cells before the field.
    before: Vec<Markup>,
}

/// The open tests of one container, or of one accession.
pub(super) async fn of_specimen(call: &Call, label: &Label, refused: &Refused) -> Reply {
    let (_, whole) = whole_of(call, label.as_str()).await?;
    let catalog = call.catalog().await?;
    let tests = open_on(&whole, label);
    let entries: Vec<Entry<'_>> = tests
        .iter()
        .map(|test| Entry {
            test,
            definition: catalog.test(test.code.as_str()),
            of: String::new(),
            before: vec![
                html! { b { (test.code) } },
                html! { (catalog.test(test.code.as_str()).map_or("", |one| one.name.as_str())) },
            ],
        })
        .collect();
    let counts = differential::classes(&catalog, &tests).len() > 1;
    let columns = [Column::text("Test"), Column::wide("Name")];
    let place = Place::Number(label.clone());
    let at = format!("/accession/{}", whole.accession.label);
    let body = html! {
        (page::head("Enter", &format!("{label}"), html! {
            (words::urgency(whole.accession.priority))
            @if counts {
                (page::open("Count a differential", &differential::address(label), Some('d')))
            }
            (page::open("Accession", &at, Some('a')))
        }))
        (left_over(refused, &entries))
        (finder(entries.is_empty()))
        (form(call, (&place, &columns), (&entries, refused)))
        section #judged aria-live="polite" aria-label="What follows from it" {}
    };
    let sheet = Sheet::new("Enter", body).about(&whole.patient);
    call.sheet(sheet.answering(refused.values().next())).await
}

/// The tests of a container, or of an accession, that may be entered now.
pub(super) fn open_on(whole: &Whole, label: &Label) -> Vec<Test> {
    let of = |test: &&Test| {
        let specimen = whole.specimen(test);
        let there = specimen.is_some_and(|specimen| {
            specimen.can_be_measured() && (label.names_accession() || specimen.label == *label)
        });
        there && is_open(test.state)
    };
    whole.tests.iter().filter(of).cloned().collect()
}

/// The specimens that wait for one test.
pub(super) async fn of_test(call: &Call, code: &str, refused: &Refused) -> Reply {
    let catalog: Arc<Catalog> = call.catalog().await?;
    let unknown = || Refusal::UnknownTest { code: code.to_owned() };
    let definition = catalog.test(code).ok_or_else(unknown)?;
    let (bench, wanted) = (definition.bench.name(), code.to_owned());
    let lines = call
        .read(move |sql| pending_tubes(sql, Which::Test(bench, &wanted), PAGE_ROWS_MAX))
        .await?;
    let lines: Vec<PendingTube> =
        lines.into_iter().filter(|line| line.specimen.can_be_measured()).collect();
    call.looked_at(lines.iter().map(|line| &line.patient));
    let each = lines.iter().flat_map(|line| line.tests.iter().map(move |test| (line, test)));
    let entries: Vec<Entry<'_>> = each
        .map(|(line, test)| Entry {
            test,
            definition: Some(definition),
            of: format!(" of {}, {}", line.patient.name, line.patient.record_number),
            before: vec![
                html! { (line.specimen.label) },
                words::urgency(line.accession.priority),
                html! { (line.patient.name) },
                html! { (line.patient.record_number) },
            ],
        })
        .collect();
    let columns = [
        Column::text("Specimen"),
        Column::text(""),
        Column::text("Patient"),
        Column::text("Record"),
    ];
    let place = Place::Test(code.to_owned());
    let beside = format!("{code}, {}", definition.name);
    let body = html! {
        (page::head("Enter", &beside, html! {
            (words::count(entries.len(), "specimen waits", "specimens wait"))
        }))
        (left_over(refused, &entries))
        (finder(entries.is_empty()))
        (form(call, (&place, &columns), (&entries, refused)))
    };
    call.sheet(Sheet::new("Enter", body).answering(refused.values().next())).await
}

/// What was refused of a test that is no longer in the column.
fn left_over(refused: &Refused, entries: &[Entry<'_>]) -> Markup {
    let gone = refused.iter().filter(|(id, _)| entries.iter().all(|one| one.test.id != **id));
    html! { @for (_, refusal) in gone { (said_no(refusal)) } }
}

fn form(
    call: &Call,
    (place, columns): (&Place, &[Column<'static>]),
    (entries, refused): (&[Entry<'_>], &Refused),
) -> Markup {
    let mut columns = columns.to_vec();
    columns.extend([Column::text("Result"), Column::text("Unit"), Column::fill("What it may be")]);
    let starts = entries
        .iter()
        .find(|one| refused.contains_key(&one.test.id))
        .or(entries.first())
        .map(|one| one.test.id);
    let ids: Vec<String> = entries.iter().map(|one| one.test.id.to_string()).collect();
    let rows: Vec<Row<'_>> = entries
        .iter()
        .zip(&ids)
        .map(|(one, id)| {
            let refusal = refused.get(&one.test.id);
            let mut cells = one.before.clone();
            cells.push(field(call, one, (refusal, starts == Some(one.test.id))));
            let figures = one.definition.filter(|test| test.value_type != ValueType::Coded);
            cells.push(html! { (figures.map_or("", |test| test.unit.as_str())) });
            cells.push(beside(one, refusal));
            Row { id, href: None, cells }
        })
        .collect();
    let judges = matches!(place, Place::Number(_)).then_some("/enter/judged");
    html! {
        form .grid-form #entry method="post" action="/enter" data-draft data-inplace
            data-judged=[judges] {
            (page::hidden("request", &call.request()))
            @match place {
                Place::Number(label) => (page::hidden("number", label.as_str())),
                Place::Test(code) => (page::hidden("test", code)),
            }
            (page::grid(&Grid {
                id: "entries",
                caption: "Enter goes down; the first letters of an answer choose it",
                columns: &columns,
                rows: &rows,
                start: false,
                pick: false,
                live: None,
                empty: "Nothing waits to be entered here.",
            }))
            @if !entries.is_empty() {
                (page::send(page::button("File what was typed", Some('s'), true)))
            }
        }
    }
}

/// The field of one result, with the version of its test that was seen.
fn field(call: &Call, one: &Entry<'_>, (refusal, starts): (Option<&Refusal>, bool)) -> Markup {
    let id = one.test.id;
    let typed = refusal.map_or("", |_| call.form.get(&format!("value-{id}")));
    let answers: Vec<String> = one.definition.map_or_else(Vec::new, |test| {
        let words = |one: &lab::catalog::Answer| {
            let also = one.also.iter().map(|also| format!("\t{also}")).collect::<String>();
            format!("{}{also}", one.text)
        };
        test.answers.iter().map(words).collect()
    });
    let answers = (!answers.is_empty()).then(|| answers.join("\n"));
    let mode = if answers.is_some() { "text" } else { "decimal" };
    html! {
        input name={ "value-" (id) } value=(typed) data-entry autocomplete="off" inputmode=(mode)
            aria-label={ "Result of " (one.test.code) (one.of) }
            aria-invalid=[refusal.map(|_| "true")]
            aria-describedby=[refusal.map(|_| format!("why-{id}"))]
            data-answers=[answers] autofocus[starts];
        (page::hidden(&format!("seen-{id}"), &Looked::at(one.test).written()))
    }
}

fn beside(one: &Entry<'_>, refusal: Option<&Refusal>) -> Markup {
    html! {
        @match refusal {
            Some(refusal) => p .error id={ "why-" (one.test.id) } {
                (refusal.sentence()) " " (refusal.remedy())
            },
            None => span .soft { (choices(one.definition)) },
        }
    }
}

/// What may be typed, where it is no plain number.
fn choices(definition: Option<&TestDefinition>) -> String {
    let other = definition.filter(|test| test.value_type != ValueType::Numeric);
    other.map(expected).unwrap_or_default()
}
