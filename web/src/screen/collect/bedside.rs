//! Collect at the patient, `/collect/{number}`.
//!
//! Question: is this the patient, and which tubes were filled? The wristband is scanned and must
//! be this patient's, or the collector says that two identifiers were compared; scanned tubes are
//! those that were filled. What must stay true: a wristband of another patient stops it; the time
//! is when it was taken, now unless said otherwise.

use lab::accession::{Specimen, SpecimenState};
use lab::journey::collect::{CollectSpecimens, Taken, wristband_of};
use lab::refusal::{AboutPatient, Refusal};
use lab::value::{Label, SpecimenId, scanned};
use maud::{Markup, html};
use store::query::Whole;

use super::super::label::whole_of;
use super::super::trouble::said_no;
use super::within;
use crate::answer::{self, Reply, Trouble};
use crate::call::Call;
use crate::page::{self, Field, Form};
use crate::sheet::Sheet;
use crate::words;

/// What was scanned so far.
#[derive(Clone, Debug, Default)]
struct Scanned {
    /// The wristband, once it was found to be this patient's.
    wristband: String,
    /// The tubes.
    tubes: Vec<String>,
}

impl Scanned {
    fn of(call: &Call) -> Scanned {
        Scanned {
            wristband: call.form.get("wristband").to_owned(),
            tubes: call.form.all("tube").into_iter().map(str::to_owned).collect(),
        }
    }
}

/// `GET /collect/{number}`.
pub(crate) async fn show(call: Call) -> Reply {
    form_page(&call, &Scanned::default(), None).await
}

/// `POST /collect/{number}`: takes in a scan; collects where none was sent along.
pub(crate) async fn collect(call: Call) -> Reply {
    if !call.form.get("scanned").is_empty() {
        return scan(&call).await;
    }
    let asked = match command(&call) {
        Ok(command) => call.ask(command, "collect").await,
        Err(refusal) => Err(refusal.into()),
    };
    match asked {
        Ok(done) => {
            let tubes = words::count(done.events.len(), "specimen", "specimens");
            call.done(format!("Collected {tubes} of {}.", call.path.get("number")));
            Ok(answer::see(&format!("/collect{}", within(&call))))
        }
        Err(Trouble::Refused(refusal)) => {
            form_page(&call, &Scanned::of(&call), Some(&refusal)).await
        }
        Err(failed) => Err(failed),
    }
}

/// A tube of this accession is ticked; anything else must be this patient's wristband.
async fn scan(call: &Call) -> Reply {
    let mut so_far = Scanned::of(call);
    let (label, whole) = whole_of(call, call.path.get("number")).await?;
    let text = scanned(call.form.get("scanned")).to_owned();
    if let Ok(tube) = Label::read(&text) {
        if !open(&whole, &label).iter().any(|one| one.label == tube) {
            let what = "specimen of this patient to collect".into();
            let refusal = Refusal::NoSuch { what, name: text };
            return form_page(call, &so_far, Some(&refusal)).await;
        }
        if !so_far.tubes.contains(&text) {
            so_far.tubes.push(text);
        }
        return form_page(call, &so_far, None).await;
    }
    let (number, patient) = (text.clone(), whole.patient.clone());
    let owner = call
        .read(move |sql| wristband_of(&store::DatabaseLook(sql), &number, Some(&patient)))
        .await?;
    if owner != Some(whole.patient.id) {
        so_far.wristband = String::new();
        let refusal = AboutPatient::OtherWristband { scanned: text }.into();
        return form_page(call, &so_far, Some(&refusal)).await;
    }
    so_far.wristband = text;
    form_page(call, &so_far, None).await
}

/// The specimens that are still to be collected.
fn open<'a>(whole: &'a Whole, label: &Label) -> Vec<&'a Specimen> {
    whole
        .specimens
        .iter()
        .filter(|one| one.state == SpecimenState::Ordered)
        .filter(|one| label.names_accession() || one.label == *label)
        .collect()
}

async fn form_page(call: &Call, so_far: &Scanned, refusal: Option<&Refusal>) -> Reply {
    let (label, whole) = whole_of(call, call.path.get("number")).await?;
    let open = open(&whole, &label);
    let beside = format!("accession {}", whole.accession.label);
    let body = html! {
        (page::head("Collect", &beside, html! { (words::urgency(whole.accession.priority)) }))
        @if let Some(refusal) = refusal { (said_no(refusal)) }
        @if open.is_empty() {
            (page::empty("Every specimen of this accession has been collected."))
            (page::open("Accession", &format!("/accession/{}", whole.accession.label), Some('a')))
        } @else { (form(call, (&whole, &open), (so_far, refusal))) }
    };
    call.sheet(Sheet::new("Collect", body).about(&whole.patient).answering(refusal)).await
}

fn form(
    call: &Call,
    (whole, open): (&Whole, &[&Specimen]),
    (so_far, refusal): (&Scanned, Option<&Refusal>),
) -> Markup {
    let zone = &call.app.laboratory().zone;
    let now = words::typed(call.now, zone);
    let at = match call.form.get("at") {
        "" => now.as_str(),
        typed => typed,
    };
    // Not kept through a reload: that the patient was identified is said anew each time.
    let form = Form {
        id: "collecting",
        action: &format!("/collect/{}{}", call.path.get("number"), within(call)),
        scans: true,
        lenient: true,
        ..Form::default()
    };
    let banded = !so_far.wristband.is_empty();
    page::form(
        &form,
        html! {
            (page::hidden("request", &call.request()))
            (page::hidden("drawn", &now))
            @for tube in &so_far.tubes { (page::hidden("tube", tube)) }
            (identified(call, (so_far, refusal)))
            (tubes(call, open, so_far))
            (Field::scan("scanned", "Scan")
                .hint("The wristband identifies the patient; each tube scanned is one that was \
                    filled.").line())
            (Field::moment("at", "Collected at").value(at).line())
            (page::field::send(html! {
                button .first autofocus[banded] { "Collected" }
                (page::open("Labels", &format!("/label/{}", whole.accession.label), Some('l')))
            }))
        },
    )
}

/// By what the patient is identified: the wristband, or what the collector compared.
fn identified(call: &Call, (so_far, refusal): (&Scanned, Option<&Refusal>)) -> Markup {
    let missing = matches!(refusal, Some(Refusal::Missing { .. }));
    let compared =
        "I compared two identifiers with the patient: name, and birth date or record number";
    html! {
        div .field.need[true] {
            span .label { "Identified" }
            div {
                @if so_far.wristband.is_empty() {
                    label .tick {
                        input #identified type="checkbox" name="identified" value="yes" autofocus
                            aria-invalid=[missing.then_some("true")]
                            checked[call.form.get("identified") == "yes"];
                        (compared)
                    }
                } @else {
                    (page::hidden("wristband", &so_far.wristband))
                    (page::chip(page::Tone::Done, "by the wristband"))
                    " " b #wristband { (so_far.wristband) }
                }
            }
        }
    }
}

/// The tubes: all are meant until one is scanned, then those that were scanned.
fn tubes(call: &Call, open: &[&Specimen], so_far: &Scanned) -> Markup {
    let sent = call.form.has("drawn");
    let ticked = |specimen: &Specimen| match (so_far.tubes.is_empty(), sent) {
        (false, _) => so_far.tubes.iter().any(|tube| tube == specimen.label.as_str()),
        (true, true) => call.form.all("specimen").contains(&specimen.id.to_string().as_str()),
        (true, false) => true,
    };
    html! {
        div .field {
            span .label { "Specimens" }
            div {
                @for specimen in open {
                    div {
                        label .tick {
                            input type="checkbox" name="specimen" value=(specimen.id)
                                checked[ticked(specimen)];
                            b { (specimen.label) } (specimen.container)
                        }
                        @if so_far.tubes.iter().any(|tube| tube == specimen.label.as_str()) {
                            (page::chip(page::Tone::Done, "scanned"))
                        }
                    }
                }
            }
        }
    }
}

fn command(call: &Call) -> Result<CollectSpecimens, Refusal> {
    let zone = &call.app.laboratory().zone;
    let typed = call.form.get("at");
    // Left as it was drawn, the time is that of pressing the button.
    let at = if typed.is_empty() || typed == call.form.get("drawn") {
        call.now
    } else {
        words::read_typed(typed, zone).ok_or_else(|| Refusal::Unreadable {
            field: "Collected at".into(),
            expected: "a day and a time such as 2026-11-24T09:30".into(),
        })?
    };
    let numbers = call.form.all("specimen");
    let specimens = numbers.iter().filter_map(|number| number.parse().ok());
    Ok(CollectSpecimens {
        specimens: specimens.map(SpecimenId).collect(),
        at,
        identified: call.form.get("identified") == "yes",
        taken: Taken { wristband: call.form.get("wristband").to_owned(), ..Taken::default() },
    })
}
