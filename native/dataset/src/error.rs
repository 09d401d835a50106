//! Errors of datasets.

use std::path::PathBuf;

#[derive(Debug, thiserror::Error)]
pub enum DatasetError {
    #[error("{path}: {source}; {remedy}", path = path.display(), remedy = remedy(source))]
    Io {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("no MIDI file (.{endings}) is under {path}; name a folder that has some", path = path.display(), endings = continuo_midi::MIDI_ENDINGS.join(", ."))]
    Empty { path: PathBuf },
    #[error("{path} is damaged ({what}); build the dataset again", path = path.display())]
    Damaged { path: PathBuf, what: String },
    #[error("{path} has dataset version {found}, this program reads {expected}; build it again", path = path.display())]
    Version {
        path: PathBuf,
        found: u32,
        expected: u32,
    },
    #[error(
        "{path} cannot be read ({what}), and has pieces of {folders}; name these folders too, or add --replace to leave them out",
        path = path.display()
    )]
    Unreadable {
        path: PathBuf,
        what: String,
        folders: String,
    },
    #[error(
        "--hold-out {value} is not a share of the pieces; write 0 to below 1, such as 0.1 for one in ten"
    )]
    HoldOut { value: f64 },
    #[error("{path} is being built by another program; wait for it, or name another folder", path = path.display())]
    Busy { path: PathBuf },
    #[error("stopped before the end; what was read is kept, build again to go on")]
    Cancelled,
}

/// What helps against a failure of the file system; nothing that stood there was changed by it.
pub fn remedy(error: &std::io::Error) -> &'static str {
    use std::io::ErrorKind;
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => "make room and do it again",
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
            "change its rights, or name another folder"
        }
        _ => "check that it exists and can be read and written",
    }
}

impl DatasetError {
    /// Stable code of the error.
    pub fn code(&self) -> &'static str {
        match self {
            DatasetError::Io { .. } => "DATASET_IO",
            DatasetError::Empty { .. } => "DATASET_EMPTY",
            DatasetError::Damaged { .. } => "DATASET_DAMAGED",
            DatasetError::Version { .. } => "DATASET_VERSION",
            DatasetError::Unreadable { .. } => "DATASET_UNREADABLE",
            DatasetError::HoldOut { .. } => "HOLD_OUT_OUT_OF_RANGE",
            DatasetError::Busy { .. } => "DATASET_BUSY",
            DatasetError::Cancelled => "CANCELLED",
        }
    }

    pub(crate) fn io(path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> DatasetError {
        let path = path.into();
        move |source| DatasetError::Io { path, source }
    }
}
