//! What people do: a sentence becomes a command.
//!
//! What must stay true: nothing is decided here; the command is what the screens would send.

use lab::accession::{Circumstances, Looked};
use lab::command::{Command, Look};
use lab::journey::analyze::{EnterResult, ResolveUnclaimed, Settle};
use lab::journey::collect::CollectSpecimens;
use lab::journey::correct::{AmendResult, Amended, DismissLate};
use lab::journey::order::{CancelTest, PlaceOrder};
use lab::journey::receive::{ReceiveSpecimen, RejectSpecimen};
use lab::journey::rules::{GivePreliminary, SwitchRules};
use lab::journey::setup::{Attempt, ReleaseCatalog, SignIn};
use lab::journey::verify::{HoldResult, RequestDilution, RequestRerun, VerifyResults};
use lab::value::{
    BirthDate, Label, Moment, PersonName, Priority, Sex, SpecimenId, TestCode, TestId,
};
use store::DatabaseLook;
use store::query::{Whole, unclaimed_open};

use crate::day::{Day, Seen, moment};
use crate::deed::{Amend, Change, Does, NewValue, Order, Signs, Test, Tube, Which};
use crate::{shown, told};

type Transcript = Result<Vec<String>, String>;

/// A person does something; answers its transcript.
pub fn acts(day: &mut Day, who: &str, does: Does) -> Transcript {
    match does {
        Does::Orders(order) => orders(day, who, &order),
        Does::Collects { tubes, at, identified } => {
            let at = at.map_or(day.now, |time| moment(day.now.date().to_datetime(time)));
            let specimens = specimens(day, &tubes)?;
            day.asks(who, CollectSpecimens { specimens, at, identified, taken: Default::default() })
        }
        Does::Receives(tubes) => receives(day, who, &tubes),
        Does::Rejects { tube, reason, note } => {
            let specimen = *specimens(day, &[tube])?.first().ok_or("which tube?")?;
            day.asks(who, RejectSpecimen { specimen, reason, note })
        }
        Does::Cancels(test, reason) => {
            let about = about(day, who, &test)?;
            let cancel = CancelTest { test: about.test, looked_at: about.looked_at, reason };
            about.asks(day, who, cancel)
        }
        Does::Enters(test, typed) => enters(day, who, (&test, typed, String::new())),
        Does::EntersNo(test, why) => enters(day, who, (&test, String::new(), why)),
        Does::Looks(patient) => looks(day, who, &patient),
        Does::Verifies { which, patient, reason } => verifies(day, who, (&which, &patient, reason)),
        Does::Holds(test, reason) => {
            let about = about(day, who, &test)?;
            let hold = HoldResult { test: about.test, looked_at: about.looked_at, reason };
            about.asks(day, who, hold)
        }
        Does::Reruns(test, reason) => {
            let about = about(day, who, &test)?;
            let rerun = RequestRerun { test: about.test, looked_at: about.looked_at, reason };
            about.asks(day, who, rerun)
        }
        Does::Dilutes(test, dilution) => {
            let about = about(day, who, &test)?;
            let dilute = RequestDilution { test: about.test, looked_at: about.looked_at, dilution };
            about.asks(day, who, dilute)
        }
        Does::Tells(test) => {
            let about = about(day, who, &test)?;
            let tell = GivePreliminary { test: about.test, looked_at: about.looked_at };
            about.asks(day, who, tell)
        }
        Does::Turns { on, reason } => day.asks(who, SwitchRules { on, reason }),
        Does::Amends(amend) => amends(day, who, amend),
        Does::Dismisses(test, reason) => {
            let about = about(day, who, &test)?;
            let dismiss = DismissLate { test: about.test, looked_at: about.looked_at, reason };
            about.asks(day, who, dismiss)
        }
        Does::Gives { number, tube, reason } => {
            let label = day.labels(&tube)?.into_iter().next().ok_or("which tube?")?;
            settles(day, who, (&number, Settle::Give(label), reason))
        }
        Does::Discards { number, reason } => settles(day, who, (&number, Settle::Discard, reason)),
        Does::Signs(signs) => {
            let attempt = match signs {
                Signs::In => Attempt::Right,
                Signs::Wrong => Attempt::Wrong,
                Signs::Out => Attempt::Leave,
            };
            let person = day.person(who)?.id;
            day.asks(who, SignIn { person, attempt })
        }
        Does::Releases { change, reason } => releases(day, who, (change, reason)),
        Does::WithOrder(deed) => crate::with_order::acts(day, who, deed),
        Does::WithTube(deed) => crate::with_tube::acts(day, who, deed),
        Does::Again => again(day),
    }
}

fn orders(day: &mut Day, who: &str, order: &Order) -> Transcript {
    let place = place(day, who, order)?;
    day.asks(who, place)
}

fn place(day: &Day, who: &str, order: &Order) -> Result<PlaceOrder, String> {
    let birth_date = match order.born.as_str() {
        "unknown" => None,
        date => Some(BirthDate::read(date).ok_or_else(|| format!("{date} is no date"))?),
    };
    Ok(PlaceOrder {
        record_number: order.record_number.clone(),
        name: PersonName { family: order.family.clone(), given: order.given.clone() },
        birth_date,
        sex: Sex::read(&order.sex).ok_or("sex is F, M or U")?,
        codes: order.codes.iter().map(|code| TestCode::from(code.as_str())).collect(),
        priority: Priority::read(&order.priority).ok_or("urgency is STAT, ASAP or routine")?,
        provider: order.provider.clone(),
        comment: String::new(),
        circumstances: Circumstances {
            due_at: order.due.map(|time| moment(day.now.date().to_datetime(time))),
            confirmed: crate::with_order::all_the_same(day, who, &order.all_the_same),
            ..Circumstances::default()
        },
    })
}

fn specimens(day: &Day, tubes: &[Tube]) -> Result<Vec<SpecimenId>, String> {
    let mut specimens = Vec::new();
    for tube in tubes {
        for label in day.labels(tube)? {
            let found = day.store.read(|sql| DatabaseLook(sql).specimen_labeled(&label));
            let found = found.map_err(|fault| fault.to_string())?;
            specimens.push(found.ok_or_else(|| format!("there is no tube {label}"))?.id);
        }
    }
    Ok(specimens)
}

/// One tube after the other passes the scanner. What cannot be a label never becomes a command:
/// the screen says so.
fn receives(day: &mut Day, who: &str, tubes: &[Tube]) -> Transcript {
    let mut transcript = Vec::new();
    for tube in tubes {
        for number in day.numbers(tube)? {
            match Label::read(&number) {
                Ok(label) => transcript.extend(day.asks(who, ReceiveSpecimen { label })?),
                Err(not) => transcript.push(format!("{number} is no label: {}", misread(&not))),
            }
        }
    }
    Ok(transcript)
}

const fn misread(not: &lab::value::NotALabel) -> &'static str {
    match not {
        lab::value::NotALabel::NotThirteenDigits => "it does not have thirteen digits",
        lab::value::NotALabel::WrongCheckDigit => "the check digit does not fit; scan it again",
    }
}

fn found(day: &Day, asked: &Test) -> Result<(Whole, lab::accession::Test), String> {
    let whole = day.whole(&asked.patient)?;
    let test = whole.tests.iter().find(|test| test.code.as_str() == asked.code).cloned();
    let test = test.ok_or_else(|| format!("{} has no {}", asked.patient, asked.code))?;
    Ok((whole, test))
}

/// A test as a person has it on the screen.
struct About {
    whole: Whole,
    test: TestId,
    looked_at: Looked,
}

fn about(day: &Day, who: &str, asked: &Test) -> Result<About, String> {
    let (whole, test) = found(day, asked)?;
    let looked_at = seen(day, who, &whole).get(&test.id).copied().unwrap_or_default();
    Ok(About { whole, test: test.id, looked_at })
}

impl About {
    fn asks(&self, day: &mut Day, who: &str, command: impl Into<Command>) -> Transcript {
        let told = day.asks(who, command)?;
        redrawn(day, who, &self.whole, &told);
        Ok(told)
    }
}

fn enters(
    day: &mut Day,
    who: &str,
    (asked, typed, not_performed): (&Test, String, String),
) -> Transcript {
    let about = about(day, who, asked)?;
    let (test, looked_at) = (about.test, about.looked_at);
    about.asks(day, who, EnterResult { test, looked_at, typed, not_performed })
}

fn amends(day: &mut Day, who: &str, amend: Amend) -> Transcript {
    let about = about(day, who, &amend.test)?;
    let (test, looked_at) = (about.test, about.looked_at);
    let new = match amend.new {
        NewValue::Typed(typed) => Amended::Typed(typed),
        NewValue::Comment(comment) => Amended::Comment(comment),
        NewValue::Nothing => Amended::Nothing,
        NewValue::Late => Amended::Late(looked_at.candidate.ok_or("no later reading waits")?),
    };
    let (reason, note, told) = (amend.reason, amend.note, amend.told);
    about.asks(day, who, AmendResult { test, looked_at, new, reason, note, told })
}

fn verifies(
    day: &mut Day,
    who: &str,
    (which, patient, reason): (&Which, &str, String),
) -> Transcript {
    let whole = day.whole(patient)?;
    let seen = seen(day, who, &whole);
    let waits = |test: &&lab::accession::Test| match which {
        Which::All => test.state.waits_for_a_person(),
        Which::Unheld => test.state == lab::accession::TestState::Review,
        Which::These(codes) => codes.contains(&test.code.0),
    };
    let chosen = whole.tests.iter().filter(waits);
    let mut tests = Vec::new();
    for test in chosen {
        tests.push((test.id, seen.get(&test.id).copied().unwrap_or_default()));
    }
    let told = day.asks(who, VerifyResults { tests, reason })?;
    redrawn(day, who, &whole, &told);
    Ok(told)
}

/// What this person has on the screen: what was looked at last, otherwise what stands there now.
fn seen(day: &Day, who: &str, whole: &Whole) -> Seen {
    let looked = day.seen.get(&(who.to_owned(), whole.accession.id)).cloned();
    looked.unwrap_or_else(|| now(whole))
}

fn now(whole: &Whole) -> Seen {
    whole.tests.iter().map(|test| (test.id, Looked::at(test))).collect()
}

/// What was done draws the screen again; a refusal leaves it as it is.
fn redrawn(day: &mut Day, who: &str, whole: &Whole, told: &[String]) {
    if !told::refused(told) {
        day.seen.remove(&(who.to_owned(), whole.accession.id));
    }
}

fn looks(day: &mut Day, who: &str, patient: &str) -> Transcript {
    let whole = day.whole(patient)?;
    day.seen.insert((who.to_owned(), whole.accession.id), now(&whole));
    Ok(shown::results(&whole))
}

fn settles(
    day: &mut Day,
    who: &str,
    (number, settle, reason): (&str, Settle, String),
) -> Transcript {
    // An entry that was settled is still on the screen of whoever looked before.
    let all = day.store.read(|sql| store::check::read_tables(sql));
    let all = all.map_err(|fault| fault.to_string())?;
    let mut fitting: Vec<lab::instrument::Unclaimed> = all
        .all()
        .filter(|entry: &lab::instrument::Unclaimed| entry.sent_number == number)
        .collect();
    let open = day.store.read(|sql| unclaimed_open(sql, 200)).map_err(|fault| fault.to_string())?;
    fitting.sort_by_key(|entry| !open.iter().any(|other| other.id == entry.id));
    let entry = fitting.first().ok_or_else(|| format!("nothing of {number} is unclaimed"))?;
    day.asks(who, ResolveUnclaimed { unclaimed: entry.id, settle, reason })
}

fn releases(day: &mut Day, who: &str, (change, reason): (Option<Change>, String)) -> Transcript {
    let in_force = day.store.read(|sql| DatabaseLook(sql).newest_release());
    let in_force = in_force.map_err(|fault| fault.to_string())?.ok_or("no catalog in force")?;
    let mut files = in_force.files;
    if let Some(change) = change {
        let file = files.iter_mut().find(|(name, _)| *name == change.file);
        let (_, text) = file.ok_or_else(|| format!("there is no {}", change.file))?;
        let from = text.find(&change.after).ok_or_else(|| format!("no {}", change.after))?;
        let at = text[from..].find(&change.old).ok_or_else(|| format!("no {}", change.old))? + from;
        text.replace_range(at..at + change.old.len(), &change.new);
    }
    day.asks(who, ReleaseCatalog { files, reason })
}

fn again(day: &mut Day) -> Transcript {
    let act = day.last.clone().ok_or("nobody has sent a request")?;
    let now: Moment = day.now;
    let answer = day.store.execute(store::Act { now, ..act });
    told::answer(&day.store, &answer)
}
