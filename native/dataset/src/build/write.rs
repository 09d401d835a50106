//! Pieces and manifest on disk, with clusters and sides.

use super::choose::{Chosen, Source};
use super::{BuildAnswer, BuildRequest, Failure, Largest};
use crate::alike::{Sketch, clusters, held_out, name_of_song};
use crate::error::DatasetError;
use crate::file::{Dataset, DatasetWriter, FILE, Index, Sealed, Shape, SplitEntry};
use crate::journal::Journal;
use crate::manifest::{Manifest, Outcome};
use std::collections::HashMap;
use std::path::PathBuf;

/// Of few clusters one in so many is held out.
const ONE_IN: usize = 5;

/// Where notes come from, one piece at a time.
pub(super) struct Sources<'a> {
    pub existing: Option<&'a Dataset>,
    pub journal: &'a Journal,
}

impl Sources<'_> {
    fn existing(&self, piece: usize) -> Result<(&[u8], Shape), DatasetError> {
        let found = self.existing.and_then(|dataset| dataset.stored(piece));
        found.ok_or_else(|| DatasetError::Damaged {
            path: FILE.into(),
            what: "it was changed while the dataset was built".into(),
        })
    }

    fn shape(&self, source: &Source) -> Result<Shape, DatasetError> {
        match source {
            Source::Journal(slot) => Ok(slot.shape),
            Source::Existing(piece) => Ok(self.existing(*piece)?.1),
        }
    }

    /// A file of the pieces that were chosen, whole but for its name. What was read in this order
    /// from the first piece on lies in its place already; all else is copied.
    fn seal(&self, chosen: &[Chosen], splits: &[SplitEntry]) -> Result<Sealed, DatasetError> {
        let mut index = Index::default();
        let mut end = Index::START;
        for (one, &split) in chosen.iter().zip(splits) {
            match one.source {
                Source::Journal(slot) if slot.offset == end => {
                    index.push(end, slot.shape, split);
                    end += slot.padded() as u64;
                }
                _ => return self.copy(chosen, splits),
            }
        }
        self.journal.seal(&index, end)
    }

    fn copy(&self, chosen: &[Chosen], splits: &[SplitEntry]) -> Result<Sealed, DatasetError> {
        let mut writer = DatasetWriter::create(self.journal.folder())?;
        for (one, &split) in chosen.iter().zip(splits) {
            match &one.source {
                Source::Journal(slot) => {
                    writer.push_bytes(&self.journal.piece(slot)?, slot.shape, split)?;
                }
                Source::Existing(piece) => {
                    let (bytes, shape) = self.existing(*piece)?;
                    writer.push_bytes(bytes, shape, split)?;
                }
            }
        }
        writer.seal()
    }
}

/// Write pieces and manifest, each under a temporary name first.
pub(super) fn write(
    request: &BuildRequest,
    sources: Sources<'_>,
    chosen: Vec<Chosen>,
    mut manifest: Manifest,
    read: usize,
) -> Result<BuildAnswer, DatasetError> {
    let folder = &request.output;
    let sketches: Vec<&Sketch> = chosen.iter().map(|one| &one.sketch).collect();
    let names = chosen
        .iter()
        .map(|one| name_of_song(&manifest.files[one.file].path));
    let clusters = clusters(&sketches, &names.collect::<Vec<_>>());
    let firsts: Vec<usize> = (0..chosen.len())
        .filter(|&i| clusters[i] as usize == i)
        .collect();
    let names: Vec<u64> = firsts.iter().map(|&i| chosen[i].fingerprint.0).collect();
    let least = (names.len() / ONE_IN).min(request.enough).max(1);
    let sides = held_out(&names, request.seed, manifest.hold_out, least);
    let is_held_out: HashMap<usize, bool> = firsts.iter().copied().zip(sides).collect();
    let mut answer = BuildAnswer {
        files: manifest.files.len(),
        read,
        pieces: chosen.len(),
        held_out_pieces: 0,
        clusters: firsts.len(),
        notes: 0,
        duplicates: 0,
        kept_pieces: 0,
        kept_folders: Vec::new(),
        largest: None,
        failed: Vec::new(),
    };
    let mut splits = Vec::with_capacity(chosen.len());
    // Notes, and index into the manifest's files.
    let mut largest = (0, 0);
    for (index, one) in chosen.iter().enumerate() {
        let split = SplitEntry {
            cluster: clusters[index],
            held_out: is_held_out
                .get(&(clusters[index] as usize))
                .copied()
                .unwrap_or(false),
        };
        let notes = sources.shape(&one.source)?.notes as usize;
        answer.notes += notes;
        answer.held_out_pieces += usize::from(split.held_out);
        answer.kept_pieces += usize::from(one.is_kept);
        largest = largest.max((notes, one.file));
        manifest.files[one.file].outcome = Outcome::Piece {
            piece: index,
            notes,
            cluster: split.cluster,
            held_out: split.held_out,
            fingerprint: one.fingerprint,
        };
        splits.push(split);
    }
    if chosen.len() > 1 && 3 * largest.0 > answer.notes {
        answer.largest = Some(Largest {
            path: manifest.files[largest.1].path.clone(),
            notes: largest.0,
        });
    }
    let sealed = sources.seal(&chosen, &splits)?;
    manifest.hash.clone_from(&sealed.hash);
    // Both are on the disk before either has its name; at the same time, since a disk is slow to say so.
    std::thread::scope(|scope| {
        let pieces = scope.spawn(|| sealed.sync());
        manifest.prepare(folder)?;
        pieces
            .join()
            .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })?;
    sealed.publish()?;
    Manifest::publish(folder)?;
    for file in &manifest.files {
        match &file.outcome {
            Outcome::Duplicate { .. } => answer.duplicates += 1,
            Outcome::Failed { reason } => answer.failed.push(Failure {
                path: file.path.clone(),
                reason: reason.clone(),
            }),
            Outcome::Piece { .. } => {}
        }
    }
    Ok(answer)
}

/// First line of a licence file beside the music, if there is one.
pub(super) fn licence_file(inputs: &[PathBuf]) -> Option<String> {
    const LONGEST: usize = 200;
    inputs.iter().find_map(|input| {
        let entries = std::fs::read_dir(input).ok()?;
        let path = entries.flatten().map(|e| e.path()).find(|path| {
            let stem = path
                .file_stem()
                .and_then(|s| s.to_str())
                .unwrap_or_default();
            ["license", "licence", "licenses", "copying"].contains(&stem.to_lowercase().as_str())
        })?;
        let text = std::fs::read_to_string(path).ok()?;
        let line = text.lines().map(str::trim).find(|line| !line.is_empty())?;
        Some(line.chars().take(LONGEST).collect())
    })
}
