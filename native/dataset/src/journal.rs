//! What an unfinished build has read so far, so that Ctrl-C or a crash loses nothing.
//!
//! Pieces go into the file that becomes the dataset, in the order in which they come; what was read
//! of each file, and where its piece lies, goes into the journal right after them.

mod part;
mod record;

use crate::alike::Sketch;
use crate::error::DatasetError;
use crate::file::{DatasetWriter, Index, Sealed, Shape};
use crate::manifest::FileEntry;
pub use part::PART;
use part::Part;
pub use record::Record;
pub(crate) use record::Slot;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// Name of the journal inside a dataset folder, gone when the dataset is built.
pub const JOURNAL: &str = "import.journal";

/// Files that were read, with the bytes of their pieces one after the other.
#[derive(Default)]
pub(crate) struct Batch {
    pub files: Vec<Unwritten>,
    /// Each piece and its padding, in the order of the files.
    pub bytes: Vec<u8>,
}

/// One file of a batch.
pub(crate) struct Unwritten {
    pub entry: FileEntry,
    /// By which alike pieces are found.
    pub sketch: Sketch,
    /// Where the piece begins in the batch; none for a failure or a duplicate.
    pub piece: Option<(usize, Shape)>,
}

/// Appends batches and reads their pieces again. Locked while it is open, so that two builds of one
/// folder cannot mix.
pub struct Journal {
    file: File,
    path: PathBuf,
    /// Where the next record goes.
    end: u64,
    part: Part,
}

impl Journal {
    /// Go on with the journal of a folder: what it has, and where to append.
    ///
    /// Errors: `DATASET_BUSY`, `DATASET_IO`.
    pub fn open(folder: &Path) -> Result<(Vec<Record>, Journal), DatasetError> {
        let path = folder.join(JOURNAL);
        let options = OpenOptions::new()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(&path);
        let file = options.map_err(DatasetError::io(&path))?;
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => return Err(DatasetError::Busy { path }),
            // A file system without locks is used without.
            Err(TryLockError::Error(_)) | Ok(()) => {}
        }
        let (mut records, end) = record::read(&file);
        // What comes after the last whole record is dropped.
        file.set_len(end).map_err(DatasetError::io(&path))?;
        let part = Part::open(folder, &mut records)?;
        let journal = Journal {
            file,
            path,
            end,
            part,
        };
        Ok((records, journal))
    }

    /// Append files with the pieces that they hold. The memory of their bytes comes back.
    pub(crate) fn push(&mut self, batch: Batch) -> Result<(Vec<Record>, Vec<u8>), DatasetError> {
        let Batch { files, mut bytes } = batch;
        let mut records = Vec::with_capacity(files.len());
        let mut text = Vec::new();
        // Pieces close ranks where one before them is left out.
        let mut kept = 0;
        for Unwritten {
            entry,
            sketch,
            piece,
        } in files
        {
            let slot = piece.map(|(from, shape)| {
                let slot = Slot {
                    offset: self.part.end + kept as u64,
                    shape,
                };
                let length = slot.padded();
                if from != kept {
                    bytes.copy_within(from..from + length, kept);
                }
                kept += length;
                slot
            });
            let record = Record {
                entry,
                sketch,
                slot,
            };
            record.encode(&mut text);
            records.push(record);
        }
        self.part.append(&bytes[..kept])?;
        let mut file = &self.file;
        let written = file
            .seek(SeekFrom::Start(self.end))
            .and_then(|_| file.write_all(&text));
        written.map_err(DatasetError::io(&self.path))?;
        self.end += text.len() as u64;
        Ok((records, bytes))
    }

    /// Bytes of pieces so far.
    pub(crate) fn piece_bytes(&self) -> u64 {
        self.part.end
    }

    /// The file of pieces, for a thread that waits until they are on the disk.
    pub(crate) fn pieces(&self) -> Result<File, DatasetError> {
        self.part.handle()
    }

    pub(crate) fn folder(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new(""))
    }

    /// The bytes of a piece, without padding.
    pub(crate) fn piece(&self, slot: &Slot) -> Result<Vec<u8>, DatasetError> {
        self.part.read(slot)
    }

    /// Make the file of pieces a dataset, all of which lies where the index says, up to `end`.
    pub(crate) fn seal(&self, index: &Index, end: u64) -> Result<Sealed, DatasetError> {
        self.part.seal(index, end)
    }

    /// The dataset is whole: the journal goes, and pieces that were copied.
    pub fn remove(self) -> Result<(), DatasetError> {
        for name in [JOURNAL, PART, DatasetWriter::TEMPORARY] {
            let path = self.folder().join(name);
            match std::fs::remove_file(&path) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(DatasetError::io(path)(error));
                }
                _ => {}
            }
        }
        Ok(())
    }
}
