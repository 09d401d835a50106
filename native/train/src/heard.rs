//! A checkpoint as a model, to listen to while its run continues or after it has ended.

use crate::adapter::Adapter;
use crate::checkpoint::Checkpoint;
use crate::error::TrainError;
use crate::export::export_model;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// A checkpoint to write as a model.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ExportCheckpointRequest {
    /// Run folder, which has the base weights of the adapters.
    pub run: PathBuf,
    /// The checkpoint's file.
    pub checkpoint: PathBuf,
    /// Model folder to write.
    pub output: PathBuf,
    pub model_id: String,
}

#[derive(Debug, Serialize)]
pub struct ExportCheckpointAnswer {
    pub model: PathBuf,
    /// Updates that it has learnt by.
    pub step: u64,
}

/// Write the weights of a checkpoint, adapters merged: their mean, where that was the best so far.
///
/// Errors: `CHECKPOINT_DAMAGED`, `MODEL_WRITE_FAILED`, `TRAIN_IO`.
pub fn export_checkpoint(
    request: &ExportCheckpointRequest,
) -> Result<ExportCheckpointAnswer, TrainError> {
    let (checkpoint, config) = Checkpoint::load(&request.checkpoint)?;
    let Checkpoint {
        weights,
        mean,
        state,
        ..
    } = checkpoint;
    let is_mean = state.best_is_mean && !mean.is_empty();
    let trained = if is_mean { mean } else { weights };
    let weights = if config.lora > 0 {
        let base = Checkpoint::start_weights(&request.run, &config)?;
        let adapter = Adapter::new(&config.architecture.tensors(), config.lora);
        let mut merged = Vec::new();
        adapter.merge(&base, &trained, &mut merged);
        merged
    } else {
        trained
    };
    let record = serde_json::json!({
        "updates": state.step,
        "notes": state.notes_seen,
        "seconds": state.trained_seconds,
        "base": config.base,
    });
    let id = &request.model_id;
    export_model(&request.output, id, &config.architecture, &weights, record)?;
    continuo_model::seal(&request.output)?;
    Ok(ExportCheckpointAnswer {
        model: request.output.clone(),
        step: state.step,
    })
}
