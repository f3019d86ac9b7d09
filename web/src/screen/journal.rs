//! The journal of one specimen, `/journal?number=`: who did what to it, when, and why.
//!
//! Question: what happened to this tube? Scan any of its numbers; a container's number tells of
//! that container alone, an accession's of everything in it. What must stay true: every entry is
//! told in words, newest first, within a limit that the page names; values that are not verified
//! are told only to those who may see them.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use lab::accession::Test;
use lab::event::{AccessionEvent, Event, InstrumentEvent, ResultEvent, RuleEvent, TubeEvent};
use lab::people::Ask;
use lab::refusal::Refusal;
use lab::value::{AccessionId, Label, SpecimenId, TestId};
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
    accession: AccessionId,
    tests: &'a [Test],
}

impl<'a> About<'a> {
    fn of(whole: &'a Whole, label: &Label) -> About<'a> {
        let specimen = whole.specimens.iter().find(|specimen| specimen.label == *label);
        About {
            specimen: specimen.map(|specimen| specimen.id),
            accession: whole.accession.id,
            tests: &whole.tests,
        }
    }

    /// False for what happened to another container alone.
    fn concerns(&self, event: &Event) -> bool {
        let Some(own) = self.specimen else { return true };
        match event {
            Event::Accession(event) => self.ordered(event, own),
            Event::Result(event) => self.on(tested(event)),
            Event::Instrument(event) => sent(event, own),
            Event::Tube(event) => self.handled(event, own),
            Event::Rule(event) => self.by_rule(event, own),
            Event::People(_) | Event::Patient(_) | Event::Directory(_) | Event::Report(_) => true,
        }
    }

    fn ordered(&self, event: &AccessionEvent, own: SpecimenId) -> bool {
        match event {
            AccessionEvent::OrderPlaced { .. } => true,
            AccessionEvent::SpecimenCollected { specimen, .. }
            | AccessionEvent::SpecimenReceived { specimen, .. }
            | AccessionEvent::SpecimenRejected { specimen, .. } => *specimen == own,
            AccessionEvent::TestCancelled { test, .. } => self.on(*test),
            AccessionEvent::TestCredited(credit) => self.on(credit.test),
        }
    }

    fn by_rule(&self, event: &RuleEvent, own: SpecimenId) -> bool {
        match event {
            RuleEvent::RulesSwitched(_) => true,
            RuleEvent::PreliminaryGiven { test, .. } => self.on(*test),
            RuleEvent::ReflexAdded { specimen, .. }
            | RuleEvent::ReflexWithheld { specimen, .. } => *specimen == own,
        }
    }

    fn handled(&self, event: &TubeEvent, own: SpecimenId) -> bool {
        match event {
            TubeEvent::SpecimenSeen { specimen, .. }
            | TubeEvent::SpecimenStored { specimen, .. }
            | TubeEvent::SpecimenFetched { specimen, .. }
            | TubeEvent::SpecimenDiscarded { specimen, .. }
            | TubeEvent::SpecimenArrived { specimen, .. }
            | TubeEvent::SpecimenLost { specimen, .. }
            | TubeEvent::SpecimenFound { specimen, .. }
            | TubeEvent::TestsRejected { specimen, .. }
            | TubeEvent::TestsAdded { specimen, .. } => *specimen == own,
            TubeEvent::SpecimensSpun { specimens } => specimens.iter().any(|(id, _)| *id == own),
            TubeEvent::SpecimensDispatched(dispatch) => dispatch.specimens.contains(&own),
            TubeEvent::PartMade { parent, part, .. } => *parent == own || part.id == own,
            // What was ordered anew tells why it was.
            TubeEvent::RecollectOrdered { specimen, accession, .. } => {
                *specimen == own || *accession == self.accession
            }
            TubeEvent::StoragePlaceAdded(_) => true,
        }
    }

    fn on(&self, test: TestId) -> bool {
        let found = self.tests.iter().find(|one| one.id == test);
        found.is_some_and(|test| Some(test.specimen) == self.specimen)
    }
}

/// The test that an event is about.
fn tested(event: &ResultEvent) -> TestId {
    match event {
        ResultEvent::ResultFiled(version)
        | ResultEvent::LateResultFiled(version)
        | ResultEvent::ResultAmended(version) => version.test,
        ResultEvent::ResultVerified { test, .. }
        | ResultEvent::ResultHeld { test, .. }
        | ResultEvent::RerunRequested { test, .. }
        | ResultEvent::LateResultDismissed { test, .. }
        | ResultEvent::CriticalCalled { test, .. } => *test,
    }
}

/// False for what an instrument sent of another container.
fn sent(event: &InstrumentEvent, own: SpecimenId) -> bool {
    match event {
        InstrumentEvent::ReadingsReceived { specimen, .. }
        | InstrumentEvent::UnclaimedGiven { specimen, .. } => *specimen == own,
        InstrumentEvent::InstrumentAdded(_)
        | InstrumentEvent::InstrumentChanged { .. }
        | InstrumentEvent::CodeMapped { .. }
        | InstrumentEvent::ReadingsUnclaimed(_)
        | InstrumentEvent::UnclaimedDiscarded { .. }
        | InstrumentEvent::ControlsReceived(_)
        | InstrumentEvent::UnclaimedToControls { .. }
        | InstrumentEvent::UnclaimedReplayed { .. }
        | InstrumentEvent::MessageReplayed { .. } => true,
    }
}
