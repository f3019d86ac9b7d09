//! What is doubted about an order: tests ordered a short time ago, tests of the other sex or of
//! another age.
//!
//! What must stay true: what the patient's sex or age does not tell is asked, never passed over; a
//! doubt is dispelled only where somebody saw that very doubt and gave a reason.

use std::collections::BTreeMap;

use crate::accession::{Accession, Confirmed, Doubt, DoubtKind};
use crate::catalog::{OnlyFor, Sex as IntervalSex, TestDefinition};
use crate::command::Look;
use crate::refusal::{AboutOrder, Refusal};
use crate::value::{BirthDate, Moment, PatientId, Sex, TestCode};

/// Whose order it is, and when it is to be collected.
pub(in crate::journey) struct Whose {
    pub(in crate::journey) birth_date: Option<BirthDate>,
    pub(in crate::journey) sex: Sex,
    pub(in crate::journey) at: Moment,
}

/// Looks for when each of these tests was last ordered for a patient, where that is doubted.
///
/// # Errors
/// The world failed.
pub(in crate::journey) fn earlier<L: Look>(
    look: &L,
    patient: PatientId,
    wanted: &[(&TestDefinition, Option<TestCode>)],
) -> Result<Earlier, L::Fault> {
    let mut earlier = Earlier::new();
    for (test, _) in wanted.iter().filter(|(test, _)| test.once_within.is_some()) {
        let code = TestCode(test.code.clone());
        if let Some(row) = look.last_ordered(patient, &code)? {
            earlier.insert(code, row);
        }
    }
    Ok(earlier)
}

/// The accession by which each test was last ordered for this patient.
pub(in crate::journey) type Earlier = BTreeMap<TestCode, Accession>;

/// The confirmation to keep with the order: what was doubted and ordered all the same.
///
/// # Errors
/// A doubt that nobody confirmed.
pub(in crate::journey) fn settled(
    doubts: Vec<Doubt>,
    confirmed: Option<&Confirmed>,
) -> Result<Option<Confirmed>, Refusal> {
    let reason = confirmed.map_or("", |confirmed| confirmed.reason.trim());
    let seen = |doubt: &Doubt| {
        !reason.is_empty()
            && confirmed.is_some_and(|confirmed| {
                confirmed.doubts.contains(&(doubt.code.clone(), doubt.kind))
            })
    };
    if !doubts.iter().all(seen) {
        return Err(AboutOrder::InDoubt { doubts }.into());
    }
    if doubts.is_empty() {
        return Ok(None);
    }
    let doubts = doubts.into_iter().map(|doubt| (doubt.code, doubt.kind)).collect();
    Ok(Some(Confirmed { reason: reason.to_owned(), doubts }))
}

/// Every doubt about these tests, in their order.
pub(in crate::journey) fn doubts(
    wanted: &[(&TestDefinition, Option<TestCode>)],
    whose: &Whose,
    earlier: &Earlier,
) -> Vec<Doubt> {
    let mut doubts = Vec::new();
    for (test, _) in wanted {
        if let Some(only) = &test.only_for {
            doubts.extend(of_sex(test, only, whose));
            doubts.extend(of_age(test, only, whose));
        }
        doubts.extend(of_repeat(test, whose, earlier));
    }
    doubts
}

fn doubt(test: &TestDefinition, kind: DoubtKind, what: &str) -> Doubt {
    let sentence = format!("{} {what}.", test.code);
    Doubt { code: TestCode(test.code.clone()), kind, sentence }
}

fn of_sex(test: &TestDefinition, only: &OnlyFor, whose: &Whose) -> Option<Doubt> {
    let (fits, who) = match only.sex? {
        IntervalSex::Female => (whose.sex == Sex::Female, &only.who),
        IntervalSex::Male => (whose.sex == Sex::Male, &only.who),
    };
    match whose.sex {
        _ if fits => None,
        Sex::Unknown => {
            let what = format!("is for {who}; the patient's sex is not known");
            Some(doubt(test, DoubtKind::SexNotKnown, &what))
        }
        sex => {
            let what = format!("is for {who}; the patient's sex is {}", sex.letter());
            Some(doubt(test, DoubtKind::WrongSex, &what))
        }
    }
}

fn of_age(test: &TestDefinition, only: &OnlyFor, whose: &Whose) -> Option<Doubt> {
    if only.from_days == 0 && only.to_days.is_none() {
        return None;
    }
    let who = &only.who;
    let Some(days) = whose.birth_date.and_then(|born| born.days_old(whose.at)) else {
        let what = format!("is for {who}; the patient's age is not known");
        return Some(doubt(test, DoubtKind::AgeNotKnown, &what));
    };
    if days >= only.from_days && only.to_days.is_none_or(|to| days < to) {
        return None;
    }
    let years = whose.birth_date.and_then(|born| born.years_old(whose.at)).unwrap_or(0);
    let age = if years < 2 { format!("{days} d") } else { format!("{years} y") };
    Some(doubt(test, DoubtKind::WrongAge, &format!("is for {who}; the patient is {age} old")))
}

fn of_repeat(test: &TestDefinition, whose: &Whose, earlier: &Earlier) -> Option<Doubt> {
    let once = test.once_within.as_ref()?;
    let accession = earlier.get(&TestCode(test.code.clone()))?;
    let before = accession.circumstances.due_at.unwrap_or(accession.ordered_at);
    let minutes = whose.at.minutes_since(before).abs();
    if minutes >= i64::from(once.hours) * 60 {
        return None;
    }
    let what = format!(
        "was ordered {} before, on accession {}; once in {} is enough",
        span(minutes),
        accession.label,
        span(i64::from(once.hours) * 60),
    );
    Some(doubt(test, DoubtKind::DuplicateOrder, &what))
}

/// Minutes in the largest unit of which there are at least two.
fn span(minutes: i64) -> String {
    match minutes {
        0..=119 => format!("{minutes} min"),
        120..=2879 => format!("{} h", minutes / 60),
        _ => format!("{} d", minutes / 1440),
    }
}
