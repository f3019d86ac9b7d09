//! One instrument, `/instrument/NUMBER`: how it is connected, what it sent, its controls.
//!
//! Question: is this one heard, what do its codes stand for, and what of it waits? What must stay
//! true: every change has its reason; control material stands here and in no patient's list.

use lab::command::{Command, Look};
use lab::instrument::{
    CharacterSet, Connection, ControlReadings, ControlRule, Instrument, Wiring, silence,
};
use lab::journey::connect::{AddInstrument, ChangeInstrument};
use lab::people::Ask;
use lab::refusal::Refusal;
use lab::value::InstrumentId;
use maud::{Markup, html};
use store::message::{Listed, newest};
use store::query::{InstrumentLine, controls_of, unclaimed_of};

use super::instrument_state::{self, link_of};
use super::message::fate;
use super::trouble::said_no;
use crate::answer::{self, Reply, Trouble};
use crate::call::Call;
use crate::limit::PAGE_ROWS_MAX;
use crate::links::Link;
use crate::page::field::Choice;
use crate::page::{self, Column, Field, Form, Grid, Live, Row};
use crate::sheet::Sheet;
use crate::words;

/// Messages and control entries shown of one instrument.
const NEWEST: u32 = 20;

/// The instrument of the address.
pub(super) async fn found(call: &Call) -> Result<Instrument, Trouble> {
    let number = call.path.get("number").to_owned();
    let none = || Refusal::NoSuch { what: "instrument".into(), name: number.clone() };
    let id = InstrumentId(number.parse().map_err(|_| none())?);
    let found = call.read(move |sql| store::DatabaseLook(sql).instrument(id)).await?;
    Ok(found.ok_or_else(none)?)
}

/// `GET /instrument/{number}`.
pub(crate) async fn show(call: Call) -> Reply {
    let instrument = found(&call).await?;
    let id = instrument.id;
    let (messages, controls, waiting) = call
        .read(move |sql| {
            let waiting = unclaimed_of(sql, id, PAGE_ROWS_MAX)?;
            Ok((newest(sql, id, NEWEST)?, controls_of(sql, id, NEWEST)?, waiting))
        })
        .await?;
    let last_message = messages.iter().find(|message| !message.outgoing).map(|one| one.at);
    let line = InstrumentLine { instrument: instrument.clone(), last_message };
    let links = call.app.links().list();
    let link = link_of(&instrument, &links);
    let change = format!("/instrument/{id}/change");
    let map = format!("/instrument/{id}/map");
    let body = html! {
        (page::head(&instrument.name, &instrument.driver, html! {
            @if call.may(Ask::MapCode) { (page::open("Map a code", &map, Some('m'))) }
            @if call.may(Ask::ChangeInstrument) { (page::open("Change", &change, Some('e'))) }
        }))
        (page::facts(&[
            ("Connection", html! {
                (instrument_state::connection(link)) (instrument_state::silence(&line, call.now))
            }),
            ("From", html! { (link.map_or("", |link| link.peer.as_str())) }),
            ("Who calls", html! { (who_calls(&instrument.wiring.connection)) }),
            ("Calls itself", html! { (instrument.sender) }),
            ("Characters", html! { (characters(&instrument)) }),
            ("Silent after", html! { (silent_after(&instrument)) }),
            ("Answers waiting", html! { (link.map_or(0, |link| link.waiting)) }),
            ("Last trouble", html! { (last_trouble(&call, link)) }),
            ("Control material", html! { (control_words(&instrument.wiring.controls)) }),
            ("Waiting unclaimed", html! {
                a href="/instruments" { (words::count(waiting.len(), "entry", "entries")) }
            }),
        ]))
        (message_grid(&call, &messages))
        (control_grid(&call, &controls))
        (code_grid(&call, &instrument))
    };
    call.sheet(Sheet::new(&instrument.name, body)).await
}

fn characters(instrument: &Instrument) -> &'static str {
    instrument.wiring.characters.map_or("as each message says", CharacterSet::word)
}

fn silent_after(instrument: &Instrument) -> String {
    match instrument.wiring.silent_minutes {
        Some(minutes) => format!("{minutes} minutes without a message"),
        None => "never".into(),
    }
}

fn last_trouble(call: &Call, link: Option<&Link>) -> String {
    match link.and_then(|link| link.trouble.as_ref()) {
        Some((at, because)) => {
            let zone = &call.app.laboratory().zone;
            format!("{}: {because}", words::to_the_second(*at, zone, call.now))
        }
        None => "none".into(),
    }
}

fn who_calls(connection: &Connection) -> String {
    match connection {
        Connection::Listen => "it connects to us".into(),
        Connection::Dial { host, port } => format!("we connect to {host}:{port}"),
    }
}

fn control_words(rule: &ControlRule) -> String {
    match rule.text() {
        none if none.is_empty() => "as the instrument marks it".into(),
        more => format!("as the instrument marks it, and {more}"),
    }
}

fn message_grid(call: &Call, messages: &[Listed]) -> Markup {
    let zone = &call.app.laboratory().zone;
    let ids: Vec<String> = messages.iter().map(|message| message.id.to_string()).collect();
    let hrefs: Vec<String> = ids.iter().map(|id| format!("/message/{id}")).collect();
    let opens = call.may(Ask::SeeMessages);
    let rows: Vec<Row<'_>> = messages
        .iter()
        .zip(ids.iter().zip(&hrefs))
        .map(|(message, (id, href))| Row {
            id,
            href: opens.then_some(href.as_str()),
            cells: vec![
                html! { (id) },
                html! { (words::to_the_second(message.at, zone, call.now)) },
                html! { @if message.outgoing { "sent" } @else { "came" } },
                html! { (message.bytes.len()) },
                html! { (message.resent) },
                html! { (fate(message)) },
            ],
        })
        .collect();
    page::grid(&Grid {
        id: "messages",
        caption: "Last messages, newest first",
        columns: &[
            Column::text("Message"),
            Column::text("When"),
            Column::text("Way"),
            Column::number("Bytes"),
            Column::number("Again"),
            Column::fill("What became of it"),
        ],
        rows: &rows,
        start: true,
        pick: false,
        live: Some(Live { topic: "instruments", src: "" }),
        empty: "Nothing has come yet.",
    })
}

fn control_grid(call: &Call, controls: &[ControlReadings]) -> Markup {
    let zone = &call.app.laboratory().zone;
    let ids: Vec<String> = controls.iter().map(|entry| format!("control-{}", entry.id)).collect();
    let said = |entry: &ControlReadings| -> String {
        let one = |r: &lab::instrument::Reading| format!("{} {} {}", r.code, r.value, r.unit);
        entry.readings.iter().map(one).collect::<Vec<_>>().join(", ")
    };
    let rows: Vec<Row<'_>> = controls
        .iter()
        .zip(&ids)
        .map(|(entry, id)| Row {
            id,
            href: None,
            cells: vec![
                html! { b { (entry.sent_number) } },
                html! { (words::to_the_second(entry.at, zone, call.now)) },
                html! { (format!("{:?}", entry.material)) },
                html! { (said(entry)) },
            ],
        })
        .collect();
    page::grid(&Grid {
        id: "controls",
        caption: "Control material, newest first",
        columns: &[
            Column::text("Material"),
            Column::text("When"),
            Column::text("Kind"),
            Column::fill("Readings"),
        ],
        rows: &rows,
        start: false,
        pick: false,
        live: None,
        empty: "No control material has been measured.",
    })
}

/// Where a code of an instrument is mapped.
pub(super) fn map_address(instrument: &Instrument, code: &str) -> String {
    format!("/instrument/{}/map?code={}", instrument.id, answer::in_address(code))
}

fn code_grid(call: &Call, instrument: &Instrument) -> Markup {
    let tests = instrument.codes.iter().map(|(code, test)| (code.clone(), test.to_string()));
    let unused = instrument.unused.iter().map(|code| (code.clone(), "not used here".to_owned()));
    let all: Vec<(String, String)> = tests.chain(unused).collect();
    let hrefs: Vec<String> = all.iter().map(|(code, _)| map_address(instrument, code)).collect();
    let ids: Vec<String> = (0..all.len()).map(|at| format!("code-{at}")).collect();
    let opens = call.may(Ask::MapCode);
    let rows: Vec<Row<'_>> = all
        .iter()
        .zip(ids.iter().zip(&hrefs))
        .map(|((code, to), (id, href))| Row {
            id,
            href: opens.then_some(href.as_str()),
            cells: vec![html! { b { (code) } }, html! { (to) }],
        })
        .collect();
    page::grid(&Grid {
        id: "codes",
        caption: "Code map",
        columns: &[Column::text("The instrument's code"), Column::fill("Stands for")],
        rows: &rows,
        start: false,
        pick: false,
        live: None,
        empty: "No code of it has a test; everything it sends waits unclaimed.",
    })
}

/// `GET /instruments/add`.
pub(crate) async fn ask_add(call: Call) -> Reply {
    form_page(&call, None, None).await
}

/// `GET /instrument/{number}/change`.
pub(crate) async fn ask_change(call: Call) -> Reply {
    let instrument = found(&call).await?;
    form_page(&call, Some(&instrument), None).await
}

/// What the form holds: as sent, or as the instrument is.
fn filled(
    call: &Call,
    name: &str,
    own: impl FnOnce(&Instrument) -> String,
    of: Option<&Instrument>,
) -> String {
    match of {
        Some(instrument) if !call.form.has(name) => own(instrument),
        _ => call.form.get(name).to_owned(),
    }
}

async fn form_page(call: &Call, of: Option<&Instrument>, refusal: Option<&Refusal>) -> Reply {
    let (title, action, button) = match of {
        Some(own) => {
            (format!("Change {}", own.name), format!("/instrument/{}/change", own.id), "Change it")
        }
        None => ("Connect an instrument".into(), "/instruments/add".into(), "Connect it"),
    };
    let name = filled(call, "name", |own| own.name.clone(), of);
    let driver = filled(call, "driver", |own| own.driver.clone(), of);
    let sender = filled(call, "sender", |own| own.sender.clone(), of);
    let connect = filled(call, "connect", |own| own.wiring.connection.text(), of);
    let controls = filled(call, "controls", |own| own.wiring.controls.text(), of);
    let of_set = |own: &Instrument| own.wiring.characters.map_or("", CharacterSet::word).to_owned();
    let characters = filled(call, "characters", of_set, of);
    let of_silence = |own: &Instrument| {
        own.wiring.silent_minutes.map(|minutes| minutes.to_string()).unwrap_or_default()
    };
    let silent = filled(call, "silent", of_silence, of);
    let drivers = call.app.wires().drivers();
    let choices: Vec<Choice<'_>> =
        drivers.iter().map(|(value, label)| Choice { value, label }).collect();
    let mut sets = vec![Choice { value: "", label: "As each message says" }];
    sets.extend(CharacterSet::ALL.iter().map(|(_, word)| Choice { value: word, label: word }));
    let form = Form { id: "wiring", action: &action, keeps: true, ..Form::default() };
    let body = html! {
        (page::head(&title, "", html! {}))
        @if let Some(refusal) = refusal { (said_no(refusal)) }
        (page::form(&form, html! {
            (page::hidden("request", &call.request()))
            (Field::text("name", "Name").required().starts().value(&name).line())
            (Field::text("driver", "Driver").required().value(&driver).pick(&choices))
            (Field::text("sender", "Calls itself").value(&sender)
                .hint("How the sender in its messages begins, as XN-1000.").line())
            (Field::text("connect", "Connect to").value(&connect)
                .hint("host:port where we call it; empty where it calls us.").line())
            (Field::text("characters", "Characters").value(&characters).pick(&sets))
            (Field::figures("silent", "Silent after").value(&silent).short()
                .hint("Minutes without a message after which it is shown as silent.").line())
            (Field::text("controls", "Control material").value(&controls)
                .hint("Numbers such as QC-* and fields such as OBR-15.7=Q, beside its own marks.")
                .line())
            @if of.is_some() {
                (Field::text("reason", "Reason").required().value(call.form.get("reason")).line())
            }
            (page::field::send(html! {
                (page::button(button, None, true))
                (page::open("Back", "/instruments", None))
            }))
        }))
    };
    call.sheet(Sheet::new(&title, body).answering(refusal)).await
}

fn wiring(call: &Call) -> Result<Wiring, Refusal> {
    Ok(Wiring {
        connection: Connection::read(call.form.get("connect"))?,
        controls: ControlRule::read(call.form.get("controls"))?,
        characters: CharacterSet::read(call.form.get("characters"))?,
        silent_minutes: silence(call.form.get("silent"))?,
    })
}

/// The driver of the form, where there is one of that name.
fn driver(call: &Call) -> Result<String, Refusal> {
    let name = call.form.get("driver");
    let known = call.app.wires().drivers().iter().any(|(known, _)| *known == name);
    if known {
        Ok(name.to_owned())
    } else {
        Err(Refusal::NoSuch { what: "driver".into(), name: name.to_owned() })
    }
}

/// `POST /instruments/add`.
pub(crate) async fn add(call: Call) -> Reply {
    let command = driver(&call).and_then(|driver| {
        Ok(Command::from(AddInstrument {
            name: call.form.get("name").to_owned(),
            driver,
            sender: call.form.get("sender").to_owned(),
            wiring: wiring(&call)?,
            ..AddInstrument::default()
        }))
    });
    settled(&call, None, command).await
}

/// `POST /instrument/{number}/change`.
pub(crate) async fn change(call: Call) -> Reply {
    let instrument = found(&call).await?;
    let command = driver(&call).and_then(|driver| {
        Ok(Command::from(ChangeInstrument {
            instrument: instrument.id,
            name: call.form.get("name").to_owned(),
            driver,
            sender: call.form.get("sender").to_owned(),
            wiring: wiring(&call)?,
            reason: call.form.get("reason").to_owned(),
        }))
    });
    settled(&call, Some(&instrument), command).await
}

async fn settled(call: &Call, of: Option<&Instrument>, command: Result<Command, Refusal>) -> Reply {
    let asked = match command {
        Ok(command) => call.ask(command, "wiring").await,
        Err(refusal) => Err(refusal.into()),
    };
    match asked {
        Ok(_) => {
            let done = if of.is_some() { "is changed" } else { "is connected" };
            call.done(format!("{} {done}.", call.form.get("name")));
            Ok(answer::see("/instruments"))
        }
        Err(Trouble::Refused(refusal)) => form_page(call, of, Some(&refusal)).await,
        Err(failed) => Err(failed),
    }
}
