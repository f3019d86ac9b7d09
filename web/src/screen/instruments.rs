//! Instruments, `/instruments`, and the unclaimed list.
//!
//! Question: is every instrument connected and heard, and what did they send that found no place?
//! What must stay true: an entry is settled on a page of its own; values are shown only to those
//! who may see unverified results.

use lab::instrument::Unclaimed;
use lab::people::Ask;
use maud::{Markup, html};
use store::message::Listed;
use store::query::{InstrumentLine, troubled_messages, unclaimed_open};

use super::instrument_state;
use super::message::fate;
use crate::answer::Reply;
use crate::call::Call;
use crate::limit::PAGE_ROWS_MAX;
use crate::page::{self, Act, Column, Grid, Live, Row};
use crate::sheet::Sheet;
use crate::words;

/// `GET /instruments`.
pub(crate) async fn show(call: Call) -> Reply {
    let (states, unclaimed, troubled) = call
        .read(|sql| {
            let waiting = unclaimed_open(sql, PAGE_ROWS_MAX)?;
            Ok((instrument_state::read(sql)?, waiting, troubled_messages(sql, TROUBLED_ROWS)?))
        })
        .await?;
    let lines: Vec<InstrumentLine> = states.iter().map(|state| state.line.clone()).collect();
    let links = call.app.links().list();
    let up = links.iter().filter(|link| link.up).count();
    let body = html! {
        (page::head("Instruments", &format!("{up} connected"), html! {
            @if call.may(Ask::AddInstrument) {
                (page::open("Connect an instrument", "/instruments/add", Some('i')))
            }
        }))
        (instrument_state::grid(&call, &states, &links))
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
                    key: 'a',
                    label: "Read again",
                    to: "/instruments/replay",
                    asks: true,
                    first: false,
                },
                Act {
                    key: 'q',
                    label: "Control material",
                    to: "/instruments/control",
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

/// Messages that were kept and could not be filed, or not be understood whole.
fn troubled_grid(call: &Call, lines: &[InstrumentLine], troubled: &[Listed]) -> Markup {
    let zone = &call.app.laboratory().zone;
    let ids: Vec<String> =
        troubled.iter().map(|message| format!("message-{}", message.id)).collect();
    let name = |message: &Listed| {
        let line = lines.iter().find(|line| Some(line.instrument.id) == message.instrument);
        line.map_or("unknown sender", |line| line.instrument.name.as_str())
    };
    let opens = call.may(Ask::SeeMessages);
    let hrefs: Vec<String> =
        troubled.iter().map(|message| format!("/message/{}", message.id)).collect();
    let rows: Vec<Row<'_>> = troubled
        .iter()
        .zip(ids.iter().zip(&hrefs))
        .map(|(message, (id, href))| Row {
            id,
            href: opens.then_some(href.as_str()),
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
        html! { (entry.because.sentence()) " " span .soft { (entry.because.remedy()) } },
        html! { (readings(call, entry, 6)) },
    ]
}

/// The first readings of an entry, in the instrument's own words.
pub(super) fn readings(call: &Call, entry: &Unclaimed, most: usize) -> String {
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
