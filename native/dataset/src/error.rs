//! What can go wrong with datasets.

use std::path::PathBuf;

#[derive(Debug, thiserror::Error)]
pub enum DatasetError {
    #[error("{path}: {source}; check that the folder exists and can be read and written", path = path.display())]
    Io {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("no .mid or .midi file is under {path}; name a folder that has some", path = path.display())]
    Empty { path: PathBuf },
    #[error("{path} is damaged ({what}); build the dataset again", path = path.display())]
    Damaged { path: PathBuf, what: &'static str },
    #[error("{path} has dataset version {found}, this program reads {expected}; build it again", path = path.display())]
    Version {
        path: PathBuf,
        found: u32,
        expected: u32,
    },
    #[error("stopped before the end; what was read is kept, build again to go on")]
    Cancelled,
}

impl DatasetError {
    /// Stable code of the error.
    pub fn code(&self) -> &'static str {
        match self {
            DatasetError::Io { .. } => "DATASET_IO",
            DatasetError::Empty { .. } => "DATASET_EMPTY",
            DatasetError::Damaged { .. } => "DATASET_DAMAGED",
            DatasetError::Version { .. } => "DATASET_VERSION",
            DatasetError::Cancelled => "CANCELLED",
        }
    }

    pub(crate) fn io(path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> DatasetError {
        let path = path.into();
        move |source| DatasetError::Io { path, source }
    }
}
