//! Warnings to the user about how a file was read.

/// A note to the user about how a file was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    pub code: &'static str,
    /// Names the first place, and how often it was met where that is more than once.
    pub message: String,
    /// How often it was met, at least once.
    pub count: usize,
}
