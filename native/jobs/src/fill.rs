//! Fill a region of a file: read, parse, generate, write.

use std::path::PathBuf;
use std::time::Instant;

use continuo_midi::Note;
use continuo_sampler::{CancelFlag, Progress, Timings};
use serde::{Deserialize, Serialize};

use crate::candidate_files::CandidateFiles;
use crate::draw_parts::{PartsRequest, PartsResult, draw_parts};
use crate::engines::with_engine;
use crate::error::JobError;
use crate::fill_request::FillRequest;
use crate::parts::{Part, resolve_parts};
use crate::source::read_source;
use crate::target::Target;
use crate::view::{NoteEntry, View, note_entries, view_around};
use crate::warnings::{WarningEntry, one_each};

/// The answer of `fill --json`, and what a piano roll needs beside it.
#[derive(Debug, Serialize)]
pub struct FillReport {
    pub answer: FillAnswer,
    /// One a region, in the order of `regions`.
    pub views: Vec<View>,
    /// Where the original of a fill in place was kept.
    pub backup: Option<PathBuf>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FillAnswer {
    pub model: ModelEntry,
    pub device: String,
    pub seed: u64,
    /// The first, where there are several.
    pub region: RegionEntry,
    /// All of them, where there are several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub regions: Option<Vec<RegionEntry>>,
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

impl From<&Part> for RegionEntry {
    fn from(part: &Part) -> Self {
        Self {
            track: part.track + 1,
            start_tick: part.region.start,
            end_tick: part.region.end,
        }
    }
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
    let mut source = read_source(&request.input, request.reading())?;
    for track in request.track.resolve_all(&source.parsed.song)? {
        source.set_drums(track, request.is_drums);
    }
    let parts = resolve_parts(&source.parsed, &request.track, &request.region)?;
    let target = Target::new(&source, &request.input, parts, request.sounding_in())?;
    let output = CandidateFiles {
        input: &request.input,
        output: request.output.as_deref(),
        existing: request.existing,
        cut_crossing: request.cut_crossing,
    };
    output.check(request.sampling.candidates.unwrap_or(1))?;
    let song = target.song();
    let mut locks = request.locks.resolve();
    locks.notes.extend(target.bound.iter().flatten());
    let asked = PartsRequest {
        song: &song,
        parts: &target.parts,
        mode: request.mode.into(),
        controls: request.controls.resolve()?,
        sampling: request.sampling.resolve(),
        locks,
    };
    let mut report = |step: Progress<'_>| {
        progress(ProgressEntry {
            fraction: step.fraction,
            note_count: step.note_count,
        });
    };
    let result = with_engine(&request.engine, |engine| {
        Ok(draw_parts(engine, &asked, cancel, &mut report)?)
    })?;
    let notes = result.candidates.iter().map(|c| c.notes.as_slice());
    let files = output.render(&target, &result.removed, notes)?;
    if cancel.is_cancelled() {
        return Err(JobError::Cancelled);
    }
    let written = output.write(&files, &target)?;
    let parts = target.parts.iter().zip(&result.removed);
    let views = parts
        .map(|(part, removed)| view_around(&song, part.track, &part.region, removed))
        .collect();
    let paths = files.into_iter().map(|(path, _)| path).collect();
    let mut answer = describe(request, &target, result, paths, written.warnings);
    answer.timings.total_ms = started.elapsed().as_secs_f64() * 1e3;
    Ok(FillReport {
        answer,
        views,
        backup: written.backup,
    })
}

fn describe(
    request: &FillRequest,
    target: &Target<'_>,
    result: PartsResult,
    paths: Vec<PathBuf>,
    written: Vec<WarningEntry>,
) -> FillAnswer {
    let read = target.warnings().into_iter();
    let generated = result.warnings.iter().map(WarningEntry::from);
    let parts = &target.parts;
    let regions: Vec<RegionEntry> = parts.iter().map(RegionEntry::from).collect();
    FillAnswer {
        model: ModelEntry {
            id: request.engine.model.id.clone(),
            sha256: result.model.sha256,
        },
        device: result.device.to_string(),
        seed: result.seed,
        region: RegionEntry::from(&parts[0]),
        regions: (parts.len() > 1).then_some(regions),
        removed: entries_of(parts, &result.removed),
        candidates: result
            .candidates
            .into_iter()
            .zip(paths)
            .map(|(candidate, file)| CandidateEntry {
                seed: candidate.whole.seed,
                notes: entries_of(parts, &candidate.notes),
                log_prob_per_note: candidate.whole.log_prob_per_note,
                copied: candidate.whole.copied,
                out_of_scale: candidate.whole.out_of_scale,
                file,
            })
            .collect(),
        warnings: [one_each(read.chain(generated)), written].concat(),
        timings: result.timings.into(),
    }
}

/// The notes of all parts; where there are several, each says its track.
fn entries_of(parts: &[Part], notes: &[Vec<Note>]) -> Vec<NoteEntry> {
    if let [notes] = notes {
        return note_entries(notes);
    }
    let of_part = |(part, notes): (&Part, &Vec<Note>)| {
        let track = Some(part.track + 1);
        let entries = note_entries(notes).into_iter();
        entries
            .map(|entry| NoteEntry { track, ..entry })
            .collect::<Vec<_>>()
    };
    parts.iter().zip(notes).flat_map(of_part).collect()
}
