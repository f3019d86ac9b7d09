//! A hematology analyzer of the Sysmex XN family: for each tube it asks the host what to do, runs
//! what it is told, and sends the counts with its own suspicions.
//!
//! What must stay true: it runs what was ordered and nothing else (its usual profile on a tube
//! nobody knows, if it is set so); a question or report cut off by the line is said again from
//! its beginning.

use std::io;
use std::time::{Duration, Instant};

use wire::driver::{Driver, named};
use wire::frame::astm::{Action, Role, Session};
use wire::reading::{Kind, Message, Nature, Patient, Position, Query, Reading, Specimen};

use super::line::{self, Line, Talker};
use super::rack::Rack;
use super::{Acknowledged, NotRun, Settings, Tube};
use crate::chance::Chance;
use crate::error::Fault;

/// What it calls itself unless told otherwise: field 5 of its header record.
pub const SENDER: &str = "XN-1000^00-22^11254^^^^AP795545";

/// The instrument's codes with the laboratory's, in the order it reports them.
pub const CODES: &[(&str, &str)] = &[
    ("WBC", "WBC"),
    ("RBC", "RBC"),
    ("HGB", "HGB"),
    ("HCT", "HCT"),
    ("MCV", "MCV"),
    ("MCH", "MCH"),
    ("MCHC", "MCHC"),
    ("PLT", "PLT"),
    ("RDW-CV", "RDW"),
    ("MPV", "MPV"),
    ("NEUT%", "NEUTP"),
    ("LYMPH%", "LYMPHP"),
    ("MONO%", "MONOP"),
    ("EO%", "EOSP"),
    ("BASO%", "BASOP"),
    ("IG%", "IGP"),
    ("NEUT#", "NEUTA"),
    ("LYMPH#", "LYMPHA"),
    ("MONO#", "MONOA"),
    ("EO#", "EOSA"),
    ("BASO#", "BASOA"),
    ("IG#", "IGA_HEM"),
    ("NRBC%", "NRBCP"),
];

/// What it runs on a tube nobody ordered anything on: the count without differential.
pub(crate) const USUAL_PROFILE: usize = 10;

/// Tubes in one rack.
// Sysmex racks hold ten tubes.
const RACK_PLACES: u64 = 10;

/// Where the instrument is with the tube in hand.
enum Stage {
    /// No tube in hand.
    Free,
    /// The question is on its way.
    Asking { tube: Tube },
    /// The question was heard; the answer is awaited.
    Awaiting { tube: Tube, until: Instant },
    /// It runs.
    Measuring { tube: Tube, order: Order, until: Instant },
    /// The results are on their way.
    Reporting { message: Acknowledged },
}

/// What the host wants of a tube.
struct Order {
    codes: Vec<String>,
    patient: Option<Patient>,
}

struct Sysmex<'r> {
    settings: Settings,
    rack: &'r Rack,
    driver: &'static Driver,
    chance: Chance,
    started: Instant,
    session: Session,
    stage: Stage,
    /// Whether the message of the stage was given to the session.
    given: bool,
    tubes: u64,
}

/// Runs the instrument until it is stopped.
pub(super) fn run(rack: &Rack, settings: Settings) {
    let Some(driver) = named("sysmex_xn") else { return };
    let address = settings.address;
    let chance = Chance::of(settings.seed, "sysmex", 0);
    let mut sysmex = Sysmex {
        settings,
        rack,
        driver,
        chance,
        started: Instant::now(),
        session: Session::new(Role::Instrument),
        stage: Stage::Free,
        given: false,
        tubes: 0,
    };
    line::run(rack, address, &mut sysmex);
}

impl Talker for Sysmex<'_> {
    fn connected(&mut self) {
        self.session = Session::new(Role::Instrument);
        self.given = false;
        self.stage = match std::mem::replace(&mut self.stage, Stage::Free) {
            Stage::Awaiting { tube, .. } => Stage::Asking { tube },
            other => other,
        };
    }

    fn work(&mut self) {
        self.stage = match std::mem::replace(&mut self.stage, Stage::Free) {
            Stage::Free => match self.rack.take() {
                Some(tube) => {
                    self.given = false;
                    self.tubes += 1;
                    Stage::Asking { tube }
                }
                None => Stage::Free,
            },
            Stage::Awaiting { tube, until } if Instant::now() >= until => {
                self.given = false;
                Stage::Asking { tube }
            }
            Stage::Measuring { tube, order, until } if Instant::now() >= until => {
                self.given = false;
                Stage::Reporting { message: self.report(&tube, order) }
            }
            other => other,
        };
    }

    fn say(&mut self, line: &mut Line) -> io::Result<Duration> {
        let now = self.now();
        let text = match &self.stage {
            Stage::Asking { tube } => Some(self.question(tube)),
            Stage::Reporting { message } => Some(message.message.clone()),
            _ => None,
        };
        if let Some(text) = text.filter(|_| !self.given) {
            self.given = true;
            self.session.send(now, text);
        }
        self.session.tick(now);
        self.act(line)?;
        Ok(match &self.stage {
            Stage::Measuring { until, .. } => until.saturating_duration_since(Instant::now()),
            _ => self.settings.patience,
        })
    }

    fn hear(&mut self, bytes: &[u8], line: &mut Line) -> io::Result<()> {
        let now = self.now();
        self.session.receive(now, bytes);
        self.act(line)
    }
}

impl Sysmex<'_> {
    fn now(&self) -> u64 {
        self.started.elapsed().as_millis() as u64
    }

    /// Does what the session says, writing all bytes at once.
    fn act(&mut self, line: &mut Line) -> io::Result<()> {
        let mut bytes = Vec::new();
        while let Some(action) = self.session.next_action() {
            match action {
                Action::Write(more) => bytes.extend(more),
                Action::Keep(received) => {
                    let now = self.now();
                    self.session.kept(now);
                    self.answered(&received.text);
                }
                Action::Sent => self.sent(),
                // The line is of no use; it is tried again on a new one.
                Action::NotSent(because) => return Err(io::Error::other(because.to_string())),
                Action::Trouble(_) => {}
            }
        }
        line.write(&bytes)
    }

    fn sent(&mut self) {
        self.stage = match std::mem::replace(&mut self.stage, Stage::Free) {
            Stage::Asking { tube } => {
                Stage::Awaiting { tube, until: Instant::now() + self.settings.patience }
            }
            Stage::Reporting { message } => {
                self.rack.acknowledge(message);
                Stage::Free
            }
            other => other,
        };
    }

    fn position(&self) -> Position {
        let (rack, place) = (self.tubes / RACK_PLACES + 1, self.tubes % RACK_PLACES + 1);
        Position {
            sequence: None,
            rack: Some(format!("{rack:06}")),
            place: Some(format!("{place:02}")),
        }
    }

    fn question(&self, tube: &Tube) -> Vec<u8> {
        self.driver.write_query(&Message {
            sender: self.settings.sender.clone(),
            at: Some(self.settings.clock.text()),
            queries: vec![Query {
                specimens: vec![tube.label.clone()],
                position: Some(self.position()),
                ..Query::default()
            }],
            ..Message::default()
        })
    }

    /// Takes the host's answer; what comes while no question is open answers none of ours.
    fn answered(&mut self, text: &[u8]) {
        let (tube, until) = match std::mem::replace(&mut self.stage, Stage::Free) {
            Stage::Awaiting { tube, until } => (tube, until),
            other => {
                self.stage = other;
                return;
            }
        };
        let answer = self.driver.read(text);
        let negative = answer.specimens.is_empty() || answer.kind != Kind::Order;
        let ours = answer.specimens.into_iter().find(|specimen| specimen.id == tube.label);
        self.stage = match ours {
            Some(specimen) => self.ordered(tube, specimen),
            None if negative => self.unknown(tube),
            // An order for another tube, sent of the host's own accord.
            None => Stage::Awaiting { tube, until },
        };
    }

    fn ordered(&mut self, tube: Tube, specimen: Specimen) -> Stage {
        let known = |code: &String| CODES.iter().any(|(ours, _)| ours == code);
        let codes: Vec<String> = specimen.ordered.into_iter().filter(known).collect();
        if codes.is_empty() {
            self.rack.give_back(tube.label, NotRun::NothingToDo);
            return Stage::Free;
        }
        self.measuring(tube, Order { codes, patient: specimen.patient })
    }

    fn unknown(&mut self, tube: Tube) -> Stage {
        if !self.settings.runs_unknown {
            self.rack.give_back(tube.label, NotRun::Unknown);
            return Stage::Free;
        }
        let codes = CODES.iter().take(USUAL_PROFILE).map(|(ours, _)| (*ours).to_owned()).collect();
        self.measuring(tube, Order { codes, patient: None })
    }

    fn measuring(&self, tube: Tube, order: Order) -> Stage {
        Stage::Measuring { tube, order, until: Instant::now() + self.settings.tube_time }
    }

    fn report(&mut self, tube: &Tube, order: Order) -> Acknowledged {
        let at = self.settings.clock.text();
        let mut readings = Vec::new();
        for (ours, theirs) in CODES {
            if order.codes.iter().any(|code| code == ours) {
                let failed = self.chance.yes(self.settings.failure_rate);
                readings.push(result(tube, (ours, theirs), failed));
            }
        }
        let results = readings.len();
        readings.extend(suspicions(tube, &mut self.chance));
        for reading in &mut readings {
            reading.status = Some("F".to_owned());
            reading.at = Some(at.clone());
        }
        let specimen = Specimen {
            id: tube.label.clone(),
            readings,
            patient: order.patient,
            position: Some(self.position()),
            read_by: Some("B".to_owned()),
            ordered: order.codes,
            ..Specimen::default()
        };
        let message = Message {
            sender: self.settings.sender.clone(),
            at: Some(at),
            specimens: vec![specimen],
            ..Message::default()
        };
        let message = self.driver.write_results(&message);
        Acknowledged { label: tube.label.clone(), message, results }
    }
}

/// The instrument's unit of a code.
pub(crate) fn unit(code: &str) -> &'static str {
    match code {
        "RBC" => "10*6/uL",
        "HGB" | "MCHC" => "g/dL",
        "MCV" | "MPV" => "fL",
        "MCH" => "pg",
        "NRBC%" => "/100WBC",
        "HCT" | "RDW-CV" => "%",
        _ if code.ends_with('%') => "%",
        _ => "10*3/uL",
    }
}

/// The limits by which the instrument itself marks a count low or high; it knows one set for all.
// Set at the instrument: adult limits from Kratz et al, N Engl J Med 2004;351:1548, both sexes
// taken together.
fn limits(code: &str) -> Option<(f64, f64)> {
    Some(match code {
        "WBC" => (4.5, 11.0),
        "RBC" => (4.0, 5.9),
        "HGB" => (12.0, 17.5),
        "HCT" => (36.0, 53.0),
        "MCV" => (80.0, 100.0),
        "MCH" => (26.0, 34.0),
        "MCHC" => (31.0, 37.0),
        "PLT" => (150.0, 450.0),
        "RDW-CV" => (11.5, 14.5),
        _ => return None,
    })
}

/// One count, or the dashes of a missing one.
fn result(tube: &Tube, (ours, theirs): (&str, &str), failed: bool) -> Reading {
    let value = tube.values.get(&theirs.into());
    let missing = failed || tube.fault == Some(Fault::ShortSample);
    let text = value.filter(|_| !missing).map(ToString::to_string);
    let doubtful = tube.fault == Some(Fault::PlateletClumps) && matches!(ours, "PLT" | "MPV");
    // L, H: beyond the instrument's limits; N: neither. W, for a value that is not reliable, is our
    // choice: no capture at hand shows one, and any flag beyond these makes the laboratory look.
    let flag = match (&text, limits(ours)) {
        (None, _) => "W",
        (Some(_), _) if doubtful => "W",
        (Some(text), Some((low, _))) if number(text) < low => "L",
        (Some(text), Some((_, high))) if number(text) > high => "H",
        _ => "N",
    };
    Reading {
        code: ours.to_owned(),
        measured: text.is_some(),
        value: text.unwrap_or_else(|| "----".to_owned()),
        unit: Some(unit(ours).to_owned()),
        flags: vec![flag.to_owned()],
        ..Reading::default()
    }
}

fn number(text: &str) -> f64 {
    text.parse().unwrap_or_default()
}

/// What the instrument suspects: each suspicion with its index, and its judgements.
fn suspicions(tube: &Tube, chance: &mut Chance) -> Vec<Reading> {
    if tube.fault == Some(Fault::ShortSample) {
        return vec![judgement("Error_Short_Sample")];
    }
    let value = |code: &str| tube.values.get(&code.into()).map(|v| number(&v.to_string()));
    let clumps = tube.fault == Some(Fault::PlateletClumps);
    let suspected = [
        ("PLT_Clumps?", clumps),
        ("Left_Shift?", value("IGP").is_some_and(|share| share > 3.0)),
        ("Iron_Deficiency?", value("MCV").is_some_and(|volume| volume < 72.0)),
        ("Blasts/Abn_Lympho?", value("WBC").is_some_and(|count| count > 40.0)),
        ("NRBC?", false),
    ];
    // An index is a multiple of ten from 0 to 300; from 100 on it is positive.
    let mut index = |positive: bool| {
        let tens = if positive { 11 + chance.below(18) } else { chance.below(6) };
        (tens * 10).to_string()
    };
    let mut out: Vec<Reading> = suspected
        .iter()
        .map(|(code, positive)| Reading {
            code: (*code).to_owned(),
            value: index(*positive),
            nature: Nature::Flag,
            ..Reading::default()
        })
        .collect();
    // Our choice of judging limits, such as a laboratory sets on its analyzer.
    let judged = [
        ("Anemia", value("HGB").is_some_and(|hemoglobin| hemoglobin < 10.0)),
        ("Leukocytosis", value("WBC").is_some_and(|count| count > 18.0)),
        ("Leukocytopenia", value("WBC").is_some_and(|count| count < 2.5)),
        ("Thrombocytopenia", value("PLT").is_some_and(|count| count < 60.0)),
    ];
    out.extend(judged.iter().filter(|(_, holds)| *holds).map(|(code, _)| judgement(code)));
    if suspected.iter().any(|(_, positive)| *positive) {
        out.push(judgement("Positive_Morph"));
    }
    if judged.iter().any(|(_, holds)| *holds) {
        out.push(judgement("Positive_Count"));
    }
    out
}

fn judgement(code: &str) -> Reading {
    Reading {
        code: code.to_owned(),
        flags: vec!["A".to_owned()],
        nature: Nature::Flag,
        measured: false,
        ..Reading::default()
    }
}
