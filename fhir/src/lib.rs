//! The laboratory's facts in FHIR R4.
