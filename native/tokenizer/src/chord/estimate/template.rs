//! The chords that are told apart, and how common each is in a key.

use crate::chord::{Chord, QUALITIES, Quality};
use crate::key::Key;

/// Every quality on every root.
pub(super) const STATES: usize = 12 * QUALITIES;
/// Score of a chord that has a tone outside the key, each.
const OUT_OF_KEY: f32 = -0.6;

pub(super) fn chord_of(state: usize) -> Chord {
    Chord::new((state / QUALITIES) as u8, Quality::ALL[state % QUALITIES])
}

pub(super) fn templates() -> impl Iterator<Item = Chord> {
    (0..STATES).map(chord_of)
}

/// How common a chord is, in a key.
pub(super) fn chord_prior(chord: &Chord, key: Option<Key>) -> f32 {
    let common = match chord.quality {
        Quality::Major | Quality::Minor => 0.6,
        Quality::Dominant7 => 0.0,
        Quality::Minor7 | Quality::Major7 => -0.2,
        Quality::Power => -0.4,
        Quality::Suspended4 | Quality::Suspended2 => -0.9,
        Quality::Diminished | Quality::HalfDiminished7 => -0.6,
        Quality::Augmented | Quality::Diminished7 => -1.2,
    };
    let Some(key) = key else { return common };
    let major = key.relative_major();
    let outside = (0..12u8)
        .filter(|&pc| chord.has(pc) && !is_diatonic(pc, major))
        .count();
    // The dominant of a minor key has a leading note.
    let is_dominant = key.is_minor && chord.root == (key.tonic + 7) % 12;
    let outside = if is_dominant {
        outside.saturating_sub(1)
    } else {
        outside
    };
    common + outside as f32 * OUT_OF_KEY
}

fn is_diatonic(pitch_class: u8, major: u8) -> bool {
    matches!((pitch_class + 12 - major) % 12, 0 | 2 | 4 | 5 | 7 | 9 | 11)
}
