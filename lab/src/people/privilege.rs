//! Who may do what: every role against everything that can be asked.
//!
//! What must stay true: what is not granted here is denied; the table printed by [`who_may`] is
//! checked in as a snapshot that a laboratory director reads and signs.

use super::{Actor, Role};

/// Everything that can be asked of the laboratory: each command, and each thing to look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ask {
    /// Order tests, register a patient on the way.
    PlaceOrder,
    /// Say that a specimen was collected.
    CollectSpecimens,
    /// Receive a specimen in the laboratory.
    ReceiveSpecimen,
    /// Reject a specimen.
    RejectSpecimen,
    /// Receive a specimen with what was seen of it.
    ReceiveInspected,
    /// Reject tests of a specimen and order them anew.
    RejectTests,
    /// Order anew what a rejected or lost specimen was for.
    RecollectSpecimen,
    /// Write down what a specimen looks like.
    GradeSpecimen,
    /// Say that specimens were spun.
    SpinSpecimens,
    /// Make an aliquot.
    MakeAliquot,
    /// Make a slide.
    MakeSlide,
    /// Put a specimen away.
    StoreSpecimen,
    /// Take a specimen out of its place.
    FetchSpecimen,
    /// Discard specimens after their time.
    DiscardSpecimens,
    /// Send specimens on by a list.
    DispatchSpecimens,
    /// Say that sent specimens arrived.
    ArriveSpecimens,
    /// Say that a specimen is lost.
    LoseSpecimen,
    /// Say that a lost specimen was found.
    FindSpecimen,
    /// Add tests to a received specimen.
    AddTests,
    /// Set up a storage place.
    AddStoragePlace,
    /// Cancel an ordered test.
    CancelTest,
    /// Cancel a whole order.
    CancelOrder,
    /// Take back the charge for a cancelled test.
    CreditTest,
    /// Correct what is known of a patient, keep other numbers.
    AmendPatient,
    /// Keep a patient's stays and visits.
    RecordEncounter,
    /// Merge two registrations of one patient.
    MergePatients,
    /// Undo a merge.
    UnmergePatients,
    /// Keep the directory of facilities, locations and providers.
    EditDirectory,
    /// File what an instrument sent.
    FileReadings,
    /// Enter a result by hand.
    EnterResult,
    /// Verify results that nothing holds.
    VerifyResults,
    /// Verify a held result, with the reason.
    ReleaseHeld,
    /// Hold a result, with the reason.
    HoldResult,
    /// Ask for a test to be run again.
    RequestRerun,
    /// Ask for a test to be run again diluted.
    RequestDilution,
    /// Tell a checked value before it is final.
    GivePreliminary,
    /// Turn the rules of release off, or on.
    SwitchRules,
    /// Amend a released result: correct, comment, withdraw.
    AmendResult,
    /// Say that a reading which came after the release changes nothing.
    DismissLate,
    /// Record a call about a critical value.
    RecordCall,
    /// Give unclaimed readings to a specimen, or discard them with a reason.
    ResolveUnclaimed,
    /// Have unclaimed readings filed after what kept them from their place has changed.
    ReplayUnclaimed,
    /// Have a kept message read again, with the reason.
    ReplayMessage,
    /// Connect an instrument.
    AddInstrument,
    /// Change how an instrument is named, read and connected, and what its controls are.
    ChangeInstrument,
    /// Change which test an instrument's code stands for.
    MapCode,
    /// Add a person, set a role.
    AddPerson,
    /// Set a password.
    SetPassword,
    /// Sign in and out.
    SignIn,
    /// Release a catalog.
    ReleaseCatalog,
    /// Set the letterhead.
    NameLaboratory,
    /// Issue a report.
    IssueReport,
    /// Give somebody a password that is good once.
    ResetPassword,
    /// Choose one's own password.
    ChooseOwnPassword,
    /// Give somebody another role.
    SetRole,
    /// Suspend somebody, say that somebody left, or let somebody in again.
    SetStanding,
    /// Lay down a draft of the catalog.
    DraftCatalog,
    /// Release a draft of the catalog.
    ReleaseDraft,
    /// Put a draft of the catalog away.
    DiscardDraft,
    /// Look at a patient, an order, a specimen.
    SeePatients,
    /// Look at results before they are verified.
    SeeUnverified,
    /// Look at the patient report.
    SeeReports,
    /// Look at the journal of a specimen.
    SeeJournal,
    /// Look at who looked at a patient.
    SeeLooks,
    /// Look at instruments and what waits of them.
    SeeInstruments,
    /// Look into a raw message.
    SeeMessages,
    /// Look at the people who work here and at who may do what.
    SeePeople,
}

impl Ask {
    /// Everything, in the order of the who-may-do-what table.
    pub const ALL: [Ask; 67] = [
        Ask::PlaceOrder,
        Ask::CollectSpecimens,
        Ask::ReceiveSpecimen,
        Ask::RejectSpecimen,
        Ask::ReceiveInspected,
        Ask::RejectTests,
        Ask::RecollectSpecimen,
        Ask::GradeSpecimen,
        Ask::SpinSpecimens,
        Ask::MakeAliquot,
        Ask::MakeSlide,
        Ask::StoreSpecimen,
        Ask::FetchSpecimen,
        Ask::DiscardSpecimens,
        Ask::DispatchSpecimens,
        Ask::ArriveSpecimens,
        Ask::LoseSpecimen,
        Ask::FindSpecimen,
        Ask::AddTests,
        Ask::AddStoragePlace,
        Ask::CancelTest,
        Ask::CancelOrder,
        Ask::CreditTest,
        Ask::AmendPatient,
        Ask::RecordEncounter,
        Ask::MergePatients,
        Ask::UnmergePatients,
        Ask::EditDirectory,
        Ask::FileReadings,
        Ask::EnterResult,
        Ask::VerifyResults,
        Ask::ReleaseHeld,
        Ask::HoldResult,
        Ask::RequestRerun,
        Ask::RequestDilution,
        Ask::GivePreliminary,
        Ask::SwitchRules,
        Ask::AmendResult,
        Ask::DismissLate,
        Ask::RecordCall,
        Ask::ResolveUnclaimed,
        Ask::ReplayUnclaimed,
        Ask::ReplayMessage,
        Ask::AddInstrument,
        Ask::ChangeInstrument,
        Ask::MapCode,
        Ask::AddPerson,
        Ask::SetPassword,
        Ask::SignIn,
        Ask::ReleaseCatalog,
        Ask::NameLaboratory,
        Ask::IssueReport,
        Ask::ResetPassword,
        Ask::ChooseOwnPassword,
        Ask::SetRole,
        Ask::SetStanding,
        Ask::DraftCatalog,
        Ask::ReleaseDraft,
        Ask::DiscardDraft,
        Ask::SeePatients,
        Ask::SeeUnverified,
        Ask::SeeReports,
        Ask::SeeJournal,
        Ask::SeeLooks,
        Ask::SeeInstruments,
        Ask::SeeMessages,
        Ask::SeePeople,
    ];

    /// The name in the journal and in the table.
    #[must_use]
    pub fn name(self) -> String {
        format!("{self:?}")
    }

    /// What it is, in words: `Your role does not include …`.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Ask::PlaceOrder => "ordering tests",
            Ask::CollectSpecimens => "collecting specimens",
            Ask::ReceiveSpecimen => "receiving specimens",
            Ask::RejectSpecimen => "rejecting specimens",
            Ask::ReceiveInspected => "receiving specimens with what was seen",
            Ask::RejectTests => "rejecting tests of a specimen",
            Ask::RecollectSpecimen => "ordering a specimen anew",
            Ask::GradeSpecimen => "grading specimens",
            Ask::SpinSpecimens => "spinning specimens",
            Ask::MakeAliquot => "making aliquots",
            Ask::MakeSlide => "making slides",
            Ask::StoreSpecimen => "putting specimens away",
            Ask::FetchSpecimen => "fetching specimens",
            Ask::DiscardSpecimens => "discarding specimens",
            Ask::DispatchSpecimens => "dispatching specimens",
            Ask::ArriveSpecimens => "taking in dispatched specimens",
            Ask::LoseSpecimen => "telling specimens lost",
            Ask::FindSpecimen => "telling specimens found",
            Ask::AddTests => "adding tests to a specimen",
            Ask::AddStoragePlace => "setting up storage places",
            Ask::CancelTest => "cancelling tests",
            Ask::CancelOrder => "cancelling orders",
            Ask::CreditTest => "crediting tests",
            Ask::AmendPatient => "correcting patients",
            Ask::RecordEncounter => "keeping encounters",
            Ask::MergePatients => "merging patients",
            Ask::UnmergePatients => "undoing a merge of patients",
            Ask::EditDirectory => "keeping the directory",
            Ask::FileReadings => "filing what an instrument sent",
            Ask::EnterResult => "entering results",
            Ask::VerifyResults => "verifying results",
            Ask::ReleaseHeld => "releasing held results",
            Ask::HoldResult => "holding results",
            Ask::RequestRerun => "asking for a rerun",
            Ask::RequestDilution => "asking for a dilution",
            Ask::GivePreliminary => "telling a value before it is final",
            Ask::SwitchRules => "turning the rules of release off",
            Ask::AmendResult => "amending released results",
            Ask::DismissLate => "dismissing later readings",
            Ask::RecordCall => "recording calls about critical values",
            Ask::ResolveUnclaimed => "settling unclaimed readings",
            Ask::ReplayUnclaimed => "having unclaimed readings filed",
            Ask::ReplayMessage => "having messages read again",
            Ask::AddInstrument => "connecting instruments",
            Ask::ChangeInstrument => "changing instruments",
            Ask::MapCode => "changing what an instrument's code stands for",
            Ask::AddPerson => "adding people",
            Ask::SetPassword => "setting passwords",
            Ask::SignIn => "signing in",
            Ask::ReleaseCatalog => "releasing the catalog",
            Ask::NameLaboratory => "setting the letterhead",
            Ask::IssueReport => "issuing reports",
            Ask::ResetPassword => "giving somebody a new password",
            Ask::ChooseOwnPassword => "choosing a password",
            Ask::SetRole => "setting roles",
            Ask::SetStanding => "suspending people",
            Ask::DraftCatalog => "drafting the catalog",
            Ask::ReleaseDraft => "releasing a draft of the catalog",
            Ask::DiscardDraft => "putting away a draft of the catalog",
            looking => looking.looking(),
        }
    }

    /// What is looked at, in words.
    const fn looking(self) -> &'static str {
        match self {
            Ask::SeePatients => "looking at patients and orders",
            Ask::SeeUnverified => "looking at results that are not verified",
            Ask::SeeReports => "looking at reports",
            Ask::SeeJournal => "looking at the journal",
            Ask::SeeLooks => "looking at who looked at a patient",
            Ask::SeeInstruments => "looking at instruments",
            Ask::SeeMessages => "looking into messages of instruments",
            Ask::SeePeople => "looking at the people who work here",
            _ => "asking this",
        }
    }

    /// The roles that may ask this. Sources: 42 CFR 493.1423 and 493.1489 (who may test and
    /// report), 493.1463 (the general supervisor releases holds), 493.1445 (the director).
    /// Amending what was released asks for those who may release what is held.
    const fn granted(self) -> &'static [Role] {
        use Role::{
            Administrator, Director, InterfaceEngineer, Manager, Mls, Mlt, Physician, Reception,
            Supervisor,
        };
        match self {
            Ask::PlaceOrder | Ask::AddTests => {
                &[Reception, Mlt, Mls, Supervisor, Director, Physician]
            }
            Ask::CollectSpecimens => &[Reception, Mlt, Mls, Supervisor],
            // Receive, label, aliquot, track and reject with a code is what a processor may do.
            Ask::ReceiveSpecimen
            | Ask::RejectSpecimen
            | Ask::ReceiveInspected
            | Ask::RejectTests
            | Ask::RecollectSpecimen
            | Ask::GradeSpecimen
            | Ask::SpinSpecimens
            | Ask::MakeAliquot
            | Ask::MakeSlide
            | Ask::StoreSpecimen
            | Ask::FetchSpecimen
            | Ask::DispatchSpecimens
            | Ask::ArriveSpecimens
            | Ask::LoseSpecimen
            | Ask::FindSpecimen => &[Reception, Mlt, Mls, Supervisor, Director],
            Ask::DiscardSpecimens => &[Mlt, Mls, Supervisor, Director],
            Ask::AddStoragePlace => &[Supervisor, Director, Manager],
            Ask::CancelTest | Ask::CancelOrder => &[Mls, Supervisor, Director],
            Ask::CreditTest => &[Supervisor, Director, Manager],
            Ask::AmendPatient | Ask::RecordEncounter => &[Reception, Mls, Supervisor, Director],
            Ask::MergePatients | Ask::UnmergePatients | Ask::DraftCatalog | Ask::DiscardDraft => {
                &[Supervisor, Director]
            }
            Ask::EditDirectory => &[Supervisor, Director, Manager, Administrator],
            Ask::FileReadings => &[],
            Ask::EnterResult
            | Ask::VerifyResults
            | Ask::HoldResult
            | Ask::RequestRerun
            | Ask::RequestDilution
            | Ask::GivePreliminary
            | Ask::RecordCall
            | Ask::ResolveUnclaimed
            | Ask::IssueReport
            | Ask::ReplayUnclaimed => &[Mlt, Mls, Supervisor, Director],
            Ask::ReplayMessage => &[Mlt, Mls, Supervisor, Director, InterfaceEngineer],
            Ask::AmendResult | Ask::DismissLate | Ask::ReleaseHeld => &[Mls, Supervisor, Director],
            Ask::AddInstrument | Ask::ChangeInstrument => {
                &[Supervisor, Director, InterfaceEngineer, Administrator]
            }
            Ask::MapCode => &[Supervisor, Director, InterfaceEngineer],
            Ask::NameLaboratory
            | Ask::AddPerson
            | Ask::SetPassword
            | Ask::ResetPassword
            | Ask::SetRole
            | Ask::SetStanding => &[Director, Administrator],
            Ask::SignIn | Ask::ChooseOwnPassword => &Role::ALL,
            Ask::ReleaseCatalog | Ask::ReleaseDraft => &[Director],
            // CAP laboratory general checklist: those at the bench can suspend autoverification.
            Ask::SwitchRules => &[Mls, Supervisor, Director],
            looking => looking.granted_to_look(),
        }
    }

    /// The roles that may look at this; nobody at what is not named.
    const fn granted_to_look(self) -> &'static [Role] {
        use Role::{
            Administrator, Director, InterfaceEngineer, Manager, Mls, Mlt, Physician, Reception,
            Student, Supervisor,
        };
        match self {
            Ask::SeeLooks => &[Supervisor, Director],
            Ask::SeePatients => {
                &[Reception, Mlt, Mls, Supervisor, Director, Manager, Student, Physician]
            }
            Ask::SeeUnverified => &[Mlt, Mls, Supervisor, Director, Student],
            Ask::SeeReports => &[Mlt, Mls, Supervisor, Director, Physician],
            Ask::SeeJournal => &[Mlt, Mls, Supervisor, Director, Manager],
            Ask::SeeInstruments => {
                &[Mlt, Mls, Supervisor, Director, InterfaceEngineer, Administrator]
            }
            Ask::SeeMessages => &[Mlt, Mls, Supervisor, Director, InterfaceEngineer],
            Ask::SeePeople => &[Supervisor, Director, Manager, Administrator],
            _ => &[],
        }
    }

    /// True where an instrument may ask this over its connection.
    const fn granted_to_instruments(self) -> bool {
        matches!(self, Ask::FileReadings)
    }
}

/// Whether `actor` may ask `ask`. Meniscus itself may do anything: it acts only at first set-up
/// and for jobs, and the journal says so.
#[must_use]
pub fn may(actor: Actor, ask: Ask) -> bool {
    match actor {
        Actor::Person(_, role) => ask.granted().contains(&role),
        Actor::Instrument(_) => ask.granted_to_instruments(),
        Actor::System => true,
        // A rule acts within what an instrument or a person asked, and asks nothing itself.
        Actor::Rule(_) => false,
    }
}

/// The who-may-do-what table as text: one line for each ask, the roles that may.
#[must_use]
pub fn who_may() -> String {
    let mut table = String::new();
    for ask in Ask::ALL {
        let mut who: Vec<&str> = ask.granted().iter().map(|role| role.title()).collect();
        if ask.granted_to_instruments() {
            who.push("an instrument over its connection");
        }
        table.push_str(&format!("{:<18} {}\n", ask.name(), who.join(", ")));
    }
    table
}
