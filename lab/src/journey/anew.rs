//! Ordering anew: what a rejected or lost specimen was for is collected again, as an accession of
//! its own.
//!
//! What must stay true: the same tests, the same urgency; a calculated test brings its inputs,
//! since values of different specimens are not mixed.

use crate::accession::{Accession, Circumstances, Specimen, Test};
use crate::catalog::{InputSource, Origin, TestDefinition};
use crate::command::{Decision, Setting};
use crate::event::{AccessionEvent, Event, TubeEvent};
use crate::judgement;
use crate::refusal::{Refusal, TubeRefusal};
use crate::value::{AccessionId, Label, Moment, SpecimenId, TestCode, TestId};

/// Microseconds in a day.
const DAY: i64 = 86_400_000_000;

/// The day whose sequence of accessions goes on.
pub(super) const fn day(at: Moment) -> i64 {
    at.micros().div_euclid(DAY)
}

/// What is replaced.
pub(super) struct First<'a> {
    pub(super) specimen: &'a Specimen,
    pub(super) accession: &'a Accession,
    pub(super) last_sequence: u32,
}

/// The test that an event cancels.
pub(super) fn cancelled(event: &Event) -> Option<TestId> {
    match event {
        Event::Accession(AccessionEvent::TestCancelled { test, .. }) => Some(*test),
        _ => None,
    }
}

/// Cancels tests, and what is calculated from them.
pub(super) fn without(
    all: &[Test],
    gone: &[&Test],
    (why, setting): (&str, &Setting<'_>),
) -> Vec<Event> {
    let mut events: Vec<Event> = gone
        .iter()
        .map(|test| {
            let reason = why.to_owned();
            Event::Accession(AccessionEvent::TestCancelled { test: test.id, reason, by: None })
        })
        .collect();
    events.extend(judgement::without_inputs(setting.catalog, all, gone));
    events
}

/// Orders anew, and says who was told.
pub(super) fn order(
    first: &First<'_>,
    gone: &[&Test],
    (told, setting): (&str, &Setting<'_>),
) -> Decision {
    let told = told.trim().to_owned();
    if told.is_empty() {
        return Err(Refusal::Missing { field: "Who was told".into() });
    }
    let wanted = wanted(gone, setting);
    if wanted.is_empty() {
        return Err(TubeRefusal::NothingToRecollect.into());
    }
    let sequence = first.last_sequence + 1;
    let accession = Accession {
        id: AccessionId(setting.fresh()),
        label: Label::new(setting.now, sequence, 0),
        ordered_at: setting.now,
        comment: format!("In place of {}", first.specimen.label),
        sequence: (day(setting.now), sequence),
        // What was doubted then was confirmed for that order alone.
        circumstances: Circumstances { confirmed: None, ..first.accession.circumstances.clone() },
        ..first.accession.clone()
    };
    let specimens = specimens(&wanted, (&accession, first.specimen.id), setting);
    let tests = wanted
        .iter()
        .filter_map(|(definition, panel)| {
            let tube = specimens.iter().find(|tube| tube.container == definition.container)?;
            let id = TestId(setting.fresh());
            Some(Test::ordered(id, definition, (&accession, tube.id), panel.clone()))
        })
        .collect();
    let replacing = accession.id;
    Ok(vec![
        Event::Accession(AccessionEvent::OrderPlaced { accession, specimens, tests }),
        Event::Tube(TubeEvent::RecollectOrdered {
            specimen: first.specimen.id,
            accession: replacing,
            told,
        }),
    ])
}

type Wanted<'c> = Vec<(&'c TestDefinition, Option<TestCode>)>;

fn wanted<'c>(gone: &[&Test], setting: &Setting<'c>) -> Wanted<'c> {
    let mut wanted = Wanted::new();
    for test in gone {
        let Some(definition) = setting.catalog.test(test.code.as_str()) else { continue };
        if definition.origin == Origin::Calculated {
            for (_, source) in setting.catalog.inputs_of(&definition.code) {
                if let InputSource::Result(code) = source
                    && !gone.iter().any(|other| other.code.as_str() == code)
                    && let Some(input) = setting.catalog.test(&code)
                {
                    add(&mut wanted, input, None);
                }
            }
        }
        add(&mut wanted, definition, test.panel.clone());
    }
    wanted
}

fn add<'c>(wanted: &mut Wanted<'c>, definition: &'c TestDefinition, panel: Option<TestCode>) {
    if !wanted.iter().any(|(known, _)| known.code == definition.code) {
        wanted.push((definition, panel));
    }
}

fn specimens(
    wanted: &Wanted<'_>,
    (accession, replaces): (&Accession, SpecimenId),
    setting: &Setting<'_>,
) -> Vec<Specimen> {
    let mut specimens: Vec<Specimen> = Vec::new();
    for (definition, _) in wanted {
        if specimens.iter().any(|known| known.container == definition.container) {
            continue;
        }
        let index = u32::try_from(specimens.len()).unwrap_or(u32::MAX).saturating_add(1);
        let label = Label::new(accession.ordered_at, accession.sequence.1, index);
        let id = SpecimenId(setting.fresh());
        let mut tube = Specimen::ordered(id, accession.id, label, &definition.container);
        tube.handling.replaces = Some(replaces);
        specimens.push(tube);
    }
    specimens
}
