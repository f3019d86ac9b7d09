//! Sessions: who sits at this browser.
//!
//! A session is a random token in a cookie that scripts cannot read; the record knows only its
//! SHA-256. What must stay true: a token is never logged or kept; a session ends after its idle
//! minutes; a new sign-in gets a new token.

use axum::http::header::{self, HeaderValue};
use axum::http::{HeaderMap, Method};
use axum::response::Response;
use lab::command::Look;
use lab::people::Person;
use sha2::{Digest, Sha256};
use store::engine::Sql;
use store::fault::Fault;
use store::session::{self, Note};

use crate::app::App;
use crate::limit::{IDLE_MINUTES, SEEN_EVERY_SECONDS};
use lab::value::Moment;

/// Who is signed in, and the name of the session in the record.
#[derive(Clone, Debug)]
pub(crate) struct Who {
    pub(crate) person: Person,
    pub(crate) session: String,
}

/// A new token: 256 bits, hexadecimal.
pub(crate) fn token() -> Result<String, Fault> {
    let mut noise = [0_u8; 32];
    getrandom::fill(&mut noise).map_err(Fault::new)?;
    Ok(store::hexadecimal(&noise))
}

/// The name under which the record knows a token.
pub(crate) fn seal(token: &str) -> String {
    store::hexadecimal(&Sha256::digest(token.as_bytes()))
}

/// The cookie's name. With TLS the prefix makes the browser refuse it from anyone else.
fn cookie_name(secure: bool) -> &'static str {
    if secure { "__Host-meniscus_session" } else { "meniscus_session" }
}

/// The sealed token that a browser sent.
pub(crate) fn sent(headers: &HeaderMap, secure: bool) -> Option<String> {
    let name = cookie_name(secure);
    let lines = headers.get_all(header::COOKIE).into_iter().filter_map(|line| line.to_str().ok());
    lines
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(known, token)| *known == name && !token.is_empty())
        .map(|(_, token)| seal(token))
}

/// Puts the cookie of a token on an answer; an empty token takes it away.
pub(crate) fn give(response: &mut Response, token: &str, secure: bool) {
    let age = if token.is_empty() { "; Max-Age=0" } else { "" };
    let tls = if secure { "; Secure" } else { "" };
    let name = cookie_name(secure);
    let cookie = format!("{name}={token}; Path=/; HttpOnly; SameSite=Strict{tls}{age}");
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
}

/// Who sits there, and when the session was last used; nobody once it has been idle too long.
pub(crate) fn of(
    sql: &(impl Sql + ?Sized),
    session: String,
    now: Moment,
) -> Result<Option<(Who, Moment)>, Fault> {
    let Some((person, seen)) = session::of(sql, &session)? else { return Ok(None) };
    if now.minutes_since(seen) >= IDLE_MINUTES {
        return Ok(None);
    }
    let person = store::DatabaseLook(sql).person(person)?;
    Ok(person.map(|person| (Who { person, session }, seen)))
}

/// Writes down that a session is in use, now and then.
pub(crate) fn seen(app: &App, who: &Who, (before, now): (Moment, Moment)) {
    if now.micros() - before.micros() >= SEEN_EVERY_SECONDS * 1_000_000 {
        app.store().note(Note::Seen { token: who.session.clone(), at: now });
    }
}

/// True for a change that another site's page asks for.
pub(crate) fn foreign(method: &Method, headers: &HeaderMap) -> bool {
    if matches!(*method, Method::GET | Method::HEAD) {
        return false;
    }
    let read = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = read("sec-fetch-site") {
        return !matches!(site, "same-origin" | "none");
    }
    let Some(origin) = read("origin") else { return false };
    let host = origin.split_once("://").map_or("", |(_, host)| host);
    Some(host) != read("host")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(lines: &[(&'static str, &'static str)]) -> HeaderMap {
        lines
            .iter()
            .map(|(name, value)| (name.parse().expect("a name"), HeaderValue::from_static(value)))
            .collect()
    }

    #[test]
    fn a_foreign_page_changes_nothing() {
        for (lines, is_foreign) in [
            (&[][..], false),
            (&[("sec-fetch-site", "same-origin")], false),
            (&[("sec-fetch-site", "none")], false),
            (&[("sec-fetch-site", "cross-site")], true),
            (&[("sec-fetch-site", "same-site")], true),
            (&[("origin", "http://lab:8080"), ("host", "lab:8080")], false),
            (&[("origin", "http://evil"), ("host", "lab:8080")], true),
            (&[("origin", "null"), ("host", "lab:8080")], true),
        ] {
            assert_eq!(foreign(&Method::POST, &headers(lines)), is_foreign, "{lines:?}");
            assert!(!foreign(&Method::GET, &headers(lines)));
        }
    }

    #[test]
    fn a_cookie_is_found_among_others() {
        let jar = headers(&[("cookie", "theme=dark; meniscus_session=abc; x=y")]);
        assert_eq!(sent(&jar, false), Some(seal("abc")));
        assert_eq!(sent(&jar, true), None);
        assert_eq!(sent(&headers(&[("cookie", "meniscus_session=")]), false), None);
    }
}
