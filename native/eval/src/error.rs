//! Errors of evaluations.

use std::path::PathBuf;

/// Errors of this crate; `code` is stable.
#[derive(Debug, thiserror::Error)]
pub enum EvalError {
    #[error("{path}: {source}; check that the folder exists and can be read", path = path.display())]
    Io {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("line {line} of {path} is not a region: {reason}", path = path.display())]
    Region {
        path: PathBuf,
        line: usize,
        reason: String,
    },
    #[error("none of the regions lies in {path}; give the folder that holds their pieces", path = path.display())]
    NoRegions { path: PathBuf },
    #[error("the evaluation was cancelled")]
    Cancelled,
    #[error(transparent)]
    Dataset(#[from] continuo_train::dataset::DatasetError),
    #[error(transparent)]
    Train(#[from] continuo_train::TrainError),
    #[error(transparent)]
    Sampler(#[from] continuo_sampler::SamplerError),
}

impl EvalError {
    /// Stable code of the error.
    pub fn code(&self) -> &'static str {
        match self {
            EvalError::Io { .. } => "EVAL_IO",
            EvalError::Region { .. } => "EVAL_REGION",
            EvalError::NoRegions { .. } => "EVAL_NO_REGIONS",
            EvalError::Cancelled => "CANCELLED",
            EvalError::Dataset(error) => error.code(),
            EvalError::Train(error) => error.code(),
            EvalError::Sampler(error) => error.code(),
        }
    }
}
