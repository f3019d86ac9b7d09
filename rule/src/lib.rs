//! Conditions and calculations over named quantities, each with examples.
