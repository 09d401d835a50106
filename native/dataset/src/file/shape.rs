//! A piece as bytes, and what the index says of them.

use crate::bars::{EqualBars, grouped};
use crate::checksum::checksum;
use crate::stored::{StoredPiece, TempoPoint};
use continuo_tokenizer::GridNote;
use serde::{Deserialize, Serialize};

/// Pieces begin at multiples of this, for their groups of bars and tempos; tracks and notes may lie anywhere.
pub(crate) const ALIGNMENT: u64 = 4;

/// How many of what a piece's bytes hold, and their checksum.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Shape {
    /// The journals on disk call it by its first name.
    #[serde(rename = "bar_runs")]
    pub bar_groups: u32,
    pub tracks: u32,
    pub notes: u32,
    pub tempos: u32,
    /// Of the piece's bytes.
    pub checksum: u64,
}

/// A piece in its bytes.
pub(crate) struct Parts<'a> {
    pub bar_groups: &'a [EqualBars],
    pub tempos: &'a [TempoPoint],
    pub sounds: &'a [u8],
    pub notes: &'a [GridNote],
}

impl Shape {
    /// Of the bytes, without the padding after them; none where a damaged count is too large.
    pub fn length(&self) -> Option<usize> {
        let bars = (self.bar_groups as usize).checked_mul(size_of::<EqualBars>())?;
        let tempos = (self.tempos as usize).checked_mul(size_of::<TempoPoint>())?;
        let notes = (self.notes as usize).checked_mul(size_of::<GridNote>())?;
        let others = bars.checked_add(tempos)?.checked_add(notes)?;
        others.checked_add(self.tracks as usize)
    }

    /// The parts of a piece's bytes; none where there are fewer.
    pub fn parts<'a>(&self, bytes: &'a [u8]) -> Option<Parts<'a>> {
        let (bar_groups, rest) =
            bytes.split_at_checked(self.bar_groups as usize * size_of::<EqualBars>())?;
        let (tempos, rest) =
            rest.split_at_checked(self.tempos as usize * size_of::<TempoPoint>())?;
        let (sounds, rest) = rest.split_at_checked(self.tracks as usize)?;
        let notes = rest.get(..self.notes as usize * size_of::<GridNote>())?;
        Some(Parts {
            bar_groups: bytemuck::try_cast_slice(bar_groups).ok()?,
            tempos: bytemuck::try_cast_slice(tempos).ok()?,
            sounds,
            notes: bytemuck::try_cast_slice(notes).ok()?,
        })
    }

    /// Whether bytes are still those that were written.
    pub fn is_of(&self, bytes: &[u8]) -> bool {
        self.length() == Some(bytes.len()) && checksum(bytes) == self.checksum
    }
}

/// Append a piece and the padding after it to bytes that begin at a multiple of [`ALIGNMENT`].
pub(crate) fn encode(stored: &StoredPiece, bytes: &mut Vec<u8>) -> Shape {
    let piece = &stored.piece;
    let groups = grouped(&piece.bars);
    let from = bytes.len();
    bytes.extend_from_slice(bytemuck::cast_slice(&groups));
    bytes.extend_from_slice(bytemuck::cast_slice(&stored.tempos));
    bytes.extend_from_slice(&piece.sounds);
    bytes.extend_from_slice(bytemuck::cast_slice(&piece.notes));
    let shape = Shape {
        bar_groups: groups.len() as u32,
        tracks: piece.sounds.len() as u32,
        notes: piece.notes.len() as u32,
        tempos: stored.tempos.len() as u32,
        checksum: checksum(&bytes[from..]),
    };
    bytes.resize(bytes.len().next_multiple_of(ALIGNMENT as usize), 0);
    shape
}
