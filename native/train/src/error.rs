//! Everything that can go wrong in a dataset or a training.

use std::path::PathBuf;

/// Errors of this crate; `code` is stable.
#[derive(Debug, thiserror::Error)]
pub enum TrainError {
    #[error("{path}: {source}; check that the folder exists and can be read and written", path = path.display())]
    Io {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("no MIDI file under {path}; give a folder that has .mid or .midi files", path = path.display())]
    DatasetEmpty { path: PathBuf },
    #[error("{path} is damaged ({what}); build the dataset again", path = path.display())]
    DatasetDamaged { path: PathBuf, what: &'static str },
    #[error("{path} has dataset version {found}, this program reads {expected}; build it again", path = path.display())]
    DatasetVersion {
        path: PathBuf,
        found: u32,
        expected: u32,
    },
    #[error(
        "the dataset has {notes} notes in tracks of 8 and more: too little to train on; add files"
    )]
    DatasetTooSmall { notes: usize },
    #[error("{path} is damaged ({what}); use an earlier checkpoint", path = path.display())]
    CheckpointDamaged { path: PathBuf, what: String },
    #[error(
        "the checkpoint was trained on dataset {expected}, this is {found}; give the same data"
    )]
    DataChanged { expected: String, found: String },
    #[error(
        "the loss is {loss} at step {step}; the last checkpoint is whole: lower the learning rate and resume"
    )]
    Diverged { step: u64, loss: f32 },
    #[error("stopped before the end; nothing was written")]
    Cancelled,
    #[error(transparent)]
    Model(#[from] continuo_model::ModelError),
    #[error("{what}; see `continuo train --help`")]
    Config { what: String },
}

impl TrainError {
    /// Stable code of the error.
    pub fn code(&self) -> &'static str {
        match self {
            TrainError::Io { .. } => "TRAIN_IO",
            TrainError::DatasetEmpty { .. } => "DATASET_EMPTY",
            TrainError::DatasetDamaged { .. } => "DATASET_DAMAGED",
            TrainError::DatasetVersion { .. } => "DATASET_VERSION",
            TrainError::DatasetTooSmall { .. } => "DATASET_TOO_SMALL",
            TrainError::CheckpointDamaged { .. } => "CHECKPOINT_DAMAGED",
            TrainError::DataChanged { .. } => "DATA_CHANGED",
            TrainError::Diverged { .. } => "TRAIN_DIVERGED",
            TrainError::Cancelled => "CANCELLED",
            TrainError::Model(error) => error.code(),
            TrainError::Config { .. } => "TRAIN_CONFIG",
        }
    }

    pub(crate) fn io(path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> TrainError {
        let path = path.into();
        move |source| TrainError::Io { path, source }
    }
}
