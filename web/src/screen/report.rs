//! The patient report, `/report/{number}`; as a file for paper `/report/{number}/pdf`.
//!
//! Question: what does the physician read? What must stay true: page and file are the report
//! crate's; only verified results stand on them; the ways from the page are not printed.

use std::collections::BTreeSet;

use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use lab::accession::{ResultVersion, Source};
use lab::catalog::Catalog;
use lab::command::Look;
use lab::instrument::Instrument;
use lab::people::{Ask, Person};
use lab::value::{InstrumentId, PersonId};
use maud::{Markup, html};
use report::patient_report::{PatientReport, Printed, STYLE_HASH, page_below, pdf};
use report::pdf::Paper;
use store::fault::Fault;
use store::query::Whole;

use super::label::whole_of;
use crate::act::waiting;
use crate::answer::{self, Reply, Trouble};
use crate::call::Call;
use crate::page;

/// Everything a report is made from, at hand.
struct AtHand {
    whole: Whole,
    people: Vec<Person>,
    instruments: Vec<Instrument>,
    catalog: std::sync::Arc<Catalog>,
    by: String,
}

impl AtHand {
    fn report<'a>(&'a self, call: &'a Call) -> PatientReport<'a> {
        PatientReport {
            letterhead: &call.app.laboratory().letterhead,
            patient: &self.whole.patient,
            accession: &self.whole.accession,
            specimens: &self.whole.specimens,
            tests: &self.whole.tests,
            results: &self.whole.results,
            people: &self.people,
            instruments: &self.instruments,
            catalog: &self.catalog,
            zone: &call.app.laboratory().zone,
            printed: Printed { at: call.now, by: &self.by },
        }
    }
}

/// `GET /report/{number}`.
pub(crate) async fn show(call: Call) -> Reply {
    let at_hand = at_hand(&call).await?;
    let ways = ways(&call, &at_hand.whole);
    let page = page_below(&at_hand.report(&call), &ways);
    Ok(answer::with_style(answer::page(StatusCode::OK, page), STYLE_HASH))
}

/// `GET /report/{number}/pdf`.
pub(crate) async fn file(call: Call) -> Reply {
    let at_hand = at_hand(&call).await?;
    let label = at_hand.whole.accession.label.clone();
    let printed =
        waiting(move || pdf(&at_hand.report(&call), Paper::Letter).map_err(Fault::new)).await?;
    Ok(as_pdf(&format!("report-{label}.pdf"), printed))
}

/// A PDF file, shown by the browser where it can.
pub(crate) fn as_pdf(name: &str, bytes: Vec<u8>) -> axum::response::Response {
    let headers = [
        (header::CONTENT_TYPE, "application/pdf".to_owned()),
        (header::CONTENT_DISPOSITION, format!("inline; filename=\"{name}\"")),
        // Nothing but what the browser's own reader of such files needs.
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; \
             frame-ancestors 'none'"
                .to_owned(),
        ),
    ];
    (headers, bytes).into_response()
}

async fn at_hand(call: &Call) -> Result<AtHand, Trouble> {
    let (_, whole) = whole_of(call, call.path.get("number")).await?;
    let catalog = call.catalog().await?;
    let (people, instruments) = signers(call, &whole).await?;
    call.looked_at([&whole.patient]);
    let by = call.who()?.person.shown.clone();
    Ok(AtHand { whole, people, instruments, catalog, by })
}

/// The ways from the report, on the screen only.
fn ways(call: &Call, whole: &Whole) -> Markup {
    let label = &whole.accession.label;
    html! {
        nav class="ways" aria-label="From this report" {
            (page::open("PDF", &format!("/report/{label}/pdf"), Some('p')))
            @if call.may(Ask::SeePatients) {
                (page::open("Accession", &format!("/accession/{label}"), Some('a')))
            }
            (page::open("Chart", &format!("/patient/{}/chart", whole.patient.id), Some('t')))
            (page::open("Shift board", "/", Some('b')))
        }
        script src=(page::asset::address("app.js")) defer {}
    }
}

/// The people and instruments that stand on the report.
async fn signers(call: &Call, whole: &Whole) -> Result<(Vec<Person>, Vec<Instrument>), Trouble> {
    let people = people_in(whole);
    let instruments: BTreeSet<InstrumentId> =
        whole.results.iter().filter_map(measured_by).collect();
    call.read(move |sql| {
        let look = store::DatabaseLook(sql);
        let mut found = (Vec::new(), Vec::new());
        for id in people {
            found.0.extend(look.person(id)?);
        }
        for id in instruments {
            found.1.extend(look.instrument(id)?);
        }
        Ok(found)
    })
    .await
}

fn people_in(whole: &Whole) -> BTreeSet<PersonId> {
    let filed = whole.results.iter().filter_map(|result| result.filed_by.person());
    let verified = whole.tests.iter().filter_map(|test| test.verified?.by.person());
    filed.chain(verified).collect()
}

fn measured_by(result: &ResultVersion) -> Option<InstrumentId> {
    match &result.source {
        Source::Instrument { instrument, .. } => Some(*instrument),
        Source::Manual | Source::Calculated(_) => None,
    }
}
