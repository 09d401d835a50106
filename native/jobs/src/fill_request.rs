//! A fill as JavaScript asks for it.

use std::path::PathBuf;

use continuo_sampler::{Controls, Locks, Mode, Rhythm, Sampling};
use serde::Deserialize;

use crate::engines::EngineChoice;
use crate::error::JobError;
use crate::output::Existing;
use crate::region::RegionChoice;
use crate::source::Reading;
use crate::target::SoundingIn;
use crate::track::TrackChoice;

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FillRequest {
    pub input: PathBuf,
    /// `None` writes over the input and keeps a backup.
    #[serde(default)]
    pub output: Option<PathBuf>,
    #[serde(default)]
    pub existing: Existing,
    #[serde(default)]
    pub strict: bool,
    /// Which song, from 1, of a file that holds several.
    #[serde(default)]
    pub song: Option<usize>,
    pub track: TrackChoice,
    /// Overrules what the file says of the track.
    #[serde(default)]
    pub is_drums: Option<bool>,
    pub region: RegionChoice,
    pub mode: ModeRequest,
    pub controls: ControlsRequest,
    pub sampling: SamplingRequest,
    pub locks: LocksRequest,
    #[serde(default)]
    pub cut_crossing: bool,
    /// Write the note-offs that the track lacks.
    #[serde(default)]
    pub end_held_notes: bool,
    pub engine: EngineChoice,
}

impl FillRequest {
    pub fn reading(&self) -> Reading {
        Reading {
            strict: self.strict,
            song: self.song,
        }
    }

    pub fn sounding_in(&self) -> SoundingIn {
        SoundingIn {
            cut_crossing: self.cut_crossing,
            end_held: self.end_held_notes,
        }
    }
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ModeRequest {
    Fill,
    Continue,
    Vary { amount: f64 },
}

impl From<ModeRequest> for Mode {
    fn from(mode: ModeRequest) -> Self {
        match mode {
            ModeRequest::Fill => Self::Fill,
            ModeRequest::Continue => Self::Continue,
            ModeRequest::Vary { amount } => Self::Vary {
                amount: amount as f32,
            },
        }
    }
}

/// Numbers are wider here than in the sampler, so that its limits, not JSON's, answer 1,000 and 1e300.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct ControlsRequest {
    pub density: Option<u64>,
    pub polyphony: Option<u64>,
    pub pitch_range: Option<(u8, u8)>,
    /// A tonic and a mode, or "auto".
    pub scale: Option<String>,
    pub rhythm: Option<RhythmRequest>,
    pub velocity: Option<u64>,
    pub novelty: f64,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum RhythmRequest {
    Free,
    Keep,
    KeepOnsets,
}

impl ControlsRequest {
    /// Errors: `SCALE_UNKNOWN`.
    pub fn resolve(&self) -> Result<Controls, JobError> {
        // Whatever does not fit a byte is beyond every limit, as 255 is.
        let byte = |value: Option<u64>| value.map(|value| u8::try_from(value).unwrap_or(u8::MAX));
        Ok(Controls {
            density: byte(self.density),
            polyphony: byte(self.polyphony),
            pitch_range: self.pitch_range,
            scale: self.scale.as_deref().map(str::parse).transpose()?,
            rhythm: match self.rhythm {
                None | Some(RhythmRequest::Free) => Rhythm::Free,
                Some(RhythmRequest::Keep) => Rhythm::Keep,
                Some(RhythmRequest::KeepOnsets) => Rhythm::KeepOnsets,
            },
            velocity: byte(self.velocity),
            novelty: self.novelty as f32,
            ..Controls::default()
        })
    }
}

/// A number of a request in single precision; one that does not fit is infinite, and beyond every limit.
pub fn single(value: Option<f64>, default: f32) -> f32 {
    value.map_or(default, |value| value as f32)
}

/// What is left out is the sampler's default.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SamplingRequest {
    pub seed: u64,
    pub candidates: Option<usize>,
    pub temperature: Option<f64>,
    pub top_p: Option<f64>,
    pub top_k: Option<usize>,
    pub min_p: Option<f64>,
    pub context_notes: Option<usize>,
    pub deadline_ms: Option<u64>,
}

impl SamplingRequest {
    pub fn resolve(&self) -> Sampling {
        let default = Sampling::default();
        Sampling {
            seed: self.seed,
            candidates: self.candidates.unwrap_or(default.candidates),
            temperature: single(self.temperature, default.temperature),
            top_p: single(self.top_p, default.top_p),
            top_k: self.top_k.or(default.top_k),
            min_p: single(self.min_p, default.min_p),
            context_notes: self.context_notes.unwrap_or(default.context_notes),
            deadline_ms: self.deadline_ms.or(default.deadline_ms),
        }
    }
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct LocksRequest {
    pub pitches: Vec<u8>,
    pub tick_ranges: Vec<TickRange>,
}

/// Half-open.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TickRange {
    pub start_tick: u32,
    pub end_tick: u32,
}

impl LocksRequest {
    pub fn resolve(&self) -> Locks {
        let ranges = self.tick_ranges.iter();
        Locks {
            pitches: self.pitches.clone(),
            tick_ranges: ranges
                .map(|range| (range.start_tick, range.end_tick))
                .collect(),
            notes: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_any_size_are_read_and_are_out_of_range() {
        let sampling: SamplingRequest =
            serde_json::from_str(r#"{"seed":1,"temperature":1e300,"minP":-2e226,"topP":1.1}"#)
                .unwrap();
        let sampling = sampling.resolve();
        assert_eq!(sampling.temperature, f32::INFINITY);
        assert_eq!(sampling.min_p, f32::NEG_INFINITY);
        let song = continuo_midi::Song {
            tracks: vec![continuo_midi::Track::default()],
            ppq: 480,
            ..continuo_midi::Song::default()
        };
        let mut request = continuo_sampler::FillRequest {
            song: &song,
            track: 0,
            start_tick: 0,
            end_tick: 480,
            mode: Mode::Fill,
            controls: Controls::default(),
            sampling,
            locks: Locks::default(),
        };
        let error = request.check().unwrap_err();
        assert_eq!(error.code(), "TEMPERATURE_OUT_OF_RANGE");
        request.sampling.temperature = 1.0;
        // Not 1.100000023841858, which is what single precision makes of it.
        assert!(
            request
                .check()
                .unwrap_err()
                .to_string()
                .starts_with("top-p is 1.1, ")
        );
        let vary: ModeRequest = serde_json::from_str(r#"{"vary":{"amount":1e99}}"#).unwrap();
        assert_eq!(
            Mode::from(vary),
            Mode::Vary {
                amount: f32::INFINITY
            }
        );
    }
}
