//! Fill a region of a file: read, parse, generate, write.

use std::ops::Range;
use std::path::PathBuf;
use std::time::Instant;

use continuo_sampler::{CancelFlag, FillResult, Progress, Timings};
use serde::{Deserialize, Serialize};

use crate::candidate_files::CandidateFiles;
use crate::engines::with_engine;
use crate::error::JobError;
use crate::fill_request::FillRequest;
use crate::source::{Source, read_source};
use crate::view::{NoteEntry, View, note_entries, view_around};
use crate::warnings::{WarningEntry, one_each};

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

#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
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
    let output = CandidateFiles {
        input: &request.input,
        output: request.output.as_deref(),
        cut_crossing: request.cut_crossing,
    };
    output.check(request.sampling.candidates.unwrap_or(1))?;
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
    let notes = result.candidates.iter().map(|c| c.notes.as_slice());
    let files = output.render(&source, track, &region, &result.removed, notes)?;
    if cancel.is_cancelled() {
        return Err(JobError::Cancelled);
    }
    let backup = output.write(&files)?;
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

fn describe(
    request: &FillRequest,
    source: &Source,
    region: &Range<u32>,
    result: FillResult,
    paths: Vec<PathBuf>,
) -> FillAnswer {
    let read = source.warnings().into_iter();
    let generated = result.warnings.iter().map(WarningEntry::from);
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
        warnings: one_each(read.chain(generated)),
        timings: result.timings.into(),
    }
}
