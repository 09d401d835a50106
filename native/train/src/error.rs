//! Errors of trainings.

use continuo_dataset::error::remedy;
use std::path::PathBuf;

/// Errors of this crate; `code` is stable.
#[derive(Debug, thiserror::Error)]
pub enum TrainError {
    #[error("{path}: {source}; {remedy}", path = path.display(), remedy = remedy(source))]
    Io {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error(transparent)]
    Dataset(#[from] continuo_dataset::DatasetError),
    #[error(
        "the dataset has {notes} notes in tracks of 8 and more: too little to train on; add files"
    )]
    DatasetTooSmall { notes: usize },
    #[error(
        "{path} is damaged ({what}); {remedy}", path = path.display()
    )]
    CheckpointDamaged {
        path: PathBuf,
        what: String,
        remedy: &'static str,
    },
    #[error(
        "the run was trained on dataset {expected:.12}, and {found:.12} lacks some of its pieces; give the same data or more, or start from its model by --from RUN/model --out NEW"
    )]
    DataChanged { expected: String, found: String },
    #[error(
        "the loss is {loss} at step {step}; the last checkpoint is intact: lower the learning rate and resume"
    )]
    Diverged { step: u64, loss: f64 },
    #[error("{path} already contains a run; continue it by --resume {path}, or name another folder", path = path.display())]
    RunExists { path: PathBuf },
    #[error("another training is using {path}; wait for it to end, or name another folder", path = path.display())]
    RunBusy { path: PathBuf },
    #[error("{path} contains no run to resume; start one by --out", path = path.display())]
    RunNotFound { path: PathBuf },
    #[error(
        "{base} is {found}, but {asked} was asked for; leave out --model, or start from another model"
    )]
    ModelMismatch {
        base: String,
        found: String,
        asked: String,
    },
    #[error(
        "sequences of {steps} notes are longer than all songs together ({notes} notes); lower --seq or add files"
    )]
    SequenceTooLong { steps: usize, notes: usize },
    #[error(
        "a batch of {units} {what} repeats each of {notes} notes more than {limit} times; lower --batch or add files"
    )]
    BatchTooLarge {
        units: usize,
        /// What a batch is counted in.
        what: &'static str,
        notes: usize,
        limit: usize,
    },
    #[error(
        "this needs at least {needed_mib} MiB of memory, {free_mib} MiB are free; lower --batch, --seq or --lora, or take a smaller model"
    )]
    MemoryShort { needed_mib: u64, free_mib: u64 },
    #[error("cannot train on {device}: {reason}")]
    DeviceUnavailable { device: String, reason: String },
    #[error(
        "{path} was trained on the model with sha256 {expected}, this one has {found}; give its own base", path = path.display()
    )]
    AdapterBase {
        path: PathBuf,
        expected: String,
        found: String,
    },
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
            TrainError::Dataset(error) => error.code(),
            TrainError::DatasetTooSmall { .. } => "DATASET_TOO_SMALL",
            TrainError::CheckpointDamaged { .. } => "CHECKPOINT_DAMAGED",
            TrainError::DataChanged { .. } => "DATA_CHANGED",
            TrainError::Diverged { .. } => "TRAIN_DIVERGED",
            TrainError::RunExists { .. } => "RUN_EXISTS",
            TrainError::RunBusy { .. } => "RUN_BUSY",
            TrainError::RunNotFound { .. } => "RUN_NOT_FOUND",
            TrainError::ModelMismatch { .. } => "MODEL_MISMATCH",
            TrainError::SequenceTooLong { .. } => "SEQUENCE_TOO_LONG",
            TrainError::BatchTooLarge { .. } => "BATCH_TOO_LARGE",
            TrainError::MemoryShort { .. } => "MEMORY_SHORT",
            TrainError::DeviceUnavailable { .. } => "DEVICE_UNAVAILABLE",
            TrainError::AdapterBase { .. } => "ADAPTER_BASE",
            TrainError::Model(error) => error.code(),
            TrainError::Config { .. } => "TRAIN_CONFIG",
        }
    }

    pub(crate) fn io(path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> TrainError {
        let path = path.into();
        move |source| TrainError::Io { path, source }
    }
}
