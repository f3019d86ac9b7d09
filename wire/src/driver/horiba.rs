//! Horiba ABX hematology: Pentra XLR, Yumizen H500 and H550.
//!
//! What differs from the standard:
//! - the LOINC code stands in component 5 of the test id, `^^^WBC^804-5^1`;
//! - `-----` is a value that was rejected, with status `X`; status `W` is a doubtful one;
//! - alarms are remarks on the result they follow;
//! - a control has processing id H.12 `Q` or specimen type O.16 `CTRL`;
//! - histograms come as vendor records.

use super::astm::{At, Mark, PLAIN, TestId};
use super::{Dialect, Driver, astm};

pub(super) static DRIVER: Driver = Driver {
    name: "horiba",
    title: "Horiba Pentra, Yumizen hematology",
    dialect: Dialect::Astm(&astm::Dialect {
        senders: &["ABX", "H500", "H550", "Yumizen", "Pentra"],
        sender: "H550^000000000000^1.2.1.4",
        result_test: TestId { code: 4, name: 5, dilution: 0, slashed: false, tail: "" },
        whole_ids: false,
        controls: &[
            Mark(At('O', 12, 1), "Q"),
            Mark(At('O', 16, 1), "CTRL"),
            Mark(At('H', 12, 1), "Q"),
        ],
        ..PLAIN
    }),
};
