//! The patient report, `/report/{number}`; as a file for paper `/report/{number}/pdf`. With
//! `?issue=2` both are the second report as it went out.
//!
//! Question: what does the physician read, and what did they read? What must stay true: page and
//! file are the report crate's; only verified results stand on them; a report goes out as it was
//! looked at; the ways from the page are not printed.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use lab::accession::{ResultVersion, Source};
use lab::catalog::Catalog;
use lab::command::Look;
use lab::event::{Event, ReportEvent};
use lab::instrument::Instrument;
use lab::issue::{Issue, reported};
use lab::journey::report::IssueReport;
use lab::letterhead::Letterhead;
use lab::people::{Ask, Person};
use lab::refusal::Refusal;
use lab::value::{InstrumentId, PersonId, ResultId};
use maud::{Markup, html};
use report::clock::minute;
use report::patient_report::{PatientReport, Printed, STYLE_HASH, Whence, page_below, pdf};
use report::pdf::Paper;
use store::fault::Fault;
use store::query::{Whole, as_issued, issues_of, whence_of};

use super::label::whole_of;
use crate::act::waiting;
use crate::answer::{self, Reply, Trouble, status_of};
use crate::call::Call;
use crate::page;

/// Everything a report is made from, at hand.
struct AtHand {
    whole: Whole,
    /// The report that went out, where one is looked at again.
    issue: Option<Issue>,
    /// Every report of the accession that went out, newest first.
    issues: Vec<Issue>,
    whence: store::query::Whence,
    people: Vec<Person>,
    instruments: Vec<Instrument>,
    catalog: Arc<Catalog>,
    letterhead: Letterhead,
    by: String,
}

impl AtHand {
    fn report<'a>(&'a self, call: &'a Call) -> PatientReport<'a> {
        PatientReport {
            letterhead: &self.letterhead,
            patient: &self.whole.patient,
            accession: &self.whole.accession,
            whence: Whence {
                location: self.whence.location.as_ref(),
                facility: self.whence.facility.as_ref(),
                encounter: self.whence.encounter.as_ref(),
            },
            specimens: &self.whole.specimens,
            tests: &self.whole.tests,
            results: &self.whole.results,
            people: &self.people,
            instruments: &self.instruments,
            catalog: &self.catalog,
            zone: &call.app.laboratory().zone,
            printed: Printed { at: call.now, by: &self.by, issue: self.issue.as_ref() },
        }
    }
}

/// `GET /report/{number}`.
pub(crate) async fn show(call: Call) -> Reply {
    screen(&call, None).await
}

async fn screen(call: &Call, refusal: Option<&Refusal>) -> Reply {
    let at_hand = at_hand(call).await?;
    let ways = ways(call, &at_hand, refusal);
    let page = page_below(&at_hand.report(call), &ways);
    let status = refusal.map_or(StatusCode::OK, status_of);
    Ok(answer::with_style(answer::page(status, page), STYLE_HASH))
}

/// `GET /report/{number}/pdf`.
pub(crate) async fn file(call: Call) -> Reply {
    let at_hand = at_hand(&call).await?;
    let label = at_hand.whole.accession.label.clone();
    let name = match &at_hand.issue {
        Some(issue) => format!("report-{label}-{}.pdf", issue.number),
        None => format!("report-{label}.pdf"),
    };
    let work = move || pdf(&at_hand.report(&call), Paper::Letter).map_err(Fault::new);
    Ok(as_pdf(&name, waiting(work).await?))
}

/// A PDF file, shown by the browser where it can.
pub(crate) fn as_pdf(name: &str, bytes: Vec<u8>) -> axum::response::Response {
    let headers = [
        (header::CONTENT_TYPE, "application/pdf".to_owned()),
        (header::CONTENT_DISPOSITION, format!("inline; filename=\"{name}\"")),
        // Nothing but what the browser's own reader of such files needs.
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; \
             frame-ancestors 'none'"
                .to_owned(),
        ),
    ];
    (headers, bytes).into_response()
}

/// `POST /report/{number}/issue`: the report goes out, as it was looked at.
pub(crate) async fn issue(call: Call) -> Reply {
    let (_, whole) = whole_of(&call, call.path.get("number")).await?;
    let app = call.app.clone();
    let letterhead = waiting(move || app.letterhead()).await?;
    let seen = call.form.get("seen").split('.').filter_map(|id| id.parse().ok().map(ResultId));
    let command = IssueReport {
        accession: whole.accession.id,
        to: call.form.get("to").to_owned(),
        looked_at: seen.collect(),
        letterhead: Letterhead::clone(&letterhead),
    };
    match call.ask(command, "issue").await {
        Ok(done) => {
            let number = done.events.iter().find_map(|event| match event {
                Event::Report(ReportEvent::ReportIssued(issue)) => Some(issue.number),
                _ => None,
            });
            let copy = number.map(|number| format!("?issue={number}")).unwrap_or_default();
            Ok(answer::see(&format!("/report/{}{copy}", whole.accession.label)))
        }
        Err(Trouble::Refused(refusal)) => screen(&call, Some(&refusal)).await,
        Err(failed) => Err(failed),
    }
}

async fn at_hand(call: &Call) -> Result<AtHand, Trouble> {
    let (_, mut whole) = whole_of(call, call.path.get("number")).await?;
    let id = whole.accession.id;
    let issues = call.read(move |sql| issues_of(sql, id)).await?;
    let asked = call.query.get("issue");
    let issue = match asked {
        "" => None,
        number => Some(issue_numbered(&issues, number)?),
    };
    let app = call.app.clone();
    let mut letterhead = Letterhead::clone(&*waiting(move || app.letterhead()).await?);
    if let Some(issue) = issue.clone() {
        letterhead = issue.letterhead.clone();
        whole = call.read(move |sql| as_issued(sql, &issue)).await?;
    }
    let catalog = call.catalog().await?;
    let (people, instruments) = signers(call, &whole, issue.as_ref()).await?;
    call.looked_at([&whole.patient]);
    let accession = whole.accession.clone();
    let whence = call.read(move |sql| whence_of(sql, &accession)).await?;
    let by = call.who()?.person.shown.clone();
    Ok(AtHand { whole, issue, issues, whence, people, instruments, catalog, letterhead, by })
}

fn issue_numbered(issues: &[Issue], number: &str) -> Result<Issue, Refusal> {
    let found = issues.iter().find(|issue| issue.number.to_string() == number);
    let none = || Refusal::NoSuch { what: "issued report".into(), name: number.to_owned() };
    found.cloned().ok_or_else(none)
}

/// The ways from the report, on the screen only.
fn ways(call: &Call, at_hand: &AtHand, refusal: Option<&Refusal>) -> Markup {
    let label = &at_hand.whole.accession.label;
    let patient = at_hand.whole.patient.id;
    let issue = at_hand.issue.as_ref();
    let copy = issue.map(|issue| format!("?issue={}", issue.number)).unwrap_or_default();
    html! {
        nav class="ways" aria-label="From this report" {
            @if let Some(refusal) = refusal {
                p role="alert" { b { (refusal.code()) } " " (refusal.to_string()) }
            }
            (page::open("PDF", &format!("/report/{label}/pdf{copy}"), Some('p')))
            @if call.may(Ask::IssueReport) && issue.is_none() { (issue_form(call, at_hand)) }
            @if issue.is_some() {
                (page::open("As it is now", &format!("/report/{label}"), Some('n')))
            }
            @if call.may(Ask::SeePatients) {
                (page::open("Accession", &format!("/accession/{label}"), Some('a')))
            }
            (page::open("Chart", &format!("/patient/{patient}/chart"), Some('t')))
            (page::open("Shift board", "/", Some('b')))
            @for one in &at_hand.issues { (went_out(call, label.as_str(), one)) }
        }
        script src=(page::asset::address("app.js")) defer {}
    }
}

fn issue_form(call: &Call, at_hand: &AtHand) -> Markup {
    let whole = &at_hand.whole;
    let seen: Vec<String> = reported(&whole.tests).map(|id| id.to_string()).collect();
    let to = match call.form.get("to") {
        "" => whole.accession.provider.as_str(),
        typed => typed,
    };
    html! {
        form method="post" action={ "/report/" (whole.accession.label) "/issue" } {
            (page::hidden("request", &call.request()))
            (page::hidden("seen", &seen.join(".")))
            label { "For " input name="to" value=(to) required size="24"; }
            button type="submit" data-key="i" aria-keyshortcuts="i" {
                "Issue" kbd aria-hidden="true" { "i" }
            }
        }
    }
}

/// One report that went out.
fn went_out(call: &Call, label: &str, issue: &Issue) -> Markup {
    let at = minute(issue.at, &call.app.laboratory().zone);
    html! {
        p {
            a href={ "/report/" (label) "?issue=" (issue.number) } {
                "Report " (issue.number) ", " (issue.standing.word().to_lowercase())
            }
            " issued " (at) " to " (issue.to)
        }
    }
}

/// The people and instruments that stand on the report.
async fn signers(
    call: &Call,
    whole: &Whole,
    issue: Option<&Issue>,
) -> Result<(Vec<Person>, Vec<Instrument>), Trouble> {
    let mut people = people_in(whole);
    people.extend(issue.and_then(|issue| issue.by.person()));
    let instruments: BTreeSet<InstrumentId> =
        whole.results.iter().filter_map(measured_by).collect();
    call.read(move |sql| {
        let look = store::DatabaseLook(sql);
        let mut found = (Vec::new(), Vec::new());
        for id in people {
            found.0.extend(look.person(id)?);
        }
        for id in instruments {
            found.1.extend(look.instrument(id)?);
        }
        Ok(found)
    })
    .await
}

fn people_in(whole: &Whole) -> BTreeSet<PersonId> {
    let filed = whole.results.iter().filter_map(|result| result.filed_by.person());
    let told = |test: &lab::accession::Test| {
        test.verified.or(test.preliminary).and_then(|told| told.by.person())
    };
    filed.chain(whole.tests.iter().filter_map(told)).collect()
}

fn measured_by(result: &ResultVersion) -> Option<InstrumentId> {
    match &result.source {
        Source::Instrument { instrument, .. } => Some(*instrument),
        Source::Manual | Source::Calculated(_) => None,
    }
}
