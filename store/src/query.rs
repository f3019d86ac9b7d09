//! The questions that screens, reports and instruments ask of the record.
//!
//! What must stay true: each is answered from an index; none grows with the age of the record;
//! each list has a limit.

mod after;
mod board;
mod chart;
mod directory;
mod find;
mod instruments;
mod issued;
mod pending;
mod registered;
mod releases;
mod trouble;
mod tubes;
mod whole;
mod worklist;

pub use after::{call_list, late_list};
pub use board::{Board, board};
pub use chart::{Draw, Point, chart_of, trend_of};
pub use directory::{Entry, facilities, locations, providers};
pub use find::{Found, Listing, find_anything};
pub use instruments::{
    InstrumentLine, Work, controls_of, instruments, unclaimed_count, unclaimed_of, unclaimed_open,
    work_for_specimen,
};
pub use issued::{as_issued, issues_of, letterhead};
pub use pending::{
    PendingTube, Which, finished_courses, open_counts, open_courses, pending_tubes, received_since,
};
pub use registered::{
    Whence, collect_list_at, credits_of, orders_of, patient_of_number, waiting_places, whence_of,
};
pub use releases::{ReleaseLine, releases};
pub use trouble::{troubled_by_instrument, troubled_messages};
pub use tubes::{
    OpenTube, ProcessLine, astray, dispatch_lists, process_list, storage_places, stored_in,
};
pub use whole::{JournalLine, Whole, journal_of, journal_of_patient, whole_by_label};
pub use worklist::{
    CollectLine, ReceivedLine, ReviewLine, collect_list, received_list, review_line, review_list,
};

/// The most rows a list answers with.
pub const PAGE: u32 = 200;
