//! What is done with an order as a whole and with a patient's registration: the sentences, and the
//! doing.
//!
//! What must stay true: as for every deed of a journey. What a person goes on with all the same is
//! what the last answer doubted; what a person changes is what was looked at.

use lab::accession::{Confirmed, Looked};
use lab::command::{Command, Look};
use lab::event::Known;
use lab::journey::collect::{CollectSpecimens, Taken};
use lab::journey::order::{CancelOrder, CreditTest};
use lab::journey::register::{AmendPatient, Amendment, MergePatients, UnmergePatients};
use lab::patient::Patient;
use lab::value::{BirthDate, PersonName, Sex, SpecimenId, TestId};
use store::DatabaseLook;

use crate::day::Day;
use crate::phrase::{because, list, split, word};

/// What is done with an order or a registration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WithOrder {
    /// `collects all of Rivera by wristband 10042`
    CollectsBanded { patient: String, wristband: String },
    /// `cancels the order of Rivera because "…"`
    CancelsOrder(String, String),
    /// `credits K, SOD of Rivera because "…"`
    Credits { codes: Vec<String>, patient: String, reason: String },
    /// `looks at the registration of MRN 10042`
    LooksAt(String),
    /// `changes MRN 10042 to Rivera, Ana (born 1980-05-17, F) because "…"`
    Changes { patient: String, to: Box<Known>, reason: String },
    /// `merges MRN 10043 into MRN 10042 because "…"`, `… although they differ because "…"`
    Merges { from: String, into: String, although: bool, reason: String },
    /// `undoes the merge of MRN 10042 because "…"`
    Undoes(String, String),
}

/// Reads a sentence about an order or a registration; nothing where it is none.
///
/// # Errors
/// It is one that is not whole.
pub fn read(text: &str) -> Result<Option<WithOrder>, String> {
    let (verb, rest) = word(text);
    let (what, reason) = because(rest);
    let deed = match verb {
        "collects" if rest.contains(" by wristband ") => {
            let (which, wristband) = split(rest, " by wristband ")?;
            let patient = which.strip_prefix("all of ").ok_or("expected: collects all of …")?;
            let (patient, wristband) = (patient.to_owned(), wristband.to_owned());
            WithOrder::CollectsBanded { patient, wristband }
        }
        "cancels" if what.starts_with("the order of ") => {
            WithOrder::CancelsOrder(what["the order of ".len()..].to_owned(), reason)
        }
        "credits" => {
            let (codes, patient) = split(what, " of ")?;
            WithOrder::Credits { codes: list(codes), patient: patient.to_owned(), reason }
        }
        "looks" if what.starts_with("at the registration of ") => {
            WithOrder::LooksAt(what["at the registration of ".len()..].to_owned())
        }
        "changes" => {
            let (patient, to) = split(what, " to ")?;
            WithOrder::Changes { patient: patient.to_owned(), to: Box::new(known(to)?), reason }
        }
        "merges" => {
            let (from, into) = split(what, " into ")?;
            let differ = " although they differ";
            let (into, although) = match into.strip_suffix(differ) {
                Some(into) => (into, true),
                None => (into, false),
            };
            WithOrder::Merges { from: from.into(), into: into.into(), although, reason }
        }
        "undoes" => {
            let patient =
                what.strip_prefix("the merge of ").ok_or("expected: undoes the merge …")?;
            WithOrder::Undoes(patient.to_owned(), reason)
        }
        _ => return Ok(None),
    };
    Ok(Some(deed))
}

/// `Rivera, Ana (born 1980-05-17, F)`
fn known(text: &str) -> Result<Known, String> {
    let shape = "expected: FAMILY, GIVEN (born DATE, F)";
    let (name, rest) = text.split_once('(').ok_or(shape)?;
    let (family, given) = name.trim().split_once(',').ok_or(shape)?;
    let (born, sex) = rest.trim_end_matches(')').split_once(',').ok_or(shape)?;
    let born = born.strip_prefix("born ").ok_or(shape)?.trim();
    Ok(Known {
        name: PersonName { family: family.trim().into(), given: given.trim().into() },
        birth_date: (born != "unknown").then(|| BirthDate::read(born).ok_or(shape)).transpose()?,
        sex: Sex::read(sex).ok_or(shape)?,
        deceased: false,
    })
}

/// A person does it; answers the transcript.
///
/// # Errors
/// There is no such order or patient, or the world failed.
pub fn acts(day: &mut Day, who: &str, deed: WithOrder) -> Result<Vec<String>, String> {
    if let WithOrder::LooksAt(patient) = &deed {
        let patient = registered(day, patient)?;
        let known = Known::of(&patient);
        let told = crate::told::whom(&patient);
        day.registrations.insert((who.to_owned(), patient.id), known);
        return Ok(vec![told]);
    }
    let command = command(day, who, deed)?;
    day.asks(who, command)
}

fn command(day: &Day, who: &str, deed: WithOrder) -> Result<Command, String> {
    Ok(match deed {
        WithOrder::CollectsBanded { patient, wristband } => {
            let whole = day.whole(&patient)?;
            let specimens: Vec<SpecimenId> = whole.specimens.iter().map(|one| one.id).collect();
            let taken = Taken { wristband, ..Taken::default() };
            CollectSpecimens { specimens, at: day.now, identified: false, taken }.into()
        }
        WithOrder::CancelsOrder(patient, reason) => {
            let whole = day.whole(&patient)?;
            let seen = day.seen.get(&(who.to_owned(), whole.accession.id));
            let open = whole.tests.iter().filter(|test| test.state.takes_results());
            let looked_at: Vec<(TestId, Looked)> = open
                .map(|test| {
                    let looked = seen.map(|seen| seen.get(&test.id).copied().unwrap_or_default());
                    (test.id, looked.unwrap_or_else(|| Looked::at(test)))
                })
                .collect();
            CancelOrder { accession: whole.accession.id, looked_at, reason }.into()
        }
        WithOrder::Credits { codes, patient, reason } => {
            let whole = day.whole(&patient)?;
            let wanted = |code: &String| {
                let test = whole.tests.iter().find(|test| test.code.as_str() == code);
                test.map(|test| test.id).ok_or_else(|| format!("{patient} has no {code}"))
            };
            let tests = codes.iter().map(wanted).collect::<Result<_, _>>()?;
            CreditTest { tests, reason }.into()
        }
        WithOrder::Changes { patient, to, reason } => {
            let patient = registered(day, &patient)?;
            let amendment = Amendment::Known(seen(day, who, &patient), *to);
            AmendPatient { patient: patient.id, amendment, reason }.into()
        }
        WithOrder::Merges { from, into, although, reason } => {
            let (from, into) = (registered(day, &from)?, registered(day, &into)?);
            MergePatients {
                from: (from.id, seen(day, who, &from)),
                into: (into.id, seen(day, who, &into)),
                although_different: although,
                reason,
            }
            .into()
        }
        WithOrder::Undoes(patient, reason) => {
            let id = registered(day, &patient)?.id;
            let merges = day.store.read(|sql| DatabaseLook(sql).merges_of(id));
            let merges = merges.map_err(|fault| fault.to_string())?;
            let merge = merges.last().ok_or_else(|| format!("{patient} was never merged"))?.id;
            UnmergePatients { merge, reason }.into()
        }
        WithOrder::LooksAt(_) => return Err("looking asks for nothing".into()),
    })
}

/// What this person has on the screen of a registration: what was looked at last, otherwise what
/// stands there now.
fn seen(day: &Day, who: &str, patient: &Patient) -> Known {
    let looked = day.registrations.get(&(who.to_owned(), patient.id)).cloned();
    looked.unwrap_or_else(|| Known::of(patient))
}

/// The patient of `MRN 10042`.
fn registered(day: &Day, text: &str) -> Result<Patient, String> {
    let number = text.strip_prefix("MRN ").ok_or("expected: MRN and the record number")?;
    let found = day.store.read(|sql| DatabaseLook(sql).patient_numbered(number));
    found.map_err(|fault| fault.to_string())?.ok_or_else(|| format!("there is no {text}"))
}

/// The doubts of the last answer to this person, gone on with for this reason.
pub fn all_the_same(day: &Day, who: &str, reason: &str) -> Option<Confirmed> {
    let doubts = day.doubts.get(who)?.clone();
    (!reason.is_empty()).then(|| Confirmed { reason: reason.to_owned(), doubts })
}
