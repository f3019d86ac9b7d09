//! The catalog, `/catalog?q=`; one test, `/catalog/test/{code}`; and the draft of the next release,
//! `/catalog/draft`.
//!
//! Question: by what is this test judged, and what will change? What must stay true: every figure
//! stands with its source; the difference is read before a draft is released, and what is released
//! is the draft that was looked at; no list grows with the number of releases.

use lab::catalog::{
    Became, Catalog, CriticalLimit, Delta, DeltaLimit, Difference, Entry, Interval, Sex,
    TestDefinition, differences,
};
use lab::command::Look;
use lab::journey::draft::{DiscardDraft, ReleaseDraft};
use lab::people::Ask;
use lab::refusal::Refusal;
use lab::release::{CatalogDraft, CatalogRelease, DraftFate};
use lab::value::DraftId;
use maud::{Markup, html};
use store::engine::Sql;
use store::fault::Fault;
use store::query::{ReleaseLine, releases};

use super::trouble::said_no;
use crate::answer::{self, Reply, Trouble};
use crate::call::Call;
use crate::limit::PAGE_ROWS_MAX;
use crate::page::{self, Column, Field, Form, Grid, Row};
use crate::sheet::Sheet;
use crate::words;

/// Releases told of on one page.
const RELEASES: u32 = 10;

/// `GET /catalog?q=`.
pub(crate) async fn list(call: Call) -> Reply {
    let catalog = call.catalog().await?;
    let asked = call.query.get("q");
    let all = catalog.find(asked);
    let most = usize::try_from(PAGE_ROWS_MAX).unwrap_or(usize::MAX);
    let beside = format!(
        "release {}; {}{}",
        catalog.release(),
        words::count(all.len(), "test or panel", "tests and panels"),
        if all.len() > most { format!(", the first {most} shown") } else { String::new() }
    );
    let draft = call.read(open_draft).await?;
    let newest = call.read(|sql| releases(sql, RELEASES)).await?;
    let body = html! {
        (page::head("Catalog", &beside, html! {
            @if draft.is_some() { (page::open("Draft waits", "/catalog/draft", Some('d'))) }
        }))
        form .form action="/catalog" method="get" role="search" aria-label="In the catalog" {
            (Field::text("q", "Code or name").value(asked).medium().line())
            (page::send(page::button("Search", None, false)))
        }
        (grid(&all[..all.len().min(most)]))
        (history(&call, &newest))
    };
    call.sheet(Sheet::new("Catalog", body)).await
}

fn grid(entries: &[Entry<'_>]) -> Markup {
    let hrefs: Vec<String> =
        entries.iter().map(|entry| format!("/catalog/test/{}", entry.code())).collect();
    let rows: Vec<Row<'_>> = entries
        .iter()
        .zip(&hrefs)
        .map(|(entry, href)| {
            let (href, cells) = match entry {
                Entry::Panel(panel) => (
                    None,
                    [
                        html! { (panel.name) },
                        html! { "panel" },
                        html! {},
                        html! { (panel.members.join(" ")) },
                    ],
                ),
                Entry::Test(test) => (
                    Some(href.as_str()),
                    [
                        html! { (test.name) },
                        html! { (test.bench.title()) },
                        html! { span .unit { (report::unit::shown(&test.unit)) } },
                        html! { (test.specimen) },
                    ],
                ),
            };
            let mut all = vec![html! { b { (entry.code()) } }];
            all.extend(cells);
            Row { id: entry.code(), href, cells: all }
        })
        .collect();
    page::grid(&Grid {
        id: "catalog",
        caption: "Best answers first",
        columns: &[
            Column::text("Code"),
            Column::text("Name"),
            Column::text("Bench"),
            Column::text("Unit"),
            Column::fill("Specimen or members"),
        ],
        rows: &rows,
        start: true,
        pick: false,
        live: None,
        empty: "No test or panel has this code or name.",
    })
}

fn history(call: &Call, newest: &[ReleaseLine]) -> Markup {
    let zone = &call.app.laboratory().zone;
    html! {
        h2 { "Newest releases" }
        dl .facts {
            @for line in newest {
                dt { "Release " (line.release) }
                dd {
                    (line.reason)
                    @if let Some(at) = line.at {
                        " " span .soft { (words::clock(at, zone, call.now)) }
                    }
                }
            }
        }
    }
}

/// `GET /catalog/test/{code}`.
pub(crate) async fn show(call: Call) -> Reply {
    let catalog = call.catalog().await?;
    let code = call.path.get("code").to_owned();
    let none = || Refusal::UnknownTest { code: code.clone() };
    let test = catalog.test(&code).ok_or_else(none)?;
    let of = code.clone();
    let told = call
        .read(move |sql| {
            let newest = releases(sql, RELEASES)?;
            let read = |line: &ReleaseLine| store::table::get(sql, i64::from(line.release));
            let whole = newest.iter().map(read).collect::<Result<Vec<_>, _>>()?;
            Ok(changes(&of, &whole.into_iter().flatten().collect::<Vec<_>>()))
        })
        .await?;
    let body = html! {
        (page::head(&test.name, &test.code, page::open("Catalog", "/catalog", Some('l'))))
        (facts(&catalog, test))
        (intervals(test))
        (criticals(test))
        h2 { "Changes in the newest releases" }
        (changed(&told))
    };
    call.sheet(Sheet::new(&test.name, body)).await
}

fn facts(catalog: &Catalog, test: &TestDefinition) -> Markup {
    let container = catalog.container(&test.container);
    let formula = test.calculation.as_ref().and_then(|own| catalog.calculation(&own.id));
    let stem = format!("{}.", test.bench.name());
    let sources = catalog.sources().iter().filter(|(subject, _)| subject.starts_with(&stem));
    page::facts(&[
        ("Bench", html! { (test.bench.title()) ", " (test.section) }),
        ("Unit", html! { (report::unit::shown(&test.unit)) " · " (test.decimals) " decimals" }),
        (
            "Specimen",
            html! {
                (test.specimen) ", " (test.container)
                @if let Some(container) = container { " (" (container.cap) ")" }
            },
        ),
        ("LOINC", html! { (test.loinc.as_deref().unwrap_or("none")) }),
        (
            "Believed from, to",
            html! {
                @match &test.plausible {
                    Some(limits) => { (limits.low) " to " (limits.high) }
                    None => span .soft { "no limit" },
                }
            },
        ),
        (
            "Delta limit",
            html! {
                @match &test.delta {
                Some(delta) => (delta_words(delta)),
                None => span .soft { "none" },
            }
            },
        ),
        (
            "Calculated",
            html! {
                @match formula {
                    Some(formula) => { (formula.name) " " span .soft { (formula.source) } }
                    None => span .soft { "no" },
                }
            },
        ),
        ("Proficiency", html! { (test.proficiency.as_deref().unwrap_or("none stated")) }),
        (
            "Sources",
            html! {
                @for (subject, source) in sources {
                    p { (subject.trim_start_matches(&stem)) ": " span .soft { (source) } }
                }
            },
        ),
    ])
}

fn delta_words(delta: &Delta) -> String {
    match delta.limit {
        DeltaLimit::Absolute(figure) => format!("{figure} within {} h", delta.within_hours),
        DeltaLimit::Percent(figure) => format!("{figure} % within {} h", delta.within_hours),
    }
}

fn range(low: Option<impl ToString>, high: Option<impl ToString>) -> String {
    let text = |figure: Option<String>| figure.unwrap_or_default();
    match (low.map(|f| f.to_string()), high.map(|f| f.to_string())) {
        (Some(low), None) => format!("from {low}"),
        (None, Some(high)) => format!("up to {high}"),
        (low, high) => format!("{} to {}", text(low), text(high)),
    }
}

fn intervals(test: &TestDefinition) -> Markup {
    let sex = |interval: &Interval| match interval.sex {
        Some(Sex::Female) => "F",
        Some(Sex::Male) => "M",
        None => "F, M",
    };
    html! {
        h2 { "Reference intervals and decision limits" }
        @if test.intervals.is_empty() { (page::empty("None is established.")) } @else {
            div .scroll tabindex="0" role="region" aria-label="Reference intervals" {
                table .fit {
                    thead { tr {
                        th scope="col" { "Kind" } th scope="col" { "Sex" } th scope="col" { "Ages" }
                        th scope="col" { "Interval" } th scope="col" { "Source" }
                    } }
                    tbody {
                        @for interval in &test.intervals {
                            tr {
                                td { (interval.kind) } td { (sex(interval)) }
                                td { (interval.ages) }
                                td { (range(interval.low.as_ref(), interval.high.as_ref())) }
                                td .soft { (interval.source) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn criticals(test: &TestDefinition) -> Markup {
    let words = |limit: &CriticalLimit| {
        let below = limit.low.map(|low| format!("below {low}"));
        let above = limit.high.map(|high| format!("above {high}"));
        let all: Vec<String> = [below, above, limit.when.clone()].into_iter().flatten().collect();
        all.join(", ")
    };
    html! {
        h2 { "Critical limits" }
        @if test.critical.is_empty() { (page::empty("None.")) } @else {
            dl .facts {
                @for limit in &test.critical { dt { (limit.ages) } dd { (words(limit)) } }
            }
        }
    }
}

/// A change of a test: the number of the release, its reason, and what became of the test.
type Change = (u32, String, Became);

/// In which of these releases, newest first, the test changed, and how. Compares whole catalogs.
fn changes(code: &str, whole: &[CatalogRelease]) -> Vec<Change> {
    let steps = whole.iter().zip(whole.iter().skip(1));
    let changes = steps.flat_map(|(newer, older)| {
        let all = differences(&older.files, &newer.files).into_iter();
        let own = all.filter(|one| one.kind == "test" && one.code == code);
        own.map(move |one| (newer.release, newer.reason.clone(), one.what))
    });
    changes.collect()
}

fn changed(told: &[Change]) -> Markup {
    html! {
        @if told.is_empty() { (page::empty("Unchanged in these releases.")) } @else {
            dl .facts {
                @for (release, reason, what) in told {
                    dt { "Release " (release) }
                    dd { (became(what)) " " span .soft { (reason) } }
                }
            }
        }
    }
}

fn became(what: &Became) -> Markup {
    html! {
        @match what {
            Became::Added => b { "new" },
            Became::Removed => b { "removed" },
            Became::Changed(fields) => {
                @for (name, was, is) in fields {
                    p { (name) ": " del { (none(was)) } " → " ins { (none(is)) } }
                }
            }
        }
    }
}

fn none(text: &str) -> &str {
    if text.is_empty() { "none" } else { text }
}

fn open_draft(sql: &dyn Sql) -> Result<Option<CatalogDraft>, Fault> {
    let newest = store::DatabaseLook(sql).newest_draft()?;
    Ok(newest.filter(|draft| draft.fate == DraftFate::Open))
}

/// A draft beside the release in force, 0 where there is none.
struct Compared {
    draft: CatalogDraft,
    newest: u32,
    differences: Vec<Difference>,
}

/// The draft that waits, compared. Compares whole catalogs.
fn comparison(sql: &dyn Sql) -> Result<Option<Compared>, Fault> {
    let Some(draft) = open_draft(sql)? else { return Ok(None) };
    let release = store::DatabaseLook(sql).newest_release()?;
    let before = release.as_ref().map_or(&[][..], |release| &release.files);
    let differences = differences(before, &draft.files);
    let newest = release.as_ref().map_or(0, |release| release.release);
    Ok(Some(Compared { draft, newest, differences }))
}

/// `GET /catalog/draft`.
pub(crate) async fn draft(call: Call) -> Reply {
    draft_page(&call, None).await
}

async fn draft_page(call: &Call, refusal: Option<&Refusal>) -> Reply {
    let waits = call.read(comparison).await?;
    let body = html! {
        (page::head("Draft of the catalog", "", page::open("Catalog", "/catalog", Some('l'))))
        @if let Some(refusal) = refusal { (said_no(refusal)) }
        @match &waits {
            None => (page::empty(
                "No draft waits. Lay one down with: meniscus apply FOLDER --draft"
            )),
            Some(waits) => (compared(call, waits)),
        }
    };
    call.sheet(Sheet::new("Draft of the catalog", body).answering(refusal)).await
}

fn compared(call: &Call, waits: &Compared) -> Markup {
    let Compared { draft, newest, differences: all } = waits;
    let zone = &call.app.laboratory().zone;
    html! {
        (page::facts(&[
            ("For", html! { (draft.note) }),
            ("Laid down", html! { (words::clock(draft.at, zone, call.now)) }),
            ("Against", html! {
                "release " (draft.base)
                @if draft.base != *newest { "; release " (newest) " is in force" }
            }),
            ("Differences", html! { (words::count(all.len(), "entry", "entries")) }),
        ]))
        @if all.is_empty() { (page::empty("Only remarks or the order differ.")) }
        dl .facts {
            @for one in all.iter().take(usize::try_from(PAGE_ROWS_MAX).unwrap_or(usize::MAX)) {
                dt { (one.kind) " " (one.code) } dd { (became(&one.what)) }
            }
        }
        @if call.may(Ask::ReleaseDraft) {
            (settle_form(call, draft, ("release", "/catalog/release", "Release")))
        }
        @if call.may(Ask::DiscardDraft) {
            (settle_form(call, draft, ("discard", "/catalog/discard", "Put the draft away")))
        }
    }
}

fn settle_form(call: &Call, draft: &CatalogDraft, (id, to, label): (&str, &str, &str)) -> Markup {
    let form = Form { id, action: to, ..Form::default() };
    let reason = format!("{id}-reason");
    page::form(
        &form,
        html! {
            (page::hidden("request", &call.request()))
            (page::hidden("draft", &draft.id.to_string()))
            (Field::text(&reason, "Reason").value(call.form.get(&reason)).required().line())
            (page::send(page::button(label, None, id == "release")))
        },
    )
}

fn sent_draft(call: &Call) -> DraftId {
    DraftId(call.form.get("draft").parse().unwrap_or_default())
}

/// `POST /catalog/release`.
pub(crate) async fn release(call: Call) -> Reply {
    let reason = call.form.get("release-reason").to_owned();
    let command = ReleaseDraft { draft: sent_draft(&call), reason };
    match call.ask(command, "release").await {
        Ok(_) => {
            let release = call.catalog().await?.release();
            call.done(format!("Release {release} of the catalog is in force."));
            Ok(answer::see("/catalog"))
        }
        Err(Trouble::Refused(refusal)) => draft_page(&call, Some(&refusal)).await,
        Err(failed) => Err(failed),
    }
}

/// `POST /catalog/discard`.
pub(crate) async fn discard(call: Call) -> Reply {
    let reason = call.form.get("discard-reason").to_owned();
    let command = DiscardDraft { draft: sent_draft(&call), reason };
    match call.ask(command, "discard").await {
        Ok(_) => {
            call.done("The draft was put away.");
            Ok(answer::see("/catalog"))
        }
        Err(Trouble::Refused(refusal)) => draft_page(&call, Some(&refusal)).await,
        Err(failed) => Err(failed),
    }
}
