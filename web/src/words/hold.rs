//! Why a result waits, in a few words for a row; the whole sentences are the laboratory's own.
//!
//! What must stay true: each reason has words of its own and is said once; what a person wrote
//! comes first, then what must not be missed.

use lab::accession::{Hold, ResultVersion, Test, TestState};
use lab::value::Value;

/// One reason in a few words.
fn brief(hold: &Hold) -> String {
    match hold {
        Hold::Critical => "Critical: call".into(),
        Hold::MayBeCritical => "May be critical".into(),
        Hold::Implausible => "Implausible".into(),
        Hold::Unreadable => "Not a value of this test".into(),
        Hold::UnitDiffers(sent) => format!("Unit sent: {sent}"),
        Hold::InstrumentFlag(flag) => flag.replace('_', " "),
        Hold::NotMeasured(sent) if sent.is_empty() => "No value".into(),
        Hold::NotMeasured(sent) => format!("No value ({sent})"),
        Hold::Delta => "Delta".into(),
        Hold::SecondValue => "Second value".into(),
        Hold::HeldInput(code) => format!("{code} is held"),
        Hold::GivenByHand => "Given by hand".into(),
        Hold::Person(reason) => format!("Held: {reason}"),
        Hold::Specimen(_) => "Specimen".into(),
        Hold::NotSpun => "Not spun".into(),
        Hold::Uncoded => "Compare the text".into(),
        Hold::AboveRange => "Above the range: dilute".into(),
        Hold::AfterRelease => "After the release".into(),
    }
}

/// Every reason in a few words; where nothing holds it, what the rule of release said.
pub(crate) fn briefly(test: &Test, result: &ResultVersion) -> String {
    let said = reasons(test, result, brief).join("; ");
    match &result.ruling {
        Some(ruling) if said.is_empty() && !ruling.releases() => ruling.because.clone(),
        _ => said,
    }
}

/// Every reason in whole sentences; where nothing holds it, what the rule of release said.
pub(crate) fn wholly(test: &Test, result: &ResultVersion) -> String {
    let said = reasons(test, result, Hold::sentence).join(" ");
    match &result.ruling {
        Some(ruling) if said.is_empty() && !ruling.releases() => ruling.sentence(),
        _ => said,
    }
}

/// What the instrument said beside the value: dilution, reagent lot, operator, module, run, status.
pub(crate) fn measured_with(result: &ResultVersion) -> String {
    let detail = &result.detail;
    let all = [
        ("dilution", detail.diluted()),
        ("reagent lot", detail.lot.as_deref()),
        ("operator", detail.operator.as_deref()),
        ("module", detail.module.as_deref()),
        ("run", detail.run.as_deref()),
        ("status", detail.status.as_deref()),
    ];
    let said = all.iter().filter_map(|(name, value)| value.map(|value| format!("{name} {value}")));
    said.collect::<Vec<_>>().join(", ")
}

fn reasons(test: &Test, result: &ResultVersion, word: fn(&Hold) -> String) -> Vec<String> {
    // A hold by hand stands with the test, and may stand among the holds of the version too.
    let by_hand = test.state == TestState::Held && !test.note.is_empty();
    let by_hand = by_hand.then(|| Hold::Person(test.note.clone()));
    let others = result.holds.iter().filter(|hold| by_hand.as_ref() != Some(*hold));
    let mut holds: Vec<&Hold> = by_hand.iter().chain(others).collect();
    holds.sort_by_key(|hold| match hold {
        Hold::Person(_) => 0,
        Hold::Critical | Hold::MayBeCritical => 1,
        _ => 2,
    });
    let mut said: Vec<String> = holds.into_iter().map(word).collect();
    if let Value::NotPerformed(reason) = &result.value {
        said.push(reason.clone());
    }
    said
}
