//! Process, `/process`.
//!
//! Question: what does each tube still need before it can be measured, most urgent first? A tube
//! that is scanned is spun, or opened, as chosen. What must stay true: one scan is one act; the
//! cursor is back in the scan field; a tube that needs nothing is not listed.

use std::collections::BTreeSet;
use std::sync::Arc;

use lab::catalog::{Bench, Catalog, Spin};
use lab::journey::process::SpinSpecimens;
use lab::refusal::Refusal;
use lab::value::Label;
use maud::{Markup, html};
use store::query::{OpenTube, ProcessLine, process_list};

use super::label::specimen_of;
use crate::answer::{self, Reply, Trouble};
use crate::call::{Call, Pairs};
use crate::limit::PAGE_ROWS_MAX;
use crate::page::{self, Choice, Column, Field, Form, Grid, Live, Row};
use crate::sheet::Sheet;
use crate::words;

/// `GET /process`.
pub(crate) async fn show(call: Call) -> Reply {
    screen(&call, None).await
}

async fn screen(call: &Call, refusal: Option<&Refusal>) -> Reply {
    let catalog = call.catalog().await?;
    let by = Arc::clone(&catalog);
    let most = usize::try_from(PAGE_ROWS_MAX).unwrap_or(0);
    let lines = call.read(move |sql| process_list(sql, most, &|tube| needy(&by, tube))).await?;
    let lines: Vec<(ProcessLine, Vec<String>)> = lines
        .into_iter()
        .map(|line| {
            let needs = needs(call, &catalog, &line);
            (line, needs)
        })
        .collect();
    call.looked_at(lines.iter().map(|(line, _)| &line.patient));
    let act = call.form.get("act");
    let act = if act.is_empty() { call.query.get("act") } else { act };
    let form = Form { id: "process", action: "/process", scans: true, ..Form::default() };
    let choices = [
        Choice { value: "spin", label: "Spin" },
        Choice { value: "open", label: "Open: aliquot, slide, look at, put away" },
    ];
    let act = Field::text("act", "Each scan").value(if act.is_empty() { "spin" } else { act });
    let body = html! {
        (page::head("Process", "scan tubes one after another", html! {}))
        @if let Some(refusal) = refusal { (super::trouble::said_no(refusal)) }
        (page::form(&form, html! {
            (page::hidden("request", &call.request()))
            (Field::scan("scan", "Scan a tube").required().starts().line())
            (act.radios(&choices))
            (page::field::send(page::button("Do it", None, true)))
        }))
        (grid(call, &lines))
    };
    call.sheet(Sheet::new("Process", body).answering(refusal)).await
}

/// Whether a tube still needs something: exactly where `needs` says what.
fn needy(catalog: &Catalog, tube: &OpenTube) -> bool {
    let spun = tube.handling.spun.is_some();
    let codes = || tube.tests.iter().map(|(code, _)| code.as_str());
    to_spin(catalog, (tube.drawn_into(), spun), codes()).is_some()
        || !further(tube.tests.iter().map(|(_, bench)| bench.as_str())).is_empty()
        || on_a_slide(catalog, codes())
}

/// How a tube from this container is spun, where it still has to be.
fn to_spin<'a>(
    catalog: &'a Catalog,
    (drawn_into, spun): (&str, bool),
    mut codes: impl Iterator<Item = &'a str>,
) -> Option<&'a Spin> {
    let program = catalog.keeping().spin(drawn_into).filter(|_| !spun)?;
    codes.any(|code| catalog.needs_spin(code)).then_some(program)
}

/// Whether one of the tests is looked at on a slide.
fn on_a_slide<'a>(catalog: &Catalog, mut codes: impl Iterator<Item = &'a str>) -> bool {
    codes.any(|code| catalog.test(code).is_some_and(|test| test.specimen == "blood smear"))
}

/// What a tube still needs.
fn needs(call: &Call, catalog: &Catalog, line: &ProcessLine) -> Vec<String> {
    let specimen = &line.specimen;
    let mut needs = Vec::new();
    let codes = || line.tests.iter().map(|test| test.code.as_str());
    let spun = specimen.handling.spun.is_some();
    if let Some(program) = to_spin(catalog, (specimen.drawn_into(), spun), codes()) {
        let stood = specimen.collected_at.map_or(0, |taken| call.now.minutes_since(taken));
        if stood < program.clot_minutes {
            needs.push(format!("clot {} min more", program.clot_minutes - stood));
        }
        let late = stood > program.within_minutes;
        let late = if late {
            format!(", late by {} min", stood - program.within_minutes)
        } else {
            String::new()
        };
        needs.push(format!("spin {}{late}", program.program()));
    }
    for bench in further(line.tests.iter().map(|test| test.bench.as_str())) {
        needs.push(format!(
            "aliquot for {}",
            Bench::named(bench).map_or("another bench", Bench::title)
        ));
    }
    if on_a_slide(catalog, codes()) {
        needs.push("slide".into());
    }
    needs
}

/// The benches beside the first, to which the tube itself goes.
fn further<'a>(mut benches: impl Iterator<Item = &'a str>) -> BTreeSet<&'a str> {
    let first = benches.next();
    benches.filter(|bench| Some(*bench) != first).collect()
}

fn grid(call: &Call, lines: &[(ProcessLine, Vec<String>)]) -> Markup {
    let zone = &call.app.laboratory().zone;
    let keyed: Vec<(String, String)> = lines
        .iter()
        .map(|(line, _)| (line.specimen.id.to_string(), format!("/tube/{}", line.specimen.label)))
        .collect();
    let rows: Vec<Row<'_>> = lines
        .iter()
        .zip(&keyed)
        .map(|((line, needs), (id, href))| {
            let codes: Vec<&str> = line.tests.iter().map(|test| test.code.as_str()).collect();
            let at = line.specimen.collected_at.map(|at| words::clock(at, zone, call.now));
            let bench = line.tests.first().map_or("", |test| words::bench(&test.bench));
            let cells = vec![
                html! { (line.specimen.label) },
                words::urgency(line.accession.priority),
                html! { (line.specimen.container) },
                html! { @for need in needs { span .line { b { (need) } } } },
                html! { (line.patient.name) },
                html! { (line.patient.record_number) },
                html! { (codes.join(" ")) },
                html! { (bench) },
                html! { (at.unwrap_or_default()) },
            ];
            Row { id, href: Some(href), cells }
        })
        .collect();
    page::grid(&Grid {
        id: "process-list",
        caption: "Tubes that need something before they are measured",
        columns: &[
            Column::text("Specimen"),
            Column::text(""),
            Column::text("Container"),
            Column::text("Needs"),
            Column::text("Patient"),
            Column::text("Record"),
            Column::fill("Tests"),
            Column::wide("Then to"),
            Column::number("Taken"),
        ],
        rows: &rows,
        start: false,
        pick: false,
        live: Some(Live { topic: "specimens", src: "/process" }),
        empty: "Nothing waits to be processed.",
    })
}

/// `POST /process`: what was chosen, to the tube that was scanned.
pub(crate) async fn act(call: Call) -> Reply {
    let scanned = call.form.get("scan").to_owned();
    let done = match Label::read(&scanned) {
        Ok(label) if call.form.get("act") == "open" => {
            return Ok(answer::see(&format!("/tube/{label}")));
        }
        Ok(label) => spin(&call, label).await,
        Err(_) => {
            let (field, expected) = ("The number".into(), "thirteen digits".into());
            Err(Refusal::Unreadable { field, expected }.into())
        }
    };
    match done {
        Ok(()) => {
            call.done(format!("Spun {scanned}."));
            Ok(answer::see("/process"))
        }
        Err(Trouble::Refused(refusal)) => {
            let kept = ("act".to_owned(), call.form.get("act").to_owned());
            let again = Call { form: Pairs(vec![kept]), ..call.clone() };
            screen(&again, Some(&refusal)).await
        }
        Err(failed) => Err(failed),
    }
}

async fn spin(call: &Call, label: Label) -> Result<(), Trouble> {
    let specimen = specimen_of(call, label).await?;
    let _ = call.ask(SpinSpecimens { specimens: vec![specimen.id] }, "spin").await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_aliquot_is_for_the_benches_beside_the_first() {
        for (benches, expected) in [
            (&["immunoassay", "chemistry", "immunoassay"][..], &["chemistry"][..]),
            (&["chemistry", "immunoassay", "coagulation"], &["coagulation", "immunoassay"]),
            (&["chemistry", "chemistry"], &[]),
            (&[], &[]),
        ] {
            let found: Vec<&str> = further(benches.iter().copied()).into_iter().collect();
            assert_eq!(found, expected, "{benches:?}");
        }
    }
}
