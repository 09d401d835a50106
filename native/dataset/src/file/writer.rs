//! Writing of the dataset file.

use super::{
    ALIGNMENT, Entry, FILE, Header, MAGIC, Shape, SplitEntry, VERSION, encode, index_hash,
};
use crate::checksum::checksum;
use crate::error::DatasetError;
use crate::stored::StoredPiece;
use std::fs::File;
use std::io::{BufWriter, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// The index of a file of pieces, while that is written or when all is in its place.
#[derive(Default)]
pub(crate) struct Index {
    entries: Vec<Entry>,
}

impl Index {
    /// Where the first piece begins.
    pub const START: u64 = size_of::<Header>() as u64;

    pub fn push(&mut self, offset: u64, shape: Shape, split: SplitEntry) {
        self.entries.push(Entry::new(offset, shape, split));
    }

    /// Write index and header around pieces that end at `end`. Returns the hash of the dataset.
    pub fn seal(&self, mut file: &File, end: u64) -> std::io::Result<String> {
        let at = end.next_multiple_of(align_of::<Entry>() as u64);
        // What lies behind the pieces is of no use to anyone, and the gap is zeros.
        file.set_len(end)?;
        file.set_len(at)?;
        file.seek(SeekFrom::Start(at))?;
        let index: &[u8] = bytemuck::cast_slice(&self.entries);
        file.write_all(index)?;
        let header = Header {
            magic: MAGIC,
            version: VERSION,
            pieces: self.entries.len() as u32,
            index: at,
            checksum: checksum(index),
        };
        file.rewind()?;
        file.write_all(bytemuck::bytes_of(&header))?;
        Ok(index_hash(index))
    }
}

/// A whole file of pieces that has not its name yet.
pub(crate) struct Sealed {
    pub file: File,
    pub temporary: PathBuf,
    pub hash: String,
}

impl Sealed {
    /// Give the file its name; it must be on the disk by then.
    pub fn publish(&self) -> Result<(), DatasetError> {
        let path = self.temporary.with_file_name(FILE);
        std::fs::rename(&self.temporary, &path).map_err(DatasetError::io(path))
    }

    pub fn sync(&self) -> Result<(), DatasetError> {
        let synced = self.file.sync_all();
        synced.map_err(DatasetError::io(&self.temporary))
    }
}

/// Writes pieces one after the other; nothing is kept in memory but the index.
pub struct DatasetWriter {
    temporary: PathBuf,
    file: BufWriter<File>,
    index: Index,
    offset: u64,
    is_kept: bool,
}

impl DatasetWriter {
    /// Name beside `pieces.bin` until all is written.
    pub(crate) const TEMPORARY: &str = "pieces.new";

    /// Start `folder/pieces.bin`; it is whole only after [`DatasetWriter::finish`].
    pub fn create(folder: &Path) -> Result<DatasetWriter, DatasetError> {
        std::fs::create_dir_all(folder).map_err(DatasetError::io(folder))?;
        let temporary = folder.join(Self::TEMPORARY);
        let file = File::create(&temporary).map_err(DatasetError::io(&temporary))?;
        let mut writer = DatasetWriter {
            temporary,
            file: BufWriter::with_capacity(1 << 20, file),
            index: Index::default(),
            offset: 0,
            is_kept: false,
        };
        writer.write(&[0; Index::START as usize])?;
        Ok(writer)
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), DatasetError> {
        self.offset += bytes.len() as u64;
        self.file
            .write_all(bytes)
            .map_err(DatasetError::io(&self.temporary))
    }

    pub fn push(&mut self, stored: &StoredPiece, split: SplitEntry) -> Result<(), DatasetError> {
        let mut bytes = Vec::new();
        let shape = encode(stored, &mut bytes);
        self.push_bytes(&bytes[..shape.length().unwrap_or(0)], shape, split)
    }

    /// A piece as it is stored elsewhere, without padding.
    pub(crate) fn push_bytes(
        &mut self,
        bytes: &[u8],
        shape: Shape,
        split: SplitEntry,
    ) -> Result<(), DatasetError> {
        self.index.push(self.offset, shape, split);
        self.write(bytes)?;
        let padding = self.offset.next_multiple_of(ALIGNMENT) - self.offset;
        self.write(&[0; ALIGNMENT as usize][..padding as usize])
    }

    /// Write index and header and give the file its name. Returns the hash of the dataset.
    pub fn finish(self) -> Result<String, DatasetError> {
        let sealed = self.seal()?;
        sealed.sync()?;
        sealed.publish()?;
        Ok(sealed.hash)
    }

    pub(crate) fn seal(mut self) -> Result<Sealed, DatasetError> {
        let flushed = self.file.flush().and_then(|()| {
            let file = self.file.get_ref();
            Ok((file.try_clone()?, self.index.seal(file, self.offset)?))
        });
        let (file, hash) = flushed.map_err(DatasetError::io(&self.temporary))?;
        self.is_kept = true;
        Ok(Sealed {
            file,
            temporary: self.temporary.clone(),
            hash,
        })
    }
}

impl Drop for DatasetWriter {
    fn drop(&mut self) {
        // A full disk gets its space back.
        if !self.is_kept {
            let _ = std::fs::remove_file(&self.temporary);
        }
    }
}
