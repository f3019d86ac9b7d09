//! Who changed what is known of a patient, when and why.
//!
//! What must stay true: only what happened to the registration is told here; what was ordered and
//! found is told by the accession.

use lab::event::Event;
use lab::patient::Patient;
use lab::people::Ask;
use maud::{Markup, html};
use store::query::{JournalLine, journal_of_patient};

use crate::answer::Trouble;
use crate::call::Call;
use crate::limit::JOURNAL_ROWS_MAX;
use crate::page::{self, Entry, Tone};
use crate::words;

/// The journal of a registration, for those who may see it.
pub(super) async fn history(call: &Call, patient: &Patient) -> Result<Markup, Trouble> {
    if !call.may(Ask::SeeJournal) {
        return Ok(html! {});
    }
    let id = patient.id;
    let lines = call.read(move |sql| journal_of_patient(sql, id, JOURNAL_ROWS_MAX)).await?;
    let told: Vec<Told> = lines.iter().filter_map(|line| told(call, line)).collect();
    let entries: Vec<Entry<'_>> = told
        .iter()
        .map(|told| Entry {
            at: &told.at,
            shown: &told.shown,
            what: told.what.clone(),
            who: &told.who,
            tone: told.tone,
            seal: None,
        })
        .collect();
    Ok(html! {
        section #journal aria-labelledby="journal-title" {
            h2 #journal-title { "Who changed what, when" }
            (page::journal(&entries))
        }
    })
}

/// One entry in words.
struct Told {
    at: String,
    shown: String,
    what: Markup,
    who: String,
    tone: Tone,
}

/// What an entry tells of the registration; nothing where it only tells of something else.
fn told(call: &Call, line: &JournalLine) -> Option<Told> {
    let zone = &call.app.laboratory().zone;
    let said: Vec<(Markup, Tone)> = line
        .events
        .iter()
        .filter_map(|event| match event {
            Event::Patient(event) => Some(words::of_patient(event, zone, call.now)),
            _ => None,
        })
        .collect();
    let cares = said.iter().any(|(_, tone)| *tone == Tone::Care);
    (!said.is_empty()).then(|| Told {
        at: words::exact(line.at),
        shown: words::to_the_second(line.at, zone, call.now),
        what: html! { @for (sentence, _) in &said { span .line { (sentence) } } },
        who: format!("{}, entry {}", line.who, line.seq),
        tone: if cares { Tone::Done } else { Tone::Quiet },
    })
}
