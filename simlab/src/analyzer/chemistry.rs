//! A chemistry analyzer that reports by HL7 over MLLP: it measures what its operator asked for and
//! sends one `ORU^R01` a tube, without asking the host.
//!
//! What must stay true: it goes on measuring while the line is down; a message without its
//! acknowledgement is sent again byte for byte; one that is refused for good is set aside, so
//! that those behind it come through.

use std::collections::VecDeque;
use std::io;
use std::time::{Duration, Instant};

use wire::driver::{Driver, named};
use wire::frame::mllp::{Action, Session, block};
use wire::reading::{Comment, Message, Reading, Specimen};
use wire::record::hl7;

use super::line::{self, Line, Talker};
use super::rack::Rack;
use super::{Acknowledged, NotRun, Settings, Tube};
use crate::chance::Chance;
use crate::error::Fault;

/// What it calls itself unless told otherwise: MSH-3 and MSH-4.
pub const SENDER: &str = "CHEM-1|MAINLAB";

/// The instrument's codes with the laboratory's, in the order it reports them.
// LOINC, Regenstrief Institute, loinc.org: the codes of the laboratory's starting catalog.
pub const CODES: &[(&str, &str)] = &[
    ("2951-2", "SOD"),
    ("2823-3", "K"),
    ("2075-0", "CL"),
    ("2028-9", "CO2"),
    ("3094-0", "BUN"),
    ("2160-0", "CREA"),
    ("2345-7", "GLU"),
    ("17861-6", "CA"),
    ("2885-2", "TP"),
    ("1751-7", "ALB"),
    ("1975-2", "TBIL"),
    ("6768-6", "ALP"),
    ("1742-6", "ALT"),
    ("1920-8", "AST"),
    ("14804-9", "LD"),
];

struct Chemistry<'r> {
    settings: Settings,
    rack: &'r Rack,
    driver: &'static Driver,
    chance: Chance,
    /// The tube in hand and when it is done.
    measuring: Option<(Tube, Instant)>,
    /// Messages not acknowledged yet, with their numbers; the first is on its way.
    unacknowledged: VecDeque<(String, Acknowledged)>,
    /// When the first of them is to be sent again; none when it was not sent on this line.
    again: Option<Instant>,
    /// How often it was sent on this line without a word from the other end.
    unheard: u32,
    session: Session,
    messages: u64,
}

/// After so many messages into silence the line is given up for a new one.
const UNHEARD_MOST: u32 = 3;

/// Runs the instrument until it is stopped.
pub(super) fn run(rack: &Rack, settings: Settings) {
    let Some(driver) = named("hl7_oru") else { return };
    let address = settings.address;
    let chance = Chance::of(settings.seed, "chemistry", 0);
    let mut chemistry = Chemistry {
        settings,
        rack,
        driver,
        chance,
        measuring: None,
        unacknowledged: VecDeque::new(),
        again: None,
        unheard: 0,
        session: Session::new(),
        messages: 0,
    };
    line::run(rack, address, &mut chemistry);
}

impl Talker for Chemistry<'_> {
    fn connected(&mut self) {
        self.session = Session::new();
        self.again = None;
        self.unheard = 0;
    }

    fn work(&mut self) {
        if self.measuring.is_none() {
            let done = Instant::now() + self.settings.tube_time;
            self.measuring = self.rack.take().map(|tube| (tube, done));
        }
        if let Some((tube, _)) = self.measuring.take_if(|(_, done)| Instant::now() >= *done) {
            let message = self.report(&tube);
            self.unacknowledged.push_back(message);
        }
    }

    fn say(&mut self, line: &mut Line) -> io::Result<Duration> {
        let due = self.again.is_none_or(|again| Instant::now() >= again);
        if let Some((_, message)) = self.unacknowledged.front().filter(|_| due) {
            if self.unheard == UNHEARD_MOST {
                return Err(io::ErrorKind::TimedOut.into());
            }
            self.unheard += 1;
            line.write(&block(&message.message))?;
            self.again = Some(Instant::now() + self.settings.patience);
        }
        Ok(match &self.measuring {
            Some((_, done)) => done.saturating_duration_since(Instant::now()),
            None => self.settings.patience,
        })
    }

    fn hear(&mut self, bytes: &[u8], _: &mut Line) -> io::Result<()> {
        self.unheard = 0;
        self.session.receive(bytes);
        while let Some(action) = self.session.next_action() {
            if let Action::Keep(answer) = action {
                self.answered(&String::from_utf8_lossy(&answer));
            }
        }
        Ok(())
    }
}

impl Chemistry<'_> {
    /// Takes an acknowledgement of the message that is on its way.
    fn answered(&mut self, text: &str) {
        let Ok(answer) = hl7::Message::parse(text) else { return };
        let Some(msa) = answer.segment("MSA") else { return };
        let Some((number, _)) = self.unacknowledged.front() else { return };
        if msa.field(2).text() != number {
            return;
        }
        // HL7 table 0008: AA and CA accept; AR and CR reject for good; after an error (AE, CE)
        // the message is sent again when the patience is over.
        match msa.field(1).text() {
            "AA" | "CA" => {
                if let Some((_, message)) = self.unacknowledged.pop_front() {
                    self.rack.acknowledge(message);
                }
                self.again = None;
            }
            "AR" | "CR" => {
                if let Some((_, message)) = self.unacknowledged.pop_front() {
                    self.rack.give_back(message.label, NotRun::Refused);
                }
                self.again = None;
            }
            _ => {}
        }
    }

    fn report(&mut self, tube: &Tube) -> (String, Acknowledged) {
        let at = self.settings.clock.text();
        self.messages += 1;
        let digits: String = at.chars().filter(char::is_ascii_digit).collect();
        let number = format!("{digits}{:06}", self.messages);
        let mut readings = Vec::new();
        for (ours, theirs) in CODES {
            let asked = tube.tests.is_empty() || tube.tests.contains(&(*theirs).into());
            if asked && tube.values.contains_key(&(*theirs).into()) {
                let failed = self.chance.yes(self.settings.failure_rate);
                let mut reading = result(tube, (ours, theirs), failed);
                reading.at = Some(at.clone());
                readings.push(reading);
            }
        }
        let results = readings.len();
        let specimen = Specimen {
            id: tube.label.clone(),
            readings,
            comments: indices(tube),
            material: Some("SER".to_owned()),
            status: Some("F".to_owned()),
            ..Specimen::default()
        };
        let message = self.driver.write_results(&Message {
            id: Some(number.clone()),
            sender: self.settings.sender.clone(),
            at: Some(at),
            specimens: vec![specimen],
            ..Message::default()
        });
        (number, Acknowledged { label: tube.label.clone(), message, results })
    }
}

/// The instrument's unit of a laboratory code.
pub(crate) fn unit(code: &str) -> &'static str {
    match code {
        "SOD" | "K" | "CL" | "CO2" => "mmol/L",
        "TP" | "ALB" => "g/dL",
        "ALP" | "ALT" | "AST" | "LD" => "U/L",
        _ => "mg/dL",
    }
}

/// The hemolysis index from which the instrument marks a test, in mg/dL of free hemoglobin.
// Interference limits as current reagent sheets give them.
fn hemolysis_limit(code: &str) -> u16 {
    match code {
        "LD" => 20,
        "AST" => 40,
        "K" => 50,
        "ALT" | "TBIL" => 200,
        "ALP" => 250,
        "TP" => 500,
        _ => 800,
    }
}

/// One result, or its absence.
fn result(tube: &Tube, (ours, theirs): (&str, &str), failed: bool) -> Reading {
    let missing = failed || tube.fault == Some(Fault::ShortSample);
    let value = tube.values.get(&theirs.into()).filter(|_| !missing);
    let hemolyzed = matches!(
        tube.fault, Some(Fault::Hemolysis { index }) if index >= hemolysis_limit(theirs)
    );
    let mut flags = Vec::new();
    if missing {
        flags.push("NOVALUE".to_owned());
    }
    if hemolyzed && !missing {
        flags.push("HEM".to_owned());
    }
    // HL7 table 0085: F final, X no result can be obtained.
    let status = if missing { "X" } else { "F" };
    Reading {
        code: ours.to_owned(),
        name: Some(theirs.to_owned()),
        measured: value.is_some(),
        value: value.map(ToString::to_string).unwrap_or_default(),
        unit: Some(unit(theirs).to_owned()),
        flags,
        status: Some(status.to_owned()),
        ..Reading::default()
    }
}

/// What the instrument remarks on the serum.
fn indices(tube: &Tube) -> Vec<Comment> {
    let text = match tube.fault {
        Some(Fault::Hemolysis { index }) => format!("Hemolysis index {index} mg/dL"),
        Some(Fault::ShortSample) => "Short sample".to_owned(),
        _ => return Vec::new(),
    };
    // HL7 table 0105: L, the source of the remark is the ancillary department.
    vec![Comment { source: Some("L".to_owned()), text, kind: None }]
}
