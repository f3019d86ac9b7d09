//! What the page says: what was done, what was refused and what to do about it, what happened.
//!
//! What must stay true: every act answers here, on the page where it was done; a refusal shows its
//! code, its sentence and its remedy; a fault says that nothing was changed and a number to quote.

use maud::{Markup, html};

/// How an act ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FlashKind {
    /// Done; entries kept for the form that did it are let go.
    Done,
    /// Refused; nothing changed.
    Refused,
    /// Only said.
    Note,
}

/// How to take an act back, where that is allowed.
#[derive(Clone, Copy, Debug)]
pub struct TakeBack<'a> {
    /// Where to send it (POST).
    pub action: &'a str,
    /// Fields sent along.
    pub fields: &'a [(&'a str, &'a str)],
}

/// The line at the foot of the page.
#[derive(Clone, Debug)]
pub struct Flash<'a> {
    /// How it ended.
    pub kind: FlashKind,
    /// What was done, on which specimen.
    pub text: &'a str,
    /// How to take it back.
    pub take_back: Option<TakeBack<'a>>,
}

pub(super) fn flash(flash: &Flash<'_>) -> Markup {
    let (class, kind) = match flash.kind {
        FlashKind::Done => ("flash done", "done"),
        FlashKind::Refused => ("flash refused", "refused"),
        FlashKind::Note => ("flash note", "note"),
    };
    html! {
        div class=(class) data-kind=(kind) {
            span { (flash.text) }
            @if let Some(back) = &flash.take_back {
                form method="post" action=(back.action) data-inplace {
                    @for (name, value) in back.fields { (super::hidden(name, value)) }
                    button .plain data-key="z" aria-keyshortcuts="z" {
                        "Take back" kbd aria-hidden="true" { "z" }
                    }
                }
            }
        }
    }
}

/// Head of a screen: its name, one gray line beside it, and what stands at the end.
pub fn head(title: &str, beside: &str, end: Markup) -> Markup {
    html! {
        div .head {
            h1 { (title) }
            @if !beside.is_empty() { p { (beside) } }
            div .end { (end) }
        }
    }
}

/// A sentence where there is nothing to show.
pub fn empty(sentence: &str) -> Markup {
    html! { p .empty { (sentence) } }
}

/// What the laboratory refused.
#[derive(Clone, Copy, Debug)]
pub struct Refused<'a> {
    /// Code, such as `NotCollected`.
    pub code: &'a str,
    /// What is the case.
    pub sentence: &'a str,
    /// What to do about it.
    pub remedy: &'a str,
    /// Label and address of the place where that is done, if there is one.
    pub way: Option<(&'a str, &'a str)>,
}

/// The box of a refusal.
pub fn refusal(refused: &Refused<'_>) -> Markup {
    html! {
        div .refusal role="alert" data-refusal=(refused.code) {
            h2 { (refused.sentence) }
            p { (refused.remedy) }
            @if let Some((label, href)) = refused.way { (super::open(label, href, None)) }
            p { code { (refused.code) } }
        }
    }
}

/// The box of a fault: nothing was changed; `number` is what the person quotes.
pub fn fault(number: &str) -> Markup {
    html! {
        div .refusal.fault role="alert" {
            h2 { "Not done. Nothing was changed." }
            p { "Something outside the laboratory failed. Try again; if it fails again, quote "
                b { (number) } "." }
        }
    }
}

/// One thing that happened.
#[derive(Clone, Debug)]
pub struct Entry<'a> {
    /// When, RFC 3339.
    pub at: &'a str,
    /// When, as shown.
    pub shown: &'a str,
    /// What happened.
    pub what: Markup,
    /// Who did it and from where, in gray.
    pub who: &'a str,
    /// How much it weighs: Grave and Done are marked.
    pub tone: super::Tone,
    /// First signs of its seal, if shown.
    pub seal: Option<&'a str>,
}

/// What happened, in order, as a line one reads down.
pub fn journal(entries: &[Entry<'_>]) -> Markup {
    html! { ol .story { @for entry in entries { (story_line(entry)) } } }
}

fn story_line(entry: &Entry<'_>) -> Markup {
    let class = match entry.tone {
        super::Tone::Grave => Some("grave"),
        super::Tone::Done => Some("key"),
        _ => None,
    };
    html! {
        li class=[class] {
            time datetime=(entry.at) { (entry.shown) }
            i aria-hidden="true" {}
            p { (entry.what) }
            p {
                (entry.who)
                @if let Some(seal) = entry.seal { " · " span .seal { "seal " (seal) } }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_says_code_sentence_and_remedy() {
        let text = refusal(&Refused {
            code: "NotCollected",
            sentence: "This specimen has not been collected.",
            remedy: "Record the collection first.",
            way: Some(("Collect", "/collect/42")),
        })
        .into_string();
        for part in ["NotCollected", "has not been", "Record the", r#"href="/collect/42""#] {
            assert!(text.contains(part), "{part} in {text}");
        }
    }

    #[test]
    fn what_can_be_taken_back_says_how() {
        let back = TakeBack { action: "/undo", fields: &[("result", "7")] };
        let said = Flash { kind: FlashKind::Done, text: "Held.", take_back: Some(back) };
        let text = flash(&said).into_string();
        assert!(text.contains(r#"action="/undo""#) && text.contains(r#"value="7""#), "{text}");
    }
}
