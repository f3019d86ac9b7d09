//! How a request is answered: with a page, with the way to another page, or with trouble; and
//! the headers that stand on every answer.
//!
//! What must stay true: no page of a patient is kept by a browser; no page runs a script that is
//! not ours; a refusal and a fault are told apart by status and by words.

use axum::http::header::{self, HeaderName, HeaderValue};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use lab::refusal::{HouseRefusal, Refusal};
use maud::Markup;
use store::fault::Fault;

/// What kept a request from being done.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// The laboratory says no.
    Refused(Refusal),
    /// The world failed.
    Failed(Fault),
}

impl From<Refusal> for Trouble {
    fn from(refusal: Refusal) -> Trouble {
        Trouble::Refused(refusal)
    }
}

impl From<Fault> for Trouble {
    fn from(fault: Fault) -> Trouble {
        Trouble::Failed(fault)
    }
}

/// How a screen answers.
pub(crate) type Reply = Result<Response, Trouble>;

/// A page.
pub(crate) fn page(status: StatusCode, markup: Markup) -> Response {
    let kind = [(header::CONTENT_TYPE, "text/html; charset=utf-8")];
    (status, kind, markup.into_string()).into_response()
}

/// The way to another page, after something was done.
pub(crate) fn see(address: &str) -> Response {
    let to = HeaderValue::from_str(address).unwrap_or(HeaderValue::from_static("/"));
    (StatusCode::SEE_OTHER, [(header::LOCATION, to)]).into_response()
}

/// A text as it stands in a question of an address: `NEUT#` as `NEUT%23`.
pub(crate) fn in_address(text: &str) -> String {
    text.bytes().fold(String::new(), |mut escaped, byte| {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' => {
                escaped.push(char::from(byte));
            }
            _ => escaped.push_str(&format!("%{byte:02X}")),
        }
        escaped
    })
}

/// Plain text.
pub(crate) fn text(status: StatusCode, text: impl Into<String>) -> Response {
    (status, text.into()).into_response()
}

/// The status that says a refusal to programs.
pub(crate) const fn status_of(refusal: &Refusal) -> StatusCode {
    match refusal {
        Refusal::NotPermitted { .. } => StatusCode::FORBIDDEN,
        Refusal::NoSuch { .. } => StatusCode::NOT_FOUND,
        Refusal::Changed { .. } | Refusal::ChangedMeanwhile { .. } => StatusCode::CONFLICT,
        Refusal::WrongSignIn
        | Refusal::SignInLocked { .. }
        | Refusal::House(HouseRefusal::MayNotSignIn { .. }) => StatusCode::UNAUTHORIZED,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    }
}

/// No script, style, picture or frame from anywhere else; forms only to us.
const POLICY: &str = "default-src 'self'; object-src 'none'; base-uri 'none'; \
                      form-action 'self'; frame-ancestors 'none'";

/// Puts on the headers that stand on every answer.
pub(crate) fn guard(mut response: Response, secure: bool) -> Response {
    let headers = response.headers_mut();
    put(headers, header::CONTENT_SECURITY_POLICY, POLICY);
    put(headers, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    put(headers, header::REFERRER_POLICY, "same-origin");
    put(headers, header::X_FRAME_OPTIONS, "DENY");
    put(headers, HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    put(headers, header::CACHE_CONTROL, "no-store");
    if secure {
        put(headers, header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
    response
}

/// A header, unless the answer has its own.
fn put(headers: &mut HeaderMap, name: HeaderName, value: &'static str) {
    headers.entry(name).or_insert(HeaderValue::from_static(value));
}

/// Lets one style sheet stand inside a page: it is named by its hash, `sha256-…`, so that no other
/// may.
pub(crate) fn with_style(mut page: Response, hash: &str) -> Response {
    let policy = format!("{POLICY}; style-src 'self' '{hash}'");
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        page.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    page
}
