//! What JavaScript can call. Requests and answers are those of `continuo-jobs`, as JSON text.

use continuo_jobs as jobs;
use napi::Result;
use napi::bindgen_prelude::{AsyncTask, Function};
use napi::threadsafe_function::ThreadsafeFunctionCallMode;
use napi_derive::napi;

use crate::cancel::CancelHandle;
use crate::task::{JobTask, start};

/// Does nothing: the benchmark measures the others against it.
#[napi]
pub fn nothing() {}

/// What is in a file: `InfoRequest` to `InfoAnswer`.
#[napi]
pub fn info(request: String) -> AsyncTask<JobTask> {
    start(request, |request: jobs::InfoRequest| jobs::info(&request))
}

/// Fill a region of a file: `FillRequest` to `FillReport`. `on_progress` gets a `ProgressEntry` as JSON
/// text after every step; steps that JavaScript has no time for are left out.
#[napi]
pub fn fill(
    request: String,
    cancel: &CancelHandle,
    on_progress: Function<String, ()>,
) -> Result<AsyncTask<JobTask>> {
    let flag = cancel.flag();
    let steps = on_progress
        .build_threadsafe_function()
        .max_queue_size::<1>()
        .build_callback(|context| Ok(context.value))?;
    Ok(start(request, move |request: jobs::FillRequest| {
        let mut report = |step: jobs::ProgressEntry| {
            if let Ok(step) = serde_json::to_string(&step) {
                steps.call(step, ThreadsafeFunctionCallMode::NonBlocking);
            }
        };
        jobs::fill(&request, &flag, &mut report)
    }))
}

/// A file's notes on the model's grid: `NotesRequest` to `NotesAnswer`.
#[napi]
pub fn notes(request: String) -> AsyncTask<JobTask> {
    start(request, |request: jobs::NotesRequest| jobs::notes(&request))
}

/// Such notes as a MIDI file: `DecodeRequest` to `DecodeAnswer`.
#[napi]
pub fn decode_notes(request: String) -> AsyncTask<JobTask> {
    start(request, |request: jobs::DecodeRequest| {
        jobs::decode_notes(&request)
    })
}

/// What is in a model folder: `ModelInfoRequest` to `ModelInfoAnswer`.
#[napi]
pub fn model_info(request: String) -> AsyncTask<JobTask> {
    start(request, |request: jobs::ModelInfoRequest| {
        jobs::model_info(&request)
    })
}

/// A model's graph as an ONNX file: `ExportRequest` to `ExportAnswer`.
#[napi]
pub fn export_model(request: String) -> AsyncTask<JobTask> {
    start(request, |request: jobs::ExportRequest| {
        jobs::export_model(&request)
    })
}

/// Which devices the runtime library offers: `ProbeRequest` to `ProbeAnswer`.
#[napi]
pub fn probe(request: String) -> AsyncTask<JobTask> {
    start(request, |request: jobs::ProbeRequest| jobs::probe(&request))
}
