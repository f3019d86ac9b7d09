//! Instruments, `/instruments`, and the unclaimed list.
//!
//! Question: is every instrument connected and heard, and what did they send that found no place?
//! What must stay true: unclaimed readings are given or discarded with a reason, one entry at a
//! time; values are shown only to those who may see unverified results.

use axum::http::StatusCode;
use lab::command::{Command, Look};
use lab::instrument::Unclaimed;
use lab::journey::analyze::{ResolveUnclaimed, Settle};
use lab::people::Ask;
use lab::refusal::Refusal;
use lab::value::{Label, Moment, UnclaimedId};
use maud::{Markup, html};
use store::message::{Fate, Listed};
use store::query::{InstrumentLine, instruments, troubled_messages, unclaimed_open};

use super::trouble::said_no;
use crate::answer::{self, Reply, Trouble, status_of};
use crate::call::Call;
use crate::limit::PAGE_ROWS_MAX;
use crate::links::Link;
use crate::page::{self, Act, Column, Field, Form, Grid, Live, Row, Tone};
use crate::sheet::Sheet;
use crate::words;

/// `GET /instruments`.
pub(crate) async fn show(call: Call) -> Reply {
    let (lines, unclaimed, troubled) = call
        .read(|sql| {
            let waiting = unclaimed_open(sql, PAGE_ROWS_MAX)?;
            Ok((instruments(sql)?, waiting, troubled_messages(sql, TROUBLED_ROWS)?))
        })
        .await?;
    let links = call.app.links().list();
    let up = links.iter().filter(|link| link.up).count();
    let body = html! {
        (page::head("Instruments", &format!("{up} connected"), html! {}))
        (instrument_grid(&call, &lines, &links))
        @if !troubled.is_empty() { (troubled_grid(&call, &lines, &troubled)) }
        (unclaimed_grid(&call, &lines, &unclaimed))
        @if call.may(Ask::ResolveUnclaimed) {
            (page::acts("unclaimed", &[
                Act {
                    key: 's',
                    label: "Give to a specimen",
                    to: "/instruments/give",
                    asks: true,
                    first: false,
                },
                Act {
                    key: 'x', label: "Discard", to: "/instruments/discard", asks: true, first: false
                },
            ], html! {}))
        }
    };
    call.sheet(Sheet::new("Instruments", body)).await
}

/// Messages shown that a person must look at, of each kind.
const TROUBLED_ROWS: u32 = 20;

/// Messages that were kept and could not be filed, or not be understood whole. Their bytes are not
/// shown here: `meniscus parse` reads them.
fn troubled_grid(call: &Call, lines: &[InstrumentLine], troubled: &[Listed]) -> Markup {
    let zone = &call.app.laboratory().zone;
    let ids: Vec<String> =
        troubled.iter().map(|message| format!("message-{}", message.id)).collect();
    let name = |message: &Listed| {
        let line = lines.iter().find(|line| Some(line.instrument.id) == message.instrument);
        line.map_or("unknown sender", |line| line.instrument.name.as_str())
    };
    let fate = |message: &Listed| match Fate::read(&message.fate) {
        Some(fate) => fate.words().to_owned(),
        None => message.fate.clone(),
    };
    let rows: Vec<Row<'_>> = troubled
        .iter()
        .zip(&ids)
        .map(|(message, id)| Row {
            id,
            href: None,
            cells: vec![
                html! { (message.id) },
                html! { (words::clock(message.at, zone, call.now)) },
                html! { (name(message)) },
                html! { (message.bytes.len()) },
                html! { (fate(message)) },
            ],
        })
        .collect();
    page::grid(&Grid {
        id: "troubled",
        caption: "Messages to look at",
        columns: &[
            Column::text("Message"),
            Column::text("Came"),
            Column::text("From"),
            Column::number("Bytes"),
            Column::fill("What became of it"),
        ],
        rows: &rows,
        start: false,
        pick: false,
        live: None,
        empty: "Every message was understood and filed.",
    })
}

/// The connection of an instrument, by its name or by what it calls itself.
fn link_of<'a>(line: &InstrumentLine, links: &'a [Link]) -> Option<&'a Link> {
    let fits =
        |link: &&Link| link.name == line.instrument.name || link.name == line.instrument.sender;
    links.iter().find(fits)
}

fn instrument_grid(call: &Call, lines: &[InstrumentLine], links: &[Link]) -> Markup {
    let zone = &call.app.laboratory().zone;
    let at = |at: Option<Moment>| {
        html! {
            @match at {
                Some(at) => (words::clock(at, zone, call.now)),
                None => span .soft { "never" },
            }
        }
    };
    let ids: Vec<String> = lines.iter().map(|line| line.instrument.id.to_string()).collect();
    let strangers = links.iter().filter(|link| {
        !lines.iter().any(|line| link_of(line, links).is_some_and(|known| known.name == link.name))
    });
    let strangers: Vec<(String, Vec<Markup>)> = strangers
        .map(|link| {
            let cells = vec![
                html! { b { (link.name) } },
                state(Some(link)),
                at(Some(link.since)),
                html! { (link.peer) },
                at(link.last_byte),
                html! {},
                html! { span .soft { "no instrument of this laboratory calls itself so" } },
            ];
            (format!("link-{}", link.name), cells)
        })
        .collect();
    let mut rows: Vec<Row<'_>> = lines
        .iter()
        .zip(&ids)
        .map(|(line, id)| {
            let link = link_of(line, links);
            let cells = vec![
                html! { b { (line.instrument.name) } },
                state(link),
                at(link.map(|link| link.since)),
                html! { (link.map_or("", |link| link.peer.as_str())) },
                at(link.and_then(|link| link.last_byte)),
                at(line.last_message),
                html! { (line.instrument.driver) },
            ];
            Row { id, href: None, cells }
        })
        .collect();
    rows.extend(strangers.iter().map(|(id, cells)| Row { id, href: None, cells: cells.clone() }));
    page::grid(&Grid {
        id: "instruments",
        caption: "Instruments",
        columns: &[
            Column::text("Instrument"),
            Column::text("Connection"),
            Column::text("Since"),
            Column::text("From"),
            Column::text("Last heard"),
            Column::text("Last message"),
            Column::fill("Driver"),
        ],
        rows: &rows,
        start: false,
        pick: false,
        live: Some(Live { topic: "instruments", src: "" }),
        empty: "No instrument has been added.",
    })
}

fn state(link: Option<&Link>) -> Markup {
    match link {
        Some(link) if link.up => page::chip(Tone::Done, "connected"),
        Some(_) => page::chip(Tone::Care, "not connected"),
        None => page::chip(Tone::Quiet, "never connected"),
    }
}

fn unclaimed_grid(call: &Call, lines: &[InstrumentLine], unclaimed: &[Unclaimed]) -> Markup {
    let ids: Vec<String> = unclaimed.iter().map(|entry| entry.id.to_string()).collect();
    let rows: Vec<Row<'_>> = unclaimed
        .iter()
        .zip(&ids)
        .map(|(entry, id)| Row { id, href: None, cells: unclaimed_cells(call, lines, entry) })
        .collect();
    page::grid(&Grid {
        id: "unclaimed",
        caption: "Unclaimed: readings that found no place, newest first",
        columns: &[
            Column::text("Number sent"),
            Column::text("Instrument"),
            Column::text("Came"),
            Column::fill("Why it found no place"),
            Column::text("Readings"),
        ],
        rows: &rows,
        start: true,
        pick: true,
        live: Some(Live { topic: "instruments", src: "" }),
        empty: "Every reading found its place.",
    })
}

fn unclaimed_cells(call: &Call, lines: &[InstrumentLine], entry: &Unclaimed) -> Vec<Markup> {
    let from = lines.iter().find(|line| line.instrument.id == entry.instrument);
    let sent = if entry.sent_number.is_empty() { "none" } else { entry.sent_number.as_str() };
    vec![
        html! { (sent) },
        html! { (from.map_or("", |line| line.instrument.name.as_str())) },
        html! { (words::clock(entry.at, &call.app.laboratory().zone, call.now)) },
        html! { (entry.because.sentence()) },
        html! { (readings(call, entry, 6)) },
    ]
}

/// The first readings of an entry, in the instrument's own words.
fn readings(call: &Call, entry: &Unclaimed, most: usize) -> String {
    let values = call.may(Ask::SeeUnverified);
    let said: Vec<String> = entry
        .readings
        .iter()
        .take(most)
        .map(|one| if values { format!("{} {}", one.code, one.value) } else { one.code.clone() })
        .collect();
    let rest = entry.readings.len().saturating_sub(most);
    let more = if rest > 0 { format!(" and {rest} more") } else { String::new() };
    format!("{}{more}", said.join(", "))
}

/// `GET /instruments/give?row=`.
pub(crate) async fn ask_give(call: Call) -> Reply {
    form_page(&call, (true, call.query.get("row")), None).await
}

/// `GET /instruments/discard?row=`.
pub(crate) async fn ask_discard(call: Call) -> Reply {
    form_page(&call, (false, call.query.get("row")), None).await
}

async fn entry(call: &Call, row: &str) -> Result<Unclaimed, Trouble> {
    let none = || Refusal::NoSuch { what: "unclaimed entry".into(), name: row.to_owned() };
    let id = UnclaimedId(row.parse().map_err(|_| none())?);
    let found = call.read(move |sql| store::DatabaseLook(sql).unclaimed(id)).await?;
    Ok(found.ok_or_else(none)?)
}

async fn form_page(call: &Call, (gives, row): (bool, &str), refusal: Option<&Refusal>) -> Reply {
    let entry = entry(call, row).await?;
    let (title, action, button) = if gives {
        ("Give readings to a specimen", "/instruments/give", "Give them")
    } else {
        ("Discard readings", "/instruments/discard", "Discard them")
    };
    let form = Form { id: "settle", action, keeps: true, scans: gives, ..Form::default() };
    let number = Field::scan("label", "Specimen").required().value(call.form.get("label"));
    let reason = Field::text("reason", "Reason").required().value(call.form.get("reason"));
    let reason = if gives { reason } else { reason.starts() };
    let body = html! {
        (page::head(title, entry.because.sentence(), html! {}))
        @if let Some(refusal) = refusal { (said_no(refusal)) }
        dl .facts.evidence {
            dt { "Number sent" } dd { b { (entry.sent_number) } }
            dt { "Came" } dd { (words::clock(entry.at, &call.app.laboratory().zone, call.now)) }
            dt { "Readings" } dd { (readings(call, &entry, 60)) }
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
    let status = refusal.map_or(StatusCode::OK, status_of);
    call.sheet(Sheet::new(title, body).status(status)).await
}

/// `POST /instruments/give`.
pub(crate) async fn give(call: Call) -> Reply {
    let typed = call.form.get("label");
    let expected = "the thirteen digits on the container";
    let settle = match Label::read(typed) {
        Ok(label) => Settle::Give(label),
        Err(_) => {
            let refusal =
                Refusal::Unreadable { field: "Specimen".into(), expected: expected.into() };
            return form_page(&call, (true, call.form.get("row")), Some(&refusal)).await;
        }
    };
    let said = format!("Given to {typed}.");
    settled(&call, settle, said).await
}

/// `POST /instruments/discard`.
pub(crate) async fn discard(call: Call) -> Reply {
    settled(&call, Settle::Discard, "Discarded.".into()).await
}

async fn settled(call: &Call, settle: Settle, said: String) -> Reply {
    let row = call.form.get("row");
    let gives = settle != Settle::Discard;
    let entry = entry(call, row).await?;
    let reason = call.form.get("reason").to_owned();
    let command = Command::from(ResolveUnclaimed { unclaimed: entry.id, settle, reason });
    match call.ask(command, "settle").await {
        Ok(_) => {
            call.done(format!("Readings with the number {}: {said}", entry.sent_number));
            Ok(answer::see("/instruments"))
        }
        Err(Trouble::Refused(refusal)) => form_page(call, (gives, row), Some(&refusal)).await,
        Err(failed) => Err(failed),
    }
}
