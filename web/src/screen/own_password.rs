//! One's own password, `/password`.
//!
//! Question: which password will be mine? What must stay true: the old one is compared first, in
//! the same queue as at sign-in; the new one is never shown; other sessions of the person end.

use lab::journey::person::ChooseOwnPassword;
use lab::refusal::Refusal;
use maud::html;
use store::fault::Fault;

use super::trouble::said_no;
use crate::act::waiting;
use crate::answer::{self, Reply, Trouble};
use crate::call::Call;
use crate::limit::{PASSWORD_CHARS_MAX, PASSWORD_CHARS_MIN};
use crate::page::{self, Field, Form};
use crate::password;
use crate::sheet::Sheet;

/// `GET /password`.
pub(crate) async fn show(call: Call) -> Reply {
    form_page(&call, None).await
}

async fn form_page(call: &Call, refusal: Option<&Refusal>) -> Reply {
    let must = call.who()?.person.must_choose;
    let form = Form { id: "own-password", action: "/password", ..Form::default() };
    let hint = format!("{PASSWORD_CHARS_MIN} characters or more; a sentence is easy to remember.");
    let old = Field::password("old", "Password until now").required();
    let new = Field::password("new", "New password").required().complete("new-password");
    let again = Field::password("again", "New password again").required();
    let body = html! {
        (page::head("Choose a password", "", html! {}))
        @if must {
            p { "The password you were given is good once. Choose one that only you know." }
        }
        @if let Some(refusal) = refusal { (said_no(refusal)) }
        (page::form(&form, html! {
            (page::hidden("request", &call.request()))
            (old.complete("current-password").starts().line())
            (new.hint(&hint).line())
            (again.complete("new-password").line())
            (page::send(page::button("Change the password", None, true)))
        }))
    };
    call.sheet(Sheet::new("Choose a password", body).answering(refusal)).await
}

/// A password as typed, blanks and all.
fn typed(call: &Call, name: &str) -> String {
    let found = call.form.0.iter().find(|(known, _)| known == name);
    found.map_or(String::new(), |(_, value)| value.clone())
}

/// What is wrong with a new password.
fn unfit(call: &Call, old: &str, new: &str) -> Option<Refusal> {
    let expected =
        |field: &str, expected: String| Some(Refusal::Unreadable { field: field.into(), expected });
    let name = call.who.as_ref().map_or("", |who| who.person.sign_in.as_str());
    let long = new.chars().count();
    if long < PASSWORD_CHARS_MIN {
        return expected("New password", format!("{PASSWORD_CHARS_MIN} characters or more"));
    }
    if long > PASSWORD_CHARS_MAX {
        return expected("New password", format!("{PASSWORD_CHARS_MAX} characters or fewer"));
    }
    if new == old || new.eq_ignore_ascii_case(name) {
        return expected("New password", "another than the old one and than the name".into());
    }
    if typed(call, "again") != new {
        return expected("New password again", "the same password once more".into());
    }
    None
}

/// `POST /password`.
pub(crate) async fn choose(call: Call) -> Reply {
    let (old, new) = (typed(&call, "old"), typed(&call, "new"));
    if let Some(refusal) = unfit(&call, &old, &new) {
        return form_page(&call, Some(&refusal)).await;
    }
    let person = call.who()?.person.clone();
    let tried = (call.place.as_str(), person.sign_in.as_str());
    let wrong = |expected: &str| Refusal::Unreadable {
        field: "Password until now".into(),
        expected: expected.into(),
    };
    let Some(turn) = call.app.passwords().place() else {
        return form_page(&call, Some(&wrong("another try in a few seconds"))).await;
    };
    if let Err(minutes) = call.app.tries().begin(tried, call.now) {
        let refusal = wrong(&format!("another try in {minutes} min, after too many wrong ones"));
        return form_page(&call, Some(&refusal)).await;
    }
    let id = person.id;
    let digest = call.read(move |sql| store::session::digest_of(sql, id)).await?;
    let digest = digest.unwrap_or_else(|| password::nobody().to_owned());
    let work = move || password::verify(&old, &digest);
    if !call.app.passwords().compare(turn, work).await? {
        return form_page(&call, Some(&wrong("the password you signed in with"))).await;
    }
    call.app.tries().right(tried);
    keep(&call, new).await
}

async fn keep(call: &Call, new: String) -> Reply {
    let person = call.who()?.person.id;
    let digest = waiting(move || password::digest(&new).map_err(Fault::new)).await?;
    let seal = store::seal_of(&digest);
    match call.ask(ChooseOwnPassword { person, seal, digest }, "own").await {
        Ok(_) => {
            super::sign_in::end_others(call).await?;
            call.done("Your password was changed; other sessions of yours ended.");
            Ok(answer::see("/"))
        }
        Err(Trouble::Refused(refusal)) => form_page(call, Some(&refusal)).await,
        Err(failed) => Err(failed),
    }
}
