//! Whatever anybody asks, in whatever order: nothing panics, every law holds after each step, and
//! the fold of everything that happened is the laboratory.

mod patients;

use lab::accession::{Looked, Specimen, Test, TestState};
use lab::command::Command;
use lab::event::apply;
use lab::instrument::{CodeUse, Instrument, Material, Nature, Reading, Unclaimed};
use lab::journey::analyze::{
    EnterResult, FileReadings, ReplayMessage, ReplayUnclaimed, ResolveUnclaimed, Settle,
};
use lab::journey::call::RecordCall;
use lab::journey::collect::CollectSpecimens;
use lab::journey::connect::{ChangeInstrument, MapCode};
use lab::journey::correct::{AmendResult, Amended, DismissLate};
use lab::journey::draft::{DiscardDraft, DraftCatalog, ReleaseDraft};
use lab::journey::order::{CancelTest, PlaceOrder};
use lab::journey::person::{ChooseOwnPassword, ResetPassword, SetRole, SetStanding};
use lab::journey::receive::{ReceiveSpecimen, RejectSpecimen};
use lab::journey::report::{IssueReport, NameLaboratory};
use lab::journey::rules::{GivePreliminary, SwitchRules};
use lab::journey::setup::{AddPerson, Attempt, ReleaseCatalog, SetPassword, SignIn};
use lab::journey::verify::{HoldResult, RequestDilution, RequestRerun, VerifyResults};
use lab::laboratory::Laboratory;
use lab::people::{Actor, Person, Role, Standing};
use lab::release::CatalogDraft;
use lab::value::{
    BirthDate, DraftId, InstrumentId, Label, MessageId, PersonId, Sex, SpecimenId, TestId,
    UnclaimedId,
};
use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::bench::*;
use crate::golden::EVENTS;

/// One thing somebody asks: who, what kind of thing, about what, and with which words.
#[derive(Clone, Debug)]
struct Step {
    actor: Actor,
    kind: usize,
    which: Index,
    other: Index,
    word: &'static str,
    minutes: i64,
}

/// Kinds of things that are asked; see [`Step::command`].
const KINDS: usize = 28 + patients::KINDS;

/// Texts that are typed, sent or scanned.
const WORDS: [&str; 14] = [
    "",
    " ",
    "4.2",
    "6.9",
    "-1",
    "<5",
    ">600",
    "4,2",
    "1:64",
    "2-5",
    "UNLABELED",
    "bubble",
    "*",
    "999999999999999999999999999999",
];

const CODES: [&str; 10] = ["SOD", "K", "CL", "CO2", "AGAP", "CREA", "EGFR", "HGB", "ABID", "A1C"];

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let people = prop_oneof![
        6 => select(vec![AMY, BEN, CY, DORA, ELI]),
        1 => Just(Actor::System),
        2 => Just(Actor::Instrument(InstrumentId(100))),
        1 => select(Role::ALL.to_vec()).prop_map(|role| Actor::Person(PersonId(9), role)),
    ];
    let step = (people, 0..KINDS, any::<[Index; 2]>(), select(WORDS.to_vec()), 0_i64..600);
    let step = step.prop_map(|(actor, kind, [which, other], word, minutes)| Step {
        actor,
        kind,
        which,
        other,
        word,
        minutes,
    });
    prop::collection::vec(step, 1..80)
}

/// One of the rows there are, or a number nobody has.
pub fn pick<R: lab::kept::Row>(bench: &Bench, which: Index) -> Option<R> {
    let mut all: Vec<R> = bench.laboratory.all().collect();
    let at = which.index(all.len() + 1);
    (at < all.len()).then(|| all.swap_remove(at))
}

/// The kind of step that looks after people, and after drafts of the catalog.
const PEOPLE_AND_DRAFTS: usize = 21;

impl Step {
    fn test(&self, bench: &Bench) -> (TestId, Looked) {
        let found = pick::<Test>(bench, self.which);
        found.map_or((TestId(7), Looked::default()), |test| (test.id, Looked::at(&test)))
    }

    /// A value is told before it is final: one that waits, where there is one.
    fn told(&self, bench: &Bench) -> GivePreliminary {
        let waits = |test: &Test| test.state == TestState::Review;
        let found = bench.laboratory.all().find(waits).map(|test| (test.id, Looked::at(&test)));
        let (test, looked_at) = found.unwrap_or_else(|| self.test(bench));
        GivePreliminary { test, looked_at }
    }

    fn specimen(&self, bench: &Bench) -> (SpecimenId, Label) {
        let found = pick::<Specimen>(bench, self.which);
        let nobody = (SpecimenId(7), Label::new(NINE, 9_999, 1));
        found.map_or(nobody, |specimen| (specimen.id, specimen.label))
    }

    /// Who asks: a password is chosen by its owner; the catalog is mostly the director's.
    fn asking(&self, bench: &Bench) -> Actor {
        match pick::<Person>(bench, self.which) {
            _ if self.kind != PEOPLE_AND_DRAFTS => self.actor,
            _ if self.minutes % 4 == 0 => ELI,
            Some(own) if self.minutes % 5 == 1 => Actor::Person(own.id, own.role),
            _ => self.actor,
        }
    }

    fn person(&self, bench: &Bench) -> PersonId {
        pick::<Person>(bench, self.which).map_or(PersonId(7), |person| person.id)
    }

    fn order(&self, bench: &Bench) -> PlaceOrder {
        let codes: Vec<&str> = match self.other.index(4) {
            0 => vec!["BMP"],
            1 => vec![CODES[self.which.index(CODES.len())]],
            2 => CODES.to_vec(),
            _ => vec!["CBC", "K", "NONSENSE"],
        };
        PlaceOrder {
            record_number: format!("MRN-{}", self.which.index(3)),
            sex: if self.which.index(2) == 0 { Sex::Female } else { Sex::Unknown },
            birth_date: BirthDate::read(self.word).or(BirthDate::read("1980-05-17")),
            comment: self.word.into(),
            circumstances: self.circumstances(bench),
            ..order(&codes)
        }
    }

    fn sent(&self) -> Vec<Reading> {
        let sent = |code: &str| match self.other.index(6) {
            0 => Reading { measured: false, ..reading(code, self.word) },
            1 => Reading { flags: vec![self.word.into()], ..reading(code, "4.2") },
            2 => Reading { unit: self.word.into(), ..reading(code, "4.2") },
            3 => Reading { nature: Nature::Flag, ..reading(code, self.word) },
            _ => reading(code, self.word),
        };
        let all = ["Na", "K", "CL", "CO2", "CREA", "K", "HGB", "??"];
        all[..self.which.index(all.len() + 1)].iter().map(|code| sent(code)).collect()
    }

    fn message(&self, bench: &Bench) -> FileReadings {
        let (_, label) = self.specimen(bench);
        let materials =
            [Material::Patient, Material::Unknown, Material::Control, Material::Calibrator];
        let number = if self.minutes % 3 == 0 { self.word.into() } else { label.to_string() };
        FileReadings {
            instrument: pick::<Instrument>(bench, self.other).map_or(InstrumentId(7), |i| i.id),
            message: None,
            sent_number: number,
            material: materials[(self.minutes % 4) as usize],
            readings: self.sent(),
        }
    }

    /// The command, about what there is, or now and then about what there is not.
    fn command(&self, bench: &Bench) -> Command {
        let reason = || self.word.to_owned();
        let (test, looked_at) = self.test(bench);
        let (specimen, label) = self.specimen(bench);
        match self.kind {
            0 | 1 => self.order(bench).into(),
            2 => {
                let at = bench.now.plus_minutes(5 - self.minutes % 20);
                CollectSpecimens {
                    specimens: vec![specimen],
                    at,
                    identified: true,
                    taken: Default::default(),
                }
                .into()
            }
            3 => ReceiveSpecimen { label }.into(),
            4 => RejectSpecimen { specimen, reason: reason(), note: reason() }.into(),
            5 | 6 => self.message(bench).into(),
            7 => {
                let not_performed = if self.minutes % 5 == 0 { reason() } else { String::new() };
                EnterResult { test, looked_at, typed: reason(), not_performed }.into()
            }
            8 => {
                let unclaimed = pick::<Unclaimed>(bench, self.other);
                let unclaimed = unclaimed.map_or(UnclaimedId(7), |entry| entry.id);
                let give = self.minutes % 3 > 0;
                let settle = match self.minutes % 9 {
                    1 | 2 if give => Settle::Control,
                    _ if give => Settle::Give(label),
                    _ => Settle::Discard,
                };
                ResolveUnclaimed { unclaimed, settle, reason: reason() }.into()
            }
            9 | 10 => {
                let tests = vec![(test, looked_at)];
                VerifyResults { tests, reason: reason() }.into()
            }
            19 | 20 => self.again(bench),
            11 if self.minutes % 2 == 0 => self.told(bench).into(),
            11 => HoldResult { test, looked_at, reason: reason() }.into(),
            12 if self.minutes % 3 == 0 => {
                RequestDilution { test, looked_at, dilution: "1:10".into() }.into()
            }
            12 => RequestRerun { test, looked_at, reason: reason() }.into(),
            13 => CancelTest { test, looked_at, reason: reason() }.into(),
            14 => self.amend(bench).into(),
            15 if self.minutes % 2 == 0 => {
                SwitchRules { on: self.minutes % 3 > 0, reason: reason() }.into()
            }
            15 => AddPerson { sign_in: reason(), shown: reason(), role: Role::Mlt }.into(),
            16 => self.at_the_door(bench),
            17 => DismissLate { test, looked_at, reason: reason() }.into(),
            18 => {
                let (called, note) = (reason(), reason());
                let read_back = self.minutes % 2 == 0;
                RecordCall { test, looked_at, called, at: None, read_back, note }.into()
            }
            PEOPLE_AND_DRAFTS if self.minutes % 2 == 0 => self.drafts(bench),
            PEOPLE_AND_DRAFTS => self.looks_after_people(bench),
            22..27 => self.with_a_tube(bench),
            27 if self.minutes % 3 == 0 => self.issue(bench).into(),
            27 if self.minutes % 3 == 1 => {
                NameLaboratory { letterhead: crate::issued::letterhead() }.into()
            }
            27 => ReleaseCatalog { files: Vec::new(), reason: reason() }.into(),
            kind => self.about_patients(bench, kind - 28),
        }
    }

    /// A report goes out, now and then with a result that was not looked at.
    fn issue(&self, bench: &Bench) -> IssueReport {
        let test = pick::<Test>(bench, self.which);
        let accession = test.map_or(lab::value::AccessionId(7), |test| test.accession);
        let tests: Vec<Test> =
            bench.laboratory.all().filter(|test: &Test| test.accession == accession).collect();
        let mut looked_at: Vec<lab::value::ResultId> = lab::issue::reported(&tests).collect();
        if self.minutes % 4 == 0 {
            looked_at.pop();
        }
        let letterhead = crate::issued::letterhead();
        IssueReport { accession, to: "Dr. Osei".into(), looked_at, letterhead }
    }

    /// A code is mapped, or what waits is read again.
    fn again(&self, bench: &Bench) -> Command {
        let mut open = bench.unclaimed();
        let at = self.which.index(open.len() + 1);
        let unclaimed = if at < open.len() { open.swap_remove(at).id } else { UnclaimedId(7) };
        let (readings, supposing, reason) = (self.sent(), None, self.word.to_owned());
        let instrument = pick::<Instrument>(bench, self.other).map_or(InstrumentId(7), |i| i.id);
        let uses = [CodeUse::Unused, CodeUse::Unknown, CodeUse::Test("K".into())];
        let to = uses[self.other.index(uses.len())].clone();
        match self.minutes / 2 % 8 {
            0 => MapCode { instrument, code: "??".into(), to, reason }.into(),
            1 => ReplayMessage { message: MessageId(7), reason }.into(),
            2 => ChangeInstrument {
                instrument,
                name: reason.clone(),
                driver: reason.clone(),
                sender: reason.clone(),
                wiring: Default::default(),
                reason,
            }
            .into(),
            _ => ReplayUnclaimed { unclaimed, readings, supposing, reason }.into(),
        }
    }

    fn amend(&self, bench: &Bench) -> AmendResult {
        let (test, looked_at) = self.test(bench);
        let new = match (self.minutes % 4, looked_at.candidate) {
            (0, _) => Amended::Nothing,
            (1, _) => Amended::Comment(self.word.to_owned()),
            (2, Some(late)) => Amended::Late(late),
            _ => Amended::Typed(self.word.to_owned()),
        };
        let (note, told) = (String::new(), "Dr. Okafor".to_owned());
        AmendResult { test, looked_at, new, reason: "REPEAT".into(), note, told }
    }

    /// Something that is done with a tube after its collection.
    fn with_a_tube(&self, bench: &Bench) -> Command {
        let (specimen, label) = self.specimen(bench);
        let (which, other, word) = (self.which, self.other, self.word);
        crate::random_tube::command(bench, (specimen, label), (which, other, word))
    }

    fn at_the_door(&self, bench: &Bench) -> Command {
        let person = self.person(bench);
        let attempts = [Attempt::Right, Attempt::Wrong, Attempt::Wrong, Attempt::Leave];
        match self.other.index(6) {
            0 => analyzer(self.word).into(),
            1 => SetPassword { person, seal: "0f".into(), digest: "0f".into() }.into(),
            other => SignIn { person, attempt: attempts[other - 2] }.into(),
        }
    }
}

impl Step {
    fn looks_after_people(&self, bench: &Bench) -> Command {
        let person = self.person(bench);
        let (seal, digest, reason) = ("0f".to_owned(), "0f".to_owned(), self.word.to_owned());
        match self.other.index(4) {
            0 => ResetPassword { person, seal, digest }.into(),
            1 => ChooseOwnPassword { person, seal, digest }.into(),
            2 => {
                let role = Role::ALL[self.which.index(Role::ALL.len())];
                SetRole { person, role, reason }.into()
            }
            _ => {
                let standing = Standing::ALL[self.which.index(Standing::ALL.len())];
                SetStanding { person, standing, reason }.into()
            }
        }
    }

    fn drafts(&self, bench: &Bench) -> Command {
        let newest = bench.laboratory.all::<CatalogDraft>().last();
        let draft = newest.map_or(DraftId(7), |draft| draft.id);
        let reason = self.word.to_owned();
        match self.other.index(6) {
            0 => DiscardDraft { draft, reason }.into(),
            1..=3 => ReleaseDraft { draft, reason }.into(),
            _ => {
                let files = vec![("x.toml".to_owned(), format!("# {}", self.word))];
                DraftCatalog { files, note: reason }.into()
            }
        }
    }
}

/// Orders on the bench, one of them with a released value, a critical one, a later reading and one
/// of a code nobody knows; and a patient who was registered twice; so that there is something to
/// act on from the first step; and results that ask for further tests.
fn begun() -> Bench {
    let mut bench = Bench::new();
    bench.does(ELI, crate::setup::person("gus"));
    // Protein of a strip asks for the sediment, which the old urine no longer gives; thyrotropin
    // for the free thyroxine, which its tube gives for days.
    let urine = bench.received(&["UPRO"]);
    bench.sends(&urine, &readings("UPRO=2+"));
    bench.wait(3 * 60);
    let thyroid = bench.received(&["TSH"]);
    bench.does(BEN, crate::entered::enter(thyroid.test("TSH"), "9.5"));
    let released = bench.received(&["K", "SOD"]);
    bench.sends(&released, &readings("K=6.9 Na=140"));
    bench.verified(released.test("SOD"));
    bench.sends(&released, &readings("Na=144"));
    let ordered = bench.received(&["BMP"]);
    bench.sends(&ordered, &readings("??=1"));
    bench.collected(&["K", "HGB"]);
    bench.does(ELI, crate::setup::person("amy"));
    bench.does(DORA, crate::random_tube::rack());
    crate::register::twice_registered(&mut bench);
    let gus = bench.laboratory.all::<Person>().next().expect("gus").id;
    let (seal, digest) = ("0f".to_owned(), "0f".to_owned());
    let own = ChooseOwnPassword { person: gus, seal, digest };
    bench.does(Actor::Person(gus, Role::Mlt), own);
    let text = vec![("x.toml".to_owned(), "# begun".to_owned())];
    bench.does(ELI, DraftCatalog { files: text, note: "begun".into() });
    bench
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn nothing_anybody_asks_breaks_a_law(steps in steps()) {
        let mut bench = begun();
        for step in &steps {
            bench.wait(step.minutes);
            if let Ok(events) = bench.ask(step.asking(&bench), step.command(&bench)) {
                prop_assert!(!events.is_empty(), "{step:?} was done and nothing happened");
                bench.happen(&events);
            }
        }
        let mut folded = Laboratory::default();
        for event in &bench.past {
            apply(event, &mut folded).expect("an event applies again");
        }
        prop_assert_eq!(folded, bench.laboratory);
    }
}

/// The random walk gets somewhere: it is worth nothing if everything is refused.
#[test]
fn the_walk_reaches_verified_results_and_the_unclaimed_list() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..400 {
        let walk = steps().new_tree(&mut runner).expect("a walk").current();
        let mut bench = begun();
        for step in &walk {
            bench.wait(step.minutes);
            if let Ok(events) = bench.ask(step.asking(&bench), step.command(&bench)) {
                bench.happen(&events);
            }
        }
        seen.extend(bench.past.iter().map(variant));
        if seen.len() == EVENTS {
            break;
        }
    }
    let seen: Vec<&str> = seen.iter().map(String::as_str).collect();
    assert_eq!(seen.len(), EVENTS, "every event happens: {seen:?}");
}
