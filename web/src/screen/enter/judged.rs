//! What would follow from what is being typed, `/enter/judged`: flags, and every calculated test.
//!
//! What must stay true: nothing is filed by looking; the figures are those that filing would give,
//! made by the same rules.

use std::cell::Cell;

use lab::accession::ResultVersion;
use lab::command::{Look, Setting};
use lab::journey::analyze::{Filing, would_file};
use lab::value::{Label, TestId};
use maud::{Markup, html};

use super::file::typed;
use crate::answer::{self, Reply};
use crate::call::Call;
use crate::page::{self, Outcome};
use crate::screen::review::decimals;
use crate::words;

/// `POST /enter/judged`.
pub(crate) async fn judged(call: Call) -> Reply {
    let Ok(label) = Label::read(call.form.get("number")) else {
        return Ok(answer::page(axum::http::StatusCode::OK, shown(&[])));
    };
    let catalog = call.catalog().await?;
    let (actor, now, typed) = (call.actor()?, call.now, typed(&call));
    let versions = call
        .read(move |sql| {
            let look = store::DatabaseLook(sql);
            let setting = Setting { now, actor, catalog: &catalog, next: Cell::new(0) };
            let specimen = of_typed(&look, &label, &typed)?;
            let Some(specimen) = specimen else { return Ok(Vec::new()) };
            let filing = Filing::look(&look, specimen, |_| true, &setting)?;
            Ok(filing.map_or_else(Vec::new, |filing| would_file(&filing, &typed, &setting)))
        })
        .await?;
    Ok(answer::page(axum::http::StatusCode::OK, shown(&versions)))
}

/// The tube whose results are typed: the one of this number, or of the first test.
fn of_typed<L: Look>(
    look: &L,
    label: &Label,
    typed: &[(TestId, String)],
) -> Result<Option<lab::accession::Specimen>, L::Fault> {
    if !label.names_accession() {
        return look.specimen_labeled(label);
    }
    let Some((first, _)) = typed.first() else { return Ok(None) };
    let Some(test) = look.test(*first)? else { return Ok(None) };
    look.specimen(test.specimen)
}

fn shown(versions: &[ResultVersion]) -> Markup {
    let most = versions.iter().map(decimals).max().unwrap_or(0);
    html! {
        section #judged aria-live="polite" aria-label="What follows from it" {
            @if !versions.is_empty() {
                h2 { "As it would be filed" }
                dl .facts {
                    @for version in versions {
                        dt { b { (version.code) } }
                        dd { (line(version, most)) }
                    }
                }
            }
        }
    }
}

fn line(version: &ResultVersion, most: usize) -> Markup {
    let flags: Vec<page::Flag> = version.flag.map(words::flag).into_iter().collect();
    let value = version.value.to_string();
    let calculated = matches!(version.source, lab::accession::Source::Calculated(_));
    let why: Vec<String> = version.holds.iter().map(lab::accession::Hold::sentence).collect();
    html! {
        (page::value(&Outcome {
            value: &value, column_decimals: most, unit: &version.unit, flags: &flags,
        }))
        " " (page::interval(&version.limits.interval()))
        @if calculated { " " span .soft { "calculated" } }
        @if !why.is_empty() { " " span .soft { (why.join(" ")) } }
    }
}
