//! The files of a fill: one a candidate, rendered all before the first is written.

use std::fs;
use std::path::{Path, PathBuf};

use continuo_midi::{Note, ParsedFile, ReplaceRequest, is_device_or_pipe, replace_region};

use crate::error::OperationError;
use crate::files::output::{
    Existing, candidate_path, check_output, warnings_of, write_output, write_result,
};
use crate::files::part::Part;
use crate::files::same_song::{differs_only_in, located_regions};
use crate::files::source::{Source, read_bytes};
use crate::warnings::WarningEntry;

/// Most candidates; the sampler says so too, with a code of its own.
const MAX_CANDIDATES: usize = 64;

/// Where candidates go.
#[derive(Clone, Copy, Debug)]
pub struct CandidateFiles<'a> {
    pub input: &'a Path,
    /// `None` writes over the input and keeps a backup.
    pub output: Option<&'a Path>,
    pub existing: Existing,
    /// End notes that sound into the region at its start.
    pub cut_crossing: bool,
}

/// What was written, beside the files themselves.
#[derive(Debug, Default)]
pub struct Written {
    /// Where the original of a fill in place was kept.
    pub backup: Option<PathBuf>,
    /// What became of the files that were there.
    pub warnings: Vec<WarningEntry>,
}

impl CandidateFiles<'_> {
    /// What a fill in place writes over, or the output that is named.
    fn first(&self) -> &Path {
        self.output.unwrap_or(self.input)
    }

    /// OUT.mid, OUT.2.mid and so on. A device swallows them all.
    fn path(&self, index: usize) -> PathBuf {
        if is_device_or_pipe(self.first()) {
            return self.first().to_owned();
        }
        candidate_path(self.first(), index)
    }

    /// Refuse outputs that cannot be written, before any work is done. Errors: `OUTPUT_*`.
    pub fn check(&self, count: usize) -> Result<(), OperationError> {
        if count > 1 && is_pipe(self.first()) {
            return Err(OperationError::OutputTakesOne {
                path: self.first().to_owned(),
            });
        }
        let first = usize::from(self.output.is_none());
        // Files beyond the limit are never written.
        (first..count.min(MAX_CANDIDATES))
            .try_for_each(|index| check_output(&self.path(index), self.input, self.existing))
    }

    /// The bytes of every output, none of which is written yet.
    ///
    /// `removed`, and each candidate: notes by part. Errors: those of `replace_region`.
    pub fn render<'n>(
        &self,
        source: &Source,
        parts: &[Part],
        removed: &[Vec<Note>],
        candidates: impl Iterator<Item = &'n [Vec<Note>]>,
    ) -> Result<Vec<(PathBuf, Vec<u8>)>, OperationError> {
        let parsed = &source.parsed;
        let kept: Vec<Vec<Note>> = parts
            .iter()
            .zip(removed)
            .map(|(part, removed)| kept_notes(parsed, part, removed))
            .collect();
        candidates
            .enumerate()
            .map(|(index, notes)| {
                let mut bytes = source.bytes.clone();
                for ((part, notes), keep) in parts.iter().zip(notes).zip(&kept) {
                    let replace = ReplaceRequest {
                        location: parsed.details[part.track].location,
                        start_tick: part.region.start,
                        end_tick: part.region.end,
                        notes,
                        keep,
                        cut_crossing: self.cut_crossing,
                    };
                    let replaced = replace_region(&bytes, &replace).map_err(|reason| {
                        OperationError::Midi {
                            path: self.input.to_owned(),
                            source: reason,
                        }
                    })?;
                    bytes = replaced.bytes;
                }
                Ok((self.path(index), bytes))
            })
            .collect()
    }

    /// Write each whole or not at all. Files of an earlier fill of the same parts make room, other files are kept.
    ///
    /// Errors: `OUTPUT_*`.
    pub fn write(
        &self,
        files: &[(PathBuf, Vec<u8>)],
        source: &Source,
        parts: &[Part],
    ) -> Result<Written, OperationError> {
        let regions = located_regions(&source.parsed, parts);
        let is_earlier = |old: &[u8]| differs_only_in(&source.bytes, old, &regions);
        let mut written = Written::default();
        let mut became = Vec::new();
        for (index, (path, bytes)) in files.iter().enumerate() {
            if self.output.is_none() && index == 0 {
                written.backup = write_output(path, bytes, true)?;
            } else {
                let of_file = write_result(path, bytes, self.existing, &is_earlier)?;
                became.extend(of_file.map(|of_file| (path.clone(), of_file)));
            }
        }
        let is_clear = self.existing == Existing::Refuse || is_device_or_pipe(self.first());
        let removed = if is_clear {
            Vec::new()
        } else {
            self.clear(files.len(), &is_earlier)
        };
        written.warnings = warnings_of(&became, &removed);
        Ok(written)
    }

    /// Remove further candidates of an earlier fill, which would be taken for those of this one.
    fn clear(&self, count: usize, is_earlier: &dyn Fn(&[u8]) -> bool) -> Vec<PathBuf> {
        let further =
            (count.max(1)..MAX_CANDIDATES).map(|index| candidate_path(self.first(), index));
        further
            .take_while(|path| {
                let is_old = path.is_file() && read_bytes(path).is_ok_and(|old| is_earlier(&old));
                is_old && fs::remove_file(path).is_ok()
            })
            .collect()
    }
}

/// Old notes of the region that were not removed: the locked ones.
fn kept_notes(parsed: &ParsedFile, part: &Part, removed: &[Note]) -> Vec<Note> {
    let notes = parsed.song.tracks[part.track].notes.iter();
    let inside = notes.filter(|note| part.region.contains(&note.start_tick));
    inside
        .filter(|note| !removed.contains(note))
        .copied()
        .collect()
}

/// A device takes any number of results; the reader of a pipe expects a single file.
#[cfg(unix)]
fn is_pipe(path: &Path) -> bool {
    use std::os::unix::fs::FileTypeExt;
    let is_device = |found: fs::Metadata| {
        let kind = found.file_type();
        kind.is_char_device() || kind.is_block_device()
    };
    is_device_or_pipe(path) && !fs::metadata(path).is_ok_and(is_device)
}

#[cfg(not(unix))]
fn is_pipe(path: &Path) -> bool {
    is_device_or_pipe(path)
}
