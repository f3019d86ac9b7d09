//! What is done with a tube after its collection: the sentences, and the doing.
//!
//! What must stay true: as for every deed of a journey.

use lab::accession::Condition;
use lab::command::{Command, Look};
use lab::journey::add_on::AddTests;
use lab::journey::process::*;
use lab::journey::receive::{ReceiveInspected, RejectTests, Seen};
use lab::value::{SpecimenId, TestCode, TestId, Zone};
use store::DatabaseLook;

use crate::day::Day;
use crate::deed::Tube;
use crate::phrase::{list, one_tube, split, unquoted, word};

/// What is done with a tube.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WithTube {
    /// `takes in CIT_BLUE of Rivera with 1.2 mL`, `… on ice`, `… clotted`
    TakesIn { tube: Tube, seen: String },
    /// `rejects only K on SST_GOLD of Rivera as HEMOLYZED, telling "nurse Diaz"`
    RejectsOnly { codes: Vec<String>, tube: Tube, reason: String, told: String },
    /// `grades SST_GOLD of Rivera as 250 mg/dL hemolysis`
    Grades { tube: Tube, hemolysis: String },
    /// `spins SST_GOLD of Rivera`
    Spins(Tube),
    /// `aliquots K from SST_GOLD of Rivera`
    Aliquots { codes: Vec<String>, tube: Tube },
    /// `sets up R1 in the refrigerator`
    SetsUp(String),
    /// `puts away SST_GOLD of Rivera at R1 A1`
    PutsAway { tube: Tube, place: String, spot: String },
    /// `fetches SST_GOLD of Rivera`
    Fetches(Tube),
    /// `throws away SST_GOLD of Rivera`
    ThrowsAway(Tube),
    /// `loses SST_GOLD of Rivera, "not in the rack", telling "ward 3"`
    Loses { tube: Tube, note: String, told: String },
    /// `finds SST_GOLD of Rivera`
    Finds(Tube),
    /// `adds TSH to SST_GOLD of Rivera for Dr. Osei`
    Adds { codes: Vec<String>, tube: Tube, provider: String },
}

/// Reads a sentence about a tube; nothing where it is none.
///
/// # Errors
/// It is one that is not whole.
pub fn read(text: &str) -> Result<Option<WithTube>, String> {
    let (verb, rest) = word(text);
    let deed = match verb {
        "takes" => {
            let rest = rest.strip_prefix("in ").ok_or("expected: takes in TUBE with …")?;
            let (tube, seen) = split(rest, " with ")?;
            WithTube::TakesIn { tube: one_tube(tube)?, seen: seen.to_owned() }
        }
        "rejects" if rest.starts_with("only ") => {
            let (codes, rest) = split(&rest["only ".len()..], " on ")?;
            let (tube, why) = split(rest, " as ")?;
            let (reason, told) = split(why, ", telling ")?;
            WithTube::RejectsOnly {
                codes: list(codes),
                tube: one_tube(tube)?,
                reason: reason.to_owned(),
                told: unquoted(told),
            }
        }
        "grades" => {
            let (tube, seen) = split(rest, " as ")?;
            let hemolysis = seen.strip_suffix(" mg/dL hemolysis").ok_or("how hemolyzed?")?;
            WithTube::Grades { tube: one_tube(tube)?, hemolysis: hemolysis.to_owned() }
        }
        "spins" => WithTube::Spins(one_tube(rest)?),
        "aliquots" => {
            let (codes, tube) = split(rest, " from ")?;
            WithTube::Aliquots { codes: list(codes), tube: one_tube(tube)? }
        }
        "sets" => {
            let rest = rest.strip_prefix("up ").ok_or("expected: sets up CODE in …")?;
            WithTube::SetsUp(split(rest, " in ")?.0.to_owned())
        }
        "puts" => {
            let rest = rest.strip_prefix("away ").ok_or("expected: puts away TUBE at R1 A1")?;
            let (tube, at) = split(rest, " at ")?;
            let (place, spot) = split(at, " ")?;
            let (place, spot) = (place.to_owned(), spot.to_owned());
            WithTube::PutsAway { tube: one_tube(tube)?, place, spot }
        }
        "fetches" => WithTube::Fetches(one_tube(rest)?),
        "throws" => {
            let rest = rest.strip_prefix("away ").ok_or("expected: throws away TUBE")?;
            WithTube::ThrowsAway(one_tube(rest)?)
        }
        "loses" => {
            let (rest, told) = split(rest, ", telling ")?;
            let (tube, note) = split(rest, ", ")?;
            let (note, told) = (unquoted(note), unquoted(told));
            WithTube::Loses { tube: one_tube(tube)?, note, told }
        }
        "finds" => WithTube::Finds(one_tube(rest)?),
        "adds" => {
            let (codes, rest) = split(rest, " to ")?;
            let (tube, provider) = split(rest, " for ")?;
            let provider = provider.to_owned();
            WithTube::Adds { codes: list(codes), tube: one_tube(tube)?, provider }
        }
        _ => return Ok(None),
    };
    Ok(Some(deed))
}

/// A person does it; answers the transcript.
///
/// # Errors
/// There is no such tube, or the world failed.
pub fn acts(day: &mut Day, who: &str, deed: WithTube) -> Result<Vec<String>, String> {
    let command = command(day, deed)?;
    day.asks(who, command)
}

fn command(day: &Day, deed: WithTube) -> Result<Command, String> {
    Ok(match deed {
        WithTube::TakesIn { tube, seen } => {
            let label = day.labels(&tube)?.into_iter().next().ok_or("which tube?")?;
            ReceiveInspected { label, seen: seen_of(&seen)? }.into()
        }
        WithTube::RejectsOnly { codes, tube, reason, told } => {
            let (specimen, tests) = tests_on(day, &tube, &codes)?;
            RejectTests { specimen, tests, reason, note: String::new(), told: Some(told) }.into()
        }
        WithTube::Grades { tube, hemolysis } => {
            let condition = Condition { hemolysis: hemolysis.parse().ok(), ..Condition::default() };
            GradeSpecimen { specimen: one(day, &tube)?, condition, volume_ml: None }.into()
        }
        WithTube::Spins(tube) => SpinSpecimens { specimens: vec![one(day, &tube)?] }.into(),
        WithTube::Aliquots { codes, tube } => {
            let (specimen, tests) = tests_on(day, &tube, &codes)?;
            MakeAliquot { specimen, tests, volume_ml: None }.into()
        }
        WithTube::SetsUp(code) => AddStoragePlace {
            code,
            unit: "Refrigerator 1".into(),
            shelf: "2".into(),
            zone: Zone::Refrigerated,
            shape: (8, 12),
        }
        .into(),
        WithTube::PutsAway { tube, place, spot } => {
            StoreSpecimen { specimen: one(day, &tube)?, place, spot }.into()
        }
        WithTube::Fetches(tube) => FetchSpecimen { specimen: one(day, &tube)? }.into(),
        WithTube::ThrowsAway(tube) => DiscardSpecimens { specimens: vec![one(day, &tube)?] }.into(),
        WithTube::Loses { tube, note, told } => {
            LoseSpecimen { specimen: one(day, &tube)?, note, told }.into()
        }
        WithTube::Finds(tube) => FindSpecimen { specimen: one(day, &tube)? }.into(),
        WithTube::Adds { codes, tube, provider } => {
            let codes = codes.iter().map(|code| TestCode::from(code.as_str())).collect();
            AddTests { specimen: one(day, &tube)?, codes, provider, confirmed: None }.into()
        }
    })
}

fn seen_of(text: &str) -> Result<Seen, String> {
    let mut seen = Seen::default();
    match text {
        "a clot in it" => seen.condition.clotted = true,
        "ice around it" => seen.zone = Some(Zone::Refrigerated),
        text => {
            let volume = text.strip_suffix(" mL in it").ok_or("what was seen?")?;
            seen.volume_ml = Some(volume.parse().map_err(|_| format!("{volume} is no volume"))?);
        }
    }
    Ok(seen)
}

fn one(day: &Day, tube: &Tube) -> Result<SpecimenId, String> {
    let label = day.labels(tube)?.into_iter().next().ok_or("which tube?")?;
    let found = day.store.read(|sql| DatabaseLook(sql).specimen_labeled(&label));
    let found = found.map_err(|fault| fault.to_string())?;
    Ok(found.ok_or_else(|| format!("there is no tube {label}"))?.id)
}

fn tests_on(day: &Day, tube: &Tube, codes: &[String]) -> Result<(SpecimenId, Vec<TestId>), String> {
    let id = one(day, tube)?;
    let read = day.store.read(|sql| {
        let look = DatabaseLook(sql);
        match look.specimen(id)? {
            Some(specimen) => look.tests_of(specimen.accession),
            None => Ok(Vec::new()),
        }
    });
    let tests = read.map_err(|fault| fault.to_string())?;
    let wanted = |code: &String| {
        let test = tests.iter().find(|test| test.specimen == id && test.code.as_str() == code);
        test.map(|test| test.id).ok_or_else(|| format!("{code} is not on that tube"))
    };
    Ok((id, codes.iter().map(wanted).collect::<Result<_, _>>()?))
}
