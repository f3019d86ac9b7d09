//! The stations of a tube's journey: order, collect, receive, analyze, verify; the connecting of
//! instruments, and the setting up of the laboratory itself.
//! (Processing and reporting change nothing that is kept, yet.)
//!
//! What must stay true: stations do not know each other.

pub mod analyze;
pub mod collect;
pub mod connect;
pub mod draft;
pub mod order;
pub mod person;
pub mod receive;
pub mod setup;
pub mod verify;
