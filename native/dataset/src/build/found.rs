//! A file that a dataset should include.

use std::path::PathBuf;

/// A file of the dataset to be.
pub(super) struct Found {
    /// None where an earlier build has it and its folder is not read now.
    pub path: Option<PathBuf>,
    pub folder: usize,
    pub name: String,
}
