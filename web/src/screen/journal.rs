//! The journal of one specimen, `/journal?number=`: who did what to it, when, and why.
//!
//! Question: what happened to this tube? Scan any of its numbers; a container's number tells of
//! that container alone, an accession's of everything in it. What must stay true: every entry is
//! told in words, newest first, within a limit that the page names; values that are not verified
//! are told only to those who may see them.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use lab::accession::Test;
use lab::event::{AccessionEvent, Event, InstrumentEvent, ResultEvent};
use lab::people::Ask;
use lab::refusal::Refusal;
use lab::value::{Label, SpecimenId, TestId};
use maud::{Markup, html};
use store::query::{JournalLine, Whole, journal_of};

use super::accession::story;
use super::label::whole_of;
use super::trouble::said_no;
use crate::answer::{Reply, Trouble, status_of};
use crate::call::Call;
use crate::limit::JOURNAL_SCREEN_ROWS_MAX;
use crate::page::{self, Choice, Field};
use crate::sheet::Sheet;
use crate::words;

/// What is asked for: a number, somebody's name, a day.
struct Asked<'a> {
    number: &'a str,
    who: &'a str,
    day: &'a str,
}

/// `GET /journal`.
pub(crate) async fn show(call: Call) -> Reply {
    let asked = Asked {
        number: call.query.get("number"),
        who: call.query.get("who"),
        day: call.query.get("day"),
    };
    if asked.number.is_empty() {
        let body = html! {
            (page::head("Journal", "who did what to a specimen, when and why", html! {}))
            (question(&asked, &BTreeSet::new()))
        };
        return call.sheet(Sheet::new("Journal", body)).await;
    }
    match whole_of(&call, asked.number).await {
        Ok((label, whole)) => told(&call, &asked, (&label, &whole)).await,
        Err(Trouble::Refused(refusal)) => not_there(&call, &asked, &refusal).await,
        Err(failed) => Err(failed),
    }
}

async fn not_there(call: &Call, asked: &Asked<'_>, refusal: &Refusal) -> Reply {
    let body = html! {
        (page::head("Journal", "who did what to a specimen, when and why", html! {}))
        (said_no(refusal))
        (question(asked, &BTreeSet::new()))
    };
    call.sheet(Sheet::new("Journal", body).status(status_of(refusal))).await
}

async fn told(call: &Call, asked: &Asked<'_>, (label, whole): (&Label, &Whole)) -> Reply {
    let id = whole.accession.id;
    let mut lines = call.read(move |sql| journal_of(sql, id, JOURNAL_SCREEN_ROWS_MAX)).await?;
    let all = lines.len();
    let names: BTreeSet<String> = lines.iter().map(|line| line.who.clone()).collect();
    let about = About::of(whole, label);
    let zone = &call.app.laboratory().zone;
    lines.retain(|line| {
        let day = line.at.in_zone(zone).strftime("%Y-%m-%d").to_string();
        let person = asked.who.is_empty() || line.who == asked.who;
        person && (asked.day.is_empty() || day == asked.day)
    });
    for line in &mut lines {
        line.events.retain(|event| about.concerns(event));
    }
    lines.retain(|line: &JournalLine| !line.events.is_empty());
    let beside = format!("{label}, {}", words::count(lines.len(), "entry", "entries"));
    let most = usize::try_from(JOURNAL_SCREEN_ROWS_MAX).unwrap_or(usize::MAX);
    let body = html! {
        (page::head("Journal", &beside, html! {
            @if call.may(Ask::SeePatients) {
                (page::open("Accession", &format!("/accession/{}", whole.accession.label),
                    Some('a')))
            }
            @if call.may(Ask::SeeLooks) {
                (page::open("Who looked", &format!("/journal/looks?number={label}"), Some('w')))
            }
        }))
        (question(asked, &names))
        @if all >= most { p .soft { "The newest " (most) " entries are shown." } }
        @if lines.is_empty() { p .empty { "Nothing in the journal fits this." } }
        section #journal aria-label="Entries, newest first" { (story(call, whole, &lines)) }
    };
    let sheet = Sheet::new("Journal", body).about(&whole.patient).status(StatusCode::OK);
    call.sheet(sheet).await
}

/// The question: sent by address, so that it can be opened again.
fn question(asked: &Asked<'_>, names: &BTreeSet<String>) -> Markup {
    let number = Field::scan("number", "Scan a tube").required().value(asked.number);
    let number = if asked.number.is_empty() { number.starts() } else { number };
    let mut choices = vec![Choice { value: "", label: "anybody" }];
    choices.extend(names.iter().map(|name| Choice { value: name, label: name }));
    html! {
        form .form #ask method="get" action="/journal" data-scan {
            (number.line())
            @if !names.is_empty() {
                (Field::text("who", "By whom").value(asked.who).pick(&choices))
                (Field::date("day", "On the day").value(asked.day).line())
            }
            (page::field::send(page::button("Show", None, true)))
        }
    }
}

/// Whose story is told: one container's, or the whole accession's.
struct About<'a> {
    /// The container; none for everything.
    specimen: Option<SpecimenId>,
    tests: &'a [Test],
}

impl<'a> About<'a> {
    fn of(whole: &'a Whole, label: &Label) -> About<'a> {
        let specimen = whole.specimens.iter().find(|specimen| specimen.label == *label);
        About { specimen: specimen.map(|specimen| specimen.id), tests: &whole.tests }
    }

    /// False for what happened to another container alone.
    fn concerns(&self, event: &Event) -> bool {
        let Some(own) = self.specimen else { return true };
        match event {
            Event::Accession(
                AccessionEvent::SpecimenCollected { specimen, .. }
                | AccessionEvent::SpecimenReceived { specimen, .. }
                | AccessionEvent::SpecimenRejected { specimen, .. },
            )
            | Event::Instrument(
                InstrumentEvent::ReadingsReceived { specimen, .. }
                | InstrumentEvent::UnclaimedGiven { specimen, .. },
            ) => *specimen == own,
            Event::Accession(AccessionEvent::TestCancelled { test, .. })
            | Event::Result(
                ResultEvent::ResultVerified { test, .. }
                | ResultEvent::ResultHeld { test, .. }
                | ResultEvent::RerunRequested { test, .. },
            ) => self.on(*test),
            Event::Result(ResultEvent::ResultFiled(version)) => self.on(version.test),
            _ => true,
        }
    }

    fn on(&self, test: TestId) -> bool {
        let found = self.tests.iter().find(|one| one.id == test);
        found.is_some_and(|test| Some(test.specimen) == self.specimen)
    }
}
