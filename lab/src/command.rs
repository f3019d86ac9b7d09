//! Everything that can be asked of the laboratory.
//!
//! A command first looks at what it needs, and at nothing else; then it decides, without touching
//! anything, either the events that happen or the refusal.
//!
//! What must stay true: deciding is a function of what was seen and of the setting; the same
//! question in the same setting has the same answer.

use std::cell::Cell;

use crate::accession::{Accession, Position, ResultVersion, Specimen, Test, Touched};
use crate::catalog::Catalog;
use crate::directory::{Facility, Location, Provider};
use crate::event::Event;
use crate::instrument::{Instrument, Unclaimed};
use crate::issue::Issue;
use crate::journey::add_on::AddTests;
use crate::journey::analyze::{
    EnterResult, FileReadings, ReplayMessage, ReplayUnclaimed, ResolveUnclaimed,
};
use crate::journey::call::RecordCall;
use crate::journey::collect::CollectSpecimens;
use crate::journey::connect::{AddInstrument, ChangeInstrument, MapCode};
use crate::journey::correct::{AmendResult, DismissLate};
use crate::journey::directory::EditDirectory;
use crate::journey::draft::{DiscardDraft, DraftCatalog, ReleaseDraft};
use crate::journey::order::{CancelOrder, CancelTest, CreditTest, PlaceOrder};
use crate::journey::person::{ChooseOwnPassword, ResetPassword, SetRole, SetStanding};
use crate::journey::process::{
    AddStoragePlace, ArriveSpecimens, DiscardSpecimens, DispatchSpecimens, FetchSpecimen,
    FindSpecimen, GradeSpecimen, LoseSpecimen, MakeAliquot, MakeSlide, SpinSpecimens,
    StoreSpecimen,
};
use crate::journey::receive::{
    ReceiveInspected, ReceiveSpecimen, RecollectSpecimen, RejectSpecimen, RejectTests,
};
use crate::journey::register::{AmendPatient, MergePatients, RecordEncounter, UnmergePatients};
use crate::journey::report::{IssueReport, NameLaboratory};
use crate::journey::rules::{GivePreliminary, SwitchRules};
use crate::journey::setup::{AddPerson, ReleaseCatalog, SetPassword, SignIn};
use crate::journey::verify::{HoldResult, RequestDilution, RequestRerun, VerifyResults};
use crate::kept::Row;
use crate::patient::{Encounter, Merge, Patient, PatientIdentifier};
use crate::people::{Actor, Ask, Person, may};
use crate::refusal::Refusal;
use crate::release::{CatalogDraft, CatalogRelease};
use crate::storage::{Dispatch, StoragePlace};
use crate::value::{
    AccessionId, DispatchId, InstrumentId, Label, Moment, PatientId, PersonId, ResultId,
    SpecimenId, StoragePlaceId, TestCode, TestId, UnclaimedId,
};

/// Where and when a command is decided.
pub struct Setting<'a> {
    /// What time it is.
    pub now: Moment,
    /// Who asks.
    pub actor: Actor,
    /// The catalog in force.
    pub catalog: &'a Catalog,
    /// The next unused identifier.
    pub next: Cell<i64>,
}

impl Setting<'_> {
    /// An identifier nobody has had.
    #[must_use]
    pub fn fresh(&self) -> i64 {
        let id = self.next.get();
        self.next.set(id + 1);
        id
    }
}

/// What may be looked at before deciding; answered by the store, or by a laboratory in memory.
/// Each question is answered with at most a patient's or an accession's worth of rows.
pub trait Look {
    /// How the world may fail while looking.
    type Fault;

    /// A row of any table by number.
    ///
    /// # Errors
    /// The world failed; so for every question here.
    fn row<R: Row>(&self, number: i64) -> Result<Option<R>, Self::Fault>;
    /// A patient by number.
    fn patient(&self, id: PatientId) -> Result<Option<Patient>, Self::Fault>;
    /// A patient by record number.
    fn patient_numbered(&self, record_number: &str) -> Result<Option<Patient>, Self::Fault>;
    /// The other numbers of a patient, retired ones too.
    fn identifiers_of(&self, id: PatientId) -> Result<Vec<PatientIdentifier>, Self::Fault>;
    /// Whoever has or had this number, of whatever kind and authority.
    fn identified(&self, value: &str) -> Result<Vec<PatientIdentifier>, Self::Fault>;
    /// The stays and visits of a patient.
    fn encounters_of(&self, id: PatientId) -> Result<Vec<Encounter>, Self::Fault>;
    /// The stay or visit with this number.
    fn encounter_numbered(&self, number: &str) -> Result<Option<Encounter>, Self::Fault>;
    /// The merges by which a patient was given up or survived, oldest first.
    fn merges_of(&self, id: PatientId) -> Result<Vec<Merge>, Self::Fault>;
    /// Every accession of a patient.
    fn accessions_of(&self, id: PatientId) -> Result<Vec<Accession>, Self::Fault>;
    /// Every result version of an accession.
    fn results_of(&self, id: AccessionId) -> Result<Vec<ResultVersion>, Self::Fault>;
    /// The accession by which a patient's test was last ordered and not cancelled.
    fn last_ordered(
        &self,
        patient: PatientId,
        code: &TestCode,
    ) -> Result<Option<Accession>, Self::Fault>;
    /// The facility with this code.
    fn facility_coded(&self, code: &str) -> Result<Option<Facility>, Self::Fault>;
    /// The location with this code.
    fn location_coded(&self, code: &str) -> Result<Option<Location>, Self::Fault>;
    /// The provider of this name.
    fn provider_named(&self, name: &str) -> Result<Option<Provider>, Self::Fault>;
    /// An accession by number.
    fn accession(&self, id: AccessionId) -> Result<Option<Accession>, Self::Fault>;
    /// The highest sequence given out on a day (days since 1970-01-01 UTC); 0 if none.
    fn last_sequence(&self, day: i64) -> Result<u32, Self::Fault>;
    /// A specimen by number.
    fn specimen(&self, id: SpecimenId) -> Result<Option<Specimen>, Self::Fault>;
    /// A specimen by the label on its container.
    fn specimen_labeled(&self, label: &Label) -> Result<Option<Specimen>, Self::Fault>;
    /// A test by number.
    fn test(&self, id: TestId) -> Result<Option<Test>, Self::Fault>;
    /// The tests of an accession, in the order they were ordered.
    fn tests_of(&self, id: AccessionId) -> Result<Vec<Test>, Self::Fault>;
    /// A result version by number.
    fn result(&self, id: ResultId) -> Result<Option<ResultVersion>, Self::Fault>;
    /// The newest result version of each test of an accession.
    fn newest_results(&self, id: AccessionId) -> Result<Vec<ResultVersion>, Self::Fault>;
    /// For each test of an accession, the last verified version of the same test in the patient,
    /// with the moment it was verified; one question for all of them.
    fn last_verified(
        &self,
        patient: PatientId,
        accession: AccessionId,
    ) -> Result<Vec<(ResultVersion, Moment)>, Self::Fault>;
    /// The newest report of an accession that went out.
    fn last_issue(&self, id: AccessionId) -> Result<Option<Issue>, Self::Fault>;
    /// A person by number.
    fn person(&self, id: PersonId) -> Result<Option<Person>, Self::Fault>;
    /// A person by sign-in name.
    fn person_signing_in(&self, name: &str) -> Result<Option<Person>, Self::Fault>;
    /// An instrument by number.
    fn instrument(&self, id: InstrumentId) -> Result<Option<Instrument>, Self::Fault>;
    /// An instrument by name.
    fn instrument_named(&self, name: &str) -> Result<Option<Instrument>, Self::Fault>;
    /// An unclaimed entry by number.
    fn unclaimed(&self, id: UnclaimedId) -> Result<Option<Unclaimed>, Self::Fault>;
    /// The specimens of an accession, in the order of their containers.
    fn specimens_of(&self, id: AccessionId) -> Result<Vec<Specimen>, Self::Fault>;
    /// The specimen that is put away at a position.
    fn specimen_at(&self, position: &Position) -> Result<Option<Specimen>, Self::Fault>;
    /// A storage place by number.
    fn storage_place(&self, id: StoragePlaceId) -> Result<Option<StoragePlace>, Self::Fault>;
    /// A storage place by the code on it.
    fn storage_place_coded(&self, code: &str) -> Result<Option<StoragePlace>, Self::Fault>;
    /// A dispatch list by number.
    fn dispatch(&self, id: DispatchId) -> Result<Option<Dispatch>, Self::Fault>;
    /// The highest number given to a dispatch list; 0 if none.
    fn last_dispatch(&self) -> Result<u32, Self::Fault>;
    /// The newest catalog release.
    fn newest_release(&self) -> Result<Option<CatalogRelease>, Self::Fault>;
    /// The newest draft of the catalog, whatever became of it.
    fn newest_draft(&self) -> Result<Option<CatalogDraft>, Self::Fault>;
    /// Everybody who works or worked here: tens of people.
    fn people(&self) -> Result<Vec<Person>, Self::Fault>;
}

/// One thing that can be asked.
pub trait Decide {
    /// What it looks at.
    type Sees;

    /// Looks at what it needs.
    ///
    /// # Errors
    /// The world failed while looking.
    fn look<L: Look>(&self, look: &L, setting: &Setting<'_>) -> Result<Self::Sees, L::Fault>;

    /// Decides, touching nothing.
    ///
    /// # Errors
    /// The laboratory says no.
    fn decide(&self, seen: Self::Sees, setting: &Setting<'_>) -> Result<Vec<Event>, Refusal>;
}

/// What was decided.
pub type Decision = Result<Vec<Event>, Refusal>;

macro_rules! commands {
    ($($name:ident),* $(,)?) => {
        /// Everything that can be asked, as one type to carry to the door.
        #[derive(Clone, Debug)]
        pub enum Command {
            $(#[doc = concat!("See [`", stringify!($name), "`].")] $name($name),)*
        }

        impl Command {
            /// What privilege it needs, and its name in the journal.
            #[must_use]
            pub const fn ask(&self) -> Ask {
                match self { $(Command::$name(_) => Ask::$name,)* }
            }

            fn look_and_decide<L: Look>(
                &self,
                look: &L,
                setting: &Setting<'_>,
            ) -> Result<Decision, L::Fault> {
                match self {
                    $(Command::$name(command) => {
                        let seen = command.look(look, setting)?;
                        Ok(command.decide(seen, setting))
                    })*
                }
            }
        }

        $(impl From<$name> for Command {
            fn from(command: $name) -> Command {
                Command::$name(command)
            }
        })*
    };
}

commands! {
    PlaceOrder,
    CancelTest,
    CancelOrder,
    CreditTest,
    AmendPatient,
    RecordEncounter,
    MergePatients,
    UnmergePatients,
    EditDirectory,
    CollectSpecimens,
    ReceiveSpecimen,
    RejectSpecimen,
    ReceiveInspected,
    RejectTests,
    RecollectSpecimen,
    GradeSpecimen,
    SpinSpecimens,
    MakeAliquot,
    MakeSlide,
    StoreSpecimen,
    FetchSpecimen,
    DiscardSpecimens,
    DispatchSpecimens,
    ArriveSpecimens,
    LoseSpecimen,
    FindSpecimen,
    AddTests,
    AddStoragePlace,
    FileReadings,
    EnterResult,
    ResolveUnclaimed,
    ReplayUnclaimed,
    ReplayMessage,
    VerifyResults,
    HoldResult,
    RequestRerun,
    RequestDilution,
    GivePreliminary,
    SwitchRules,
    AmendResult,
    DismissLate,
    RecordCall,
    AddInstrument,
    ChangeInstrument,
    MapCode,
    AddPerson,
    SetPassword,
    SignIn,
    ReleaseCatalog,
    ResetPassword,
    ChooseOwnPassword,
    SetRole,
    SetStanding,
    DraftCatalog,
    ReleaseDraft,
    DiscardDraft,
    NameLaboratory,
    IssueReport,
}

impl Command {
    /// May this actor ask it? Then look, then decide.
    ///
    /// # Errors
    /// The world failed while looking.
    pub fn carry<L: Look>(&self, look: &L, setting: &Setting<'_>) -> Result<Decision, L::Fault> {
        if !may(setting.actor, self.ask()) {
            return Ok(Err(Refusal::NotPermitted { ask: self.ask().words().to_owned() }));
        }
        let decision = self.look_and_decide(look, setting)?;
        let touched = Touched { at: setting.now, by: setting.actor };
        Ok(decision.map(|events| events.into_iter().map(|one| one.stamped(touched)).collect()))
    }
}
