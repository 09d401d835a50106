//! The result of a fill, as in `fill --json`.

use continuo_midi::{Note, Tick};
use continuo_model::Device;

/// One fill's answer.
#[derive(Clone, Debug)]
pub struct FillResult {
    pub model: ModelIdentity,
    /// Where the notes were computed; logits may differ between devices.
    pub device: Device,
    pub seed: u64,
    pub region: RegionEcho,
    /// Old notes that make room: they start in the region and are not locked.
    pub removed: Vec<Note>,
    /// Best first. At least one; it may have no notes, and then a warning says so.
    pub candidates: Vec<Candidate>,
    pub warnings: Vec<Warning>,
    pub timings: Timings,
}

/// Which weights spoke.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelIdentity {
    pub id: String,
    /// Of the safetensors file, hex.
    pub sha256: String,
}

/// The region as asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RegionEcho {
    pub track: usize,
    pub start_tick: Tick,
    pub end_tick: Tick,
}

/// One set of notes for the region.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// Seed of its random stream; a fill with this seed and one candidate gives it alone, unless it
    /// was drawn again because an earlier draw repeated old notes.
    pub seed: u64,
    /// New notes at the song's PPQ, sorted by (onset, pitch); locked ones are not among them.
    pub notes: Vec<Note>,
    /// Mean natural log-probability of a note under the model at temperature 1; 0 without notes.
    pub log_prob_per_note: f64,
    /// Share of notes in sequences of 8 or more that also occur in the context, 0-1.
    pub copied: f64,
    /// Share of notes outside the scale of the surroundings, 0-1.
    pub out_of_scale: f64,
    /// How far it is from what the part does around the region; the least is offered first.
    pub cost: f32,
}

/// Something the user should know though the fill succeeded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// Stable, such as `FILL_EMPTY`.
    pub code: &'static str,
    pub message: String,
}

/// Milliseconds. `load_ms` is that of the engine, also when it was loaded long before.
#[derive(Clone, Copy, Debug, PartialEq, Default)]
pub struct Timings {
    pub load_ms: f64,
    pub prompt_ms: f64,
    pub generate_ms: f64,
    pub total_ms: f64,
}

/// The progress of a fill; given once per step.
#[derive(Clone, Copy, Debug)]
pub struct Progress<'a> {
    /// 0-1, by the place in the region that the slowest candidate has reached.
    pub fraction: f32,
    /// Notes drawn so far in all candidates.
    pub note_count: usize,
    /// Notes of the first candidate so far; it may still be drawn again.
    pub notes: &'a [Note],
    /// Candidates that were completed in this step.
    pub finished: &'a [Candidate],
}
