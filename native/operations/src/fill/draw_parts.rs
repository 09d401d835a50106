//! The notes of a fill, whatever its length: one draw where the model reaches the whole region, else block after
//! block, candidate after candidate, each hearing what was written before it.

mod chain;
mod warnings;

use continuo_midi::{Bars, Note, Song, Tick};
use continuo_model::Device;
use continuo_sampler::{
    CancelFlag, Candidate, Controls, FillRequest, FillResult, Locks, MAX_QUARTERS, Mode,
    ModelIdentity, Progress, SamplerError, Sampling, Timings, Warning,
};

use crate::files::part::Part;
use crate::fill::blocks::blocks_of;

/// What fills a region that it reaches.
pub trait Fills {
    fn fill(
        &mut self,
        request: &FillRequest<'_>,
        cancel: &CancelFlag,
        progress: &mut dyn FnMut(Progress<'_>),
    ) -> Result<FillResult, SamplerError>;

    /// Most bars at once; `None` where there is no such limit.
    fn most_bars(&self) -> Option<u32>;
}

/// A fill of one part or several.
pub struct PartsRequest<'a> {
    pub song: &'a Song,
    /// At least one.
    pub parts: &'a [Part],
    pub mode: Mode,
    pub controls: Controls,
    pub sampling: Sampling,
    /// By part.
    pub locks: Vec<Locks>,
}

/// As `FillResult`, with the notes of each part.
pub struct PartsResult {
    pub model: ModelIdentity,
    /// `None` where no model was asked.
    pub device: Option<Device>,
    pub seed: u64,
    /// By part.
    pub removed: Vec<Vec<Note>>,
    /// Best first.
    pub candidates: Vec<PartsCandidate>,
    pub warnings: Vec<Warning>,
    pub timings: Timings,
}

/// As `Progress`, with the notes of each part.
pub struct PartsProgress<'a> {
    pub fraction: f32,
    pub note_count: usize,
    /// Of the first candidate, by part.
    pub notes: &'a [Vec<Note>],
    pub finished: &'a [PartsCandidate],
}

/// A candidate, and its notes by part.
#[derive(Clone, Debug)]
pub struct PartsCandidate {
    /// With the notes of all parts.
    pub whole: Candidate,
    pub notes: Vec<Vec<Note>>,
}

impl PartsRequest<'_> {
    /// What is asked of a part, with its role.
    fn controls_of(&self, part: &Part) -> Controls {
        Controls {
            part: part.role.or(self.controls.part),
            ..self.controls.clone()
        }
    }

    /// The request of one of the parts.
    pub fn of(&self, index: usize) -> FillRequest<'_> {
        let part = &self.parts[index];
        FillRequest {
            song: self.song,
            track: part.track,
            start_tick: Tick(part.region.start),
            end_tick: Tick(part.region.end),
            mode: self.mode,
            controls: self.controls_of(part),
            sampling: self.sampling.clone(),
            locks: self.locks.get(index).cloned().unwrap_or_default(),
        }
    }
}

/// Draw all candidates of all parts.
///
/// Errors: those of the engine; `REGION_TOO_LONG`.
pub fn draw_parts(
    engine: &mut dyn Fills,
    request: &PartsRequest<'_>,
    cancel: &CancelFlag,
    progress: &mut dyn FnMut(PartsProgress<'_>),
) -> Result<PartsResult, SamplerError> {
    check_length(request)?;
    let bars = Bars::of(request.song);
    let most_bars = engine.most_bars().unwrap_or(u32::MAX);
    if let [part] = request.parts
        && blocks_of(&part.region, &bars, most_bars).len() == 1
    {
        let mut report = |step: Progress<'_>| {
            let finished: Vec<PartsCandidate> = step.finished.iter().map(of_one_part).collect();
            progress(PartsProgress {
                fraction: step.fraction,
                note_count: step.note_count,
                notes: &[step.notes.to_vec()],
                finished: &finished,
            });
        };
        let result = engine.fill(&request.of(0), cancel, &mut report)?;
        if !is_cut_off(&result) || chain::halves(&part.region, &bars).is_none() {
            return Ok(whole(result));
        }
    }
    chain::draw(engine, request, &bars, cancel, progress)
}

fn check_length(request: &PartsRequest<'_>) -> Result<(), SamplerError> {
    let ppq = u64::from(request.song.ppq.max(1));
    for part in request.parts {
        let quarters = u64::from(part.region.end.saturating_sub(part.region.start)) / ppq;
        if quarters > MAX_QUARTERS {
            let limit = MAX_QUARTERS;
            return Err(SamplerError::RegionTooLong { quarters, limit });
        }
    }
    Ok(())
}

/// Did the model reach its limit of notes before the region's end?
fn is_cut_off(result: &FillResult) -> bool {
    let mut warnings = result.warnings.iter();
    warnings.any(|warning| warning.code == "NOTES_LIMIT_REACHED")
}

fn whole(result: FillResult) -> PartsResult {
    PartsResult {
        model: result.model,
        device: Some(result.device),
        seed: result.seed,
        removed: vec![result.removed],
        candidates: result.candidates.iter().map(of_one_part).collect(),
        warnings: result.warnings,
        timings: result.timings,
    }
}

fn of_one_part(whole: &Candidate) -> PartsCandidate {
    PartsCandidate {
        notes: vec![whole.notes.clone()],
        whole: whole.clone(),
    }
}

#[cfg(test)]
mod tests;
