//! What an unfinished build has read so far, so that Ctrl-C or a crash loses nothing.
//!
//! Records of a length, a checksum and a payload; a record that is cut off or damaged ends it.

use crate::error::DatasetError;
use crate::file::VERSION;
use crate::manifest::FileEntry;
use crate::stored::{StoredPiece, TempoPoint};
use bytemuck::Pod;
use continuo_tokenizer::{Bar, GridNote, Piece};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{BufReader, Read, Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};

/// Name of the journal inside a dataset folder, gone when the dataset is built.
pub const JOURNAL: &str = "import.journal";
/// Longer records are damage: a file of the largest size holds fewer notes.
const MAX_RECORD: u64 = 1 << 31;
/// Bytes of length and checksum before each payload.
const FRAME: u64 = 16;

/// One file that was read; its notes stay in the journal, so that memory does not grow with the music.
#[derive(Debug)]
pub struct Record {
    pub entry: FileEntry,
    /// Some of the piece's runs, by which alike pieces are found.
    pub runs: Vec<u64>,
    /// Of the payload; `None` for a failure.
    piece: Option<Range<u64>>,
}

impl Record {
    pub fn has_piece(&self) -> bool {
        self.piece.is_some()
    }
}

#[derive(Serialize, Deserialize)]
struct Head {
    version: u32,
    entry: FileEntry,
    /// Bars, tempos, tracks, notes, runs; none for a failure.
    counts: Option<[usize; 5]>,
}

/// Appends records and reads their pieces again. Locked while it is open, so that two builds of one
/// folder cannot mix.
pub struct Journal {
    file: File,
    path: PathBuf,
    /// Where the next record goes.
    end: u64,
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
        let (records, end) = read(&file);
        // What comes after the last whole record is dropped.
        file.set_len(end).map_err(DatasetError::io(&path))?;
        Ok((records, Journal { file, path, end }))
    }

    /// Append a file, with the piece that it holds and some of that piece's runs.
    pub fn push(
        &mut self,
        entry: FileEntry,
        piece: Option<(&StoredPiece, Vec<u64>)>,
    ) -> Result<Record, DatasetError> {
        let head = Head {
            version: VERSION,
            entry,
            counts: piece.as_ref().map(|(stored, runs)| {
                let StoredPiece { piece, tempos } = stored;
                [
                    piece.bars.len(),
                    tempos.len(),
                    piece.instruments.len(),
                    piece.notes.len(),
                    runs.len(),
                ]
            }),
        };
        let text = serde_json::to_vec(&head).unwrap_or_default();
        let mut payload = (text.len() as u32).to_le_bytes().to_vec();
        payload.extend_from_slice(&text);
        if let Some((StoredPiece { piece, tempos }, runs)) = &piece {
            payload.extend_from_slice(bytemuck::cast_slice(&piece.bars));
            payload.extend_from_slice(bytemuck::cast_slice(tempos));
            payload.extend_from_slice(&piece.instruments);
            payload.extend_from_slice(bytemuck::cast_slice(&piece.notes));
            payload.extend_from_slice(bytemuck::cast_slice(runs));
        }
        let mut bytes = (payload.len() as u64).to_le_bytes().to_vec();
        bytes.extend_from_slice(&Sha256::digest(&payload)[..8]);
        bytes.extend_from_slice(&payload);
        let from = self.end + FRAME;
        let mut file = &self.file;
        let written = file
            .seek(SeekFrom::Start(self.end))
            .and_then(|_| file.write_all(&bytes));
        written.map_err(DatasetError::io(&self.path))?;
        self.end += bytes.len() as u64;
        let has_piece = piece.is_some();
        Ok(Record {
            entry: head.entry,
            runs: piece.map(|(_, runs)| runs).unwrap_or_default(),
            piece: has_piece.then_some(from..self.end),
        })
    }

    /// The piece of a record; none for a failure, or where the journal was changed by others.
    pub fn piece(&self, record: &Record) -> Result<Option<StoredPiece>, DatasetError> {
        let Some(range) = &record.piece else {
            return Ok(None);
        };
        let mut payload = vec![0; (range.end - range.start) as usize];
        let mut file = &self.file;
        let read = file
            .seek(SeekFrom::Start(range.start))
            .and_then(|_| file.read_exact(&mut payload));
        read.map_err(DatasetError::io(&self.path))?;
        Ok(decode(&payload).and_then(|(_, piece, _)| piece))
    }

    /// The dataset is whole: the journal goes.
    pub fn remove(self) -> Result<(), DatasetError> {
        match std::fs::remove_file(&self.path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(DatasetError::io(&self.path)(error))
            }
            _ => Ok(()),
        }
    }
}

/// Whole records from the start, and where they end.
fn read(file: &File) -> (Vec<Record>, u64) {
    let mut reader = BufReader::with_capacity(1 << 20, file);
    let (mut records, mut end) = (Vec::new(), 0);
    while let Some(payload) = read_payload(&mut reader) {
        let Some((entry, piece, runs)) = decode(&payload) else {
            break;
        };
        let from = end + FRAME;
        end = from + payload.len() as u64;
        records.push(Record {
            entry,
            runs,
            piece: piece.is_some().then_some(from..end),
        });
    }
    (records, end)
}

fn read_payload(reader: &mut impl Read) -> Option<Vec<u8>> {
    let mut frame = [0; FRAME as usize];
    reader.read_exact(&mut frame).ok()?;
    let (length, checksum) = frame.split_at(8);
    let length = u64::from_le_bytes(length.try_into().ok()?);
    if length > MAX_RECORD {
        return None;
    }
    let mut payload = Vec::new();
    reader.take(length).read_to_end(&mut payload).ok()?;
    let is_whole = payload.len() as u64 == length && Sha256::digest(&payload)[..8] == *checksum;
    is_whole.then_some(payload)
}

fn decode(payload: &[u8]) -> Option<(FileEntry, Option<StoredPiece>, Vec<u64>)> {
    let (length, rest) = payload.split_at_checked(4)?;
    let length = u32::from_le_bytes(length.try_into().ok()?) as usize;
    let (head, mut rest) = rest.split_at_checked(length)?;
    let head: Head = serde_json::from_slice(head).ok()?;
    if head.version != VERSION {
        return None;
    }
    let Some([bars, tempos, tracks, notes, runs]) = head.counts else {
        return Some((head.entry, None, Vec::new()));
    };
    let bars: Vec<Bar> = take(&mut rest, bars)?;
    let tempos: Vec<TempoPoint> = take(&mut rest, tempos)?;
    let instruments = take(&mut rest, tracks)?;
    let notes: Vec<GridNote> = take(&mut rest, notes)?;
    let runs = take(&mut rest, runs)?;
    let piece = Piece {
        bars,
        instruments,
        notes,
    };
    Some((head.entry, Some(StoredPiece { piece, tempos }), runs))
}

/// The next `count` values.
fn take<T: Pod>(rest: &mut &[u8], count: usize) -> Option<Vec<T>> {
    let (bytes, after) = rest.split_at_checked(count.checked_mul(size_of::<T>())?)?;
    *rest = after;
    Some(bytemuck::allocation::pod_collect_to_vec(bytes))
}
