//! Reads an input file, and checks its size before allocating.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;

use continuo_midi::{DrumsReason, ParseOptions, ParsedFile, parse_nth};

use crate::error::OperationError;
use crate::warnings::WarningEntry;

/// A million notes take about 8 MB; this is room for any music and none for a mistaken video.
const MAX_INPUT_BYTES: u64 = 256 << 20;

/// How a command reads a file.
#[derive(Clone, Copy, Debug, Default)]
pub struct Reading {
    /// Refuse what is against the specification.
    pub strict: bool,
    /// Which song, from 1, of a file that holds several; the first where left out.
    pub song: Option<usize>,
}

impl Reading {
    pub fn new(strict: bool, song: Option<usize>) -> Self {
        Self { strict, song }
    }
}

/// A file's bytes and what they mean.
#[derive(Clone)]
pub struct Source {
    pub bytes: Vec<u8>,
    pub parsed: ParsedFile,
    /// Which song of the file, from 0.
    pub song_index: usize,
}

impl Source {
    /// What the caller knows of a track counts more than what the file says.
    pub fn set_drums(&mut self, track_index: usize, is_drums: Option<bool>) {
        let track = self.parsed.song.tracks.get_mut(track_index);
        if let (Some(track), Some(is_drums)) = (track, is_drums) {
            track.is_drums = is_drums;
            self.parsed.drums[track_index] = Some(DrumsReason::Asked);
        }
    }

    /// What reading it had to say.
    pub fn warnings(&self) -> Vec<WarningEntry> {
        let warnings = self.parsed.warnings.iter();
        warnings.map(WarningEntry::from).collect()
    }
}

/// Errors: `INPUT_*`, `MIDI_*`; `REQUEST_INVALID` for song 0.
pub fn read_source(path: &Path, reading: Reading) -> Result<Source, OperationError> {
    let Some(song_index) = reading.song.unwrap_or(1).checked_sub(1) else {
        return Err(OperationError::RequestInvalid {
            what: "songs count from 1, not 0".to_owned(),
        });
    };
    let bytes = read_bytes(path)?;
    let strict = reading.strict;
    let parsed = parse_nth(&bytes, song_index, &ParseOptions { strict }).map_err(|source| {
        OperationError::Midi {
            path: path.to_owned(),
            source,
        }
    })?;
    Ok(Source {
        bytes,
        parsed,
        song_index,
    })
}

/// The bytes of a plain file of at most `MAX_INPUT_BYTES`. Errors: `INPUT_*`.
pub fn read_bytes(path: &Path) -> Result<Vec<u8>, OperationError> {
    let unreadable = |error: std::io::Error| match error.kind() {
        ErrorKind::NotFound => OperationError::InputNotFound {
            path: path.to_owned(),
        },
        _ => OperationError::InputUnreadable {
            path: path.to_owned(),
            reason: error.to_string(),
        },
    };
    // Looked at before opening: opening a pipe would wait for its writer.
    let metadata = std::fs::metadata(path).map_err(unreadable)?;
    if !metadata.is_file() {
        return Err(OperationError::InputNotAFile {
            path: path.to_owned(),
        });
    }
    let too_large = |bytes| OperationError::InputTooLarge {
        path: path.to_owned(),
        bytes,
        limit: MAX_INPUT_BYTES,
    };
    if metadata.len() > MAX_INPUT_BYTES {
        return Err(too_large(metadata.len()));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or(0));
    // The file may grow while it is read.
    let read = File::open(path)
        .and_then(|file| file.take(MAX_INPUT_BYTES + 1).read_to_end(&mut bytes))
        .map_err(unreadable)?;
    if read as u64 > MAX_INPUT_BYTES {
        return Err(too_large(read as u64));
    }
    Ok(bytes)
}
