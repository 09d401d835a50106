//! What an unfinished build has read so far, so that Ctrl-C or a crash loses nothing.
//!
//! Records of a length, a checksum and a payload; a record that is cut off or damaged ends it.

use crate::error::DatasetError;
use crate::manifest::FileEntry;
use crate::stored::{StoredPiece, TempoPoint};
use continuo_tokenizer::{Bar, GridNote, Piece};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fs::{File, OpenOptions};
use std::io::{BufReader, Read, Write};
use std::path::{Path, PathBuf};

/// Name of the journal inside a dataset folder, gone when the dataset is built.
pub const JOURNAL: &str = "import.journal";
/// Longer records are damage: a file of the largest size holds fewer notes.
const MAX_RECORD: u64 = 1 << 31;

/// One file that was read.
#[derive(Debug)]
pub struct Record {
    pub entry: FileEntry,
    pub piece: Option<StoredPiece>,
}

#[derive(Serialize, Deserialize)]
struct Head {
    entry: FileEntry,
    /// Bars, tempos, tracks, notes; none for a failure.
    counts: Option<[usize; 4]>,
}

/// Appends records.
pub struct Journal {
    file: File,
    path: PathBuf,
}

impl Journal {
    /// Go on with the journal of a folder: what it has, and where to append.
    pub fn open(folder: &Path) -> Result<(Vec<Record>, Journal), DatasetError> {
        let path = folder.join(JOURNAL);
        let (records, whole) = match File::open(&path) {
            Ok(file) => read(file),
            Err(_) => (Vec::new(), 0),
        };
        let options = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path);
        let mut file = options.map_err(DatasetError::io(&path))?;
        // What comes after the last whole record is dropped.
        file.set_len(whole).map_err(DatasetError::io(&path))?;
        use std::io::Seek;
        file.seek(std::io::SeekFrom::End(0))
            .map_err(DatasetError::io(&path))?;
        Ok((records, Journal { file, path }))
    }

    pub fn push(&mut self, record: &Record) -> Result<(), DatasetError> {
        let piece = record.piece.as_ref();
        let head = Head {
            entry: record.entry.clone(),
            counts: piece.map(|stored| {
                let StoredPiece { piece, tempos } = stored;
                [
                    piece.bars.len(),
                    tempos.len(),
                    piece.instruments.len(),
                    piece.notes.len(),
                ]
            }),
        };
        let head = serde_json::to_vec(&head).unwrap_or_default();
        let mut payload = (head.len() as u32).to_le_bytes().to_vec();
        payload.extend_from_slice(&head);
        if let Some(StoredPiece { piece, tempos }) = piece {
            payload.extend_from_slice(bytemuck::cast_slice(&piece.bars));
            payload.extend_from_slice(bytemuck::cast_slice(tempos));
            payload.extend_from_slice(&piece.instruments);
            payload.extend_from_slice(bytemuck::cast_slice(&piece.notes));
        }
        let mut bytes = (payload.len() as u64).to_le_bytes().to_vec();
        bytes.extend_from_slice(&Sha256::digest(&payload)[..8]);
        bytes.extend_from_slice(&payload);
        self.file
            .write_all(&bytes)
            .map_err(DatasetError::io(&self.path))
    }

    /// The dataset is whole: the journal goes.
    pub fn remove(self) -> Result<(), DatasetError> {
        std::fs::remove_file(&self.path).map_err(DatasetError::io(&self.path))
    }
}

/// Whole records from the start, and the bytes that they take.
fn read(file: File) -> (Vec<Record>, u64) {
    let mut reader = BufReader::with_capacity(1 << 20, file);
    let (mut records, mut whole) = (Vec::new(), 0);
    while let Some((record, size)) = read_record(&mut reader) {
        records.push(record);
        whole += size;
    }
    (records, whole)
}

fn read_record(reader: &mut impl Read) -> Option<(Record, u64)> {
    let mut frame = [0; 16];
    reader.read_exact(&mut frame).ok()?;
    let (length, checksum) = frame.split_at(8);
    let length = u64::from_le_bytes(length.try_into().ok()?);
    if length > MAX_RECORD {
        return None;
    }
    let mut payload = Vec::new();
    reader.take(length).read_to_end(&mut payload).ok()?;
    if payload.len() as u64 != length || Sha256::digest(&payload)[..8] != *checksum {
        return None;
    }
    Some((decode(&payload)?, 16 + length))
}

fn decode(payload: &[u8]) -> Option<Record> {
    let (length, rest) = payload.split_at_checked(4)?;
    let length = u32::from_le_bytes(length.try_into().ok()?) as usize;
    let (head, rest) = rest.split_at_checked(length)?;
    let Head { entry, counts } = serde_json::from_slice(head).ok()?;
    let Some([bars, tempos, tracks, notes]) = counts else {
        return Some(Record { entry, piece: None });
    };
    let (bar_bytes, rest) = rest.split_at_checked(bars.checked_mul(size_of::<Bar>())?)?;
    let (tempo_bytes, rest) =
        rest.split_at_checked(tempos.checked_mul(size_of::<TempoPoint>())?)?;
    let (instruments, rest) = rest.split_at_checked(tracks)?;
    let (note_bytes, _) = rest.split_at_checked(notes.checked_mul(size_of::<GridNote>())?)?;
    let piece = Piece {
        bars: bytemuck::allocation::pod_collect_to_vec(bar_bytes),
        instruments: instruments.to_vec(),
        notes: bytemuck::allocation::pod_collect_to_vec(note_bytes),
    };
    let tempos = bytemuck::allocation::pod_collect_to_vec(tempo_bytes);
    Some(Record {
        entry,
        piece: Some(StoredPiece { piece, tempos }),
    })
}
