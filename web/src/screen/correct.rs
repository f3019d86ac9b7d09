//! Correct a released result, `/correct`: the value, a comment, a withdrawal, or the later reading.
//!
//! Question: what was reported, what is to stand now, why, and who was told? What must stay true:
//! both values are in sight; what was looked at is compared at the door; nothing is amended without
//! a coded reason and without who was told.

use lab::accession::{Looked, ResultVersion, Test};
use lab::catalog::{Catalog, ReasonFor};
use lab::command::{Command, Look};
use lab::journey::correct::{AmendResult, Amended, DismissLate};
use lab::patient::Patient;
use lab::refusal::Refusal;
use lab::value::{Label, TestId};
use maud::{Markup, html};
use store::query::{Whole, whole_by_label};

use super::review::{decimals, origin, row_id, value};
use super::settle::row;
use super::trouble::said_no;
use crate::answer::{self, Reply, Trouble};
use crate::call::Call;
use crate::page::{self, Choice, Column, Field, Form, Grid, Row};
use crate::sheet::Sheet;
use crate::words;

/// What can be done to a released result, in the order of the list.
const KINDS: [(&str, &str); 5] = [
    ("late", "Take the later reading"),
    ("value", "Correct the value"),
    ("comment", "Add the note as a comment; the value stands"),
    ("withdraw", "Withdraw: reported in error on this patient"),
    ("dismiss", "Keep what was reported: the later reading changes nothing"),
];

/// `POST /correct`: shows the form from the row one stands on; amends when it was filled in.
pub(crate) async fn correct(call: Call) -> Reply {
    let (test, looked_at) = row(call.form.get("row"))?;
    let (test, whole) = whole(&call, test).await?;
    if !call.form.has("kind") {
        return form_page(&call, (&test, &whole), None).await;
    }
    let asked = match command(&call, test.id, looked_at) {
        Ok(command) => call.ask(command, "correct").await.map(drop),
        Err(refusal) => Err(refusal.into()),
    };
    match asked {
        Ok(()) => {
            call.done(format!("{}: {} of {}.", said(&call), test.code, whole.patient.name));
            Ok(answer::see(&format!("/accession/{}", whole.accession.label)))
        }
        Err(Trouble::Refused(refusal)) => form_page(&call, (&test, &whole), Some(&refusal)).await,
        Err(failed) => Err(failed),
    }
}

fn said(call: &Call) -> &'static str {
    match call.form.get("kind") {
        "comment" => "Comment added",
        "withdraw" => "Withdrawn",
        "dismiss" => "The later reading was dismissed",
        _ => "Corrected",
    }
}

fn command(call: &Call, test: TestId, looked_at: Looked) -> Result<Command, Refusal> {
    let field = |name| call.form.get(name).trim().to_owned();
    let new = match call.form.get("kind") {
        "dismiss" => {
            return Ok(DismissLate { test, looked_at, reason: field("note") }.into());
        }
        "late" => match looked_at.candidate {
            Some(late) => Amended::Late(late),
            None => return Err(Refusal::Missing { field: "Later reading".into() }),
        },
        "comment" => Amended::Comment(field("note")),
        "withdraw" => Amended::Nothing,
        _ if field("value").is_empty() => return Err(Refusal::Missing { field: "Value".into() }),
        _ => Amended::Typed(field("value")),
    };
    let (reason, note, told) = (field("reason"), field("note"), field("told"));
    Ok(AmendResult { test, looked_at, new, reason, note, told }.into())
}

/// The test and its whole accession.
async fn whole(call: &Call, id: TestId) -> Result<(Test, Whole), Trouble> {
    let found = call
        .read(move |sql| {
            let look = store::DatabaseLook(sql);
            let Some(test) = look.test(id)? else { return Ok(None) };
            let Some(accession) = look.accession(test.accession)? else { return Ok(None) };
            let label: Label = accession.label;
            Ok(whole_by_label(sql, &label)?.map(|whole| (test, whole)))
        })
        .await?;
    let none = || Refusal::NoSuch { what: "test".into(), name: id.to_string() };
    Ok(found.ok_or_else(none)?)
}

async fn form_page(
    call: &Call,
    (test, whole): (&Test, &Whole),
    refusal: Option<&Refusal>,
) -> Reply {
    let catalog = call.catalog().await?;
    let patient: &Patient = &whole.patient;
    let beside = format!("{}, accession {}", test.code, whole.accession.label);
    let body = html! {
        (page::head("Correct a released result", &beside, html! { (words::state(test)) }))
        @if let Some(refusal) = refusal { (said_no(refusal)) }
        (versions(call, whole, test))
        @if test.state.released() {
            (form(call, (test, whole), &catalog))
        } @else {
            p {
                "Nothing of " (test.code)
                " was released; enter it, have it run again, or cancel it."
            }
            p { (page::open("Back", &format!("/accession/{}", whole.accession.label), None)) }
        }
    };
    let sheet = Sheet::new("Correct a released result", body).about(patient).answering(refusal);
    call.sheet(sheet).await
}

fn form(call: &Call, (test, whole): (&Test, &Whole), catalog: &Catalog) -> Markup {
    let row = row_id(test);
    let id = format!("correct-{row}");
    let form = Form { id: &id, action: "/correct", keeps: true, lenient: true, ..Form::default() };
    let mut reasons = vec![Choice { value: "", label: "" }];
    let known = catalog.reasons(ReasonFor::Correction);
    reasons.extend(known.map(|one| Choice { value: &one.code, label: &one.label }));
    let late = test.candidate.is_some();
    let kinds: Vec<Choice<'_>> = KINDS
        .iter()
        .filter(|(kind, _)| late || !matches!(*kind, "late" | "dismiss"))
        .map(|(value, label)| Choice { value, label })
        .collect();
    let unit = whole.newest(test).map_or(String::new(), |now| report::unit::shown(&now.unit));
    let typed = Field::figures("value", "New value").value(call.form.get("value")).hint(&unit);
    let told = Field::text("told", "Who was told").value(call.form.get("told"));
    let kind = Field::text("kind", "What is done").value(call.form.get("kind"));
    let (typed, kind) = if late { (typed, kind.starts()) } else { (typed.starts(), kind) };
    let back = format!("/accession/{}", whole.accession.label);
    page::form(
        &form,
        html! {
            (page::hidden("request", &call.request()))
            (page::hidden("row", &row))
            @if late { (kind.pick(&kinds)) }
            (typed.line())
            (Field::text("reason", "Reason").value(call.form.get("reason")).pick(&reasons))
            (told.hint("Name, when and how; read back where it matters.").line())
            (Field::text("note", "Note").value(call.form.get("note")).line())
            @if !late { (kind.pick(&kinds)) }
            (page::field::send(html! {
                (page::button("Amend the report", None, true))
                (page::open("Back", &back, None))
            }))
        },
    )
}

/// Every version of a test's result, the newest first, with what became of each.
pub(crate) fn versions(call: &Call, whole: &Whole, test: &Test) -> Markup {
    let mut all: Vec<&ResultVersion> =
        whole.results.iter().filter(|one| one.test == test.id).collect();
    all.reverse();
    let most = all.iter().map(|one| decimals(one)).max().unwrap_or(0);
    let keyed: Vec<(String, &ResultVersion)> =
        all.into_iter().map(|one| (format!("version-{}", one.id), one)).collect();
    let rows: Vec<Row<'_>> = keyed
        .iter()
        .map(|(id, version)| Row {
            id,
            href: None,
            cells: version_cells(call, (whole, test), (version, most)),
        })
        .collect();
    page::grid(&Grid {
        id: "versions",
        caption: "Every version, the newest first",
        columns: &VERSION_COLUMNS,
        rows: &rows,
        start: false,
        pick: false,
        live: None,
        empty: "There is no result.",
    })
}

const VERSION_COLUMNS: [Column<'static>; 7] = [
    Column::number("Version"),
    Column::text("Result"),
    Column::text("Interval"),
    Column::text("From"),
    Column::text("Filed"),
    Column::text("Stands as"),
    Column::fill("Why"),
];

fn version_cells(
    call: &Call,
    (whole, test): (&Whole, &Test),
    (version, most): (&ResultVersion, usize),
) -> Vec<Markup> {
    let names = super::accession::instruments(whole);
    let filed = words::clock(version.filed_at, &call.app.laboratory().zone, call.now);
    let why = version.amends.as_ref().map(|amends| {
        let mut parts = vec![amends.reason.clone(), amends.note.clone()];
        parts.push(format!("was {}", amends.reported()));
        parts.push(format!("told: {}", amends.told));
        parts.retain(|part| !part.is_empty());
        parts.join("; ")
    });
    vec![
        html! { (version.version) },
        value(version, most),
        page::interval(&version.limits.interval()),
        origin(version, &names),
        html! { (filed) " " span .soft { (whole.names.of(version.filed_by)) } },
        standing(whole, test, version),
        html! { (why.unwrap_or_else(|| version.comment.clone())) },
    ]
}

/// What a version is to the reader of the report.
fn standing(whole: &Whole, test: &Test, version: &ResultVersion) -> Markup {
    let amended = |other: &ResultVersion| {
        other.amends.as_ref().is_some_and(|amends| amends.version == version.id)
    };
    let stands = test.verified.is_some_and(|verified| verified.result == version.id);
    if test.candidate == Some(version.id) {
        page::chip(page::Tone::Care, "waits for you")
    } else if stands {
        let word = version.amends.as_ref().map_or("reported", |amends| amends.kind.word());
        page::chip(page::Tone::Done, &word.to_lowercase())
    } else if whole.results.iter().any(amended) {
        page::chip(page::Tone::Quiet, "reported before")
    } else {
        page::chip(page::Tone::Quiet, "never reported")
    }
}
