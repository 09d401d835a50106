//! One file to one piece.

use crate::hex::hex;
use crate::stored::StoredPiece;
use continuo_midi::parse_song;
use sha2::{Digest, Sha256};
use std::fs::{File, Metadata};
use std::io::{ErrorKind, Read as _};
use std::path::Path;
use std::time::UNIX_EPOCH;

/// Goes up where the same bytes come to mean other notes, bars or instruments: what was read before is
/// read again by the next build.
pub(crate) const READER: u32 = 3;
/// Larger files are not music that anyone plays, and would take much memory.
const MAX_BYTES: u64 = 64 << 20;
/// Two days at 120 quarters a minute. A file of some bytes can claim to be longer than its bars would
/// find room in memory.
const MAX_QUARTERS: u32 = 400_000;
/// Fewer notes teach nothing.
const MIN_NOTES: usize = 2;

/// How a changed file is recognised without reading it.
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
    /// The piece, or why it could not be read.
    pub piece: Result<StoredPiece, String>,
}

/// Read a file; one that changes meanwhile is read once more. `buffer` is used again from file to file.
pub fn read_file(path: &Path, buffer: &mut Vec<u8>) -> Read {
    read_by(path, buffer, |mut file, bytes| file.read_exact(bytes))
}

fn read_by(
    path: &Path,
    buffer: &mut Vec<u8>,
    mut read: impl FnMut(&File, &mut [u8]) -> std::io::Result<()>,
) -> Read {
    for _ in 0..2 {
        let opened = File::open(path).and_then(|file| Ok((Stamp::of(&file.metadata()?), file)));
        let (stamp, file) = match opened {
            Ok(opened) => opened,
            Err(error) => return failed(Stamp::at(path), error.to_string()),
        };
        if stamp.size > MAX_BYTES {
            let reason = format!("larger than {} MiB", MAX_BYTES >> 20);
            return failed(stamp, reason);
        }
        let size = stamp.size as usize;
        if buffer.len() < size {
            buffer.resize(size, 0);
        }
        let bytes = &mut buffer[..size];
        match read(&file, bytes) {
            // It became shorter.
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => continue,
            Err(error) => return failed(stamp, error.to_string()),
            Ok(()) => {}
        }
        if file.metadata().is_ok_and(|meta| Stamp::of(&meta) == stamp) {
            return Read {
                stamp,
                sha256: hex(&Sha256::digest(&*bytes)),
                piece: piece(bytes),
            };
        }
    }
    let reason = "changed while it was read; build again".to_owned();
    failed(Stamp::default(), reason)
}

fn failed(stamp: Stamp, reason: String) -> Read {
    Read {
        stamp,
        sha256: String::new(),
        piece: Err(reason),
    }
}

fn piece(bytes: &[u8]) -> Result<StoredPiece, String> {
    let song = parse_song(bytes).map_err(|e| e.to_string())?;
    let quarters = song.duration_ticks / u32::from(song.ppq.max(1));
    if quarters > MAX_QUARTERS {
        return Err(format!(
            "{quarters} quarters long, more than {MAX_QUARTERS}"
        ));
    }
    let stored = StoredPiece::from_song(&song);
    match stored.piece.notes.len() {
        notes if notes < MIN_NOTES => Err(format!("{notes} notes, fewer than {MIN_NOTES}")),
        _ => Ok(stored),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    /// Appends to the file after reading it, as a program that saves at this moment does.
    fn changing(
        path: &Path,
        mut file: &File,
        bytes: &mut [u8],
        times: &mut usize,
    ) -> std::io::Result<()> {
        file.read_exact(bytes)?;
        if *times > 0 {
            *times -= 1;
            let mut file = std::fs::OpenOptions::new().append(true).open(path)?;
            file.write_all(b"more")?;
        }
        Ok(())
    }

    #[test]
    fn a_file_that_changes_while_it_is_read_is_read_again_and_told_if_it_goes_on() {
        let folder = tempfile::tempdir().expect("temporary folder");
        let path = folder.path().join("a.mid");
        std::fs::write(&path, b"MThd").expect("a file");
        let mut times = 1;
        let mut buffer = Vec::new();
        let once = read_by(&path, &mut buffer, |file, bytes| {
            changing(&path, file, bytes, &mut times)
        });
        assert_eq!(once.stamp, Stamp::at(&path));
        assert_eq!(once.stamp.size, 8);
        assert!(!once.sha256.is_empty());
        times = 9;
        let always = read_by(&path, &mut buffer, |file, bytes| {
            changing(&path, file, bytes, &mut times)
        });
        let reason = always.piece.expect_err("it never stood still");
        assert!(reason.starts_with("changed while it was read"), "{reason}");
        // No stamp: the next build reads it again.
        assert_eq!((times, always.stamp), (7, Stamp::default()));
    }

    #[test]
    fn what_is_too_large_is_told_without_being_read() {
        let folder = tempfile::tempdir().expect("temporary folder");
        let path = folder.path().join("a.mid");
        let file = std::fs::File::create(&path).expect("a file");
        file.set_len(MAX_BYTES + 1).expect("a long file");
        let found = read_by(&path, &mut Vec::new(), |_, _| panic!("it was read"));
        assert!(
            found
                .piece
                .is_err_and(|reason| reason.contains("larger than"))
        );
    }
}
