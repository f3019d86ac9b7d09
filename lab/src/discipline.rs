//! The disciplines of the laboratory have their rules here, one folder each: hematology,
//! chemistry, coagulation, urinalysis, immunology, microbiology, blood bank, molecular.
//!
//! What must stay true: disciplines do not know each other; only results flow from them to the
//! accession. What the first disciplines need so far is in their catalog files.
