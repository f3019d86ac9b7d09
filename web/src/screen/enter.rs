//! Results entered by hand, `/enter`: by specimen (`?number=`), or by test (`?test=`).
//!
//! Question: what did I read? Of a specimen its open tests stand in a column, of a test the
//! specimens that wait for it. Digits type a result, Enter goes down, the first letters of an
//! answer choose it. What must stay true: each row names its patient by two identifiers or stands
//! under a header that does; each result is filed by a command of its own, so that one that is
//! refused says why in its row and keeps none of the others back; nothing typed is lost.

mod differential;
mod file;
mod grid;
mod judged;
mod tally;

use std::collections::BTreeMap;

use lab::accession::TestState;
use lab::catalog::{Catalog, TestDefinition};
use lab::command::Look;
use lab::refusal::Refusal;
use lab::value::{Label, TestCode, TestId};
use maud::{Markup, html};
use store::query::open_counts;

pub(crate) use self::differential::{count, counted};
pub(crate) use self::file::file;
pub(crate) use self::judged::judged;
use super::trouble::said_no;
use crate::answer::{self, Reply, Trouble};
use crate::call::{Call, Pairs};
use crate::page::{self, Column, Field, Grid, Live, Row};
use crate::sheet::Sheet;
use crate::words;

/// What was refused, by its test.
pub(super) type Refused = BTreeMap<TestId, Refusal>;

/// Which results are entered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// Those of one container, or of one accession.
    Number(Label),
    /// Those of one test, by its code.
    Test(String),
}

impl Place {
    /// The place that an address or a form names; `None` where it names none.
    fn of(asked: &Pairs, catalog: &Catalog) -> Result<Option<Place>, Refusal> {
        let (number, test) = (asked.get("number"), asked.get("test"));
        let found = asked.get("find");
        let text = [number, test, found].into_iter().find(|text| !text.is_empty());
        let Some(text) = text else { return Ok(None) };
        if let Ok(label) = Label::read(text) {
            return Ok(Some(Place::Number(label)));
        }
        let code = text.to_uppercase();
        let known = catalog.test(&code).map(|test| Place::Test(test.code.clone()));
        let (field, expected) = ("What to enter".into(), "a number of a tube, or a test".into());
        known.map(Some).ok_or(Refusal::Unreadable { field, expected })
    }

    /// Its address.
    fn address(&self) -> String {
        match self {
            Place::Number(label) => format!("/enter?number={label}"),
            Place::Test(code) => format!("/enter?test={}", answer::in_address(code)),
        }
    }
}

/// `GET /enter`.
pub(crate) async fn show(call: Call) -> Reply {
    let catalog = call.catalog().await?;
    if let Some(id) = call.query.get("row").split('.').next().and_then(|id| id.parse().ok()) {
        return Ok(answer::see(&of_row(&call, TestId(id)).await?));
    }
    match Place::of(&call.query, &catalog) {
        Ok(Some(place)) => screen(&call, &place, &Refused::new()).await,
        Ok(None) => choose(&call, &catalog, None).await,
        Err(refusal) => choose(&call, &catalog, Some(&refusal)).await,
    }
}

/// Where the results of the tube of a test are entered.
async fn of_row(call: &Call, id: TestId) -> Result<String, Trouble> {
    let found = call.read(move |sql| {
        let look = store::DatabaseLook(sql);
        let Some(test) = look.test(id)? else { return Ok(None) };
        look.specimen(test.specimen)
    });
    let none = || Refusal::NoSuch { what: "test".into(), name: id.to_string() };
    let specimen = found.await?.ok_or_else(none)?;
    Ok(Place::Number(specimen.label).address())
}

/// The screen of one place.
async fn screen(call: &Call, place: &Place, refused: &Refused) -> Reply {
    match place {
        Place::Number(label) => grid::of_specimen(call, label, refused).await,
        Place::Test(code) => grid::of_test(call, code, refused).await,
    }
}

/// The field that takes a scan or the code of a test, on every page of entry.
fn finder(starts: bool) -> Markup {
    let field = Field::scan("find", "Scan a tube, or type a test");
    html! {
        form .form #enter-find method="get" action="/enter" data-scan {
            (if starts { field.starts().line() } else { field.line() })
        }
    }
}

/// The tests that wait for a person's reading, to choose from.
async fn choose(call: &Call, catalog: &Catalog, refusal: Option<&Refusal>) -> Reply {
    let read = call.read(|sql| Ok((open_counts(sql)?, store::query::instruments(sql)?)));
    let (open, machines) = read.await?;
    let sent = |code: &TestCode| {
        machines.iter().any(|one| one.instrument.codes.values().any(|c| c == code))
    };
    let by_hand = open.iter().filter(|(code, _)| !sent(code));
    let known = by_hand.filter_map(|(code, count)| Some((catalog.test(code.as_str())?, *count)));
    let mut waiting: Vec<(&TestDefinition, i64)> =
        known.filter(|(test, _)| !test.may_be_calculated()).collect();
    waiting.sort_by_key(|(test, _)| catalog.position(&test.code));
    let hrefs: Vec<String> =
        waiting.iter().map(|(test, _)| Place::Test(test.code.clone()).address()).collect();
    let rows: Vec<Row<'_>> = waiting
        .iter()
        .zip(&hrefs)
        .map(|((test, count), href)| Row {
            id: &test.code,
            href: Some(href),
            cells: vec![
                html! { b { (test.code) } },
                html! { (count) },
                html! { (words::bench(test.bench.name())) },
                html! { (test.name) },
            ],
        })
        .collect();
    let body = html! {
        (page::head("Enter", "results read by a person", html! {}))
        @if let Some(refusal) = refusal { (said_no(refusal)) }
        (finder(true))
        (page::grid(&Grid {
            id: "by-hand",
            caption: "Tests that no instrument sends, on received specimens",
            columns: &[
                Column::text("Test"),
                Column::number("Waiting"),
                Column::text("Bench"),
                Column::fill("Name"),
            ],
            rows: &rows,
            start: false,
            pick: false,
            live: Some(Live { topic: "pending", src: "" }),
            empty: "No test waits to be entered by hand.",
        }))
    };
    call.sheet(Sheet::new("Enter", body).answering(refusal)).await
}

/// True for a test whose result may be entered now.
fn is_open(state: TestState) -> bool {
    matches!(state, TestState::Awaiting | TestState::Rerun)
}
