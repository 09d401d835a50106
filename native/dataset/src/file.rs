//! The dataset file: all pieces on the grid, mapped into memory, 12 bytes a note.
//!
//! Layout, little endian: header of 32 bytes (magic, version, pieces, offset of the index), then for
//! each piece its bars and tempos (8 bytes each), instrument classes (1 byte a track, padded to 4)
//! and notes (12 bytes each), then the index of 40 bytes a piece.

use crate::error::DatasetError;
use crate::howl::howl_notes;
use crate::stored::{StoredPiece, TempoPoint};
use bytemuck::{Pod, Zeroable};
use continuo_tokenizer::howl::HowlNote;
use continuo_tokenizer::{Bar, GridNote, Piece, PieceView};
use memmap2::Mmap;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

pub const MAGIC: [u8; 8] = *b"CNTODATA";
pub const VERSION: u32 = 2;
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
    tempos: u32,
    /// Pieces of one cluster are so alike that they stay on one side of the split.
    cluster: u32,
    /// 1 where the piece is held out.
    held_out: u32,
    /// First bytes of the sha256 of the piece's bytes.
    checksum: u64,
}

/// What the index says of a piece beside its sizes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
    pub cluster: u32,
    pub held_out: bool,
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
    pub fn create(folder: &Path) -> Result<DatasetWriter, DatasetError> {
        std::fs::create_dir_all(folder).map_err(DatasetError::io(folder))?;
        let path = folder.join(FILE);
        let temporary = path.with_extension("part");
        let file = File::create(&temporary).map_err(DatasetError::io(&temporary))?;
        let mut writer = DatasetWriter {
            path,
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

    pub fn push(&mut self, stored: &StoredPiece, place: Place) -> Result<(), DatasetError> {
        let piece = &stored.piece;
        let padding = piece.instruments.len().next_multiple_of(4) - piece.instruments.len();
        let parts = [
            bytemuck::cast_slice(&piece.bars),
            bytemuck::cast_slice(&stored.tempos),
            &piece.instruments[..],
            &[0; 4][..padding],
            bytemuck::cast_slice(&piece.notes),
        ];
        self.entries.push(Entry {
            offset: self.offset,
            bars: piece.bars.len() as u32,
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
        let index: &[u8] = bytemuck::cast_slice(&entries);
        let hash = index_hash(index);
        self.write(index)?;
        let path = self.path;
        let mut file = self.file.into_inner().map_err(|e| DatasetError::Io {
            path: path.clone(),
            source: e.into_error(),
        })?;
        use std::io::Seek;
        file.rewind().map_err(DatasetError::io(&path))?;
        file.write_all(bytemuck::bytes_of(&header))
            .map_err(DatasetError::io(&path))?;
        file.sync_all().map_err(DatasetError::io(&path))?;
        std::fs::rename(path.with_extension("part"), &path).map_err(DatasetError::io(&path))?;
        Ok(hash)
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
    pub fn open(folder: &Path) -> Result<Dataset, DatasetError> {
        let path = folder.join(FILE);
        let file = File::open(&path).map_err(DatasetError::io(&path))?;
        // SAFETY: the file is written once under another name and renamed; a user who changes it
        // while it is mapped gets wrong notes, which every reader bounds-checks.
        let map = unsafe { Mmap::map(&file) }.map_err(DatasetError::io(&path))?;
        let damaged = |what| DatasetError::Damaged {
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
            return Err(DatasetError::Version {
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
        let hash = index_hash(index);
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

    /// Whether a piece is held out: never trained on, for measuring.
    pub fn is_held_out(&self, index: usize) -> bool {
        self.entries.get(index).is_some_and(|e| e.held_out != 0)
    }

    /// Cluster of alike pieces that a piece belongs to.
    pub fn cluster(&self, index: usize) -> u32 {
        self.entries.get(index).map_or(0, |e| e.cluster)
    }

    /// Tempo map of a piece; none past the end.
    pub fn tempos(&self, index: usize) -> &[TempoPoint] {
        let Some((entry, range)) = self.range(index) else {
            return &[];
        };
        let from = range.start + entry.bars as usize * size_of::<Bar>();
        let bytes = &self.map[from..from + entry.tempos as usize * size_of::<TempoPoint>()];
        bytemuck::try_cast_slice(bytes).unwrap_or_default()
    }

    /// A piece as Howl reads it.
    pub fn howl_notes(&self, index: usize, with_drums: bool) -> Vec<HowlNote> {
        howl_notes(self.piece(index), self.tempos(index), with_drums)
    }

    /// A piece with its tempo map, owned.
    pub fn stored(&self, index: usize) -> StoredPiece {
        let view = self.piece(index);
        StoredPiece {
            piece: Piece {
                bars: view.bars.to_vec(),
                instruments: view.instruments.to_vec(),
                notes: view.notes.to_vec(),
            },
            tempos: self.tempos(index).to_vec(),
        }
    }

    /// Whether the bytes of a piece are still those that were written.
    pub fn is_whole(&self, index: usize) -> bool {
        self.range(index)
            .is_some_and(|(entry, range)| checksum(&[&self.map[range]]) == entry.checksum)
    }

    fn range(&self, index: usize) -> Option<(&Entry, std::ops::Range<usize>)> {
        let entry = self.entries.get(index)?;
        Some((entry, piece_range(entry)?))
    }

    /// A piece by index; an empty one past the end.
    pub fn piece(&self, index: usize) -> PieceView<'_> {
        let empty = PieceView {
            bars: &[],
            instruments: &[],
            notes: &[],
        };
        let Some((entry, range)) = self.range(index) else {
            return empty;
        };
        let bytes = &self.map[range];
        let (bars, rest) = bytes.split_at(entry.bars as usize * size_of::<Bar>());
        let (_, rest) = rest.split_at(entry.tempos as usize * size_of::<TempoPoint>());
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
        + (entry.tempos as usize).checked_mul(size_of::<TempoPoint>())?
        + (entry.tracks as usize).next_multiple_of(4)
        + (entry.notes as usize).checked_mul(size_of::<GridNote>())?;
    Some(from..from.checked_add(length)?)
}

/// First eight bytes of the sha256 of some parts, one after the other.
fn checksum(parts: &[&[u8]]) -> u64 {
    let mut digest = Sha256::new();
    parts.iter().for_each(|part| digest.update(part));
    let mut first = [0; 8];
    first.copy_from_slice(&digest.finalize()[..8]);
    u64::from_le_bytes(first)
}

fn index_hash(index: &[u8]) -> String {
    let digest = Sha256::digest(index);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}
