//! The laboratory itself: what is kept, what can happen, what may be asked, what is refused.
//!
//! Reading order: [`value`], [`event`], [`refusal`], [`command`], then the stations in
//! [`journey`]. What must stay true: nothing here reads, writes, waits, asks the time or draws a
//! number at random; time and identity are given.
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::as_conversions
    )
)]

pub mod accession;
pub mod catalog;
pub mod command;
pub mod directory;
pub mod discipline;
pub mod event;
pub mod instrument;
pub mod invariant;
pub mod issue;
pub mod journey;
pub mod judgement;
pub mod kept;
pub mod laboratory;
pub mod letterhead;
pub mod patient;
pub mod people;
pub mod quality;
pub mod refusal;
pub mod release;
pub mod rules;
pub mod storage;
pub mod value;
