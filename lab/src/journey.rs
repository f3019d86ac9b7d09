//! The stations of a tube's journey: order, collect, receive, analyze, verify, correct; the call
//! of a critical value, the connecting of instruments, and the setting up of the laboratory itself.
//! (Processing and reporting change nothing that is kept, yet.)
//!
//! What must stay true: stations do not know each other.

pub mod analyze;
pub mod call;
pub mod collect;
pub mod connect;
pub mod correct;
pub mod draft;
mod meanwhile;
pub mod order;
pub mod person;
pub mod receive;
pub mod setup;
pub mod verify;

pub use meanwhile::meanwhile;
