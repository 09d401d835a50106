//! The request of a fill: a region of one track, the constraints, and the sampling options.

use crate::error::SamplerError;
use crate::scale::ScaleChoice;
use continuo_midi::{Note, Song, Tick};
use continuo_tokenizer::chord::Chord;
use continuo_tokenizer::grid::{MAX_GRID, grid_from_tick};
use continuo_tokenizer::part::Part;
use std::fmt::Display;
use std::ops::RangeInclusive;

/// What to do with the region.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Deserialize),
    serde(rename_all = "camelCase")
)]
pub enum Mode {
    /// New notes that connect the music before and after.
    #[default]
    Fill,
    /// As if nothing came after.
    Continue,
    /// Some of the old notes stay, as `Controls::amount` says.
    Vary,
}

/// What of the old rhythm stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Deserialize),
    serde(rename_all = "camelCase")
)]
pub enum Rhythm {
    #[default]
    Free,
    /// Each old onset gets a note; durations are new.
    KeepOnsets,
    /// Each old note keeps onset and duration; only its pitch and velocity are new.
    Keep,
}

/// Where the limits come from that the request does not name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum LimitSource {
    /// The part's own notes, else its role: its voices, range or kit, and longest rest.
    #[default]
    Part,
    /// Nowhere: any pitch, any number of notes.
    Nowhere,
}

/// Constraints and targets. Constraints are masks and always hold.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Deserialize),
    serde(rename_all = "camelCase", deny_unknown_fields, default)
)]
pub struct Controls {
    /// Target: 1 (sparse) to 10 (dense).
    #[cfg_attr(feature = "serde", serde(deserialize_with = "wire::byte"))]
    pub density: Option<u8>,
    /// Constraint: most notes of this track that sound at once, 1-64.
    #[cfg_attr(feature = "serde", serde(deserialize_with = "wire::byte"))]
    pub polyphony: Option<u8>,
    /// Constraint: lowest and highest pitch, both allowed.
    pub pitch_range: Option<(u8, u8)>,
    /// Constraint: only these pitch classes. No effect on drums.
    pub scale: Option<ScaleChoice>,
    /// Constraint.
    pub rhythm: Rhythm,
    /// Target: mean velocity 1-127.
    #[cfg_attr(feature = "serde", serde(deserialize_with = "wire::byte"))]
    pub velocity: Option<u8>,
    /// 0 copies as the model learned it, 1 never by the copy path.
    #[cfg_attr(feature = "serde", serde(deserialize_with = "wire::single"))]
    pub novelty: f32,
    /// Of `Mode::Vary`: 0 keeps all old notes, 1 none.
    #[cfg_attr(feature = "serde", serde(deserialize_with = "wire::single"))]
    pub amount: f32,
    /// Constraint: a named polyphony or pitch range goes before it.
    #[cfg_attr(feature = "serde", serde(skip))]
    pub limits: LimitSource,
    /// What the track is to do in the band; `None` guesses.
    #[cfg_attr(feature = "serde", serde(skip))]
    pub part: Option<Part>,
    /// Chords that were asked for, in ticks of the song; `None` hears them.
    #[cfg_attr(feature = "serde", serde(skip))]
    pub chords: Option<Vec<ChordAt>>,
}

impl Default for Controls {
    fn default() -> Controls {
        Controls {
            density: None,
            polyphony: None,
            pitch_range: None,
            scale: None,
            rhythm: Rhythm::Free,
            velocity: None,
            novelty: 0.0,
            amount: 0.5,
            limits: LimitSource::Part,
            part: None,
            chords: None,
        }
    }
}

/// A chord that holds in a half-open tick range; `None` is silence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChordAt {
    pub start_tick: Tick,
    pub end_tick: Tick,
    pub chord: Option<Chord>,
}

/// How the notes are drawn.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Deserialize),
    serde(rename_all = "camelCase", deny_unknown_fields, default)
)]
pub struct Sampling {
    /// Repeats a fill; candidate k draws from its own stream of it.
    pub seed: u64,
    /// 1-64.
    pub candidates: usize,
    /// Logit divisor, 0.05-5.
    #[cfg_attr(feature = "serde", serde(deserialize_with = "wire::single"))]
    pub temperature: f32,
    /// Smallest set of classes with this mass, in (0, 1]; 1 is off.
    #[cfg_attr(feature = "serde", serde(deserialize_with = "wire::single"))]
    pub top_p: f32,
    /// Most classes kept; `None` is off.
    pub top_k: Option<usize>,
    /// Least probability relative to the likeliest class, in [0, 1); 0 is off.
    #[cfg_attr(feature = "serde", serde(deserialize_with = "wire::single"))]
    pub min_p: f32,
    /// Most notes of context in the prompt, 0-512.
    pub context_notes: usize,
    /// Time after which the best finished candidates are returned.
    pub deadline_ms: Option<u64>,
}

impl Default for Sampling {
    fn default() -> Sampling {
        Sampling {
            seed: 0,
            candidates: 1,
            temperature: 0.5,
            top_p: 0.95,
            top_k: None,
            min_p: 0.0,
            context_notes: 128,
            deadline_ms: None,
        }
    }
}

/// Old notes of the region that stay; the three lists add up.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Deserialize),
    serde(rename_all = "camelCase", deny_unknown_fields, default)
)]
pub struct Locks {
    /// Every old note of one of these pitches.
    pub pitches: Vec<u8>,
    /// Every old note that starts in one of these.
    pub tick_ranges: Vec<TickRange>,
    /// These old notes (compared by onset and pitch).
    pub notes: Vec<Note>,
}

/// Half-open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Deserialize),
    serde(rename_all = "camelCase", deny_unknown_fields)
)]
pub struct TickRange {
    pub start_tick: Tick,
    pub end_tick: Tick,
}

impl Locks {
    /// Does this old note stay?
    pub fn holds(&self, note: &Note) -> bool {
        self.pitches.contains(&note.pitch)
            || self
                .tick_ranges
                .iter()
                .any(|range| (range.start_tick..range.end_tick).contains(&note.start()))
            || self
                .notes
                .iter()
                .any(|n| n.start() == note.start() && n.pitch == note.pitch)
    }
}

/// One fill. Ticks are at the song's PPQ; the region is half-open.
#[derive(Clone, Debug)]
pub struct FillRequest<'a> {
    pub song: &'a Song,
    /// Index in `song.tracks`.
    pub track: usize,
    pub start_tick: Tick,
    pub end_tick: Tick,
    pub mode: Mode,
    pub controls: Controls,
    pub sampling: Sampling,
    pub locks: Locks,
}

impl FillRequest<'_> {
    /// Check every number before anything is allocated.
    pub fn check(&self) -> Result<(), SamplerError> {
        if self.track >= self.song.tracks.len() {
            let count = self.song.tracks.len();
            return Err(SamplerError::TrackNotFound {
                track: self.track,
                count,
            });
        }
        let (start_tick, end_tick) = (self.start_tick, self.end_tick);
        if start_tick >= end_tick {
            return Err(SamplerError::RegionEmpty {
                start_tick,
                end_tick,
            });
        }
        if grid_from_tick(end_tick, self.song.ppq) >= MAX_GRID {
            return Err(SamplerError::OptionOutOfRange {
                code: "REGION_OUT_OF_RANGE",
                name: "end of the region",
                value: format!("tick {end_tick} at {} ticks a quarter", self.song.ppq),
                limit: "before quarter 44,739,242",
            });
        }
        self.controls.check()?;
        self.sampling.check()
    }
}

impl Controls {
    fn check(&self) -> Result<(), SamplerError> {
        if let Some(ScaleChoice::Unknown(name)) = &self.scale {
            name.parse::<ScaleChoice>()?;
        }
        #[rustfmt::skip]
        let limits = [
            limit("NOVELTY_OUT_OF_RANGE", "novelty", self.novelty, 0.0..=1.0, "0 to 1"),
            limit("AMOUNT_OUT_OF_RANGE", "amount", self.amount, 0.0..=1.0, "0 to 1"),
            limit("DENSITY_OUT_OF_RANGE", "density", self.density.unwrap_or(1), 1.0..=10.0, "1 to 10"),
            limit("POLYPHONY_OUT_OF_RANGE", "polyphony", self.polyphony.unwrap_or(1), 1.0..=64.0, "1 to 64"),
            limit("VELOCITY_OUT_OF_RANGE", "velocity", self.velocity.unwrap_or(1), 1.0..=127.0, "1 to 127"),
        ];
        limits.into_iter().collect::<Result<(), _>>()?;
        let Some((low, high)) = self.pitch_range else {
            return Ok(());
        };
        let (code, limit) = match low.max(high) > 127 {
            _ if low > high => ("PITCH_RANGE_INVERTED", "the lower pitch first"),
            true => (
                "PITCH_RANGE_OUT_OF_RANGE",
                "from low to high inside 0 to 127",
            ),
            false => return Ok(()),
        };
        Err(SamplerError::OptionOutOfRange {
            code,
            name: "pitch range",
            value: format!("{low} to {high}"),
            limit,
        })
    }
}

impl Sampling {
    fn check(&self) -> Result<(), SamplerError> {
        #[rustfmt::skip]
        let limits = [
            limit("CANDIDATES_OUT_OF_RANGE", "candidates", self.candidates as f64, 1.0..=64.0, "1 to 64"),
            limit("TEMPERATURE_OUT_OF_RANGE", "temperature", self.temperature, 0.05..=5.0, "0.05 to 5"),
            limit("TOP_P_OUT_OF_RANGE", "top-p", self.top_p, 1e-6..=1.0, "above 0 and at most 1"),
            limit("MIN_P_OUT_OF_RANGE", "min-p", self.min_p, 0.0..=0.999_999, "at least 0 and below 1"),
            limit("TOP_K_OUT_OF_RANGE", "top-k", self.top_k.unwrap_or(1) as f64, 1.0..=1e6, "1 to 1,000,000"),
            limit("CONTEXT_NOTES_OUT_OF_RANGE", "context notes", self.context_notes as f64, 0.0..=512.0, "0 to 512"),
        ];
        limits.into_iter().collect()
    }
}

/// A number as it was given: an `f32` would show the digits that `f64` adds to it.
fn limit<Number: Copy + Into<f64> + Display>(
    code: &'static str,
    name: &'static str,
    value: Number,
    range: RangeInclusive<f64>,
    limit: &'static str,
) -> Result<(), SamplerError> {
    if range.contains(&value.into()) {
        return Ok(());
    }
    Err(SamplerError::OptionOutOfRange {
        code,
        name,
        value: value.to_string(),
        limit,
    })
}

/// Numbers as JSON has them, wider than the request's own, so that its limits answer 1,000 and 1e300.
#[cfg(feature = "serde")]
mod wire {
    use serde::{Deserialize, Deserializer};

    /// What does not fit single precision is infinite.
    pub fn single<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f32, D::Error> {
        Ok(f64::deserialize(deserializer)? as f32)
    }

    /// Whatever does not fit a byte is beyond every limit, as 255 is.
    pub fn byte<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u8>, D::Error> {
        let value = Option::<u64>::deserialize(deserializer)?;
        Ok(value.map(|value| u8::try_from(value).unwrap_or(u8::MAX)))
    }
}

#[cfg(all(test, feature = "serde"))]
mod tests {
    use super::*;

    fn controls(json: &str) -> Controls {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn numbers_of_any_size_are_read_and_are_out_of_range() {
        let json = r#"{"seed":1,"temperature":1e300,"minP":-2e226,"topP":1.1}"#;
        let mut sampling: Sampling = serde_json::from_str(json).unwrap();
        assert_eq!(sampling.temperature, f32::INFINITY);
        assert_eq!(sampling.min_p, f32::NEG_INFINITY);
        let code = |result: Result<(), SamplerError>| result.unwrap_err().code();
        assert_eq!(code(sampling.check()), "TEMPERATURE_OUT_OF_RANGE");
        sampling.temperature = 1.0;
        // Not 1.100000023841858, which is what single precision makes of it.
        let told = sampling.check().unwrap_err().to_string();
        assert!(told.starts_with("top-p is 1.1, "), "{told}");
        for (json, expected) in [
            (r#"{"amount":1e99}"#, "AMOUNT_OUT_OF_RANGE"),
            (r#"{"density":1000}"#, "DENSITY_OUT_OF_RANGE"),
            (r#"{"polyphony":65}"#, "POLYPHONY_OUT_OF_RANGE"),
            (
                r#"{"velocity":18446744073709551615}"#,
                "VELOCITY_OUT_OF_RANGE",
            ),
            (r#"{"scale":"J major"}"#, "SCALE_UNKNOWN"),
        ] {
            assert_eq!(code(controls(json).check()), expected, "{json}");
        }
    }

    #[test]
    fn what_is_left_out_is_the_default() {
        assert_eq!(controls("{}"), Controls::default());
        let sampling: Sampling = serde_json::from_str("{}").unwrap();
        assert_eq!(sampling, Sampling::default());
        let mode: Mode = serde_json::from_str(r#""vary""#).unwrap();
        assert_eq!(mode, Mode::Vary);
    }
}
