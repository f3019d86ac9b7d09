//! Two registrations of one patient become one, `/patient/{number}/merge`; with `?with=` both stand
//! side by side. `/patient/{number}/unmerge?row=` undoes it.
//!
//! Question: are these two one person, which registration survives, and what moves? This is the one
//! form in which two patients stand, each with two identifiers, side by side. What must stay true:
//! both are merged as they were seen; what differs in birth date or sex is merged only where
//! somebody says so; everything that moves is told before and after.

use axum::http::StatusCode;
use lab::accession::{Test, TestState};
use lab::command::Look;
use lab::event::Known;
use lab::journey::register::{MergePatients, UnmergePatients};
use lab::patient::{Merge, Patient};
use lab::refusal::{AboutPatient, Refusal};
use lab::value::{MergeId, PatientId};
use maud::{Markup, html};
use store::query::{Found, find_anything};

use super::super::trouble::said_no;
use super::amend::{read_known, written_known};
use super::{address, numbered, of_address};
use crate::answer::{self, Reply, Trouble, status_of};
use crate::call::Call;
use crate::page::{self, Choice, Column, Field, Form, Grid, Row, Tone};
use crate::sheet::{Sheet, Told};
use crate::words;

/// `GET /patient/{number}/merge`.
pub(crate) async fn show(call: Call) -> Reply {
    let patient = of_address(&call).await?;
    match call.query.get("with").parse() {
        Ok(other) => {
            let other = numbered(&call, PatientId(other)).await?;
            compare_page(&call, (&patient, &other), None).await
        }
        Err(_) => ask_page(&call, (&patient, &[]), None).await,
    }
}

/// `POST /patient/{number}/merge`: finds the second registration; merges where both were compared.
pub(crate) async fn merge(call: Call) -> Reply {
    let patient = of_address(&call).await?;
    if let Ok(other) = call.form.get("with").parse() {
        let other = numbered(&call, PatientId(other)).await?;
        return become_one(&call, (&patient, &other)).await;
    }
    let asked = call.form.get("other").to_owned();
    if asked.is_empty() {
        let missing = Refusal::Missing { field: "Other registration".into() };
        return ask_page(&call, (&patient, &[]), Some(&missing)).await;
    }
    let found = call.read(move |sql| find_anything(sql, &asked)).await?;
    let found = match found {
        Found::Patients(patients) => patients,
        Found::Several(listing) => listing.patients,
        _ => Vec::new(),
    };
    let others: Vec<Patient> = found
        .into_iter()
        .map(|(other, _)| other)
        .filter(|other| other.id != patient.id && other.merged_into.is_none())
        .collect();
    match others.as_slice() {
        [only] => Ok(answer::see(&format!("{}/merge?with={}", address(&patient), only.id))),
        [] => {
            let name = call.form.get("other").to_owned();
            let none = Refusal::NoSuch { what: "other registration".into(), name };
            ask_page(&call, (&patient, &[]), Some(&none)).await
        }
        several => ask_page(&call, (&patient, several), None).await,
    }
}

async fn ask_page(
    call: &Call,
    (patient, others): (&Patient, &[Patient]),
    refusal: Option<&Refusal>,
) -> Reply {
    call.looked_at(others);
    let action = format!("{}/merge", address(patient));
    let form = Form { id: "second", action: &action, lenient: true, ..Form::default() };
    let other = Field::text("other", "Other registration").value(call.form.get("other")).medium();
    let other = other.hint("Its record number, any other number, or the name.").required();
    let other = if others.is_empty() { other.starts() } else { other };
    let body = html! {
        (page::head("Merge", "two registrations of one patient", html! {}))
        @if let Some(refusal) = refusal { (said_no(refusal)) }
        (page::form(&form, html! {
            (other.line())
            (page::send(html! {
                (page::button("Compare", None, true))
                (page::open("Back", &address(patient), None))
            }))
        }))
        @if !others.is_empty() { (candidates(call, patient, others)) }
    };
    let status = refusal.map_or(StatusCode::OK, status_of);
    call.sheet(Sheet::new("Merge", body).about(patient).status(status)).await
}

fn candidates(call: &Call, patient: &Patient, others: &[Patient]) -> Markup {
    let keyed: Vec<(String, String)> = others
        .iter()
        .map(|other| {
            (other.id.to_string(), format!("{}/merge?with={}", address(patient), other.id))
        })
        .collect();
    let rows: Vec<Row<'_>> = others
        .iter()
        .zip(&keyed)
        .map(|(other, (id, href))| {
            let told = Told::of(other, call.now);
            let cells = vec![
                html! { (other.record_number) },
                html! { (other.name) },
                html! { (told.born_line(other)) },
            ];
            Row { id, href: Some(href), cells }
        })
        .collect();
    page::grid(&Grid {
        id: "candidates",
        caption: "Which of these is the same patient? Enter compares",
        columns: &[Column::text("Record"), Column::text("Patient"), Column::fill("Born")],
        rows: &rows,
        start: true,
        pick: false,
        live: None,
        empty: "",
    })
}

/// What hangs from a registration.
struct Hangs {
    identifiers: Vec<String>,
    encounters: usize,
    orders: usize,
    newest: Option<String>,
    waiting: usize,
}

async fn hangs(call: &Call, id: PatientId) -> Result<Hangs, Trouble> {
    call.read(move |sql| {
        let look = store::DatabaseLook(sql);
        let orders = look.accessions_of(id)?;
        let mut waiting = 0;
        for order in &orders {
            let tests = look.tests_of(order.id)?;
            waiting += tests.iter().filter(|test: &&Test| test.state == TestState::Review).count();
        }
        let identifiers = look.identifiers_of(id)?.into_iter();
        Ok(Hangs {
            identifiers: identifiers.map(|one| one.value).collect(),
            encounters: look.encounters_of(id)?.len(),
            orders: orders.len(),
            newest: orders.last().map(|order| order.label.to_string()),
            waiting,
        })
    })
    .await
}

/// What goes from one registration to the other, in words.
fn moves(hangs: &Hangs) -> String {
    let parts = [
        words::count(hangs.orders, "order", "orders"),
        words::count(hangs.encounters, "encounter", "encounters"),
        words::count(hangs.identifiers.len(), "number", "numbers"),
    ];
    parts.join(", ")
}

/// What a merge moved, in words.
pub(super) fn moved(merge: &Merge) -> String {
    let parts = [
        words::count(merge.accessions.len(), "order", "orders"),
        words::count(merge.encounters.len(), "encounter", "encounters"),
        words::count(merge.identifiers.len(), "number", "numbers"),
    ];
    parts.join(", ")
}

async fn compare_page(
    call: &Call,
    (one, other): (&Patient, &Patient),
    refusal: Option<&Refusal>,
) -> Reply {
    call.looked_at([one, other]);
    let (own, theirs) = (hangs(call, one.id).await?, hangs(call, other.id).await?);
    let body = html! {
        (page::head("Merge", "is this one patient?", html! {}))
        @if let Some(refusal) = refusal { (said_no(refusal)) }
        (side_by_side(call, (one, &own), (other, &theirs)))
        (form(call, (one, &own), (other, &theirs)))
    };
    let status = refusal.map_or(StatusCode::OK, status_of);
    call.sheet(Sheet::new("Merge", body).status(status)).await
}

fn side_by_side(
    call: &Call,
    (one, own): (&Patient, &Hangs),
    (other, theirs): (&Patient, &Hangs),
) -> Markup {
    let of = |patient: &Patient, hangs: &Hangs| {
        let told = Told::of(patient, call.now);
        [
            patient.record_number.clone(),
            patient.name.family.clone(),
            patient.name.given.clone(),
            patient.birth_date.map_or("not known".into(), |_| told.born_line(patient)),
            patient.sex.letter().to_owned(),
            if patient.deceased { "deceased" } else { "alive" }.to_owned(),
            hangs.identifiers.join(", "),
            hangs.encounters.to_string(),
            hangs.orders.to_string(),
            hangs.newest.clone().unwrap_or_default(),
            hangs.waiting.to_string(),
        ]
    };
    let (left, right) = (of(one, own), of(other, theirs));
    let rows: Vec<Row<'_>> = LINES
        .iter()
        .zip(left.into_iter().zip(right))
        .map(|((id, what, compared), (left, right))| {
            let differs = *compared && left.to_lowercase() != right.to_lowercase();
            let mark = if differs {
                page::chip(Tone::Care, "differs")
            } else {
                html! {}
            };
            let cells =
                vec![html! { (what) }, html! { b { (left) } }, html! { b { (right) } }, mark];
            Row { id, href: None, cells }
        })
        .collect();
    page::grid(&Grid {
        id: "both",
        caption: "Compare with the papers of both",
        columns: &[
            Column::text("Of the registration"),
            Column::text("This one"),
            Column::text("The other"),
            Column::text(""),
        ],
        rows: &rows,
        start: false,
        pick: false,
        live: None,
        empty: "",
    })
}

/// What is compared, line by line, and whether a difference is marked.
const LINES: [(&str, &str, bool); 11] = [
    ("record", "Record number", false),
    ("family", "Family name", true),
    ("given", "Given names", true),
    ("born", "Born", true),
    ("sex", "Sex", true),
    ("deceased", "Alive", true),
    ("numbers", "Other numbers", false),
    ("encounters", "Encounters", false),
    ("orders", "Orders", false),
    ("newest", "Newest order", false),
    ("waiting", "Results to verify", false),
];

fn form(
    call: &Call,
    (one, own): (&Patient, &Hangs),
    (other, theirs): (&Patient, &Hangs),
) -> Markup {
    let action = format!("{}/merge", address(one));
    let id = format!("merge-{}-{}", one.id, other.id);
    let form = Form { id: &id, action: &action, keeps: true, lenient: true, ..Form::default() };
    let label = |stays: &Patient, goes: &Patient, hangs: &Hangs| {
        let (keep, give) = (&stays.record_number, &goes.record_number);
        format!("{keep} {}; {} of {give} go to it", stays.name, moves(hangs))
    };
    let labels = [label(one, other, theirs), label(other, one, own)];
    let ids = [one.id.to_string(), other.id.to_string()];
    let [first, second] = [0, 1].map(|at| Choice { value: &ids[at], label: &labels[at] });
    let survives = match call.form.get("survives") {
        "" => ids[0].as_str(),
        sent => sent,
    };
    let differ = (one.birth_date, one.sex) != (other.birth_date, other.sex);
    let waiting = own.waiting + theirs.waiting;
    html! {
        (page::form(&form, html! {
            (page::hidden("request", &call.request()))
            (page::hidden("with", &other.id.to_string()))
            (page::hidden("seen-one", &written_known(&Known::of(one))))
            (page::hidden("seen-other", &written_known(&Known::of(other))))
            h2 { "One patient?" }
            (Field::text("reason", "Reason").value(call.form.get("reason")).required().starts()
                .hint("How it is known that both are one person.").line())
            (Field::text("survives", "Survives").value(survives).radios(&[first, second]))
            @if differ {
                (Field::text("although", "They differ in birth date or sex, and are one person all \
                    the same").tick(call.form.get("although") == "yes"))
            }
            @if waiting > 0 {
                p .soft {
                    (words::count(waiting, "result that waits", "results that wait"))
                    " to be verified will be held: its earlier results may be other ones."
                }
            }
            (page::send(html! {
                (page::button("Merge", None, true))
                (page::open("Back", &address(one), None))
            }))
        }))
    }
}

async fn become_one(call: &Call, (one, other): (&Patient, &Patient)) -> Reply {
    let keeps_other = call.form.get("survives") == other.id.to_string();
    let seen = (read_known(call.form.get("seen-one"))?, read_known(call.form.get("seen-other"))?);
    let (one_seen, other_seen) = ((one.id, seen.0), (other.id, seen.1));
    let (from, into) = if keeps_other { (one_seen, other_seen) } else { (other_seen, one_seen) };
    let (goes, stays) = if keeps_other { (one, other) } else { (other, one) };
    let command = MergePatients {
        from,
        into,
        although_different: call.form.get("although") == "yes",
        reason: call.form.get("reason").to_owned(),
    };
    match call.ask(command, "merge").await {
        Ok(_) => {
            let (gone, kept) = (&goes.record_number, &stays.record_number);
            call.done(format!(
                "Merged {gone} {} into {kept} {}. z on its line undoes it.",
                goes.name, stays.name
            ));
            Ok(answer::see(&address(stays)))
        }
        Err(Trouble::Refused(refusal)) => {
            // Whoever was changed meanwhile is shown as it is now.
            let changed = matches!(refusal, Refusal::Patient(AboutPatient::PatientChanged { .. }));
            let (one, other) = match changed {
                true => (numbered(call, one.id).await?, numbered(call, other.id).await?),
                false => (one.clone(), other.clone()),
            };
            compare_page(call, (&one, &other), Some(&refusal)).await
        }
        Err(failed) => Err(failed),
    }
}

/// `GET /patient/{number}/unmerge`.
pub(crate) async fn ask_undo(call: Call) -> Reply {
    let patient = of_address(&call).await?;
    let merge = merge_of(&call, &patient, call.query.get("row")).await?;
    undo_page(&call, (&patient, &merge), None).await
}

/// `POST /patient/{number}/unmerge`.
pub(crate) async fn undo(call: Call) -> Reply {
    let patient = of_address(&call).await?;
    let merge = merge_of(&call, &patient, call.form.get("row")).await?;
    let command = UnmergePatients { merge: merge.id, reason: call.form.get("reason").to_owned() };
    match call.ask(command, "unmerge").await {
        Ok(_) => {
            call.done(format!("Undid the merge: {} went back.", moved(&merge)));
            Ok(answer::see(&address(&patient)))
        }
        Err(Trouble::Refused(refusal)) => {
            undo_page(&call, (&patient, &merge), Some(&refusal)).await
        }
        Err(failed) => Err(failed),
    }
}

async fn merge_of(call: &Call, patient: &Patient, row: &str) -> Result<Merge, Trouble> {
    let id = row.parse().ok().map(MergeId);
    let owner = patient.id;
    let all = call.read(move |sql| store::DatabaseLook(sql).merges_of(owner)).await?;
    let found = all.into_iter().find(|one| Some(one.id) == id);
    let none = || Refusal::NoSuch { what: "merge".into(), name: "of this patient".into() };
    Ok(found.ok_or_else(none)?)
}

async fn undo_page(
    call: &Call,
    (patient, merge): (&Patient, &Merge),
    refusal: Option<&Refusal>,
) -> Reply {
    let (from, into) = (numbered(call, merge.from).await?, numbered(call, merge.into).await?);
    call.looked_at([&from, &into]);
    let action = format!("{}/unmerge", address(patient));
    let id = format!("unmerge-{}", merge.id);
    let form = Form { id: &id, action: &action, keeps: true, lenient: true, ..Form::default() };
    let zone = &call.app.laboratory().zone;
    let told = |one: &Patient| {
        let told = Told::of(one, call.now);
        html! { b { (one.record_number) } " " (one.name) ", " (told.born_line(one)) }
    };
    let body = html! {
        (page::head("Undo a merge", "two patients again", html! {}))
        @if let Some(refusal) = refusal { (said_no(refusal)) }
        (page::facts(&[
            ("Was given up", told(&from)),
            ("Survived", told(&into)),
            ("Merged", html! {
                (words::clock(merge.at, zone, call.now)) ": " (merge.reason)
            }),
            ("Goes back", html! {
                (moved(merge)) ", with all results filed since; what was ordered since stays"
            }),
        ]))
        (page::form(&form, html! {
            (page::hidden("request", &call.request()))
            (page::hidden("row", &merge.id.to_string()))
            (Field::text("reason", "Reason").value(call.form.get("reason")).required().starts()
                .hint("How it is known that they are two. What waits to be verified is held.")
                .line())
            (page::send(html! {
                (page::button("Undo the merge", None, true))
                (page::open("Back", &address(patient), None))
            }))
        }))
    };
    let status = refusal.map_or(StatusCode::OK, status_of);
    call.sheet(Sheet::new("Undo a merge", body).status(status)).await
}
