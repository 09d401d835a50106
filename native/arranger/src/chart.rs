//! The chords of a piece in time.

use continuo_tokenizer::chord::Chord;

/// A chord that holds in [`start`, `end`) ticks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct At {
    pub start: i32,
    pub end: i32,
    pub chord: Chord,
}

/// All chords of a piece, one after the other without gaps.
#[derive(Clone, Debug, Default)]
pub struct Chart {
    pub chords: Vec<At>,
}

impl Chart {
    /// The chord at a tick; the last one after the end.
    pub fn at(&self, tick: i32) -> Option<&At> {
        let after = self.chords.partition_point(|at| at.start <= tick);
        self.chords.get(after.saturating_sub(1))
    }

    /// The chord after the one at a tick.
    pub fn next(&self, tick: i32) -> Option<&At> {
        let after = self.chords.partition_point(|at| at.start <= tick);
        self.chords.get(after)
    }

    /// Chords that sound in a range, cut to it.
    pub fn between(&self, start: i32, end: i32) -> impl Iterator<Item = At> + '_ {
        let inside = self
            .chords
            .iter()
            .filter(move |at| at.start < end && at.end > start);
        inside.map(move |at| At {
            start: at.start.max(start),
            end: at.end.min(end),
            chord: at.chord,
        })
    }
}

/// Semitones of a chord's third above its root; of a power chord the fifth.
pub fn third(chord: &Chord) -> i32 {
    let has = |interval: u8| chord.has((chord.root + interval) % 12);
    [4, 3, 5, 2]
        .into_iter()
        .find(|&i| has(i))
        .map_or(7, i32::from)
}

/// Semitones of its fifth.
pub fn fifth(chord: &Chord) -> i32 {
    let has = |interval: u8| chord.has((chord.root + interval) % 12);
    [7, 6, 8].into_iter().find(|&i| has(i)).map_or(7, i32::from)
}

/// The pitch of a class nearest to another pitch.
pub fn nearest(class: i32, to: i32) -> i32 {
    let up = (class - to).rem_euclid(12);
    if up > 6 { to + up - 12 } else { to + up }
}
