//! Order, `/order`.
//!
//! Question: which tests, for whom, how urgent? Typing or scanning a record number and nothing
//! else fills in a known patient. What must stay true: a known patient's name, birth date and sex
//! are shown and compared, never overwritten; what was typed stays when the order is refused; no
//! address names a patient.

mod beside;
pub(crate) mod doubted;
pub(crate) mod picks;

use axum::http::StatusCode;
use lab::catalog::Catalog;
use lab::command::Look;
use lab::event::{AccessionEvent, Event};
use lab::journey::order::PlaceOrder;
use lab::patient::Patient;
use lab::people::Role;
use lab::refusal::{AboutOrder, AboutPatient, Refusal};
use lab::value::{BirthDate, Label, PersonName, Priority, Sex, TestCode};
use maud::{Markup, html};

use self::beside::Beside;
use super::patient::amend::SEXES;
use super::trouble::said_no;
use crate::answer::{self, Reply, Trouble, status_of};
use crate::call::Call;
use crate::page::{self, Choice, Field, Form};
use crate::sheet::Sheet;
use crate::words;

/// `GET /order`, empty or with what is known of the wristband that was scanned.
pub(crate) async fn show(call: Call) -> Reply {
    let scanned = call.app.wristband(call.session(), call.query.get("scan"));
    look_up(&call, Typed { record: scanned.unwrap_or_default(), ..Typed::default() }).await
}

/// Leads to an empty order for the wristband. The address names the scan: addresses stay in the
/// history of browsers and in the logs of what stands between.
fn begin(call: &Call, record: String) -> Reply {
    let scan = crate::session::token()?.chars().take(16).collect::<String>();
    let address = format!("/order?scan={scan}");
    call.app.keep_wristband(call.session(), (scan, record));
    Ok(answer::see(&address))
}

/// `GET /order/tests`: what was understood of the tests typed so far.
pub(crate) async fn understood(call: Call) -> Reply {
    let catalog = call.catalog().await?;
    let fragment = reading(&catalog, call.query.get("tests"));
    Ok(answer::page(StatusCode::OK, fragment))
}

/// `POST /order`.
pub(crate) async fn place(call: Call) -> Reply {
    let typed = Typed::of(&call.form);
    if Label::read(&typed.record).is_ok() {
        return Ok(answer::see(&format!("/find?q={}", typed.record)));
    }
    if call.form.has("wristband") {
        return begin(&call, typed.record);
    }
    if typed.only_the_record() {
        return look_up(&call, typed).await;
    }
    let asked = match command(&call, &typed).await {
        Ok(command) => call.ask(command, "order").await,
        Err(trouble) => Err(trouble),
    };
    match asked {
        Ok(done) => {
            let placed = done.events.iter().find_map(|event| match event {
                Event::Accession(AccessionEvent::OrderPlaced { accession, tests, specimens }) => {
                    Some((accession, tests.len(), specimens.len()))
                }
                _ => None,
            });
            let Some((accession, tests, tubes)) = placed else { return Ok(answer::see("/order")) };
            call.done(format!(
                "Ordered {} on {} for {}, accession {}.",
                words::count(tests, "test", "tests"),
                words::count(tubes, "specimen", "specimens"),
                typed.name(),
                accession.label,
            ));
            Ok(answer::see(&format!("/label/{}", accession.label)))
        }
        Err(Trouble::Refused(refusal)) => form_page(&call, &typed, (None, Some(&refusal))).await,
        Err(failed) => Err(failed),
    }
}

/// As the door takes it: what the directory lists is named by its entry.
async fn command(call: &Call, typed: &Typed) -> Result<PlaceOrder, Trouble> {
    let mut command = typed.command(&call.app.laboratory().zone)?;
    typed.beside.whence(call, &mut command.circumstances).await?;
    if let Some(listed) = picks::provider(call, &typed.provider).await? {
        command.provider.clone_from(&listed.name);
        command.circumstances.provider = Some(listed.id);
    }
    Ok(command)
}

/// What stands in the form.
#[derive(Clone, Debug, Default)]
struct Typed {
    record: String,
    family: String,
    given: String,
    born: String,
    sex: String,
    tests: String,
    priority: String,
    provider: String,
    comment: String,
    beside: Beside,
}

impl Typed {
    fn of(sent: &crate::call::Pairs) -> Typed {
        let get = |name| sent.get(name).to_owned();
        Typed {
            record: get("record"),
            family: get("family"),
            given: get("given"),
            born: get("born"),
            sex: get("sex"),
            tests: get("tests"),
            priority: get("priority"),
            provider: get("provider"),
            comment: get("comment"),
            beside: Beside::of(sent),
        }
    }

    fn only_the_record(&self) -> bool {
        let rest = [&self.family, &self.given, &self.born, &self.tests];
        !self.record.is_empty() && rest.iter().all(|text| text.is_empty())
    }

    fn name(&self) -> PersonName {
        PersonName { family: self.family.clone(), given: self.given.clone() }
    }

    fn filled_from(mut self, patient: &Patient) -> Typed {
        self.record.clone_from(&patient.record_number);
        self.family.clone_from(&patient.name.family);
        self.given.clone_from(&patient.name.given);
        self.born = patient.birth_date.map(|born| born.to_string()).unwrap_or_default();
        patient.sex.letter().clone_into(&mut self.sex);
        self
    }

    fn command(&self, zone: &jiff::tz::TimeZone) -> Result<PlaceOrder, Refusal> {
        let unreadable = |field: &str, expected: &str| Refusal::Unreadable {
            field: field.into(),
            expected: expected.into(),
        };
        let birth_date = match self.born.as_str() {
            "" => None,
            typed => Some(
                BirthDate::read(typed)
                    .ok_or_else(|| unreadable("Born", "a date such as 1958-03-24"))?,
            ),
        };
        Ok(PlaceOrder {
            record_number: self.record.clone(),
            name: self.name(),
            birth_date,
            sex: Sex::read(&self.sex).ok_or_else(|| unreadable("Sex", "F, M or U"))?,
            codes: codes(&self.tests),
            priority: Priority::read(&self.priority).unwrap_or(Priority::Routine),
            provider: self.provider.clone(),
            comment: self.comment.clone(),
            circumstances: self.beside.circumstances(zone)?,
        })
    }
}

/// The codes typed, in capitals, each once.
pub(super) fn codes(typed: &str) -> Vec<TestCode> {
    let mut codes: Vec<TestCode> = Vec::new();
    for word in typed.split([' ', ',', ';', '+']).filter(|word| !word.is_empty()) {
        let code = TestCode(word.to_uppercase());
        if !codes.contains(&code) {
            codes.push(code);
        }
    }
    codes
}

/// Fills in the patient of the number, if there is one: the record number, any other number that
/// holds, or one of a registration that was merged away, which leads to the one that survives.
async fn look_up(call: &Call, typed: Typed) -> Reply {
    let record = typed.record.clone();
    if record.is_empty() {
        return form_page(call, &typed, (None, None)).await;
    }
    let known = call
        .read(move |sql| {
            let found = store::query::patient_of_number(sql, &record)?.into_iter().next();
            match found.as_ref().and_then(|known| known.merged_into) {
                Some(into) => store::DatabaseLook(sql).patient(into),
                None => Ok(found),
            }
        })
        .await?;
    match known {
        Some(patient) => {
            if patient.record_number != typed.record {
                let record = &patient.record_number;
                call.noted(format!("{} is {}, record {record}.", typed.record, patient.name));
            }
            let mut typed = typed.filled_from(&patient);
            typed.beside.at(call, &patient).await?;
            form_page(call, &typed, (Some(&patient), None)).await
        }
        None => form_page(call, &typed, (None, None)).await,
    }
}

async fn form_page(
    call: &Call,
    typed: &Typed,
    (known, refusal): (Option<&Patient>, Option<&Refusal>),
) -> Reply {
    let catalog = call.catalog().await?;
    let provider = provider(call, typed)?;
    let stays = beside::stays(call, &typed.record).await?;
    let form =
        Form { id: "order", action: "/order", keeps: true, lenient: true, ..Form::default() };
    let body = html! {
        (page::head("Order", "a new accession", html! {}))
        @if let Some(refusal) = refusal { (said_no(refusal)) }
        // A scanned wristband begins an order for its patient; it never lands in this one.
        form method="post" action="/order" data-scan hidden {
            (page::hidden("wristband", "scanned"))
            input name="record" aria-label="Scanned record number" data-scan-input;
        }
        (page::form(&form, html! {
            (page::hidden("request", &call.request()))
            (patient_fields(typed, known, refusal))
            (test_fields(&catalog, (typed, &provider), (known, refusal)))
            (page::fields("Beside the tests", typed.beside.fields(
                |label| wrong(refusal, label), &stays)))
            (typed.beside.doubted.fields(refusal))
            (page::field::send(page::button("Place the order", None, true)))
        }))
        (picks::lists())
    };
    let mut sheet = Sheet::new("Order", body);
    if let Some(patient) = known {
        sheet = sheet.about(patient);
    }
    if let Some(refusal) = refusal {
        sheet = sheet.status(status_of(refusal));
    }
    call.sheet(sheet).await
}

/// Who orders: as typed, or the physician who sits here.
fn provider(call: &Call, typed: &Typed) -> Result<String, Trouble> {
    let person = &call.who()?.person;
    let own = typed.provider.is_empty() && person.role == Role::Physician;
    Ok(if own { person.shown.clone() } else { typed.provider.clone() })
}

/// What a refusal says of the field with this label.
fn wrong(refusal: Option<&Refusal>, label: &str) -> Option<String> {
    let refusal = refusal?;
    let named = match refusal {
        Refusal::Missing { field } | Refusal::Unreadable { field, .. } => field.as_str(),
        Refusal::ImpossibleTime { .. } => "Born",
        Refusal::UnknownTest { .. } => "Tests",
        Refusal::OtherPatient { .. } | Refusal::Patient(AboutPatient::MergedAway { .. }) => {
            "Record number"
        }
        Refusal::NoSuch { what, .. } | Refusal::Patient(AboutPatient::Closed { what, .. }) => {
            match what.as_str() {
                "location" => "Location",
                "facility" => "Sent by",
                "encounter" => "Encounter",
                _ => return None,
            }
        }
        Refusal::Patient(AboutPatient::TooLong { field, .. })
        | Refusal::Order(AboutOrder::PastTime { field }) => field.as_str(),
        _ => return None,
    };
    (named == label).then(|| refusal.sentence())
}

fn patient_fields(typed: &Typed, known: Option<&Patient>, refusal: Option<&Refusal>) -> Markup {
    let record_error = wrong(refusal, "Record number");
    let is_new = known.is_none() && !typed.record.is_empty() && refusal.is_none();
    let record_hint = match (known.is_some(), is_new) {
        (true, _) => "A known patient: compare name and birth date with the requisition.",
        (false, true) => "No patient has this record number: a new one is registered.",
        (false, false) => "Scan the wristband, or type it and press Enter.",
    };
    let record = Field::text("record", "Record number")
        .medium()
        .value(&typed.record)
        .required()
        .error(record_error.as_deref())
        .hint(record_hint);
    let record =
        if typed.record.is_empty() && refusal.is_none() { record.starts() } else { record };
    let family_error = wrong(refusal, "Family name");
    let family = Field::text("family", "Family name").value(&typed.family).medium();
    let family = family.required().error(family_error.as_deref());
    let family = if is_new { family.starts() } else { family };
    let given_error = wrong(refusal, "Given name");
    let given = Field::text("given", "Given names").value(&typed.given).medium();
    let born_error = wrong(refusal, "Born");
    let born = Field::text("born", "Born").value(&typed.born).short().hint("YYYY-MM-DD");
    let sex_error = wrong(refusal, "Sex");
    let sex = if typed.sex.is_empty() { "U" } else { typed.sex.as_str() };
    page::fields(
        "Patient",
        html! {
            (record.line())
            (family.line())
            (given.required().error(given_error.as_deref()).line())
            (born.error(born_error.as_deref()).line())
            (Field::text("sex", "Sex").short().value(sex).error(sex_error.as_deref()).pick(&SEXES))
        },
    )
}

const PRIORITIES: [Choice<'static>; 4] = [
    Choice { value: "Routine", label: "Routine" },
    Choice { value: "ASAP", label: "ASAP" },
    Choice { value: "STAT", label: "STAT" },
    Choice { value: "Timed", label: "Timed" },
];

fn test_fields(
    catalog: &Catalog,
    (typed, provider): (&Typed, &str),
    (known, refusal): (Option<&Patient>, Option<&Refusal>),
) -> Markup {
    let tests_error = wrong(refusal, "Tests");
    let tests = Field::text("tests", "Tests")
        .value(&typed.tests)
        .required()
        .error(tests_error.as_deref())
        .suggests("/order/tests")
        .hint("Codes of tests and panels, a space between them: CBC BMP");
    let tests = if known.is_some() && refusal.is_none() { tests.starts() } else { tests };
    let provider_error = wrong(refusal, "Ordered by");
    let priority = if typed.priority.is_empty() { "Routine" } else { typed.priority.as_str() };
    page::fields(
        "Tests",
        html! {
            (tests.line())
            (reading(catalog, &typed.tests))
            (Field::text("priority", "Priority").short().value(priority).pick(&PRIORITIES))
            (Field::text("provider", "Ordered by").value(provider).medium().required()
                .suggests(picks::ADDRESS).error(provider_error.as_deref()).line())
            (Field::text("comment", "Comment").value(&typed.comment).line())
        },
    )
}

/// What was understood of the tests typed, and what the last word may become.
fn reading(catalog: &Catalog, typed: &str) -> Markup {
    let codes = codes(typed);
    let known: Vec<(&TestCode, Vec<&lab::catalog::TestDefinition>)> =
        codes.iter().filter_map(|code| Some((code, catalog.expand(code.as_str())?))).collect();
    let unknown: Vec<&TestCode> =
        codes.iter().filter(|code| catalog.expand(code.as_str()).is_none()).collect();
    html! {
        datalist #tests-list { (suggestions(catalog, typed)) }
        div #tests-read .field data-understood=(known.len()) {
            span .label {}
            div {
                ul .read {
                    @for (code, tests) in &known {
                        li data-code=(code) {
                            b { (code) } " " (name_of(catalog, code)) " "
                            span .soft { (containers(catalog, tests)) }
                        }
                    }
                    @for code in unknown {
                        li .unknown data-unknown=(code) {
                            b { (code) } " is no test or panel"
                            @let near = nearest(catalog, code);
                            @if !near.is_empty() { "; near: " (near) }
                        }
                    }
                }
            }
        }
    }
}

fn name_of<'a>(catalog: &'a Catalog, code: &TestCode) -> &'a str {
    let panel = catalog.panel(code.as_str()).map(|panel| panel.name.as_str());
    panel.or_else(|| catalog.test(code.as_str()).map(|test| test.name.as_str())).unwrap_or_default()
}

fn containers(catalog: &Catalog, tests: &[&lab::catalog::TestDefinition]) -> String {
    let mut caps: Vec<&str> = Vec::new();
    for test in tests {
        let cap = catalog.container(&test.container).map_or("", |container| container.cap.as_str());
        if !caps.contains(&cap) {
            caps.push(cap);
        }
    }
    format!("{}, {}", words::count(tests.len(), "test", "tests"), caps.join(", "))
}

fn nearest(catalog: &Catalog, code: &TestCode) -> String {
    let found = catalog.find(code.as_str());
    let near: Vec<&str> = found.iter().take(4).map(lab::catalog::Entry::code).collect();
    near.join(", ")
}

/// What the last word typed may become, each as the whole line would read.
fn suggestions(catalog: &Catalog, typed: &str) -> Markup {
    let (before, last) = match typed.rfind([' ', ',', ';', '+']) {
        Some(at) => (typed.get(..=at).unwrap_or(""), typed.get(at + 1..).unwrap_or("")),
        None => ("", typed),
    };
    html! {
        @for entry in catalog.find(last).iter().take(12) {
            option value={ (before) (entry.code()) } { (entry.name()) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_read_in_capitals_and_once() {
        let read: Vec<String> = codes("cbc, bmp  CBC;na").into_iter().map(|code| code.0).collect();
        assert_eq!(read, ["CBC", "BMP", "NA"]);
    }

    #[test]
    fn a_suggestion_is_the_whole_line() {
        let catalog = Catalog::starter().expect("a catalog");
        let text = suggestions(&catalog, "CBC BM").into_string();
        assert!(text.contains(r#"value="CBC BMP""#), "{text}");
        let text = reading(&catalog, "cbc nonsense").into_string();
        assert!(text.contains("data-code=\"CBC\"") && text.contains("data-unknown=\"NONSENSE\""));
    }
}
