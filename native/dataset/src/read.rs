//! One file to one piece.

use crate::stored::StoredPiece;
use continuo_midi::parse_song;
use sha2::{Digest, Sha256};
use std::fs::Metadata;
use std::path::Path;
use std::time::UNIX_EPOCH;

/// Larger files are no MIDI file that anyone plays, and would take much memory.
const MAX_BYTES: u64 = 64 << 20;
/// Fewer notes teach nothing.
const MIN_NOTES: usize = 2;

/// How a file is told from a changed one without reading it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stamp {
    pub size: u64,
    /// Nanoseconds since 1970; 0 where the system does not say.
    pub modified: u64,
}

impl Stamp {
    fn of(meta: &Metadata) -> Stamp {
        let since = meta
            .modified()
            .ok()
            .and_then(|m| m.duration_since(UNIX_EPOCH).ok());
        Stamp {
            size: meta.len(),
            modified: since.map_or(0, |d| d.as_nanos() as u64),
        }
    }

    /// Of a file; of an unreadable one all zero.
    pub fn at(path: &Path) -> Stamp {
        std::fs::metadata(path).map_or(Stamp::default(), |meta| Stamp::of(&meta))
    }
}

/// A file that was read.
#[derive(Debug)]
pub struct Read {
    pub stamp: Stamp,
    /// Hex sha256 of its bytes; empty where it could not be read.
    pub sha256: String,
    /// The piece, or why there is none.
    pub piece: Result<StoredPiece, String>,
}

/// Read a file; one that changes meanwhile is read once more.
pub fn read_file(path: &Path) -> Read {
    for _ in 0..2 {
        let stamp = Stamp::at(path);
        if stamp.size > MAX_BYTES {
            let reason = format!("larger than {} MiB", MAX_BYTES >> 20);
            return failed(stamp, String::new(), reason);
        }
        let bytes = match std::fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) => return failed(stamp, String::new(), error.to_string()),
        };
        if Stamp::at(path) == stamp {
            let digest = Sha256::digest(&bytes);
            let sha256 = digest.iter().map(|b| format!("{b:02x}")).collect();
            return Read {
                stamp,
                sha256,
                piece: piece(&bytes),
            };
        }
    }
    let reason = "changed while it was read; build again".to_owned();
    failed(Stamp::default(), String::new(), reason)
}

fn failed(stamp: Stamp, sha256: String, reason: String) -> Read {
    Read {
        stamp,
        sha256,
        piece: Err(reason),
    }
}

fn piece(bytes: &[u8]) -> Result<StoredPiece, String> {
    let song = parse_song(bytes).map_err(|e| e.to_string())?;
    let stored = StoredPiece::from_song(&song);
    match stored.piece.notes.len() {
        notes if notes < MIN_NOTES => Err(format!("{notes} notes, fewer than {MIN_NOTES}")),
        _ => Ok(stored),
    }
}
