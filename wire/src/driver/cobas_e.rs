//! Roche cobas e 411 (Elecsys) immunoassay.
//!
//! What differs from the standard:
//! - H.11 names the message: `RSUPL^REAL` or `RSUPL^BATCH` results, `TSREQ^REAL` question,
//!   `TSDWN^REPLY` our answer;
//! - the question's Q.3 is `^^number^sequence^rack^place^^S1^SC` and what follows the number is
//!   repeated in O.4 of the order we send; Q.13 is `A`, which here is the question itself, not a
//!   withdrawal;
//! - the test id of a result is `^^^code/dilution/predilution`, of an order `^^^code^dilution`;
//! - qualitative tests send `-1^0.325`: the verdict (-1 not reactive, 0 borderline, 1 reactive)
//!   and the cutoff index;
//! - results have no time of their own; O.23 has it;
//! - controls have action code O.12 `Q`; records are cut by ETB anywhere.

use super::astm::{At, Echo, PLAIN, TestId};
use super::{Dialect, Driver, astm};

pub(super) static DRIVER: Driver = Driver {
    name: "cobas_e",
    title: "Roche cobas e 411",
    dialect: Dialect::Astm(&astm::Dialect {
        senders: &["cobas-e", "cobas e", "E411", "elecsys"],
        sender: "cobas-e411^1",
        specimen: &[At('O', 3, 1)],
        position: Some([At('O', 4, 1), At('O', 4, 2), At('O', 4, 3)]),
        result_test: TestId { code: 4, name: 0, dilution: 5, slashed: true, tail: "" },
        paired: true,
        at: &[At('R', 13, 1), At('R', 12, 1), At('O', 23, 1)],
        query_specimen: 3,
        query_position: Some([4, 5, 6]),
        echo: Echo::Rest,
        query_status: "A",
        message_names: ["RSUPL^REAL", "TSREQ^REAL", "TSDWN^REPLY"],
        whole_ids: false,
        ..PLAIN
    }),
};
