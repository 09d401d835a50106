//! The files in a model folder: their names, and errors of reading them.

use crate::ModelError;
use std::path::Path;

pub const CONFIG_FILE: &str = "model.json";
pub const WEIGHTS_FILE: &str = "model.safetensors";
/// Fingerprints of the training set's long passages; a model may lack them.
pub const KNOWN_PASSAGES_FILE: &str = "training-runs.bin";

pub(crate) fn read(folder: &Path, file: &'static str) -> Result<Vec<u8>, ModelError> {
    let path = folder.join(file);
    std::fs::read(&path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => ModelError::NotFound {
            folder: folder.to_owned(),
            file,
        },
        _ => damaged(&path, error),
    })
}

pub(crate) fn damaged(path: &Path, reason: impl ToString) -> ModelError {
    ModelError::Damaged {
        path: path.to_owned(),
        reason: reason.to_string(),
    }
}
