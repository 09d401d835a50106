//! Chords: which sound, from symbols or from notes.

mod estimate;
mod symbol;

pub use estimate::{ChordNote, estimate};
pub use symbol::{SymbolError, parse_symbol};

use std::fmt;

/// Kinds of chords that the model tells apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Quality {
    Major,
    Minor,
    Diminished,
    Augmented,
    Suspended4,
    Suspended2,
    Dominant7,
    Major7,
    Minor7,
    HalfDiminished7,
    Diminished7,
    Power,
}

/// Number of qualities.
pub const QUALITIES: usize = 12;

impl Quality {
    pub const ALL: [Quality; QUALITIES] = [
        Quality::Major,
        Quality::Minor,
        Quality::Diminished,
        Quality::Augmented,
        Quality::Suspended4,
        Quality::Suspended2,
        Quality::Dominant7,
        Quality::Major7,
        Quality::Minor7,
        Quality::HalfDiminished7,
        Quality::Diminished7,
        Quality::Power,
    ];

    /// Semitones above the root, as bits.
    pub const fn intervals(self) -> u16 {
        match self {
            Quality::Major => bits(&[0, 4, 7]),
            Quality::Minor => bits(&[0, 3, 7]),
            Quality::Diminished => bits(&[0, 3, 6]),
            Quality::Augmented => bits(&[0, 4, 8]),
            Quality::Suspended4 => bits(&[0, 5, 7]),
            Quality::Suspended2 => bits(&[0, 2, 7]),
            Quality::Dominant7 => bits(&[0, 4, 7, 10]),
            Quality::Major7 => bits(&[0, 4, 7, 11]),
            Quality::Minor7 => bits(&[0, 3, 7, 10]),
            Quality::HalfDiminished7 => bits(&[0, 3, 6, 10]),
            Quality::Diminished7 => bits(&[0, 3, 6, 9]),
            Quality::Power => bits(&[0, 7]),
        }
    }

    /// As written after the root in a symbol.
    pub fn suffix(self) -> &'static str {
        [
            "", "m", "dim", "aug", "sus4", "sus2", "7", "maj7", "m7", "m7b5", "dim7", "5",
        ][self as usize]
    }
}

const fn bits(intervals: &[u8]) -> u16 {
    let (mut set, mut i) = (0, 0);
    while i < intervals.len() {
        set |= 1 << intervals[i];
        i += 1;
    }
    set
}

/// A chord: pitch classes 0-11 with C as 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Chord {
    pub root: u8,
    pub quality: Quality,
    /// Lowest pitch class; the root unless a slash says otherwise.
    pub bass: u8,
    /// All pitch classes, as bits: the quality's, and what a symbol adds to it.
    pub tones: u16,
}

impl Chord {
    pub fn new(root: u8, quality: Quality) -> Chord {
        Chord {
            root: root % 12,
            quality,
            bass: root % 12,
            tones: rotated(quality.intervals(), root % 12),
        }
    }

    pub fn has(&self, pitch_class: u8) -> bool {
        self.tones >> (pitch_class % 12) & 1 == 1
    }

    /// Moved by semitones.
    pub fn transposed(&self, semitones: i8) -> Chord {
        let by = i16::from(semitones).rem_euclid(12) as u8;
        Chord {
            root: (self.root + by) % 12,
            bass: (self.bass + by) % 12,
            tones: rotated(self.tones, by),
            ..*self
        }
    }

    /// 0..144: root and quality as one number.
    pub fn class(&self) -> usize {
        usize::from(self.root) * QUALITIES + self.quality as usize
    }
}

/// Pitch classes moved up by `by` 0-11.
fn rotated(tones: u16, by: u8) -> u16 {
    (tones << by | tones >> (12 - by)) & 0xfff
}

const NAMES: [&str; 12] = [
    "C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B",
];

impl fmt::Display for Chord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = |class: u8| NAMES[usize::from(class % 12)];
        write!(f, "{}{}", name(self.root), self.quality.suffix())?;
        if self.bass != self.root {
            write!(f, "/{}", name(self.bass))?;
        }
        Ok(())
    }
}

/// A chord and its duration in grid ticks; `None` for no chord.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ChordSpan {
    pub start: i32,
    pub end: i32,
    pub chord: Option<Chord>,
    /// 0-1: how sure the estimate is; 1 where it was given.
    pub confidence: f32,
}

/// The span that holds a time, of spans sorted by start.
pub fn span_at(spans: &[ChordSpan], time: i32) -> Option<(usize, &ChordSpan)> {
    let at = spans.partition_point(|s| s.start <= time).checked_sub(1)?;
    spans.get(at).filter(|s| time < s.end).map(|s| (at, s))
}

/// The chord that sounds at a time, of spans sorted by start.
pub fn chord_at(spans: &[ChordSpan], time: i32) -> Option<Chord> {
    span_at(spans, time).and_then(|(_, span)| span.chord)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn transposing_moves_root_bass_and_tones() {
        let chord = Chord {
            bass: 4,
            ..Chord::new(0, Quality::Major7)
        };
        let up = chord.transposed(10);
        assert_eq!((up.root, up.bass), (10, 2));
        assert_eq!(up.tones, Chord::new(10, Quality::Major7).tones);
        assert_eq!(up.transposed(-10), chord);
        assert_eq!(up.to_string(), "Bbmaj7/D");
    }

    #[test]
    fn the_span_of_a_time_is_found_and_gaps_have_none() {
        let span = |start, end| ChordSpan {
            start,
            end,
            chord: None,
            confidence: 1.0,
        };
        let spans = [span(-96, 0), span(0, 48), span(96, 192)];
        assert_eq!(span_at(&spans, 47).map(|s| s.0), Some(1));
        assert_eq!(span_at(&spans, 48), None);
        assert_eq!(span_at(&spans, -97), None);
        assert_eq!(span_at(&spans, 191).map(|s| s.0), Some(2));
    }
}
