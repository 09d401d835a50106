//! A few numbers that represent a piece in comparisons: a sample of its grams.
//!
//! Sampled by hash (Broder 1997), so that two pieces keep the same of what they share, and a part of a
//! piece keeps what the whole keeps of it.

use super::gram::{HITS, INTERVALS, PACKED, is_groove, is_melody, mixed, sampled};
use super::lines::{Lines, drum_hits};
use continuo_tokenizer::GridNote;
use continuo_tokenizer::grid::FINE;
use continuo_tokenizer::vocabulary::DRUMS;
use std::borrow::Cow;

/// What grams are of.
pub const KINDS: usize = 3;
pub const MELODY: usize = 0;
/// Broken chords, scales, repeated figures: many pieces share some.
pub const FIGURES: usize = 1;
/// Pieces without pitches.
pub const GROOVE: usize = 2;

/// Most grams that are kept of each kind.
const KEPT: [usize; KINDS] = [96, 32, 96];
/// Grams that are looked at, of pieces that have more.
const SAMPLED: u64 = 192;
/// The lower bits of a gram say where it is in its lines.
pub const POSITION_BITS: u32 = 18;
/// Notes of one position.
pub const POSITION_NOTES: usize = 4;

/// The grams of a piece that are compared, by kind: each a hash with its position below it, sorted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sketch {
    pub(super) grams: [Vec<u64>; KINDS],
    /// All grams of a kind up to this hash are kept, none above.
    pub(super) limits: [u64; KINDS],
}

/// Position of a gram, in units of [`POSITION_NOTES`].
pub fn position_of(gram: u64) -> u64 {
    gram & ((1 << POSITION_BITS) - 1)
}

pub fn hash_of(gram: u64) -> u64 {
    gram >> POSITION_BITS
}

/// What tells a piece when it is compared with others: by its notes, and the instrument of each track.
pub fn sketch_of(sounds: &[u8], notes: &[GridNote]) -> Sketch {
    let notes = &as_played(notes)[..];
    let is_drums = |track: u16| sounds.get(usize::from(track)) == Some(&DRUMS);
    if notes.iter().all(|note| is_drums(note.track)) {
        return groove(&drum_hits(notes));
    }
    let lines = Lines::pitched(sounds, notes);
    let grams = lines.pitches.len() as u64;
    let mut limit = match grams {
        0..=SAMPLED => u64::MAX,
        _ => u64::MAX / grams * SAMPLED,
    };
    loop {
        let found = melodies(&lines, limit);
        // A piece of many figures and few melodies is looked at more closely.
        if limit == u64::MAX || found.grams[MELODY].len() >= KEPT[MELODY] / 2 {
            return found.cut();
        }
        limit = limit.saturating_mul(8);
    }
}

/// Notes where they were played: on a plain grid an ornament can share the onset of what it leads to.
fn as_played(notes: &[GridNote]) -> Cow<'_, [GridNote]> {
    if notes
        .iter()
        .all(|note| i64::from(note.micro).abs() < FINE / 2)
    {
        return Cow::Borrowed(notes);
    }
    let mut played = notes.to_vec();
    for note in &mut played {
        note.onset = note.played_onset();
    }
    played.sort_by_key(|note| (note.onset, note.pitch, note.track));
    Cow::Owned(played)
}

/// The grams of lines whose hash is at most `limit`.
fn melodies(lines: &Lines, limit: u64) -> Sketch {
    let mut found = Sketch::up_to(limit);
    let mut from = 0;
    for line in lines.each() {
        let mut gram = 0u64;
        for (at, pair) in line.windows(2).enumerate() {
            let interval = pair[1].wrapping_sub(pair[0]);
            gram = (gram << 8 | u64::from(interval)) & PACKED;
            let hash = sampled(gram);
            if hash <= limit && at + 1 >= INTERVALS {
                let kind = if is_melody(gram) { MELODY } else { FIGURES };
                found.add(kind, hash, from + at);
            }
        }
        // Grams of two lines are never beside each other.
        from += line.len() + 4 * INTERVALS;
    }
    found
}

fn groove(hits: &[u64]) -> Sketch {
    let mut found = Sketch::up_to(u64::MAX);
    for (at, hit) in hits.windows(HITS).enumerate() {
        if is_groove(hit) {
            let hash = hit
                .iter()
                .fold(1, |hash: u64, &hit| mixed(hash.rotate_left(7) ^ hit));
            found.add(GROOVE, hash, at);
        }
    }
    found.cut()
}

impl Sketch {
    fn up_to(limit: u64) -> Sketch {
        Sketch {
            grams: Default::default(),
            limits: [limit >> POSITION_BITS; KINDS],
        }
    }

    fn add(&mut self, kind: usize, hash: u64, note: usize) {
        let position = (note / POSITION_NOTES).min((1 << POSITION_BITS) - 1) as u64;
        self.grams[kind].push(hash >> POSITION_BITS << POSITION_BITS | position);
    }

    /// Keep the least of each kind, once each.
    fn cut(mut self) -> Sketch {
        for (kind, grams) in self.grams.iter_mut().enumerate() {
            grams.sort_unstable();
            grams.dedup_by_key(|gram| hash_of(*gram));
            if grams.len() > KEPT[kind] {
                grams.truncate(KEPT[kind]);
                self.limits[kind] = grams.last().map_or(0, |gram| hash_of(*gram));
            }
            grams.shrink_to_fit();
        }
        self
    }

    /// Every gram, of all kinds.
    pub(super) fn all(&self) -> impl Iterator<Item = u64> {
        self.grams.iter().flatten().copied()
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.grams.iter().map(Vec::len).sum()
    }
}
