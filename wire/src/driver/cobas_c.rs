//! Roche cobas c 311 clinical chemistry.
//!
//! What differs from the standard:
//! - component 1 of O.3 is a counter, the specimen number is component 2, padded;
//! - the test id is `^^^687/dilution/predilution`, H.11 names the message as on the cobas e 411;
//! - the number of an instrument flag follows each result as a remark;
//! - controls have action code O.12 `Q`.

use super::astm::{At, Echo, PLAIN, TestId};
use super::{Dialect, Driver, astm};

pub(super) static DRIVER: Driver = Driver {
    name: "cobas_c",
    title: "Roche cobas c 311",
    dialect: Dialect::Astm(&astm::Dialect {
        senders: &["c311", "cobas c 311", "cobas c311", "cobas-c311"],
        sender: "c311^1",
        specimen: &[At('O', 3, 2)],
        result_test: TestId { code: 4, name: 0, dilution: 5, slashed: true, tail: "" },
        whole_ids: false,
        at: &[At('R', 13, 1), At('R', 12, 1), At('O', 23, 1)],
        query_specimen: 3,
        query_position: Some([4, 5, 6]),
        echo: Echo::Rest,
        query_status: "A",
        message_names: ["RSUPL^REAL", "TSREQ^REAL", "TSDWN^REPLY"],
        pad: 22,
        ..PLAIN
    }),
};
