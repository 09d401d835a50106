//! The dataset file: all pieces on the grid, mapped into memory, 11 bytes a note.
//!
//! Layout, little endian: header of 32 bytes (magic, version, pieces, offset and checksum of the
//! index), then for each piece its groups of equal bars (12 bytes each), tempos (8 bytes each), instrument
//! classes (1 byte a track) and notes (11 bytes each), padded to 4, then the index of 40 bytes a
//! piece.

mod shape;
mod writer;

use crate::bars::bars_of;
use crate::checksum::checksum;
use crate::error::DatasetError;
use crate::hex::hex;
use crate::howl::howl_notes;
use crate::stored::TempoPoint;
use bytemuck::{Pod, Zeroable};
use continuo_tokenizer::howl::HowlNote;
use continuo_tokenizer::{Bar, PieceView};
use memmap2::Mmap;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

pub(crate) use shape::{ALIGNMENT, Parts, Shape, encode};
pub use writer::DatasetWriter;
pub(crate) use writer::{Index, Sealed};

pub const MAGIC: [u8; 8] = *b"CNTODATA";
pub const VERSION: u32 = 5;
/// Name of the file inside a dataset folder.
pub const FILE: &str = "pieces.bin";

#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C)]
struct Header {
    magic: [u8; 8],
    version: u32,
    pieces: u32,
    index: u64,
    /// Of the index.
    checksum: u64,
}

#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C)]
struct Entry {
    offset: u64,
    bar_groups: u32,
    tracks: u32,
    notes: u32,
    tempos: u32,
    /// Pieces of one cluster are so alike that they stay on one side of the split.
    cluster: u32,
    /// 1 where the piece is held out.
    held_out: u32,
    /// Of the piece's bytes.
    checksum: u64,
}

impl Entry {
    fn new(offset: u64, shape: Shape, split: SplitEntry) -> Entry {
        Entry {
            offset,
            bar_groups: shape.bar_groups,
            tracks: shape.tracks,
            notes: shape.notes,
            tempos: shape.tempos,
            cluster: split.cluster,
            held_out: u32::from(split.held_out),
            checksum: shape.checksum,
        }
    }

    fn shape(&self) -> Shape {
        Shape {
            bar_groups: self.bar_groups,
            tracks: self.tracks,
            notes: self.notes,
            tempos: self.tempos,
            checksum: self.checksum,
        }
    }
}

/// What the index says of a piece beside its sizes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SplitEntry {
    pub cluster: u32,
    pub held_out: bool,
}

/// A mapped dataset.
pub struct Dataset {
    path: PathBuf,
    map: Mmap,
    entries: Vec<Entry>,
    /// Of each piece, found when it is first looked at.
    bars: Vec<OnceLock<Box<[Bar]>>>,
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
        let damaged = |what: &str| DatasetError::Damaged {
            path: path.clone(),
            what: what.to_owned(),
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
        if checksum(index) != header.checksum {
            return Err(damaged("the index is not as it was written"));
        }
        let entries: Vec<Entry> = bytemuck::allocation::pod_collect_to_vec(index);
        let whole = entries
            .iter()
            .all(|e| piece_range(e).is_some_and(|r| r.end <= map.len()));
        if !whole {
            return Err(damaged("a piece lies outside the file"));
        }
        let hash = index_hash(index);
        Ok(Dataset {
            path,
            bars: entries.iter().map(|_| OnceLock::new()).collect(),
            entries,
            hash,
            map,
        })
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
        self.parts(index).map_or(&[], |parts| parts.tempos)
    }

    fn parts(&self, index: usize) -> Option<Parts<'_>> {
        let (entry, range) = self.range(index)?;
        entry.shape().parts(&self.map[range])
    }

    /// A piece as Howl reads it.
    pub fn howl_notes(&self, index: usize, with_drums: bool) -> Vec<HowlNote> {
        howl_notes(self.piece(index), self.tempos(index), with_drums)
    }

    /// A piece as it is stored, to be written again.
    pub(crate) fn stored(&self, index: usize) -> Option<(&[u8], Shape)> {
        let (entry, range) = self.range(index)?;
        Some((&self.map[range], entry.shape()))
    }

    /// Whether the bytes of a piece are still those that were written.
    pub fn is_whole(&self, index: usize) -> bool {
        self.range(index)
            .is_some_and(|(entry, range)| entry.shape().is_of(&self.map[range]))
    }

    /// Check the bytes of every piece. Errors: `DATASET_DAMAGED`, with the first such piece.
    pub fn check(&self) -> Result<(), DatasetError> {
        match self.damaged().first() {
            None => Ok(()),
            Some(index) => Err(DatasetError::Damaged {
                path: self.path.clone(),
                what: format!("piece {} is not as it was written", index + 1),
            }),
        }
    }

    /// Pieces whose bytes are not those that were written, found on all cores.
    pub fn damaged(&self) -> Vec<usize> {
        let next = AtomicUsize::new(0);
        let work = || {
            let mut found = Vec::new();
            loop {
                let index = next.fetch_add(1, Ordering::Relaxed);
                if index >= self.len() {
                    return found;
                }
                if !self.is_whole(index) {
                    found.push(index);
                }
            }
        };
        let workers = std::thread::available_parallelism().map_or(1, usize::from);
        let mut found: Vec<usize> = std::thread::scope(|scope| {
            let running: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
            let found = running.into_iter().flat_map(|thread| thread.join());
            found.flatten().collect()
        });
        found.sort_unstable();
        found
    }

    fn range(&self, index: usize) -> Option<(&Entry, std::ops::Range<usize>)> {
        let entry = self.entries.get(index)?;
        Some((entry, piece_range(entry)?))
    }

    /// A piece by index; an empty one past the end.
    pub fn piece(&self, index: usize) -> PieceView<'_> {
        match self.parts(index) {
            Some(parts) => PieceView {
                bars: self.bars[index].get_or_init(|| bars_of(parts.bar_groups)),
                sounds: parts.sounds,
                notes: parts.notes,
            },
            None => PieceView {
                bars: &[],
                sounds: &[],
                notes: &[],
            },
        }
    }
}

/// Without the padding after it.
fn piece_range(entry: &Entry) -> Option<std::ops::Range<usize>> {
    let from = usize::try_from(entry.offset).ok()?;
    let length = entry.shape().length()?;
    Some(from..from.checked_add(length)?)
}

fn index_hash(index: &[u8]) -> String {
    hex(&Sha256::digest(index))
}
