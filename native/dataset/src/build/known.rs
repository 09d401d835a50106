//! The files to read, and what an earlier build recorded about them.

use super::folders::Folders;
use super::found::Found;
use crate::alike::Fingerprint;
use crate::file::{Dataset, VERSION};
use crate::journal::Record;
use crate::manifest::{FileEntry, Manifest, Outcome};
use crate::read::{READER, Stamp};
use std::collections::{HashMap, HashSet};
use std::path::Path;

/// What is known of a file: from the journal, or from the existing dataset.
pub(super) enum Known {
    Read(Record),
    Piece(FileEntry, usize),
    /// A failure or a duplicate: nothing of it is kept.
    Left(FileEntry),
}

/// By index of the folder and name in it.
pub(super) type KnownFiles = HashMap<(usize, String), Known>;

impl Known {
    pub fn entry(&self) -> &FileEntry {
        let (Known::Read(Record { entry, .. }) | Known::Piece(entry, _) | Known::Left(entry)) =
            self;
        entry
    }
}

/// What is known of a file.
pub(super) fn entry_of<'a>(file: &Found, known: &'a KnownFiles) -> Option<&'a FileEntry> {
    if known.is_empty() {
        return None;
    }
    let key = (file.folder, file.name.clone());
    known.get(&key).map(Known::entry)
}

/// Whether a known file has to be read again: changed, not readable when last tried, or a duplicate of
/// one that is gone. `first_with` has the pieces of the files before it that need not be.
pub(super) fn is_fresh(
    file: &Found,
    entry: &FileEntry,
    first_with: &HashMap<Fingerprint, usize>,
) -> bool {
    let Some(path) = &file.path else {
        return false;
    };
    let stamp = Stamp::at(path);
    let earlier = Stamp {
        size: entry.size,
        modified: entry.modified,
    };
    if stamp == Stamp::default() || stamp != earlier {
        return true;
    }
    match &entry.outcome {
        Outcome::Piece { .. } => false,
        Outcome::Duplicate { fingerprint, .. } => !first_with.contains_key(fingerprint),
        // Its rights may be other now, which no stamp shows.
        Outcome::Failed { .. } => entry.sha256.is_empty(),
    }
}

/// The existing dataset in the folder, if it is one of this version and its manifest is its own.
/// A build that was killed between the two leaves its manifest beside an older one.
pub(super) fn existing(folder: &Path) -> Option<(Dataset, Manifest)> {
    let dataset = Dataset::open(folder).ok()?;
    let is_own =
        |manifest: &Manifest| manifest.version == VERSION && manifest.hash == dataset.hash();
    let manifest = match Manifest::load(folder).ok().filter(is_own) {
        Some(manifest) => manifest,
        None => {
            let prepared = Manifest::prepared(folder).filter(is_own)?;
            Manifest::publish(folder).ok()?;
            prepared
        }
    };
    Some((dataset, manifest))
}

pub(super) fn known(
    existing: Option<&(Dataset, Manifest)>,
    records: Vec<Record>,
    folders: &Folders,
) -> KnownFiles {
    let mut known = HashMap::new();
    if let Some((dataset, manifest)) = existing {
        // What was damaged since is read again, not copied.
        let damaged: HashSet<usize> = dataset.damaged().into_iter().collect();
        let is_current = manifest.reader == READER;
        for entry in &manifest.files {
            let folder = manifest.folders.get(entry.folder);
            let Some(folder) = folder.and_then(|name| folders.index(name)) else {
                continue;
            };
            let mut entry = entry.clone();
            if !is_current {
                if !folders.is_kept(folder) {
                    continue;
                }
                // It is read again when its folder is.
                entry.modified = 0;
            }
            let is_damaged = |piece| damaged.contains(piece);
            let what = match &entry.outcome {
                Outcome::Piece { piece, .. } if is_damaged(piece) && folders.is_kept(folder) => {
                    let reason = "its notes were damaged; build again with its folder".to_owned();
                    Known::Left(FileEntry {
                        outcome: Outcome::Failed { reason },
                        // As one that could not be read, so that it is when its folder is.
                        sha256: String::new(),
                        ..entry.clone()
                    })
                }
                Outcome::Piece { piece, .. } if is_damaged(piece) => continue,
                Outcome::Piece { piece, .. } => Known::Piece(entry.clone(), *piece),
                Outcome::Failed { .. } | Outcome::Duplicate { .. } => Known::Left(entry.clone()),
            };
            known.insert((folder, entry.path.clone()), what);
        }
    }
    for record in records {
        let key = (record.entry.folder, record.entry.path.clone());
        known.insert(key, Known::Read(record));
    }
    known
}
