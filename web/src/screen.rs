//! The screens, one file each: its address, its question, its page, its forms.
//!
//! What must stay true: a screen asks the record and the door through its `Call` and nothing
//! else; never two patients in one form.

pub(crate) mod accession;
pub(crate) mod board;
pub(crate) mod catalog;
pub(crate) mod chart;
pub(crate) mod code_map;
pub(crate) mod collect;
pub(crate) mod correct;
pub(crate) mod criticals;
pub(crate) mod directory;
pub(crate) mod dispatch;
pub(crate) mod enter;
pub(crate) mod find;
pub(crate) mod instrument;
mod instrument_state;
pub(crate) mod instruments;
pub(crate) mod journal;
pub(crate) mod label;
pub(crate) mod laboratory;
pub(crate) mod looks;
pub(crate) mod message;
pub(crate) mod order;
pub(crate) mod outside;
pub(crate) mod own_password;
pub(crate) mod patient;
pub(crate) mod pending;
pub(crate) mod people;
pub(crate) mod process;
pub(crate) mod reasons;
pub(crate) mod receive;
pub(crate) mod reject;
pub(crate) mod report;
pub(crate) mod review;
pub(crate) mod rules;
pub(crate) mod settle;
pub(crate) mod sign_in;
pub(crate) mod storage;
pub(crate) mod trouble;
pub(crate) mod tube;
pub(crate) mod unclaimed;
pub(crate) mod whole_order;
