//! The door between JavaScript and training: datasets, runs, evaluation.
//!
//! An addon of its own, so that filling needs none of it. Every function takes one JSON request,
//! works off the JavaScript thread and answers with one JSON value; holds no logic.

pub mod dataset;
pub mod tfjs;

use continuo_border::{CancelHandle, Failure, WorkerTask, reporter};
use continuo_eval::{EvalError, EvalRequest};
use continuo_train::event::RunEvent;
use continuo_train::export::{ApplyAdapterRequest, apply_adapter as merge_adapter};
use continuo_train::heard::{ExportCheckpointRequest, export_checkpoint as checkpoint_as_model};
use continuo_train::training::TrainRequest;
use continuo_train::{TrainError, training};
use napi::Result;
use napi::bindgen_prelude::{AsyncTask, Function};
use napi_derive::napi;

/// What this addon trains on.
#[cfg(not(feature = "gpu"))]
const DEVICES: continuo_train::compute::CpuOnly = continuo_train::compute::CpuOnly;
#[cfg(feature = "gpu")]
const DEVICES: continuo_train_gpu::Gpu = continuo_train_gpu::Gpu;

fn failure(code: &'static str, message: String) -> Failure {
    Failure {
        code,
        message,
        data: "{}".to_owned(),
        retryable: false,
    }
}

fn train_failure(error: TrainError) -> Failure {
    failure(error.code(), error.to_string())
}

fn eval_failure(error: EvalError) -> Failure {
    failure(error.code(), error.to_string())
}

/// Train or go on training: `TrainRequest` to `TrainAnswer`; progress is a `RunEvent`. Cancelling
/// writes a checkpoint and answers as usual.
#[napi]
pub fn train(
    request: String,
    cancel: &CancelHandle,
    on_progress: Function<String, ()>,
) -> Result<AsyncTask<WorkerTask>> {
    let flag = cancel.flag();
    let mut report = reporter::<RunEvent, 64>(on_progress)?;
    Ok(continuo_border::start(
        request,
        move |request: TrainRequest| {
            let is_stopped = || flag.is_cancelled();
            training::train_on(&DEVICES, &request, &is_stopped, &mut |event| report(event))
                .map_err(train_failure)
        },
    ))
}

/// Merge adapters into their base: `ApplyAdapterRequest` to `ApplyAdapterAnswer`.
#[napi]
pub fn apply_adapter(request: String) -> Result<AsyncTask<WorkerTask>> {
    Ok(continuo_border::start(
        request,
        |request: ApplyAdapterRequest| merge_adapter(&request).map_err(train_failure),
    ))
}

/// Write a checkpoint as a model: `ExportCheckpointRequest` to `ExportCheckpointAnswer`.
#[napi]
pub fn export_checkpoint(request: String) -> Result<AsyncTask<WorkerTask>> {
    Ok(continuo_border::start(
        request,
        |request: ExportCheckpointRequest| checkpoint_as_model(&request).map_err(train_failure),
    ))
}

/// Measure a model: `EvalRequest` to `EvalReport`; progress is `{fraction}`.
#[napi]
pub fn evaluate(
    request: String,
    cancel: &CancelHandle,
    on_progress: Function<String, ()>,
) -> Result<AsyncTask<WorkerTask>> {
    let flag = cancel.flag();
    let mut report = reporter::<EvalStep, 1>(on_progress)?;
    Ok(continuo_border::start(
        request,
        move |request: EvalRequest| {
            let mut progress = |fraction: f64| report(&EvalStep { fraction });
            continuo_eval::run(&request, &flag, &mut progress).map_err(eval_failure)
        },
    ))
}

#[derive(serde::Serialize)]
struct EvalStep {
    fraction: f64,
}
