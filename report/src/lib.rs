//! The laboratory's facts on paper and on labels: the patient report, the cumulative view with its
//! trends, the specimen label.
//!
//! Reading order: [`patient_report`], [`cumulative`], [`trend`], [`label`], then the parts they are
//! made of: [`text`] is what is said, [`pdf`] sets it on paper, [`code128`] draws bars, [`unit`]
//! writes units as people read them, [`clock`] writes times and ages.
//!
//! What must stay true: nothing here reads, writes or asks the time; only verified results are
//! printed as results; a patient's name can neither command a printer nor a browser; everything is
//! legible in black and white.
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::as_conversions
    )
)]

pub mod clock;
pub mod code128;
pub mod cumulative;
pub mod label;
pub mod patient_report;
pub mod pdf;
pub mod text;
pub mod trend;
pub mod unit;
