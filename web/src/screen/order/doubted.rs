//! What was doubted about tests that are ordered or added, as it is shown, and the reason to go on.
//!
//! What must stay true: a doubt is confirmed only where it was shown, with a reason.

use lab::accession::{Confirmed, Doubt, DoubtKind};
use lab::refusal::{AboutOrder, Refusal};
use lab::value::TestCode;
use maud::{Markup, html};

use crate::call::Pairs;
use crate::page::{self, Field};

/// The doubts that were shown, and what was written to go on all the same.
#[derive(Clone, Debug, Default)]
pub(crate) struct Doubted {
    reason: String,
    /// Each `TEST:Code`.
    shown: Vec<String>,
}

impl Doubted {
    pub(crate) fn of(sent: &Pairs) -> Doubted {
        Doubted {
            reason: sent.get("reason").to_owned(),
            shown: sent.all("doubt").into_iter().map(str::to_owned).collect(),
        }
    }

    /// As the command takes it; none where nothing was shown.
    pub(crate) fn confirmed(&self) -> Option<Confirmed> {
        let read = |shown: &String| {
            let (code, kind) = shown.split_once(':')?;
            Some((TestCode::from(code), DoubtKind::read(kind)?))
        };
        let doubts = self.shown.iter().filter_map(read).collect();
        (!self.shown.is_empty()).then(|| Confirmed { reason: self.reason.clone(), doubts })
    }

    /// What is doubted, and the field for the reason to go on all the same.
    pub(crate) fn fields(&self, refusal: Option<&Refusal>) -> Markup {
        let doubts: &[Doubt] = match refusal {
            Some(Refusal::Order(AboutOrder::InDoubt { doubts })) => doubts,
            _ => &[],
        };
        html! {
            @if doubts.is_empty() {
                @for shown in &self.shown { (page::hidden("doubt", shown)) }
                @if !self.shown.is_empty() { (page::hidden("reason", &self.reason)) }
            } @else {
                (page::fields("In doubt", html! {
                    ul .read {
                        @for doubt in doubts {
                            li data-doubt=(doubt.kind.code()) {
                                (doubt.sentence) " " span .soft { (doubt.kind.remedy()) }
                                @let shown = format!("{}:{}", doubt.code, doubt.kind.code());
                                (page::hidden("doubt", &shown))
                            }
                        }
                    }
                    (Field::text("reason", "Go on all the same because").value(&self.reason)
                        .starts().line())
                }))
            }
        }
    }
}
