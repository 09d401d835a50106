//! Errors of fills: refused requests, and fills that end without notes.

use crate::scale::modes::mode_names;
use continuo_midi::Tick;
use continuo_model::ModelError;

/// Each variant has a stable [`code`](SamplerError::code); messages name value, limit and remedy.
#[derive(Debug, thiserror::Error)]
pub enum SamplerError {
    #[error(transparent)]
    Model(#[from] ModelError),
    #[error("track {track} of {count}; `continuo info` lists the tracks")]
    TrackNotFound { track: usize, count: usize },
    #[error("the tick range {start_tick}-{end_tick} is empty; the end must come after the start")]
    RegionEmpty { start_tick: Tick, end_tick: Tick },
    #[error("the region is {quarters} quarters long, the limit is {limit}; fill it in parts")]
    RegionTooLong { quarters: u64, limit: u64 },
    #[error("{name} is {value}, it must be {limit}")]
    OptionOutOfRange {
        code: &'static str,
        name: &'static str,
        value: String,
        limit: &'static str,
    },
    #[error("no scale named \"{name}\"; {}", scale_remedy(suggestion.as_deref()))]
    ScaleUnknown {
        name: String,
        suggestion: Option<String>,
    },
    #[error(
        "no pitch from {low} to {high} is in the scale {scale}; widen the range or change the scale"
    )]
    ScaleRangeEmpty { low: u8, high: u8, scale: String },
    #[error("the region has no notes whose rhythm could be kept; use --rhythm free")]
    RhythmEmpty,
    #[error(
        "{locked} locked notes sound at tick {tick}, polyphony {polyphony} leaves them no room; \
         allow more or lock fewer"
    )]
    PolyphonyExceededByLocks {
        locked: usize,
        tick: Tick,
        polyphony: u8,
    },
    #[error("recurrent models do not support {option}; leave it out, or choose an infill model")]
    OptionUnsupported { option: &'static str },
    #[error("cancelled")]
    Cancelled,
    #[error(
        "no candidate was finished in {deadline_ms} ms; allow more time or choose a shorter region"
    )]
    DeadlineExceeded { deadline_ms: u64 },
}

fn scale_remedy(suggestion: Option<&str>) -> String {
    match suggestion {
        Some(suggestion) => format!("did you mean \"{suggestion}\"?"),
        None => format!(
            "write a tonic and a mode, such as \"D dorian\", or auto; the modes are {}",
            mode_names().join(", ")
        ),
    }
}

impl SamplerError {
    /// Stable name of the error, as printed in `error[CODE]`.
    pub fn code(&self) -> &'static str {
        match self {
            SamplerError::Model(error) => error.code(),
            SamplerError::TrackNotFound { .. } => "TRACK_NOT_FOUND",
            SamplerError::RegionEmpty { .. } => "REGION_EMPTY",
            SamplerError::RegionTooLong { .. } => "REGION_TOO_LONG",
            SamplerError::OptionOutOfRange { code, .. } => code,
            SamplerError::ScaleUnknown { .. } => "SCALE_UNKNOWN",
            SamplerError::ScaleRangeEmpty { .. } => "SCALE_RANGE_EMPTY",
            SamplerError::RhythmEmpty => "RHYTHM_EMPTY",
            SamplerError::PolyphonyExceededByLocks { .. } => "POLYPHONY_EXCEEDED_BY_LOCKS",
            SamplerError::OptionUnsupported { .. } => "OPTION_UNSUPPORTED",
            SamplerError::Cancelled => "CANCELLED",
            SamplerError::DeadlineExceeded { .. } => "DEADLINE_EXCEEDED",
        }
    }
}
