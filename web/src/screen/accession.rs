//! One accession, `/accession/{number}`, also by the number of one of its containers.
//!
//! Question: where does everything of this order stand, and who did what when? Results are entered
//! by hand here. What must stay true: values that are not verified are shown only to those who may
//! see them; what another person filed meanwhile is not overwritten.

mod around;

use std::collections::BTreeMap;

use lab::accession::{Looked, ResultVersion, Specimen, SpecimenState, Test, TestState};
use lab::command::Look;
use lab::journey::analyze::EnterResult;
use lab::people::Ask;
use lab::refusal::Refusal;
use lab::value::{InstrumentId, TestId, Value};
use maud::{Markup, html};
use store::query::{JournalLine, Whole, journal_of};

use super::label::whole_of;
use super::review::{decimals, earlier, origin, row_id, value};
use super::trouble::said_no;
use crate::answer::{self, Reply, Trouble};
use crate::call::Call;
use crate::limit::JOURNAL_ROWS_MAX;
use crate::page::{self, Act, Column, Entry, Field, Form, Grid, Live, Row};
use crate::sheet::Sheet;
use crate::words::{self, Story, happened};

/// `GET /accession/{number}`.
pub(crate) async fn show(call: Call) -> Reply {
    let number = call.path.get("number").to_owned();
    screen(&call, &number, None).await
}

/// The screen of an accession, with a refusal if one was met.
pub(crate) async fn screen(call: &Call, number: &str, refusal: Option<&Refusal>) -> Reply {
    let (_, whole) = whole_of(call, number).await?;
    let journal = journal(call, &whole).await?;
    let accession = &whole.accession;
    let ordered = words::clock(accession.ordered_at, &call.app.laboratory().zone, call.now);
    let beside = format!("{}, ordered {ordered} by {}", accession.label, accession.provider);
    let topic = crate::live::accession_topic(accession.id.0);
    let said_beside = around::said_beside(call, accession).await?;
    let body = html! {
        (page::head("Accession", &beside, html! {
            (words::urgency(accession.priority)) (ways(call, &whole))
        }))
        @if let Some(refusal) = refusal { (said_no(refusal)) }
        (said_beside)
        (results(call, &whole, &topic))
        (specimens(call, &whole, &topic))
        @if !journal.is_empty() {
            section #journal data-live=(topic) aria-labelledby="journal-title" {
                h2 #journal-title { "Who did what, when" }
                (story(call, &whole, &journal))
            }
        }
    };
    call.sheet(Sheet::new("Accession", body).about(&whole.patient).answering(refusal)).await
}

async fn journal(call: &Call, whole: &Whole) -> Result<Vec<JournalLine>, Trouble> {
    if !call.may(Ask::SeeJournal) {
        return Ok(Vec::new());
    }
    let id = whole.accession.id;
    call.read(move |sql| journal_of(sql, id, JOURNAL_ROWS_MAX)).await
}

fn ways(call: &Call, whole: &Whole) -> Markup {
    let label = &whole.accession.label;
    let ordered = whole.specimens.iter().any(|one| one.state == SpecimenState::Ordered);
    html! {
        @if call.may(Ask::CollectSpecimens) && ordered {
            (page::open("Collect", &format!("/collect/{label}"), Some('c')))
        }
        (page::open("Labels", &format!("/label/{label}"), Some('l')))
        (page::open("Patient", &super::patient::address(&whole.patient), Some('i')))
        @if call.may(Ask::CancelOrder) && whole.tests.iter().any(|one| one.state.takes_results()) {
            (page::open("Cancel order", &format!("/accession/{label}/cancel"), Some('w')))
        }
        @if call.may(Ask::CreditTest)
            && whole.tests.iter().any(|one| one.state == TestState::Cancelled) {
            (page::open("Credit", &format!("/accession/{label}/credit"), Some('f')))
        }
        @if call.may(Ask::SeeReports) {
            (page::open("Report", &format!("/report/{label}"), Some('p')))
            (page::open("Chart", &format!("/patient/{}/chart", whole.patient.id), Some('t')))
        }
        @if call.may(Ask::SeeJournal) {
            (page::open("Journal", &format!("/journal?number={label}"), Some('y')))
        }
    }
}

/// What may be shown of a test's result: the newest, or for those who may not see it, the verified.
fn shown<'a>(call: &Call, whole: &'a Whole, test: &Test) -> Option<&'a ResultVersion> {
    if call.may(Ask::SeeUnverified) {
        whole.newest(test)
    } else if call.may(Ask::SeeReports) {
        whole.verified(test)
    } else {
        None
    }
}

pub(crate) fn instruments(whole: &Whole) -> BTreeMap<InstrumentId, String> {
    let of = |result: &ResultVersion| match &result.source {
        lab::accession::Source::Instrument { instrument, .. } => {
            Some((*instrument, whole.names.instrument(*instrument)))
        }
        _ => None,
    };
    whole.results.iter().filter_map(of).collect()
}

/// The tests with their results; where some may be entered by hand, as one form.
fn results(call: &Call, whole: &Whole, topic: &str) -> Markup {
    let enters =
        call.may(Ask::EnterResult) && whole.tests.iter().any(|test| enterable(whole, test));
    let grid = results_grid(call, whole, (topic, enters));
    let back = format!("/accession/{}", whole.accession.label);
    let waits = call.may(Ask::VerifyResults)
        && whole.tests.iter().any(|test| test.state.released() || test.state.takes_results());
    let action = format!("{back}/enter");
    let form = Form { id: "entry", action: &action, keeps: true, ..Form::default() };
    html! {
        @if enters {
            form .grid-form id=(form.id) method="post" action=(form.action)
                data-draft data-inplace {
                (page::hidden("request", &call.request()))
                (grid)
                (page::field::send(page::button("File what was typed", Some('s'), false)))
            }
        } @else { (grid) }
        @if waits {
            (page::acts("results", &acts(call), html! {
                (page::hidden("request", &crate::session::token().unwrap_or_default()))
                (page::hidden("back", &back))
            }))
        }
    }
}

fn acts(call: &Call) -> Vec<Act<'static>> {
    let act = |key, label, to, asks| Act { key, label, to, asks, first: key == 'v' };
    let all = [
        (Ask::VerifyResults, act('v', "Verify", "/review/verify", false)),
        (Ask::VerifyResults, act('a', "Verify all clean", "/review/clean", false)),
        (Ask::RequestRerun, act('r', "Rerun", "/review/rerun", false)),
        (Ask::RequestDilution, act('d', "Dilute", "/review/dilute", false)),
        (Ask::GivePreliminary, act('e', "Tell before final", "/review/preliminary", false)),
        (Ask::HoldResult, act('h', "Hold", "/review/hold", false)),
        (Ask::AmendResult, act('m', "Correct", "/correct", false)),
        (Ask::EnterResult, act('n', "Not performed", "/not-performed", false)),
        (Ask::CancelTest, act('x', "Cancel test", "/cancel", false)),
    ];
    all.into_iter().filter(|(ask, _)| call.may(*ask)).map(|(_, act)| act).collect()
}

/// True where a result of this test may be entered by hand now.
fn enterable(whole: &Whole, test: &Test) -> bool {
    let received = whole.specimen(test).is_some_and(|one| one.can_be_measured());
    received && matches!(test.state, TestState::Awaiting | TestState::Rerun)
}

fn results_grid(call: &Call, whole: &Whole, (topic, enters): (&str, bool)) -> Markup {
    let shown_decimals = whole.tests.iter().filter_map(|test| shown(call, whole, test));
    let most = shown_decimals.map(decimals).max().unwrap_or(0);
    let keyed: Vec<(String, &Test)> = whole.tests.iter().map(|test| (row_id(test), test)).collect();
    let names = instruments(whole);
    let rows: Vec<Row<'_>> = keyed
        .iter()
        .map(|(id, test)| {
            let mut cells = cells(call, whole, (test, most, &names));
            if enters && enterable(whole, test) {
                cells[1] = entry(call, test);
            }
            Row { id, href: None, cells }
        })
        .collect();
    page::grid(&Grid {
        id: "results",
        caption: "Tests and results",
        columns: &[
            Column::text("Test"),
            Column::text("Result"),
            Column::text("Interval"),
            Column::text("State"),
            Column::text("Previous"),
            Column::wide("From"),
            Column::fill("Note"),
            Column::text("Verified"),
        ],
        rows: &rows,
        start: true,
        pick: true,
        live: Some(Live { topic, src: "" }),
        empty: "No test was ordered.",
    })
}

fn cells(
    call: &Call,
    whole: &Whole,
    (test, most, names): (&Test, usize, &BTreeMap<InstrumentId, String>),
) -> Vec<Markup> {
    let result = shown(call, whole, test);
    let nothing = || html! {};
    let note = match result.filter(|_| test.state.waits_for_a_person()) {
        Some(result) => words::wholly(test, result),
        None => settled_note(call, test, result),
    };
    let verified = test.verified.map(|verified| {
        let at = words::clock(verified.at, &call.app.laboratory().zone, call.now);
        html! { (at) " " span .soft { (whole.names.of(verified.by)) } }
    });
    vec![
        html! {
            b { (test.code) }
            @if let Some(panel) = &test.panel { " " span .soft { (panel) } }
        },
        html! {
            @if let Some(result) = result { (value(result, most)) }
            @if test.state == TestState::Review {
                input type="hidden" name="seen" form="results-acts"
                    value=(row_id(test));
            }
        },
        result.map_or_else(nothing, |result| page::interval(&result.limits.interval())),
        html! {
            (words::state(test))
            @if test.versions > 1 { " " span .soft { "version " (test.versions) } }
            @if test.preliminary.is_some() { " " (page::chip(page::Tone::Quiet, "preliminary")) }
            @if let Some(origin) = &test.origin { " " span .soft { "added by " (origin.rule) } }
            @if test.candidate.is_some() { " " (page::chip(page::Tone::Care, "later reading")) }
        },
        result.map_or_else(nothing, |result| earlier(call, result)),
        result.map_or_else(nothing, |result| {
            let with = words::measured_with(result);
            html! { span title=[(!with.is_empty()).then_some(with)] { (origin(result, names)) } }
        }),
        html! { (note) },
        verified.unwrap_or_else(nothing),
    ]
}

/// What is said of a test that waits for nobody. Why a result was held or is measured again tells
/// of a value, so it is for those who may see that value; why a test was cancelled is for all.
fn settled_note(call: &Call, test: &Test, result: Option<&ResultVersion>) -> String {
    let told = match test.state {
        TestState::Cancelled => true,
        state if state.released() => call.may(Ask::SeeUnverified) || call.may(Ask::SeeReports),
        _ => call.may(Ask::SeeUnverified),
    };
    let amended = result.and_then(|result| result.amends.as_ref());
    if let Some(amends) = amended.filter(|_| told) {
        return format!("{}, was {}", amends.kind.word(), amends.reported());
    }
    match result.map(|result| &result.value) {
        _ if told && !test.note.is_empty() => test.note.clone(),
        _ if told && !test.rule.is_empty() => test.rule.clone(),
        Some(Value::NotPerformed(reason)) => reason.clone(),
        _ => String::new(),
    }
}

/// The field in which a result is typed, and the version that was seen before.
fn entry(call: &Call, test: &Test) -> Markup {
    let name = format!("value-{}", test.id);
    let label = format!("Result of {}", test.code);
    let seen = Looked::at(test).written();
    let typed = call.form.get(&name);
    html! {
        (Field::figures(&name, &label).value(typed).entry())
        (page::hidden(&format!("seen-{}", test.id), &seen))
    }
}

fn specimens(call: &Call, whole: &Whole, topic: &str) -> Markup {
    let ids: Vec<String> = whole.specimens.iter().map(|one| one.id.to_string()).collect();
    let rows: Vec<Row<'_>> = whole
        .specimens
        .iter()
        .zip(&ids)
        .map(|(specimen, id)| Row { id, href: None, cells: specimen_cells(call, specimen) })
        .collect();
    let rejects = call.may(Ask::RejectSpecimen);
    html! {
        h2 { "Specimens" }
        (page::grid(&Grid {
            id: "specimens",
            caption: "",
            columns: &[
                Column::text("Number"),
                Column::text("Container"),
                Column::text("State"),
                Column::text("Collected"),
                Column::text("Received"),
                Column::fill("Note"),
                Column::text(""),
            ],
            rows: &rows.into_iter().map(|mut row| {
                if rejects {
                    row.cells.push(html! {
                        a href={ "/reject?row=" (row.id) } { "Reject" }
                    });
                } else {
                    row.cells.push(html! {});
                }
                row
            }).collect::<Vec<_>>(),
            start: false,
            pick: false,
            live: Some(Live { topic, src: "" }),
            empty: "No specimen.",
        }))
    }
}

fn specimen_cells(call: &Call, specimen: &Specimen) -> Vec<Markup> {
    let zone = &call.app.laboratory().zone;
    let at = |at: Option<lab::value::Moment>| {
        html! { @if let Some(at) = at { (words::clock(at, zone, call.now)) } }
    };
    vec![
        html! {
            @if call.may(Ask::SpinSpecimens) {
                a href={ "/tube/" (specimen.label) } { (specimen.label) }
            } @else { (specimen.label) }
        },
        html! { (specimen.container) },
        words::standing(specimen),
        at(specimen.collected_at),
        at(specimen.received_at),
        html! {
            @if let Some((reason, note)) = &specimen.rejected { (reason) " " (note) }
        },
    ]
}

/// The journal in words.
pub(crate) fn story(call: &Call, whole: &Whole, journal: &[JournalLine]) -> Markup {
    let laboratory = call.app.laboratory();
    let values = call.may(Ask::SeeUnverified);
    let told = Story { whole, laboratory, now: call.now, values };
    let keyed: Vec<(String, String, String)> = journal
        .iter()
        .map(|line| {
            let shown = words::to_the_second(line.at, &laboratory.zone, call.now);
            (words::exact(line.at), shown, format!("{}, entry {}", line.who, line.seq))
        })
        .collect();
    let entries: Vec<Entry<'_>> = journal
        .iter()
        .zip(&keyed)
        .map(|(line, (at, shown, who))| entry_of(&told, line, (at, shown, who)))
        .collect();
    page::journal(&entries)
}

fn entry_of<'a>(
    told: &Story<'_>,
    line: &JournalLine,
    (at, shown, who): (&'a str, &'a str, &'a str),
) -> Entry<'a> {
    let said: Vec<(Markup, page::Tone)> =
        line.events.iter().map(|event| happened(told, event)).collect();
    let weighs = |tone| said.iter().any(|(_, one)| *one == tone);
    let tone = match (weighs(page::Tone::Grave), weighs(page::Tone::Done)) {
        (true, _) => page::Tone::Grave,
        (_, true) => page::Tone::Done,
        _ => page::Tone::Quiet,
    };
    let what = html! { @for (sentence, _) in &said { span .line { (sentence) } } };
    Entry { at, shown, what, who, tone, seal: None }
}

/// `POST /accession/{number}/enter`: files each result that was typed.
pub(crate) async fn enter(call: Call) -> Reply {
    let number = call.path.get("number").to_owned();
    let typed: Vec<(TestId, String)> = call
        .form
        .beginning("value-")
        .filter(|(_, typed)| !typed.is_empty())
        .filter_map(|(test, typed)| Some((TestId(test.parse().ok()?), typed.to_owned())))
        .collect();
    if typed.is_empty() {
        let nothing = Refusal::Missing { field: "Result".into() };
        return screen(&call, &number, Some(&nothing)).await;
    }
    let mut filed = Vec::new();
    for (test, typed) in typed {
        let looked_at = Looked::read(call.form.get(&format!("seen-{test}"))).unwrap_or_default();
        let code = call.read(move |sql| store::DatabaseLook(sql).test(test)).await?;
        let command = EnterResult { test, looked_at, typed, not_performed: String::new() };
        match call.ask(command, &format!("enter {test}")).await {
            Ok(_) => filed.push(code.map_or(String::new(), |test| test.code.0)),
            Err(Trouble::Refused(refusal)) => {
                if !filed.is_empty() {
                    call.done(format!("Filed {}.", filed.join(", ")));
                }
                return screen(&call, &number, Some(&refusal)).await;
            }
            Err(failed) => return Err(failed),
        }
    }
    call.done(format!("Filed {}.", filed.join(", ")));
    Ok(answer::see(&format!("/accession/{number}")))
}
