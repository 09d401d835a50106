//! Finds pieces that are equal, and pieces so similar that they must stay on one side of the split.

mod clusters;
mod compare;
mod gram;
mod lines;
mod names;
mod sides;
mod sketch;

pub use clusters::clusters;
pub use compare::is_alike;
pub use names::name_of_song;
pub use sides::held_out;
pub use sketch::{Sketch, sketch_of};

use continuo_tokenizer::grid::GridTick;
use continuo_tokenizer::vocabulary::DRUMS;
use continuo_tokenizer::{GridNote, PieceView};
use gram::mixed;
use serde::{Deserialize, Serialize};

/// What equal pieces have in common; 16 hex digits in JSON, whose numbers are too short for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Fingerprint(pub u64);

impl From<Fingerprint> for String {
    fn from(print: Fingerprint) -> String {
        format!("{:016x}", print.0)
    }
}

impl TryFrom<String> for Fingerprint {
    type Error = std::num::ParseIntError;

    fn try_from(text: String) -> Result<Fingerprint, Self::Error> {
        u64::from_str_radix(&text, 16).map(Fingerprint)
    }
}

/// Tells a piece whatever its key and tempo: notes relative to the first, drums as they are.
///
/// Two pieces with the same one are duplicates. Onsets are in quarters already, so that tempo does
/// not count. It guards against no one who makes other notes with the same one.
pub fn fingerprint(piece: PieceView<'_>) -> Fingerprint {
    let is_drums: Vec<bool> = piece.sounds.iter().map(|&i| i == DRUMS).collect();
    let is_drums = |note: &GridNote| is_drums.get(usize::from(note.track)) == Some(&true);
    let first = piece.notes.first().map_or(GridTick::ZERO, |n| n.onset);
    let pitches = piece.notes.iter().filter(|n| !is_drums(n));
    let lowest = pitches.map(|n| n.pitch).min().unwrap_or(0);
    let notes = piece.notes.iter().map(|n| {
        let (drums, pitch) = match is_drums(n) {
            true => (1, n.pitch),
            false => (0, n.pitch - lowest),
        };
        let tail = u64::from(pitch) << 16 | u64::from(n.duration);
        u64::from(n.onset() - first) << 32 | drums << 24 | tail
    });
    // A sum, since tracks may be in another order.
    Fingerprint(notes.map(mixed).fold(0, u64::wrapping_add))
}

#[cfg(test)]
mod tests {
    use super::*;
    fn notes(seed: u64, shift: u8) -> Vec<GridNote> {
        let mixed = |i: u64| (i + 1000 * seed).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40;
        let pitch = |i: u64| 48 + (mixed(i) % 23) as u8 + shift;
        (0..800)
            .map(|i| GridNote {
                onset: GridTick(i as u32 * 6),
                duration: 6,
                track: 0,
                pitch: pitch(i),
                velocity: 80,
                micro: 0,
            })
            .collect()
    }

    fn view(notes: &[GridNote]) -> PieceView<'_> {
        PieceView {
            bars: &[],
            sounds: &[0],
            notes,
        }
    }

    #[test]
    fn another_key_and_loudness_are_the_same_piece_and_another_note_is_not() {
        let (here, there) = (notes(1, 0), notes(1, 5));
        assert_eq!(fingerprint(view(&here)), fingerprint(view(&there)));
        let mut other = here.clone();
        other[400].pitch += 1;
        assert_ne!(fingerprint(view(&here)), fingerprint(view(&other)));
        assert_ne!(fingerprint(view(&here)), fingerprint(view(&notes(2, 0))));
    }
}
