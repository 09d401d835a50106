//! Writes files atomically: complete or not at all.

use std::fs::File;
use std::io::{Result, Write};
use std::path::{Path, PathBuf};

/// Write beside the file, sync, rename: until then an older one stays as it was. What a crash leaves
/// beside it is written over the next time.
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<()> {
    let part = write_part(path, &[bytes])?;
    let named = std::fs::rename(&part, path);
    if named.is_err() {
        let _ = std::fs::remove_file(&part);
    }
    named
}

/// Name of what is written beside a file.
pub(crate) fn part_of(path: &Path) -> PathBuf {
    path.with_added_extension("part")
}

/// Write some bytes after each other beside the file and sync, which renaming makes whole.
pub(crate) fn write_part(path: &Path, parts: &[impl AsRef<[u8]>]) -> Result<PathBuf> {
    let part = part_of(path);
    let written = File::create(&part).and_then(|mut file| {
        parts
            .iter()
            .try_for_each(|bytes| file.write_all(bytes.as_ref()))?;
        file.sync_all()
    });
    if written.is_err() {
        let _ = std::fs::remove_file(&part);
    }
    written.map(|()| part)
}
