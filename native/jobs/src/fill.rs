//! Fill a region of a file: read, parse, generate, write.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::Instant;

use continuo_midi::{Note, ReplaceRequest, Song, replace_region};
use continuo_sampler::{CancelFlag, FillResult, Progress, Timings};
use serde::Serialize;

use crate::engines::with_engine;
use crate::error::JobError;
use crate::fill_request::FillRequest;
use crate::info::WarningEntry;
use crate::output::{candidate_path, check_output, write_output};
use crate::source::{Source, read_source};
use crate::view::{NoteEntry, View, note_entries, view_around};

/// The answer of `fill --json`, and what a piano roll needs beside it.
#[derive(Debug, Serialize)]
pub struct FillReport {
    pub answer: FillAnswer,
    pub view: View,
    /// Where the original of a fill in place was kept.
    pub backup: Option<PathBuf>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FillAnswer {
    pub model: ModelEntry,
    pub device: String,
    pub seed: u64,
    pub region: RegionEntry,
    pub removed: Vec<NoteEntry>,
    pub candidates: Vec<CandidateEntry>,
    pub warnings: Vec<WarningEntry>,
    pub timings: TimingsEntry,
}

#[derive(Debug, Serialize)]
pub struct ModelEntry {
    pub id: String,
    pub sha256: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RegionEntry {
    /// From 1.
    pub track: usize,
    pub start_tick: u32,
    pub end_tick: u32,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CandidateEntry {
    pub seed: u64,
    pub notes: Vec<NoteEntry>,
    pub log_prob_per_note: f64,
    pub copied: f64,
    pub out_of_scale: f64,
    pub file: PathBuf,
}

/// Milliseconds; `total_ms` counts from the request to the written files.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TimingsEntry {
    pub load_ms: f64,
    pub prompt_ms: f64,
    pub generate_ms: f64,
    pub total_ms: f64,
}

impl From<Timings> for TimingsEntry {
    fn from(timings: Timings) -> Self {
        Self {
            load_ms: timings.load_ms,
            prompt_ms: timings.prompt_ms,
            generate_ms: timings.generate_ms,
            total_ms: timings.total_ms,
        }
    }
}

#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ProgressEntry {
    /// 0-1.
    pub fraction: f32,
    pub note_count: usize,
}

/// Fill, then write one file a candidate. Nothing is written unless all candidates are finished.
///
/// Errors: `INPUT_*`, `MIDI_*`, `TRACK_*`, `REGION_*`, `OUTPUT_*`, those of the sampler and of the model;
/// `CANCELLED` if the flag is raised before the first file is written.
pub fn fill(
    request: &FillRequest,
    cancel: &CancelFlag,
    progress: &mut dyn FnMut(ProgressEntry),
) -> Result<FillReport, JobError> {
    let started = Instant::now();
    let source = read_source(&request.input, request.strict)?;
    let song = &source.parsed.song;
    let track = request.track.resolve(song)?;
    let region = request.region.resolve(song, &song.tracks[track])?;
    check_outputs(request)?;
    let asked = continuo_sampler::FillRequest {
        song,
        track,
        start_tick: region.start,
        end_tick: region.end,
        mode: request.mode.into(),
        controls: request.controls.resolve()?,
        sampling: request.sampling.resolve(),
        locks: request.locks.resolve(),
    };
    let mut report = |step: Progress<'_>| {
        progress(ProgressEntry {
            fraction: step.fraction,
            note_count: step.note_count,
        });
    };
    let result = with_engine(&request.engine, |engine| {
        Ok(engine.fill(&asked, cancel, &mut report)?)
    })?;
    let files = render(request, &source, track, &region, &result)?;
    if cancel.is_cancelled() {
        return Err(JobError::Cancelled);
    }
    let backup = write_files(request, &files)?;
    let view = view_around(song, track, &region, &result.removed);
    let paths = files.into_iter().map(|(path, _)| path).collect();
    let mut answer = describe(request, &source, &region, result, paths);
    answer.timings.total_ms = started.elapsed().as_secs_f64() * 1e3;
    Ok(FillReport {
        answer,
        view,
        backup,
    })
}

/// What a fill in place writes over, or the output that is named.
fn first_output(request: &FillRequest) -> &Path {
    request.output.as_deref().unwrap_or(&request.input)
}

fn check_outputs(request: &FillRequest) -> Result<(), JobError> {
    let output = first_output(request);
    // Their number is checked by the sampler; files beyond its limit are never written.
    let count = request.sampling.candidates.unwrap_or(1).min(64);
    let first = if request.output.is_none() { 1 } else { 0 };
    (first..count)
        .try_for_each(|index| check_output(&candidate_path(output, index), &request.input))
}

/// The bytes of every output, none of which is written yet.
fn render(
    request: &FillRequest,
    source: &Source,
    track: usize,
    region: &Range<u32>,
    result: &FillResult,
) -> Result<Vec<(PathBuf, Vec<u8>)>, JobError> {
    let keep = kept_notes(&source.parsed.song, track, region, &result.removed);
    let track = &source.parsed.song.tracks[track];
    let candidates = result.candidates.iter().enumerate();
    candidates
        .map(|(index, candidate)| {
            let replace = ReplaceRequest {
                chunk: track.chunk,
                channel: track.channel,
                start_tick: region.start,
                end_tick: region.end,
                notes: &candidate.notes,
                keep: &keep,
                cut_crossing: request.cut_crossing,
            };
            let replaced =
                replace_region(&source.bytes, &replace).map_err(|reason| JobError::Midi {
                    path: request.input.clone(),
                    source: reason,
                })?;
            Ok((candidate_path(first_output(request), index), replaced.bytes))
        })
        .collect()
}

/// Old notes of the region that were not removed: the locked ones.
fn kept_notes(song: &Song, track: usize, region: &Range<u32>, removed: &[Note]) -> Vec<Note> {
    let notes = song.tracks[track].notes.iter();
    let inside = notes.filter(|note| region.contains(&note.start_tick));
    inside
        .filter(|note| !removed.contains(note))
        .copied()
        .collect()
}

fn write_files(
    request: &FillRequest,
    files: &[(PathBuf, Vec<u8>)],
) -> Result<Option<PathBuf>, JobError> {
    let mut backup = None;
    for (index, (path, bytes)) in files.iter().enumerate() {
        let is_in_place = request.output.is_none() && index == 0;
        backup = write_output(path, bytes, is_in_place)?.or(backup);
    }
    Ok(backup)
}

fn describe(
    request: &FillRequest,
    source: &Source,
    region: &Range<u32>,
    result: FillResult,
    paths: Vec<PathBuf>,
) -> FillAnswer {
    let read = source.parsed.warnings.iter().map(WarningEntry::from);
    let generated = result.warnings.iter().map(|warning| WarningEntry {
        code: warning.code.to_owned(),
        message: warning.message.clone(),
    });
    FillAnswer {
        model: ModelEntry {
            id: request.engine.model.id.clone(),
            sha256: result.model.sha256,
        },
        device: result.device.to_string(),
        seed: result.seed,
        region: RegionEntry {
            track: result.region.track + 1,
            start_tick: region.start,
            end_tick: region.end,
        },
        removed: note_entries(&result.removed),
        candidates: result
            .candidates
            .into_iter()
            .zip(paths)
            .map(|(candidate, file)| CandidateEntry {
                seed: candidate.seed,
                notes: note_entries(&candidate.notes),
                log_prob_per_note: candidate.log_prob_per_note,
                copied: candidate.copied,
                out_of_scale: candidate.out_of_scale,
                file,
            })
            .collect(),
        warnings: read.chain(generated).collect(),
        timings: result.timings.into(),
    }
}
