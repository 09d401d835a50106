//! Files that are whole or not there.

use std::fs::File;
use std::io::{Result, Write};
use std::path::Path;

/// Write beside the file, sync, rename: until then an older one stays as it was. What a crash leaves
/// beside it is written over the next time.
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<()> {
    let part = path.with_added_extension("part");
    let written = File::create(&part)
        .and_then(|mut file| {
            file.write_all(bytes)?;
            file.sync_all()
        })
        .and_then(|()| std::fs::rename(&part, path));
    if written.is_err() {
        let _ = std::fs::remove_file(&part);
    }
    written
}
