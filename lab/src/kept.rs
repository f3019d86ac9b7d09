//! What is kept: one row for each patient, accession, specimen, test, result version, person,
//! instrument, unclaimed entry, control entry, catalog release, and for each thing that stands
//! around them.
//!
//! What must stay true: rows are changed only by applying an event; each row is found by its
//! number alone.

use crate::accession::{Accession, Credit, ResultVersion, Specimen, Test};
use crate::directory::{Facility, Location, Provider};
use crate::instrument::{ControlReadings, Instrument, Unclaimed};
use crate::issue::Issue;
use crate::letterhead::Letterhead;
use crate::patient::{Encounter, Merge, Patient, PatientIdentifier};
use crate::people::Person;
use crate::release::{CatalogDraft, CatalogRelease};
use crate::rules::RuleSwitch;
use crate::storage::{Dispatch, StoragePlace};

/// Where rows of one kind are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Table {
    /// Patients.
    Patient,
    /// Accessions.
    Accession,
    /// Specimens.
    Specimen,
    /// Ordered tests.
    Test,
    /// Result versions.
    Result,
    /// People.
    Person,
    /// Instruments.
    Instrument,
    /// The unclaimed list.
    Unclaimed,
    /// The control list.
    Control,
    /// Catalog releases.
    CatalogRelease,
    /// Drafts of the catalog.
    CatalogDraft,
    /// Where specimens are put away.
    StoragePlace,
    /// Dispatch lists.
    Dispatch,
    /// Client facilities.
    Facility,
    /// Wards, clinics and beds.
    Location,
    /// Providers who order.
    Provider,
    /// Other numbers of patients.
    PatientIdentifier,
    /// Stays and visits.
    Encounter,
    /// Merges of patients.
    Merge,
    /// Credits.
    Credit,
    /// The letterhead.
    Letterhead,
    /// Reports that went out.
    Issue,
    /// Whether the rules of release are at work.
    RuleSwitch,
}

impl Table {
    /// Every table, those referred to before those that refer.
    pub const ALL: [Table; 23] = [
        Table::Person,
        Table::CatalogRelease,
        Table::CatalogDraft,
        Table::Facility,
        Table::Location,
        Table::Provider,
        Table::Patient,
        Table::PatientIdentifier,
        Table::Encounter,
        Table::Merge,
        Table::Accession,
        Table::StoragePlace,
        Table::Specimen,
        Table::Test,
        Table::Instrument,
        Table::Result,
        Table::Unclaimed,
        Table::Control,
        Table::Dispatch,
        Table::Credit,
        Table::Letterhead,
        Table::Issue,
        Table::RuleSwitch,
    ];

    /// The name in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Table::Patient => "patient",
            Table::Accession => "accession",
            Table::Specimen => "specimen",
            Table::Test => "test",
            Table::Result => "result",
            Table::Person => "person",
            Table::Instrument => "instrument",
            Table::Unclaimed => "unclaimed",
            Table::Control => "control_reading",
            Table::CatalogRelease => "catalog_release",
            Table::Letterhead => "letterhead",
            Table::Issue => "issue",
            Table::RuleSwitch => "rule_switch",
            Table::CatalogDraft => "catalog_draft",
            Table::StoragePlace => "storage_place",
            Table::Dispatch => "dispatch",
            Table::Facility => "facility",
            Table::Location => "location",
            Table::Provider => "provider",
            Table::PatientIdentifier => "patient_identifier",
            Table::Encounter => "encounter",
            Table::Merge => "patient_merge",
            Table::Credit => "credit",
        }
    }
}

/// One row of any table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kept {
    /// A patient.
    Patient(Patient),
    /// An accession.
    Accession(Accession),
    /// A specimen.
    Specimen(Specimen),
    /// An ordered test.
    Test(Test),
    /// A result version.
    Result(Box<ResultVersion>),
    /// A person.
    Person(Person),
    /// An instrument.
    Instrument(Instrument),
    /// An unclaimed entry.
    Unclaimed(Unclaimed),
    /// An entry of the control list.
    Control(ControlReadings),
    /// A catalog release.
    CatalogRelease(CatalogRelease),
    /// A draft of the catalog.
    CatalogDraft(CatalogDraft),
    /// A place where specimens are put away.
    StoragePlace(StoragePlace),
    /// A dispatch list.
    Dispatch(Dispatch),
    /// A facility.
    Facility(Facility),
    /// A location.
    Location(Location),
    /// A provider.
    Provider(Provider),
    /// Another number of a patient.
    PatientIdentifier(PatientIdentifier),
    /// A stay or visit.
    Encounter(Encounter),
    /// A merge of two patients.
    Merge(Merge),
    /// A credit.
    Credit(Credit),
    /// The letterhead.
    Letterhead(Letterhead),
    /// A report that went out.
    Issue(Box<Issue>),
    /// Whether the rules of release are at work.
    RuleSwitch(RuleSwitch),
}

impl Kept {
    /// The table it is kept in.
    #[must_use]
    pub const fn table(&self) -> Table {
        match self {
            Kept::Patient(_) => Table::Patient,
            Kept::Accession(_) => Table::Accession,
            Kept::Specimen(_) => Table::Specimen,
            Kept::Test(_) => Table::Test,
            Kept::Result(_) => Table::Result,
            Kept::Person(_) => Table::Person,
            Kept::Instrument(_) => Table::Instrument,
            Kept::Unclaimed(_) => Table::Unclaimed,
            Kept::Control(_) => Table::Control,
            Kept::CatalogRelease(_) => Table::CatalogRelease,
            Kept::Letterhead(_) => Table::Letterhead,
            Kept::Issue(_) => Table::Issue,
            Kept::RuleSwitch(_) => Table::RuleSwitch,
            Kept::CatalogDraft(_) => Table::CatalogDraft,
            Kept::StoragePlace(_) => Table::StoragePlace,
            Kept::Dispatch(_) => Table::Dispatch,
            Kept::Facility(_) => Table::Facility,
            Kept::Location(_) => Table::Location,
            Kept::Provider(_) => Table::Provider,
            Kept::PatientIdentifier(_) => Table::PatientIdentifier,
            Kept::Encounter(_) => Table::Encounter,
            Kept::Merge(_) => Table::Merge,
            Kept::Credit(_) => Table::Credit,
        }
    }

    /// Its number in that table.
    #[must_use]
    pub fn number(&self) -> i64 {
        match self {
            Kept::Patient(row) => row.id.0,
            Kept::Accession(row) => row.id.0,
            Kept::Specimen(row) => row.id.0,
            Kept::Test(row) => row.id.0,
            Kept::Result(row) => row.id.0,
            Kept::Person(row) => row.id.0,
            Kept::Instrument(row) => row.id.0,
            Kept::Unclaimed(row) => row.id.0,
            Kept::Control(row) => row.id.0,
            Kept::CatalogRelease(row) => i64::from(row.release),
            Kept::Letterhead(_) => Letterhead::ROW,
            Kept::Issue(row) => row.id.0,
            Kept::RuleSwitch(_) => RuleSwitch::ROW,
            Kept::CatalogDraft(row) => row.id.0,
            Kept::StoragePlace(row) => row.id.0,
            Kept::Dispatch(row) => row.id.0,
            Kept::Facility(row) => row.id.0,
            Kept::Location(row) => row.id.0,
            Kept::Provider(row) => row.id.0,
            Kept::PatientIdentifier(row) => row.id.0,
            Kept::Encounter(row) => row.id.0,
            Kept::Merge(row) => row.id.0,
            Kept::Credit(row) => row.test.0,
        }
    }

    /// What the journal entry that touched this row is about: the accession for everything that
    /// hangs from one, the patient for what hangs from one, otherwise the row itself.
    #[must_use]
    pub fn about(&self) -> i64 {
        match self {
            Kept::Specimen(row) => row.accession.0,
            Kept::Test(row) => row.accession.0,
            Kept::Result(row) => row.accession.0,
            Kept::Credit(row) => row.accession.0,
            Kept::PatientIdentifier(row) => row.patient.0,
            Kept::Encounter(row) => row.patient.0,
            Kept::Issue(row) => row.accession.0,
            other => other.number(),
        }
    }
}

/// A row type: how it becomes one row among all and is found again.
pub trait Row: Sized {
    /// Its table.
    const TABLE: Table;
    /// As one row among all.
    fn keep(self) -> Kept;
    /// Out of any row; `None` if it is of another kind.
    fn found(kept: Kept) -> Option<Self>;
}

macro_rules! row {
    ($($name:ident: $type:ty),* $(,)?) => {$(
        impl Row for $type {
            const TABLE: Table = Table::$name;
            fn keep(self) -> Kept {
                Kept::$name(self.into())
            }
            fn found(kept: Kept) -> Option<Self> {
                match kept {
                    Kept::$name(row) => Some(row.into()),
                    _ => None,
                }
            }
        }
    )*};
}

row! {
    Patient: Patient,
    Accession: Accession,
    Specimen: Specimen,
    Test: Test,
    Person: Person,
    Instrument: Instrument,
    Unclaimed: Unclaimed,
    Control: ControlReadings,
    CatalogRelease: CatalogRelease,
    CatalogDraft: CatalogDraft,
    StoragePlace: StoragePlace,
    Dispatch: Dispatch,
    Facility: Facility,
    Location: Location,
    Provider: Provider,
    PatientIdentifier: PatientIdentifier,
    Encounter: Encounter,
    Merge: Merge,
    Credit: Credit,
    Letterhead: Letterhead,
    RuleSwitch: RuleSwitch,
}

impl Row for Issue {
    const TABLE: Table = Table::Issue;
    fn keep(self) -> Kept {
        Kept::Issue(Box::new(self))
    }
    fn found(kept: Kept) -> Option<Self> {
        match kept {
            Kept::Issue(row) => Some(*row),
            _ => None,
        }
    }
}

impl Row for ResultVersion {
    const TABLE: Table = Table::Result;
    fn keep(self) -> Kept {
        Kept::Result(Box::new(self))
    }
    fn found(kept: Kept) -> Option<Self> {
        match kept {
            Kept::Result(row) => Some(*row),
            _ => None,
        }
    }
}

/// Where rows are taken up and put back while events are applied.
pub trait Shelf {
    /// How the world may fail while a row is fetched.
    type Fault;

    /// The row with this number.
    ///
    /// # Errors
    /// Whatever the shelf calls a failure; a row that is not there is one.
    fn take<R: Row>(&mut self, number: i64) -> Result<R, Self::Fault>;

    /// Keeps a new or changed row.
    fn put<R: Row>(&mut self, row: R);
}
