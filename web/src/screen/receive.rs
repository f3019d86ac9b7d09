//! Receive, `/receive`.
//!
//! Question: is this tube ours, collected, and fit? Tubes are scanned one after another; each
//! gives one line, and each mismatch goes to a side list with its reason. What must stay true: the
//! cursor is back in the scan field after each tube; a mismatch never stops the next scan.

use axum::http::StatusCode;
use lab::accession::Condition;
use lab::event::{AccessionEvent, Event};
use lab::journey::receive::{ReceiveInspected, ReceiveSpecimen, Seen};
use lab::refusal::Refusal;
use lab::value::{Label, NotALabel, Zone};
use maud::{Markup, html};
use store::Done;
use store::query::{ReceivedLine, received_list};

use crate::answer::{self, Reply, Trouble, status_of};
use crate::app::SideScan;
use crate::call::Call;
use crate::page::{self, Act, Choice, Column, Field, Form, Grid, Live, Row};
use crate::sheet::Sheet;
use crate::words;

/// The newest received specimens shown beside the scan field.
const SHOWN: u32 = 40;

/// `GET /receive`.
pub(crate) async fn show(call: Call) -> Reply {
    screen(&call, StatusCode::OK).await
}

async fn screen(call: &Call, status: StatusCode) -> Reply {
    let lines = call.read(|sql| received_list(sql, SHOWN)).await?;
    call.looked_at(lines.iter().map(|line| &line.patient));
    let aside = call.app.aside(call.session());
    let form = Form { id: "receive", action: "/receive", scans: true, ..Form::default() };
    let field = Field::scan("scan", "Scan a tube").required().starts();
    let body = html! {
        (page::head("Receive", "scan tubes one after another", html! {}))
        (page::form(&form, html! {
            (page::hidden("request", &call.request()))
            (field.line())
            (observed(call))
            (page::field::send(page::button("Receive", None, true)))
        }))
        div .side {
            div {
                (received(call, &lines))
                (page::acts("received", &[
                    Act { key: 'x', label: "Reject", to: "/reject", asks: true, first: false },
                ], html! {}))
            }
            (side_list(call, &aside))
        }
    };
    call.sheet(Sheet::new("Receive", body).status(status)).await
}

/// What may be noted of a tube before it is scanned; all of it may stay empty.
fn observed(call: &Call) -> Markup {
    let ways = [
        Choice { value: "", label: "" },
        Choice { value: "room", label: "at room temperature" },
        Choice { value: "ice", label: "on ice or refrigerated" },
        Choice { value: "frozen", label: "frozen" },
    ];
    let typed = |name: &'static str| call.form.get(name);
    html! {
        details {
            summary { "What was seen of the tube, before it is scanned" }
            (Field::text("zone", "It came").medium().value(typed("zone")).pick(&ways))
            (Field::figures("volume", "In it, mL").value(typed("volume")).line())
            (Field::figures("hemolysis", "Hemolysis, mg/dL").value(typed("hemolysis")).line())
            (Field::text("clotted", "Clotted").tick(call.form.has("clotted")))
            (Field::text("container", "Container in hand").value(typed("container")).medium()
                .hint("Where it is another than the label says").line())
            (Field::text("fault", "Wrong with the label").value(typed("fault")).line())
        }
    }
}

/// What was noted, as the door takes it.
fn seen(call: &Call) -> Result<Seen, Refusal> {
    Ok(Seen {
        label_fault: call.form.get("fault").to_owned(),
        container: call.form.get("container").to_uppercase(),
        volume_ml: super::tube::figure(call, "volume", "In it")?,
        zone: Zone::read(call.form.get("zone")),
        condition: Condition {
            hemolysis: super::tube::figure(call, "hemolysis", "Hemolysis")?,
            clotted: call.form.has("clotted"),
            ..Condition::default()
        },
    })
}

/// Receives one tube; with what was seen of it, where something was noted.
async fn take_in(call: &Call, label: Label) -> Result<Done, Trouble> {
    let seen = seen(call)?;
    if seen == Seen::default() {
        call.ask(ReceiveSpecimen { label }, "receive").await
    } else {
        call.ask(ReceiveInspected { label, seen }, "receive").await
    }
}

fn received(call: &Call, lines: &[ReceivedLine]) -> Markup {
    let zone = &call.app.laboratory().zone;
    let keyed: Vec<(String, String, &ReceivedLine)> = lines
        .iter()
        .map(|line| {
            let href = format!("/accession/{}", line.specimen.label);
            (line.specimen.id.to_string(), href, line)
        })
        .collect();
    let cells = |line: &ReceivedLine| {
        let at = line.specimen.received_at.map(|at| words::clock(at, zone, call.now));
        vec![
            html! { (line.specimen.label) },
            words::urgency(line.accession.priority),
            html! { (line.specimen.container) },
            html! { (line.patient.name) },
            html! { (line.patient.record_number) },
            words::standing(&line.specimen),
            html! { (at.unwrap_or_default()) },
        ]
    };
    let rows: Vec<Row<'_>> = keyed
        .iter()
        .map(|(id, href, line)| Row { id, href: Some(href), cells: cells(line) })
        .collect();
    page::grid(&Grid {
        id: "received",
        caption: "Received, newest first",
        columns: &[
            Column::text("Specimen"),
            Column::text(""),
            Column::text("Container"),
            Column::fill("Patient"),
            Column::text("Record"),
            Column::text("State"),
            Column::number("At"),
        ],
        rows: &rows,
        start: false,
        pick: true,
        live: Some(Live { topic: "specimens", src: "/receive" }),
        empty: "No specimen has been received yet.",
    })
}

fn side_list(call: &Call, aside: &[SideScan]) -> Markup {
    let zone = &call.app.laboratory().zone;
    html! {
        section #side aria-label="Side list" {
            h2 { "Side list" }
            @if aside.is_empty() {
                p .soft { "Tubes that do not fit are put here with the reason." }
            } @else {
                ul .aside {
                    @for scan in aside {
                        li data-scanned=(scan.scanned) data-refusal=(scan.code) {
                            p {
                                b { (scan.scanned) } " "
                                span .soft { (words::clock(scan.at, zone, call.now)) }
                            }
                            p { (scan.because) }
                            p .soft { (scan.remedy) }
                            form method="post" action="/receive/clear" data-inplace {
                                (page::hidden("scan", &scan.scanned))
                                button .plain.small { "Take off the list" }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// `POST /receive`.
pub(crate) async fn receive(call: Call) -> Reply {
    let scanned = call.form.get("scan").to_owned();
    let asked = match read(&scanned) {
        Ok(label) => take_in(&call, label).await,
        Err(refusal) => Err(refusal.into()),
    };
    match asked {
        Ok(done) => {
            call.app.take_aside(call.session(), Some(&scanned));
            let received = done.events.iter().any(|event| {
                matches!(event, Event::Accession(AccessionEvent::SpecimenReceived { .. }))
            });
            call.done(if received { format!("Received {scanned}.") } else { String::new() });
            Ok(answer::see("/receive"))
        }
        Err(Trouble::Refused(refusal)) => aside(&call, scanned, &refusal).await,
        Err(failed) => Err(failed),
    }
}

/// Reads a scan as the number of a container.
fn read(scanned: &str) -> Result<Label, Refusal> {
    let expected = match Label::read(scanned) {
        Ok(label) if !label.names_accession() => return Ok(label),
        Ok(_) => "the number of a container, not of the accession",
        Err(NotALabel::NotThirteenDigits) => "thirteen digits",
        Err(NotALabel::WrongCheckDigit) => "another check digit: scan it again",
    };
    if scanned.is_empty() {
        return Err(Refusal::Missing { field: "Scan".into() });
    }
    Err(Refusal::Unreadable { field: "The number".into(), expected: expected.into() })
}

async fn aside(call: &Call, scanned: String, refusal: &Refusal) -> Reply {
    call.refused(format!("Not received: {scanned}. {}", refusal.sentence()));
    if !scanned.is_empty() {
        call.app.put_aside(
            call.session(),
            SideScan {
                at: call.now,
                scanned,
                code: refusal.code(),
                because: refusal.sentence(),
                remedy: remedy(refusal),
            },
        );
    }
    let again = Call { form: crate::call::Pairs::default(), ..call.clone() };
    screen(&again, status_of(refusal)).await
}

/// What to do with a tube on the side list.
fn remedy(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::Unreadable { .. } => "Scan it again; if that fails, print its label again.",
        other => other.remedy(),
    }
}

/// `POST /receive/clear`: takes a scan off the side list.
pub(crate) async fn clear(call: Call) -> Reply {
    let scanned = call.form.get("scan");
    call.app.take_aside(call.session(), (!scanned.is_empty()).then_some(scanned));
    Ok(answer::see("/receive"))
}
