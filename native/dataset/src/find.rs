//! MIDI files under folders.

use crate::error::DatasetError;
use continuo_midi::is_midi_path;
use std::path::{Path, PathBuf};

/// Every file under a folder that calls itself MIDI, sorted. Links are not followed, so that loops and
/// what lies elsewhere stay out.
///
/// Errors: `DATASET_IO` where the folder itself cannot be read; a folder inside that cannot is passed.
pub fn find_midi_files(folder: &Path) -> Result<Vec<PathBuf>, DatasetError> {
    let mut found = Vec::new();
    let mut open = vec![(folder.to_path_buf(), true)];
    while let Some((here, is_folder)) = open.pop() {
        if !is_folder {
            found.push(here);
            continue;
        }
        let entries = match std::fs::read_dir(&here) {
            Ok(entries) => entries,
            Err(source) if here == folder => return Err(DatasetError::Io { path: here, source }),
            Err(_) => continue,
        };
        let from = open.len();
        for entry in entries.flatten() {
            let Ok(kind) = entry.file_type() else {
                continue;
            };
            let path = entry.path();
            if kind.is_dir() || kind.is_file() && is_midi_path(&path) {
                open.push((path, kind.is_dir()));
            }
        }
        // The first name is taken next. Names of one folder are compared several times as fast as paths.
        open[from..].sort_unstable_by(|a, b| b.0.as_os_str().cmp(a.0.as_os_str()));
    }
    Ok(found)
}
