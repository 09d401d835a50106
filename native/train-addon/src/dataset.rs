//! Datasets: build, describe, verify, export.

use crate::failure;
use continuo_border::{CancelHandle, Failure, WorkerTask, reporter};
use continuo_train::dataset::build::BuildProgress;
use continuo_train::dataset::export::{ExportRequest, export};
use continuo_train::dataset::info::{InfoRequest, info};
use continuo_train::dataset::verify::{VerifyRequest, verify};
use continuo_train::dataset::{BuildRequest, DatasetError, build};
use napi::Result;
use napi::bindgen_prelude::{AsyncTask, Function};
use napi_derive::napi;

fn dataset_failure(error: DatasetError) -> Failure {
    failure(error.code(), error.to_string())
}

/// Folders of MIDI files to a dataset: `BuildRequest` to `BuildAnswer`; progress is `BuildProgress`.
#[napi]
pub fn build_dataset(
    request: String,
    cancel: &CancelHandle,
    on_progress: Function<String, ()>,
) -> Result<AsyncTask<WorkerTask>> {
    let flag = cancel.flag();
    let mut report = reporter::<BuildProgress, 1>(on_progress)?;
    Ok(continuo_border::start(
        request,
        move |request: BuildRequest| {
            let mut go_on = |step: BuildProgress| {
                report(&step);
                !flag.is_cancelled()
            };
            build(&request, &mut go_on).map_err(dataset_failure)
        },
    ))
}

/// Counts and histograms: `InfoRequest` to `InfoAnswer`.
#[napi]
pub fn dataset_info(request: String) -> Result<AsyncTask<WorkerTask>> {
    Ok(continuo_border::start(request, |request: InfoRequest| {
        info(&request).map_err(dataset_failure)
    }))
}

/// Checksums: `VerifyRequest` to `VerifyAnswer`.
#[napi]
pub fn verify_dataset(request: String) -> Result<AsyncTask<WorkerTask>> {
    Ok(continuo_border::start(request, |request: VerifyRequest| {
        verify(&request).map_err(dataset_failure)
    }))
}

/// Parquet tables: `ExportRequest` to `ExportAnswer`.
#[napi]
pub fn export_dataset(request: String) -> Result<AsyncTask<WorkerTask>> {
    Ok(continuo_border::start(request, |request: ExportRequest| {
        export(&request).map_err(dataset_failure)
    }))
}
