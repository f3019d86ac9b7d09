//! The questions that screens, reports and instruments ask of the record.
//!
//! What must stay true: each is answered from an index; none grows with the age of the record;
//! each list has a limit.
