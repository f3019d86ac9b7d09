//! Drivers: one declarative file per instrument family, one line in the list below.
//!
//! A driver says where its family puts what; two engines ([`astm`] and [`hl7`]) do the reading
//! and writing for all of those languages; devices at the bedside ([`poct1a`]) and bioMerieux's
//! ([`biomerieux`]) have languages of their own and are read alone. To add a family: a file like
//! `sysmex_xn.rs`, its line in [`list`], its captures.
//!
//! What must stay true: a message is read by the driver whose family its sender field names; two
//! drivers claiming one message is an error that names both, never a guess; what a driver writes
//! it reads back the same.

mod astm;
mod envelope;
mod hl7;

mod abbott_afinion;
mod abbott_architect;
mod abbott_m2000;
mod amplilink;
mod astm_plain;
mod beckman_access;
mod biomerieux;
mod biosystems;
mod cobas_4800;
mod cobas_c;
mod cobas_c111;
mod cobas_e;
mod euroimmun;
mod genexpert;
mod hl7_oru;
mod horiba;
mod mark;
mod mindray_bc;
mod mindray_bs;
mod poct1a;
mod radiometer_abl;
mod siemens_clinitek;
mod siemens_dca;
mod sysmex_cs;
mod sysmex_message;
mod sysmex_xn;

use std::fmt;

use crate::reading::{Kind, Message, NotUnderstood, Protocol, Query};
use crate::record::charset::Charset;
use crate::record::{astm as astm_record, bci, charset, hl7 as hl7_record};
use crate::worklist::Answer;
use envelope::Piece;
pub use mark::{FieldMark, How};

/// An instrument family.
#[derive(Debug)]
pub struct Driver {
    /// Its name in configuration and output.
    pub name: &'static str,
    /// Its name for people.
    pub title: &'static str,
    dialect: Dialect,
}

#[derive(Debug)]
enum Dialect {
    Astm(&'static astm::Dialect),
    Hl7(&'static hl7::Dialect),
    Poct1a,
    Bci,
}

/// All drivers. The general ones of each protocol come first.
pub fn list() -> &'static [&'static Driver] {
    static LIST: [&Driver; 24] = [
        &astm_plain::DRIVER,
        &hl7_oru::DRIVER,
        &abbott_afinion::DRIVER,
        &abbott_architect::DRIVER,
        &abbott_m2000::DRIVER,
        &amplilink::DRIVER,
        &beckman_access::DRIVER,
        &biomerieux::DRIVER,
        &biosystems::DRIVER,
        &cobas_4800::DRIVER,
        &cobas_c::DRIVER,
        &cobas_c111::DRIVER,
        &cobas_e::DRIVER,
        &euroimmun::DRIVER,
        &genexpert::DRIVER,
        &horiba::DRIVER,
        &mindray_bc::DRIVER,
        &mindray_bs::DRIVER,
        &poct1a::DRIVER,
        &radiometer_abl::DRIVER,
        &siemens_clinitek::DRIVER,
        &siemens_dca::DRIVER,
        &sysmex_cs::DRIVER,
        &sysmex_xn::DRIVER,
    ];
    &LIST
}

/// The driver of a name.
pub fn named(name: &str) -> Option<&'static Driver> {
    list().iter().copied().find(|driver| driver.name == name)
}

/// Why no driver could be chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unrecognized {
    /// The bytes are no message of any language that is read here.
    NoMessage,
    /// More than one family claims the sender.
    Ambiguous {
        /// The sender as sent.
        sender: String,
        /// The names of the drivers that claim it.
        candidates: Vec<&'static str>,
    },
}

impl fmt::Display for Unrecognized {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unrecognized::NoMessage => f.write_str("no message of a language that is read here"),
            Unrecognized::Ambiguous { sender, candidates } => {
                write!(f, "sender {sender:?} fits several drivers: {}", candidates.join(", "))
            }
        }
    }
}

/// Chooses the driver by the sender that the first message in the bytes names. A sender that no
/// family claims is read by the general driver of its protocol.
///
/// # Errors
/// When the bytes are neither ASTM nor HL7, or several families claim the sender.
pub fn recognize(bytes: &[u8]) -> Result<&'static Driver, Unrecognized> {
    for piece in envelope::open(bytes) {
        match piece {
            Piece::Astm { text, .. } => {
                let text = charset::decode(&text).text.into_owned();
                if let Some(first) = astm_record::messages(&text).first() {
                    return recognize_astm(first);
                }
            }
            Piece::Hl7(text) => {
                if let Ok(message) = hl7_record::Message::parse(&charset::decode(&text).text) {
                    return recognize_hl7(&message);
                }
            }
            Piece::Poct1a(_) => return Ok(&poct1a::DRIVER),
            Piece::Bci(_) => return Ok(&biomerieux::DRIVER),
            Piece::Unread { .. } => {}
        }
    }
    Err(Unrecognized::NoMessage)
}

fn recognize_astm(message: &astm_record::Message<'_>) -> Result<&'static Driver, Unrecognized> {
    let Some(header) = message.record('H') else {
        return Err(Unrecognized::NoMessage);
    };
    let sender = header.field(5).decoded();
    choose(&sender, &astm_plain::DRIVER, |driver| match driver.dialect {
        Dialect::Astm(dialect) => dialect.claims(&header),
        _ => false,
    })
}

fn recognize_hl7(message: &hl7_record::Message<'_>) -> Result<&'static Driver, Unrecognized> {
    let Some(header) = message.segment("MSH") else {
        return Err(Unrecognized::NoMessage);
    };
    let sender = header.field(3).decoded();
    choose(&sender, &hl7_oru::DRIVER, |driver| match driver.dialect {
        Dialect::Hl7(dialect) => dialect.claims(&header),
        _ => false,
    })
}

fn choose(
    sender: &str,
    general: &'static Driver,
    claims: impl Fn(&Driver) -> bool,
) -> Result<&'static Driver, Unrecognized> {
    let mut found = list().iter().copied().filter(|driver| claims(driver));
    match (found.next(), found.next()) {
        (None, _) => Ok(general),
        (Some(driver), None) => Ok(driver),
        (Some(first), Some(second)) => {
            let rest = found.map(|driver| driver.name);
            let candidates = [first.name, second.name].into_iter().chain(rest).collect();
            Err(Unrecognized::Ambiguous { sender: sender.to_owned(), candidates })
        }
    }
}

/// Reads every message in the bytes: framed ASTM, bare records, HL7 in blocks or bare. Without a
/// driver each message chooses its own. What is no message comes as one of kind `other` that
/// lists it.
pub fn parse_all(driver: Option<&'static Driver>, bytes: &[u8]) -> Vec<Message> {
    parse_as(How { driver, ..How::default() }, bytes)
}

/// The same, with marks of control material beside those of the drivers.
pub fn parse_as(how: How<'_>, bytes: &[u8]) -> Vec<Message> {
    let mut out = Vec::new();
    for piece in envelope::open(bytes) {
        match piece {
            Piece::Astm { text, complete } => read_astm(how, &text, complete, &mut out),
            Piece::Hl7(text) => out.push(read_hl7(how, &text)),
            Piece::Poct1a(text) => {
                let mut read = read_poct1a(how, &text);
                // What a device greets with holds for all it says after.
                let greeted = out.last().map(|before: &Message| before.sender.clone());
                if let Some(sender) = greeted.filter(|_| read.sender.is_empty()) {
                    read.sender = sender;
                }
                out.push(read);
            }
            Piece::Bci(text) => read_bci(how, &text, &mut out),
            Piece::Unread { text, because } => {
                out.push(unread(how.driver, Protocol::Astm, text, because));
            }
        }
    }
    out
}

fn read_astm(how: How<'_>, text: &[u8], whole: bool, out: &mut Vec<Message>) {
    let driver = how.driver;
    let decoded = charset::decode_as(how.charset, text);
    let messages = astm_record::messages(&decoded.text);
    let last = messages.len();
    for (index, message) in messages.iter().enumerate() {
        // A transfer that broke off leaves its last message without an end: none of it counts.
        if !whole && index + 1 == last {
            let text = message.text().to_owned();
            out.push(unread(driver, Protocol::Astm, text, "the message broke off".to_owned()));
            continue;
        }
        let chosen = driver.map_or_else(|| recognize_astm(message), Ok);
        let mut read = match chosen {
            Ok(Driver { name, dialect: Dialect::Astm(dialect), .. }) => {
                dialect.read(name, message, how.controls)
            }
            Ok(other) => {
                let because = other.does_not_read("ASTM");
                unread(driver, Protocol::Astm, message.text().to_owned(), because)
            }
            Err(error) => {
                unread(driver, Protocol::Astm, message.text().to_owned(), error.to_string())
            }
        };
        doubted(&mut read, decoded.doubt.as_deref());
        out.push(read);
    }
}

fn read_hl7(how: How<'_>, text: &[u8]) -> Message {
    let driver = how.driver;
    let decoded = charset::decode_hl7_as(how.charset, text);
    let message = match hl7_record::Message::parse(&decoded.text) {
        Ok(message) => message,
        Err(_) => {
            let text = decoded.text.clone().into_owned();
            return unread(driver, Protocol::Hl7, text, "no MSH segment".to_owned());
        }
    };
    let chosen = driver.map_or_else(|| recognize_hl7(&message), Ok);
    let mut read = match chosen {
        Ok(Driver { name, dialect: Dialect::Hl7(dialect), .. }) => {
            dialect.read(name, &message, how.controls)
        }
        Ok(other) => {
            let because = other.does_not_read("HL7");
            unread(driver, Protocol::Hl7, message.text().to_owned(), because)
        }
        Err(error) => unread(driver, Protocol::Hl7, message.text().to_owned(), error.to_string()),
    };
    doubted(&mut read, decoded.doubt.as_deref());
    read
}

fn read_poct1a(how: How<'_>, text: &[u8]) -> Message {
    let decoded = charset::decode_as(how.charset, text);
    match how.driver {
        Some(other) if !matches!(other.dialect, Dialect::Poct1a) => {
            let text = decoded.text.into_owned();
            unread(how.driver, Protocol::Poct1a, text, other.does_not_read("POCT1-A"))
        }
        _ => {
            let mut read = poct1a::read(poct1a::DRIVER.name, &decoded.text);
            doubted(&mut read, decoded.doubt.as_deref());
            read
        }
    }
}

fn read_bci(how: How<'_>, text: &[u8], out: &mut Vec<Message>) {
    let decoded = charset::decode_as(how.charset, text);
    for message in bci::messages(&decoded.text) {
        out.push(match how.driver {
            Some(other) if !matches!(other.dialect, Dialect::Bci) => {
                let text = message.text().to_owned();
                unread(how.driver, Protocol::Bci, text, other.does_not_read("BCI"))
            }
            _ => {
                let mut read = biomerieux::read(biomerieux::DRIVER.name, &message);
                doubted(&mut read, decoded.doubt.as_deref());
                read
            }
        });
    }
}

/// Tells that characters beyond ASCII are not to be believed, and takes no name that has any.
fn doubted(read: &mut Message, doubt: Option<&str>) {
    let Some(doubt) = doubt else { return };
    read.charset_assumed = true;
    let patients = read.specimens.iter_mut().filter_map(|specimen| specimen.patient.as_mut());
    for patient in patients {
        patient.name = patient.name.take().filter(|name| name.is_ascii());
    }
    let (text, because) = (read.sender.clone(), doubt.to_owned());
    read.not_understood.push(NotUnderstood { line: 0, text, because });
}

fn unread(
    driver: Option<&'static Driver>,
    protocol: Protocol,
    text: String,
    because: String,
) -> Message {
    Message {
        driver: driver.map_or_else(String::new, |d| d.name.to_owned()),
        protocol,
        not_understood: vec![NotUnderstood { line: 0, text, because }],
        ..Message::default()
    }
}

impl Driver {
    /// The language this family speaks.
    pub fn protocol(&self) -> Protocol {
        match self.dialect {
            Dialect::Astm(_) => Protocol::Astm,
            Dialect::Hl7(_) => Protocol::Hl7,
            Dialect::Poct1a => Protocol::Poct1a,
            Dialect::Bci => Protocol::Bci,
        }
    }

    /// Whether we can speak as an instrument of this family and answer its questions. Families
    /// that ask no questions are read alone; what is written for them is empty.
    pub fn is_two_way(&self) -> bool {
        matches!(self.dialect, Dialect::Astm(_) | Dialect::Hl7(_))
    }

    /// What is written for an instrument, in the character set that it is set to; none where the
    /// set cannot carry it.
    pub fn encode(&self, written: &[u8], set: Charset) -> Option<Vec<u8>> {
        let text = String::from_utf8_lossy(written);
        match self.dialect {
            Dialect::Hl7(_) => set.encode(&hl7::redeclared(&text, set.hl7_name())),
            _ => set.encode(&text),
        }
    }

    fn does_not_read(&self, language: &str) -> String {
        let own = match self.protocol() {
            Protocol::Astm => "ASTM",
            Protocol::Hl7 => "HL7",
            Protocol::Poct1a => "POCT1-A",
            Protocol::Bci => "BCI",
        };
        format!("{} reads {own}, this is {language}; change the driver", self.name)
    }

    /// Reads one message from bytes that may be framed or bare. Of several, the first is read
    /// and the others are listed as not understood; [`parse_all`] reads them all.
    pub fn read(&'static self, bytes: &[u8]) -> Message {
        let mut all = parse_all(Some(self), bytes).into_iter();
        let Some(mut first) = all.next() else {
            let because = "there is no message in it".to_owned();
            return unread(Some(self), self.protocol(), String::new(), because);
        };
        for other in all {
            if other.kind == Kind::Other {
                first.not_understood.extend(other.not_understood);
            } else {
                let because = "a further message in the same bytes".to_owned();
                first.not_understood.push(NotUnderstood { line: 0, text: other.sender, because });
            }
        }
        first
    }

    /// Writes what is to be done, or, without answers, that nothing is known of the specimens
    /// asked about. `now` is `2024-06-27T13:54:07`. ASTM: records, to be given to the link. HL7:
    /// one message, to be put in a block.
    ///
    /// An empty question with answers is a download that nobody asked for.
    pub fn answer(&self, query: &Query, answers: &[Answer], now: &str) -> Vec<u8> {
        match self.dialect {
            Dialect::Astm(dialect) => dialect.answer(query, answers, now),
            Dialect::Hl7(dialect) => dialect.answer(query, answers, now),
            Dialect::Poct1a | Dialect::Bci => Vec::new(),
        }
    }

    /// Writes orders that the instrument did not ask for, or that follow an answer of its
    /// (IHE LAW: `OML^O33`; an answer without tests says that nothing is to be done). None for
    /// families that take orders only in reply to a question.
    pub fn download(&self, answers: &[Answer], now: &str) -> Option<Vec<u8>> {
        match self.dialect {
            Dialect::Astm(dialect) => Some(dialect.answer(&Query::default(), answers, now)),
            Dialect::Hl7(dialect) => dialect.download(answers, now),
            Dialect::Poct1a | Dialect::Bci => None,
        }
    }

    /// Writes results as an instrument of this family does; what it writes, [`Driver::read`]
    /// reads back the same.
    pub fn write_results(&self, message: &Message) -> Vec<u8> {
        match self.dialect {
            Dialect::Astm(dialect) => dialect.write_results(message),
            Dialect::Hl7(dialect) => dialect.write_results(message),
            Dialect::Poct1a | Dialect::Bci => Vec::new(),
        }
    }

    /// Writes the questions of a message as an instrument of this family does.
    pub fn write_query(&self, message: &Message) -> Vec<u8> {
        match self.dialect {
            Dialect::Astm(dialect) => dialect.write_query(message),
            Dialect::Hl7(dialect) => dialect.write_query(message),
            Dialect::Poct1a | Dialect::Bci => Vec::new(),
        }
    }
}
