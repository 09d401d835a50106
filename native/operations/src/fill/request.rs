//! A fill as JavaScript asks for it: of a file, or of a song that a host sent.

use std::path::PathBuf;

use continuo_sampler::{Controls, Locks, Mode, Sampling};
use serde::Deserialize;

use crate::error::OperationError;
use crate::files::output::Existing;
use crate::files::region::RegionChoice;
use crate::files::source::{Reading, Source, read_source};
use crate::files::track::TrackChoice;
use crate::fill::answer::PartNote;
use crate::fill::engines::EngineChoice;
use crate::songs::asked_region::AskedRegion;
use crate::songs::sent_song::SentSong;

/// What of a file is to be filled, and where the result goes.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FileRegion {
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
    #[serde(default)]
    pub locks: Locks,
    /// End notes that sound into the region at its start.
    #[serde(default)]
    pub cut_crossing: bool,
    /// Write the note-offs that the track lacks.
    #[serde(default)]
    pub end_held_notes: bool,
}

impl FileRegion {
    /// Errors: `INPUT_*`, `MIDI_*`.
    pub fn read(&self) -> Result<Source, OperationError> {
        read_source(&self.input, Reading::new(self.strict, self.song))
    }
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FillRequest {
    pub file: FileRegion,
    pub drawing: Drawing,
}

/// What becomes of the region's notes.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub enum AskedMode {
    Fill,
    Continue,
    Vary,
    /// They stay, played as players play them.
    Humanize,
}

impl AskedMode {
    /// `None` where no notes are drawn.
    pub fn drawing(self) -> Option<Mode> {
        match self {
            Self::Fill => Some(Mode::Fill),
            Self::Continue => Some(Mode::Continue),
            Self::Vary => Some(Mode::Vary),
            Self::Humanize => None,
        }
    }
}

/// What is drawn, and how: the same for a file as for a host's song.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Drawing {
    pub mode: AskedMode,
    #[serde(default)]
    pub controls: Controls,
    /// Such as "Am | F | C G", from the region's first bar on; "auto", or left out, hears them.
    #[serde(default)]
    pub chords: Option<String>,
    pub sampling: Sampling,
    /// Needed where notes are drawn.
    #[serde(default)]
    pub engine: Option<EngineChoice>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FillSongRequest {
    pub song: SentSong,
    pub region: AskedRegion,
    /// Old notes that stay, known by onset and pitch, and by their track where that is told.
    #[serde(default)]
    pub locked_notes: Vec<PartNote>,
    pub drawing: Drawing,
}

/// Asks for what a daemon must know to fill a region of a file.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ReadRegionRequest {
    pub file: FileRegion,
    /// How many files will be written.
    pub candidates: usize,
}

/// The notes of a fill that was made elsewhere, for the file.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct WriteRegionRequest {
    pub file: FileRegion,
    /// As `read_region` answered.
    pub fingerprint: String,
    /// Old notes that make room.
    pub removed: Vec<PartNote>,
    /// Best first.
    pub candidates: Vec<Vec<PartNote>>,
}
