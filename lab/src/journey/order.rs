//! Order: which tests, for whom, how urgent. A new patient is registered on the way, panels are
//! expanded, tests are laid on containers, and every container gets its number.
//!
//! What must stay true: a record number never comes to name a second patient; a test stands once
//! in an order, however many panels contain it; every ordered test has a specimen; what a
//! calculated test brings along stands before it.

use crate::accession::{Accession, Looked, Specimen, Test};
use crate::catalog::{InputSource, Origin, TestDefinition};
use crate::command::{Decide, Decision, Look, Setting};
use crate::event::{AccessionEvent, Event, PatientEvent};
use crate::journey::meanwhile;
use crate::judgement;
use crate::patient::Patient;
use crate::refusal::Refusal;
use crate::value::{
    AccessionId, BirthDate, Label, Moment, PatientId, PersonName, Priority, Sex, SpecimenId,
    TestCode, TestId,
};

/// Microseconds in a day.
const DAY: i64 = 86_400_000_000;

/// Order tests for a patient; a patient whose record number is new is registered.
#[derive(Clone, Debug)]
pub struct PlaceOrder {
    /// The patient's record number.
    pub record_number: String,
    /// The patient's name.
    pub name: PersonName,
    /// The patient's birth date, if known.
    pub birth_date: Option<BirthDate>,
    /// The patient's sex for clinical use.
    pub sex: Sex,
    /// Tests and panels, by code.
    pub codes: Vec<TestCode>,
    /// How urgent.
    pub priority: Priority,
    /// Who asked for it.
    pub provider: String,
    /// What the orderer wrote.
    pub comment: String,
}

/// What ordering looks at.
pub struct SeesForOrder {
    known: Option<Patient>,
    last_sequence: u32,
}

impl Decide for PlaceOrder {
    type Sees = SeesForOrder;

    fn look<L: Look>(&self, look: &L, setting: &Setting<'_>) -> Result<SeesForOrder, L::Fault> {
        Ok(SeesForOrder {
            known: look.patient_numbered(self.record_number.trim())?,
            last_sequence: look.last_sequence(setting.now.micros().div_euclid(DAY))?,
        })
    }

    fn decide(&self, seen: SeesForOrder, setting: &Setting<'_>) -> Decision {
        self.complete(setting.now)?;
        let mut events = Vec::new();
        let patient = match seen.known {
            Some(known) if self.same_patient(&known) => known.id,
            Some(known) => {
                return Err(Refusal::OtherPatient { record_number: known.record_number });
            }
            None => {
                let patient = self.register(PatientId(setting.fresh()));
                let id = patient.id;
                events.push(Event::Patient(PatientEvent::PatientRegistered(patient)));
                id
            }
        };
        events.push(self.place(patient, seen.last_sequence + 1, setting)?);
        Ok(events)
    }
}

impl PlaceOrder {
    fn complete(&self, now: Moment) -> Result<(), Refusal> {
        let empty = [
            ("Record number", self.record_number.trim()),
            ("Family name", self.name.family.trim()),
            ("Given name", self.name.given.trim()),
            ("Ordered by", self.provider.trim()),
        ];
        if let Some((field, _)) = empty.into_iter().find(|(_, text)| text.is_empty()) {
            return Err(Refusal::Missing { field: field.into() });
        }
        if self.birth_date.is_some_and(|born| born.days_old(now).is_none()) {
            return Err(Refusal::Unreadable {
                field: "Birth date".into(),
                expected: "a day that is not in the future".into(),
            });
        }
        if self.codes.is_empty() {
            return Err(Refusal::Missing { field: "Tests".into() });
        }
        Ok(())
    }

    /// Two identifiers must agree: the record number found this patient; name, birth date and sex
    /// must say the same.
    fn same_patient(&self, known: &Patient) -> bool {
        let same = |a: &str, b: &str| a.trim().to_lowercase() == b.trim().to_lowercase();
        same(&known.name.family, &self.name.family)
            && same(&known.name.given, &self.name.given)
            && known.birth_date == self.birth_date
            && known.sex == self.sex
    }

    fn register(&self, id: PatientId) -> Patient {
        Patient {
            id,
            record_number: self.record_number.trim().to_owned(),
            name: PersonName {
                family: self.name.family.trim().to_owned(),
                given: self.name.given.trim().to_owned(),
            },
            birth_date: self.birth_date,
            sex: self.sex,
        }
    }

    fn place(
        &self,
        patient: PatientId,
        sequence: u32,
        setting: &Setting<'_>,
    ) -> Result<Event, Refusal> {
        let accession = Accession {
            id: AccessionId(setting.fresh()),
            label: Label::new(setting.now, sequence, 0),
            patient,
            priority: self.priority,
            ordered_at: setting.now,
            provider: self.provider.trim().to_owned(),
            comment: self.comment.trim().to_owned(),
            sequence: (setting.now.micros().div_euclid(DAY), sequence),
        };
        let wanted = self.wanted(setting)?;
        let specimens = containers(&wanted, &accession, setting)?;
        let tests = wanted
            .iter()
            .filter_map(|(definition, panel)| {
                let specimen = specimens.iter().find(|s| s.container == definition.container)?;
                Some(lay_on(definition, panel.clone(), (&accession, specimen), setting))
            })
            .collect();
        Ok(Event::Accession(AccessionEvent::OrderPlaced { accession, specimens, tests }))
    }

    /// The tests wanted: those asked for, and right before a calculated one the tests it is
    /// calculated from, where they were not asked for.
    fn wanted<'c>(&self, setting: &Setting<'c>) -> Result<Wanted<'c>, Refusal> {
        let asked = self.asked(setting)?;
        let mut wanted = Wanted::new();
        for (definition, panel) in &asked {
            for input in made_from(definition, setting) {
                if !asked.iter().any(|(known, _)| known.code == input.code) {
                    add(&mut wanted, input, None);
                }
            }
            add(&mut wanted, definition, panel.clone());
        }
        Ok(wanted)
    }

    /// The tests asked for, panels expanded, each once, in the order asked.
    fn asked<'c>(&self, setting: &Setting<'c>) -> Result<Wanted<'c>, Refusal> {
        let mut asked = Wanted::new();
        for code in &self.codes {
            let members = setting
                .catalog
                .expand(code.as_str())
                .ok_or_else(|| Refusal::UnknownTest { code: code.0.clone() })?;
            let panel = setting.catalog.panel(code.as_str()).is_some().then(|| code.clone());
            for definition in members {
                add(&mut asked, definition, panel.clone());
            }
        }
        Ok(asked)
    }
}

/// The tests that a test is always calculated from; none for one that is measured.
fn made_from<'c>(definition: &TestDefinition, setting: &Setting<'c>) -> Vec<&'c TestDefinition> {
    if definition.origin != Origin::Calculated {
        return Vec::new();
    }
    let inputs = setting.catalog.inputs_of(&definition.code).into_iter();
    inputs
        .filter_map(|(_, source)| match source {
            InputSource::Result(code) => setting.catalog.test(&code),
            _ => None,
        })
        .collect()
}

type Wanted<'c> = Vec<(&'c TestDefinition, Option<TestCode>)>;

fn add<'c>(wanted: &mut Wanted<'c>, definition: &'c TestDefinition, panel: Option<TestCode>) {
    if !wanted.iter().any(|(known, _)| known.code == definition.code) {
        wanted.push((definition, panel));
    }
}

/// One specimen for each container that the tests need, in the order of first need.
fn containers(
    wanted: &[(&TestDefinition, Option<TestCode>)],
    accession: &Accession,
    setting: &Setting<'_>,
) -> Result<Vec<Specimen>, Refusal> {
    let mut codes: Vec<&str> = Vec::new();
    for (definition, _) in wanted {
        if !codes.contains(&definition.container.as_str()) {
            codes.push(definition.container.as_str());
        }
    }
    if codes.len() > 99 {
        return Err(Refusal::TooManyContainers { needed: codes.len() });
    }
    let specimens = codes.into_iter().zip(1_u32..).map(|(container, index)| {
        let label = Label::new(accession.ordered_at, accession.sequence.1, index);
        Specimen::ordered(SpecimenId(setting.fresh()), accession.id, label, container)
    });
    Ok(specimens.collect())
}

fn lay_on(
    definition: &TestDefinition,
    panel: Option<TestCode>,
    (accession, specimen): (&Accession, &Specimen),
    setting: &Setting<'_>,
) -> Test {
    Test::ordered(TestId(setting.fresh()), definition, (accession, specimen.id), panel)
}

/// Cancel an ordered test that has not been verified, with the reason; what is calculated from it
/// is cancelled too, or held where it was calculated before.
#[derive(Clone, Debug)]
pub struct CancelTest {
    /// Which.
    pub test: TestId,
    /// The test as it was looked at.
    pub looked_at: Looked,
    /// Why.
    pub reason: String,
}

impl Decide for CancelTest {
    /// The tests of its accession, and what somebody else did to this one meanwhile.
    type Sees = (Vec<Test>, Option<Refusal>);

    fn look<L: Look>(&self, look: &L, setting: &Setting<'_>) -> Result<Self::Sees, L::Fault> {
        let Some(test) = look.test(self.test)? else { return Ok((Vec::new(), None)) };
        let refused = meanwhile(look, &test, self.looked_at, setting)?;
        Ok((look.tests_of(test.accession)?, refused))
    }

    fn decide(&self, (seen, refused): Self::Sees, setting: &Setting<'_>) -> Decision {
        if self.reason.trim().is_empty() {
            return Err(Refusal::Missing { field: "Reason".into() });
        }
        let test = seen
            .iter()
            .find(|test| test.id == self.test)
            .ok_or_else(|| Refusal::NoSuch { what: "test".into(), name: self.test.to_string() })?;
        if let Some(refused) = refused {
            return Err(refused);
        }
        if !test.state.takes_results() {
            let (code, state) = (test.code.0.clone(), test.state.word().into());
            return Err(Refusal::WrongState { code, state });
        }
        let reason = self.reason.trim().to_owned();
        let mut events = vec![Event::Accession(AccessionEvent::TestCancelled {
            test: test.id,
            reason,
            by: None,
        })];
        events.extend(judgement::without_inputs(setting.catalog, &seen, &[test]));
        Ok(events)
    }
}
