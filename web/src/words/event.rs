//! What happened, told in sentences: the journal of an accession as people read it.
//!
//! What must stay true: every event has a sentence that names the specimen or test it is about;
//! a sentence adds nothing that did not happen.

use lab::accession::{Attempt, ResultVersion, Source, Specimen, Test};
use lab::event::{AccessionEvent, Event, InstrumentEvent, ReportEvent, ResultEvent};
use lab::value::{ResultId, SpecimenId, TestId};
use maud::{Markup, html};
use store::query::Whole;

use super::registered;
use crate::app::Laboratory;
use crate::page::{self, Tone};
use crate::words;

/// What the sentences are told about.
pub(crate) struct Story<'a> {
    pub(crate) whole: &'a Whole,
    pub(crate) laboratory: &'a Laboratory,
    pub(crate) now: lab::value::Moment,
    /// False where the reader may not see unverified values: then nothing that tells of a value is
    /// told, be it the value, its weight, or why it was held, measured again or let go.
    pub(crate) values: bool,
}

/// One event in a sentence, and how much it weighs.
pub(crate) fn happened(story: &Story<'_>, event: &Event) -> (Markup, Tone) {
    match event {
        Event::Patient(event) => registered::patient(event, &story.laboratory.zone, story.now),
        Event::Directory(event) => (registered::directory(event), Tone::Quiet),
        Event::Accession(event) => (story.accession(event), Tone::Quiet),
        Event::Result(event) => story.result(event),
        Event::Instrument(event) => (story.instrument(event), Tone::Quiet),
        Event::Tube(event) => story.of_tube(event),
        Event::Rule(event) => story.of_rule(event),
        Event::Report(ReportEvent::ReportIssued(issue)) => (
            html! {
                "Issued report " (issue.number) ", " (issue.standing.word().to_lowercase())
                ", to " (issue.to)
            },
            Tone::Done,
        ),
        Event::Report(ReportEvent::LaboratoryNamed(_)) => {
            (html! { "Set the letterhead" }, Tone::Quiet)
        }
        Event::People(_) => (html! { "Changed people or the catalog" }, Tone::Quiet),
    }
}

impl Story<'_> {
    fn accession(&self, event: &AccessionEvent) -> Markup {
        match event {
            AccessionEvent::OrderPlaced { accession, specimens, tests } => html! {
                "Ordered " (words::count(tests.len(), "test", "tests")) " on "
                (words::count(specimens.len(), "specimen", "specimens")) " for "
                (accession.provider) ", " (accession.priority.word())
                @if let Some(at) = accession.circumstances.due_at {
                    ", due " (words::clock(at, &self.laboratory.zone, self.now))
                }
                @if let Some(confirmed) = &accession.circumstances.confirmed {
                    ", in spite of a doubt: " (confirmed.reason)
                }
            },
            AccessionEvent::SpecimenCollected { specimen, at, how } => html! {
                "Collected " (self.tube(*specimen)) " at "
                (words::clock(*at, &self.laboratory.zone, self.now))
                @if let Some(how) = how {
                    ", " (how.identified.words())
                    @if !how.site.is_empty() { ", " (how.site) }
                    @if let Some(volume) = how.volume_ml { ", " (volume) " mL" }
                }
            },
            AccessionEvent::SpecimenReceived { specimen, .. } => {
                html! { "Received " (self.tube(*specimen)) }
            }
            AccessionEvent::SpecimenRejected { specimen, reason, note } => html! {
                "Rejected " (self.tube(*specimen)) ": " (reason)
                @if !note.is_empty() { ", " (note) }
            },
            AccessionEvent::TestCancelled { test, reason, .. } => {
                html! { "Cancelled " b { (self.code(*test)) } ": " (reason) }
            }
            AccessionEvent::TestCredited(credit) => {
                html! { "Credited " b { (credit.code) } ": " (credit.reason) }
            }
        }
    }

    fn result(&self, event: &ResultEvent) -> (Markup, Tone) {
        match event {
            ResultEvent::ResultFiled(version) => self.filed(version),
            ResultEvent::ResultVerified { test, result, reason, rule, .. } => {
                let said = html! {
                    @if rule.is_empty() { "Verified " } @else { "Released " }
                    b { (self.code(*test)) } " " (self.value(*result))
                    (self.because(reason)) (self.because(rule))
                };
                (said, Tone::Done)
            }
            ResultEvent::ResultHeld { test, reason, .. } => {
                (html! { "Held " b { (self.code(*test)) } (self.because(reason)) }, Tone::Care)
            }
            ResultEvent::RerunRequested { test, reason, .. } => {
                let said =
                    html! { "Asked to rerun " b { (self.code(*test)) } (self.because(reason)) };
                (said, Tone::Care)
            }
            ResultEvent::LateResultFiled(version) => {
                let said = html! {
                    "A later reading of " b { (version.code) } " " (self.value(version.id))
                    " came after the release"
                };
                (said, Tone::Care)
            }
            ResultEvent::LateResultDismissed { test, result, reason, .. } => {
                let said = html! {
                    "The later reading of " b { (self.code(*test)) } " " (self.value(*result))
                    " changes nothing" (self.because(reason))
                };
                (said, Tone::Quiet)
            }
            ResultEvent::ResultAmended(version) => (self.amended(version), Tone::Grave),
            ResultEvent::CriticalCalled { test, attempt } => {
                (self.called(self.code(*test), attempt), Tone::Done)
            }
        }
    }

    fn amended(&self, version: &ResultVersion) -> Markup {
        let Some(amends) = &version.amends else { return html! { "Amended " (version.code) } };
        html! {
            (amends.kind.word()) " " b { (version.code) }
            @if self.values { " to " (self.value(version.id)) ", was " (amends.reported()) }
            ". Reason: " (amends.reason)
            @if !amends.note.is_empty() { ", " (amends.note) }
            ". Told: " (amends.told)
        }
    }

    fn called(&self, code: &str, attempt: &Attempt) -> Markup {
        html! {
            @if attempt.read_back {
                "Called " (attempt.called) " about " b { (code) } ", read back"
            } @else {
                "Tried to call " (attempt.called) " about " b { (code) } ": not reached"
            }
            @if !attempt.note.is_empty() { ": " (attempt.note) }
        }
    }

    /// Why something was done to a result, for those who may see its value.
    pub(super) fn because(&self, reason: &str) -> Markup {
        html! { @if self.values && !reason.is_empty() { ": " (reason) } }
    }

    fn filed(&self, version: &ResultVersion) -> (Markup, Tone) {
        let source = match &version.source {
            Source::Instrument { instrument, .. } => {
                format!("from {}", self.whole.names.instrument(*instrument))
            }
            Source::Manual => "entered by hand".into(),
            Source::Calculated(formula) => format!("calculated by {formula}"),
        };
        let grave = self.values && version.flag.is_some_and(lab::accession::Flag::critical);
        let said = html! {
            "Filed " b { (version.code) } " " (self.value(version.id)) " " (source)
            @if version.version > 1 { ", version " (version.version) }
        };
        (said, if grave { Tone::Grave } else { Tone::Quiet })
    }

    fn instrument(&self, event: &InstrumentEvent) -> Markup {
        match event {
            InstrumentEvent::InstrumentAdded(added) => html! { "Added " (added.name) },
            InstrumentEvent::ReadingsReceived { instrument, specimen, beside, .. } => html! {
                (self.whole.names.instrument(*instrument)) " sent readings for "
                (self.tube(*specimen))
                @if !beside.is_empty() {
                    ", " (words::count(beside.len(), "kept beside", "kept beside"))
                }
            },
            InstrumentEvent::ReadingsUnclaimed(entry) => html! {
                (words::count(entry.readings.len(), "reading", "readings"))
                " put into the unclaimed list: " (entry.because.sentence())
            },
            InstrumentEvent::UnclaimedGiven { specimen, reason, .. } => html! {
                "Gave unclaimed readings to " (self.tube(*specimen)) ": " (reason)
            },
            InstrumentEvent::UnclaimedDiscarded { reason, .. } => {
                html! { "Discarded unclaimed readings: " (reason) }
            }
            InstrumentEvent::InstrumentChanged { instrument, reason } => {
                html! { "Changed " (instrument.name) ": " (reason) }
            }
            InstrumentEvent::CodeMapped { instrument, code, to, reason } => html! {
                "Let " b { (code) } " of " (self.whole.names.instrument(*instrument)) " stand for "
                (words::code_use(to)) ": " (reason)
            },
            InstrumentEvent::ControlsReceived(entry) => html! {
                (words::count(entry.readings.len(), "reading", "readings"))
                " of control material " (entry.sent_number)
            },
            InstrumentEvent::UnclaimedToControls { controls, reason, .. } => html! {
                "Kept " (controls.sent_number) " as control material: " (reason)
            },
            InstrumentEvent::UnclaimedReplayed { reason, .. } => {
                html! { "Had unclaimed readings read again: " (reason) }
            }
            InstrumentEvent::MessageReplayed { message, reason } => {
                html! { "Had message " (message) " read again: " (reason) }
            }
        }
    }

    pub(super) fn tube(&self, id: SpecimenId) -> Markup {
        let specimen: Option<&Specimen> = self.whole.specimens.iter().find(|one| one.id == id);
        html! {
            @match specimen {
                Some(specimen) => { b { (specimen.label) } " " (specimen.container) },
                None => "another specimen",
            }
        }
    }

    pub(super) fn code(&self, id: TestId) -> &str {
        let test: Option<&Test> = self.whole.tests.iter().find(|test| test.id == id);
        test.map_or("a test", |test| test.code.as_str())
    }

    pub(super) fn value(&self, id: ResultId) -> Markup {
        let version = self.whole.results.iter().find(|version| version.id == id);
        html! {
            @if let (Some(version), true) = (version, self.values) {
                (version.value) " " (report::unit::shown(&version.unit))
                @if let Some(flag) = version.flag { " " (page::flag(words::flag(flag))) }
            }
        }
    }
}
