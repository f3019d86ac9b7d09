//! What happened to a specimen after its collection, told in sentences.
//!
//! What must stay true: as for every event: it names the specimen, and adds nothing.

use lab::event::TubeEvent;
use lab::value::{SpecimenId, TestId};
use maud::{Markup, html};

use super::event::Story;
use crate::page::Tone;
use crate::words;

impl Story<'_> {
    /// One event of a specimen in a sentence, and how much it weighs.
    pub(super) fn of_tube(&self, event: &TubeEvent) -> (Markup, Tone) {
        let tone = match event {
            TubeEvent::SpecimenLost { .. }
            | TubeEvent::TestsRejected { .. }
            | TubeEvent::RecollectOrdered { .. } => Tone::Care,
            _ => Tone::Quiet,
        };
        let said = match event {
            TubeEvent::SpecimenSeen { specimen, volume_ml, zone, condition, .. } => {
                let mut seen: Vec<String> = Vec::new();
                seen.extend(condition.as_ref().map(lab::accession::Condition::words));
                seen.extend(volume_ml.map(|volume| format!("{volume} mL")));
                seen.extend(zone.map(|zone| zone.word().to_owned()));
                seen.retain(|words| !words.is_empty());
                let seen = if seen.is_empty() { "unremarkable".into() } else { seen.join(", ") };
                html! { "Looked at " (self.tube(*specimen)) ": " (seen) }
            }
            TubeEvent::SpecimensSpun { specimens } => html! {
                @for (specimen, spun) in specimens {
                    @if self.has(*specimen) {
                        "Spun " (self.tube(*specimen)) ", " (spun.program) " "
                    }
                }
            },
            TubeEvent::PartMade { parent, part, tests, .. } => html! {
                "Made " (self.tube(part.id)) " from " (self.tube(*parent))
                @if !tests.is_empty() { " for " (self.codes(tests)) }
            },
            TubeEvent::TestsRejected { specimen, tests, reason, note } => html! {
                "Rejected " b { (self.codes(tests)) } " on " (self.tube(*specimen)) ": " (reason)
                @if !note.is_empty() { ", " (note) }
            },
            TubeEvent::RecollectOrdered { specimen, told, .. } => html! {
                "Ordered anew in place of " (self.tube(*specimen)) "; told " (told)
            },
            TubeEvent::TestsAdded { specimen, tests, provider, confirmed } => {
                let codes: Vec<&str> = tests.iter().map(|test| test.code.as_str()).collect();
                html! {
                    "Added " b { (codes.join(", ")) } " to " (self.tube(*specimen)) " for "
                    (provider)
                    @if let Some(confirmed) = confirmed {
                        ", all the same: " (confirmed.reason)
                    }
                }
            }
            moved => self.moved(moved),
        };
        (said, tone)
    }

    fn moved(&self, event: &TubeEvent) -> Markup {
        match event {
            TubeEvent::SpecimenStored { specimen, position, zone, .. } => html! {
                "Put away " (self.tube(*specimen)) " at " (position.spot) ", " (zone.word())
            },
            TubeEvent::SpecimenFetched { specimen, .. } => {
                html! { "Fetched " (self.tube(*specimen)) }
            }
            TubeEvent::SpecimenDiscarded { specimen, .. } => {
                html! { "Discarded " (self.tube(*specimen)) }
            }
            TubeEvent::SpecimensDispatched(list) => html! {
                @for specimen in &list.specimens {
                    @if self.has(*specimen) { "Sent " (self.tube(*specimen)) " " }
                }
                "to " (list.name) " by list " (list.number)
            },
            TubeEvent::SpecimenArrived { specimen, to, .. } => {
                html! { (self.tube(*specimen)) " arrived at the " (to.word()) }
            }
            TubeEvent::SpecimenLost { specimen, note } => {
                html! { (self.tube(*specimen)) " is lost: " (note) }
            }
            TubeEvent::SpecimenFound { specimen, tests } => html! {
                (self.tube(*specimen)) " was found"
                @if tests.is_empty() { "; the new one counts" }
                @else { "; " (self.codes(tests)) " are measured from it after all" }
            },
            TubeEvent::StoragePlaceAdded(place) => {
                html! { "Set up the storage place " (place.code) }
            }
            _ => html! { (words::count(1, "change", "changes")) },
        }
    }

    fn has(&self, id: SpecimenId) -> bool {
        self.whole.specimens.iter().any(|specimen| specimen.id == id)
    }

    fn codes(&self, tests: &[TestId]) -> String {
        let codes: Vec<&str> = tests.iter().map(|test| self.code(*test)).collect();
        codes.join(", ")
    }
}
