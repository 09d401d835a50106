//! Records of a length, a checksum and a payload; one that is cut off or damaged ends the journal.

use crate::alike::Sketch;
use crate::checksum::checksum;
use crate::file::{ALIGNMENT, Shape};
use crate::manifest::FileEntry;
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{BufReader, Read};

/// Of what is in a record and how files are read; files in a journal of another one are read again.
const VERSION: u32 = 8;
/// Longer records are damage: a path and a reason take less.
const MAX_RECORD: u64 = 1 << 28;
/// Bytes of length and checksum before each payload.
const FRAME: usize = 16;

/// One file that was read; memory holds no notes, so that it does not grow with the music.
#[derive(Debug, PartialEq)]
pub struct Record {
    pub entry: FileEntry,
    /// By which alike pieces are found; not in the journal, but made again of the piece.
    pub sketch: Sketch,
    /// Where the piece lies; none for a failure or a duplicate.
    pub(crate) slot: Option<Slot>,
}

/// The place of a piece in the file of pieces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Slot {
    pub offset: u64,
    pub shape: Shape,
}

impl Slot {
    /// Bytes up to where the next piece may begin.
    pub fn padded(&self) -> usize {
        let length = self.shape.length().unwrap_or(0);
        length.next_multiple_of(ALIGNMENT as usize)
    }

    /// Where the piece ends, without padding.
    pub fn end(&self) -> Option<u64> {
        self.offset.checked_add(self.shape.length()? as u64)
    }
}

#[derive(Serialize)]
struct Head<'a> {
    version: u32,
    entry: &'a FileEntry,
    slot: Option<Slot>,
}

#[derive(Deserialize)]
struct ReadHead {
    version: u32,
    entry: FileEntry,
    slot: Option<Slot>,
}

impl Record {
    /// Append the record as the journal has it.
    pub fn encode(&self, bytes: &mut Vec<u8>) {
        let head = Head {
            version: VERSION,
            entry: &self.entry,
            slot: self.slot,
        };
        let frame = bytes.len();
        let payload = frame + FRAME;
        bytes.resize(payload, 0);
        // Into memory, and of no map with odd keys: it cannot fail.
        let _ = serde_json::to_writer(&mut *bytes, &head);
        let length = (bytes.len() - payload) as u64;
        let sum = checksum(&bytes[payload..]);
        bytes[frame..frame + 8].copy_from_slice(&length.to_le_bytes());
        bytes[frame + 8..payload].copy_from_slice(&sum.to_le_bytes());
    }

    fn decode(payload: &[u8]) -> Option<Record> {
        let head: ReadHead = serde_json::from_slice(payload).ok()?;
        (head.version == VERSION).then(|| Record {
            entry: head.entry,
            sketch: Sketch::default(),
            slot: head.slot,
        })
    }
}

/// Whole records from the start, and where they end.
pub(super) fn read(file: &File) -> (Vec<Record>, u64) {
    let mut reader = BufReader::with_capacity(1 << 20, file);
    let (mut records, mut end) = (Vec::new(), 0);
    while let Some(payload) = read_payload(&mut reader) {
        let Some(record) = Record::decode(&payload) else {
            break;
        };
        end += (FRAME + payload.len()) as u64;
        records.push(record);
    }
    (records, end)
}

fn read_payload(reader: &mut impl Read) -> Option<Vec<u8>> {
    let mut frame = [0; FRAME];
    reader.read_exact(&mut frame).ok()?;
    let (length, sum) = frame.split_at(8);
    let length = u64::from_le_bytes(length.try_into().ok()?);
    if length > MAX_RECORD {
        return None;
    }
    let mut payload = Vec::new();
    reader.take(length).read_to_end(&mut payload).ok()?;
    let is_whole = payload.len() as u64 == length && checksum(&payload).to_le_bytes() == *sum;
    is_whole.then_some(payload)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alike::Fingerprint;
    use crate::manifest::Outcome;
    use std::io::Write;

    fn records() -> Vec<Record> {
        let shape = Shape {
            bar_groups: 1,
            tracks: 2,
            notes: 3,
            tempos: 4,
            checksum: u64::MAX - 5,
        };
        let entry = |path: &str, outcome| FileEntry {
            folder: 1,
            path: path.to_owned(),
            size: 7,
            modified: u64::MAX - 1,
            sha256: "ab".to_owned(),
            outcome,
        };
        let (of, fingerprint) = (String::new(), Fingerprint(u64::MAX - 3));
        let reason = "no music".to_owned();
        vec![
            Record {
                entry: entry("ピアノ.mid", Outcome::Duplicate { of, fingerprint }),
                sketch: Sketch::default(),
                slot: Some(Slot { offset: 32, shape }),
            },
            Record {
                entry: entry("a.mid", Outcome::Failed { reason }),
                sketch: Sketch::default(),
                slot: None,
            },
        ]
    }

    fn encoded(records: &[Record]) -> Vec<u8> {
        let mut bytes = Vec::new();
        records.iter().for_each(|r| r.encode(&mut bytes));
        bytes
    }

    fn read_back(bytes: &[u8]) -> (Vec<Record>, u64) {
        let mut file = tempfile::tempfile().expect("a file");
        file.write_all(bytes).expect("written");
        std::io::Seek::rewind(&mut file).expect("rewound");
        read(&file)
    }

    #[test]
    fn records_survive_and_any_flipped_bit_or_cut_ends_them() {
        let records = records();
        let bytes = encoded(&records);
        let first = encoded(&records[..1]).len();
        assert_eq!(read_back(&bytes), (records, bytes.len() as u64));
        for at in 0..bytes.len() {
            let kept = usize::from(at >= first);
            let mut flipped = bytes.clone();
            flipped[at] ^= 1 << (at % 8);
            for damaged in [&flipped[..], &bytes[..at]] {
                let (found, end) = read_back(damaged);
                assert_eq!((found.len(), end), (kept, (kept * first) as u64), "{at}");
            }
        }
    }

    #[test]
    fn records_of_another_version_are_not_believed() {
        let whole = encoded(&records()[..1]);
        let mut older = whole.clone();
        let at = FRAME + br#"{"version":"#.len();
        assert_eq!(older[at], b'0' + VERSION as u8);
        older[at] -= 1;
        let sum = checksum(&older[FRAME..]);
        older[8..FRAME].copy_from_slice(&sum.to_le_bytes());
        assert_eq!(read_back(&whole).0.len(), 1);
        assert_eq!(read_back(&older), (Vec::new(), 0));
    }
}
