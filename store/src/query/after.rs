//! What a result still asks for besides being verified: a call that was not read back, a decision
//! about a reading that came after the release.
//!
//! What must stay true: only what is open is read, oldest first; verifying takes nothing off.

use super::worklist::{ReviewLine, read_review, review_columns};
use crate::cell::Cell;
use crate::engine::Sql;
use crate::fault::Fault;
use crate::table::LAB;

/// Tests whose critical value nobody has read back yet, with that value.
///
/// # Errors
/// The database failed.
pub fn call_list(sql: &(impl Sql + ?Sized), most: u32) -> Result<Vec<ReviewLine>, Fault> {
    listed(sql, "r.id=t.result AND t.call_open=1", most)
}

/// Released tests with the later reading that waits beside them.
///
/// # Errors
/// The database failed.
pub fn late_list(sql: &(impl Sql + ?Sized), most: u32) -> Result<Vec<ReviewLine>, Fault> {
    listed(sql, "r.id=t.candidate AND t.candidate IS NOT NULL", most)
}

fn listed(sql: &(impl Sql + ?Sized), condition: &str, most: u32) -> Result<Vec<ReviewLine>, Fault> {
    let text = format!(
        "SELECT {} FROM test t \
         JOIN result r ON r.lab=t.lab AND {condition} \
         JOIN specimen s ON s.lab=t.lab AND s.id=t.specimen \
         JOIN accession a ON a.lab=t.lab AND a.id=t.accession \
         JOIN patient p ON p.lab=t.lab AND p.id=t.patient \
         WHERE t.lab=?1 ORDER BY t.id LIMIT ?2",
        review_columns()
    );
    let given = [Cell::Int(LAB), Cell::Int(i64::from(most))];
    sql.rows(&text, &given)?.into_iter().map(read_review).collect()
}
