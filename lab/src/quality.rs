//! How well the laboratory works: turnaround against its targets. Quality control, calibration,
//! proficiency testing and nonconformance have their room here.
//!
//! What must stay true: nothing of it decides about a patient's result before it is complete;
//! until then control material waits in a list of its own, apart from patients.

pub mod turnaround;
