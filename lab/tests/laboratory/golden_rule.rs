//! Golden texts of what happens by the rules of release and of reflex testing.
//!
//! What must stay true: as for every golden text.

use lab::accession::{Hold, ResultVersion, Ruling, Test, TestOrigin, Touched, Verdict};
use lab::event::{Event, ResultEvent, RuleEvent};
use lab::instrument::Detail;
use lab::people::Actor;
use lab::rules::RuleSwitch;
use lab::value::{ResultId, SpecimenId, TestId};

use crate::bench::{CY, ELI, NINE};
use crate::golden::{decodes_and_encodes, filed_version};

/// The name of an event's golden text.
pub fn name(event: &RuleEvent) -> &'static str {
    match event {
        RuleEvent::RulesSwitched(_) => "rules_switched",
        RuleEvent::PreliminaryGiven { .. } => "preliminary_given",
        RuleEvent::ReflexAdded { .. } => "reflex_added",
        RuleEvent::ReflexWithheld { .. } => "reflex_withheld",
    }
}

/// One of each.
pub fn one_of_each() -> Vec<RuleEvent> {
    let (specimen, test, result) = (SpecimenId(302), TestId(303), ResultId(401));
    let rule = "free thyroxine".to_owned();
    let origin = Some(TestOrigin { rule: rule.clone(), test, result });
    let tests = vec![Test { origin, ..crate::golden_tube::added() }];
    vec![
        RuleEvent::RulesSwitched(RuleSwitch {
            on: true,
            reason: "validated".into(),
            at: NINE,
            by: ELI,
        }),
        RuleEvent::PreliminaryGiven { test, result, by: Touched { at: NINE, by: CY } },
        RuleEvent::ReflexAdded { specimen, tests, because: "TSH 9.1 by the rule".into() },
        RuleEvent::ReflexWithheld {
            specimen,
            test,
            rule,
            codes: vec!["FT4".into()],
            because: "Too old.".into(),
        },
    ]
}

#[test]
fn what_a_rule_said_and_what_the_instrument_said_beside_the_value_are_written_so() {
    let rule = "potassium".to_owned();
    let because = "it was diluted 1:10".to_owned();
    let detail = Detail {
        dilution: Some("1:10".into()),
        lot: Some("L77".into()),
        operator: Some("BO".into()),
        ..Detail::default()
    };
    let filed = ResultVersion {
        ruling: Some(Ruling { rule: rule.clone(), verdict: Verdict::Hold, because }),
        detail,
        ..filed_version(vec![Hold::AboveRange])
    };
    let filed = ResultEvent::ResultFiled(Box::new(filed));
    decodes_and_encodes("result_filed_ruled", &Event::Result(filed));
    let verified = ResultEvent::ResultVerified {
        test: TestId(303),
        result: ResultId(401),
        at: NINE,
        by: Actor::Rule(1),
        reason: String::new(),
        rule: "Released by the rule potassium: 4.2 lies within 3.5-5.1.".into(),
    };
    decodes_and_encodes("result_verified_by_rule", &Event::Result(verified));
}
