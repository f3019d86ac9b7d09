//! The patient report, `/report/{number}`.
//!
//! Question: what does the physician read? What must stay true: the page is the report crate's,
//! alone; only verified results stand on it.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use lab::accession::{ResultVersion, Source};
use lab::command::Look;
use lab::instrument::Instrument;
use lab::people::Person;
use lab::value::{InstrumentId, PersonId};
use report::patient_report::{PatientReport, Printed, STYLE_HASH, page};
use store::query::Whole;

use super::label::whole_of;
use crate::answer::{self, Reply, Trouble};
use crate::call::Call;

/// `GET /report/{number}`.
pub(crate) async fn show(call: Call) -> Reply {
    let (_, whole) = whole_of(&call, call.path.get("number")).await?;
    let catalog = call.catalog().await?;
    let (people, instruments) = signers(&call, &whole).await?;
    call.looked_at([&whole.patient]);
    let who = call.who()?;
    let report = PatientReport {
        letterhead: &call.app.laboratory().letterhead,
        patient: &whole.patient,
        accession: &whole.accession,
        specimens: &whole.specimens,
        tests: &whole.tests,
        results: &whole.results,
        people: &people,
        instruments: &instruments,
        catalog: &catalog,
        zone: &call.app.laboratory().zone,
        printed: Printed { at: call.now, by: &who.person.shown },
    };
    let page = answer::page(StatusCode::OK, page(&report));
    Ok(answer::with_style(page, STYLE_HASH))
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
