//! The register of a new part: from its role and instrument, and from the other parts.
//!
//! Ranges are those that orchestration books give for playing in a band, not the instruments'
//! extremes (Adler, The Study of Orchestration; General MIDI for the program numbers).

use crate::openings::{PitchSet, above};
use continuo_tokenizer::Scene;
use continuo_tokenizer::part::{Part, TrackShape};
use continuo_tokenizer::vocabulary::DRUMS;

/// Mean pitch, and lowest and highest, of a new part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Register {
    pub mean: u8,
    pub low: u8,
    pub high: u8,
}

/// Semitones that a part's notes lie around their mean, at most.
const SPREAD: u8 = 14;
/// Semitones that an accompaniment, and a second voice, lie below a tune.
const BELOW_TUNE: f32 = 5.0;
const SECOND_VOICE: f32 = 7.0;

impl Register {
    /// Of target `slot` of a scene; `None` for drums and without a role.
    pub fn of(scene: &Scene, slot: usize) -> Option<Register> {
        let target = scene.targets.get(slot)?;
        let part = target.part.filter(|_| target.sound < DRUMS)?;
        let (low, high) = range(target.sound, part)?;
        let mut mean = f32::from(mean(target.sound, part, low, high));
        // The tune beside which it is to lie, where one sounds.
        let tune = (0..scene.sounds.len() as u16)
            .filter(|&track| track != target.track && scene.part(track) == Some(Part::Melody))
            .filter(|&track| scene.notes.iter().any(|n| n.track == track))
            .map(|track| TrackShape::of(scene.notes.iter().filter(|n| n.track == track)).mean_pitch)
            .map(|pitch| pitch - f32::from(scene.shift))
            .reduce(f32::max);
        if let Some(tune) = tune {
            match part {
                Part::Counter => mean = tune - SECOND_VOICE,
                Part::Chords | Part::Pad => mean = mean.min(tune - BELOW_TUNE),
                _ => {}
            }
        }
        // Other octaves of the instrument rather than out of it.
        let mean = mean.clamp(f32::from(low) + 3.0, f32::from(high) - 3.0) as u8;
        Some(Register {
            mean,
            low: low.max(mean.saturating_sub(SPREAD)),
            high: high.min(mean + SPREAD),
        })
    }

    /// A range that was asked for.
    pub fn asked(low: u8, high: u8) -> Register {
        let mean = low + (high - low) / 2;
        Register { mean, low, high }
    }

    pub fn pitches(&self) -> PitchSet {
        !above(self.high) & self.low.checked_sub(1).map_or(PitchSet::MAX, above)
    }
}

/// Lowest and highest pitch of a program in a part.
fn range(program: u8, part: Part) -> Option<(u8, u8)> {
    if part == Part::Bass {
        return Some((28, 55));
    }
    Some(match program {
        0..=7 => (36, 96),     // pianos
        8..=15 => (53, 96),    // mallets, bells
        16..=20 => (36, 96),   // organs
        21..=23 => (48, 89),   // accordion, harmonica
        24..=31 => (40, 86),   // guitars
        32..=39 => (28, 60),   // basses
        40 => (55, 96),        // violin
        41 => (48, 84),        // viola
        42 => (36, 76),        // cello
        43 => (28, 55),        // contrabass
        44..=51 => (36, 91),   // string ensembles, harp
        52..=54 => (43, 79),   // voices
        55 => (43, 84),        // orchestra hit
        56 | 59 => (54, 82),   // trumpets
        57 => (40, 72),        // trombone
        58 => (28, 58),        // tuba
        60 => (41, 77),        // horn
        61..=63 => (43, 82),   // brass sections
        64 => (56, 87),        // soprano saxophone
        65 => (49, 80),        // alto saxophone
        66 => (44, 75),        // tenor saxophone
        67 => (37, 68),        // baritone saxophone
        68 => (58, 88),        // oboe
        69 => (52, 81),        // English horn
        70 => (34, 72),        // bassoon
        71 => (50, 88),        // clarinet
        72 => (74, 103),       // piccolo
        73..=79 => (60, 93),   // flutes
        80..=87 => (45, 93),   // lead synths
        88..=95 => (40, 88),   // pads
        96..=103 => (40, 91),  // effects
        104..=111 => (48, 86), // world
        112..=119 => (48, 84), // tuned percussion
        _ => return None,
    })
}

/// Usual mean pitch of a program in a part: the medians of the band pieces that the model was trained on.
fn mean(program: u8, part: Part, low: u8, high: u8) -> u8 {
    let middle = low + (high - low) / 2;
    match part {
        Part::Bass if program < 35 => 35,
        Part::Bass => 37,
        Part::Chords | Part::Pad => match program {
            29..=31 => 55,
            0..=31 => 59,
            48..=54 => 62,
            56..=79 => 65,
            _ => 61,
        },
        // A tune lies in the upper half of what its instrument has.
        Part::Melody => (middle + 4).clamp(62, 69),
        Part::Counter => middle.clamp(57, 69),
        Part::Arp => middle.clamp(60, 72),
        Part::Drums => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_lies_inside_its_instrument() {
        for program in 0..112 {
            for part in [
                Part::Bass,
                Part::Chords,
                Part::Melody,
                Part::Counter,
                Part::Pad,
                Part::Arp,
            ] {
                let (low, high) = range(program, part).expect("an instrument");
                assert!(low + 12 < high, "{program}");
                let mean = mean(program, part, low, high).clamp(low + 3, high - 3);
                assert!((low..=high).contains(&mean), "{program} {part:?}");
            }
        }
    }

    #[test]
    fn a_range_that_is_asked_for_is_taken_whole() {
        let register = Register::asked(36, 48);
        assert_eq!(register.mean, 42);
        assert_eq!(register.pitches().count_ones(), 13);
    }
}
