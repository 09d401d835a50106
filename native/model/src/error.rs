//! Errors of loading and running models.

use std::path::PathBuf;

/// Each variant has a stable [`code`](ModelError::code); messages end with the remedy.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    #[error("no {file} in {}; give a folder with model.json and model.safetensors", folder.display())]
    NotFound { folder: PathBuf, file: &'static str },
    #[error("{}: {reason}; install the model again", path.display())]
    Damaged { path: PathBuf, reason: String },
    #[error(
        "{} has changed since it was written: its checksum differs; train or import it again", path.display()
    )]
    Changed { path: PathBuf },
    #[error("{} holds {found}; this needs {needed}", folder.display())]
    OtherFamily {
        folder: PathBuf,
        found: String,
        needed: &'static str,
    },
    #[error(
        "the model's vocabulary is version {found_version} ({found_hash:.12}), this program reads version \
         {expected_version} ({expected_hash:.12}); use a model made for this version"
    )]
    VocabMismatch {
        expected_version: u32,
        expected_hash: String,
        found_version: u32,
        found_hash: String,
    },
    #[error("{}: {source}; choose a folder that can be written", path.display())]
    Write {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error(
        "ONNX Runtime: {reason}; install onnxruntime-node or set ORT_DYLIB_PATH to its library"
    )]
    RuntimeNotFound { reason: String },
    #[error("no device named \"{name}\"; choose auto, cpu, cuda, directml, coreml or webgpu")]
    DeviceUnknown { name: String },
    #[error("{device}: {reason}; choose --device cpu or auto")]
    DeviceUnavailable {
        device: crate::device::Device,
        reason: String,
    },
    #[error("{steps} steps, the model's limit is {limit}; choose a shorter region or less context")]
    TooLong { steps: usize, limit: usize },
    #[error("{device}: the run failed: {reason}; choose --device cpu")]
    RunFailed {
        device: crate::device::Device,
        reason: String,
    },
}

impl ModelError {
    /// Stable name of the error, as printed in `error[CODE]`.
    pub fn code(&self) -> &'static str {
        match self {
            ModelError::NotFound { .. } => "MODEL_NOT_FOUND",
            ModelError::Damaged { .. } | ModelError::Changed { .. } => "MODEL_DAMAGED",
            ModelError::OtherFamily { .. } => "MODEL_FAMILY",
            ModelError::VocabMismatch { .. } => "VOCAB_MISMATCH",
            ModelError::Write { .. } => "MODEL_WRITE_FAILED",
            ModelError::RuntimeNotFound { .. } => "RUNTIME_NOT_FOUND",
            ModelError::DeviceUnknown { .. } => "DEVICE_UNKNOWN",
            ModelError::DeviceUnavailable { .. } => "DEVICE_UNAVAILABLE",
            ModelError::TooLong { .. } => "MODEL_STEPS_EXCEEDED",
            ModelError::RunFailed { .. } => "MODEL_RUN_FAILED",
        }
    }
}
