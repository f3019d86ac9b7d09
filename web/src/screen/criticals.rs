//! Criticals, `/criticals`: values that somebody must be called about, and readings that came after
//! the release of another.
//!
//! Question: who has not been told yet? What must stay true: verifying takes nothing off this list;
//! a call is off it once it was read back; the clock counts from the moment the value was known.

use std::collections::BTreeMap;

use lab::accession::Attempt;
use lab::journey::call::RecordCall;
use lab::people::Ask;
use lab::refusal::Refusal;
use lab::value::InstrumentId;
use maud::{Markup, html};
use store::query::{ReviewLine, call_list, late_list, review_line};

use super::review::{decimals, names, origin, row_id, value};
use super::settle::row;
use super::trouble::said_no;
use crate::answer::{self, Reply, Trouble};
use crate::call::Call;
use crate::limit::PAGE_ROWS_MAX;
use crate::page::{self, Act, Column, Field, Form, Grid, Live, Row};
use crate::sheet::Sheet;
use crate::words;

/// How long a call may take, in seconds.
// critical_value_policy of the bench reference: 30 min from the result for inpatients.
const CALL_SECONDS_MAX: u64 = 1_800;

/// `GET /criticals`.
pub(crate) async fn show(call: Call) -> Reply {
    let (calls, late, names) = call
        .read(|sql| {
            let calls = call_list(sql, PAGE_ROWS_MAX)?;
            let late = late_list(sql, PAGE_ROWS_MAX)?;
            let names = names(sql, &late)?;
            Ok((calls, late, names))
        })
        .await?;
    call.looked_at(calls.iter().chain(&late).map(|line| &line.patient));
    let body = html! {
        (page::head("Criticals", "values that somebody must be called about", html! {
            span #to-call data-live="results" { (words::count(calls.len(), "call", "calls")) }
        }))
        (calls_grid(&call, &calls))
        @if call.may(Ask::RecordCall) && !calls.is_empty() {
            (page::acts("criticals", &[Act {
                key: 'c', label: "Record a call", to: "/criticals/call", asks: false, first: true,
            }], html! {}))
        }
        h2 { "Readings that came after the release" }
        (late_grid(&call, &late, &names))
    };
    call.sheet(Sheet::new("Criticals", body)).await
}

fn calls_grid(call: &Call, lines: &[ReviewLine]) -> Markup {
    let most = lines.iter().map(|line| decimals(&line.result)).max().unwrap_or(0);
    let keyed: Vec<(String, String, &ReviewLine)> = lines.iter().map(keyed).collect();
    let rows: Vec<Row<'_>> = keyed
        .iter()
        .map(|(id, href, line)| Row { id, href: Some(href), cells: cells(call, line, most) })
        .collect();
    page::grid(&Grid {
        id: "criticals",
        caption: "Not read back yet, the oldest first",
        columns: &[
            Column::text("Accession"),
            Column::text("Patient"),
            Column::text("Record"),
            Column::text("Test"),
            Column::text("Result"),
            Column::text("Ordered by"),
            Column::text("State"),
            Column::fill("Tried"),
            Column::number("Known for"),
        ],
        rows: &rows,
        start: true,
        pick: true,
        live: Some(Live { topic: "results", src: "" }),
        empty: "Every critical value was read back.",
    })
}

fn keyed(line: &ReviewLine) -> (String, String, &ReviewLine) {
    (row_id(&line.test), format!("/accession/{}", line.accession.label), line)
}

fn cells(call: &Call, line: &ReviewLine, most: usize) -> Vec<Markup> {
    let open = line.test.call.as_ref();
    let since = open.map_or(line.result.filed_at, |open| open.since);
    let tried = open.map_or(&[][..], |open| &open.attempts);
    vec![
        html! { (line.accession.label) },
        html! { (line.patient.name) },
        html! { (line.patient.record_number) },
        html! { b { (line.test.code) } },
        value(&line.result, most),
        html! { (line.accession.provider) },
        words::state(&line.test),
        html! { @for one in tried { span .line { (attempt(call, one)) } } },
        words::age(since, call.now, Some(CALL_SECONDS_MAX)),
    ]
}

fn attempt(call: &Call, one: &Attempt) -> String {
    let at = words::clock(one.at, &call.app.laboratory().zone, call.now);
    let how = if one.read_back { "read back" } else { "not reached" };
    format!("{at} {}, {how}", one.called)
}

fn late_grid(call: &Call, lines: &[ReviewLine], names: &BTreeMap<InstrumentId, String>) -> Markup {
    let most = lines.iter().map(|line| decimals(&line.result)).max().unwrap_or(0);
    let keyed: Vec<(String, String, &ReviewLine)> = lines.iter().map(keyed).collect();
    let rows: Vec<Row<'_>> = keyed
        .iter()
        .map(|(id, href, line)| Row {
            id,
            href: Some(href),
            cells: vec![
                html! { (line.accession.label) },
                html! { (line.patient.name) },
                html! { (line.patient.record_number) },
                html! { b { (line.test.code) } },
                value(&line.result, most),
                html! { (line.result.delta.as_ref().map_or("", |delta| &delta.value)) },
                origin(&line.result, names),
                html! {
                    (words::clock(line.result.filed_at, &call.app.laboratory().zone, call.now))
                },
            ],
        })
        .collect();
    html! {
        (page::grid(&Grid {
            id: "late",
            caption: "The released value stands until you correct it or dismiss the reading",
            columns: &[
                Column::text("Accession"),
                Column::text("Patient"),
                Column::text("Record"),
                Column::text("Test"),
                Column::text("Later reading"),
                Column::text("Released"),
                Column::text("From"),
                Column::fill("Came"),
            ],
            rows: &rows,
            start: false,
            pick: true,
            live: Some(Live { topic: "results", src: "" }),
            empty: "No reading came after a release.",
        }))
        @if call.may(Ask::AmendResult) && !lines.is_empty() {
            (page::acts("late", &[Act {
                key: 'm', label: "Correct or dismiss", to: "/correct", asks: false, first: false,
            }], html! {}))
        }
    }
}

/// `POST /criticals/call`: asks who was called; records it when it was filled in.
pub(crate) async fn record(call: Call) -> Reply {
    let (test, looked_at) = row(call.form.get("row"))?;
    let line = call.read(move |sql| review_line(sql, test)).await?;
    let none = || Refusal::NoSuch { what: "result".into(), name: test.to_string() };
    let line = line.ok_or_else(none)?;
    if !call.form.has("called") {
        return form_page(&call, &line, None).await;
    }
    let command = RecordCall {
        test,
        looked_at,
        called: call.form.get("called").to_owned(),
        at: None,
        read_back: call.form.get("reached") == "read-back",
        note: call.form.get("note").to_owned(),
    };
    match call.ask(command, "call").await {
        Ok(_) => {
            let called = call.form.get("called");
            call.done(format!("{} of {} told to {called}.", line.test.code, line.patient.name));
            Ok(answer::see("/criticals"))
        }
        Err(Trouble::Refused(refusal)) => form_page(&call, &line, Some(&refusal)).await,
        Err(failed) => Err(failed),
    }
}

async fn form_page(call: &Call, line: &ReviewLine, refusal: Option<&Refusal>) -> Reply {
    let beside = format!("{}, accession {}", line.test.code, line.accession.label);
    let row = row_id(&line.test);
    let id = format!("call-{row}");
    let form =
        Form { id: &id, action: "/criticals/call", keeps: true, lenient: true, ..Form::default() };
    let called = Field::text("called", "Who was called").value(call.form.get("called"));
    let hint = "Name and credential of one who can act: nurse, physician; not a clerk.";
    let reached = if call.form.has("reached") { call.form.get("reached") } else { "read-back" };
    let body = html! {
        (page::head("Record a call", &beside, html! {}))
        @if let Some(refusal) = refusal { (said_no(refusal)) }
        (page::facts(&[
            ("Read to them", html! {
                (line.patient.name) ", " (line.patient.record_number) ": "
                b { (line.test.code) } " "
                (value(&line.result, decimals(&line.result)))
            }),
            ("Ordered by", html! { (line.accession.provider) }),
        ]))
        (page::form(&form, html! {
            (page::hidden("request", &call.request()))
            (page::hidden("row", &row))
            (called.starts().hint(hint).line())
            (Field::text("reached", "Reached").value(reached).pick(&[
                page::Choice { value: "read-back", label: "Read back: name, test, value" },
                page::Choice { value: "no", label: "Nobody reached; try again" },
            ]))
            (Field::text("note", "Note").value(call.form.get("note")).line())
            (page::field::send(html! {
                (page::button("Record the call", None, true))
                (page::open("Back", "/criticals", None))
            }))
        }))
    };
    call.sheet(Sheet::new("Record a call", body).about(&line.patient).answering(refusal)).await
}
