//! One tube, `/tube/{number}`.
//!
//! Question: where is this tube, what was done to it, and what is to be done now? Its parts and
//! what it is a part of stand beside it. What must stay true: each act is one form with one
//! button; what the laboratory refuses is said here, with what to do.

use lab::accession::{Condition, Specimen, SpecimenState, Test};
use lab::command::{Command, Look};
use lab::event::{Event, TubeEvent};
use lab::journey::add_on::AddTests;
use lab::journey::process::*;
use lab::journey::receive::RecollectSpecimen;
use lab::people::Ask;
use lab::refusal::Refusal;
use lab::value::{Label, TestId};
use maud::{Markup, html};
use rust_decimal::Decimal;
use store::query::Whole;

use super::label::whole_of;
use super::order::doubted::Doubted;
use super::order::picks;
use super::trouble::said_no;
use crate::answer::{self, Reply, Trouble};
use crate::call::Call;
use crate::page::{self, Field, Form};
use crate::sheet::Sheet;
use crate::words;

/// `GET /tube/{number}`.
pub(crate) async fn show(call: Call) -> Reply {
    let number = call.path.get("number").to_owned();
    screen(&call, &number, None).await
}

/// The tube that a number names, with everything of its accession.
async fn tube_of(call: &Call, number: &str) -> Result<(Specimen, Whole), Trouble> {
    let (label, whole) = whole_of(call, number).await?;
    let tube = whole.specimens.iter().find(|one| one.label == label).cloned();
    let none = || Refusal::NoSuch { what: "specimen".into(), name: number.to_owned() };
    Ok((tube.ok_or_else(none)?, whole))
}

async fn screen(call: &Call, number: &str, refusal: Option<&Refusal>) -> Reply {
    let (tube, whole) = tube_of(call, number).await?;
    let place = match &tube.handling.place {
        Some(position) => {
            let id = position.place;
            let place = call.read(move |sql| store::DatabaseLook(sql).storage_place(id)).await?;
            place.map(|place| format!("{} {}", place.code, position.spot))
        }
        None => None,
    };
    let beside = format!("{} {}, {}", tube.label, tube.container, tube.standing());
    let body = html! {
        (page::head("Tube", &beside, html! {
            (words::urgency(whole.accession.priority))
            (page::open("Accession", &format!("/accession/{}", whole.accession.label), Some('a')))
            (page::open("Label", &format!("/label/{}", tube.label), Some('l')))
            @if call.may(Ask::RejectSpecimen) {
                (page::open("Reject", &format!("/reject?row={}", tube.id), Some('x')))
            }
        }))
        @if let Some(refusal) = refusal { (said_no(refusal)) }
        (picks::lists())
        (facts(call, (&tube, &whole), place))
        (acts(call, (&tube, &whole), refusal))
    };
    call.sheet(Sheet::new("Tube", body).about(&whole.patient).answering(refusal)).await
}

fn facts(call: &Call, (tube, whole): (&Specimen, &Whole), place: Option<String>) -> Markup {
    let zone = &call.app.laboratory().zone;
    let at = |at: Option<lab::value::Moment>| {
        at.map_or("not yet".to_owned(), |at| words::clock(at, zone, call.now))
    };
    let handling = &tube.handling;
    let spun = handling
        .spun
        .as_ref()
        .map(|spun| format!("{}, {}", words::clock(spun.at, zone, call.now), spun.program));
    let condition = handling.condition.words();
    let volume = handling.volume_ml.map(|volume| format!("{volume} mL"));
    let parent = handling.made_from.as_ref().map(|from| from.specimen);
    let kin = |id| whole.specimens.iter().find(|one| one.id == id);
    let parts: Vec<&Specimen> = whole
        .specimens
        .iter()
        .filter(|one| one.handling.made_from.as_ref().is_some_and(|from| from.specimen == tube.id))
        .collect();
    let list = [
        ("Taken", html! { (at(tube.collected_at)) }),
        ("Received", html! { (at(tube.received_at)) }),
        ("Kept", html! { (handling.zone().word()) }),
        ("Place", html! { (place.unwrap_or_else(|| "not put away".into())) }),
        ("Spun", html! { (spun.unwrap_or_else(|| "no".into())) }),
        (
            "Condition",
            html! {
                @if condition.is_empty() { "nothing noted" } @else { (condition) }
            },
        ),
        ("Volume", html! { (volume.unwrap_or_else(|| "not told".into())) }),
        (
            "Made from",
            html! {
                @match parent.and_then(kin) {
                    Some(parent) => { a href={ "/tube/" (parent.label) } { (parent.label) } " "
                        (parent.container) },
                    None => "taken from the patient",
                }
            },
        ),
        (
            "Parts",
            html! {
                @if parts.is_empty() { "none" }
                @for part in parts {
                    span .line {
                        a href={ "/tube/" (part.label) } { (part.label) } " " (part.container) ", "
                        (part.standing())
                    }
                }
            },
        ),
        ("Tests", html! { (codes(whole, tube).join(" ")) }),
    ];
    page::facts(&list)
}

fn codes<'a>(whole: &'a Whole, tube: &Specimen) -> Vec<&'a str> {
    on_it(whole, tube).map(|test| test.code.as_str()).collect()
}

fn on_it<'a>(whole: &'a Whole, tube: &Specimen) -> impl Iterator<Item = &'a Test> + use<'a> {
    let id = tube.id;
    whole.tests.iter().filter(move |test| test.specimen == id)
}

/// The form of one act.
fn act(call: &Call, tube: &Specimen, what: (&str, &str, Option<char>), fields: Markup) -> Markup {
    let (name, label, key) = what;
    let (id, action) = (format!("{name}-form"), format!("/tube/{}/{name}", tube.label));
    let form = Form { id: &id, action: &action, lenient: true, ..Form::default() };
    page::form(
        &form,
        html! {
            (page::hidden("request", &call.request()))
            (fields)
            (page::field::send(page::button(label, key, false)))
        },
    )
}

fn acts(call: &Call, (tube, whole): (&Specimen, &Whole), refusal: Option<&Refusal>) -> Markup {
    use SpecimenState::{Collected, Dispatched, Lost, OnBench, Received, Rejected, Stored};
    let here = matches!(tube.state, Received | OnBench);
    html! {
        @if here && call.may(Ask::SpinSpecimens) && tube.handling.spun.is_none() {
            (act(call, tube, ("spin", "Spin", Some('s')), html! {}))
        }
        @if here && call.may(Ask::MakeAliquot) { (parts(call, tube, whole)) }
        @if here && call.may(Ask::StoreSpecimen) {
            h2 { "Put away" }
            (act(call, tube, ("store", "Put away", Some('p')), html! {
                (Field::text("position", "Position").value(call.form.get("position"))
                    .hint("Scan the position, or type R1-S2-07 C7").medium().line())
            }))
        }
        @if tube.state == Stored && call.may(Ask::FetchSpecimen) {
            (act(call, tube, ("fetch", "Fetch", Some('f')), html! {}))
        }
        @if tube.can_be_measured() { (measured(call, tube, refusal)) }
        @if matches!(tube.state, Lost | Rejected) && tube.handling.replaced_by.is_none()
            && call.may(Ask::RecollectSpecimen) {
            h2 { "Order anew" }
            (act(call, tube, ("anew", "Order anew", Some('n')), html! {
                (Field::text("told", "Who was told").line())
            }))
        }
        @if tube.state == Lost && call.may(Ask::FindSpecimen) {
            (act(call, tube, ("found", "It was found", Some('f')), html! {}))
        }
        @if matches!(tube.state, Collected | Received | OnBench | Stored | Dispatched)
            && call.may(Ask::LoseSpecimen) {
            h2 { "Lost" }
            (act(call, tube, ("lose", "It is lost", None), html! {
                (Field::text("note", "Where was looked").value(call.form.get("note")).line())
                (Field::text("told", "Who was told").value(call.form.get("told"))
                    .hint("What was still to be measured is ordered anew.").line())
            }))
        }
        @if matches!(tube.state, Received | OnBench | Stored | Rejected)
            && call.may(Ask::DiscardSpecimens) {
            (act(call, tube, ("discard", "Discard", None), html! {}))
        }
    }
}

fn parts(call: &Call, tube: &Specimen, whole: &Whole) -> Markup {
    let open: Vec<&Test> = on_it(whole, tube).filter(|test| test.state.takes_results()).collect();
    html! {
        h2 { "Parts" }
        (act(call, tube, ("aliquot", "Make an aliquot", Some('m')), html! {
            (Field::figures("volume", "Volume, mL").value(call.form.get("volume")).line())
            (ticks("Tests that move", &open, call))
        }))
        (act(call, tube, ("slide", "Make a slide", None), html! {}))
    }
}

/// Tests to tick, side by side.
pub(crate) fn ticks(legend: &str, tests: &[&Test], call: &Call) -> Markup {
    html! {
        div .field role="group" aria-label=(legend) {
            span .label { (legend) }
            div {
                @for test in tests {
                    @let name = format!("test-{}", test.id);
                    label .tick {
                        input type="checkbox" name=(name) value="yes"
                            checked[call.form.has(&name)];
                        (test.code)
                    }
                    " "
                }
            }
        }
    }
}

fn measured(call: &Call, tube: &Specimen, refusal: Option<&Refusal>) -> Markup {
    let seen = &tube.handling.condition;
    let text = |index: Option<Decimal>| index.map(|index| index.to_string()).unwrap_or_default();
    html! {
        @if call.may(Ask::GradeSpecimen) {
            h2 { "Looked at" }
            (act(call, tube, ("grade", "Note what was seen", Some('c')), html! {
                (Field::figures("hemolysis", "Hemolysis, mg/dL").value(&text(seen.hemolysis))
                    .line())
                (Field::figures("icterus", "Icterus, mg/dL").value(&text(seen.icterus)).line())
                (Field::figures("lipemia", "Lipemia, mg/dL").value(&text(seen.lipemia)).line())
                (Field::text("clotted", "Clotted").tick(seen.clotted))
                (Field::figures("volume_ml", "In it, mL").line())
                (Field::text("note", "Note").value(&seen.note).line())
            }))
        }
        @if call.may(Ask::AddTests) {
            h2 { "Add tests" }
            (act(call, tube, ("add", "Add tests", Some('t')), html! {
                (Field::text("codes", "Tests").value(call.form.get("codes"))
                    .hint("Codes of tests or panels").line())
                (Field::text("provider", "Ordered by").value(call.form.get("provider"))
                    .suggests(picks::ADDRESS).line())
                (Doubted::of(&call.form).fields(refusal))
            }))
        }
    }
}

/// `POST /tube/{number}/{act}`.
pub(crate) async fn acted(call: Call) -> Reply {
    let number = call.path.get("number").to_owned();
    let (tube, _) = tube_of(&call, &number).await?;
    let what = call.path.get("act").to_owned();
    let done = match command(&call, &tube, &what) {
        Ok(command) => call.ask(command, &what).await,
        Err(refusal) => Err(refusal.into()),
    };
    match done {
        Ok(done) => {
            let part = done.events.iter().find_map(made);
            call.done(match &part {
                Some(part) => format!("Made {part} from {}: print its label.", tube.label),
                None => format!("{}: done, {}.", tube.label, said(&what)),
            });
            let to = part
                .map_or_else(|| format!("/tube/{}", tube.label), |part| format!("/label/{part}"));
            Ok(answer::see(&to))
        }
        Err(Trouble::Refused(refusal)) => screen(&call, &number, Some(&refusal)).await,
        Err(failed) => Err(failed),
    }
}

fn made(event: &Event) -> Option<Label> {
    match event {
        Event::Tube(TubeEvent::PartMade { part, .. }) => Some(part.label.clone()),
        _ => None,
    }
}

fn said(act: &str) -> &str {
    match act {
        "spin" => "spun",
        "store" => "put away",
        "fetch" => "fetched",
        "grade" => "what was seen is noted",
        "add" => "tests added",
        "anew" => "ordered anew",
        "lose" => "told lost",
        "found" => "told found",
        "discard" => "discarded",
        other => other,
    }
}

fn command(call: &Call, tube: &Specimen, act: &str) -> Result<Command, Refusal> {
    let form = &call.form;
    let (specimen, text) = (tube.id, |name: &str| form.get(name).to_owned());
    Ok(match act {
        "spin" => SpinSpecimens { specimens: vec![specimen] }.into(),
        "aliquot" => {
            let volume_ml = figure(call, "volume", "Volume")?;
            MakeAliquot { specimen, tests: ticked(call), volume_ml }.into()
        }
        "slide" => MakeSlide { specimen, tests: ticked(call) }.into(),
        "store" => {
            let (place, spot) = position(form.get("position"));
            StoreSpecimen { specimen, place, spot }.into()
        }
        "fetch" => FetchSpecimen { specimen }.into(),
        "grade" => GradeSpecimen {
            specimen,
            condition: Condition {
                hemolysis: figure(call, "hemolysis", "Hemolysis")?,
                icterus: figure(call, "icterus", "Icterus")?,
                lipemia: figure(call, "lipemia", "Lipemia")?,
                clotted: form.has("clotted"),
                note: text("note"),
            },
            volume_ml: figure(call, "volume_ml", "In it")?,
        }
        .into(),
        "add" => {
            let codes = super::order::codes(form.get("codes"));
            let confirmed = Doubted::of(form).confirmed();
            AddTests { specimen, codes, provider: text("provider"), confirmed }.into()
        }
        "anew" => RecollectSpecimen { specimen, told: text("told") }.into(),
        "lose" => LoseSpecimen { specimen, note: text("note"), told: text("told") }.into(),
        "found" => FindSpecimen { specimen }.into(),
        "discard" => DiscardSpecimens { specimens: vec![specimen] }.into(),
        other => return Err(Refusal::NoSuch { what: "act".into(), name: other.into() }),
    })
}

/// The tests that were ticked.
pub(super) fn ticked(call: &Call) -> Vec<TestId> {
    let tests = call.form.beginning("test-");
    tests.filter_map(|(id, _)| id.parse().ok().map(TestId)).collect()
}

/// A figure that may be left out.
pub(crate) fn figure(call: &Call, name: &str, field: &str) -> Result<Option<Decimal>, Refusal> {
    let typed = call.form.get(name);
    if typed.is_empty() {
        return Ok(None);
    }
    let read = typed.replace(',', ".").parse().map(Some);
    read.map_err(|_| Refusal::Unreadable {
        field: field.into(),
        expected: "a number such as 1.5".into(),
    })
}

/// A position as scanned or typed: the place's code, then the position in it.
pub(crate) fn position(text: &str) -> (String, String) {
    let text = text.trim();
    let (place, spot) = text.rsplit_once([' ', '/']).unwrap_or((text, ""));
    (place.trim().to_owned(), spot.trim().to_owned())
}
