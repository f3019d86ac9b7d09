//! Panels: tests ordered together under one name.

/// A panel and its members.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Panel {
    /// The code it is ordered by, such as `BMP`.
    pub code: String,
    /// Its name on orders and reports.
    pub name: String,
    /// Its LOINC code, where it has one.
    pub loinc: Option<String>,
    /// Codes of its tests, in the order of the report.
    pub members: Vec<String>,
}
