//! How a request is answered: with a page, with the way to another page, or with trouble; and
//! the headers that stand on every answer.
//!
//! What must stay true: no page of a patient is kept by a browser; no page runs a script that is
//! not ours; a refusal and a fault are told apart by status and by words.

use axum::http::header::{self, HeaderName, HeaderValue};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use lab::refusal::Refusal;
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

/// Plain text.
pub(crate) fn text(status: StatusCode, text: impl Into<String>) -> Response {
    (status, text.into()).into_response()
}

/// The status that says a refusal to programs.
pub(crate) const fn status_of(refusal: &Refusal) -> StatusCode {
    match refusal {
        Refusal::NotPermitted { .. } => StatusCode::FORBIDDEN,
        Refusal::NoSuch { .. } => StatusCode::NOT_FOUND,
        Refusal::Changed { .. } => StatusCode::CONFLICT,
        Refusal::SignInLocked { .. } => StatusCode::TOO_MANY_REQUESTS,
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

/// Lets one style sheet stand inside a page: it is named by its digest, so no other may.
pub(crate) fn with_style(mut page: Response, style: &str) -> Response {
    use sha2::{Digest, Sha256};
    let digest = base64(&Sha256::digest(style.as_bytes()));
    let policy = format!("{POLICY}; style-src 'self' 'sha256-{digest}'");
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        page.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    page
}

/// Bytes in base64, as a content security policy writes a digest (RFC 4648, section 4).
fn base64(bytes: &[u8]) -> String {
    const SIGNS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let word = group.iter().fold(0_u32, |word, byte| (word << 8) | u32::from(*byte));
        let word = word << (8 * (3 - group.len()));
        for place in 0..4 {
            let sign = SIGNS[(word >> (18 - 6 * place) & 63) as usize];
            text.push(if place <= group.len() { char::from(sign) } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_that_of_the_standard() {
        // RFC 4648, section 10.
        for (text, written) in
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")]
        {
            assert_eq!(base64(text.as_bytes()), written);
        }
    }
}
