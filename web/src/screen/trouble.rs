//! The page of trouble: what the laboratory refused, or that the world failed.
//!
//! What must stay true: a refusal says what is the case and what to do; a fault says that nothing
//! was changed and a number to quote, under which it stands in the log, once.

use axum::http::StatusCode;
use axum::response::Response;
use lab::refusal::Refusal;
use maud::{Markup, html};
use store::fault::Fault;

use crate::answer::{page, status_of};
use crate::call::Call;
use crate::page::{self, Shell};
use crate::sheet::Sheet;
use crate::words;

/// The box of a refusal, to stand on the page where something was asked.
pub(crate) fn said_no(refusal: &Refusal) -> Markup {
    page::refusal(&page::Refused {
        code: refusal.code(),
        sentence: &refusal.sentence(),
        remedy: refusal.remedy(),
        way: None,
    })
}

/// The page of a refusal that no screen showed itself.
pub(crate) async fn refused(call: &Call, refusal: &Refusal) -> Response {
    let status = status_of(refusal);
    let body = html! { (page::head("Not done", "", html! {})) (said_no(refusal)) };
    match call.sheet(Sheet::new("Not done", body).status(status)).await {
        Ok(response) => response,
        Err(_) => plain(call, status, &said_no(refusal)),
    }
}

/// The page of a fault.
pub(crate) fn fault(call: &Call, fault: &Fault) -> Response {
    let number = crate::session::token().unwrap_or_default();
    let number = number.get(..8).unwrap_or("none").to_uppercase();
    tracing::error!(%number, route = call.route, %fault, "not done");
    plain(call, StatusCode::INTERNAL_SERVER_ERROR, &page::fault(&number))
}

/// The page of an address that is none.
pub(crate) fn nowhere() -> Response {
    let shell = Shell { title: "No such page", ..Shell::default() };
    let body = html! {
        (page::head("No such page", "", html! {}))
        p { "There is no page at this address. " a href="/" { "Shift board" } }
    };
    page(StatusCode::NOT_FOUND, page::page(&shell, body))
}

/// A page that asks the record nothing.
fn plain(call: &Call, status: StatusCode, body: &Markup) -> Response {
    let now = words::exact(call.now);
    let lab_name = &call.app.name();
    let shell = Shell { title: "Not done", lab_name, now: &now, ..Shell::default() };
    let body = html! { (body) p { a href="/" { "Shift board" } } };
    page(status, page::page(&shell, body))
}
