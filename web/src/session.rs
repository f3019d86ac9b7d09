//! Sessions: who sits at this browser.
//!
//! A session is a token in a cookie that scripts cannot read: the moment it began, then noise. The
//! record knows only the SHA-256 of the whole, so nobody can make a session younger than it is.
//! What must stay true: a token is never logged or kept; a session ends after its idle minutes and
//! after its longest life, however busy; a new sign-in gets a new token.

use axum::http::header::{self, HeaderValue};
use axum::http::{HeaderMap, Method};
use axum::response::Response;
use lab::command::Look;
use lab::people::Person;
use store::engine::Sql;
use store::fault::Fault;
use store::session::{self, Note};

use crate::app::App;
use crate::limit::{IDLE_MINUTES, SEEN_EVERY_SECONDS, SESSION_HOURS_MAX};
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

/// The token of a session that begins: 16 hexadecimal figures of the moment in microseconds, then
/// 192 bits of noise.
pub(crate) fn begin(now: Moment) -> Result<String, Fault> {
    let noise = token()?;
    Ok(format!("{:016x}{}", now.micros(), noise.get(16..).unwrap_or_default()))
}

/// When a session of this token began, if it says so.
fn began(token: &str) -> Option<Moment> {
    i64::from_str_radix(token.get(..16)?, 16).ok().map(Moment::from_micros)
}

/// The name under which the record knows a token.
pub(crate) fn seal(token: &str) -> String {
    store::seal_of(token)
}

/// The cookie's name. With TLS the prefix makes the browser refuse it from anyone else.
fn cookie_name(secure: bool) -> &'static str {
    if secure { "__Host-meniscus_session" } else { "meniscus_session" }
}

/// What a browser sent of a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sent {
    /// The sealed token.
    pub(crate) session: String,
    began: Option<Moment>,
}

/// The session that a browser sent.
pub(crate) fn sent(headers: &HeaderMap, secure: bool) -> Option<Sent> {
    let name = cookie_name(secure);
    let lines = headers.get_all(header::COOKIE).into_iter().filter_map(|line| line.to_str().ok());
    lines
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(known, token)| *known == name && !token.is_empty())
        .map(|(_, token)| Sent { session: seal(token), began: began(token) })
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

/// Whose session it is, and when it was last used; over or not.
pub(crate) fn of(
    sql: &(impl Sql + ?Sized),
    session: String,
) -> Result<Option<(Who, Moment)>, Fault> {
    let Some((person, seen)) = session::of(sql, &session)? else { return Ok(None) };
    let person = store::DatabaseLook(sql).person(person)?;
    // Whoever may not sign in has no session either, however it began.
    let person = person.filter(Person::works_here);
    Ok(person.map(|person| (Who { person, session }, seen)))
}

/// True for a session that has been idle too long, or is too old.
pub(crate) fn over(sent: &Sent, (seen, now): (Moment, Moment)) -> bool {
    let old = |began: Moment| now.minutes_since(began) >= SESSION_HOURS_MAX * 60;
    now.minutes_since(seen) >= IDLE_MINUTES || sent.began.is_none_or(old)
}

/// Writes down that a session is in use, now and then.
pub(crate) fn seen(app: &App, who: &Who, (before, now): (Moment, Moment)) {
    if now.micros() - before.micros() >= SEEN_EVERY_SECONDS * 1_000_000 {
        app.store().note(Note::Seen { token: who.session.clone(), at: now });
    }
}

/// Takes a session that is over out of the record, with the next commit.
pub(crate) fn end(app: &App, who: &Who) {
    app.forget(&who.session);
    app.store().note(Note::End { token: who.session.clone() });
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
        let found = sent(&jar, false).expect("one");
        assert_eq!((found.session, found.began), (seal("abc"), None));
        assert_eq!(sent(&jar, true), None);
        assert_eq!(sent(&headers(&[("cookie", "meniscus_session=")]), false), None);
    }

    #[test]
    fn a_token_says_when_it_began_and_a_session_without_that_is_over() {
        let now = Moment::from_micros(1_795_510_800_000_000);
        let token = begin(now).expect("drawn");
        assert_eq!((token.len(), began(&token)), (64, Some(now)));
        assert_ne!(token, begin(now).expect("drawn"));
        let sent = |began| Sent { session: String::new(), began };
        for (began, later, is_over) in [
            (Some(now), SESSION_HOURS_MAX * 60 - 1, false),
            (Some(now), SESSION_HOURS_MAX * 60, true),
            (None, 0, true),
        ] {
            let later = now.plus_minutes(later);
            assert_eq!(over(&sent(began), (later, later)), is_over, "{began:?}");
        }
        assert!(over(&sent(Some(now)), (now, now.plus_minutes(IDLE_MINUTES))));
    }
}
