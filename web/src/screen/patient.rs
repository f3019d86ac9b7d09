//! One patient, `/patient/{number}`; the number is the laboratory's own, so that no record number
//! stands in an address.
//!
//! Question: who is this, by which numbers is this patient known, where is the patient now, what
//! was ordered, and was the registration merged? What is known is corrected on pages of its own
//! ([`amend`], [`number`], [`encounter`]), two registrations become one in [`merge`]. What must
//! stay true: a registration that was merged away says so and leads to the one that survives.

pub(crate) mod amend;
pub(crate) mod encounter;
mod history;
pub(crate) mod merge;
pub(crate) mod number;
mod orders;

use lab::command::Look;
use lab::directory::Location;
use lab::patient::{Encounter, Merge, Patient, PatientIdentifier};
use lab::people::Ask;
use lab::refusal::Refusal;
use lab::value::{AccessionId, LocationId, Moment, PatientId};
use maud::{Markup, html};

use crate::answer::{Reply, Trouble};
use crate::call::Call;
use crate::page::{self, Act, Column, Grid, Row, Tone};
use crate::sheet::Sheet;
use crate::words;

/// The address of a patient's page.
pub(crate) fn address(patient: &Patient) -> String {
    format!("/patient/{}", patient.id)
}

/// The patient whom the address names.
pub(crate) async fn of_address(call: &Call) -> Result<Patient, Trouble> {
    let number = call.path.get("number").to_owned();
    let none = || Refusal::NoSuch { what: "patient".into(), name: number.clone() };
    numbered(call, PatientId(number.parse().map_err(|_| none())?)).await
}

/// The patient with this number.
pub(crate) async fn numbered(call: &Call, id: PatientId) -> Result<Patient, Trouble> {
    let found = call.read(move |sql| store::DatabaseLook(sql).patient(id)).await?;
    let none = || Refusal::NoSuch { what: "patient".into(), name: id.to_string() };
    Ok(found.ok_or_else(none)?)
}

/// What stands around a patient.
struct Around {
    identifiers: Vec<PatientIdentifier>,
    encounters: Vec<(Encounter, Option<Location>)>,
    /// Each with the other registration.
    merges: Vec<(Merge, Option<Patient>)>,
    survives: Option<Patient>,
}

async fn around(call: &Call, patient: &Patient) -> Result<Around, Trouble> {
    let (id, into) = (patient.id, patient.merged_into);
    call.read(move |sql| {
        let look = store::DatabaseLook(sql);
        let mut encounters = Vec::new();
        for encounter in look.encounters_of(id)?.into_iter().rev() {
            let location = look.row(encounter.location.map_or(0, |id: LocationId| id.0))?;
            encounters.push((encounter, location));
        }
        let mut merges = Vec::new();
        for merge in look.merges_of(id)?.into_iter().rev() {
            let other = if merge.from == id { merge.into } else { merge.from };
            let other = look.patient(other)?;
            merges.push((merge, other));
        }
        let survives = look.patient(into.unwrap_or(PatientId(0)))?;
        let identifiers = look.identifiers_of(id)?;
        Ok(Around { identifiers, encounters, merges, survives })
    })
    .await
}

/// `GET /patient/{number}`.
pub(crate) async fn show(call: Call) -> Reply {
    let patient = of_address(&call).await?;
    let around = around(&call, &patient).await?;
    let before = call.query.get("before").parse().ok().map(AccessionId);
    let orders = orders::orders(&call, &patient, before).await?;
    let history = history::history(&call, &patient).await?;
    call.looked_at(around.merges.iter().filter_map(|(_, other)| other.as_ref()));
    let beside = if patient.deceased { "deceased" } else { "" };
    let gone = around.survives.as_ref();
    let body = html! {
        (page::head("Patient", beside, html! {
            @if gone.is_none() { (ways(&call, &patient)) }
        }))
        @if let Some(survives) = gone { (merged_away(&patient, survives)) }
        (orders)
        (identifiers(&call, &patient, &around.identifiers))
        (encounters(&call, &patient, &around.encounters))
        @if !around.merges.is_empty() { (merges(&call, &patient, &around.merges)) }
        (history)
    };
    call.sheet(Sheet::new("Patient", body).about(&patient)).await
}

/// What stands on the page of a registration that was given up.
fn merged_away(patient: &Patient, survives: &Patient) -> Markup {
    html! {
        div .refusal role="alert" data-refusal="MergedAway" {
            h2 {
                "Record " (patient.record_number) " was merged into " (survives.record_number)
                ", " (survives.name) "."
            }
            p { "Go on with the registration that survives." }
            (page::open("Open the patient", &address(survives), Some('o')))
        }
    }
}

fn ways(call: &Call, patient: &Patient) -> Markup {
    let own = address(patient);
    html! {
        @if call.may(Ask::PlaceOrder) {
            form method="post" action="/order" data-inplace {
                (page::hidden("wristband", "chosen"))
                (page::hidden("record", &patient.record_number))
                (page::button("Order", Some('o'), false))
            }
        }
        @if call.may(Ask::SeeReports) {
            (page::open("Chart", &format!("{own}/chart"), Some('t')))
        }
        @if call.may(Ask::AmendPatient) {
            (page::open("Correct", &format!("{own}/amend"), Some('m')))
            (page::open("Add a number", &format!("{own}/identifier"), Some('a')))
        }
        @if call.may(Ask::RecordEncounter) {
            (page::open("New encounter", &format!("{own}/encounter"), Some('e')))
        }
        @if call.may(Ask::MergePatients) {
            (page::open("Merge", &format!("{own}/merge"), Some('w')))
        }
    }
}

fn identifiers(call: &Call, patient: &Patient, known: &[PatientIdentifier]) -> Markup {
    let ids: Vec<String> = known.iter().map(|one| one.id.to_string()).collect();
    let rows: Vec<Row<'_>> = known
        .iter()
        .zip(&ids)
        .map(|(one, id)| {
            let standing = match one.retired.as_str() {
                "" => page::chip(Tone::Done, "holds"),
                why => html! { (page::chip(Tone::Quiet, "retired")) " " span .soft { (why) } },
            };
            let cells = vec![
                html! { (one.value) },
                html! { (one.kind.words()) },
                html! { (one.authority) },
                standing,
            ];
            Row { id, href: None, cells }
        })
        .collect();
    let to = format!("{}/retire", address(patient));
    html! {
        (page::grid(&Grid {
            id: "identifiers",
            caption: "Known elsewhere by",
            columns: &[
                Column::text("Number"),
                Column::text("Kind"),
                Column::text("Given by"),
                Column::fill("Standing"),
            ],
            rows: &rows,
            start: false,
            pick: true,
            live: None,
            empty: "No other number is known.",
        }))
        @if call.may(Ask::AmendPatient) && known.iter().any(|one| one.retired.is_empty()) {
            (page::acts("identifiers", &[Act {
                key: 'x', label: "Retire the number", to: &to, asks: true, first: false,
            }], html! {}))
        }
    }
}

fn encounters(call: &Call, patient: &Patient, stays: &[(Encounter, Option<Location>)]) -> Markup {
    let zone = &call.app.laboratory().zone;
    let at = |at: Moment| words::clock(at, zone, call.now);
    let changes = call.may(Ask::RecordEncounter) && patient.merged_into.is_none();
    let keyed: Vec<(String, String)> = stays
        .iter()
        .map(|(stay, _)| {
            (stay.id.to_string(), format!("{}/encounter?row={}", address(patient), stay.id))
        })
        .collect();
    let rows: Vec<Row<'_>> = stays
        .iter()
        .zip(&keyed)
        .map(|((stay, location), (id, href))| {
            let place = location.as_ref().map(|row| format!("{} {}", row.code, row.name));
            let until = match stay.discharged_at {
                Some(until) => html! { (at(until)) },
                None => page::chip(Tone::Open, "open"),
            };
            let cells = vec![
                html! { (stay.number) },
                html! { (stay.class.word()) },
                html! { (place.unwrap_or_default()) },
                html! { (at(stay.admitted_at)) },
                until,
            ];
            Row { id, href: changes.then_some(href.as_str()), cells }
        })
        .collect();
    page::grid(&Grid {
        id: "encounters",
        caption: "Encounters, newest first; Enter changes or ends one",
        columns: &[
            Column::text("Number"),
            Column::text("Class"),
            Column::fill("Location"),
            Column::text("From"),
            Column::text("Until"),
        ],
        rows: &rows,
        start: false,
        pick: false,
        live: None,
        empty: "No stay or visit is on record.",
    })
}

fn merges(call: &Call, patient: &Patient, merges: &[(Merge, Option<Patient>)]) -> Markup {
    let ids: Vec<String> = merges.iter().map(|(merge, _)| merge.id.to_string()).collect();
    let rows: Vec<Row<'_>> = merges
        .iter()
        .zip(&ids)
        .map(|((merge, other), id)| Row {
            id,
            href: None,
            cells: merge_cells(call, patient, (merge, other.as_ref())),
        })
        .collect();
    let to = format!("{}/unmerge", address(patient));
    html! {
        (page::grid(&Grid {
            id: "merges",
            caption: "Registrations that became one",
            columns: &[
                Column::text("When"),
                Column::text("Other registration"),
                Column::text("Moved"),
                Column::text("Standing"),
                Column::fill("Why"),
            ],
            rows: &rows,
            start: false,
            pick: true,
            live: None,
            empty: "",
        }))
        @if call.may(Ask::UnmergePatients) && merges.iter().any(|(one, _)| one.undone.is_none()) {
            (page::acts("merges", &[Act {
                key: 'z', label: "Undo the merge", to: &to, asks: true, first: false,
            }], html! {}))
        }
    }
}

fn merge_cells(
    call: &Call,
    patient: &Patient,
    (merge, other): (&Merge, Option<&Patient>),
) -> Vec<Markup> {
    let zone = &call.app.laboratory().zone;
    let standing = match &merge.undone {
        None => page::chip(Tone::Done, "stands"),
        Some(undone) => html! {
            (page::chip(Tone::Quiet, "undone")) " "
            span .soft { (words::clock(undone.at, zone, call.now)) " " (undone.reason) }
        },
    };
    let direction = if merge.from == patient.id { "into" } else { "from" };
    vec![
        html! { (words::clock(merge.at, zone, call.now)) },
        html! {
            span .soft { (direction) " " }
            @if let Some(other) = other {
                a href=(address(other)) { (other.record_number) } " " (other.name)
            }
        },
        html! { (merge::moved(merge)) },
        standing,
        html! { (merge.reason) },
    ]
}
