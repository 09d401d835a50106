//! The functions that JavaScript can call. Requests and answers are those of `continuo-jobs`, as JSON text.

use continuo_border::{CancelHandle, Failure, JobTask, checked_reporter, reporter};
use continuo_jobs as jobs;
use napi::Result;
use napi::bindgen_prelude::{AsyncTask, Function};
use napi_derive::napi;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Start a job whose errors keep their code.
fn start<Request, Answer>(
    request: String,
    job: impl FnOnce(Request) -> std::result::Result<Answer, jobs::JobError> + Send + 'static,
) -> AsyncTask<JobTask>
where
    Request: DeserializeOwned,
    Answer: Serialize,
{
    continuo_border::start(request, move |request| {
        job(request).map_err(|error| Failure {
            code: error.code(),
            message: error.to_string(),
            data: error.data().to_string(),
            retryable: error.is_retryable(),
        })
    })
}

/// Does nothing: the benchmark measures the others against it.
#[napi]
pub fn nothing() {}

/// What is in a file: `InfoRequest` to `InfoAnswer`.
#[napi]
pub fn info(request: String) -> AsyncTask<JobTask> {
    start(request, |request: jobs::InfoRequest| jobs::info(&request))
}

/// Which region a file itself asks to be filled: `MarkedRequest` to `MarkedAnswer`.
#[napi]
pub fn marked(request: String) -> AsyncTask<JobTask> {
    start(request, |request: jobs::MarkedRequest| {
        jobs::marked(&request)
    })
}

/// Fill a region of a file: `FillRequest` to `FillReport`. `on_progress` gets a `FillProgress` as JSON text;
/// no finished candidate is left out.
#[napi]
pub fn fill(
    request: String,
    cancel: &CancelHandle,
    on_progress: Function<String, ()>,
) -> Result<AsyncTask<JobTask>> {
    let flag = cancel.flag();
    let mut report = checked_reporter::<jobs::FillProgress>(on_progress)?;
    Ok(start(request, move |request: jobs::FillRequest| {
        jobs::fill(&request, &flag, &mut |step| report(step))
    }))
}

/// The same of a song that a host sent: `FillSongRequest` to `FillAnswer`.
#[napi]
pub fn fill_song(
    request: String,
    cancel: &CancelHandle,
    on_progress: Function<String, ()>,
) -> Result<AsyncTask<JobTask>> {
    let flag = cancel.flag();
    let mut report = checked_reporter::<jobs::FillProgress>(on_progress)?;
    Ok(start(request, move |request: jobs::FillSongRequest| {
        jobs::fill_song(&request, &flag, &mut |step| report(step))
    }))
}

/// Which tracks of a song without a file are drums: `SentTracksRequest` to `SentTracksAnswer`.
#[napi]
pub fn sent_tracks(request: String) -> AsyncTask<JobTask> {
    start(request, |request: jobs::SentTracksRequest| {
        Ok(jobs::sent_tracks(&request))
    })
}

/// A file with every note: `ReadSongRequest` to `ReadSongAnswer`.
#[napi]
pub fn read_song(request: String) -> AsyncTask<JobTask> {
    start(request, |request: jobs::ReadSongRequest| {
        jobs::read_song(&request)
    })
}

/// What shapes the sound of a file's tracks: `ReadControlsRequest` to `ReadControlsAnswer`.
#[napi]
pub fn read_controls(request: String) -> AsyncTask<JobTask> {
    start(request, |request: jobs::ReadControlsRequest| {
        jobs::read_controls(&request)
    })
}

/// A file with other notes in some of its tracks: `RewriteSongRequest` to `RewriteSongAnswer`.
#[napi]
pub fn rewrite_song(request: String) -> AsyncTask<JobTask> {
    start(request, |request: jobs::RewriteSongRequest| {
        jobs::rewrite_song(&request)
    })
}

/// The scale around a region: `ScaleOfRequest` to `ScaleOfAnswer`.
#[napi]
pub fn scale_of(request: String) -> AsyncTask<JobTask> {
    start(request, |request: jobs::ScaleOfRequest| {
        jobs::scale_of(&request)
    })
}

/// What a daemon must know for a fill of a file: `ReadRegionRequest` to `ReadRegionAnswer`.
#[napi]
pub fn read_region(request: String) -> AsyncTask<JobTask> {
    start(request, |request: jobs::ReadRegionRequest| {
        jobs::read_region(&request)
    })
}

/// Its notes, into the file: `WriteRegionRequest` to `WrittenRegion`.
#[napi]
pub fn write_region(request: String) -> AsyncTask<JobTask> {
    start(request, |request: jobs::WriteRegionRequest| {
        jobs::write_region(&request)
    })
}

/// Measures of the fills of some files against their surroundings: `EvaluateRequest` to `EvaluateAnswer`.
#[napi]
pub fn evaluate(request: String) -> AsyncTask<JobTask> {
    start(request, |request: jobs::EvaluateRequest| {
        jobs::evaluate(&request)
    })
}

/// A song without a file, as a MIDI file: `WriteSongRequest` to `WriteSongAnswer`.
#[napi]
pub fn write_song(request: String) -> AsyncTask<JobTask> {
    start(request, |request: jobs::WriteSongRequest| {
        jobs::write_song(&request)
    })
}

/// A piece from a recurrent model: `GenerateRequest` to `GenerateAnswer`; progress is
/// `GenerateProgress`.
#[napi]
pub fn generate(
    request: String,
    cancel: &CancelHandle,
    on_progress: Function<String, ()>,
) -> Result<AsyncTask<JobTask>> {
    let flag = cancel.flag();
    let mut report = reporter::<jobs::GenerateProgress, 1>(on_progress)?;
    Ok(start(request, move |request: jobs::GenerateRequest| {
        jobs::generate(&request, &flag, &mut |step| report(&step))
    }))
}

/// A file's notes as the models see them: `NotesRequest` to `NotesAnswer`.
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
