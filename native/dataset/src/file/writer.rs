//! Writing of the dataset file.

use super::{Entry, FILE, Header, MAGIC, Place, VERSION, checksum, index_hash};
use crate::bars::runs_of;
use crate::error::DatasetError;
use crate::stored::StoredPiece;
use std::fs::File;
use std::io::{BufWriter, Seek, Write};
use std::path::{Path, PathBuf};

/// Writes pieces one after the other; nothing is kept in memory but the index.
pub struct DatasetWriter {
    path: PathBuf,
    temporary: PathBuf,
    file: BufWriter<File>,
    entries: Vec<Entry>,
    offset: u64,
}

impl DatasetWriter {
    /// Start `folder/pieces.bin`; it is whole only after [`DatasetWriter::finish`].
    pub fn create(folder: &Path) -> Result<DatasetWriter, DatasetError> {
        std::fs::create_dir_all(folder).map_err(DatasetError::io(folder))?;
        let path = folder.join(FILE);
        let temporary = path.with_extension("part");
        let file = File::create(&temporary).map_err(DatasetError::io(&temporary))?;
        let mut writer = DatasetWriter {
            path,
            temporary,
            file: BufWriter::with_capacity(1 << 20, file),
            entries: Vec::new(),
            offset: 0,
        };
        writer.write(&[0; size_of::<Header>()])?;
        Ok(writer)
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), DatasetError> {
        self.offset += bytes.len() as u64;
        self.file
            .write_all(bytes)
            .map_err(DatasetError::io(&self.path))
    }

    fn pad(&mut self, to: u64) -> Result<(), DatasetError> {
        let padding = self.offset.next_multiple_of(to) - self.offset;
        self.write(&[0; 8][..padding as usize])
    }

    pub fn push(&mut self, stored: &StoredPiece, place: Place) -> Result<(), DatasetError> {
        let piece = &stored.piece;
        // Runs of bars and tempos lie on multiples of 4; tracks and notes may lie anywhere.
        self.pad(4)?;
        let runs = runs_of(&piece.bars);
        let parts = [
            bytemuck::cast_slice(&runs),
            bytemuck::cast_slice(&stored.tempos),
            &piece.instruments[..],
            bytemuck::cast_slice(&piece.notes),
        ];
        self.entries.push(Entry {
            offset: self.offset,
            bar_runs: runs.len() as u32,
            tracks: piece.instruments.len() as u32,
            notes: piece.notes.len() as u32,
            tempos: stored.tempos.len() as u32,
            cluster: place.cluster,
            held_out: u32::from(place.held_out),
            checksum: checksum(&parts),
        });
        parts.into_iter().try_for_each(|part| self.write(part))
    }

    /// Write index and header and give the file its name. Returns the hash of the dataset.
    pub fn finish(mut self) -> Result<String, DatasetError> {
        self.pad(8)?;
        let entries = std::mem::take(&mut self.entries);
        let index: &[u8] = bytemuck::cast_slice(&entries);
        let header = Header {
            magic: MAGIC,
            version: VERSION,
            pieces: entries.len() as u32,
            index: self.offset,
            checksum: checksum(&[index]),
        };
        self.write(index)?;
        self.close(&header).map_err(DatasetError::io(&self.path))?;
        Ok(index_hash(index))
    }

    fn close(&mut self, header: &Header) -> std::io::Result<()> {
        self.file.flush()?;
        let file = self.file.get_mut();
        file.rewind()?;
        file.write_all(bytemuck::bytes_of(header))?;
        file.sync_all()?;
        std::fs::rename(&self.temporary, &self.path)
    }
}

impl Drop for DatasetWriter {
    fn drop(&mut self) {
        // Gone already where it was finished; a full disk gets its space back where it was not.
        let _ = std::fs::remove_file(&self.temporary);
    }
}
