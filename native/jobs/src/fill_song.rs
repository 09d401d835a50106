//! Fill a region of a song that a host sent: notes in, notes out, no file.

use std::time::{Duration, Instant};

use continuo_sampler::{CancelFlag, Candidate, Locks, Progress};
use serde::{Deserialize, Serialize};

use crate::draw_parts::{PartsRequest, PartsResult, draw_parts};
use crate::engines::{EngineChoice, with_engine};
use crate::error::JobError;
use crate::fill::{ModelEntry, TimingsEntry};
use crate::fill_request::{ControlsRequest, ModeRequest, SamplingRequest};
use crate::parts::Part;
use crate::song_request::{SongNote, SongRequest};
use crate::view::{NoteEntry, note_entries};
use crate::warnings::{WarningEntry, one_each};

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FillSongRequest {
    pub song: SongRequest,
    pub region: SongRegion,
    pub mode: ModeRequest,
    #[serde(default)]
    pub controls: ControlsRequest,
    pub sampling: SamplingRequest,
    /// Old notes that stay, known by onset and pitch.
    #[serde(default)]
    pub locked_notes: Vec<SongNote>,
    pub engine: EngineChoice,
}

/// Half-open, at the song's PPQ.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SongRegion {
    pub track_id: String,
    pub start_tick: u32,
    pub end_tick: u32,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FillSongAnswer {
    pub model: ModelEntry,
    pub device: String,
    pub seed: u64,
    pub region: SongRegion,
    pub removed: Vec<NoteEntry>,
    pub candidates: Vec<SongCandidate>,
    pub warnings: Vec<WarningEntry>,
    pub timings: TimingsEntry,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SongCandidate {
    pub seed: u64,
    pub notes: Vec<NoteEntry>,
    pub log_prob_per_note: f64,
    pub copied: f64,
    pub out_of_scale: f64,
}

impl From<&Candidate> for SongCandidate {
    fn from(candidate: &Candidate) -> Self {
        Self {
            seed: candidate.seed,
            notes: note_entries(&candidate.notes),
            log_prob_per_note: candidate.log_prob_per_note,
            copied: candidate.copied,
            out_of_scale: candidate.out_of_scale,
        }
    }
}

/// Where a fill stands.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SongProgress {
    /// 0-1.
    pub fraction: f32,
    /// Of all candidates.
    pub note_count: usize,
    /// The first candidate so far; it may still be drawn again.
    pub notes: Vec<NoteEntry>,
    /// Those that were completed since the last report that was heard.
    pub finished: Vec<SongCandidate>,
}

/// Time between two reports without a finished candidate: about what an eye can follow.
const REPORT_EVERY: Duration = Duration::from_millis(25);

/// Fill. `progress` says whether it was heard; candidates that were not are told again.
///
/// Errors: `REQUEST_INVALID`, `TRACK_NOT_FOUND`, `SCALE_UNKNOWN`, `CANCELLED`, those of the sampler
/// and of the model.
pub fn fill_song(
    request: &FillSongRequest,
    cancel: &CancelFlag,
    progress: &mut dyn FnMut(&SongProgress) -> bool,
) -> Result<FillSongAnswer, JobError> {
    let started = Instant::now();
    let song = request.song.song()?;
    let track = request.song.track_index(&request.region.track_id)?;
    let locked = request.locked_notes.iter().map(SongNote::note);
    let region = request.region.start_tick..request.region.end_tick;
    let asked = PartsRequest {
        song: &song,
        parts: &[Part { track, region }],
        mode: request.mode.into(),
        controls: request.controls.resolve()?,
        sampling: request.sampling.resolve(),
        locks: Locks {
            notes: locked.collect::<Result<_, _>>()?,
            ..Locks::default()
        },
    };
    let mut finished: Vec<SongCandidate> = Vec::new();
    let mut reported: Option<Instant> = None;
    let mut report = |step: Progress<'_>| {
        finished.extend(step.finished.iter().map(SongCandidate::from));
        let is_early = reported.is_some_and(|at| at.elapsed() < REPORT_EVERY);
        if is_early && finished.is_empty() {
            return;
        }
        reported = Some(Instant::now());
        let told = SongProgress {
            fraction: step.fraction,
            note_count: step.note_count,
            notes: note_entries(step.notes),
            finished: std::mem::take(&mut finished),
        };
        if !progress(&told) {
            finished = told.finished;
        }
    };
    let result = with_engine(&request.engine, |engine| {
        Ok(draw_parts(engine, &asked, cancel, &mut report)?)
    })?;
    let mut answer = describe(request, result);
    answer.timings.total_ms = started.elapsed().as_secs_f64() * 1e3;
    Ok(answer)
}

fn describe(request: &FillSongRequest, result: PartsResult) -> FillSongAnswer {
    FillSongAnswer {
        model: ModelEntry {
            id: request.engine.model.id.clone(),
            sha256: result.model.sha256,
        },
        device: result.device.to_string(),
        seed: result.seed,
        region: request.region.clone(),
        removed: result.removed.first().map_or_else(Vec::new, note_entries),
        candidates: result
            .candidates
            .iter()
            .map(|candidate| SongCandidate::from(&candidate.whole))
            .collect(),
        warnings: one_each(result.warnings.iter().map(WarningEntry::from)),
        timings: result.timings.into(),
    }
}
