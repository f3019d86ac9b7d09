//! Believable patients and instruments for the demo, benchmarks and training.
//!
//! [`day`] says what happens when: which patient is ordered what, when the tube is collected and
//! received, and what an instrument will find in it; [`physiology`] knows the values, [`error`]
//! what goes wrong with tubes. [`analyzer`] are instruments that speak real ASTM and HL7 over
//! real TCP; [`load`] sends as fast as it is acknowledged.
//!
//! What must stay true: everything but `analyzer` and `load` is a pure function of a seed, so
//! that a day repeats exactly; nothing here knows how a laboratory keeps what it is told.

pub mod analyzer;
pub mod chance;
pub mod day;
pub mod error;
pub mod load;
pub mod patient;
pub mod physiology;
