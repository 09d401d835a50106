//! Folders of MIDI files to a dataset.

use crate::dataset::DatasetWriter;
use crate::error::TrainError;
use continuo_midi::parse_song;
use continuo_tokenizer::Piece;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::sync_channel;

/// What became of each file, beside the dataset.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Manifest {
    pub version: u32,
    /// Paths relative to the folder, in the order of the pieces.
    pub pieces: Vec<String>,
    pub failed: Vec<Failure>,
    pub notes: usize,
}

#[derive(Debug, Serialize, Deserialize)]
pub struct Failure {
    pub path: String,
    pub reason: String,
}

/// Name of the manifest inside a dataset folder.
pub const MANIFEST: &str = "manifest.json";

/// Every `.mid` and `.midi` under a folder, any case, sorted; links are not followed.
pub fn find_midi_files(folder: &Path) -> Result<Vec<PathBuf>, TrainError> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(here) = open.pop() {
        let entries = std::fs::read_dir(&here).map_err(TrainError::io(&here))?;
        for entry in entries {
            let entry = entry.map_err(TrainError::io(&here))?;
            let kind = entry.file_type().map_err(TrainError::io(entry.path()))?;
            let path = entry.path();
            let is_midi = path
                .extension()
                .is_some_and(|e| e.eq_ignore_ascii_case("mid") || e.eq_ignore_ascii_case("midi"));
            if kind.is_dir() {
                open.push(path);
            } else if kind.is_file() && is_midi {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Read every MIDI file under `folder`, on all cores, and write a dataset into `out`.
///
/// A file that fails is listed in the manifest and the rest goes on. `progress` is told the number
/// of files done and of all; it returns false to stop, which leaves no dataset.
pub fn build_dataset(
    folder: &Path,
    out: &Path,
    mut progress: impl FnMut(usize, usize) -> bool,
) -> Result<Manifest, TrainError> {
    let files = find_midi_files(folder)?;
    if files.is_empty() {
        return Err(TrainError::DatasetEmpty {
            path: folder.to_path_buf(),
        });
    }
    let mut writer = DatasetWriter::create(out)?;
    let mut manifest = Manifest {
        version: crate::dataset::VERSION,
        ..Manifest::default()
    };
    let next = AtomicUsize::new(0);
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    let stopped = std::thread::scope(|scope| -> Result<bool, TrainError> {
        let (sender, receiver) = sync_channel(4 * workers);
        for _ in 0..workers {
            let (sender, files, next) = (sender.clone(), &files, &next);
            scope.spawn(move || {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(path) = files.get(index) else { break };
                    if sender.send((index, read_piece(path))).is_err() {
                        break;
                    }
                }
            });
        }
        drop(sender);
        // Pieces are written in the order of the files, whatever order they come in.
        let mut waiting = std::collections::BTreeMap::new();
        let mut done = 0;
        for (index, piece) in receiver {
            waiting.insert(index, piece);
            while let Some(piece) = waiting.remove(&done) {
                let path = relative(&files[done], folder);
                match piece {
                    Ok(piece) => {
                        manifest.notes += piece.notes.len();
                        writer.push(&piece)?;
                        manifest.pieces.push(path);
                    }
                    Err(reason) => manifest.failed.push(Failure { path, reason }),
                }
                done += 1;
            }
            if !progress(done, files.len()) {
                next.store(files.len(), Ordering::Relaxed);
                return Ok(true);
            }
        }
        Ok(false)
    })?;
    if stopped {
        let _ = std::fs::remove_file(out.join(crate::dataset::FILE).with_extension("part"));
        return Err(TrainError::Cancelled);
    }
    writer.finish()?;
    let path = out.join(MANIFEST);
    let text = serde_json::to_vec_pretty(&manifest).unwrap_or_default();
    std::fs::write(&path, text).map_err(TrainError::io(&path))?;
    Ok(manifest)
}

fn relative(path: &Path, folder: &Path) -> String {
    let inside = path.strip_prefix(folder).unwrap_or(path);
    inside.to_string_lossy().replace('\\', "/")
}

fn read_piece(path: &Path) -> Result<Piece, String> {
    let bytes = std::fs::read(path).map_err(|e| e.to_string())?;
    let song = parse_song(&bytes).map_err(|e| e.to_string())?;
    let piece = Piece::from_song(&song);
    if piece.notes.len() < 2 {
        Err("fewer than 2 notes".into())
    } else {
        Ok(piece)
    }
}
