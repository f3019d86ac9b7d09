//! The differential counter, `/enter/differential?number=`.
//!
//! Question: which cells are there, in which shares? One key counts one cell; nucleated red cells
//! are counted beside the leukocytes. At the target the counter rings and stops, and the shares are
//! filed as results of the specimen. What must stay true: a count short of its target is refused,
//! and so is one beyond it; the shares filed sum to 100; a count survives a reload; without the
//! script the same numbers are typed.

use std::collections::BTreeMap;

use lab::accession::{Looked, Test};
use lab::catalog::Catalog;
use lab::refusal::Refusal;
use lab::value::{Label, TestId, Value};
use maud::{Markup, html};
use store::query::Whole;

use super::file::{file_each, tell};
use super::grid::open_on;
use super::tally::{for_a_hundred, percentages, target};
use super::{Place, said_no};
use crate::answer::{self, Reply};
use crate::call::Call;
use crate::page;
use crate::screen::label::whole_of;
use crate::sheet::Sheet;

/// A class of cells: its test, its key, and its name on the counter.
struct Class {
    code: &'static str,
    key: char,
    name: &'static str,
}

const fn class(code: &'static str, key: char, name: &'static str) -> Class {
    Class { code, key, name }
}

/// The leukocytes, in the order of the report. Each key is the first letter of the name that no
/// class before it has.
const LEUKOCYTES: [Class; 11] = [
    class("MSEG", 's', "Segmented neutrophils"),
    class("MBAND", 'b', "Band neutrophils"),
    class("MLYMPH", 'l', "Lymphocytes"),
    class("MVLYMPH", 'v', "Variant lymphocytes"),
    class("MMONO", 'm', "Monocytes"),
    class("MEOS", 'e', "Eosinophils"),
    class("MBASO", 'a', "Basophils"),
    class("MMETA", 't', "Metamyelocytes"),
    class("MMYELO", 'y', "Myelocytes"),
    class("MPRO", 'p', "Promyelocytes"),
    class("MBLAST", 'x', "Blasts"),
];

/// What is counted beside the leukocytes.
const RED: Class = class("NRBCM", 'n', "Nucleated red cells");

/// Where the counter of a number stands.
pub(super) fn address(label: &Label) -> String {
    format!("/enter/differential?number={label}")
}

/// The tests of the counter among these, in its order.
pub(super) fn classes<'a>(catalog: &Catalog, tests: &'a [Test]) -> Vec<&'a Test> {
    let of = |class: &Class| tests.iter().find(|test| test.code.as_str() == class.code);
    let known = |class: &&Class| catalog.test(class.code).is_some();
    LEUKOCYTES.iter().filter(known).filter_map(of).collect()
}

/// `GET /enter/differential`.
pub(crate) async fn count(call: Call) -> Reply {
    let number = call.query.get("number").to_owned();
    screen(&call, &number, None).await
}

async fn screen(call: &Call, number: &str, refusal: Option<&Refusal>) -> Reply {
    let (label, whole) = whole_of(call, number).await?;
    let catalog = call.catalog().await?;
    let tests = open_on(&whole, &label);
    let wbc = newest_figure(&whole, "WBC");
    let target = target(wbc.as_deref().and_then(|wbc| wbc.parse().ok()));
    let counted = classes(&catalog, &tests).len();
    let body = html! {
        (page::head("Differential", &format!("{label}"), html! {
            @match &wbc {
                Some(wbc) => { "WBC " b { (wbc) } " 10\u{b3}/\u{b5}L" },
                None => span .soft { "no WBC to reckon absolute counts with" },
            }
            (page::open("Enter", &Place::Number(label.clone()).address(), None))
        }))
        @if let Some(refusal) = refusal { (said_no(refusal)) }
        @if counted < 2 {
            (page::empty(
                "No manual differential is open on this specimen. Add MDIFF to the order."
            ))
        } @else {
            (counter(call, (&catalog, &tests), (&label, wbc.as_deref(), target)))
        }
    };
    call.sheet(Sheet::new("Differential", body).about(&whole.patient).answering(refusal)).await
}

/// The newest plain figure of a test of the accession, if it has one.
fn newest_figure(whole: &Whole, code: &str) -> Option<String> {
    let test = whole.tests.iter().find(|test| test.code.as_str() == code)?;
    let version = whole.newest(test)?;
    matches!(version.value, Value::Quantity(_)).then(|| version.value.plain())??;
    Some(version.value.to_string())
}

fn counter(
    call: &Call,
    (catalog, tests): (&Catalog, &[Test]),
    (label, wbc, target): (&Label, Option<&str>, u32),
) -> Markup {
    let of = |class: &Class| tests.iter().find(|test| test.code.as_str() == class.code);
    // Below this many nucleated red cells for 100 leukocytes the WBC stands as it is.
    let threshold = catalog.calculation("C_WBCCORR").and_then(|one| one.input("threshold"));
    let threshold = threshold.and_then(|input| input.default.clone());
    html! {
        form .form #differential method="post" action="/enter/differential" data-draft data-inplace
            data-counter=(target) data-wbc=[wbc] data-threshold=[threshold.as_deref()] {
            (page::hidden("request", &call.request()))
            (page::hidden("number", label.as_str()))
            p #counted role="status" tabindex="0" autofocus {
                b data-sum { "0" } " of " (target) " leukocytes. Keys count, Backspace takes the "
                "last one back."
            }
            @if target < 100 {
                p { "Few leukocytes: verify with the comment "
                    b { (target) "-cell differential" } "." }
            }
            @if let Some(threshold) = &threshold {
                p #correct .error hidden {
                    "Nucleated red cells at or above " (threshold) "/100: correct the WBC, unless "
                    "the analyzer has done so."
                }
            }
            table .counter {
                caption { "Each key counts one cell" }
                thead { tr {
                    th scope="col" { "Cells" } th scope="col" { "Key" }
                    th scope="col" .num { "Counted" } th scope="col" .num { "%" }
                    th scope="col" .num { "10\u{b3}/\u{b5}L" }
                } }
                tbody {
                    @for class in &LEUKOCYTES {
                        @if let Some(test) = of(class) { (row(call, class, test)) }
                    }
                    @if let Some(test) = of(&RED) { (row(call, &RED, test)) }
                }
            }
            (page::send(page::button("File the differential", None, true)))
        }
    }
}

fn row(call: &Call, class: &Class, test: &Test) -> Markup {
    let name = format!("count-{}", class.code);
    let typed = call.form.get(&name);
    html! {
        tr data-cell=(class.code) {
            th scope="row" { (class.name) " " span .soft { (class.code) } }
            td {
                button .small type="button" data-add data-key=(class.key)
                    aria-keyshortcuts=(class.key) {
                    span .hide { (class.name) } kbd aria-hidden="true" { (class.key) }
                }
            }
            td .num {
                input .short name=(name) value=(typed) inputmode="numeric" autocomplete="off"
                    aria-label={ (class.name) " counted" } data-count
                    data-beside[class.code == RED.code];
                (page::hidden(&format!("seen-{}", test.id), &Looked::at(test).written()))
            }
            td .num data-percent {}
            td .num data-absolute {}
        }
    }
}

/// `POST /enter/differential`: files the shares of a whole count.
pub(crate) async fn counted(call: Call) -> Reply {
    let number = call.form.get("number").to_owned();
    let (label, whole) = whole_of(&call, &number).await?;
    let catalog = call.catalog().await?;
    let tests = open_on(&whole, &label);
    let wbc = newest_figure(&whole, "WBC").and_then(|wbc| wbc.parse().ok());
    let shares = match shares(&call, (&catalog, &tests), target(wbc)) {
        Ok(shares) => shares,
        Err(refusal) => return screen(&call, &number, Some(&refusal)).await,
    };
    let (filed, refused) = file_each(&call, shares).await?;
    tell(&call, &filed, refused.len());
    match refused.values().next() {
        Some(refusal) => screen(&call, &number, Some(refusal)).await,
        None => Ok(answer::see(&Place::Number(label).address())),
    }
}

/// The result of each test of the counter.
fn shares(
    call: &Call,
    (catalog, tests): (&Catalog, &[Test]),
    target: u32,
) -> Result<Vec<(TestId, String)>, Refusal> {
    let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
    for (code, typed) in call.form.beginning("count-") {
        let unreadable = || Refusal::Unreadable {
            field: format!("The count of {code}"),
            expected: format!("a whole number up to {}", target * 2),
        };
        let count = if typed.is_empty() { Ok(0) } else { typed.parse::<u32>() };
        let count = count.ok().filter(|count| *count <= target * 2).ok_or_else(unreadable)?;
        counts.insert(code, count);
    }
    let counted = |test: &Test| counts.get(test.code.as_str()).copied().unwrap_or(0);
    let white = classes(catalog, tests);
    let each: Vec<u32> = white.iter().map(|test| counted(test)).collect();
    let sum: u32 = each.iter().sum();
    if sum != target {
        let (field, expected) =
            (format!("A count of {sum}"), format!("{target} leukocytes, no more and no fewer"));
        return Err(Refusal::Unreadable { field, expected });
    }
    let percent = percentages(&each);
    let mut shares: Vec<(TestId, String)> =
        white.iter().zip(percent).map(|(test, share)| (test.id, share.to_string())).collect();
    if let Some(red) = tests.iter().find(|test| test.code.as_str() == RED.code) {
        shares.push((red.id, for_a_hundred(counted(red), sum)));
    }
    Ok(shares)
}
