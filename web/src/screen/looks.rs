//! Who looked at a patient, `/journal/looks?number=`, by the number of any of the patient's tubes.
//!
//! Question: who has seen this patient's pages, and when? What must stay true: only those who
//! answer for it may ask; asking is itself a look and is noted.

use lab::patient::Patient;
use lab::people::Person;
use lab::value::{Moment, PersonId};
use maud::html;
use store::session::{Look as Looked, looks_of};

use super::label::whole_of;
use crate::answer::Reply;
use crate::call::Call;
use crate::limit::PAGE_ROWS_MAX;
use crate::page::{self, Column, Field, Grid, Row};
use crate::sheet::Sheet;
use crate::words;

/// `GET /journal/looks`.
pub(crate) async fn show(call: Call) -> Reply {
    let number = call.query.get("number").to_owned();
    let ask = html! {
        form .form #ask method="get" action="/journal/looks" data-scan {
            (Field::scan("number", "Scan a tube").required().value(&number).starts().line())
            (page::field::send(page::button("Show", None, true)))
        }
    };
    let title = "Who looked";
    if number.is_empty() {
        let body = html! { (page::head(title, "at a patient's pages, and when", html! {})) (ask) };
        return call.sheet(Sheet::new(title, body)).await;
    }
    let (_, whole) = whole_of(&call, &number).await?;
    let patient: Patient = whole.patient;
    let id = patient.id;
    let looks = call.read(move |sql| looks_of(sql, id, PAGE_ROWS_MAX)).await?;
    let names = names(&call, &looks).await?;
    let zone = &call.app.laboratory().zone;
    let keyed: Vec<(String, &Looked)> =
        looks.iter().enumerate().map(|(at, look)| (at.to_string(), look)).collect();
    let name = |id: PersonId| {
        let found = names.iter().find(|person| person.id == id);
        found.map_or_else(
            || "a person".to_owned(),
            |person| format!("{} ({})", person.shown, person.role.title()),
        )
    };
    let rows: Vec<Row<'_>> = keyed
        .iter()
        .map(|(id, look)| Row {
            id,
            href: None,
            cells: vec![
                html! { (when(look.at, zone, call.now)) },
                html! { (name(look.person)) },
                html! { (look.page) },
            ],
        })
        .collect();
    let body = html! {
        (page::head(title, &words::count(looks.len(), "look", "looks"), html! {}))
        (ask)
        (page::grid(&Grid {
            id: "looks",
            caption: "Newest first; the same look again within minutes is noted once",
            columns: &[Column::text("When"), Column::text("Who"), Column::fill("Page")],
            rows: &rows,
            start: false,
            pick: false,
            live: None,
            empty: "Nobody has looked at this patient.",
        }))
    };
    call.sheet(Sheet::new(title, body).about(&patient)).await
}

fn when(at: Moment, zone: &jiff::tz::TimeZone, now: Moment) -> String {
    words::to_the_second(at, zone, now)
}

async fn names(call: &Call, looks: &[Looked]) -> Result<Vec<Person>, crate::answer::Trouble> {
    use lab::command::Look;
    let mut people: Vec<PersonId> = looks.iter().map(|look| look.person).collect();
    people.sort_unstable();
    people.dedup();
    call.read(move |sql| {
        let look = store::DatabaseLook(sql);
        let mut found = Vec::new();
        for id in people {
            found.extend(look.person(id)?);
        }
        Ok(found)
    })
    .await
}
