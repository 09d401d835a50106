//! Pieces as they come, in the layout of the dataset that they become.

use super::record::{Record, Slot};
use crate::alike::sketch_of;
use crate::error::DatasetError;
use crate::file::{Index, Sealed};
use std::fs::{File, OpenOptions};
use std::io::{Read, Result as IoResult, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// Name of the file of pieces until it is whole.
pub const PART: &str = "pieces.part";

pub(super) struct Part {
    file: File,
    path: PathBuf,
    /// Where the next piece goes.
    pub end: u64,
}

impl Part {
    /// Open the file of a folder. Records whose piece is not in it as it was written go.
    pub fn open(folder: &Path, records: &mut Vec<Record>) -> Result<Part, DatasetError> {
        let path = folder.join(PART);
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(&path)
            .map_err(DatasetError::io(&path))?;
        let length = file.metadata().map_err(DatasetError::io(&path))?.len();
        let mut end = Index::START;
        let mut bytes = Vec::new();
        records.retain_mut(|record| {
            let Some(slot) = record.slot else {
                return true;
            };
            let is_inside = slot.offset >= Index::START
                && slot.end().is_some_and(|end| end <= length)
                && read(&file, &slot, &mut bytes).is_ok();
            let is_whole = is_inside && slot.shape.is_of(&bytes);
            if let (true, Some(parts)) = (is_whole, slot.shape.parts(&bytes)) {
                record.sketch = sketch_of(parts.sounds, parts.notes);
                end = end.max(slot.offset + slot.padded() as u64);
            }
            is_whole
        });
        file.set_len(end).map_err(DatasetError::io(&path))?;
        Ok(Part { file, path, end })
    }

    pub fn append(&mut self, bytes: &[u8]) -> Result<(), DatasetError> {
        let mut file = &self.file;
        let written = file
            .seek(SeekFrom::Start(self.end))
            .and_then(|_| file.write_all(bytes));
        written.map_err(DatasetError::io(&self.path))?;
        self.end += bytes.len() as u64;
        Ok(())
    }

    /// The same file, for another thread that waits for the disk.
    pub fn handle(&self) -> Result<File, DatasetError> {
        self.file.try_clone().map_err(DatasetError::io(&self.path))
    }

    pub fn read(&self, slot: &Slot) -> Result<Vec<u8>, DatasetError> {
        let mut bytes = Vec::new();
        read(&self.file, slot, &mut bytes).map_err(DatasetError::io(&self.path))?;
        Ok(bytes)
    }

    pub fn seal(&self, index: &Index, end: u64) -> Result<Sealed, DatasetError> {
        let sealed = self
            .file
            .try_clone()
            .and_then(|file| Ok((index.seal(&file, end)?, file)));
        let (hash, file) = sealed.map_err(DatasetError::io(&self.path))?;
        Ok(Sealed {
            file,
            temporary: self.path.clone(),
            hash,
        })
    }
}

fn read(mut file: &File, slot: &Slot, bytes: &mut Vec<u8>) -> IoResult<()> {
    bytes.clear();
    bytes.resize(slot.shape.length().unwrap_or(0), 0);
    file.seek(SeekFrom::Start(slot.offset))?;
    file.read_exact(bytes)
}
