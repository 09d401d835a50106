//! Why a job failed. `code` is stable; the message names what, where and the remedy.

use std::path::PathBuf;

use continuo_midi::MidiError;
use serde_json::{Value, json};
use thiserror::Error;

#[derive(Debug, Error)]
pub enum JobError {
    #[error("{} does not exist; check the path", path.display())]
    InputNotFound { path: PathBuf },
    #[error("{} is not a plain file; give a Standard MIDI File", path.display())]
    InputNotAFile { path: PathBuf },
    #[error("{} cannot be read ({reason}); check its permissions", path.display())]
    InputUnreadable { path: PathBuf, reason: String },
    #[error("{} has {bytes} bytes, the limit is {limit}; split it", path.display())]
    InputTooLarge {
        path: PathBuf,
        bytes: u64,
        limit: u64,
    },
    #[error("{}: {source}", path.display())]
    Midi { path: PathBuf, source: MidiError },

    #[error("there is no track {wanted}; {}", describe_candidates(candidates))]
    TrackNotFound {
        wanted: String,
        candidates: Vec<String>,
    },
    #[error("the name {wanted:?} fits several tracks: {}; give the number instead", candidates.join(", "))]
    TrackAmbiguous {
        wanted: String,
        candidates: Vec<String>,
    },

    #[error(
        "the region ends at tick {end_tick} and the file at {limit_tick} (bar {bars}); choose bars 1 to {bars}"
    )]
    RegionPastEnd {
        end_tick: u32,
        limit_tick: u32,
        bars: u32,
    },
    #[error("the region {text} ends before it starts; give the earlier place first")]
    RegionInverted { text: String },
    #[error("the region {text} holds no tick; choose a longer one")]
    RegionEmpty { text: String },
    #[error(
        "{text}: bar {bar} has {beats} beats, so there is no beat {beat}; count beats from 1 to {beats}"
    )]
    RegionNoSuchBeat {
        text: String,
        bar: u32,
        beat: u32,
        beats: u8,
    },
}

fn describe_candidates(candidates: &[String]) -> String {
    if candidates.is_empty() {
        "no track of the file has notes, so there is nothing to listen to; choose another file"
            .to_owned()
    } else {
        format!("the file has {}; choose one of them", candidates.join(", "))
    }
}

impl JobError {
    /// The stable code, as printed in `error[CODE]`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::InputNotFound { .. } => "INPUT_NOT_FOUND",
            Self::InputNotAFile { .. } => "INPUT_NOT_A_FILE",
            Self::InputUnreadable { .. } => "INPUT_UNREADABLE",
            Self::InputTooLarge { .. } => "INPUT_TOO_LARGE",
            Self::Midi { source, .. } => source.code(),
            Self::TrackNotFound { .. } => "TRACK_NOT_FOUND",
            Self::TrackAmbiguous { .. } => "TRACK_AMBIGUOUS",
            Self::RegionPastEnd { .. } => "REGION_PAST_END",
            Self::RegionInverted { .. } => "REGION_INVERTED",
            Self::RegionEmpty { .. } => "REGION_EMPTY",
            Self::RegionNoSuchBeat { .. } => "REGION_NO_SUCH_BEAT",
        }
    }

    /// The offending values, for programs.
    pub fn data(&self) -> Value {
        match self {
            Self::InputNotFound { path }
            | Self::InputNotAFile { path }
            | Self::InputUnreadable { path, .. }
            | Self::Midi { path, .. } => json!({ "path": path }),
            Self::InputTooLarge { path, bytes, limit } => {
                json!({ "path": path, "bytes": bytes, "limit": limit })
            }
            Self::TrackNotFound { wanted, candidates }
            | Self::TrackAmbiguous { wanted, candidates } => {
                json!({ "wanted": wanted, "candidates": candidates })
            }
            Self::RegionPastEnd {
                end_tick,
                limit_tick,
                bars,
            } => json!({ "endTick": end_tick, "limitTick": limit_tick, "bars": bars }),
            Self::RegionInverted { text } | Self::RegionEmpty { text } => json!({ "region": text }),
            Self::RegionNoSuchBeat {
                text,
                bar,
                beat,
                beats,
            } => json!({ "region": text, "bar": bar, "beat": beat, "beats": beats }),
        }
    }

    /// Whether the same request may succeed later without a change.
    pub fn is_retryable(&self) -> bool {
        false
    }
}
