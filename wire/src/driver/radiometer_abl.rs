//! Radiometer ABL80 and ABL9 blood gas analyzers.
//!
//! What differs from the standard:
//! - O.3 is `Sample #^259`, a counter, or the number of the patient; what was scanned stands on the
//!   patient record, P.3 or P.4;
//! - the test id says after the code whether it was measured (`^^^pH^M`) or calculated (`^C`);
//! - `.....` is a value that could not be measured;
//! - ABL9 wraps a whole message in SOH and EOT, without frames and checksums.

use super::astm::{At, PLAIN};
use super::{Dialect, Driver, astm};

pub(super) static DRIVER: Driver = Driver {
    name: "radiometer_abl",
    title: "Radiometer ABL80, ABL9",
    dialect: Dialect::Astm(&astm::Dialect {
        senders: &["ABL"],
        sender: "ABL9^400000",
        specimen: &[At('P', 3, 1), At('P', 4, 1)],
        whole_ids: false,
        ..PLAIN
    }),
};
