//! The functions that JavaScript can call. Requests and answers are those of `continuo-operations`, as JSON text.

use continuo_border::{CancelHandle, Failure, WorkerTask, checked_reporter, reporter};
use continuo_operations as operations;
use napi::Result;
use napi::bindgen_prelude::{AsyncTask, Function};
use napi_derive::napi;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Start an operation whose errors keep their code.
fn start<Request, Answer>(
    request: String,
    operation: impl FnOnce(Request) -> std::result::Result<Answer, operations::OperationError>
    + Send
    + 'static,
) -> AsyncTask<WorkerTask>
where
    Request: DeserializeOwned,
    Answer: Serialize,
{
    continuo_border::start(request, move |request| {
        operation(request).map_err(|error| Failure {
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
pub fn info(request: String) -> AsyncTask<WorkerTask> {
    start(request, |request: operations::InfoRequest| {
        operations::info(&request)
    })
}

/// Which region a file itself asks to be filled: `MarkedRequest` to `MarkedAnswer`.
#[napi]
pub fn marked(request: String) -> AsyncTask<WorkerTask> {
    start(request, |request: operations::MarkedRequest| {
        operations::marked(&request)
    })
}

/// Fill a region of a file: `FillRequest` to `FillReport`. `on_progress` gets a `FillProgress` as JSON text;
/// no finished candidate is left out.
#[napi]
pub fn fill(
    request: String,
    cancel: &CancelHandle,
    on_progress: Function<String, ()>,
) -> Result<AsyncTask<WorkerTask>> {
    let flag = cancel.flag();
    let mut report = checked_reporter::<operations::FillProgress>(on_progress)?;
    Ok(start(request, move |request: operations::FillRequest| {
        operations::fill(&request, &flag, &mut |step| report(step))
    }))
}

/// The same of a song that a host sent: `FillSongRequest` to `FillAnswer`.
#[napi]
pub fn fill_song(
    request: String,
    cancel: &CancelHandle,
    on_progress: Function<String, ()>,
) -> Result<AsyncTask<WorkerTask>> {
    let flag = cancel.flag();
    let mut report = checked_reporter::<operations::FillProgress>(on_progress)?;
    Ok(start(
        request,
        move |request: operations::FillSongRequest| {
            operations::fill_song(&request, &flag, &mut |step| report(step))
        },
    ))
}

/// Which tracks of a song without a file are drums: `SentTracksRequest` to `SentTracksAnswer`.
#[napi]
pub fn sent_tracks(request: String) -> AsyncTask<WorkerTask> {
    start(request, |request: operations::SentTracksRequest| {
        Ok(operations::sent_tracks(&request))
    })
}

/// A file with every note: `ReadSongRequest` to `ReadSongAnswer`.
#[napi]
pub fn read_song(request: String) -> AsyncTask<WorkerTask> {
    start(request, |request: operations::ReadSongRequest| {
        operations::read_song(&request)
    })
}

/// What shapes the sound of a file's tracks: `ReadControlsRequest` to `ReadControlsAnswer`.
#[napi]
pub fn read_controls(request: String) -> AsyncTask<WorkerTask> {
    start(request, |request: operations::ReadControlsRequest| {
        operations::read_controls(&request)
    })
}

/// A file with other notes in some of its tracks: `RewriteSongRequest` to `RewriteSongAnswer`.
#[napi]
pub fn rewrite_song(request: String) -> AsyncTask<WorkerTask> {
    start(request, |request: operations::RewriteSongRequest| {
        operations::rewrite_song(&request)
    })
}

/// The scale around a region: `ScaleOfRequest` to `ScaleOfAnswer`.
#[napi]
pub fn scale_of(request: String) -> AsyncTask<WorkerTask> {
    start(request, |request: operations::ScaleOfRequest| {
        operations::scale_of(&request)
    })
}

/// Which of several tracks is filled first: `FillOrderRequest` to `FillOrderAnswer`.
#[napi]
pub fn fill_order(request: String) -> AsyncTask<WorkerTask> {
    start(request, |request: operations::FillOrderRequest| {
        operations::fill_order(&request)
    })
}

/// The chords of a song's bars: `ChordsOfBarsRequest` to `ChordsOfBarsAnswer`.
#[napi]
pub fn chords_of_bars(request: String) -> AsyncTask<WorkerTask> {
    start(request, |request: operations::ChordsOfBarsRequest| {
        operations::chords_of_bars(&request)
    })
}

/// What a daemon must know for a fill of a file: `ReadRegionRequest` to `ReadRegionAnswer`.
#[napi]
pub fn read_region(request: String) -> AsyncTask<WorkerTask> {
    start(request, |request: operations::ReadRegionRequest| {
        operations::read_region(&request)
    })
}

/// Its notes, into the file: `WriteRegionRequest` to `WrittenRegion`.
#[napi]
pub fn write_region(request: String) -> AsyncTask<WorkerTask> {
    start(request, |request: operations::WriteRegionRequest| {
        operations::write_region(&request)
    })
}

/// Measures of the fills of some files against their surroundings: `EvaluateRequest` to `EvaluateAnswer`.
#[napi]
pub fn evaluate(request: String) -> AsyncTask<WorkerTask> {
    start(request, |request: operations::EvaluateRequest| {
        operations::evaluate(&request)
    })
}

/// A song without a file, as a MIDI file: `WriteSongRequest` to `WriteSongAnswer`.
#[napi]
pub fn write_song(request: String) -> AsyncTask<WorkerTask> {
    start(request, |request: operations::WriteSongRequest| {
        operations::write_song(&request)
    })
}

/// A piece from a recurrent model: `GenerateRequest` to `GenerateAnswer`; progress is
/// `GenerateProgress`.
#[napi]
pub fn generate(
    request: String,
    cancel: &CancelHandle,
    on_progress: Function<String, ()>,
) -> Result<AsyncTask<WorkerTask>> {
    let flag = cancel.flag();
    let mut report = reporter::<operations::GenerateProgress, 1>(on_progress)?;
    Ok(start(
        request,
        move |request: operations::GenerateRequest| {
            operations::generate(&request, &flag, &mut |step| report(&step))
        },
    ))
}

/// A file's notes as the models see them: `NotesRequest` to `NotesAnswer`.
#[napi]
pub fn notes(request: String) -> AsyncTask<WorkerTask> {
    start(request, |request: operations::NotesRequest| {
        operations::notes(&request)
    })
}

/// Such notes as a MIDI file: `DecodeRequest` to `DecodeAnswer`.
#[napi]
pub fn decode_notes(request: String) -> AsyncTask<WorkerTask> {
    start(request, |request: operations::DecodeRequest| {
        operations::decode_notes(&request)
    })
}

/// What is in a model folder: `ModelInfoRequest` to `ModelInfoAnswer`.
#[napi]
pub fn model_info(request: String) -> AsyncTask<WorkerTask> {
    start(request, |request: operations::ModelInfoRequest| {
        operations::model_info(&request)
    })
}

/// A model's graph as an ONNX file: `ExportRequest` to `ExportAnswer`.
#[napi]
pub fn export_model(request: String) -> AsyncTask<WorkerTask> {
    start(request, |request: operations::ExportRequest| {
        operations::export_model(&request)
    })
}

/// Which devices the runtime library offers: `ProbeRequest` to `ProbeAnswer`.
#[napi]
pub fn probe(request: String) -> AsyncTask<WorkerTask> {
    start(request, |request: operations::ProbeRequest| {
        operations::probe(&request)
    })
}
