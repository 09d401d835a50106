//! Errors of MIDI files; anomalies that lenient reading survives are in `anomaly`.

use std::path::PathBuf;

use thiserror::Error;

use crate::warning::Warning;

/// Latest tick a file may reach (2^31 - 1), so that tick differences fit an `i32` everywhere.
pub const MAX_TICK: u32 = i32::MAX as u32;

/// Why a file could not be read or written. `code` is stable; the message names value, limit and remedy.
#[derive(Debug, Error)]
pub enum MidiError {
    #[error("the file is empty; choose a Standard MIDI File")]
    Empty,
    #[error(
        "the file starts with {found}, not with MThd or a RIFF RMID header; choose a Standard MIDI File"
    )]
    NotMidi { found: String },
    #[error("the file has {size} bytes, the limit is {limit}; split it")]
    TooLarge { size: usize, limit: usize },
    #[error(
        "{what} at byte {offset} needs {needed} bytes and {left} are left; the file is cut off, export or copy it again"
    )]
    Truncated {
        what: &'static str,
        offset: usize,
        needed: usize,
        left: usize,
    },
    #[error(
        "the MThd header says it is {length} bytes long, and no chunk follows there; it should be 6, export the file again"
    )]
    HeaderLength { length: u32 },
    #[error("format {format} is unknown; save the file as format 0 or 1")]
    Format { format: u16 },
    #[error(
        "the file has no track ({declared} in its header); export it again with at least one track"
    )]
    NoTracks { declared: u16 },
    #[error(
        "the header says 0 ticks per quarter, which is invalid; export the file with 24 to 32767"
    )]
    PpqZero,
    #[error(
        "the file counts time in SMPTE frames (division {division:#06x}), not in ticks per quarter; export it with musical time"
    )]
    Smpte { division: u16 },
    #[error(
        "the event at byte {offset} starts with {byte:#04x} without a status byte before it; the chunk is damaged, export the file again"
    )]
    StatusMissing { offset: usize, byte: u8 },
    #[error(
        "the event at byte {offset} has the data byte {byte:#04x}, the limit is 0x7f; the chunk is damaged, export the file again"
    )]
    DataByte { offset: usize, byte: u8 },
    #[error(
        "the variable-length number at byte {offset} has more than 4 bytes; the chunk is damaged, export the file again"
    )]
    NumberTooLong { offset: usize },
    #[error(
        "the delta time at byte {offset} has 5 bytes and stands for {ticks} ticks: Ableton Live and others write such negative times for notes before the start of a clip; move those notes and export the file again"
    )]
    NegativeDelta { offset: usize, ticks: i32 },
    #[error(
        "the event at byte {offset} is at tick {tick}, the limit is {MAX_TICK}; shorten the file or lower its ticks per quarter"
    )]
    TimeOverflow { offset: usize, tick: u64 },
    /// An anomaly met in strict mode.
    #[error("{}; read it without --strict to go on", .0.message)]
    Strict(Warning),

    #[error("the file has no song {}; it has {count}, counted from 1", song + 1)]
    SongMissing { song: usize, count: usize },
    #[error("chunk {chunk} does not exist: the file has {count} track chunks, counted from 0")]
    ChunkMissing { chunk: usize, count: usize },
    #[error(
        "the region ends at tick {end_tick}, not after its start {start_tick}; give a region of at least 1 tick"
    )]
    RegionEmpty { start_tick: u32, end_tick: u32 },
    #[error("the note at tick {start_tick}, pitch {pitch}, breaks the rule: {rule}")]
    NoteInvalid {
        start_tick: u32,
        pitch: u8,
        rule: &'static str,
    },
    #[error(
        "the note at tick {start_tick} overlaps the note of the same pitch {pitch} at tick {other_tick}; end one before the other begins"
    )]
    NoteOverlap {
        start_tick: u32,
        pitch: u8,
        other_tick: u32,
    },
    #[error("the song cannot be written: {what}")]
    SongInvalid { what: String },

    #[error("the folder {} does not exist; create it or choose another", folder.display())]
    OutputFolderMissing { folder: PathBuf },
    #[error("{} already exists; choose another name, or allow it to be replaced (overwrite: true)", path.display())]
    OutputExists { path: PathBuf },
    #[error("{} cannot be written, access is denied; choose a folder of your own or change its permissions", path.display())]
    OutputReadOnly { path: PathBuf },
    #[error("{} was not written, the disk is full; free some space or choose another disk", path.display())]
    OutputDiskFull { path: PathBuf },
    #[error("{} was not written: {source}", path.display())]
    OutputFailed {
        path: PathBuf,
        source: std::io::Error,
    },
}

impl MidiError {
    /// The stable code, as printed in `error[CODE]`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "MIDI_EMPTY",
            Self::NotMidi { .. } => "MIDI_NOT_MIDI",
            Self::TooLarge { .. } => "MIDI_TOO_LARGE",
            Self::Truncated { .. } => "MIDI_TRUNCATED",
            Self::HeaderLength { .. } => "MIDI_HEADER_LENGTH",
            Self::Format { .. } => "MIDI_FORMAT",
            Self::NoTracks { .. } => "MIDI_NO_TRACKS",
            Self::PpqZero => "MIDI_PPQ_ZERO",
            Self::Smpte { .. } => "MIDI_SMPTE",
            Self::StatusMissing { .. } => "MIDI_STATUS_MISSING",
            Self::DataByte { .. } => "MIDI_DATA_BYTE",
            Self::NumberTooLong { .. } | Self::NegativeDelta { .. } => "MIDI_NUMBER_TOO_LONG",
            Self::TimeOverflow { .. } => "MIDI_TIME_OVERFLOW",
            Self::Strict(warning) => warning.code,
            Self::SongMissing { .. } => "MIDI_SONG_MISSING",
            Self::ChunkMissing { .. } => "MIDI_CHUNK_MISSING",
            Self::RegionEmpty { .. } => "REGION_EMPTY",
            Self::NoteInvalid { .. } => "NOTE_INVALID",
            Self::NoteOverlap { .. } => "NOTE_OVERLAP",
            Self::SongInvalid { .. } => "SONG_INVALID",
            Self::OutputFolderMissing { .. } => "OUTPUT_FOLDER_MISSING",
            Self::OutputExists { .. } => "OUTPUT_EXISTS",
            Self::OutputReadOnly { .. } => "OUTPUT_READ_ONLY",
            Self::OutputDiskFull { .. } => "OUTPUT_DISK_FULL",
            Self::OutputFailed { .. } => "OUTPUT_FAILED",
        }
    }
}
