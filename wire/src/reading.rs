//! What any instrument tells us: messages, specimens, readings, questions.
//!
//! This is also the JSON of `meniscus parse`; the names of its fields are a promise.
//!
//! What must stay true: texts are as sent, trimmed and decoded, never rounded or converted; a
//! reading without a measurement says so (`measured`); what was not understood is listed with
//! its place and its reason.

use serde::Serialize;

/// The language of a message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Protocol {
    /// ASTM E1394 / CLSI LIS02 records.
    #[default]
    Astm,
    /// HL7 version 2.
    Hl7,
    /// POCT1-A: XML of devices at the bedside.
    Poct1a,
    /// bioMerieux's own fields (BCI).
    Bci,
}

impl Protocol {
    /// The word it is kept and shown under.
    pub const fn word(self) -> &'static str {
        match self {
            Protocol::Astm => "astm",
            Protocol::Hl7 => "hl7",
            Protocol::Poct1a => "poct1a",
            Protocol::Bci => "bci",
        }
    }
}

/// What a message is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// It carries readings.
    Results,
    /// It asks what to do with a specimen.
    Query,
    /// It says what is to be done with a specimen.
    Order,
    /// It answers a message of ours.
    Acknowledgement,
    /// Anything else, also what could not be read.
    #[default]
    Other,
}

/// Whose material was in the tube, as far as the instrument says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum SpecimenKind {
    /// A patient's specimen.
    Patient,
    /// A quality control.
    Control,
    /// A calibrator.
    Calibrator,
    /// The instrument's marking says neither.
    #[default]
    Unknown,
}

/// What sort of thing a reading is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Nature {
    /// A result of a test.
    #[default]
    Result,
    /// A suspicion or alarm of the instrument about the specimen (`Blasts?`, `Positive_Diff`).
    Flag,
    /// A picture or histogram, or the name of its file.
    Image,
    /// How the instrument ran it: mode, age group, discriminator lines.
    Setting,
    /// The raw signal or an internal check behind a result: RLU, Ct, end point.
    Signal,
    /// The instrument's own wording of a result that it also sends as a number.
    Interpretation,
}

/// A remark of the instrument.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Comment {
    /// Who speaks, as sent: `I` instrument, `L` computer system, `P` patient.
    pub source: Option<String>,
    /// The text, components and all.
    pub text: String,
    /// Its type, as sent: `G` generic, `I` instrument flag, `T`, `P`, `N`.
    pub kind: Option<String>,
}

/// One value of one test, as the instrument said it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reading {
    /// The instrument's own code of the test.
    pub code: String,
    /// The value as sent, trimmed, without its comparator; empty when none was sent.
    pub value: String,
    /// `<`, `<=`, `>` or `>=`, from before the value or from the off-scale flag.
    pub comparator: Option<String>,
    /// The unit as sent.
    pub unit: Option<String>,
    /// Abnormal and instrument flags as sent, one each.
    pub flags: Vec<String>,
    /// The result status as sent (`F`, `P`, `C`, `X`, ...).
    pub status: Option<String>,
    /// The dilution, as sent.
    pub dilution: Option<String>,
    /// When it was measured by the instrument's clock: `2024-06-27T13:54:07`, zone only if sent.
    pub at: Option<String>,
    /// What sort of thing this is.
    pub nature: Nature,
    /// Whether `value` holds an outcome of a measurement. False for an empty value and for the
    /// marks of a missing one (`-----`, `.....`, `***.**`, `ValueNotSet`, `ERROR`, `Invalid`).
    pub measured: bool,
    /// The name of the test, where sent beside the code.
    pub name: Option<String>,
    /// The qualitative part of a value that has two (`-1` of `-1^0.325`).
    pub qualitative: Option<String>,
    /// The quantitative part of a value that has two (`0.325` of `-1^0.325`).
    pub quantitative: Option<String>,
    /// The reference range as sent.
    pub range: Option<String>,
    /// The person at the instrument, as sent.
    pub operator: Option<String>,
    /// The module or serial number that measured, as sent.
    pub instrument: Option<String>,
    /// What the instrument remarks on this reading.
    pub comments: Vec<Comment>,
    /// The lot of the reagent, as sent.
    pub lot: Option<String>,
    /// The method, as sent (HL7 OBX-17; `M` measured and `C` calculated of POCT1-A).
    pub method: Option<String>,
    /// The number of the run, as sent; none for the first.
    pub run: Option<String>,
    /// Of a flag: the codes of the readings it is about; none is about all.
    pub concerns: Vec<String>,
}

impl Default for Reading {
    fn default() -> Self {
        Reading {
            code: String::new(),
            value: String::new(),
            comparator: None,
            unit: None,
            flags: Vec::new(),
            status: None,
            dilution: None,
            at: None,
            nature: Nature::Result,
            measured: true,
            name: None,
            qualitative: None,
            quantitative: None,
            range: None,
            operator: None,
            instrument: None,
            comments: Vec::new(),
            lot: None,
            method: None,
            run: None,
            concerns: Vec::new(),
        }
    }
}

impl Reading {
    /// The text to understand as the measured quantity: the quantitative part where there are
    /// two, else the value; none when nothing was measured.
    pub fn measure(&self) -> Option<&str> {
        if !self.measured {
            return None;
        }
        Some(self.quantitative.as_deref().unwrap_or(&self.value))
    }
}

/// Whom the instrument believes the specimen to be of.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Patient {
    /// Identifiers as sent, the laboratory's first.
    pub ids: Vec<String>,
    /// Name as sent, parts separated by `^`.
    pub name: Option<String>,
    /// Birth date, `1987-06-26`.
    pub birth: Option<String>,
    /// Sex as sent.
    pub sex: Option<String>,
}

/// Where the tube stood.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Position {
    /// The instrument's running number.
    pub sequence: Option<String>,
    /// Rack or carrier.
    pub rack: Option<String>,
    /// Place in the rack.
    pub place: Option<String>,
}

/// One tube and what was read from it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Specimen {
    /// The specimen number the host is to know it by; empty when the instrument sent none.
    pub id: String,
    /// Patient, control, calibrator or unknown.
    pub kind: SpecimenKind,
    /// What was read, in the order sent.
    pub readings: Vec<Reading>,
    /// Remarks on the whole specimen.
    pub comments: Vec<Comment>,
    /// The patient, where sent.
    pub patient: Option<Patient>,
    /// The instrument's own number of the specimen, where it differs from `id`.
    pub instrument_id: Option<String>,
    /// Where it stood.
    pub position: Option<Position>,
    /// The kind of material as sent (`SC`, `Serum`).
    pub material: Option<String>,
    /// How the number was read, as sent (`M` keyed by hand, `B` bar code, `A` automatic).
    pub read_by: Option<String>,
    /// Codes of the tests that were asked for, as repeated by the instrument.
    pub ordered: Vec<String>,
    /// The report type as sent (`F`, `X`, `Q`, ...).
    pub status: Option<String>,
    /// Vendor records that belong to it, as sent.
    pub extra: Vec<String>,
}

/// A question of the instrument: what is to be done?
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Query {
    /// The number of the question, to be named in the answer (HL7 MSH-10 or query tag).
    pub id: Option<String>,
    /// The specimens asked about; empty with `all_specimens`.
    pub specimens: Vec<String>,
    /// The instrument asks for everything that is open.
    pub all_specimens: bool,
    /// The tests asked about; empty means all.
    pub tests: Vec<String>,
    /// An earlier question is withdrawn.
    pub cancel: bool,
    /// Where the tube stands.
    pub position: Option<Position>,
    /// What the answer must repeat as sent: ASTM Q.3, the MSH segment in HL7.
    pub echo: String,
}

/// Something that was sent and not understood.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct NotUnderstood {
    /// Its record or segment in the message, counted from 1; 0 for the message as a whole.
    pub line: usize,
    /// The text as sent.
    pub text: String,
    /// Why.
    pub because: String,
}

/// Everything one message says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Message {
    /// The name of the driver that read it.
    pub driver: String,
    /// The language.
    pub protocol: Protocol,
    /// What it is for.
    pub kind: Kind,
    /// Who sent it, as sent.
    pub sender: String,
    /// Specimens with their readings.
    pub specimens: Vec<Specimen>,
    /// Questions.
    pub queries: Vec<Query>,
    /// What was not understood.
    pub not_understood: Vec<NotUnderstood>,
    /// The sender's number of the message, to be named in the acknowledgement.
    pub id: Option<String>,
    /// When it was sent by the sender's clock.
    pub at: Option<String>,
    /// The bytes are not of the character set that was declared or set: its characters beyond
    /// ASCII are not to be believed, and no name was taken from them.
    pub charset_assumed: bool,
}

impl Message {
    /// All readings with their specimens, in the order sent.
    pub fn readings(&self) -> impl Iterator<Item = (&Specimen, &Reading)> {
        self.specimens.iter().flat_map(|s| s.readings.iter().map(move |r| (s, r)))
    }
}
