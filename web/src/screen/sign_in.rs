//! Sign in, sign out, stay.
//!
//! Question: who sits here? What must stay true: an unknown name, a wrong password and a locked
//! name are answered with the same status and words, and take alike long; each try goes through
//! the door, unless too many wait there or this place tried the name too often; one lands where one
//! was going, within this laboratory only.
//!
//! The price: a person whose name is locked is told only that it may be, not for how many minutes;
//! the journal and an administrator know. What stays: a try at a name that exists is written to
//! the record, which takes some milliseconds longer, and is counted in `/metrics`.

use axum::http::StatusCode;
use axum::http::header::{self, HeaderValue};
use axum::response::Response;
use lab::command::{Command, Look};
use lab::journey::setup::{Attempt, SignIn};
use lab::people::{Actor, Person};
use lab::refusal::{HouseRefusal, Refusal};
use maud::{Markup, html};
use store::fault::Fault;
use store::session::Note;

use super::trouble::said_no;
use crate::act::{carry_as, waiting};
use crate::answer::{self, Reply, Trouble, status_of};
use crate::call::Call;
use crate::limit::{PASSWORD_CHARS_MAX, SESSION_HOURS_MAX};
use crate::page::{self, Field, Form, Shell};
use crate::password::{self, Place};
use crate::{session, sheet, words};

/// `GET /sign-in`.
pub(crate) async fn show(call: Call) -> Reply {
    // Where the letterhead cannot be read, the form stands under the name last known.
    let app = call.app.clone();
    let _ = waiting(move || app.letterhead()).await;
    Ok(form_page(&call, None, StatusCode::OK))
}

/// Answers somebody who is not signed in: a page is led to the form and back, anything else gets
/// the form at once.
pub(crate) fn first(call: &Call, is_page: bool) -> Response {
    if is_page && !call.live && call.route != "/live" {
        let next = if call.here == "/" { String::new() } else { next_query(&call.here) };
        return answer::see(&format!("/sign-in{next}"));
    }
    form_page(call, None, StatusCode::UNAUTHORIZED)
}

fn next_query(here: &str) -> String {
    format!("?next={}", answer::in_address(here))
}

fn form_page(call: &Call, said: Option<Markup>, status: StatusCode) -> Response {
    let next = match call.form.get("next") {
        "" => call.query.get("next"),
        sent => sent,
    };
    let name = call.form.get("name");
    let form = Form { id: "sign-in", action: page::SIGN_IN, whole: true, ..Form::default() };
    let user = Field::text("name", "Name").value(name).required().complete("username");
    let secret = Field::password("password", "Password").required().complete("current-password");
    let again = said.is_some() && !name.is_empty();
    let (user, secret) = if again { (user, secret.starts()) } else { (user.starts(), secret) };
    let body = html! {
        @if let Some(said) = said { (said) }
        (page::form(&form, html! {
            (page::hidden("next", next))
            (user.line())
            (secret.line())
            (page::field::send(page::button("Sign in", None, true)))
        }))
    };
    let now = words::exact(call.now);
    let shell = Shell {
        title: "Sign in",
        lab_name: &call.app.name(),
        banner: call.app.laboratory().demo.then_some(sheet::DEMO),
        now: &now,
        release: env!("CARGO_PKG_VERSION"),
        ..Shell::default()
    };
    answer::page(status, page::front(&shell, body))
}

/// `POST /sign-in`.
pub(crate) async fn sign_in(call: Call) -> Reply {
    let Some(turn) = call.app.passwords().place() else { return Ok(crowded(&call)) };
    let (place, name) = (call.place.clone(), call.form.get("name").to_owned());
    if let Err(minutes) = call.app.tries().begin((&place, &name), call.now) {
        return Ok(waits(&call, minutes));
    }
    match try_password(&call, turn).await {
        Ok(person) => {
            call.app.tries().right((&place, &name));
            begin(&call, &person).await
        }
        Err(Trouble::Refused(refusal)) => {
            Ok(form_page(&call, Some(turned_away(&refusal)), status_of(&refusal)))
        }
        Err(failed) => Err(failed),
    }
}

/// What is said to a try that failed; the same whether the name is unknown, locked, or not fitted
/// by the password.
fn turned_away(refusal: &Refusal) -> Markup {
    match refusal {
        Refusal::WrongSignIn
        | Refusal::SignInLocked { .. }
        | Refusal::House(HouseRefusal::MayNotSignIn { .. }) => page::refusal(&page::Refused {
            code: "WrongSignIn",
            sentence: "The name and the password do not fit together, or the name is locked.",
            remedy: "Type both again. After five wrong tries this place waits before it may try \
                     the name again; an administrator can give a new password.",
            way: None,
        }),
        other => said_no(other),
    }
}

/// Answers a place that tried this name too often: nothing was compared.
fn waits(call: &Call, minutes: i64) -> Response {
    let remedy = format!(
        "Try again in {minutes} min. It works at another place; an administrator can give a new \
         password."
    );
    let said = page::refusal(&page::Refused {
        code: "WaitToSignIn",
        sentence: "Too many wrong passwords for this name from this place.",
        remedy: &remedy,
        way: None,
    });
    let mut response = form_page(call, Some(said), StatusCode::TOO_MANY_REQUESTS);
    if let Ok(seconds) = HeaderValue::from_str(&(minutes * 60).to_string()) {
        response.headers_mut().insert(header::RETRY_AFTER, seconds);
    }
    response
}

/// Answers whom the queue has no place for: nothing was tried, and the name stays typed.
fn crowded(call: &Call) -> Response {
    let said = page::refusal(&page::Refused {
        code: "TooManySignIns",
        sentence: "There are too many sign-ins at this moment.",
        remedy: "Try again in a few seconds.",
        way: None,
    });
    let mut response = form_page(call, Some(said), StatusCode::SERVICE_UNAVAILABLE);
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
    response
}

/// Compares the password, and takes the try through the door.
async fn try_password(call: &Call, place: Place) -> Result<Person, Trouble> {
    let name = call.form.get("name").to_owned();
    let typed = call.form.0.iter().find(|(name, _)| name == "password");
    let typed = typed.map_or("", |(_, value)| value.as_str()).to_owned();
    let known = call
        .read(move |sql| {
            let person = store::DatabaseLook(sql).person_signing_in(&name)?;
            let digest = match &person {
                Some(person) => store::session::digest_of(sql, person.id)?,
                None => None,
            };
            Ok(person.zip(digest))
        })
        .await?;
    let digest = known.as_ref().map_or(password::nobody(), |(_, digest)| digest).to_owned();
    let short = typed.chars().count() <= PASSWORD_CHARS_MAX;
    let work = move || short && password::verify(&typed, &digest);
    let fits = call.app.passwords().compare(place, work).await?;
    let Some((person, _)) = known else { return Err(Refusal::WrongSignIn.into()) };
    let (actor, attempt) = match fits {
        true => (Actor::Person(person.id, person.role), Attempt::Right),
        false => (Actor::System, Attempt::Wrong),
    };
    let command = Command::from(SignIn { person: person.id, attempt });
    carry_as(&call.app, actor, command).await?;
    if fits { Ok(person) } else { Err(Refusal::WrongSignIn.into()) }
}

async fn begin(call: &Call, person: &Person) -> Reply {
    let token = session::begin(call.now)?;
    let note = Note::Begin { token: session::seal(&token), person: person.id, at: call.now };
    end(call).await?;
    let store = std::sync::Arc::clone(call.app.store());
    let before = call.now.plus_minutes(-SESSION_HOURS_MAX * 60);
    waiting(move || {
        store.note(Note::EndUnused { before });
        store.note_and_wait(note)
    })
    .await?;
    let mut response = answer::see(within(call.form.get("next")));
    session::give(&mut response, &token, call.app.laboratory().secure);
    Ok(response)
}

/// An address within this laboratory; anything else leads to the shift board.
fn within(next: &str) -> &str {
    let ours = next.starts_with('/') && !next.starts_with("//") && !next.contains(['\\', '\n']);
    if ours && !next.starts_with("/sign-in") { next } else { "/" }
}

/// `POST /sign-out`.
pub(crate) async fn sign_out(call: Call) -> Reply {
    if let Some(who) = &call.who {
        let command = SignIn { person: who.person.id, attempt: Attempt::Leave };
        let actor = Actor::Person(who.person.id, who.person.role);
        carry_as(&call.app, actor, command.into()).await?;
        end(&call).await?;
    }
    let mut response = answer::see(page::SIGN_IN);
    session::give(&mut response, "", call.app.laboratory().secure);
    Ok(response)
}

/// Ends the session one came with, if one did.
async fn end(call: &Call) -> Result<(), Fault> {
    let Some(who) = &call.who else { return Ok(()) };
    call.app.forget(&who.session);
    let note = Note::End { token: who.session.clone() };
    let store = std::sync::Arc::clone(call.app.store());
    waiting(move || store.note_and_wait(note)).await
}

/// Ends every session of whoever asks but the one the request came with.
pub(crate) async fn end_others(call: &Call) -> Result<(), Trouble> {
    let who = call.who()?;
    let (person, token, at) = (who.person.id, who.session.clone(), call.now);
    let store = std::sync::Arc::clone(call.app.store());
    let ended = move || {
        // Both in one wait: after a crash between the two nobody would be signed in.
        store.note(Note::EndAll { person });
        store.note_and_wait(Note::Begin { token, person, at })
    };
    Ok(waiting(ended).await?)
}

/// `POST /stay`: the person is still working. That the session was used is noted on the way in.
pub(crate) async fn stay(_: Call) -> Reply {
    Ok(answer::text(StatusCode::OK, ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_lands_within_the_laboratory_only() {
        for (next, to) in [
            ("/review?bench=chemistry", "/review?bench=chemistry"),
            ("", "/"),
            ("//evil.example", "/"),
            ("/\\evil.example", "/"),
            ("https://evil.example", "/"),
            ("/sign-in", "/"),
        ] {
            assert_eq!(within(next), to);
        }
        assert_eq!(next_query("/review?bench=a&b"), "?next=/review%3Fbench%3Da%26b");
    }
}
