//! What happened, in words a technologist would use.
//!
//! What must stay true: nothing that happened is left out; numbers that only the program knows
//! are not shown.

use lab::accession::{ResultVersion, Specimen, Test};
use lab::event::{
    AccessionEvent, Event, InstrumentEvent, PeopleEvent, ReportEvent, ResultEvent, RuleEvent,
};
use lab::instrument::{CodeUse, ControlReadings, Reading, Unclaimed};
use lab::laboratory::Laboratory;
use lab::patient::Patient;
use lab::refusal::Refusal;
use lab::value::{SpecimenId, TestId, Value};
use store::{Answer, Store};

use crate::registered;
use crate::shown::{aligned, flag, time};

const REFUSED: &str = "refused, ";

/// What stands before the reasons why a result must not go out unseen.
pub const HELD: &str = "HELD.";

/// True for the transcript of a refusal.
pub fn refused(transcript: &[String]) -> bool {
    transcript.first().is_some_and(|line| line.starts_with(REFUSED))
}

/// What the door answered.
///
/// # Errors
/// The world failed.
pub fn answer(store: &Store, answer: &Answer) -> Result<Vec<String>, String> {
    match answer {
        Answer::Refused(refusal) => Ok(refusal_told(refusal)),
        Answer::Failed(fault) => Err(fault.to_string()),
        Answer::Done(done) if done.again => {
            Ok(vec!["answered as the first time; nothing was done twice".into()])
        }
        Answer::Done(done) => {
            let kept = store.read(|sql| store::check::read_tables(sql));
            Ok(events(&done.events, &kept.map_err(|fault| fault.to_string())?))
        }
    }
}

fn refusal_told(refusal: &Refusal) -> Vec<String> {
    let mut lines = match refusal {
        Refusal::CatalogMistakes { lines } => {
            let sentence = refusal.sentence();
            let head = sentence.split_once(": ").map_or(sentence.as_str(), |(head, _)| head);
            let mut told = vec![format!("{REFUSED}{}: {head}:", refusal.code())];
            told.extend(lines.iter().map(|line| format!("  {line}")));
            told
        }
        _ => vec![format!("{REFUSED}{}: {}", refusal.code(), refusal.sentence())],
    };
    lines.push(format!("  {}", refusal.remedy()));
    lines
}

fn events(events: &[Event], kept: &Laboratory) -> Vec<String> {
    let mut lines = Vec::new();
    let mut filed: Vec<&ResultVersion> = Vec::new();
    let mut verified: Vec<(&TestId, &str)> = Vec::new();
    for event in events {
        match event {
            Event::Result(ResultEvent::ResultFiled(version)) => filed.push(version),
            Event::Result(ResultEvent::ResultVerified { test, reason, rule, .. }) => {
                verified.push((test, if rule.is_empty() { reason } else { rule }));
            }
            other => {
                lines.extend(versions(&std::mem::take(&mut filed), kept));
                lines.extend(one(other, kept));
            }
        }
    }
    lines.extend(versions(&filed, kept));
    lines.extend(released(&verified, kept));
    if lines.is_empty() {
        lines.push("noted; nothing else happened".into());
    }
    lines
}

fn one(event: &Event, kept: &Laboratory) -> Vec<String> {
    match event {
        Event::Patient(event) => vec![registered::patient(event, kept)],
        Event::Directory(event) => vec![registered::directory(event)],
        Event::Accession(event) => accession(event, kept),
        Event::Instrument(event) => instrument(event, kept),
        Event::Tube(event) => crate::told_tube::told(event, kept),
        Event::Rule(event) => vec![rule(event, kept)],
        Event::People(event) => vec![people(event)],
        Event::Report(ReportEvent::LaboratoryNamed(one)) => {
            vec![format!("letterhead set: {}", one.name)]
        }
        Event::Report(ReportEvent::ReportIssued(one)) => {
            let standing = one.standing.word().to_lowercase();
            vec![format!("report {} issued, {standing}, to {}", one.number, one.to)]
        }
        Event::Result(ResultEvent::ResultHeld { test, reason, .. }) => {
            vec![format!("{} held by hand: {reason}", code(*test, kept))]
        }
        Event::Result(ResultEvent::RerunRequested { test, reason, .. }) => {
            vec![format!("{} to be run again: {reason}", code(*test, kept))]
        }
        Event::Result(ResultEvent::LateResultFiled(version)) => {
            let row = version_row(version, kept);
            vec![format!("waits beside what was released: {}", row.join("  "))]
        }
        Event::Result(ResultEvent::LateResultDismissed { test, reason, .. }) => {
            vec![format!("the later {} changes nothing: {reason}", code(*test, kept))]
        }
        Event::Result(ResultEvent::ResultAmended(version)) => amended(version),
        Event::Result(ResultEvent::CriticalCalled { test, attempt }) => {
            let read_back = if attempt.read_back { "read back" } else { "not reached" };
            vec![format!("{} told to {}, {read_back}", code(*test, kept), attempt.called)]
        }
        Event::Result(ResultEvent::ResultFiled(_) | ResultEvent::ResultVerified { .. }) => {
            Vec::new()
        }
    }
}

/// What happened by a rule, and what is told before it is final.
fn rule(event: &RuleEvent, kept: &Laboratory) -> String {
    match event {
        RuleEvent::RulesSwitched(switch) => {
            let how = if switch.on { "on" } else { "off" };
            format!("the rules of release are {how}: {}", switch.reason)
        }
        RuleEvent::PreliminaryGiven { test, .. } => {
            format!("{} told before it is final", code(*test, kept))
        }
        RuleEvent::ReflexAdded { tests, because, .. } => {
            let codes: Vec<&str> = tests.iter().map(|test| test.code.as_str()).collect();
            format!("added {}: {because}", codes.join(", "))
        }
        RuleEvent::ReflexWithheld { codes, because, .. } => {
            let codes: Vec<&str> = codes.iter().map(|code| code.as_str()).collect();
            format!("not added {}: {because}", codes.join(", "))
        }
    }
}

/// A patient by everything that tells one from another.
pub fn whom(patient: &Patient) -> String {
    let born = patient.birth_date.map_or("birth date unknown".to_owned(), |d| format!("born {d}"));
    let sex = match patient.sex.letter() {
        "U" => "sex unknown",
        letter => letter,
    };
    format!("{} (MRN {}, {born}, {sex})", patient.name, patient.record_number)
}

fn accession(event: &AccessionEvent, kept: &Laboratory) -> Vec<String> {
    match event {
        AccessionEvent::OrderPlaced { accession, specimens, tests } => {
            let head = format!(
                "accession {}, {}, for {}",
                accession.label,
                accession.priority.word(),
                accession.provider
            );
            let tube = |specimen: &Specimen| {
                let on_it = tests.iter().filter(|test| test.specimen == specimen.id);
                let codes: Vec<&str> = on_it.map(|test| test.code.as_str()).collect();
                vec![format!("  {}", specimen.label), specimen.container.clone(), codes.join(", ")]
            };
            let mut lines = vec![head];
            lines.extend(aligned(&specimens.iter().map(tube).collect::<Vec<_>>()));
            lines
        }
        AccessionEvent::SpecimenCollected { specimen, at, .. } => {
            vec![format!("{} collected at {}", tube(*specimen, kept), time(*at))]
        }
        AccessionEvent::SpecimenReceived { specimen, at } => {
            vec![format!("{} received at {}", tube(*specimen, kept), time(*at))]
        }
        AccessionEvent::SpecimenRejected { specimen, reason, note } => {
            let note = if note.is_empty() { String::new() } else { format!(": {note}") };
            vec![format!("{} rejected, {reason}{note}", tube(*specimen, kept))]
        }
        AccessionEvent::TestCancelled { test, reason, .. } => {
            vec![format!("{} cancelled. {reason}", code(*test, kept))]
        }
        AccessionEvent::TestCredited(credit) => {
            vec![format!("{} credited. {}", credit.code, credit.reason)]
        }
    }
}

fn instrument(event: &InstrumentEvent, kept: &Laboratory) -> Vec<String> {
    match event {
        InstrumentEvent::InstrumentAdded(instrument) => {
            vec![format!("instrument {} connected", instrument.name)]
        }
        InstrumentEvent::ReadingsReceived { beside, .. } if beside.is_empty() => Vec::new(),
        InstrumentEvent::ReadingsReceived { beside, .. } => {
            vec![format!("kept beside, no result of this order: {}", read(beside))]
        }
        InstrumentEvent::ReadingsUnclaimed(entry) => vec![unclaimed(entry)],
        InstrumentEvent::UnclaimedGiven { specimen, reason, .. } => {
            vec![format!("given to {}: {reason}", tube(*specimen, kept))]
        }
        InstrumentEvent::UnclaimedDiscarded { reason, .. } => vec![format!("discarded: {reason}")],
        InstrumentEvent::InstrumentChanged { instrument, reason } => {
            vec![format!("instrument {} changed: {reason}", instrument.name)]
        }
        InstrumentEvent::CodeMapped { code, to, reason, .. } => {
            let to = match to {
                CodeUse::Test(test) => test.to_string(),
                CodeUse::Unused => "nothing used here".to_owned(),
                CodeUse::Unknown => "nothing yet".to_owned(),
            };
            vec![format!("code {code} stands for {to}: {reason}")]
        }
        InstrumentEvent::ControlsReceived(entry) => vec![control(entry)],
        InstrumentEvent::UnclaimedToControls { controls, reason, .. } => {
            vec![format!("{}: {reason}", control(controls))]
        }
        InstrumentEvent::UnclaimedReplayed { reason, .. } => vec![format!("read again: {reason}")],
        InstrumentEvent::MessageReplayed { message, reason } => {
            vec![format!("message {message} read again: {reason}")]
        }
    }
}

/// An entry of the unclaimed list.
pub fn unclaimed(entry: &Unclaimed) -> String {
    let (number, readings) = (&entry.sent_number, read(&entry.readings));
    format!("unclaimed, number {number}: {readings}. {}", entry.because.sentence())
}

/// An entry of the control list.
fn control(entry: &ControlReadings) -> String {
    format!("control material {}: {}", entry.sent_number, read(&entry.readings))
}

fn read(readings: &[Reading]) -> String {
    let one = |reading: &Reading| format!("{} {}", reading.code, reading.value).trim().to_owned();
    readings.iter().map(one).collect::<Vec<_>>().join(", ")
}

fn people(event: &PeopleEvent) -> String {
    match event {
        PeopleEvent::PersonAdded(person) => format!("{} added", person.shown),
        PeopleEvent::PasswordSet { .. } => "password set".into(),
        PeopleEvent::SignedIn { .. } => "signed in".into(),
        PeopleEvent::SignInFailed { locked_until: None, .. } => "wrong password, noted".into(),
        PeopleEvent::SignInFailed { locked_until: Some(until), .. } => {
            format!("wrong password, noted; this name is locked until {}", time(*until))
        }
        PeopleEvent::SignedOut { .. } => "signed out".into(),
        PeopleEvent::OneTimePasswordSet { .. } => "one-time password set".into(),
        PeopleEvent::PasswordChosen { .. } => "password chosen".into(),
        PeopleEvent::RoleSet { role, reason, .. } => {
            format!("role set to {}: {reason}", role.title())
        }
        PeopleEvent::StandingSet { standing, reason, .. } => {
            format!("{} from now on: {reason}", standing.word())
        }
        PeopleEvent::CatalogDrafted(draft) => {
            format!("draft against release {}: {}", draft.base, draft.note)
        }
        PeopleEvent::DraftReleased { release, .. } => format!("draft released as {release}"),
        PeopleEvent::DraftDiscarded { reason, .. } => format!("draft put away: {reason}"),
        PeopleEvent::CatalogReleased(release) => {
            format!("catalog {} in force: {}", release.release, release.reason)
        }
    }
}

fn versions(filed: &[&ResultVersion], kept: &Laboratory) -> Vec<String> {
    let rows: Vec<Vec<String>> = filed.iter().map(|version| version_row(version, kept)).collect();
    aligned(&rows)
}

fn version_row(version: &ResultVersion, kept: &Laboratory) -> Vec<String> {
    let mut row = vec![version.code.to_string()];
    row.extend(figures(version));
    let earlier = earlier(version, kept.all::<ResultVersion>());
    row.push(format!("{earlier} {}", remarks(version)).trim().to_owned());
    row
}

/// What took the place of what.
fn amended(version: &ResultVersion) -> Vec<String> {
    let [value, unit, interval, flag] = figures(version);
    let now = [value, unit, flag].join(" ");
    let now = now.split_whitespace().collect::<Vec<_>>().join(" ");
    let Some(amends) = &version.amends else { return vec![now] };
    let mut line = format!(
        "{} {} {now} ({interval}), reported before: {}. {}",
        amends.kind.word(),
        version.code,
        amends.reported(),
        amends.reason
    );
    for (what, words) in
        [(", ", &amends.note), (". Comment: ", &version.comment), (". Told: ", &amends.told)]
    {
        if !words.is_empty() {
            line.push_str(&format!("{what}{words}"));
        }
    }
    vec![line]
}

/// Value, unit, interval and flag of a result.
pub fn figures(version: &ResultVersion) -> [String; 4] {
    let (value, unit) = match &version.value {
        Value::NotPerformed(_) => ("none".to_owned(), String::new()),
        value => (value.to_string(), version.unit.clone()),
    };
    [value, unit, version.limits.interval(), flag(version)]
}

/// The earlier values of the same test, which a person compares with this one.
pub fn earlier(newest: &ResultVersion, all: impl Iterator<Item = ResultVersion>) -> String {
    let older = all.filter(|old| old.test == newest.test && old.version < newest.version);
    let older: Vec<String> = older.map(|old| old.value.to_string()).collect();
    let told = older.join(", ");
    if older.is_empty() {
        String::new()
    } else {
        format!("earlier: {}.", told.trim_end_matches('.'))
    }
}

/// Everything else a person sees beside a result.
pub fn remarks(version: &ResultVersion) -> String {
    let mut remarks = Vec::new();
    if let Value::NotPerformed(reason) = &version.value {
        remarks.push(format!("not performed: {}.", reason.trim_end_matches('.')));
    }
    if let Some(delta) = &version.delta {
        remarks.push(format!("last verified: {} ({}).", delta.value, delta.change));
    }
    if let Some(amends) = &version.amends {
        remarks.push(format!("{}, reported before: {}.", amends.kind.word(), amends.reported()));
    }
    if !version.comment.is_empty() {
        remarks.push(format!("comment: {}.", version.comment));
    }
    remarks.extend(version.ruling.as_ref().map(lab::accession::Ruling::sentence));
    remarks.extend(version.detail.diluted().map(|parts| format!("Diluted {parts}.")));
    if !version.holds.is_empty() {
        let why: Vec<String> = version.holds.iter().map(lab::accession::Hold::sentence).collect();
        remarks.push(format!("{HELD} {}", why.join(" ")));
    }
    remarks.join(" ")
}

fn released(verified: &[(&TestId, &str)], kept: &Laboratory) -> Vec<String> {
    let mut reasons: Vec<&str> = Vec::new();
    for (_, reason) in verified {
        if !reasons.contains(reason) {
            reasons.push(reason);
        }
    }
    let line = |reason: &&str| {
        let so = verified.iter().filter(|(_, own)| own == reason);
        let codes: Vec<String> = so.map(|(test, _)| code(**test, kept)).collect();
        let because =
            if reason.is_empty() { String::new() } else { format!(", because: {reason}") };
        format!("verified {}{because}", codes.join(", "))
    };
    reasons.iter().map(line).collect()
}

/// The code of a test.
pub fn code(test: TestId, kept: &Laboratory) -> String {
    let found = kept.all::<Test>().find(|row| row.id == test);
    found.map_or_else(|| "a test".to_owned(), |test| test.code.0)
}

/// A tube by its number and kind.
pub fn tube(specimen: SpecimenId, kept: &Laboratory) -> String {
    let found = kept.all::<Specimen>().find(|row| row.id == specimen);
    found.map_or_else(|| "a tube".to_owned(), |row| format!("{} {}", row.label, row.container))
}
