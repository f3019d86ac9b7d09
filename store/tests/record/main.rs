//! The record at its door: a data folder, commands in, answers and rows out. One file for each
//! promise; the engine is the real one.
//!
//! What must stay true: whatever was answered as done is there after the door was closed and
//! opened again, and the check finds nothing to say.

mod again;
mod batch;
mod copy;
mod fault;
mod fill;
mod follow;
mod grown;
mod hand;
mod issued;
mod journey;
mod list;
mod lost;
mod message;
mod note;
mod plan;
mod room;
mod schema;
mod snapshot;
mod tamper;
mod thread;
mod two;
