//! What a field that names an entry of the directory offers, `/order/picks`, and what it names.
//!
//! What must stay true: typing is enough: a list is offered and nothing is filled in by itself; a
//! provider who is not listed stays as typed, a location or facility that is not listed is refused;
//! what is retired is not offered.

use lab::command::Look;
use lab::directory::{Facility, Location, Provider};
use lab::refusal::Refusal;
use maud::{Markup, html};
use store::query::{facilities, locations, providers};

use crate::answer::{self, Reply, Trouble};
use crate::call::Call;
use axum::http::StatusCode;

/// Where what may be meant is asked for.
pub(crate) const ADDRESS: &str = "/order/picks";

/// How much is offered.
const OFFERED: u32 = 12;

/// `GET /order/picks?provider=`, `?location=` or `?facility=`: the list of what begins so.
pub(crate) async fn offered(call: Call) -> Reply {
    let asked = |name: &str| call.query.has(name).then(|| call.query.get(name).to_owned());
    let list = if let Some(typed) = asked("provider") {
        let found = call.read(move |sql| providers(sql, &typed, OFFERED)).await?;
        let open = found.into_iter().filter(|row| !row.closed);
        list("provider", open.map(|row| (row.name, row.telephone)).collect())
    } else if let Some(typed) = asked("copies") {
        // The last of several, each as the whole line would read.
        let (before, last) = typed.rsplit_once(';').unwrap_or(("", &typed));
        let before = if before.is_empty() { String::new() } else { format!("{before}; ") };
        let last = last.to_owned();
        let found = call.read(move |sql| providers(sql, &last, OFFERED)).await?;
        let open = found.into_iter().filter(|row| !row.closed);
        let whole = open.map(|row| (format!("{before}{}", row.name), String::new()));
        list("copies", whole.collect())
    } else if let Some(typed) = asked("location") {
        let found = call.read(move |sql| locations(sql, &typed, OFFERED)).await?;
        let open = found.into_iter().filter(|row| !row.closed);
        list("location", open.map(|row| (row.code, row.name)).collect())
    } else {
        let typed = call.query.get("facility").to_owned();
        let found = call.read(move |sql| facilities(sql, &typed, OFFERED)).await?;
        let open = found.into_iter().filter(|row| !row.closed);
        list("facility", open.map(|row| (row.code, row.name)).collect())
    };
    Ok(answer::page(StatusCode::OK, list))
}

/// The lists, empty, to stand once on a page whose fields ask for them.
pub(crate) fn lists() -> Markup {
    let names = ["provider", "copies", "location", "facility"];
    html! { @for name in names { (list(name, Vec::new())) } }
}

fn list(name: &str, offered: Vec<(String, String)>) -> Markup {
    html! {
        datalist id={ (name) "-list" } {
            @for (value, says) in offered { option value=(value) { (says) } }
        }
    }
}

/// The location with this code; none where nothing was typed.
pub(crate) async fn location(call: &Call, typed: &str) -> Result<Option<Location>, Trouble> {
    let codes = both(typed);
    let found = call
        .read(move |sql| {
            let look = store::DatabaseLook(sql);
            codes.iter().find_map(|code| look.location_coded(code).transpose()).transpose()
        })
        .await?;
    listed(found, "location", typed)
}

/// The facility with this code; none where nothing was typed.
pub(crate) async fn facility(call: &Call, typed: &str) -> Result<Option<Facility>, Trouble> {
    let codes = both(typed);
    let found = call
        .read(move |sql| {
            let look = store::DatabaseLook(sql);
            codes.iter().find_map(|code| look.facility_coded(code).transpose()).transpose()
        })
        .await?;
    listed(found, "facility", typed)
}

/// The provider of this name, in whatever case it was typed; none where it is not listed, or
/// retired.
pub(crate) async fn provider(call: &Call, typed: &str) -> Result<Option<Provider>, Trouble> {
    let name = typed.trim().to_owned();
    if name.is_empty() {
        return Ok(None);
    }
    let asked = name.clone();
    let found = call.read(move |sql| providers(sql, &asked, OFFERED)).await?;
    let same = |row: &Provider| row.name.to_lowercase() == name.to_lowercase();
    Ok(found.into_iter().find(|row| same(row) && !row.closed))
}

/// A code as it was typed, and in capitals, as codes mostly are.
fn both(typed: &str) -> Vec<String> {
    let typed = typed.trim();
    if typed.is_empty() { Vec::new() } else { vec![typed.to_owned(), typed.to_uppercase()] }
}

fn listed<T>(found: Option<T>, what: &str, typed: &str) -> Result<Option<T>, Trouble> {
    if found.is_none() && !typed.trim().is_empty() {
        let name = typed.trim().to_owned();
        return Err(Refusal::NoSuch { what: what.into(), name }.into());
    }
    Ok(found)
}
