//! Reading of files on all cores, each into the journal as it comes.

use super::BuildProgress;
use super::known::{Found, Known, KnownFiles};
use crate::alike::{fingerprint, sampled_runs};
use crate::error::DatasetError;
use crate::journal::Journal;
use crate::manifest::{FileEntry, Outcome};
use crate::read::read_file;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::sync_channel;
use std::time::Instant;

/// Read files on all cores, each into the journal and into what is known.
pub(super) fn read_all(
    files: &[&Found],
    unchanged: usize,
    journal: &mut Journal,
    known: &mut KnownFiles,
    go_on: &mut dyn FnMut(BuildProgress) -> bool,
) -> Result<(), DatasetError> {
    let next = AtomicUsize::new(0);
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    let began = Instant::now();
    let mut progress = BuildProgress {
        total: files.len(),
        unchanged,
        ..BuildProgress::default()
    };
    if !go_on(progress) {
        return Err(DatasetError::Cancelled);
    }
    std::thread::scope(|scope| {
        let (sender, receiver) = sync_channel(4 * workers);
        for _ in 0..workers {
            let (sender, next) = (sender.clone(), &next);
            scope.spawn(move || {
                while let Some(file) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let read = read_file(&file.path);
                    // On this thread too, since it takes longer than the reading.
                    let alike = read.piece.as_ref().ok().map(|stored| {
                        let view = stored.piece.view();
                        (fingerprint(view), sampled_runs(view))
                    });
                    if sender.send((*file, read, alike)).is_err() {
                        break;
                    }
                }
            });
        }
        drop(sender);
        for (file, read, alike) in receiver {
            let (outcome, piece) = match (&read.piece, alike) {
                (Ok(stored), Some((fingerprint, runs))) => {
                    let notes = stored.piece.notes.len();
                    progress.notes += notes;
                    let outcome = Outcome::Piece {
                        piece: 0,
                        notes,
                        cluster: 0,
                        held_out: false,
                        fingerprint,
                    };
                    (outcome, Some((stored, runs)))
                }
                (result, _) => {
                    progress.failed += 1;
                    let reason = result.as_ref().err().cloned().unwrap_or_default();
                    (Outcome::Failed { reason }, None)
                }
            };
            let entry = FileEntry {
                folder: file.folder,
                path: file.name.clone(),
                size: read.stamp.size,
                modified: read.stamp.modified,
                sha256: read.sha256.clone(),
                outcome,
            };
            let record = journal.push(entry, piece)?;
            known.insert((file.folder, file.name.clone()), Known::Read(record));
            progress.done += 1;
            let seconds = began.elapsed().as_secs_f64().max(1e-9);
            progress.files_per_second = progress.done as f64 / seconds;
            progress.seconds_left =
                (progress.total - progress.done) as f64 / progress.files_per_second;
            if !go_on(progress) {
                next.store(files.len(), Ordering::Relaxed);
                return Err(DatasetError::Cancelled);
            }
        }
        Ok(())
    })
}
