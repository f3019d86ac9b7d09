//! What happened to a patient's registration and to the directory, told in sentences.
//!
//! What must stay true: as for every event.

use jiff::tz::TimeZone;
use lab::event::{DirectoryEvent, PatientEvent};
use lab::value::Moment;
use maud::{Markup, html};

use crate::page::Tone;
use crate::words;

/// One event of a patient in a sentence, and how much it weighs.
pub(crate) fn patient(event: &PatientEvent, zone: &TimeZone, now: Moment) -> (Markup, Tone) {
    let told = match event {
        PatientEvent::PatientRegistered(patient) => html! {
            "Registered " (patient.name) ", record " (patient.record_number)
        },
        PatientEvent::PatientAmended { known, reason, .. } => html! {
            "Corrected the patient to " (known.name) ", born "
            (known.birth_date.map_or("not known".to_owned(), |born| born.to_string()))
            ", sex " (known.sex.letter()) @if known.deceased { ", deceased" } ": " (reason)
        },
        PatientEvent::IdentifierAdded(added) => html! {
            "Added " (added.kind.words()) " " b { (added.value) }
            @if !added.authority.is_empty() { " of " (added.authority) }
        },
        PatientEvent::IdentifierRetired { reason, .. } => html! {
            "Retired a number: " (reason)
        },
        PatientEvent::EncounterRecorded(encounter) => html! {
            "Encounter " b { (encounter.number) } ", " (encounter.class.word()) ", from "
            (words::clock(encounter.admitted_at, zone, now))
            @if let Some(at) = encounter.discharged_at { " to " (words::clock(at, zone, now)) }
        },
        PatientEvent::PatientsMerged { merge, .. } => html! {
            "Merged two registrations, "
            (words::count(merge.accessions.len(), "accession", "accessions")) " moved: "
            (merge.reason)
        },
        PatientEvent::MergeUndone { undone, back, .. } => html! {
            "Undid a merge, "
            (words::count(back.accessions.len(), "accession", "accessions")) " moved back: "
            (undone.reason)
        },
    };
    let tone = match event {
        PatientEvent::PatientsMerged { .. } | PatientEvent::MergeUndone { .. } => Tone::Care,
        _ => Tone::Quiet,
    };
    (told, tone)
}

/// One event of the directory in a sentence.
pub(crate) fn directory(event: &DirectoryEvent) -> Markup {
    match event {
        DirectoryEvent::FacilityListed(row) => html! { "Listed facility " (row.code) },
        DirectoryEvent::LocationListed(row) => html! { "Listed location " (row.code) },
        DirectoryEvent::ProviderListed(row) => html! { "Listed provider " (row.name) },
    }
}
