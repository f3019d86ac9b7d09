//! Every limit of the web in one place.
//!
//! What must stay true: a limit that a person can meet is told in the page that meets it.

/// The most bytes of a form.
pub const FORM_BYTES_MAX: usize = 2 * 1024 * 1024;
/// The most rows of a list.
pub const PAGE_ROWS_MAX: u32 = store::query::PAGE;
/// The most copies of a label printed at once.
pub const COPIES_MAX: u32 = 100;
/// A session ends after so many idle minutes.
pub const IDLE_MINUTES: i64 = 15;
/// A session ends after so many hours, however busy.
pub const SESSION_HOURS_MAX: i64 = 12;
/// Use of a session is written down at most so often, in seconds.
pub const SEEN_EVERY_SECONDS: i64 = 60;
/// The same look of the same person at the same patient is noted once in so many minutes.
pub const LOOK_EVERY_MINUTES: i64 = 10;
/// Passwords verified at the same time; each takes 19 MiB and a core.
pub const PASSWORDS_AT_ONCE: usize = 2;
/// Passwords that wait to be verified; one more is turned away until some are done.
pub const PASSWORDS_WAITING_MAX: usize = 20;
/// The most characters of a password that is tried.
pub const PASSWORD_CHARS_MAX: usize = 1024;
/// Changes are told to a page at most so often, in milliseconds.
pub const LIVE_EVERY_MS: u64 = 200;
/// Changes that wait for a slow page; more are told as one.
pub const LIVE_WAITING_MAX: usize = 1024;
/// The most scans kept on the side list of one session, and the most wristbands.
pub const SIDE_ROWS_MAX: usize = 50;
/// The most journal entries shown below an accession.
pub const JOURNAL_ROWS_MAX: u32 = 100;
/// Seconds after which the counts of what waits are made anew, even if nothing was committed.
pub const COUNTS_SECONDS: i64 = 30;
/// The most journal entries read for the journal of one specimen.
pub const JOURNAL_SCREEN_ROWS_MAX: u32 = 500;
/// Orders side by side on a patient's chart.
pub const CHART_COLUMNS: u32 = 8;
/// The most results in the trend of one test.
pub const TREND_POINTS_MAX: u32 = 60;
/// Wrong passwords for one name from one place before that place must wait to try it again.
pub const TRIES_FREE: u32 = 5;
/// The longest such wait, in minutes.
pub const TRIES_WAIT_MINUTES_MAX: i64 = 15;
/// The most places and names of which wrong passwords are counted.
pub const TRIES_KEPT_MAX: usize = 10_000;
/// The fewest characters of a password that a person chooses.
// NIST SP 800-63B 5.1.1.1: at least 8 characters where the subscriber chooses it.
pub const PASSWORD_CHARS_MIN: usize = 8;
/// The most open tests that a worklist is made of.
pub const OPEN_TESTS_MAX: u32 = 1_500;
/// The most tests verified today of which the turnaround is reckoned.
pub const COURSES_MAX: u32 = 4_000;
/// Seconds after which the turnaround of today is reckoned anew.
pub const SHIFT_SECONDS: i64 = 60;
