//! What an order says beside its tests, as typed.
//!
//! What must stay true: what was typed stays when the order is refused.

use jiff::tz::TimeZone;
use lab::accession::{Circumstances, Fasting};
use lab::command::Look;
use lab::directory::Location;
use lab::patient::{Encounter, Patient};
use lab::refusal::Refusal;
use lab::value::{Diagnosis, EncounterId};
use maud::{Markup, html};

use super::doubted::Doubted;
use super::picks;
use crate::answer::Trouble;
use crate::call::{Call, Pairs};
use crate::page::{Choice, Field};
use crate::words;

/// What stands in the fields.
#[derive(Clone, Debug, Default)]
pub(super) struct Beside {
    due: String,
    fasting: String,
    diagnoses: String,
    placer: String,
    copies: String,
    location: String,
    encounter: String,
    facility: String,
    pub(super) doubted: Doubted,
}

const FASTING: [Choice<'static>; 3] = [
    Choice { value: "unknown", label: "not known" },
    Choice { value: "yes", label: "fasting" },
    Choice { value: "no", label: "not fasting" },
];

/// The open stays of the patient with this record number, each with its location.
pub(super) async fn stays(
    call: &Call,
    record: &str,
) -> Result<Vec<(Encounter, Option<Location>)>, Trouble> {
    let record = record.to_owned();
    call.read(move |sql| {
        let look = store::DatabaseLook(sql);
        let Some(patient) = look.patient_numbered(&record)? else { return Ok(Vec::new()) };
        let mut stays = Vec::new();
        for stay in look.encounters_of(patient.id)? {
            if stay.discharged_at.is_none() {
                let place = look.row(stay.location.map_or(0, |id| id.0))?;
                stays.push((stay, place));
            }
        }
        Ok(stays)
    })
    .await
}

impl Beside {
    pub(super) fn of(sent: &Pairs) -> Beside {
        let get = |name| sent.get(name).to_owned();
        Beside {
            due: get("due"),
            fasting: get("fasting"),
            diagnoses: get("diagnoses"),
            placer: get("placer"),
            copies: get("copies"),
            location: get("location"),
            encounter: get("encounter"),
            facility: get("facility"),
            doubted: Doubted::of(sent),
        }
    }

    /// As the command takes it.
    pub(super) fn circumstances(&self, zone: &TimeZone) -> Result<Circumstances, Refusal> {
        let unreadable = |field: &str, expected: &str| Refusal::Unreadable {
            field: field.into(),
            expected: expected.into(),
        };
        let due_at = match self.due.as_str() {
            "" => None,
            typed => Some(words::read_typed(typed, zone).ok_or_else(|| {
                unreadable("Due at", "a day and a time such as 2026-11-24T09:30")
            })?),
        };
        let diagnoses: Option<Vec<Diagnosis>> = self
            .diagnoses
            .split([' ', ',', ';'])
            .filter(|word| !word.is_empty())
            .map(Diagnosis::read)
            .collect();
        let copies = self.copies.split(';').map(str::trim).filter(|copy| !copy.is_empty());
        Ok(Circumstances {
            due_at,
            fasting: Fasting::read(&self.fasting)
                .ok_or_else(|| unreadable("Fasting", "yes, no or unknown"))?,
            diagnoses: diagnoses
                .ok_or_else(|| unreadable("Diagnoses", "ICD-10 codes such as E11.9"))?,
            placer_number: self.placer.clone(),
            copies_to: copies.map(str::to_owned).collect(),
            confirmed: self.doubted.confirmed(),
            ..Circumstances::default()
        })
    }

    /// Names the entries of the directory, and the stay.
    pub(super) async fn whence(
        &self,
        call: &Call,
        circumstances: &mut Circumstances,
    ) -> Result<(), Trouble> {
        circumstances.location = picks::location(call, &self.location).await?.map(|row| row.id);
        circumstances.facility = picks::facility(call, &self.facility).await?.map(|row| row.id);
        circumstances.encounter = self.encounter.parse().ok().map(EncounterId);
        Ok(())
    }

    /// Where a patient is: the one open stay and its location stand in the form, to be seen and
    /// changed; of several none is chosen.
    pub(super) async fn at(&mut self, call: &Call, patient: &Patient) -> Result<(), Trouble> {
        let stays = stays(call, &patient.record_number).await?;
        if let [(stay, place)] = stays.as_slice() {
            self.encounter = stay.id.to_string();
            self.location = place.as_ref().map(|row| row.code.clone()).unwrap_or_default();
        }
        Ok(())
    }

    /// The fields. Wrong ones say so.
    pub(super) fn fields(
        &self,
        wrong: impl Fn(&str) -> Option<String>,
        stays: &[(Encounter, Option<Location>)],
    ) -> Markup {
        let (due, diagnoses) = (wrong("Due at"), wrong("Diagnoses"));
        let (placer, copies) = (wrong("Their number"), wrong("Copies to"));
        let fasting = if self.fasting.is_empty() { "unknown" } else { self.fasting.as_str() };
        let (place, sender) = (wrong("Location"), wrong("Sent by"));
        html! {
            @if !stays.is_empty() { (self.encounter(stays)) }
            (Field::text("location", "Location").value(&self.location).medium()
                .suggests(picks::ADDRESS).error(place.as_deref())
                .hint("Where the patient is: the code of a ward, clinic or bed.").line())
            (Field::text("facility", "Sent by").value(&self.facility).medium()
                .suggests(picks::ADDRESS).error(sender.as_deref())
                .hint("The code of a client facility.").line())
            (Field::moment("due", "Due at").value(&self.due).error(due.as_deref())
                .hint("For a timed order.").line())
            (Field::text("fasting", "Fasting").short().value(fasting).pick(&FASTING))
            (Field::text("diagnoses", "Diagnoses").value(&self.diagnoses).medium()
                .error(diagnoses.as_deref()).hint("ICD-10, a space between them: E11.9 I10").line())
            (Field::text("placer", "Their number").value(&self.placer).medium()
                .error(placer.as_deref()).line())
            (Field::text("copies", "Copies to").value(&self.copies).medium()
                .suggests(picks::ADDRESS)
                .error(copies.as_deref()).hint("A semicolon between them.").line())
        }
    }

    fn encounter(&self, stays: &[(Encounter, Option<Location>)]) -> Markup {
        let told = |(stay, place): &(Encounter, Option<Location>)| {
            let place = place.as_ref().map_or("", |row| row.code.as_str());
            (stay.id.to_string(), format!("{} {} {place}", stay.number, stay.class.word()))
        };
        let told: Vec<(String, String)> = stays.iter().map(told).collect();
        let mut choices = vec![Choice { value: "", label: "none" }];
        choices.extend(told.iter().map(|(value, label)| Choice { value, label }));
        Field::text("encounter", "Encounter").medium().value(&self.encounter).pick(&choices)
    }
}
