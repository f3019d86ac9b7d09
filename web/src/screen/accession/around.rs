//! What stands around the tests of an order: where it comes from, why, for whom else, and what was
//! doubted and ordered all the same.
//!
//! What must stay true: nothing that the orderer said is left out; what nobody said takes no room.

use lab::accession::Accession;
use maud::{Markup, html};
use store::query::{Whence, credits_of, whence_of};

use crate::answer::Trouble;
use crate::call::Call;
use crate::words;

/// Everything that was said beside the tests.
pub(super) async fn said_beside(call: &Call, accession: &Accession) -> Result<Markup, Trouble> {
    let asked = accession.clone();
    let (whence, credits) =
        call.read(move |sql| Ok((whence_of(sql, &asked)?, credits_of(sql, asked.id)?))).await?;
    let mut facts = come_from(&whence);
    facts.extend(said(call, accession));
    let credited = credits.iter().map(|one| format!("{} ({})", one.code, one.reason));
    facts.push(("Credited", credited.collect::<Vec<String>>().join(", ")));
    facts.retain(|(_, value)| !value.is_empty());
    Ok(html! {
        @if !facts.is_empty() {
            dl .said {
                @for (name, value) in &facts { div { dt { (name) } dd { (value) } } }
            }
        }
    })
}

fn come_from(whence: &Whence) -> Vec<(&'static str, String)> {
    let place = whence.location.as_ref().map(|row| format!("{} {}", row.code, row.name));
    let sender = whence.facility.as_ref().map(|row| row.name.clone());
    let stay = whence.encounter.as_ref();
    let stay = stay.map(|row| format!("{}, {}", row.number, row.class.word()));
    let telephone = whence.provider.as_ref().map(|row| row.telephone.clone());
    vec![
        ("At", place.unwrap_or_default()),
        ("Sent by", sender.unwrap_or_default()),
        ("Encounter", stay.unwrap_or_default()),
        ("Call", telephone.unwrap_or_default()),
    ]
}

fn said(call: &Call, accession: &Accession) -> Vec<(&'static str, String)> {
    let said = &accession.circumstances;
    let zone = &call.app.laboratory().zone;
    let due = said.due_at.map(|at| words::clock(at, zone, call.now));
    let fasting = if said.fasting.is_unknown() { "" } else { said.fasting.word() };
    let diagnoses: Vec<&str> = said.diagnoses.iter().map(|one| one.as_str()).collect();
    let doubts = said.confirmed.as_ref().map(|confirmed| {
        let doubts: Vec<String> = confirmed
            .doubts
            .iter()
            .map(|(code, kind)| format!("{code} {}", kind.words()))
            .collect();
        format!("{}: {}", doubts.join(", "), confirmed.reason)
    });
    vec![
        ("Due", due.unwrap_or_default()),
        ("Fasting", fasting.to_owned()),
        ("Diagnoses", diagnoses.join(" ")),
        ("Their number", said.placer_number.clone()),
        ("Copies to", said.copies_to.join("; ")),
        ("Ordered all the same", doubts.unwrap_or_default()),
        ("Comment", accession.comment.clone()),
    ]
}
