//! One entry of the directory, `/directory/{kind}?row=`: new, changed, retired, opened again.
//!
//! What must stay true: what was seen of the entry travels with the form and is compared at the
//! door; what was typed stays when it is refused.

use axum::http::StatusCode;
use lab::command::Look;
use lab::directory::{Facility, Location, LocationKind, Provider};
use lab::journey::directory::{EditDirectory, Entry as Edited};
use lab::refusal::{AboutPatient, Refusal};
use lab::value::{ClinicalLaboratoryNumber, FacilityId, LocationId, ProviderId, ProviderNumber};
use maud::{Markup, html};
use store::query::Entry;

use super::super::order::picks;
use super::super::trouble::said_no;
use super::Kind;
use crate::answer::{self, Reply, Trouble, status_of};
use crate::call::{Call, Pairs};
use crate::page::{self, Choice, Field, Form};
use crate::sheet::Sheet;

/// `GET /directory/{kind}`.
pub(crate) async fn show(call: Call) -> Reply {
    let kind = kind(&call)?;
    let kept = kept(&call, kind, call.query.get("row")).await?;
    form_page(&call, (kind, kept.as_ref()), None).await
}

fn kind(call: &Call) -> Result<Kind, Refusal> {
    let word = call.path.get("kind");
    let none = || Refusal::NoSuch { what: "directory of".into(), name: word.to_owned() };
    Kind::read(word).ok_or_else(none)
}

/// The entry of this number; none for a new one.
async fn kept(call: &Call, kind: Kind, row: &str) -> Result<Option<Entry>, Trouble> {
    if row.is_empty() {
        return Ok(None);
    }
    let number: i64 = row.parse().unwrap_or(0);
    let found = call
        .read(move |sql| {
            let look = store::DatabaseLook(sql);
            Ok(match kind {
                Kind::Provider => look.row(number)?.map(Entry::Provider),
                Kind::Location => look.row(number)?.map(Entry::Location),
                Kind::Facility => look.row(number)?.map(Entry::Facility),
            })
        })
        .await?;
    let none = || Refusal::NoSuch { what: kind.word().into(), name: "of this number".into() };
    Ok(Some(found.ok_or_else(none)?))
}

/// `POST /directory/{kind}`.
pub(crate) async fn keep(call: Call) -> Reply {
    let kind = kind(&call)?;
    let asked = match command(&call, kind).await {
        Ok(command) => call.ask(command, "entry").await,
        Err(trouble) => Err(trouble),
    };
    match asked {
        Ok(_) => {
            let name = if kind == Kind::Provider { "name" } else { "code" };
            let done = match call.form.get("closed") {
                "yes" => "is retired: it is no longer offered",
                "no" => "is open again",
                _ => "is kept",
            };
            call.done(format!("The {} {} {done}.", kind.word(), call.form.get(name)));
            Ok(answer::see(&format!("/directory?of={}", kind.word())))
        }
        Err(Trouble::Refused(refusal)) => {
            let kept = kept(&call, kind, call.form.get("row")).await?;
            form_page(&call, (kind, kept.as_ref()), Some(&refusal)).await
        }
        Err(failed) => Err(failed),
    }
}

/// The entry as it was seen.
fn seen<T: serde::de::DeserializeOwned>(sent: &Pairs) -> Result<Option<T>, Refusal> {
    match sent.get("seen") {
        "" => Ok(None),
        text => serde_json::from_str(text).map(Some).map_err(|_| Refusal::Unreadable {
            field: "What was seen".into(),
            expected: "what the form was drawn with; open it anew".into(),
        }),
    }
}

async fn command(call: &Call, kind: Kind) -> Result<EditDirectory, Trouble> {
    let sent = &call.form;
    let entry = match kind {
        Kind::Provider => {
            let was: Option<Provider> = seen(sent)?;
            let to = provider(sent, was.as_ref())?;
            Edited::Provider(was, to)
        }
        Kind::Location => {
            let was: Option<Location> = seen(sent)?;
            let of = match was.as_ref().filter(|_| sent.has("closed")) {
                Some(was) => was.facility,
                None => picks::facility(call, sent.get("facility")).await?.map(|row| row.id),
            };
            let to = location(sent, (was.as_ref(), of))?;
            Edited::Location(was, to)
        }
        Kind::Facility => {
            let was: Option<Facility> = seen(sent)?;
            let to = facility(sent, was.as_ref())?;
            Edited::Facility(was, to)
        }
    };
    Ok(EditDirectory { entry })
}

fn unreadable(field: &str, expected: &str) -> Refusal {
    Refusal::Unreadable { field: field.into(), expected: expected.into() }
}

/// True or false where the entry is retired or opened again and nothing else.
fn only_closed(sent: &Pairs) -> Option<bool> {
    sent.has("closed").then(|| sent.get("closed") == "yes")
}

fn provider(sent: &Pairs, was: Option<&Provider>) -> Result<Provider, Refusal> {
    if let Some((was, closed)) = was.zip(only_closed(sent)) {
        return Ok(Provider { closed, ..was.clone() });
    }
    let number = match sent.get("number") {
        "" => None,
        typed => Some(ProviderNumber::read(typed).ok_or_else(|| {
            unreadable("Number (NPI)", "ten digits of which the last is the check digit")
        })?),
    };
    Ok(Provider {
        id: was.map_or(ProviderId(0), |was| was.id),
        name: sent.get("name").to_owned(),
        number,
        telephone: sent.get("telephone").to_owned(),
        closed: was.is_some_and(|was| was.closed),
    })
}

fn location(
    sent: &Pairs,
    (was, facility): (Option<&Location>, Option<FacilityId>),
) -> Result<Location, Refusal> {
    if let Some((was, closed)) = was.zip(only_closed(sent)) {
        return Ok(Location { closed, ..was.clone() });
    }
    let kind = LocationKind::read(sent.get("is"));
    Ok(Location {
        id: was.map_or(LocationId(0), |was| was.id),
        code: sent.get("code").to_owned(),
        name: sent.get("name").to_owned(),
        kind: kind.ok_or_else(|| unreadable("Kind", "ward, clinic or bed"))?,
        facility,
        closed: was.is_some_and(|was| was.closed),
    })
}

fn facility(sent: &Pairs, was: Option<&Facility>) -> Result<Facility, Refusal> {
    if let Some((was, closed)) = was.zip(only_closed(sent)) {
        return Ok(Facility { closed, ..was.clone() });
    }
    let clia = match sent.get("clia") {
        "" => None,
        typed => Some(
            ClinicalLaboratoryNumber::read(typed)
                .ok_or_else(|| unreadable("CLIA number", "a number such as 05D1234567"))?,
        ),
    };
    let copies = sent.get("copies").parse();
    Ok(Facility {
        id: was.map_or(FacilityId(0), |was| was.id),
        code: sent.get("code").to_owned(),
        name: sent.get("name").to_owned(),
        address: sent.get("address").to_owned(),
        clia,
        copies: copies.map_err(|_| unreadable("Report copies", "a number such as 1"))?,
        closed: was.is_some_and(|was| was.closed),
    })
}

async fn form_page(
    call: &Call,
    (kind, kept): (Kind, Option<&Entry>),
    refusal: Option<&Refusal>,
) -> Reply {
    let title = match kept {
        Some(_) => format!("Change a {}", kind.word()),
        None => format!("New {}", kind.word()),
    };
    let row = kept.map_or(String::new(), number);
    // What somebody else changed meanwhile is looked at anew; else what was seen stays.
    let stale = matches!(refusal, Some(Refusal::Patient(AboutPatient::EntryChanged { .. })));
    let seen = match call.form.get("seen") {
        sent if !sent.is_empty() && !stale => sent.to_owned(),
        _ => kept.map_or(String::new(), written),
    };
    let own = of_facility(call, kept).await?;
    let typed = Typed { call, kept: kept.map(|entry| texts(entry, &own)) };
    let action = format!("/directory/{}", kind.word());
    let id = format!("{}-{row}", kind.word());
    let form = Form { id: &id, action: &action, keeps: true, lenient: true, ..Form::default() };
    let back = format!("/directory?of={}", kind.word());
    let body = html! {
        (page::head(&title, "", html! {}))
        @if let Some(refusal) = refusal { (said_no(refusal)) }
        (page::form(&form, html! {
            (page::hidden("request", &call.request()))
            (page::hidden("row", &row))
            (page::hidden("seen", &seen))
            (fields(kind, &typed))
            (page::send(html! {
                (page::button("Keep", None, true))
                (page::open("Back", &back, None))
            }))
        }))
        @if let Some(entry) = kept { (closing(call, (kind, entry), (&action, &seen))) }
        (picks::lists())
    };
    let status = refusal.map_or(StatusCode::OK, status_of);
    call.sheet(Sheet::new(&title, body).status(status)).await
}

/// The button that retires an entry, or opens it again.
fn closing(call: &Call, (kind, entry): (Kind, &Entry), (action, seen): (&str, &str)) -> Markup {
    let (closed, name) = match entry {
        Entry::Provider(row) => (row.closed, ("name", row.name.as_str())),
        Entry::Location(row) => (row.closed, ("code", row.code.as_str())),
        Entry::Facility(row) => (row.closed, ("code", row.code.as_str())),
    };
    let (to, label) = match closed {
        false => ("yes", format!("Retire this {}", kind.word())),
        true => ("no", format!("Open this {} again", kind.word())),
    };
    html! {
        form .form #closing method="post" action=(action) data-inplace {
            (page::hidden("request", &call.request()))
            (page::hidden("row", &number(entry)))
            (page::hidden("seen", seen))
            (page::hidden(name.0, name.1))
            (page::hidden("closed", to))
            (page::send(page::button(&label, Some('x'), false)))
        }
    }
}

fn number(entry: &Entry) -> String {
    match entry {
        Entry::Provider(row) => row.id.to_string(),
        Entry::Location(row) => row.id.to_string(),
        Entry::Facility(row) => row.id.to_string(),
    }
}

fn written(entry: &Entry) -> String {
    let text = match entry {
        Entry::Provider(row) => serde_json::to_string(row),
        Entry::Location(row) => serde_json::to_string(row),
        Entry::Facility(row) => serde_json::to_string(row),
    };
    text.unwrap_or_default()
}

/// The code of the facility a location is part of.
async fn of_facility(call: &Call, kept: Option<&Entry>) -> Result<String, Trouble> {
    let Some(Entry::Location(Location { facility: Some(id), .. })) = kept else {
        return Ok(String::new());
    };
    let id = id.0;
    let found = call.read(move |sql| store::DatabaseLook(sql).row::<Facility>(id)).await?;
    Ok(found.map(|row| row.code).unwrap_or_default())
}

/// What is kept of an entry, by field.
fn texts(entry: &Entry, facility: &str) -> Vec<(&'static str, String)> {
    match entry {
        Entry::Provider(row) => vec![
            ("name", row.name.clone()),
            ("number", row.number.as_ref().map_or(String::new(), |one| one.as_str().to_owned())),
            ("telephone", row.telephone.clone()),
        ],
        Entry::Location(row) => vec![
            ("code", row.code.clone()),
            ("name", row.name.clone()),
            ("is", row.kind.word().to_owned()),
            ("facility", facility.to_owned()),
        ],
        Entry::Facility(row) => vec![
            ("code", row.code.clone()),
            ("name", row.name.clone()),
            ("address", row.address.clone()),
            ("clia", row.clia.as_ref().map_or(String::new(), |one| one.as_str().to_owned())),
            ("copies", row.copies.to_string()),
        ],
    }
}

/// What stands in a field: what was typed, else what is kept.
struct Typed<'a> {
    call: &'a Call,
    kept: Option<Vec<(&'static str, String)>>,
}

impl Typed<'_> {
    fn get(&self, name: &str) -> String {
        if self.call.form.has(name) && !self.call.form.has("closed") {
            return self.call.form.get(name).to_owned();
        }
        let kept = self.kept.iter().flatten().find(|(field, _)| *field == name);
        kept.map(|(_, value)| value.clone()).unwrap_or_default()
    }
}

fn fields(kind: Kind, typed: &Typed<'_>) -> Markup {
    let get = |name| typed.get(name);
    let text = |name: &'static str, label: &'static str| (name, label, typed.get(name));
    let line = |(name, label, value): (&str, &str, String), hint: &str, first: bool| {
        let field = Field::text(name, label).value(&value).medium();
        let field = if hint.is_empty() { field } else { field.hint(hint) };
        (if first { field.starts().required() } else { field }).line()
    };
    match kind {
        Kind::Provider => html! {
            (line(text("name", "Name"), "As it stands on reports: Osei, Ama, MD.", true))
            (line(text("telephone", "Telephone"), "Where a critical result is called.", false))
            (line(text("number", "Number (NPI)"), "Ten digits; empty where there is none.", false))
        },
        Kind::Location => {
            let kinds =
                LocationKind::ALL.map(|one| Choice { value: one.word(), label: one.word() });
            html! {
                (line(text("code", "Code"), "What people type: 4B.", true))
                (line(text("name", "Name"), "", false))
                (Field::text("is", "Kind").value(&get("is")).short().pick(&kinds))
                (Field::text("facility", "Part of").value(&get("facility")).medium()
                    .suggests(picks::ADDRESS).hint("The code of its facility, if it has one.")
                    .line())
            }
        }
        Kind::Facility => {
            let copies = get("copies");
            let copies = if copies.is_empty() { "1".to_owned() } else { copies };
            html! {
                (line(text("code", "Code"), "What people type: NORTH.", true))
                (line(text("name", "Name"), "", false))
                (Field::prose("address", "Address").value(&get("address")).line())
                (line(text("clia", "CLIA number"), "If it is a laboratory.", false))
                (Field::figures("copies", "Report copies").value(&copies).line())
            }
        }
    }
}
