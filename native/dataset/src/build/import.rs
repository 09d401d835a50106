//! Reads files on all cores, and records each in the journal when it is done.

use super::BuildProgress;
use super::found::Found;
use crate::alike::{Fingerprint, Sketch, fingerprint, sketch_of};
use crate::error::DatasetError;
use crate::file::encode;
use crate::journal::{Batch, Journal, Record, Unwritten};
use crate::manifest::{FileEntry, Outcome};
use crate::read::read_file;
use std::collections::{BTreeMap, HashMap};
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::sync_channel;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// So many files go from one thread to the other at once, fewer where there are few: threads that wake
/// each other for less take longer, and one that reads the last ones alone is waited for.
const MOST_AT_ONCE: usize = 64;
const LEAST_TURNS: usize = 64;
/// Batches that wait for one that takes long hold no more bytes of pieces than this: then pieces come
/// in another order and are put in theirs when all are read.
const MOST_WAITING: usize = 16 << 20;

/// Bytes of pieces after which the disk is asked for them.
const SYNCED_AT_ONCE: u64 = 1 << 20;

/// What is read, and where it goes.
pub(super) struct Import<'a> {
    pub found: &'a [Found],
    /// Indices of the files to read.
    pub fresh: &'a [usize],
    pub journal: &'a mut Journal,
    /// Of each file that was found: what was read of it.
    pub read: &'a mut [Option<Record>],
    /// Index of the first file with these notes, of those that need not be read.
    pub first_with: HashMap<Fingerprint, usize>,
}

impl Import<'_> {
    /// Read files on all cores, each into the journal and into what was read, in their order.
    pub fn run(mut self, go_on: &mut dyn FnMut(BuildProgress) -> bool) -> Result<(), DatasetError> {
        let (found, fresh) = (self.found, self.fresh);
        let workers = std::thread::available_parallelism().map_or(1, usize::from);
        let at_once = (fresh.len() / (LEAST_TURNS * workers)).clamp(1, MOST_AT_ONCE);
        let next = AtomicUsize::new(0);
        // Memory of pieces that are written, to be used again.
        let spare = Mutex::new(Vec::new());
        let began = Instant::now();
        let mut progress = BuildProgress {
            total: fresh.len(),
            unchanged: found.len() - fresh.len(),
            ..BuildProgress::default()
        };
        if !go_on(progress) {
            return Err(DatasetError::Cancelled);
        }
        std::thread::scope(|scope| {
            let (sender, receiver) = sync_channel(workers);
            for _ in 0..workers {
                let (sender, next, spare) = (sender.clone(), &next, &spare);
                scope.spawn(move || {
                    let mut buffer = Vec::new();
                    loop {
                        let number = next.fetch_add(1, Ordering::Relaxed);
                        let Some(indices) = fresh.chunks(at_once).nth(number) else {
                            break;
                        };
                        let bytes = lock(spare).pop().unwrap_or_default();
                        let batch = read_batch(found, indices, &mut buffer, bytes);
                        if sender.send((number, batch)).is_err() {
                            break;
                        }
                    }
                });
            }
            drop(sender);
            let pieces = self.journal.pieces()?;
            let (written, to_sync) = sync_channel(1);
            // What goes to the disk meanwhile is not waited for at the end.
            let syncing = scope.spawn(move || to_sync.iter().try_for_each(|()| pieces.sync_data()));
            let mut synced = self.journal.piece_bytes();
            let mut waiting = Waiting::default();
            for (number, batch) in receiver {
                waiting.add(number, batch);
                while let Some((number, batch)) = waiting.take() {
                    let from = number * at_once;
                    let indices = &fresh[from..from + batch.files.len()];
                    let bytes = self.keep(indices, batch, &mut progress)?;
                    if self.journal.piece_bytes() - synced >= SYNCED_AT_ONCE
                        && written.try_send(()).is_ok()
                    {
                        synced = self.journal.piece_bytes();
                    }
                    if lock(&spare).len() < workers {
                        lock(&spare).push(bytes);
                    }
                    let seconds = began.elapsed().as_secs_f64().max(1e-9);
                    progress.files_per_second = progress.done as f64 / seconds;
                    progress.seconds_left =
                        (progress.total - progress.done) as f64 / progress.files_per_second;
                    if !go_on(progress) {
                        next.store(fresh.len(), Ordering::Relaxed);
                        return Err(DatasetError::Cancelled);
                    }
                }
            }
            drop(written);
            let synced = syncing.join().unwrap_or_else(|panic| resume_unwind(panic));
            synced.map_err(DatasetError::io(self.journal.folder()))
        })
    }

    fn keep(
        &mut self,
        indices: &[usize],
        mut batch: Batch,
        progress: &mut BuildProgress,
    ) -> Result<Vec<u8>, DatasetError> {
        for (&index, file) in indices.iter().zip(&mut batch.files) {
            progress.done += 1;
            let Outcome::Piece {
                fingerprint, notes, ..
            } = file.entry.outcome
            else {
                progress.failed += 1;
                continue;
            };
            progress.notes += notes;
            let first = self.first_with.entry(fingerprint).or_insert(index);
            if *first < index {
                // The file that it equals is named when all are known.
                let of = String::new();
                file.entry.outcome = Outcome::Duplicate { of, fingerprint };
                file.sketch = Sketch::default();
                file.piece = None;
            } else {
                *first = index;
            }
        }
        let (records, bytes) = self.journal.push(batch)?;
        for (&index, record) in indices.iter().zip(records) {
            self.read[index] = Some(record);
        }
        Ok(bytes)
    }
}

/// Batches in their order.
#[derive(Default)]
struct Waiting {
    batches: BTreeMap<usize, Batch>,
    bytes: usize,
    next: usize,
}

impl Waiting {
    fn add(&mut self, number: usize, batch: Batch) {
        self.bytes += batch.bytes.len();
        self.batches.insert(number, batch);
    }

    /// The next batch, or the first one that is there if too much waits.
    fn take(&mut self) -> Option<(usize, Batch)> {
        let first = self.batches.first_entry()?;
        if *first.key() > self.next && self.bytes <= MOST_WAITING {
            return None;
        }
        let (number, batch) = first.remove_entry();
        self.bytes -= batch.bytes.len();
        self.next = self.next.max(number + 1);
        Some((number, batch))
    }
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Read some files. The memory of `buffer` and `bytes` is used, not what is in it.
fn read_batch(
    found: &[Found],
    indices: &[usize],
    buffer: &mut Vec<u8>,
    mut bytes: Vec<u8>,
) -> Batch {
    bytes.clear();
    let mut batch = Batch {
        files: Vec::with_capacity(indices.len()),
        bytes,
    };
    for file in indices.iter().map(|&index| &found[index]) {
        // What is kept is never fresh.
        let Some(path) = &file.path else { continue };
        let read = read_file(path, buffer);
        // On this thread too, since it takes longer than the reading.
        let (outcome, sketch, piece) = match read.piece {
            Ok(stored) => {
                let view = stored.piece.view();
                let outcome = Outcome::Piece {
                    piece: 0,
                    notes: view.notes.len(),
                    cluster: 0,
                    held_out: false,
                    fingerprint: fingerprint(view),
                };
                let from = batch.bytes.len();
                let shape = encode(&stored, &mut batch.bytes);
                (
                    outcome,
                    sketch_of(view.sounds, view.notes),
                    Some((from, shape)),
                )
            }
            Err(reason) => (Outcome::Failed { reason }, Sketch::default(), None),
        };
        let entry = FileEntry {
            folder: file.folder,
            path: file.name.clone(),
            size: read.stamp.size,
            modified: read.stamp.modified,
            sha256: read.sha256,
            outcome,
        };
        batch.files.push(Unwritten {
            entry,
            sketch,
            piece,
        });
    }
    batch
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(numbers: &[usize], size: usize) -> Vec<usize> {
        let mut waiting = Waiting::default();
        let mut taken = Vec::new();
        for &number in numbers {
            let batch = Batch {
                files: Vec::new(),
                bytes: vec![0; size],
            };
            waiting.add(number, batch);
            while let Some((number, _)) = waiting.take() {
                taken.push(number);
            }
        }
        assert_eq!((waiting.batches.len(), waiting.bytes), (0, 0));
        taken
    }

    #[test]
    fn batches_are_taken_in_their_order_unless_too_much_waits_for_one() {
        assert_eq!(order(&[2, 1, 0, 4, 3], 100), [0, 1, 2, 3, 4]);
        // Two may wait for the first, not three.
        let third = MOST_WAITING / 3 + 1;
        assert_eq!(order(&[1, 2, 0, 3], third), [0, 1, 2, 3]);
        assert_eq!(order(&[1, 2, 3, 0, 4], third), [1, 2, 3, 0, 4]);
        assert_eq!(order(&[3, 4, 5, 1, 6, 2, 0], third), [3, 4, 5, 1, 6, 2, 0]);
    }
}
