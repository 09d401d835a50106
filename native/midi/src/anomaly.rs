//! Oddities a file may have without losing music: warnings by default, errors in strict mode.

use thiserror::Error;

use crate::error::MidiError;

/// Something in a file that is against the specification, or that changes how it is read.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum Anomaly {
    #[error("the header says {declared} tracks and the file has {found}; all were read")]
    TrackCount { declared: u16, found: usize },
    #[error(
        "{bytes} bytes after the last chunk, at byte {offset}, are no chunk; they are kept as they are"
    )]
    TrailingBytes { offset: usize, bytes: usize },
    #[error(
        "the RIFF header says {declared} bytes and the file has {found}; the music inside was read"
    )]
    RiffSize { declared: u32, found: usize },
    #[error("chunk {chunk} has no end-of-track event; its last event ends it")]
    EndOfTrackMissing { chunk: usize },
    #[error(
        "chunk {chunk} goes on for {bytes} bytes after its end of track; they are kept as they are"
    )]
    BytesAfterEnd { chunk: usize, bytes: usize },
    #[error(
        "chunk {chunk} uses running status across a meta or sysex event {count} times; it was read that way"
    )]
    RunningStatus { chunk: usize, count: u32 },
    #[error(
        "chunk {chunk} has {count} system events that belong on a wire, not in a file; they are kept as they are"
    )]
    SystemEvent { chunk: usize, count: u32 },
    #[error("{count} notes of chunk {chunk} have no note-off; they end with the chunk")]
    NoteUnclosed { chunk: usize, count: u32 },
    #[error(
        "the meter {numerator}/2^{power} at tick {tick} has no bar of at least one tick; it was ignored"
    )]
    Meter { tick: u32, numerator: u8, power: u8 },
    #[error("the tempo at tick {tick} is 0 microseconds a quarter; it was ignored")]
    TempoZero { tick: u32 },
    #[error(
        "a meta event of type {kind:#04x} at tick {tick} has {length} bytes, too few; it was ignored"
    )]
    MetaShort { tick: u32, kind: u8, length: usize },
    #[error("the file has a chunk of the unknown type {kind:?}; it is kept as it is")]
    UnknownChunk { kind: String },
    #[error(
        "the file is of format 2; its {patterns} patterns each start at tick 0 and share the first one's tempo and meter"
    )]
    FormatTwo { patterns: usize },
    #[error("the file is of format 0 and has {found} track chunks; all were read")]
    FormatZeroTracks { found: usize },
}

impl Anomaly {
    /// The stable code of the warning, or of the error in strict mode.
    pub fn code(&self) -> &'static str {
        match self {
            Self::TrackCount { .. } => "MIDI_TRACK_COUNT",
            Self::TrailingBytes { .. } => "MIDI_TRAILING_BYTES",
            Self::RiffSize { .. } => "MIDI_RIFF_SIZE",
            Self::EndOfTrackMissing { .. } => "MIDI_END_OF_TRACK_MISSING",
            Self::BytesAfterEnd { .. } => "MIDI_BYTES_AFTER_END",
            Self::RunningStatus { .. } => "MIDI_RUNNING_STATUS",
            Self::SystemEvent { .. } => "MIDI_SYSTEM_EVENT",
            Self::NoteUnclosed { .. } => "MIDI_NOTE_UNCLOSED",
            Self::Meter { .. } => "MIDI_METER_INVALID",
            Self::TempoZero { .. } => "MIDI_TEMPO_ZERO",
            Self::MetaShort { .. } => "MIDI_META_SHORT",
            Self::UnknownChunk { .. } => "MIDI_UNKNOWN_CHUNK",
            Self::FormatTwo { .. } => "MIDI_FORMAT_2",
            Self::FormatZeroTracks { .. } => "MIDI_FORMAT_0_TRACKS",
        }
    }

    /// Whether the specification allows it, so that strict reading only warns too.
    fn is_allowed(&self) -> bool {
        matches!(self, Self::UnknownChunk { .. } | Self::FormatTwo { .. })
    }
}

/// A note to the user about how a file was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    pub code: &'static str,
    pub message: String,
}

/// Collects anomalies of one file; in strict mode the first one that counts is an error.
pub(crate) struct Anomalies {
    strict: bool,
    warnings: Vec<Warning>,
}

/// A damaged file can hold an anomaly every few bytes; more warnings than this help nobody.
const MAX_WARNINGS: usize = 64;

impl Anomalies {
    pub(crate) fn new(strict: bool) -> Self {
        Self {
            strict,
            warnings: Vec::new(),
        }
    }

    pub(crate) fn report(&mut self, anomaly: Anomaly) -> Result<(), MidiError> {
        if self.strict && !anomaly.is_allowed() {
            return Err(MidiError::Strict(anomaly));
        }
        if self.warnings.len() < MAX_WARNINGS {
            self.warnings.push(Warning {
                code: anomaly.code(),
                message: anomaly.to_string(),
            });
        }
        Ok(())
    }

    pub(crate) fn into_warnings(self) -> Vec<Warning> {
        self.warnings
    }
}
