//! Probes the machine: the runtime library and its devices, tried with a real model.

use std::path::PathBuf;
use std::time::Instant;

use continuo_model::{DeviceChoice, Model, Runtime, Trunk};
use serde::{Deserialize, Serialize};

use crate::error::OperationError;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ProbeRequest {
    pub folder: PathBuf,
    pub runtime_library: PathBuf,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ProbeAnswer {
    /// The library that is loaded; a process keeps the first.
    pub runtime_library: PathBuf,
    /// What `--device auto` takes.
    pub device: String,
    /// Every device that was tried, in order.
    pub devices: Vec<DeviceEntry>,
    pub load_ms: f64,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DeviceEntry {
    pub device: String,
    pub is_chosen: bool,
    /// "chosen", or why not.
    pub reason: String,
}

/// Errors: `RUNTIME_NOT_FOUND`, `MODEL_*`, `VOCAB_MISMATCH`, `DEVICE_UNAVAILABLE`.
pub fn probe(request: &ProbeRequest) -> Result<ProbeAnswer, OperationError> {
    let start = Instant::now();
    let runtime = Runtime::load(Some(&request.runtime_library))?;
    let model = Model::load(&request.folder)?;
    let chosen = Trunk::open(&model, &runtime, DeviceChoice::Auto, 1)?;
    Ok(ProbeAnswer {
        runtime_library: runtime.library().to_owned(),
        device: chosen.device.to_string(),
        devices: chosen
            .reports
            .iter()
            .map(|report| DeviceEntry {
                device: report.device.to_string(),
                is_chosen: report.is_chosen,
                reason: report.reason.clone(),
            })
            .collect(),
        load_ms: start.elapsed().as_secs_f64() * 1e3,
    })
}
