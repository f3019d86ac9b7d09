//! Everything that can be done in a journey, with the sentence that says it.
//!
//! What must stay true: a deed is what a person or an instrument does; what comes of it is never
//! part of it.

use jiff::civil::{Date, Time};

/// One deed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deed {
    /// The clock moves on: `at 08:10`, `on 2026-11-25 at 08:10`.
    Clock(Option<Date>, Time),
    /// A person does something.
    Person(String, Does),
    /// An instrument says something.
    Instrument(String, Says),
    /// Something is shown.
    Shown(Shown),
    /// The program is stopped and started again: `the laboratory restarts`.
    Restart,
    /// The whole record is checked: `check`.
    Check,
}

/// What a person does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Does {
    /// `orders CBC, BMP for Rivera, Ana (MRN 10042, born 1980-05-17, F), STAT, by Dr. Osei`,
    /// `… Timed at 10:30, by …`, `… by Dr. Osei because "…"`
    Orders(Order),
    /// `collects all of Rivera at 08:05`, `collects all of Rivera without asking who it is`
    Collects { tubes: Vec<Tube>, at: Option<Time>, identified: bool },
    /// `receives all of Rivera`, `receives EDTA_LAV of Rivera`, `receives 2632800001017`
    Receives(Vec<Tube>),
    /// `rejects SST_GOLD of Rivera as HEMOLYZED "visible hemolysis"`
    Rejects { tube: Tube, reason: String, note: String },
    /// `cancels K of Rivera because "ordered twice"`
    Cancels(Test, String),
    /// `enters K 4.2 of Rivera`
    Enters(Test, String),
    /// `enters no K of Rivera because "not enough specimen"`
    EntersNo(Test, String),
    /// `looks at Rivera`: from now on this person decides about what was on the screen then.
    Looks(String),
    /// `verifies all of Rivera because "…"`, `verifies WBC, RBC of Rivera`,
    /// `verifies all that nothing holds of Rivera`
    Verifies { which: Which, patient: String, reason: String },
    /// `holds K of Rivera because "…"`
    Holds(Test, String),
    /// `reruns K of Rivera because "…"`
    Reruns(Test, String),
    /// `dilutes K of Rivera`, `dilutes K of Rivera because "1:10"`
    Dilutes(Test, String),
    /// `tells K of Rivera before it is final`
    Tells(Test),
    /// `turns the rules on because "…"`, `turns the rules off because "…"`
    Turns { on: bool, reason: String },
    /// `corrects K to 4.1 of Rivera as REPEAT "note", telling "Dr. Osei, 09:20"`,
    /// `corrects K to the later reading of Rivera as …`, `comments K "words" of Rivera as …`,
    /// `withdraws K of Rivera as …`
    Amends(Amend),
    /// `dismisses the later K of Rivera because "…"`
    Dismisses(Test, String),
    /// `gives 9999 to EDTA_LAV of Rivera because "…"`
    Gives { number: String, tube: Tube, reason: String },
    /// `discards 9999 because "…"`
    Discards { number: String, reason: String },
    /// `signs in`, `signs in with a wrong password`, `signs out`
    Signs(Signs),
    /// `releases the catalog because "…"`, or with a change:
    /// `releases the catalog with 'one' for '1' after 'code = "K"' in catalog/chemistry.toml
    /// because "…"`
    Releases { change: Option<Change>, reason: String },
    /// What is done with an order as a whole, or with a registration.
    WithOrder(crate::with_order::WithOrder),
    /// What is done with a tube after its collection.
    WithTube(crate::with_tube::WithTube),
    /// `sends the same request again`
    Again,
}

/// The amendment of a released result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Amend {
    /// Which.
    pub test: Test,
    /// What takes its place.
    pub new: NewValue,
    /// The code of the reason.
    pub reason: String,
    /// What is added.
    pub note: String,
    /// Who was told.
    pub told: String,
}

/// What takes the place of a released value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NewValue {
    /// As typed.
    Typed(String),
    /// The reading that came after the release.
    Late,
    /// The same, with words.
    Comment(String),
    /// Nothing.
    Nothing,
}

/// An order as it is read from the requisition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// Codes of tests and panels.
    pub codes: Vec<String>,
    /// Family name.
    pub family: String,
    /// Given name.
    pub given: String,
    /// Record number.
    pub record_number: String,
    /// Birth date as written, or `unknown`.
    pub born: String,
    /// `F`, `M`, `U`.
    pub sex: String,
    /// How urgent, as written.
    pub priority: String,
    /// When a timed order is due.
    pub due: Option<Time>,
    /// Why it is ordered in spite of a doubt.
    pub all_the_same: String,
    /// Who asks for it.
    pub provider: String,
}

/// A test of a patient.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Test {
    /// The code.
    pub code: String,
    /// The patient, by family name, record number or accession number.
    pub patient: String,
}

/// Which tests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Which {
    /// All that wait for a person.
    All,
    /// Those of them that nothing holds.
    Unheld,
    /// These.
    These(Vec<String>),
}

/// Tubes as a person points at them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tube {
    /// Every tube of the patient's newest accession.
    All(String),
    /// The tube of a kind in the patient's newest accession.
    Of { container: String, patient: String },
    /// The number as scanned or typed.
    Number(String),
}

/// What happens at the sign-in page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signs {
    /// With the right password.
    In,
    /// With a wrong one.
    Wrong,
    /// Leaving.
    Out,
}

/// A change in one file of the catalog: the first `old` after `after` becomes `new`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What is typed.
    pub new: String,
    /// What stood there.
    pub old: String,
    /// What stands before it.
    pub after: String,
    /// In which file.
    pub file: String,
}

/// What an instrument says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Says {
    /// `sends for EDTA_LAV of Rivera: WBC 6.8 10*3/uL; HGB 13.9 g/dL [H]`, or
    /// `sends control QC-NORMAL: …`
    Readings { tube: Tube, control: bool, readings: Vec<Reading> },
    /// `sends the same message again`: the same bytes, after a lost acknowledgement.
    Again,
    /// `asks about EDTA_LAV of Rivera`
    Asks(Tube),
}

/// One reading: code, value, unit, flags.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// The instrument's code.
    pub code: String,
    /// The value with its comparator.
    pub value: String,
    /// The unit; may be empty.
    pub unit: String,
    /// The flags.
    pub flags: Vec<String>,
}

/// What is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shown {
    /// `the results of Rivera`: every test and where it stands.
    Results(String),
    /// `the report of Rivera`: what the physician reads.
    Report(String),
    /// `the journal of Rivera`: who did what, when.
    Journal(String),
    /// `the tubes of Rivera`: where every specimen stands.
    Tubes(String),
    /// `the unclaimed list`
    Unclaimed,
}
