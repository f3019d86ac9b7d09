//! A message as records and fields: borrowed from the text, nothing thrown away.
//!
//! What must stay true: bytes become characters first and are split afterwards; the separators
//! are those the message itself declares; an escape nobody knows stays as it stands.

pub mod astm;
pub mod charset;
pub mod hl7;
