//! Settling one unclaimed entry: `/instruments/give`, `replay`, `control`, `discard`.
//!
//! Question: where does this belong? What must stay true: one entry at a time, with a reason; the
//! values are shown only to those who may see unverified results.

use lab::command::{Command, Look};
use lab::instrument::Unclaimed;
use lab::journey::analyze::{ResolveUnclaimed, Settle};
use lab::people::Ask;
use lab::refusal::Refusal;
use lab::value::{Label, UnclaimedId};
use maud::html;

use super::code_map::replay_of;
use super::instruments::readings;
use super::trouble::said_no;
use crate::answer::{self, Reply, Trouble};
use crate::call::Call;
use crate::page::{self, Field, Form};
use crate::sheet::Sheet;
use crate::words;

/// What can be done with an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Give,
    Replay,
    Control,
    Discard,
}

impl Way {
    /// The title of its page, its address, its button, and what is said when it is done.
    const fn words(self) -> [&'static str; 4] {
        match self {
            Way::Give => [
                "Give readings to a specimen",
                "/instruments/give",
                "Give them",
                "given to the specimen",
            ],
            Way::Replay => {
                ["Read again", "/instruments/replay", "Read them again", "read again and filed"]
            }
            Way::Control => [
                "Keep as control material",
                "/instruments/control",
                "Keep them as controls",
                "kept as control material",
            ],
            Way::Discard => {
                ["Discard readings", "/instruments/discard", "Discard them", "discarded"]
            }
        }
    }
}

/// `GET /instruments/give?row=`.
pub(crate) async fn ask_give(call: Call) -> Reply {
    form_page(&call, (Way::Give, call.query.get("row")), None).await
}

/// `GET /instruments/replay?row=`.
pub(crate) async fn ask_replay(call: Call) -> Reply {
    form_page(&call, (Way::Replay, call.query.get("row")), None).await
}

/// `GET /instruments/control?row=`.
pub(crate) async fn ask_control(call: Call) -> Reply {
    form_page(&call, (Way::Control, call.query.get("row")), None).await
}

/// `GET /instruments/discard?row=`.
pub(crate) async fn ask_discard(call: Call) -> Reply {
    form_page(&call, (Way::Discard, call.query.get("row")), None).await
}

async fn entry(call: &Call, row: &str) -> Result<Unclaimed, Trouble> {
    let none = || Refusal::NoSuch { what: "unclaimed entry".into(), name: row.to_owned() };
    let id = UnclaimedId(row.parse().map_err(|_| none())?);
    let found = call.read(move |sql| store::DatabaseLook(sql).unclaimed(id)).await?;
    Ok(found.ok_or_else(none)?)
}

async fn form_page(call: &Call, (way, row): (Way, &str), refusal: Option<&Refusal>) -> Reply {
    let entry = entry(call, row).await?;
    let [title, action, button, _] = way.words();
    let gives = way == Way::Give;
    let form = Form { id: "settle", action, keeps: true, scans: gives, ..Form::default() };
    let number = Field::scan("label", "Specimen").required().value(call.form.get("label"));
    let reason = Field::text("reason", "Reason").required().value(call.form.get("reason"));
    let reason = if gives { reason } else { reason.starts() };
    let message = entry.message.filter(|_| call.may(Ask::SeeMessages));
    let body = html! {
        (page::head(title, entry.because.sentence(), html! {}))
        p .soft { (entry.because.remedy()) }
        @if let Some(refusal) = refusal { (said_no(refusal)) }
        dl .facts.evidence {
            dt { "Number sent" } dd { b { (entry.sent_number) } }
            dt { "Came" } dd { (words::clock(entry.at, &call.app.laboratory().zone, call.now)) }
            dt { "Readings" } dd { (readings(call, &entry, 60)) }
            @if let Some(message) = message {
                dt { "Message" } dd { a href={ "/message/" (message) } { (message) } }
            }
        }
        (page::form(&form, html! {
            (page::hidden("request", &call.request()))
            (page::hidden("row", row))
            @if gives { (number.starts().line()) }
            (reason.line())
            (page::field::send(html! {
                (page::button(button, None, true))
                (page::open("Back", "/instruments", None))
            }))
        }))
    };
    call.sheet(Sheet::new(title, body).answering(refusal)).await
}

/// `POST /instruments/give`.
pub(crate) async fn give(call: Call) -> Reply {
    let settle = match Label::read(call.form.get("label")) {
        Ok(label) => Settle::Give(label),
        Err(_) => {
            let expected = "the thirteen digits on the container".into();
            let refusal = Refusal::Unreadable { field: "Specimen".into(), expected };
            return form_page(&call, (Way::Give, call.form.get("row")), Some(&refusal)).await;
        }
    };
    resolved(&call, (Way::Give, settle)).await
}

/// `POST /instruments/control`.
pub(crate) async fn control(call: Call) -> Reply {
    resolved(&call, (Way::Control, Settle::Control)).await
}

/// `POST /instruments/discard`.
pub(crate) async fn discard(call: Call) -> Reply {
    resolved(&call, (Way::Discard, Settle::Discard)).await
}

/// `POST /instruments/replay`.
pub(crate) async fn replay(call: Call) -> Reply {
    let entry = entry(&call, call.form.get("row")).await?;
    let command = replay_of(&call, &entry, None).await?;
    settled(&call, (Way::Replay, &entry), command.into()).await
}

async fn resolved(call: &Call, (way, settle): (Way, Settle)) -> Reply {
    let entry = entry(call, call.form.get("row")).await?;
    let reason = call.form.get("reason").to_owned();
    let command = ResolveUnclaimed { unclaimed: entry.id, settle, reason };
    settled(call, (way, &entry), command.into()).await
}

async fn settled(call: &Call, (way, entry): (Way, &Unclaimed), command: Command) -> Reply {
    let row = call.form.get("row");
    let [_, _, _, done] = way.words();
    match call.ask(command, "settle").await {
        Ok(_) => {
            call.done(format!("Readings with the number {}: {done}.", entry.sent_number));
            Ok(answer::see("/instruments"))
        }
        Err(Trouble::Refused(refusal)) => form_page(call, (way, row), Some(&refusal)).await,
        Err(failed) => Err(failed),
    }
}
