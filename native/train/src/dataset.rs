//! The dataset file: all pieces on the grid, mapped into memory, 12 bytes a note.
//!
//! Layout, little endian: header of 32 bytes (magic, version, pieces, offset of the index), then for
//! each piece its bars (8 bytes each), instrument classes (1 byte a track, padded to 4) and notes
//! (12 bytes each), then the index of 24 bytes a piece.

use crate::error::TrainError;
use bytemuck::{Pod, Zeroable};
use continuo_tokenizer::{Bar, GridNote, Piece, PieceView};
use memmap2::Mmap;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

pub const MAGIC: [u8; 8] = *b"CNTODATA";
pub const VERSION: u32 = 1;
/// Name of the file inside a dataset folder.
pub const FILE: &str = "pieces.bin";

#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C)]
struct Header {
    magic: [u8; 8],
    version: u32,
    pieces: u32,
    index: u64,
    reserved: u64,
}

#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C)]
struct Entry {
    offset: u64,
    bars: u32,
    tracks: u32,
    notes: u32,
    reserved: u32,
}

/// Writes pieces one after the other; nothing is kept in memory but the index.
pub struct DatasetWriter {
    path: PathBuf,
    file: BufWriter<File>,
    entries: Vec<Entry>,
    offset: u64,
}

impl DatasetWriter {
    /// Start `folder/pieces.bin`; it is whole only after [`DatasetWriter::finish`].
    pub fn create(folder: &Path) -> Result<DatasetWriter, TrainError> {
        std::fs::create_dir_all(folder).map_err(TrainError::io(folder))?;
        let path = folder.join(FILE);
        let temporary = path.with_extension("part");
        let file = File::create(&temporary).map_err(TrainError::io(&temporary))?;
        let mut writer = DatasetWriter {
            path,
            file: BufWriter::with_capacity(1 << 20, file),
            entries: Vec::new(),
            offset: 0,
        };
        writer.write(&[0; size_of::<Header>()])?;
        Ok(writer)
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), TrainError> {
        self.offset += bytes.len() as u64;
        self.file
            .write_all(bytes)
            .map_err(TrainError::io(&self.path))
    }

    pub fn push(&mut self, piece: &Piece) -> Result<(), TrainError> {
        self.entries.push(Entry {
            offset: self.offset,
            bars: piece.bars.len() as u32,
            tracks: piece.instruments.len() as u32,
            notes: piece.notes.len() as u32,
            reserved: 0,
        });
        self.write(bytemuck::cast_slice(&piece.bars))?;
        self.write(&piece.instruments)?;
        let padding = piece.instruments.len().next_multiple_of(4) - piece.instruments.len();
        self.write(&[0; 4][..padding])?;
        self.write(bytemuck::cast_slice(&piece.notes))
    }

    /// Write index and header and give the file its name.
    pub fn finish(mut self) -> Result<(), TrainError> {
        let padding = self.offset.next_multiple_of(8) - self.offset;
        self.write(&[0; 8][..padding as usize])?;
        let header = Header {
            magic: MAGIC,
            version: VERSION,
            pieces: self.entries.len() as u32,
            index: self.offset,
            reserved: 0,
        };
        let entries = std::mem::take(&mut self.entries);
        self.write(bytemuck::cast_slice(&entries))?;
        let path = self.path;
        let mut file = self.file.into_inner().map_err(|e| TrainError::Io {
            path: path.clone(),
            source: e.into_error(),
        })?;
        use std::io::Seek;
        file.rewind().map_err(TrainError::io(&path))?;
        file.write_all(bytemuck::bytes_of(&header))
            .map_err(TrainError::io(&path))?;
        file.sync_all().map_err(TrainError::io(&path))?;
        std::fs::rename(path.with_extension("part"), &path).map_err(TrainError::io(&path))
    }
}

/// A mapped dataset.
pub struct Dataset {
    map: Mmap,
    entries: Vec<Entry>,
    hash: String,
}

impl Dataset {
    /// Map `folder/pieces.bin` and check its structure; the notes stay on disk until they are read.
    pub fn open(folder: &Path) -> Result<Dataset, TrainError> {
        let path = folder.join(FILE);
        let file = File::open(&path).map_err(TrainError::io(&path))?;
        // SAFETY: the file is written once under another name and renamed; a user who changes it
        // while it is mapped gets wrong notes, which every reader bounds-checks.
        let map = unsafe { Mmap::map(&file) }.map_err(TrainError::io(&path))?;
        let damaged = |what| TrainError::DatasetDamaged {
            path: path.clone(),
            what,
        };
        let header: &Header = map
            .get(..size_of::<Header>())
            .and_then(|bytes| bytemuck::try_from_bytes(bytes).ok())
            .ok_or_else(|| damaged("too short"))?;
        if header.magic != MAGIC {
            return Err(damaged("not a dataset"));
        }
        if header.version != VERSION {
            return Err(TrainError::DatasetVersion {
                path,
                found: header.version,
                expected: VERSION,
            });
        }
        let index = usize::try_from(header.index)
            .ok()
            .and_then(|from| map.get(from..))
            .and_then(|bytes| bytes.get(..header.pieces as usize * size_of::<Entry>()))
            .ok_or_else(|| damaged("the index is cut off"))?;
        let entries: Vec<Entry> = bytemuck::allocation::pod_collect_to_vec(index);
        let whole = entries
            .iter()
            .all(|e| piece_range(e).is_some_and(|r| r.end <= map.len()));
        if !whole {
            return Err(damaged("a piece lies outside the file"));
        }
        let hash = Sha256::digest(index)
            .iter()
            .map(|b| format!("{b:02x}"))
            .collect();
        Ok(Dataset { entries, hash, map })
    }

    /// sha256 of the index: tells two datasets apart.
    pub fn hash(&self) -> &str {
        &self.hash
    }

    pub fn len(&self) -> usize {
        self.entries.len()
    }

    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Notes of all pieces.
    pub fn note_count(&self) -> usize {
        self.entries.iter().map(|e| e.notes as usize).sum()
    }

    /// A piece by index; an empty one past the end.
    pub fn piece(&self, index: usize) -> PieceView<'_> {
        let empty = PieceView {
            bars: &[],
            instruments: &[],
            notes: &[],
        };
        let Some(entry) = self.entries.get(index) else {
            return empty;
        };
        let Some(range) = piece_range(entry) else {
            return empty;
        };
        let bytes = &self.map[range];
        let (bars, rest) = bytes.split_at(entry.bars as usize * size_of::<Bar>());
        let (instruments, rest) = rest.split_at((entry.tracks as usize).next_multiple_of(4));
        let notes = &rest[..entry.notes as usize * size_of::<GridNote>()];
        match (
            bytemuck::try_cast_slice(bars),
            bytemuck::try_cast_slice(notes),
        ) {
            (Ok(bars), Ok(notes)) => PieceView {
                bars,
                instruments: &instruments[..entry.tracks as usize],
                notes,
            },
            _ => empty,
        }
    }
}

fn piece_range(entry: &Entry) -> Option<std::ops::Range<usize>> {
    let from = usize::try_from(entry.offset).ok()?;
    let length = (entry.bars as usize).checked_mul(size_of::<Bar>())?
        + (entry.tracks as usize).next_multiple_of(4)
        + (entry.notes as usize).checked_mul(size_of::<GridNote>())?;
    Some(from..from.checked_add(length)?)
}
