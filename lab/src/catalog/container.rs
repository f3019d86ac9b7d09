//! What specimens are collected into, and why they are rejected.

/// A tube, bottle, cup or swab.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Container {
    /// The code tests name it by, such as `EDTA_LAV`.
    pub code: String,
    /// Place in the order of draw from a vein, lowest first; none for what is not drawn so.
    pub draw_order: Option<u8>,
    /// Color of the cap, or what the container is.
    pub cap: String,
    /// What it contains.
    pub additive: String,
    /// How often to invert it after filling.
    pub inversions: String,
    /// Usual volume in mL, as text since some are ranges.
    pub nominal_ml: String,
    /// Least fill in mL, as text since some are shares of the nominal volume.
    pub min_fill_ml: String,
    /// Whether a wrong fill spoils the ratio of blood to additive.
    pub ratio_critical: bool,
    /// The specimen it gives.
    pub specimen: String,
    /// What it is typically used for.
    pub typical_use: String,
    /// What to mind.
    pub note: String,
}

/// A reason to reject a specimen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RejectionReason {
    /// The reason's code, such as `HEMOLYZED`.
    pub code: String,
    /// What the bench calls it.
    pub label: String,
    /// Which tests or benches it concerns.
    pub scope: String,
    /// What is done.
    pub action: String,
    /// Who may still have it tested, and how, where it cannot be collected again.
    pub irretrievable_override: String,
    /// What the report says; empty where the laboratory writes its own.
    pub report_text: String,
}
