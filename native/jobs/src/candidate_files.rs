//! The files of a fill: one a candidate, rendered all before the first is written.

use std::ops::Range;
use std::path::{Path, PathBuf};

use continuo_midi::{Note, ReplaceRequest, Song, replace_region};

use crate::error::JobError;
use crate::output::{candidate_path, check_output, write_output};
use crate::source::Source;

/// Most candidates; the sampler says so too, with a code of its own.
const MAX_CANDIDATES: usize = 64;

/// Where candidates go.
#[derive(Clone, Copy, Debug)]
pub struct CandidateFiles<'a> {
    pub input: &'a Path,
    /// `None` writes over the input and keeps a backup.
    pub output: Option<&'a Path>,
    /// End notes that sound into the region at its start.
    pub cut_crossing: bool,
}

impl CandidateFiles<'_> {
    /// What a fill in place writes over, or the output that is named.
    fn first(&self) -> &Path {
        self.output.unwrap_or(self.input)
    }

    /// Refuse outputs that cannot be written, before any work is done. Errors: `OUTPUT_*`.
    pub fn check(&self, count: usize) -> Result<(), JobError> {
        let first = usize::from(self.output.is_none());
        // Files beyond the limit are never written.
        (first..count.min(MAX_CANDIDATES))
            .try_for_each(|index| check_output(&candidate_path(self.first(), index), self.input))
    }

    /// The bytes of every output, none of which is written yet.
    ///
    /// Errors: those of `replace_region`.
    pub fn render<'n>(
        &self,
        source: &Source,
        track_index: usize,
        region: &Range<u32>,
        removed: &[Note],
        candidates: impl Iterator<Item = &'n [Note]>,
    ) -> Result<Vec<(PathBuf, Vec<u8>)>, JobError> {
        let song = &source.parsed.song;
        let keep = kept_notes(song, track_index, region, removed);
        let track = &song.tracks[track_index];
        candidates
            .enumerate()
            .map(|(index, notes)| {
                let replace = ReplaceRequest {
                    chunk: track.chunk,
                    channel: track.channel,
                    start_tick: region.start,
                    end_tick: region.end,
                    notes,
                    keep: &keep,
                    cut_crossing: self.cut_crossing,
                };
                let replaced =
                    replace_region(&source.bytes, &replace).map_err(|reason| JobError::Midi {
                        path: self.input.to_owned(),
                        source: reason,
                    })?;
                Ok((candidate_path(self.first(), index), replaced.bytes))
            })
            .collect()
    }

    /// Write each whole or not at all. Answers where the original of a fill in place was kept.
    ///
    /// Errors: `OUTPUT_*`.
    pub fn write(&self, files: &[(PathBuf, Vec<u8>)]) -> Result<Option<PathBuf>, JobError> {
        let mut backup = None;
        for (index, (path, bytes)) in files.iter().enumerate() {
            let is_in_place = self.output.is_none() && index == 0;
            backup = write_output(path, bytes, is_in_place)?.or(backup);
        }
        Ok(backup)
    }
}

/// Old notes of the region that were not removed: the locked ones.
fn kept_notes(song: &Song, track: usize, region: &Range<u32>, removed: &[Note]) -> Vec<Note> {
    let notes = song.tracks[track].notes.iter();
    let inside = notes.filter(|note| region.contains(&note.start_tick));
    inside
        .filter(|note| !removed.contains(note))
        .copied()
        .collect()
}
