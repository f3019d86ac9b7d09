//! The patient report: one accession as a document for the physician, complete in one HTML page
//! that prints well in black and white on A4 or Letter paper.
//!
//! It holds what 42 CFR 493.1291(c) and (d) ask of a report, and what CAP and ISO 15189:2022
//! 7.4.1.6 add: the laboratory and its director, two patient identifiers on every page, the
//! ordering provider, times with their zone, specimens and their condition, each result with unit,
//! flag, interval and method, what is pending, cancelled or rejected, and who verified.
//!
//! What must stay true: a value is printed only if it was verified, and only the version that was;
//! units, intervals and flags are those filed with the result, never today's catalog; rows of
//! another accession or patient are not printed; a report is final only when nothing is pending.

mod arrange;
mod heading;
mod page;
pub mod paper;
pub(crate) mod results;
mod sheets;
mod signature;

use jiff::tz::TimeZone;
use lab::accession::{Accession, ResultVersion, Specimen, Test};
use lab::catalog::Catalog;
use lab::directory::{Facility, Location};
use lab::instrument::Instrument;
use lab::issue::Issue;
pub use lab::issue::ReportState as Status;
pub use lab::letterhead::Letterhead;
use lab::patient::{Encounter, Patient};
use lab::people::{Actor, Person};
use lab::value::Moment;
use maud::Markup;

use arrange::Arranged;
pub use paper::Words;
pub use sheets::{document, pdf};

/// The style of the page.
pub const STYLE: &str = include_str!("patient_report/page.css");
/// The hash by which a content security policy lets the style of the page stand in it:
/// `style-src 'sha256-…'`.
pub const STYLE_HASH: &str = "sha256-TyxULm7xk6CWd522civihKmgP0IxinyFOKI5T8W+G0g=";

/// When and for whom a report was printed.
#[derive(Clone, Copy, Debug)]
pub struct Printed<'a> {
    /// When.
    pub at: Moment,
    /// By whom, as shown.
    pub by: &'a str,
    /// The report that went out, of which this is a copy; none for a look at how things stand.
    pub issue: Option<&'a Issue>,
}

/// Where an order comes from, as the directory names it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Whence<'a> {
    /// Where the patient was.
    pub location: Option<&'a Location>,
    /// Who sent the order.
    pub facility: Option<&'a Facility>,
    /// The stay or visit.
    pub encounter: Option<&'a Encounter>,
}

/// Everything a report is made from.
#[derive(Clone, Copy, Debug)]
pub struct PatientReport<'a> {
    /// The laboratory.
    pub letterhead: &'a Letterhead,
    /// The patient.
    pub patient: &'a Patient,
    /// The accession reported.
    pub accession: &'a Accession,
    /// Where it comes from.
    pub whence: Whence<'a>,
    /// Its specimens.
    pub specimens: &'a [Specimen],
    /// Its tests.
    pub tests: &'a [Test],
    /// Result versions of these tests; those that were verified must be among them.
    pub results: &'a [ResultVersion],
    /// The people who filed and verified.
    pub people: &'a [Person],
    /// The instruments that measured.
    pub instruments: &'a [Instrument],
    /// Names of tests, panels, containers and rejection reasons.
    pub catalog: &'a Catalog,
    /// Where the clock on the laboratory's wall is.
    pub zone: &'a TimeZone,
    /// This printing.
    pub printed: Printed<'a>,
}

impl PatientReport<'_> {
    /// Whether the report is preliminary or final.
    #[must_use]
    pub fn status(&self) -> Status {
        Arranged::of(self).status()
    }

    fn who(&self, actor: Actor) -> String {
        match actor {
            Actor::Person(id, role) => {
                let person = self.people.iter().find(|person| person.id == id);
                let name = person.map_or("a person unknown here", |person| person.shown.as_str());
                format!("{name}, {}", role.title())
            }
            Actor::Instrument(id) => self.instrument(id).to_owned(),
            Actor::System => "Meniscus, by the laboratory's rules".to_owned(),
            Actor::Rule(release) => Actor::rule_words(release),
        }
    }

    fn instrument(&self, id: lab::value::InstrumentId) -> &str {
        let found = self.instruments.iter().find(|instrument| instrument.id == id);
        found.map_or("instrument", |instrument| instrument.name.as_str())
    }
}

/// The report as a page of its own, style included.
#[must_use]
pub fn page(report: &PatientReport<'_>) -> Markup {
    page::page(&Words::of(report), &Markup::default())
}

/// The report as a page of its own; `above` stands over it on the screen, not in print.
#[must_use]
pub fn page_below(report: &PatientReport<'_>, above: &Markup) -> Markup {
    page::page(&Words::of(report), above)
}
