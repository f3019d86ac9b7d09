//! The state of every instrument, in one list of the Instruments screen.
//!
//! Question: who is connected, who has gone silent, and whose messages wait for somebody? What must
//! stay true: an instrument that sends nothing for longer than it is set to says so, connected or
//! not; a count never costs more the older the record is.

use lab::instrument::Instrument;
use lab::value::Moment;
use maud::{Markup, html};
use store::engine::Sql;
use store::fault::Fault;
use store::query::{InstrumentLine, instruments, troubled_by_instrument, unclaimed_count};

use crate::call::Call;
use crate::links::Link;
use crate::page::{self, Column, Grid, Live, Row, Tone};
use crate::words;

/// One instrument, and what of it waits.
pub(super) struct State {
    /// The instrument and its last message.
    pub line: InstrumentLine,
    /// Its open entries in the unclaimed list.
    pub unclaimed: usize,
    /// Its messages that a person must look at.
    pub troubled: usize,
}

/// The state of every instrument.
pub(super) fn read(sql: &dyn Sql) -> Result<Vec<State>, Fault> {
    let troubled = troubled_by_instrument(sql)?;
    let mut states = Vec::new();
    for line in instruments(sql)? {
        let id = line.instrument.id;
        let troubled = troubled.get(&id).copied().unwrap_or_default();
        states.push(State { unclaimed: unclaimed_count(sql, id)?, troubled, line });
    }
    Ok(states)
}

/// How long an instrument has been silent, in minutes, where that is longer than it is set to.
pub(super) fn silent(line: &InstrumentLine, now: Moment) -> Option<u64> {
    let most = u64::from(line.instrument.wiring.silent_minutes?);
    let last = line.last_message?;
    let minutes = now.micros().saturating_sub(last.micros()).max(0).unsigned_abs() / 60_000_000;
    (minutes >= most).then_some(minutes)
}

/// A span in the words of a bench: minutes up to two hours, hours up to two days, then days.
fn span(minutes: u64) -> String {
    match minutes {
        0..120 => format!("{minutes} min"),
        120..2880 => format!("{} h", minutes / 60),
        _ => format!("{} days", minutes / 1440),
    }
}

/// The connection of an instrument, by its name or by what it calls itself.
pub(super) fn link_of<'a>(instrument: &Instrument, links: &'a [Link]) -> Option<&'a Link> {
    let fits = |link: &&Link| link.name == instrument.name || link.name == instrument.sender;
    links.iter().find(fits)
}

/// Connected, not connected, or never.
pub(super) fn connection(link: Option<&Link>) -> Markup {
    match link {
        Some(link) if link.up => page::chip(Tone::Done, "connected"),
        Some(_) => page::chip(Tone::Care, "not connected"),
        None => page::chip(Tone::Quiet, "never connected"),
    }
}

/// Its silence, where it is longer than it may be.
pub(super) fn silence(line: &InstrumentLine, now: Moment) -> Markup {
    html! {
        @if let Some(minutes) = silent(line, now) {
            " " (page::chip(Tone::Care, &format!("silent for {}", span(minutes))))
        }
    }
}

/// A number that wants somebody, or a quiet nothing.
fn waits(number: usize) -> Markup {
    html! {
        @match number {
            0 => span .soft { "0" },
            1_000.. => b { "1000+" },
            more => b { (more) },
        }
    }
}

/// The list.
pub(super) fn grid(call: &Call, states: &[State], links: &[Link]) -> Markup {
    let ids: Vec<String> =
        states.iter().map(|state| state.line.instrument.id.to_string()).collect();
    let hrefs: Vec<String> = ids.iter().map(|id| format!("/instrument/{id}")).collect();
    let mut rows: Vec<Row<'_>> = states
        .iter()
        .zip(ids.iter().zip(&hrefs))
        .map(|(state, (id, href))| Row {
            id,
            href: Some(href),
            cells: own_cells(call, state, link_of(&state.line.instrument, links)),
        })
        .collect();
    let known = |link: &Link| {
        states
            .iter()
            .any(|s| link_of(&s.line.instrument, links).is_some_and(|own| own.name == link.name))
    };
    let strangers: Vec<(String, Vec<Markup>)> = links
        .iter()
        .filter(|link| !known(link))
        .map(|link| (format!("link-{}", link.name), strange_cells(call, link)))
        .collect();
    rows.extend(strangers.iter().map(|(id, cells)| Row { id, href: None, cells: cells.clone() }));
    page::grid(&Grid {
        id: "instruments",
        caption: "Instruments",
        columns: &[
            Column::text("Instrument"),
            Column::text("Connection"),
            Column::number("Since"),
            Column::number("Last heard"),
            Column::number("Last message"),
            Column::number("Answers waiting"),
            Column::number("To look at"),
            Column::number("Unclaimed"),
            Column::fill("Driver"),
        ],
        rows: &rows,
        start: false,
        pick: false,
        live: Some(Live { topic: "instruments", src: "" }),
        empty: "No instrument has been added.",
    })
}

fn at(call: &Call, at: Option<Moment>) -> Markup {
    html! {
        @match at {
            Some(at) => (words::clock(at, &call.app.laboratory().zone, call.now)),
            None => span .soft { "never" },
        }
    }
}

fn own_cells(call: &Call, state: &State, link: Option<&Link>) -> Vec<Markup> {
    let line = &state.line;
    let waiting = link.map_or(0, |link| link.waiting);
    vec![
        html! { b { (line.instrument.name) } },
        html! { (connection(link)) (silence(line, call.now)) },
        at(call, link.map(|link| link.since)),
        at(call, link.and_then(|link| link.last_byte)),
        at(call, line.last_message),
        waits(waiting),
        waits(state.troubled),
        waits(state.unclaimed),
        html! {
            (line.instrument.driver)
            @if let Some(link) = link { " " span .soft { "from " (link.peer) } }
        },
    ]
}

fn strange_cells(call: &Call, link: &Link) -> Vec<Markup> {
    vec![
        html! { b { (link.name) } },
        connection(Some(link)),
        at(call, Some(link.since)),
        at(call, link.last_byte),
        at(call, None),
        waits(link.waiting),
        waits(0),
        waits(0),
        html! {
            span .soft { "no instrument of this laboratory calls itself so; from " (link.peer) }
        },
    ]
}

#[cfg(test)]
mod tests {
    use lab::instrument::Wiring;
    use lab::value::InstrumentId;

    use super::*;

    #[test]
    fn silence_counts_from_the_last_message() {
        let line = |silent_minutes, last: Option<i64>| InstrumentLine {
            instrument: Instrument {
                id: InstrumentId(1),
                name: "XN-1".into(),
                driver: "sysmex_xn".into(),
                sender: String::new(),
                codes: Default::default(),
                unused: Vec::new(),
                wiring: Wiring { silent_minutes, ..Wiring::default() },
            },
            last_message: last.map(|minute| Moment::from_micros(minute * 60_000_000)),
        };
        let now = Moment::from_micros(100 * 60_000_000);
        for (set, last, expect) in [
            (Some(30), Some(70), Some(30)),
            (Some(30), Some(71), None),
            (Some(30), None, None),
            (None, Some(0), None),
            (Some(30), Some(200), None),
        ] {
            assert_eq!(silent(&line(set, last), now), expect, "{set:?} {last:?}");
        }
        let spans = [span(1), span(119), span(120), span(2879), span(2880)];
        assert_eq!(spans, ["1 min", "119 min", "2 h", "47 h", "2 days"]);
    }
}
