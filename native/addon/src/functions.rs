//! What JavaScript can call. Requests and answers are those of `continuo-jobs`, as JSON text.

use continuo_jobs as jobs;
use napi::bindgen_prelude::AsyncTask;
use napi_derive::napi;

use crate::task::{JobTask, start};

/// Does nothing: the benchmark measures the others against it.
#[napi]
pub fn nothing() {}

/// What is in a file: `InfoRequest` to `InfoAnswer`.
#[napi]
pub fn info(request: String) -> AsyncTask<JobTask> {
    start(request, |request: jobs::InfoRequest| jobs::info(&request))
}
