//! Reading an input file, with its size looked at before memory is asked for.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;

use continuo_midi::{ParseOptions, ParsedFile, parse};

use crate::error::JobError;
use crate::warnings::WarningEntry;

/// A million notes take about 8 MB; this is room for any music and none for a mistaken video.
const MAX_INPUT_BYTES: u64 = 256 << 20;

/// A file's bytes and what they mean.
pub struct Source {
    pub bytes: Vec<u8>,
    pub parsed: ParsedFile,
}

impl Source {
    /// What reading it had to say.
    pub fn warnings(&self) -> Vec<WarningEntry> {
        let warnings = self.parsed.warnings.iter();
        warnings.map(WarningEntry::from).collect()
    }
}

pub fn read_source(path: &Path, strict: bool) -> Result<Source, JobError> {
    let bytes = read_bytes(path)?;
    let parsed = parse(&bytes, &ParseOptions { strict }).map_err(|source| JobError::Midi {
        path: path.to_owned(),
        source,
    })?;
    Ok(Source { bytes, parsed })
}

/// The bytes of a plain file of at most `MAX_INPUT_BYTES`. Errors: `INPUT_*`.
pub fn read_bytes(path: &Path) -> Result<Vec<u8>, JobError> {
    let unreadable = |error: std::io::Error| match error.kind() {
        ErrorKind::NotFound => JobError::InputNotFound {
            path: path.to_owned(),
        },
        _ => JobError::InputUnreadable {
            path: path.to_owned(),
            reason: error.to_string(),
        },
    };
    // Looked at before opening: opening a pipe would wait for its writer.
    let metadata = std::fs::metadata(path).map_err(unreadable)?;
    if !metadata.is_file() {
        return Err(JobError::InputNotAFile {
            path: path.to_owned(),
        });
    }
    let too_large = |bytes| JobError::InputTooLarge {
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
