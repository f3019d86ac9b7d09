//! What happened by the rules of release and of reflex testing, told in sentences.
//!
//! What must stay true: as for every event: it names the test, and adds nothing; why tests were
//! added tells of a value, and is told only to who may see values.

use lab::event::RuleEvent;
use maud::{Markup, html};

use super::event::Story;
use crate::page::Tone;

impl Story<'_> {
    /// One event of the rules in a sentence, and how much it weighs.
    pub(super) fn of_rule(&self, event: &RuleEvent) -> (Markup, Tone) {
        match event {
            RuleEvent::RulesSwitched(switch) => {
                let how = if switch.on { "on" } else { "off" };
                (html! { "Turned the rules of release " (how) ": " (switch.reason) }, Tone::Care)
            }
            RuleEvent::PreliminaryGiven { test, result, .. } => {
                let said = html! {
                    "Told " b { (self.code(*test)) } " " (self.value(*result))
                    " before it is final"
                };
                (said, Tone::Quiet)
            }
            RuleEvent::ReflexAdded { specimen, tests, because } => {
                let codes: Vec<&str> = tests.iter().map(|test| test.code.as_str()).collect();
                let said = html! {
                    "Added " b { (codes.join(", ")) } " to " (self.tube(*specimen)) " by a rule"
                    (self.because(because))
                };
                (said, Tone::Care)
            }
            RuleEvent::ReflexWithheld { specimen, test, rule, codes, because } => {
                let codes: Vec<&str> = codes.iter().map(|code| code.as_str()).collect();
                let said = html! {
                    "Did not add " b { (codes.join(", ")) } " to " (self.tube(*specimen))
                    " after " (self.code(*test)) " by the rule " (rule) ": " (because)
                };
                (said, Tone::Care)
            }
        }
    }
}
