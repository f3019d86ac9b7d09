//! What an instrument's code stands for, `/instrument/NUMBER/map`, and what waited for it.
//!
//! Question: which test is this code, and what happens to what waits? What must stay true: what
//! would be filed is shown before it is filed; it goes the same way, with the same holds, as if
//! the code had been known when it came; who may not file sees no values.

use std::cell::Cell;

use lab::command::{Command, Setting};
use lab::event::{Event, InstrumentEvent, ResultEvent};
use lab::instrument::{CodeUse, Instrument, Reading, Unclaimed, Unplaced};
use lab::journey::analyze::ReplayUnclaimed;
use lab::journey::connect::MapCode;
use lab::people::Ask;
use lab::refusal::Refusal;
use lab::value::{Label, TestCode};
use maud::{Markup, html};
use store::query::unclaimed_of;

use super::instrument::{found, map_address};
use super::message::note_tubes;
use super::trouble::said_no;
use crate::answer::{self, Reply, Trouble};
use crate::call::Call;
use crate::limit::PAGE_ROWS_MAX;
use crate::page::{self, Column, Field, Form, Grid, Row};
use crate::sheet::Sheet;
use crate::words;

/// The first number given out in a trial that is never kept.
const TRIAL: i64 = i64::MAX / 2;

/// `GET /instrument/{number}/map?code=`.
pub(crate) async fn ask(call: Call) -> Reply {
    let instrument = found(&call).await?;
    form_page(&call, &instrument, None).await
}

async fn form_page(call: &Call, instrument: &Instrument, refusal: Option<&Refusal>) -> Reply {
    let sent = |name: &str| match call.form.get(name) {
        "" => call.query.get(name).to_owned(),
        sent => sent.to_owned(),
    };
    let (code, to) = (sent("code"), sent("to"));
    let title = format!("Map a code of {}", instrument.name);
    let action = format!("/instrument/{}/map", instrument.id);
    let back = format!("/instrument/{}", instrument.id);
    let form = Form { id: "map", action: &action, keeps: true, ..Form::default() };
    let code_field = Field::text("code", "The instrument's code").required().value(&code).short();
    let code_field = if code.is_empty() { code_field.starts() } else { code_field };
    let to_field = Field::text("to", "Stands for").value(&to).short();
    let to_field = if code.is_empty() { to_field } else { to_field.starts() };
    let body = html! {
        (page::head(&title, "", html! {}))
        @if let Some(refusal) = refusal { (said_no(refusal)) }
        (page::form(&form, html! {
            (page::hidden("request", &call.request()))
            (code_field.line())
            (to_field.hint("A test of the catalog; - for not used here; empty for nothing yet.")
                .line())
            (Field::text("reason", "Reason").required().value(&sent("reason")).line())
            (page::field::send(html! {
                (page::button("See what it does", None, true))
                (page::open("Back", &back, None))
            }))
        }))
    };
    call.sheet(Sheet::new(&title, body).answering(refusal)).await
}

/// What was typed as the use of the code.
fn typed(call: &Call) -> CodeUse {
    match call.form.get("to") {
        "" => CodeUse::Unknown,
        "-" => CodeUse::Unused,
        test => CodeUse::Test(TestCode::from(test.to_uppercase().as_str())),
    }
}

/// `POST /instrument/{number}/map`: first what it does, then, when that was seen, it is done.
pub(crate) async fn map(call: Call) -> Reply {
    let instrument = found(&call).await?;
    let command = MapCode {
        instrument: instrument.id,
        code: call.form.get("code").to_owned(),
        to: typed(&call),
        reason: call.form.get("reason").to_owned(),
    };
    if call.form.get("seen").is_empty() {
        return match trial(&call, command.clone().into()).await? {
            Ok(_) => preview(&call, &instrument, &command).await,
            Err(refusal) => form_page(&call, &instrument, Some(&refusal)).await,
        };
    }
    match call.ask(command.clone(), "map").await {
        Ok(_) => {
            let said = file_waiting(&call, &instrument, &command).await?;
            let to = words::code_use(&command.to);
            call.done(format!("{} stands for {to}. {said}", command.code));
            Ok(answer::see(&format!("/instrument/{}", instrument.id)))
        }
        Err(Trouble::Refused(refusal)) => form_page(&call, &instrument, Some(&refusal)).await,
        Err(failed) => Err(failed),
    }
}

/// What a command would do now, without doing it.
async fn trial(call: &Call, command: Command) -> Result<Result<Vec<Event>, Refusal>, Trouble> {
    let (actor, now, catalog) = (call.actor()?, call.now, call.catalog().await?);
    call.read(move |sql| {
        let setting = Setting { now, actor, catalog: &catalog, next: Cell::new(TRIAL) };
        command.carry(&store::DatabaseLook(sql), &setting)
    })
    .await
}

/// The open entries that wait for this code.
async fn waiting(
    call: &Call,
    instrument: &Instrument,
    code: &str,
) -> Result<Vec<Unclaimed>, Trouble> {
    let id = instrument.id;
    let mut all = call.read(move |sql| unclaimed_of(sql, id, PAGE_ROWS_MAX)).await?;
    all.retain(|entry| {
        entry.because == Unplaced::UnknownCode && entry.readings.iter().any(|r| r.code == code)
    });
    Ok(all)
}

/// The command that reads an entry again, as its message is read today.
pub(super) async fn replay_of(
    call: &Call,
    entry: &Unclaimed,
    supposing: Option<(String, CodeUse)>,
) -> Result<ReplayUnclaimed, Trouble> {
    let (message, instrument) = (entry.message, entry.instrument);
    let kept = call
        .read(move |sql| {
            use lab::command::Look;
            let own = store::DatabaseLook(sql).instrument(instrument)?;
            let message = match message {
                Some(id) => store::message::one(sql, id)?,
                None => None,
            };
            Ok(message.map(|message| (message, own)))
        })
        .await?;
    let said = kept.map_or_else(Vec::new, |(message, own)| {
        call.app.wires().said(own.as_ref(), &message.bytes)
    });
    let tubes = said.into_iter().flat_map(|one| one.tubes);
    let own = tubes.filter(|tube| tube.number == entry.sent_number);
    let readings: Vec<Reading> = own.flat_map(|tube| tube.readings).collect();
    let reason = call.form.get("reason").to_owned();
    Ok(ReplayUnclaimed { unclaimed: entry.id, readings, supposing, reason })
}

async fn preview(call: &Call, instrument: &Instrument, command: &MapCode) -> Reply {
    let entries = waiting(call, instrument, &command.code).await?;
    let may_file = call.may(Ask::ReplayUnclaimed);
    if may_file {
        let numbers = entries.iter().map(|entry| entry.sent_number.as_str());
        let labels: Vec<Label> = numbers.filter_map(|number| Label::read(number).ok()).collect();
        note_tubes(call, labels).await?;
    }
    let mut outcomes = Vec::new();
    for entry in entries.iter().filter(|_| may_file) {
        let supposing = Some((command.code.clone(), command.to.clone()));
        let replay = replay_of(call, entry, supposing).await?;
        outcomes.push(outcome(&trial(call, replay.into()).await?));
    }
    let title = format!("Map a code of {}", instrument.name);
    let action = format!("/instrument/{}/map", instrument.id);
    let form = Form { id: "map", action: &action, ..Form::default() };
    let again = map_address(instrument, &command.code);
    let beside = format!("{} will stand for {}", command.code, words::code_use(&command.to));
    let body = html! {
        (page::head(&title, &beside, html! {}))
        @if may_file { (outcome_grid(call, &entries, &outcomes)) } @else {
            p { (words::count(entries.len(), "entry waits", "entries wait"))
                " for this code; whoever works at the bench has them filed." }
        }
        (page::form(&form, html! {
            (page::hidden("request", &call.request()))
            @for name in ["code", "to", "reason"] { (page::hidden(name, call.form.get(name))) }
            (page::hidden("seen", "yes"))
            (page::field::send(html! {
                (page::button("Map it and file what waits", None, true))
                (page::open("Back", &again, None))
            }))
        }))
    };
    call.sheet(Sheet::new(&title, body)).await
}

/// What would become of an entry, in a line.
fn outcome(decided: &Result<Vec<Event>, Refusal>) -> String {
    let events = match decided {
        Ok(events) => events,
        Err(refusal) => return format!("goes on waiting: {}", refusal.sentence()),
    };
    let lines = events.iter().filter_map(|event| match event {
        Event::Result(ResultEvent::ResultFiled(version)) => {
            let holds: Vec<String> = version.holds.iter().map(|hold| hold.sentence()).collect();
            let held = if holds.is_empty() {
                String::new()
            } else {
                format!(", held: {}", holds.join(" "))
            };
            let unit = report::unit::shown(&version.unit);
            Some(format!("{} {} {unit}{held}", version.code, version.value))
        }
        Event::Instrument(InstrumentEvent::ReadingsReceived { beside, .. })
            if !beside.is_empty() =>
        {
            Some(format!("{} kept beside", words::count(beside.len(), "reading", "readings")))
        }
        Event::Instrument(InstrumentEvent::ReadingsUnclaimed(entry)) => Some(format!(
            "{} on waiting: {}",
            words::count(entry.readings.len(), "reading goes", "readings go"),
            entry.because.sentence()
        )),
        _ => None,
    });
    lines.collect::<Vec<_>>().join("; ")
}

fn outcome_grid(call: &Call, entries: &[Unclaimed], outcomes: &[String]) -> Markup {
    let zone = &call.app.laboratory().zone;
    let ids: Vec<String> = entries.iter().map(|entry| entry.id.to_string()).collect();
    let rows: Vec<Row<'_>> = entries
        .iter()
        .zip(outcomes)
        .zip(&ids)
        .map(|((entry, outcome), id)| Row {
            id,
            href: None,
            cells: vec![
                html! { b { (entry.sent_number) } },
                html! { (words::clock(entry.at, zone, call.now)) },
                html! { (outcome) },
            ],
        })
        .collect();
    page::grid(&Grid {
        id: "outcomes",
        caption: "What waits for it, and what would become of it",
        columns: &[Column::text("Number sent"), Column::text("Came"), Column::fill("Becomes")],
        rows: &rows,
        start: false,
        pick: false,
        live: None,
        empty: "Nothing waits for this code.",
    })
}

/// Files what waited, one entry after the other, and says how many were.
async fn file_waiting(
    call: &Call,
    instrument: &Instrument,
    command: &MapCode,
) -> Result<String, Trouble> {
    let entries = waiting(call, instrument, &command.code).await?;
    if command.to == CodeUse::Unknown || entries.is_empty() || !call.may(Ask::ReplayUnclaimed) {
        return Ok(String::new());
    }
    let mut filed = 0_usize;
    for entry in &entries {
        let replay = replay_of(call, entry, None).await?;
        match call.ask(replay, &format!("replay-{}", entry.id)).await {
            Ok(_) => filed += 1,
            Err(Trouble::Refused(_)) => {}
            Err(failed) => return Err(failed),
        }
    }
    Ok(format!("{filed} of {} filed.", words::count(entries.len(), "entry", "entries")))
}
