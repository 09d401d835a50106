//! Which pieces are kept: the first of each set of equal ones.

use super::found::Found;
use super::known::{Known, KnownFiles};
use crate::alike::{Fingerprint, Sketch, sketch_of};
use crate::file::Dataset;
use crate::journal::{Record, Slot};
use crate::manifest::{Manifest, Outcome};
use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A piece that will be in the dataset.
pub(super) struct Chosen {
    /// Index into the manifest's files.
    pub file: usize,
    pub source: Source,
    pub fingerprint: Fingerprint,
    pub sketch: Sketch,
    /// Its folder was not read now.
    pub is_kept: bool,
}

/// Where a piece's notes are.
pub(super) enum Source {
    Journal(Slot),
    /// Index into the existing dataset.
    Existing(usize),
}

/// The first of each set of equal pieces; the manifest gets every file.
pub(super) fn choose(
    found: Vec<Found>,
    read: Vec<Option<Record>>,
    mut known: KnownFiles,
    dataset: Option<&Dataset>,
    manifest: &mut Manifest,
) -> Vec<Chosen> {
    let mut chosen: Vec<Chosen> = Vec::with_capacity(found.len());
    // By index into the manifest's files.
    let mut seen: HashMap<Fingerprint, usize> = HashMap::with_capacity(found.len());
    manifest.files.reserve(found.len());
    for (file, read) in found.into_iter().zip(read) {
        let what = match read {
            Some(record) => Some(Known::Read(record)),
            None => known.remove(&(file.folder, file.name)),
        };
        let Some(what) = what else {
            continue;
        };
        let (mut entry, source, sketch) = match what {
            Known::Read(record) => (
                record.entry,
                record.slot.map(Source::Journal),
                record.sketch,
            ),
            Known::Piece(entry, piece) => (entry, Some(Source::Existing(piece)), Sketch::default()),
            Known::Left(entry) => (entry, None, Sketch::default()),
        };
        entry.folder = file.folder;
        let (Outcome::Piece { fingerprint, .. } | Outcome::Duplicate { fingerprint, .. }) =
            entry.outcome
        else {
            manifest.files.push(entry);
            continue;
        };
        match (seen.get(&fingerprint), source) {
            (None, Some(source)) => {
                seen.insert(fingerprint, manifest.files.len());
                chosen.push(Chosen {
                    file: manifest.files.len(),
                    source,
                    fingerprint,
                    sketch,
                    is_kept: file.path.is_none(),
                });
            }
            (of, _) => {
                let of = of.map(|&of| manifest.files[of].path.clone());
                let of = of.unwrap_or_default();
                entry.outcome = Outcome::Duplicate { of, fingerprint };
            }
        }
        manifest.files.push(entry);
    }
    if let Some(dataset) = dataset {
        find_sketches(&mut chosen, dataset);
    }
    chosen
}

/// Sketches of the existing pieces, on all cores; those of new ones were made as they were read.
fn find_sketches(chosen: &mut [Chosen], dataset: &Dataset) {
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    let next = AtomicUsize::new(0);
    let sources: Vec<(usize, usize)> = chosen
        .iter()
        .enumerate()
        .filter_map(|(index, one)| match one.source {
            Source::Existing(piece) => Some((index, piece)),
            Source::Journal(_) => None,
        })
        .collect();
    let work = || {
        let mut found = Vec::new();
        while let Some(&(index, piece)) = sources.get(next.fetch_add(1, Ordering::Relaxed)) {
            let view = dataset.piece(piece);
            found.push((index, sketch_of(view.sounds, view.notes)));
        }
        found
    };
    let found: Vec<(usize, Sketch)> = std::thread::scope(|scope| {
        let running: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        running
            .into_iter()
            .flat_map(|thread| thread.join().unwrap_or_default())
            .collect()
    });
    for (index, sketch) in found {
        chosen[index].sketch = sketch;
    }
}
