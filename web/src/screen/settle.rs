//! Settling one result: verify, hold, rerun, cancel; each from the row one stands on.
//!
//! Question: what is done with this result, and why? What must stay true: each names the test as it
//! was on the screen, and the door compares it. A reason is asked for on a page that shows the
//! evidence; what was refused comes back with what was typed.

use lab::accession::{Accession, Looked, ResultVersion, Source, Test, TestState};
use lab::catalog::ReasonFor;
use lab::command::{Command, Look};
use lab::journey::analyze::EnterResult;
use lab::journey::order::CancelTest;
use lab::journey::rules::GivePreliminary;
use lab::journey::verify::{HoldResult, RequestDilution, RequestRerun, VerifyResults};
use lab::patient::Patient;
use lab::people::Ask;
use lab::refusal::Refusal;
use lab::value::TestId;
use maud::{Markup, html};

use super::trouble::said_no;
use super::{accession, reasons, review};
use crate::answer::{self, Reply, Trouble};
use crate::call::Call;
use crate::page::{self, Field, Form};
use crate::sheet::Sheet;
use crate::words;

/// What can be done to one result with a reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Deed {
    Release,
    Hold,
    Rerun,
    Dilute,
    Cancel,
    NotPerformed,
}

impl Deed {
    const fn title(self) -> &'static str {
        match self {
            Deed::Release => "Verify a held result",
            Deed::Hold => "Hold a result",
            Deed::Rerun => "Rerun a test",
            Deed::Dilute => "Rerun a test diluted",
            Deed::Cancel => "Cancel a test",
            Deed::NotPerformed => "Not performed",
        }
    }

    const fn button(self) -> &'static str {
        match self {
            Deed::Release => "Verify and release",
            Deed::Hold => "Hold",
            Deed::Rerun => "Ask for a rerun",
            Deed::Dilute => "Ask for the dilution",
            Deed::Cancel => "Cancel the test",
            Deed::NotPerformed => "File as not performed",
        }
    }

    const fn action(self) -> &'static str {
        match self {
            Deed::Release => "/review/verify",
            Deed::Hold => "/review/hold",
            Deed::Rerun => "/review/rerun",
            Deed::Dilute => "/review/dilute",
            Deed::Cancel => "/cancel",
            Deed::NotPerformed => "/not-performed",
        }
    }

    const fn hint(self) -> &'static str {
        match self {
            Deed::Release => {
                "Why it may go out; for a critical result who was called, when, and that it was \
                 read back."
            }
            Deed::Hold => "What must be known before it may go out.",
            Deed::Rerun => "The earlier value stays on record.",
            Deed::Dilute => {
                "1:10, or nothing where the instrument chooses. It multiplies by itself."
            }
            Deed::Cancel => "It stands in the journal and on the report.",
            Deed::NotPerformed => "Why there is no result; it stands on the report in its place.",
        }
    }

    /// What is asked for.
    const fn asks_for(self) -> &'static str {
        match self {
            Deed::Dilute => "Dilution",
            _ => "Reason",
        }
    }

    /// The list that its reason is chosen from, where there is one.
    const fn chosen(self) -> Option<ReasonFor> {
        match self {
            Deed::Cancel => Some(ReasonFor::Cancellation),
            Deed::NotPerformed => Some(ReasonFor::NotPerformed),
            _ => None,
        }
    }

    const fn said(self) -> &'static str {
        match self {
            Deed::Release => "Verified",
            Deed::Hold => "Held",
            Deed::Rerun => "Rerun asked for",
            Deed::Dilute => "Dilution asked for",
            Deed::Cancel => "Cancelled",
            Deed::NotPerformed => "Filed as not performed",
        }
    }
}

/// One test with what one decides by.
struct Evidence {
    test: Test,
    result: Option<ResultVersion>,
    accession: Accession,
    patient: Patient,
    instrument: Option<String>,
}

impl Evidence {
    /// The test and its value in a few words, for the line that says what was done.
    fn named(&self) -> String {
        let value = self.result.as_ref().map_or(String::new(), |result| {
            format!(" {} {}", result.value, report::unit::shown(&result.unit))
        });
        format!(
            "{}{} of {}, {}",
            self.test.code,
            value.trim_end(),
            self.patient.name,
            self.accession.label
        )
    }
}

/// Reads the number of a row.
pub(crate) fn row(text: &str) -> Result<(TestId, Looked), Refusal> {
    let read =
        |(test, looked): (&str, &str)| Some((TestId(test.parse().ok()?), Looked::read(looked)?));
    let none = || Refusal::NoSuch { what: "result".into(), name: text.to_owned() };
    text.split_once('-').and_then(read).ok_or_else(none)
}

async fn evidence(call: &Call, test: TestId) -> Result<Evidence, Trouble> {
    let found = call
        .read(move |sql| {
            let look = store::DatabaseLook(sql);
            let Some(test) = look.test(test)? else { return Ok(None) };
            let accession = look.accession(test.accession)?;
            let patient = look.patient(test.patient)?;
            let result = match test.result {
                Some(id) => look.result(id)?,
                None => None,
            };
            let instrument = match result.as_ref().map(|result| &result.source) {
                Some(Source::Instrument { instrument, .. }) => look.instrument(*instrument)?,
                _ => None,
            };
            let instrument = instrument.map(|one| one.name);
            Ok(accession.zip(patient).map(|(accession, patient)| Evidence {
                test,
                result,
                accession,
                patient,
                instrument,
            }))
        })
        .await?;
    let none = || Refusal::NoSuch { what: "test".into(), name: test.to_string() };
    Ok(found.ok_or_else(none)?)
}

/// `POST /review/verify`.
pub(crate) async fn verify(call: Call) -> Reply {
    let (test, looked_at) = row(call.form.get("row"))?;
    let evidence = evidence(&call, test).await?;
    let reason = call.form.get("reason").to_owned();
    let asked = call.ask(VerifyResults { tests: vec![(test, looked_at)], reason }, "verify").await;
    match asked {
        Ok(_) => {
            call.done(format!("Verified {}.", evidence.named()));
            Ok(answer::see(back(&call)))
        }
        Err(Trouble::Refused(Refusal::Missing { .. })) if !call.form.has("reason") => {
            reason_page(&call, (Deed::Release, &evidence), None).await
        }
        Err(Trouble::Refused(refusal)) if !call.form.has("reason") => {
            returned(&call, &refusal).await
        }
        Err(Trouble::Refused(refusal)) => {
            reason_page(&call, (Deed::Release, &evidence), Some(&refusal)).await
        }
        Err(failed) => Err(failed),
    }
}

/// `POST /review/clean`: verifies what nothing holds of the accession one stands on, each in the
/// version that was on the screen.
pub(crate) async fn verify_clean(call: Call) -> Reply {
    let (test, _) = row(call.form.get("row"))?;
    let evidence = evidence(&call, test).await?;
    let accession = evidence.accession.id;
    let all = call.read(move |sql| store::DatabaseLook(sql).tests_of(accession)).await?;
    let seen: Vec<(TestId, Looked)> =
        call.form.all("seen").into_iter().filter_map(|text| row(text).ok()).collect();
    let mut clean: Vec<(&Test, Looked)> = all
        .iter()
        .filter(|test| test.state == TestState::Review)
        .filter_map(|test| Some((test, seen.iter().find(|(id, _)| *id == test.id)?.1)))
        .collect();
    loop {
        if clean.is_empty() {
            let label = &evidence.accession.label;
            call.refused(format!("Nothing verified: each result of {label} here is held."));
            return Ok(answer::see(back(&call)));
        }
        let tests = clean.iter().map(|(test, looked_at)| (test.id, *looked_at)).collect();
        let part = format!("clean {}", clean.len());
        match call.ask(VerifyResults { tests, reason: String::new() }, &part).await {
            Ok(_) => break,
            // A calculated result waits for an input that is held.
            Err(Trouble::Refused(Refusal::InputFirst { code, .. }))
                if clean.iter().any(|(test, _)| test.code.0 == code) =>
            {
                clean.retain(|(test, _)| test.code.0 != code);
            }
            Err(Trouble::Refused(refusal)) => return returned(&call, &refusal).await,
            Err(failed) => return Err(failed),
        }
    }
    let results = words::count(clean.len(), "result", "results");
    let (name, label) = (&evidence.patient.name, &evidence.accession.label);
    call.done(format!("Verified {results} of {name}, {label}."));
    Ok(answer::see(back(&call)))
}

/// `POST /review/hold`.
pub(crate) async fn hold(call: Call) -> Reply {
    settle(&call, Deed::Hold, |(test, looked_at), reason| {
        HoldResult { test, looked_at, reason }.into()
    })
    .await
}

/// `POST /review/rerun`.
pub(crate) async fn rerun(call: Call) -> Reply {
    settle(&call, Deed::Rerun, |(test, looked_at), reason| {
        RequestRerun { test, looked_at, reason }.into()
    })
    .await
}

/// `POST /review/dilute`: run again from a dilution.
pub(crate) async fn dilute(call: Call) -> Reply {
    settle(&call, Deed::Dilute, |(test, looked_at), dilution| {
        RequestDilution { test, looked_at, dilution }.into()
    })
    .await
}

/// `POST /review/preliminary`: told before it is final.
pub(crate) async fn preliminary(call: Call) -> Reply {
    let (test, looked_at) = row(call.form.get("row"))?;
    let evidence = evidence(&call, test).await?;
    match call.ask(GivePreliminary { test, looked_at }, "preliminary").await {
        Ok(_) => {
            call.done(format!("Told before it is final: {}.", evidence.named()));
            Ok(answer::see(back(&call)))
        }
        Err(Trouble::Refused(refusal)) => returned(&call, &refusal).await,
        Err(failed) => Err(failed),
    }
}

/// `POST /cancel`.
pub(crate) async fn cancel(call: Call) -> Reply {
    settle(&call, Deed::Cancel, |(test, looked_at), reason| {
        CancelTest { test, looked_at, reason }.into()
    })
    .await
}

/// `POST /not-performed`: files that there will be no result.
pub(crate) async fn not_performed(call: Call) -> Reply {
    settle(&call, Deed::NotPerformed, |(test, looked_at), not_performed| {
        EnterResult { test, looked_at, typed: String::new(), not_performed }.into()
    })
    .await
}

/// Asks for the reason where none was sent along; then settles.
async fn settle(
    call: &Call,
    deed: Deed,
    command: impl Fn((TestId, Looked), String) -> Command,
) -> Reply {
    let (test, looked_at) = row(call.form.get("row"))?;
    let evidence = evidence(call, test).await?;
    if !call.form.has("reason") {
        return reason_page(call, (deed, &evidence), None).await;
    }
    let reason = match deed.chosen() {
        Some(of) => reasons::said(&call.form, &*call.catalog().await?, of),
        None => call.form.get("reason").to_owned(),
    };
    let asked = if deed == Deed::NotPerformed && reason.is_empty() {
        Err(Refusal::Missing { field: "Reason".into() }.into())
    } else {
        call.ask(command((test, looked_at), reason), deed.said()).await
    };
    match asked {
        Ok(_) => {
            call.done(format!("{}: {}.", deed.said(), evidence.named()));
            Ok(answer::see(back(call)))
        }
        Err(Trouble::Refused(refusal)) => {
            reason_page(call, (deed, &evidence), Some(&refusal)).await
        }
        Err(failed) => Err(failed),
    }
}

/// The page one came from, if it is one of ours.
fn back(call: &Call) -> &str {
    let sent = call.form.get("back");
    let ours = sent.starts_with("/review") || sent.starts_with("/accession/");
    if ours { sent } else { "/review" }
}

/// The page one came from, with the refusal on it.
async fn returned(call: &Call, refusal: &Refusal) -> Reply {
    let back = back(call).to_owned();
    if let Some(number) = back.strip_prefix("/accession/") {
        return accession::screen(call, number, Some(refusal)).await;
    }
    let bench = back.split_once("bench=").map_or("", |(_, bench)| bench);
    review::screen(call, bench, Some(refusal)).await
}

async fn reason_page(
    call: &Call,
    (deed, evidence): (Deed, &Evidence),
    refusal: Option<&Refusal>,
) -> Reply {
    let beside = format!("{}, accession {}", evidence.test.code, evidence.accession.label);
    let row = review::row_id(&evidence.test);
    // Unsent reasons are kept by the name of the form: one for each deed and row.
    let id = format!("reason-{deed:?}-{row}");
    let form = Form { id: &id, action: deed.action(), keeps: true, ..Form::default() };
    let reason = Field::text("reason", deed.asks_for()).starts().hint(deed.hint());
    let reason = if deed == Deed::Dilute { reason } else { reason.required() };
    let reason = match deed.chosen() {
        Some(of) => reasons::fields(&call.form, &*call.catalog().await?, of),
        None => reason.value(call.form.get("reason")).line(),
    };
    let body = html! {
        (page::head(deed.title(), &beside, html! {}))
        @if let Some(refusal) = refusal { (said_no(refusal)) }
        (facts(call, evidence))
        (page::form(&form, html! {
            (page::hidden("request", &call.request()))
            (page::hidden("row", &row))
            (page::hidden("back", back(call)))
            (reason)
            (page::field::send(html! {
                (page::button(deed.button(), None, true))
                (page::open("Back", back(call), None))
            }))
        }))
    };
    let sheet = Sheet::new(deed.title(), body).about(&evidence.patient).answering(refusal);
    call.sheet(sheet).await
}

fn facts(call: &Call, evidence: &Evidence) -> Markup {
    let may_see = call.may(Ask::SeeUnverified);
    let result = evidence.result.as_ref().filter(|_| may_see);
    html! {
        dl .facts.evidence {
            dt { "Test" }
            dd { b { (evidence.test.code) } " " (words::state(&evidence.test)) }
            @if let Some(result) = result {
                dt { "Result" }
                dd { (review::value(result, review::decimals(result))) }
                dt { "Interval" }
                dd { (result.limits.interval()) }
                @if result.delta.is_some() {
                    dt { "Previous" }
                    dd { (review::earlier(call, result)) }
                }
                dt { "From" }
                dd { (evidence.instrument.as_deref().unwrap_or("the bench")) }
                @let why = words::wholly(&evidence.test, result);
                @if !why.is_empty() {
                    dt { "Waits because" }
                    dd { (why) }
                }
                @let with = words::measured_with(result);
                @if !with.is_empty() {
                    dt { "Measured with" }
                    dd { (with) }
                }
            }
        }
    }
}
