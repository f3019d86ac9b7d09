//! The shift board: how much waits where.
//!
//! What must stay true: only what waits is counted; what is done costs nothing.

use std::collections::BTreeMap;

use super::trouble;
use super::worklist::WANTED;
use crate::cell::Cell;
use crate::engine::Sql;
use crate::fault::Fault;
use crate::table::LAB;

/// How much waits where.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Board {
    /// Specimens to collect for tests that were not cancelled.
    pub to_collect: i64,
    /// Such specimens that were collected and have not arrived.
    pub to_receive: i64,
    /// Results to verify that nothing holds, by bench.
    pub to_verify: BTreeMap<String, i64>,
    /// Held results, by bench.
    pub held: BTreeMap<String, i64>,
    /// Tests on received specimens that have no result yet, by bench.
    pub awaiting: BTreeMap<String, i64>,
    /// Critical results not yet verified.
    pub critical: i64,
    /// Critical results that nobody has read back yet, verified or not.
    pub calls: i64,
    /// Readings that came after a release and wait beside it.
    pub late: i64,
    /// STAT results that wait for a person.
    pub stat: i64,
    /// Entries of the unclaimed list.
    pub unclaimed: i64,
    /// Messages kept for more than a minute and not filed.
    pub kept: i64,
    /// Messages of the last week that were not understood, or only in part.
    pub unreadable: i64,
    /// Results verified since `since`.
    pub verified: i64,
}

/// Counts what waits, and what was verified since a moment (UTC microseconds).
///
/// # Errors
/// The database failed.
pub fn board(sql: &(impl Sql + ?Sized), since: i64) -> Result<Board, Fault> {
    let lab = Cell::Int(LAB);
    let count = |text: &str| -> Result<i64, Fault> {
        sql.row(text, std::slice::from_ref(&lab))?.map_or(Ok(0), |line| line.int(0))
    };
    // Each names the whole condition of the partial index that answers it.
    let specimens = format!(
        "SELECT count(*) FROM specimen s WHERE s.lab=?1 AND {WANTED} \
         AND s.state IN ('Ordered', 'Collected') AND s.state="
    );
    let mut board = Board {
        to_collect: count(&format!("{specimens}'Ordered'"))?,
        to_receive: count(&format!("{specimens}'Collected'"))?,
        critical: count(
            "SELECT count(*) FROM test t JOIN result r ON r.lab=t.lab AND r.id=t.result \
             WHERE t.lab=?1 AND t.state IN ('Review', 'Held') AND r.flag IN ('LL', 'HH', 'AA')",
        )?,
        calls: count("SELECT count(*) FROM test WHERE lab=?1 AND call_open=1")?,
        late: count("SELECT count(*) FROM test WHERE lab=?1 AND candidate IS NOT NULL")?,
        stat: count(
            "SELECT count(*) FROM test t JOIN accession a ON a.lab=t.lab AND a.id=t.accession \
             WHERE t.lab=?1 AND t.state IN ('Review', 'Held') AND a.urgency=0",
        )?,
        unclaimed: count("SELECT count(*) FROM unclaimed WHERE lab=?1 AND open=1")?,
        ..Board::default()
    };
    (board.kept, board.unreadable) = trouble::counts(sql)?;
    let verified = "SELECT count(*) FROM test WHERE lab=?1 AND verified_at>=?2";
    let line = sql.row(verified, &[lab.clone(), Cell::Int(since)])?;
    board.verified = line.map_or(Ok(0), |line| line.int(0))?;
    let waiting = "SELECT bench, state, count(*) FROM test \
                   WHERE lab=?1 AND state IN ('Review', 'Held') GROUP BY bench, state";
    for line in sql.rows(waiting, std::slice::from_ref(&lab))? {
        let bench = line.text(0)?.to_owned();
        let waits = if line.text(1)? == "Held" { &mut board.held } else { &mut board.to_verify };
        waits.insert(bench, line.int(2)?);
    }
    let awaiting = "SELECT t.bench, count(*) FROM test t \
                    JOIN specimen s ON s.lab=t.lab AND s.id=t.specimen \
                    WHERE t.lab=?1 AND t.state IN ('Awaiting', 'Rerun') \
                    AND s.received_at IS NOT NULL \
                    AND s.state NOT IN ('Rejected', 'Lost', 'Discarded') \
                    GROUP BY t.bench";
    for line in sql.rows(awaiting, &[lab])? {
        board.awaiting.insert(line.text(0)?.to_owned(), line.int(1)?);
    }
    Ok(board)
}
