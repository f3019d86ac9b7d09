//! One raw message, `/message/NUMBER`: as it came, and what it says today.
//!
//! Question: what did the instrument really send, and what became of it? What must stay true: only
//! who may look into messages sees one; a look at a specimen of ours is noted; reading again has
//! its reason.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::IntoResponse;
use lab::command::Look;
use lab::instrument::{Instrument, Reading};
use lab::journey::analyze::ReplayMessage;
use lab::patient::Patient;
use lab::people::Ask;
use lab::refusal::Refusal;
use lab::value::{Label, MessageId};
use maud::{Markup, html};
use store::message::{self, Fate, Listed};

use super::trouble::said_no;
use crate::answer::{self, Reply, Trouble};
use crate::call::Call;
use crate::page::{self, Column, Field, Form, Grid, Row};
use crate::sheet::Sheet;
use crate::wires::{Said, Tube};
use crate::words;

/// The most bytes of a message that are shown as text; `meniscus parse` reads the whole.
const SHOWN: usize = 64 * 1024;

/// `GET /message/{number}`.
pub(crate) async fn show(call: Call) -> Reply {
    page_of(&call, None).await
}

async fn page_of(call: &Call, refusal: Option<&Refusal>) -> Reply {
    let (message, instrument) = found(call).await?;
    let said = call.app.wires().said(instrument.as_ref(), &message.bytes);
    note(call, &said).await?;
    let name = instrument.as_ref().map_or("unknown sender", |own| own.name.as_str());
    let zone = &call.app.laboratory().zone;
    let way = if message.outgoing { "Sent to" } else { "Came from" };
    let title = format!("Message {}", message.id);
    let body = html! {
        (page::head(&title, &format!("{way} {name}"), html! {}))
        @if let Some(refusal) = refusal { (said_no(refusal)) }
        (page::facts(&[
            ("When", html! { (words::to_the_second(message.at, zone, call.now)) }),
            ("What became of it", html! { (fate(&message)) }),
            ("Length", html! { (message.bytes.len()) " bytes" }),
            ("Came again", html! { (message.resent) " times" }),
        ]))
        @for (place, one) in said.iter().enumerate() { (decoded(place, one, message.id)) }
        (raw(call, &message))
        @if call.may(Ask::ReplayMessage) && !message.outgoing { (again(call, &message)) }
    };
    call.sheet(Sheet::new(&title, body).answering(refusal)).await
}

/// What became of a message, in words.
pub(super) fn fate(message: &Listed) -> String {
    match Fate::read(&message.fate) {
        Some(fate) => fate.words().to_owned(),
        None => message.fate.clone(),
    }
}

async fn found(call: &Call) -> Result<(Listed, Option<Instrument>), Trouble> {
    let number = call.path.get("number").to_owned();
    let none = || Refusal::NoSuch { what: "message".into(), name: number.clone() };
    let id = MessageId(number.parse().map_err(|_| none())?);
    let found = call
        .read(move |sql| {
            let Some(message) = message::one(sql, id)? else { return Ok(None) };
            let instrument = match message.instrument {
                Some(instrument) => store::DatabaseLook(sql).instrument(instrument)?,
                None => None,
            };
            Ok(Some((message, instrument)))
        })
        .await?;
    Ok(found.ok_or_else(none)?)
}

/// Notes the look at every patient whose specimen the message names.
async fn note(call: &Call, said: &[Said]) -> Result<(), Trouble> {
    let numbers = said.iter().flat_map(|one| {
        one.tubes.iter().map(|tube| &tube.number).chain(&one.asks).map(String::as_str)
    });
    let labels: Vec<Label> = numbers.filter_map(|number| Label::read(number).ok()).collect();
    note_tubes(call, labels).await
}

/// Notes the look at every patient whose specimen has one of these numbers.
pub(super) async fn note_tubes(call: &Call, labels: Vec<Label>) -> Result<(), Trouble> {
    let patients: Vec<Patient> = call
        .read(move |sql| {
            let look = store::DatabaseLook(sql);
            let mut patients = Vec::new();
            for label in &labels {
                let Some(specimen) = look.specimen_labeled(label)? else { continue };
                let Some(accession) = look.accession(specimen.accession)? else { continue };
                patients.extend(look.patient(accession.patient)?);
            }
            Ok(patients)
        })
        .await?;
    call.looked_at(&patients);
    Ok(())
}

fn decoded(place: usize, said: &Said, message: MessageId) -> Markup {
    html! {
        section aria-label={ "What it says, part " (place + 1) } {
            h2 { (said.kind) " read by " (said.driver) }
            @if !said.sender.is_empty() { p .soft { (said.sender) } }
            @if !said.asks.is_empty() { p { "Asks about " (said.asks.join(", ")) } }
            @for (tube, of) in said.tubes.iter().enumerate() {
                (tube_grid((place, tube), of, (message, counted(said, tube))))
            }
            @if !said.not_understood.is_empty() {
                h3 { "Not understood" }
                ul .read { @for (text, because) in &said.not_understood {
                    li { (because) ": " code { (text) } }
                } }
            }
        }
    }
}

/// How many readings stand before a tube's in its message.
fn counted(said: &Said, tube: usize) -> usize {
    said.tubes.iter().take(tube).map(|before| before.readings.len()).sum()
}

fn tube_grid(
    (place, tube): (usize, usize),
    of: &Tube,
    (message, before): (MessageId, usize),
) -> Markup {
    let id = format!("tube-{place}-{tube}");
    let ids: Vec<String> = (0..of.readings.len()).map(|at| format!("{id}-{at}")).collect();
    let rows: Vec<Row<'_>> = of
        .readings
        .iter()
        .enumerate()
        .zip(&ids)
        .map(|((at, reading), id)| {
            let picture = format!("/message/{message}/picture/{}", before + at);
            Row { id, href: None, cells: cells(reading, (place == 0).then_some(picture.as_str())) }
        })
        .collect();
    let number = if of.number.is_empty() { "without a number" } else { of.number.as_str() };
    page::grid(&Grid {
        id: &id,
        caption: &format!("{:?} {number}", of.material),
        columns: &[
            Column::text("Code"),
            Column::number("Value"),
            Column::text("Unit"),
            Column::text("Flags"),
            Column::fill("Beside"),
        ],
        rows: &rows,
        start: false,
        pick: false,
        live: None,
        empty: "No readings.",
    })
}

fn cells(reading: &Reading, picture: Option<&str>) -> Vec<Markup> {
    let detail = &reading.detail;
    let beside: Vec<String> = [
        detail.dilution.as_ref().map(|text| format!("dilution {text}")),
        detail.run.as_ref().map(|text| format!("run {text}")),
        detail.lot.as_ref().map(|text| format!("lot {text}")),
        detail.operator.as_ref().map(|text| format!("operator {text}")),
        detail.module.as_ref().map(|text| format!("module {text}")),
        detail.status.as_ref().map(|text| format!("status {text}")),
        (!detail.concerns.is_empty()).then(|| format!("about {}", detail.concerns.join(" "))),
        reading.at.as_ref().map(|text| format!("measured {text}")),
    ]
    .into_iter()
    .flatten()
    .collect();
    vec![
        html! { b { (reading.code) } },
        html! {
            @match detail.picture_bytes {
                Some(bytes) if reading.value.is_empty() => {
                    @match picture {
                        Some(href) => a href=(href) { "picture, " (bytes) " bytes" },
                        None => { "picture, " (bytes) " bytes" },
                    }
                }
                _ => (reading.value),
            }
            @if !reading.measured { span .soft { " not measured" } }
        },
        html! { (reading.unit) },
        html! { (reading.flags.join(" ")) },
        html! { (beside.join(", ")) },
    ]
}

fn raw(call: &Call, message: &Listed) -> Markup {
    let shown = message.bytes.get(..SHOWN).unwrap_or(&message.bytes);
    let cut = message.bytes.len().saturating_sub(shown.len());
    html! {
        section aria-label="As it came" {
            h2 { "As it came" }
            pre .wire tabindex="0" { (call.app.wires().text(shown)) }
            @if cut > 0 { p .soft { (cut) " further bytes are not shown here." } }
        }
    }
}

fn again(call: &Call, message: &Listed) -> Markup {
    let action = format!("/message/{}/replay", message.id);
    let form = Form { id: "again", action: &action, keeps: true, ..Form::default() };
    let reason = call.form.get("reason").to_owned();
    page::form(
        &form,
        page::field::fields(
            "Read it again",
            html! {
                (page::hidden("request", &call.request()))
                (Field::text("reason", "Reason").required().value(&reason)
                    .hint("What was filed stays; what was not is filed.").line())
                (page::field::send(html! {
                    (page::button("Read again", Some('a'), true))
                    (page::open("Instruments", "/instruments", None))
                }))
            },
        ),
    )
}

/// `POST /message/{number}/replay`.
pub(crate) async fn replay(call: Call) -> Reply {
    let (message, _) = found(&call).await?;
    let (id, reason) = (message.id, call.form.get("reason").to_owned());
    match call.ask(ReplayMessage { message: id, reason }, "replay").await {
        Ok(_) => {
            call.app.wires().again(message).await?;
            call.done(format!("Message {id} was read again."));
            Ok(answer::see(&format!("/message/{id}")))
        }
        Err(Trouble::Refused(refusal)) => page_of(&call, Some(&refusal)).await,
        Err(failed) => Err(failed),
    }
}

/// `GET /message/{number}/picture/{at}`.
pub(crate) async fn picture(call: Call) -> Reply {
    let (message, instrument) = found(&call).await?;
    let none = || Refusal::NoSuch { what: "picture".into(), name: call.path.get("at").into() };
    note(&call, &call.app.wires().said(instrument.as_ref(), &message.bytes)).await?;
    let at: usize = call.path.get("at").parse().map_err(|_| none())?;
    let (kind, bytes) = call.app.wires().picture(&message.bytes, at).ok_or_else(none)?;
    let kind = HeaderValue::from_static(kind);
    Ok((StatusCode::OK, [(header::CONTENT_TYPE, kind)], bytes).into_response())
}
