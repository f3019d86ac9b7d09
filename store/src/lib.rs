//! The one door: journal and tables, two engines.
