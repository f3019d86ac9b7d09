//! People, `/people` and `/people/{name}`.
//!
//! Question: who works here, in which role, and may they sign in? What must stay true: a one-time
//! password is shown once, to whoever gave it, and kept nowhere; each change of somebody has its
//! reason; whoever is suspended or has left is out at once.

use axum::http::StatusCode;
use lab::command::{Command, Look};
use lab::journey::person::{ResetPassword, SetRole, SetStanding};
use lab::journey::setup::AddPerson;
use lab::people::{Ask, Person, Role, Standing};
use lab::refusal::Refusal;
use lab::value::{Moment, PersonId};
use maud::{Markup, html};
use store::session::Note;

use super::trouble::said_no;
use crate::act::waiting;
use crate::answer::{self, Reply, Trouble};
use crate::call::Call;
use crate::page::{self, Choice, Column, Field, Form, Grid, Row, Tone};
use crate::sheet::Sheet;
use crate::{password, words};

/// `GET /people`.
pub(crate) async fn list(call: Call) -> Reply {
    list_page(&call, None).await
}

async fn list_page(call: &Call, refusal: Option<&Refusal>) -> Reply {
    let people = call.read(|sql| store::DatabaseLook(sql).people()).await?;
    let body = html! {
        (page::head("People", &words::count(people.len(), "person", "people"), html! {
            (page::open("Who may do what", "/may", Some('w')))
        }))
        @if let Some(refusal) = refusal { (said_no(refusal)) }
        (grid(call, &people))
        @if call.may(Ask::AddPerson) { (add_form(call)) }
    };
    call.sheet(Sheet::new("People", body).answering(refusal)).await
}

fn grid(call: &Call, people: &[Person]) -> Markup {
    let mut sorted: Vec<&Person> = people.iter().collect();
    sorted.sort_by_key(|person| (!person.works_here(), person.role, person.sign_in.clone()));
    let hrefs: Vec<String> = sorted.iter().map(|person| address(person)).collect();
    let rows: Vec<Row<'_>> = sorted
        .iter()
        .zip(&hrefs)
        .map(|(person, href)| Row {
            id: &person.sign_in,
            href: Some(href),
            cells: vec![
                html! { (person.sign_in) },
                html! { (person.shown) },
                html! { (person.role.title()) },
                standing(call, person),
            ],
        })
        .collect();
    page::grid(&Grid {
        id: "people",
        caption: "Those who work here first",
        columns: &[
            Column::text("Sign-in name"),
            Column::text("Name"),
            Column::text("Role"),
            Column::fill("Standing"),
        ],
        rows: &rows,
        start: true,
        pick: false,
        live: None,
        empty: "Nobody is on record.",
    })
}

fn address(person: &Person) -> String {
    format!("/people/{}", person.id)
}

/// How somebody stands, with what keeps them out.
fn standing(call: &Call, person: &Person) -> Markup {
    let tone = if person.works_here() { Tone::Done } else { Tone::Quiet };
    let locked = person.locked_until.filter(|until| *until > call.now);
    html! {
        (page::chip(tone, person.standing.word()))
        @if let Some(until) = locked {
            " " (page::chip(Tone::Care, &format!("locked until {}", clock(call, until))))
        }
        @if person.must_choose { " " span .soft { "must choose a password" } }
    }
}

fn clock(call: &Call, at: Moment) -> String {
    words::clock(at, &call.app.laboratory().zone, call.now)
}

fn roles() -> Vec<Choice<'static>> {
    Role::ALL.iter().map(|role| Choice { value: role.title(), label: role.title() }).collect()
}

fn add_form(call: &Call) -> Markup {
    let form = Form { id: "add", action: "/people", keeps: true, ..Form::default() };
    let typed = |name: &str| call.form.get(name).to_owned();
    let (sign_in, shown, role) = (typed("sign_in"), typed("shown"), typed("role"));
    html! {
        h2 { "Add a person" }
        (page::form(&form, html! {
            (page::hidden("request", &call.request()))
            (Field::text("sign_in", "Sign-in name").value(&sign_in).required().medium().line())
            (Field::text("shown", "Name as shown").value(&shown).required().medium().line())
            (Field::text("role", "Role").value(&role).required().pick(&roles()))
            (page::send(page::button("Add", None, true)))
        }))
    }
}

/// `POST /people`.
pub(crate) async fn add(call: Call) -> Reply {
    let Some(role) = Role::read(call.form.get("role")) else {
        let refusal = unreadable("Role", "a role of the list");
        return list_page(&call, Some(&refusal)).await;
    };
    let (sign_in, shown) = (call.form.get("sign_in"), call.form.get("shown"));
    if shown.is_empty() {
        let refusal = Refusal::Missing { field: "Name as shown".into() };
        return list_page(&call, Some(&refusal)).await;
    }
    let add = AddPerson { sign_in: sign_in.to_owned(), shown: shown.to_owned(), role };
    match call.ask(add, "add").await {
        Ok(_) => {
            let name = sign_in.to_owned();
            let added = call.read(move |sql| store::DatabaseLook(sql).person_signing_in(&name));
            let added = added.await?;
            call.done(format!("Added {shown} as {}. Give a password next.", role.title()));
            Ok(answer::see(&added.map_or("/people".into(), |person| address(&person))))
        }
        Err(Trouble::Refused(refusal)) => list_page(&call, Some(&refusal)).await,
        Err(failed) => Err(failed),
    }
}

fn unreadable(field: &str, expected: &str) -> Refusal {
    Refusal::Unreadable { field: field.into(), expected: expected.into() }
}

/// `GET /people/{number}`.
pub(crate) async fn show(call: Call) -> Reply {
    person_page(&call, (None, None)).await
}

/// The person of the address.
async fn person(call: &Call) -> Result<Person, Trouble> {
    let number = call.path.get("number").to_owned();
    let none = || Refusal::NoSuch { what: "person".into(), name: number.clone() };
    let id = PersonId(number.parse().map_err(|_| none())?);
    let found = call.read(move |sql| store::DatabaseLook(sql).person(id)).await?;
    Ok(found.ok_or_else(none)?)
}

async fn person_page(call: &Call, (refusal, password): (Option<&Refusal>, Option<&str>)) -> Reply {
    let person = person(call).await?;
    let id = person.id;
    let sessions = call.read(move |sql| store::session::of_person(sql, id)).await?;
    let title = person.shown.clone();
    let body = html! {
        (page::head(&title, person.role.title(), page::open("People", "/people", Some('p'))))
        @if let Some(refusal) = refusal { (said_no(refusal)) }
        @if let Some(password) = password { (told_once(&person, password)) }
        (page::facts(&[
            ("Sign-in name", html! { (person.sign_in) }),
            ("Standing", standing(call, &person)),
            ("Wrong passwords in a row", html! { (person.failures) }),
            ("Signed in", signed_in(call, &sessions)),
        ]))
        @if call.may(Ask::SetStanding) { (forms(call, &person, sessions.len())) }
    };
    call.sheet(Sheet::new(&title, body).answering(refusal)).await
}

fn signed_in(call: &Call, sessions: &[(Moment, Moment)]) -> Markup {
    html! {
        @match sessions.first() {
            None => span .soft { "nowhere" },
            Some((began, seen)) => {
                (words::count(sessions.len(), "session", "sessions")) ", the newest since "
                (clock(call, *began)) ", last used " (clock(call, *seen))
            }
        }
    }
}

fn told_once(person: &Person, password: &str) -> Markup {
    html! {
        div .refusal role="status" {
            h2 { "One-time password of " (person.shown) ": " code #one-time { (password) } }
            p { "It is shown only now. It lets in once, to choose another." }
        }
    }
}

fn forms(call: &Call, person: &Person, sessions: usize) -> Markup {
    let to = |what: &str| format!("{}/{what}", address(person));
    let request = call.request();
    let form = |id, action: String, fields: Markup| {
        let form = Form { id, action: &action, ..Form::default() };
        page::form(&form, html! { (page::hidden("request", &request)) (fields) })
    };
    let why = |id| Field::text(id, "Reason").required().medium().line();
    let standings: Vec<Choice<'_>> = Standing::ALL
        .iter()
        .map(|standing| Choice { value: standing.word(), label: standing.word() })
        .collect();
    let give = page::send(page::button("Give a one-time password", None, false));
    let out = page::send(page::button("Sign out everywhere", None, false));
    html! {
        h2 { "Password" }
        (form("reset", to("password"), give))
        h2 { "Standing" }
        (form("standing-form", to("standing"), html! {
            (Field::text("standing", "From now on").value(person.standing.word()).pick(&standings))
            (why("standing-reason"))
            (page::send(page::button("Set standing", None, false)))
        }))
        h2 { "Role" }
        (form("role-form", to("role"), html! {
            (Field::text("role", "Role").value(person.role.title()).pick(&roles()))
            (why("role-reason"))
            (page::send(page::button("Set role", None, false)))
        }))
        @if sessions > 0 {
            h2 { "Sessions" }
            (form("sessions", to("sessions"), out))
        }
    }
}

/// `POST /people/{number}/role`.
pub(crate) async fn set_role(call: Call) -> Reply {
    let person = person(&call).await?;
    let Some(role) = Role::read(call.form.get("role")) else {
        let refusal = unreadable("Role", "a role of the list");
        return person_page(&call, (Some(&refusal), None)).await;
    };
    let reason = call.form.get("role-reason").to_owned();
    let done = format!("{} is {} from now on.", person.shown, role.title());
    settle(&call, (SetRole { person: person.id, role, reason }.into(), done)).await
}

/// `POST /people/{number}/standing`.
pub(crate) async fn set_standing(call: Call) -> Reply {
    let person = person(&call).await?;
    let sent = call.form.get("standing");
    let Some(standing) = Standing::ALL.into_iter().find(|standing| standing.word() == sent) else {
        let refusal = unreadable("Standing", "one of the list");
        return person_page(&call, (Some(&refusal), None)).await;
    };
    let reason = call.form.get("standing-reason").to_owned();
    let done = format!("{}: {} from now on.", person.shown, standing.word());
    let command = SetStanding { person: person.id, standing, reason };
    let reply = settle(&call, (command.into(), done)).await?;
    if standing != Standing::Works && reply.status() == StatusCode::SEE_OTHER {
        end_all(&call, person.id).await?;
    }
    Ok(reply)
}

/// `POST /people/{number}/sessions`.
pub(crate) async fn end_sessions(call: Call) -> Reply {
    let person = person(&call).await?;
    end_all(&call, person.id).await?;
    call.done(format!("{} is signed out everywhere.", person.shown));
    Ok(answer::see(&address(&person)))
}

async fn end_all(call: &Call, person: PersonId) -> Result<(), Trouble> {
    let store = std::sync::Arc::clone(call.app.store());
    Ok(waiting(move || store.note_and_wait(Note::EndAll { person })).await?)
}

async fn settle(call: &Call, (command, done): (Command, String)) -> Reply {
    match call.ask(command, "person").await {
        Ok(_) => {
            call.done(done);
            Ok(answer::see(&format!("/people/{}", call.path.get("number"))))
        }
        Err(Trouble::Refused(refusal)) => person_page(call, (Some(&refusal), None)).await,
        Err(failed) => Err(failed),
    }
}

/// `POST /people/{number}/password`: the password stands on the answer and nowhere else.
pub(crate) async fn reset(call: Call) -> Reply {
    let person = person(&call).await?.id;
    let password = password::one_time()?;
    let typed = password.clone();
    let digest =
        waiting(move || password::digest(&typed).map_err(store::fault::Fault::new)).await?;
    let seal = store::seal_of(&digest);
    match call.ask(ResetPassword { person, seal, digest }, "reset").await {
        // Sent twice, the first password holds, and this one was never kept.
        Ok(done) if done.again => {
            call.refused("A password was given by this form before. Open the page again.");
            Ok(answer::see(&format!("/people/{person}")))
        }
        Ok(_) => {
            end_all(&call, person).await?;
            person_page(&call, (None, Some(&password))).await
        }
        Err(Trouble::Refused(refusal)) => person_page(&call, (Some(&refusal), None)).await,
        Err(failed) => Err(failed),
    }
}

/// `GET /may`: who may do what, the table a director signs.
pub(crate) async fn may(call: Call) -> Reply {
    let roles = Role::ALL;
    let body = html! {
        (page::head("Who may do what", "every role against everything that can be asked",
            page::open("People", "/people", Some('p'))))
        div .scroll tabindex="0" role="region" aria-label="Who may do what" {
            table .matrix {
                thead { tr {
                    th scope="col" { "Asked" }
                    @for role in roles { th scope="col" { (role.title()) } }
                } }
                tbody {
                    @for ask in Ask::ALL {
                        tr {
                            th scope="row" title=(ask.name()) { (ask.words()) }
                            @for role in roles { (mark(role, ask)) }
                        }
                    }
                }
            }
        }
    };
    call.sheet(Sheet::new("Who may do what", body)).await
}

fn mark(role: Role, ask: Ask) -> Markup {
    let may = lab::people::may(lab::people::Actor::Person(PersonId(0), role), ask);
    html! {
        td { @if may { "may" } @else { span .soft aria-label="may not" { "·" } } }
    }
}
