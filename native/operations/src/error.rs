//! Errors of operations. `code` is stable; the message names what, where and the remedy.

use std::path::PathBuf;

use continuo_midi::MidiError;
use continuo_model::ModelError;
use continuo_sampler::SamplerError;
use serde_json::{Value, json};
use thiserror::Error;

#[derive(Debug, Error)]
pub enum OperationError {
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
    #[error("{} was changed while it was filled; nothing was written, fill it again", path.display())]
    InputChanged { path: PathBuf },
    #[error("{}: {source}", path.display())]
    Midi { path: PathBuf, source: MidiError },

    #[error("no track {wanted}; {}", describe_candidates(candidates))]
    TrackNotFound {
        wanted: String,
        candidates: Vec<String>,
    },
    #[error(
        "tracks of several patterns of a file of format 2 do not play together; fill them one after another"
    )]
    PatternsSeveral,
    #[error(
        "{} is of format 2, whose tracks do not play together: a new part would hear none of them; save the file as format 1 and add the part there", path.display()
    )]
    PartInPatterns { path: PathBuf },
    #[error("track {track} is named more than once; name each track once")]
    TrackRepeated { track: String },
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
    #[error("the region {text} ends before it starts; give the earlier position first")]
    RegionInverted { text: String },
    #[error("the region {text} is empty; choose a longer one")]
    RegionEmpty { text: String },
    #[error("{count} tracks are named, but only one is allowed; name one")]
    TrackSeveral { count: usize },
    #[error("{count} regions are named, but only one is allowed; name one")]
    RegionSeveral { count: usize },
    #[error(
        "{count} parts are asked for at once, the limit is {limit}; ask for them in several steps"
    )]
    PartsTooMany { count: usize, limit: usize },
    #[error(
        "all 15 channels for instruments are taken, and a new part needs one; put two tracks with the same sound on one channel first"
    )]
    ChannelNoneFree,
    #[error("no notes start in these bars; humanize changes how notes that are there are played")]
    HumanizeEmpty,
    #[error("humanize does not use {option}; it keeps pitches and rhythm")]
    HumanizeOption { option: &'static str },
    #[error("the chord {symbol:?} in bar {bar} of the chords is not understood: {reason}")]
    ChordUnknown {
        symbol: String,
        bar: usize,
        reason: String,
    },
    #[error(
        "no other part with pitches sounds around these bars; give chords, such as \"Am | F | C | G\", or a scale"
    )]
    NothingToHear,
    #[error(
        "{text}: bar {bar} has {beats} beats, so beat {beat} does not exist; choose 1 to {beats}"
    )]
    RegionNoSuchBeat {
        text: String,
        bar: u32,
        beat: u32,
        beats: u8,
    },

    #[error(
        "the markers are not one pair ({}); set [fill where the region starts and fill] where it ends", marks.join(", ")
    )]
    MarkUnpaired { marks: Vec<String> },
    #[error("the markers do not say which track is meant: {}; write its name or number into the marker, as in [fill 2", candidates.join(", "))]
    MarkTrackUnclear { candidates: Vec<String> },
    #[error(
        "no region to fill: the file has no markers and no empty bars between notes of a track; set the markers [fill and fill]"
    )]
    GapMissing,
    #[error("there are empty bars in several places ({}) and no markers; set the markers [fill and fill] around one of them, or name the track", gaps.join(", "))]
    GapAmbiguous { gaps: Vec<String> },

    #[error("{} is another song: its notes outside the region differ from the first file's; give a file that was made from that one", path.display())]
    CandidateOtherSong { path: PathBuf },
    #[error("{} is the input itself; choose another output, or --in-place to write over it with a backup", path.display())]
    OutputIsInput { path: PathBuf },
    #[error("{} is a folder; give the name of a file in it", path.display())]
    OutputIsAFolder { path: PathBuf },
    #[error("{} is a pipe, which takes one result; leave out the candidates, or name a file", path.display())]
    OutputTakesOne { path: PathBuf },
    #[error(transparent)]
    Output(MidiError),

    #[error("{}: {what}; write one with continuo notes --json", path.display())]
    NotesInvalid { path: PathBuf, what: String },
    #[error("{} is {quarters} quarters long, the limit is {limit}; split it", path.display())]
    SongTooLong {
        path: PathBuf,
        quarters: u64,
        limit: u32,
    },

    #[error("the song has {count} {what}, a piano roll holds {limit}; split it")]
    RollTooLarge {
        what: &'static str,
        count: usize,
        limit: usize,
    },

    #[error("{what}; send what docs/protocol.md describes")]
    RequestInvalid { what: String },
    #[error("{notes} notes were asked for; ask for 1 to {limit}")]
    NotesOutOfRange { notes: usize, limit: usize },
    #[error("cannot resume from {} ({reason}); delete it to start over", path.display())]
    StateDamaged { path: PathBuf, reason: String },
    #[error(
        "{} belongs to the model with sha256 {expected}, this one has {found}; give the model it belongs to, or another state file",
        path.display()
    )]
    StateOtherModel {
        path: PathBuf,
        expected: String,
        found: String,
    },

    #[error("{threads} threads are too many; give 1 to {limit}, or omit the number")]
    ThreadsOutOfRange { threads: usize, limit: usize },
    #[error("cancelled; nothing was written")]
    Cancelled,
    #[error(transparent)]
    Model(#[from] ModelError),
    #[error(transparent)]
    Sampler(SamplerError),
}

impl From<SamplerError> for OperationError {
    fn from(error: SamplerError) -> Self {
        match error {
            SamplerError::Cancelled => Self::Cancelled,
            other => Self::Sampler(other),
        }
    }
}

fn describe_candidates(candidates: &[String]) -> String {
    if candidates.is_empty() {
        "no track of the file has notes; choose another file".to_owned()
    } else {
        format!("the file has {}; choose one of them", candidates.join(", "))
    }
}

impl OperationError {
    /// The stable code, as printed in `error[CODE]`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::InputNotFound { .. } => "INPUT_NOT_FOUND",
            Self::InputNotAFile { .. } => "INPUT_NOT_A_FILE",
            Self::InputUnreadable { .. } => "INPUT_UNREADABLE",
            Self::InputTooLarge { .. } => "INPUT_TOO_LARGE",
            Self::InputChanged { .. } => "INPUT_CHANGED",
            Self::Midi { source, .. } => source.code(),
            Self::TrackNotFound { .. } => "TRACK_NOT_FOUND",
            Self::TrackAmbiguous { .. } => "TRACK_AMBIGUOUS",
            Self::TrackRepeated { .. } => "TRACK_REPEATED",
            Self::PatternsSeveral => "PATTERNS_SEVERAL",
            Self::PartInPatterns { .. } => "PART_IN_PATTERNS",
            Self::RegionPastEnd { .. } => "REGION_PAST_END",
            Self::RegionInverted { .. } => "REGION_INVERTED",
            Self::RegionEmpty { .. } => "REGION_EMPTY",
            Self::TrackSeveral { .. } => "TRACK_SEVERAL",
            Self::RegionSeveral { .. } => "REGION_SEVERAL",
            Self::PartsTooMany { .. } => "PARTS_TOO_MANY",
            Self::ChannelNoneFree => "CHANNEL_NONE_FREE",
            Self::HumanizeEmpty => "HUMANIZE_EMPTY",
            Self::HumanizeOption { .. } => "OPTION_UNSUPPORTED",
            Self::ChordUnknown { .. } => "CHORD_UNKNOWN",
            Self::NothingToHear => "NOTHING_TO_HEAR",
            Self::RegionNoSuchBeat { .. } => "REGION_NO_SUCH_BEAT",
            Self::MarkUnpaired { .. } => "MARK_UNPAIRED",
            Self::MarkTrackUnclear { .. } => "MARK_TRACK_UNCLEAR",
            Self::GapMissing => "GAP_MISSING",
            Self::GapAmbiguous { .. } => "GAP_AMBIGUOUS",
            Self::CandidateOtherSong { .. } => "CANDIDATE_OTHER_SONG",
            Self::OutputIsInput { .. } => "OUTPUT_IS_INPUT",
            Self::OutputIsAFolder { .. } => "OUTPUT_IS_A_FOLDER",
            Self::OutputTakesOne { .. } => "OUTPUT_TAKES_ONE",
            Self::Output(error) => error.code(),
            Self::NotesInvalid { .. } => "NOTES_INVALID",
            Self::SongTooLong { .. } => "SONG_TOO_LONG",
            Self::RollTooLarge { .. } => "ROLL_TOO_LARGE",
            Self::RequestInvalid { .. } => "REQUEST_INVALID",
            Self::NotesOutOfRange { .. } => "NOTES_OUT_OF_RANGE",
            Self::StateDamaged { .. } => "STATE_DAMAGED",
            Self::StateOtherModel { .. } => "STATE_OTHER_MODEL",
            Self::ThreadsOutOfRange { .. } => "THREADS_OUT_OF_RANGE",
            Self::Cancelled => "CANCELLED",
            Self::Model(error) => error.code(),
            Self::Sampler(error) => error.code(),
        }
    }

    /// The offending values, for programs.
    pub fn data(&self) -> Value {
        match self {
            Self::InputNotFound { path }
            | Self::InputNotAFile { path }
            | Self::InputUnreadable { path, .. }
            | Self::InputChanged { path }
            | Self::Midi { path, .. }
            | Self::PartInPatterns { path }
            | Self::OutputIsInput { path }
            | Self::StateDamaged { path, .. }
            | Self::StateOtherModel { path, .. }
            | Self::OutputIsAFolder { path }
            | Self::OutputTakesOne { path }
            | Self::CandidateOtherSong { path }
            | Self::NotesInvalid { path, .. } => json!({ "path": path }),
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
            Self::TrackSeveral { count } => json!({ "tracks": count }),
            Self::TrackRepeated { track } => json!({ "track": track }),
            Self::RegionSeveral { count } => json!({ "regions": count }),
            Self::PartsTooMany { count, limit } => json!({ "parts": count, "limit": limit }),
            Self::ChordUnknown {
                symbol,
                bar,
                reason,
            } => json!({ "symbol": symbol, "bar": bar, "reason": reason }),
            Self::HumanizeOption { option } => json!({ "option": option }),
            Self::ChannelNoneFree | Self::NothingToHear | Self::HumanizeEmpty => json!({}),
            Self::RegionInverted { text } | Self::RegionEmpty { text } => json!({ "region": text }),
            Self::RegionNoSuchBeat {
                text,
                bar,
                beat,
                beats,
            } => json!({ "region": text, "bar": bar, "beat": beat, "beats": beats }),
            Self::SongTooLong {
                path,
                quarters,
                limit,
            } => json!({ "path": path, "quarters": quarters, "limit": limit }),
            Self::NotesOutOfRange { notes, limit } => json!({ "notes": notes, "limit": limit }),
            Self::RollTooLarge { what, count, limit } => {
                json!({ "what": what, "count": count, "limit": limit })
            }
            Self::ThreadsOutOfRange { threads, limit } => {
                json!({ "threads": threads, "limit": limit })
            }
            Self::MarkUnpaired { marks } => json!({ "marks": marks }),
            Self::MarkTrackUnclear { candidates } => json!({ "candidates": candidates }),
            Self::GapAmbiguous { gaps } => json!({ "gaps": gaps }),
            Self::RequestInvalid { .. }
            | Self::PatternsSeveral
            | Self::GapMissing
            | Self::Cancelled => json!({}),
            // Their messages hold the values.
            Self::Output(_) | Self::Model(_) | Self::Sampler(_) => json!({}),
        }
    }

    /// Whether the same request may succeed later without a change.
    pub fn is_retryable(&self) -> bool {
        // More time, or space made on the disk, helps without another request.
        let code = self.code();
        ["DEADLINE_EXCEEDED", "INPUT_CHANGED", "OUTPUT_DISK_FULL"].contains(&code)
    }
}
