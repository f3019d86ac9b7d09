//! A whole order: cancelled, `/accession/{number}/cancel`, and credited,
//! `/accession/{number}/credit`.
//!
//! Question: what of it will not be done, and why; what of it is not charged? What must stay true:
//! what was released stays; what changed since it was looked at is not cancelled; the reason is
//! chosen from the catalog's list, with words where they are needed.

use axum::http::StatusCode;
use lab::accession::{Looked, Test, TestState};
use lab::catalog::ReasonFor;
use lab::journey::order::{CancelOrder, CreditTest};
use lab::refusal::Refusal;
use lab::value::TestId;
use maud::{Markup, html};
use store::query::{Whole, credits_of};

use super::label::whole_of;
use super::reasons;
use super::review::row_id;
use super::settle::row;
use super::trouble::said_no;
use super::tube::ticked;
use crate::answer::{self, Reply, Trouble, status_of};
use crate::call::Call;
use crate::page::{self, Field, Form};
use crate::sheet::Sheet;
use crate::words;

/// `GET /accession/{number}/cancel`.
pub(crate) async fn ask_cancel(call: Call) -> Reply {
    cancel_page(&call, None).await
}

/// `POST /accession/{number}/cancel`.
pub(crate) async fn cancel(call: Call) -> Reply {
    let (_, whole) = whole_of(&call, call.path.get("number")).await?;
    let catalog = call.catalog().await?;
    let looked_at: Vec<(TestId, Looked)> =
        call.form.all("seen").into_iter().filter_map(|text| row(text).ok()).collect();
    let command = CancelOrder {
        accession: whole.accession.id,
        looked_at,
        reason: reasons::said(&call.form, &catalog, ReasonFor::Cancellation),
    };
    match call.ask(command, "cancel order").await {
        Ok(done) => {
            let tests = words::count(done.events.len(), "test", "tests");
            let label = &whole.accession.label;
            call.done(format!("Cancelled {tests} of {}, {label}.", whole.patient.name));
            Ok(answer::see(&format!("/accession/{label}")))
        }
        Err(Trouble::Refused(refusal)) => cancel_page(&call, Some(&refusal)).await,
        Err(failed) => Err(failed),
    }
}

async fn cancel_page(call: &Call, refusal: Option<&Refusal>) -> Reply {
    let (_, whole) = whole_of(call, call.path.get("number")).await?;
    let catalog = call.catalog().await?;
    let open: Vec<&Test> = whole.tests.iter().filter(|test| test.state.takes_results()).collect();
    let stays: Vec<&Test> = whole.tests.iter().filter(|test| test.state.released()).collect();
    let back = format!("/accession/{}", whole.accession.label);
    let action = format!("{back}/cancel");
    let id = format!("cancel-{}", whole.accession.id);
    let form = Form { id: &id, action: &action, keeps: true, lenient: true, ..Form::default() };
    let body = html! {
        (page::head("Cancel an order", &ordered(call, &whole), html! {}))
        @if let Some(refusal) = refusal { (said_no(refusal)) }
        (page::facts(&[
            ("Will be cancelled", html! { b { (codes(&open)) } }),
            ("Stays as released", html! { (codes(&stays)) }),
        ]))
        @if open.is_empty() {
            p { "No test of this order can be cancelled any more." }
            p { (page::open("Back", &back, None)) }
        } @else {
            (page::form(&form, html! {
                (page::hidden("request", &call.request()))
                @for test in &open { (page::hidden("seen", &row_id(test))) }
                (reasons::fields(&call.form, &catalog, ReasonFor::Cancellation))
                (page::send(html! {
                    (page::button("Cancel the order", None, true))
                    (page::open("Back", &back, None))
                }))
            }))
        }
    };
    let status = refusal.map_or(StatusCode::OK, status_of);
    let sheet = Sheet::new("Cancel an order", body).about(&whole.patient).status(status);
    call.sheet(sheet).await
}

fn ordered(call: &Call, whole: &Whole) -> String {
    let accession = &whole.accession;
    let at = words::clock(accession.ordered_at, &call.app.laboratory().zone, call.now);
    format!("{}, ordered {at} by {}", accession.label, accession.provider)
}

fn codes(tests: &[&Test]) -> String {
    let codes: Vec<&str> = tests.iter().map(|test| test.code.as_str()).collect();
    if codes.is_empty() { "nothing".into() } else { codes.join(" ") }
}

/// `GET /accession/{number}/credit`.
pub(crate) async fn ask_credit(call: Call) -> Reply {
    credit_page(&call, None).await
}

/// `POST /accession/{number}/credit`.
pub(crate) async fn credit(call: Call) -> Reply {
    let (_, whole) = whole_of(&call, call.path.get("number")).await?;
    let command = CreditTest { tests: ticked(&call), reason: call.form.get("reason").to_owned() };
    if command.tests.is_empty() {
        return credit_page(&call, Some(&Refusal::Missing { field: "Tests".into() })).await;
    }
    match call.ask(command, "credit").await {
        Ok(done) => {
            let tests = words::count(done.events.len(), "test", "tests");
            let label = &whole.accession.label;
            call.done(format!("Credited {tests} of {}, {label}.", whole.patient.name));
            Ok(answer::see(&format!("/accession/{label}")))
        }
        Err(Trouble::Refused(refusal)) => credit_page(&call, Some(&refusal)).await,
        Err(failed) => Err(failed),
    }
}

async fn credit_page(call: &Call, refusal: Option<&Refusal>) -> Reply {
    let (_, whole) = whole_of(call, call.path.get("number")).await?;
    let id = whole.accession.id;
    let credits = call.read(move |sql| credits_of(sql, id)).await?;
    let credited = |test: &Test| credits.iter().any(|credit| credit.test == test.id);
    let (before, open): (Vec<&Test>, Vec<&Test>) = whole
        .tests
        .iter()
        .filter(|test| test.state == TestState::Cancelled)
        .partition(|test| credited(test));
    let back = format!("/accession/{}", whole.accession.label);
    let action = format!("{back}/credit");
    let id = format!("credit-{id}");
    let form = Form { id: &id, action: &action, keeps: true, lenient: true, ..Form::default() };
    let reason = Field::text("reason", "Reason").value(call.form.get("reason")).required();
    let body = html! {
        (page::head("Credit tests", &ordered(call, &whole), html! {}))
        @if let Some(refusal) = refusal { (said_no(refusal)) }
        @if !before.is_empty() {
            (page::facts(&[("Credited before", html! { (codes(&before)) })]))
        }
        @if open.is_empty() {
            p { "No cancelled test of this order is left to credit." }
            p { (page::open("Back", &back, None)) }
        } @else {
            (page::form(&form, html! {
                (page::hidden("request", &call.request()))
                (cancelled(call, &open))
                (reason.starts().hint("Why the charge is taken back; it stands in the journal.")
                    .line())
                (page::send(html! {
                    (page::button("Credit", None, true))
                    (page::open("Back", &back, None))
                }))
            }))
        }
    };
    let status = refusal.map_or(StatusCode::OK, status_of);
    call.sheet(Sheet::new("Credit tests", body).about(&whole.patient).status(status)).await
}

/// The cancelled tests, each ticked until somebody takes the tick away.
fn cancelled(call: &Call, tests: &[&Test]) -> Markup {
    let sent = call.form.has("reason");
    html! {
        div .field role="group" aria-label="Cancelled tests" {
            span .label { "Cancelled" }
            div {
                @for test in tests {
                    @let name = format!("test-{}", test.id);
                    div {
                        label .tick {
                            input type="checkbox" name=(name) value="yes"
                                checked[!sent || call.form.has(&name)];
                            b { (test.code) } span .soft { (test.note) }
                        }
                    }
                }
            }
        }
    }
}
