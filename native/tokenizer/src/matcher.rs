//! Context match: where did the last notes happen before, and what followed?
//!
//! The idea of PPM at note level: for every note of the surroundings, the length of the longest passage
//! of (onset gap, interval) that ends there and ends the music so far. What followed such places,
//! weighted by that length, is the copy path's guess for the next note.

use crate::scene::SceneNote;

/// The longest passage that is distinguished.
pub const MAX_MATCH: u8 = 12;

const STREAM_START: i32 = i32::MIN;

/// What followed one earlier place, carried over to here.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Candidate {
    pub onset: i32,
    /// Transposed by as much as the matched passage; `None` out of range.
    pub pitch: Option<u8>,
    pub duration_class: u8,
    pub velocity_class: u8,
    pub weight: f32,
}

/// Incremental matcher; a clone per candidate of a batch.
#[derive(Clone, Debug)]
pub struct Matcher {
    notes: Vec<SceneNote>,
    /// Relation of each note to the one before it in its stream.
    relations: Vec<i32>,
    lengths: Vec<u8>,
    own_track: u16,
    candidates: Vec<Candidate>,
    longest: u8,
}

fn relation(from: &SceneNote, to: &SceneNote) -> i32 {
    let gap = (to.onset - from.onset).clamp(0, 1 << 16);
    gap * 512 + (i32::from(to.pitch) - i32::from(from.pitch)) + 256
}

impl Matcher {
    /// Streams are tracks in time order; the target's own notes before the region come last, so
    /// that generated notes continue them. `notes`: visible, sorted by (onset, pitch).
    pub fn new(notes: &[SceneNote], own_track: u16) -> Matcher {
        let is_lead = |n: &SceneNote| n.track == own_track && n.onset < 0;
        let mut ordered: Vec<SceneNote> = notes.iter().copied().filter(|n| !is_lead(n)).collect();
        // Stable: each track stays in time order.
        ordered.sort_by_key(|n| n.track);
        let rest = ordered.len();
        ordered.extend(notes.iter().copied().filter(is_lead));
        let relations = (0..ordered.len())
            .map(|i| match i.checked_sub(1) {
                Some(before) if i != rest && ordered[before].track == ordered[i].track => {
                    relation(&ordered[before], &ordered[i])
                }
                _ => STREAM_START,
            })
            .collect();
        let mut matcher = Matcher {
            lengths: vec![0; ordered.len()],
            notes: ordered,
            relations,
            own_track,
            candidates: Vec::new(),
            longest: 0,
        };
        if matcher.notes.len() > rest {
            let last = matcher.notes.len() - 1;
            for j in 0..last {
                let mut length = 0;
                while length < usize::from(MAX_MATCH)
                    && length <= j
                    && matcher.relations[j - length] != STREAM_START
                    && matcher.relations[j - length] == matcher.relations[last - length]
                {
                    length += 1;
                }
                matcher.lengths[j] = length as u8;
            }
            matcher.collect();
        }
        matcher
    }

    /// Go on by one generated note. O(visible notes).
    pub fn push(&mut self, note: &SceneNote) {
        let continues = self
            .notes
            .last()
            .is_some_and(|n| n.track == self.own_track && n.onset <= note.onset)
            && self
                .notes
                .last()
                .is_some_and(|n| n.onset < 0 || !n.is_locked);
        let new = match self.notes.last() {
            Some(last) if continues => relation(last, note),
            _ => STREAM_START,
        };
        let mut before = 0;
        for (length, &rel) in self.lengths.iter_mut().zip(&self.relations) {
            let here = if rel == new && rel != STREAM_START {
                (before + 1).min(MAX_MATCH)
            } else {
                0
            };
            before = std::mem::replace(length, here);
        }
        self.notes.push(*note);
        self.relations.push(new);
        self.lengths.push(0);
        self.collect();
    }

    /// What followed earlier, for a next note; weights are not normalised.
    pub fn candidates(&self) -> &[Candidate] {
        &self.candidates
    }

    /// Length of the longest match, 0..=[`MAX_MATCH`].
    pub fn longest(&self) -> u8 {
        self.longest
    }

    fn collect(&mut self) {
        self.candidates.clear();
        self.longest = 0;
        let Some(last) = self.notes.last().copied() else {
            return;
        };
        for j in 0..self.notes.len() - 1 {
            let length = self.lengths[j];
            if length == 0 || self.relations[j + 1] == STREAM_START {
                continue;
            }
            self.longest = self.longest.max(length);
            let (here, next) = (&self.notes[j], &self.notes[j + 1]);
            let moved = i16::from(last.pitch) + i16::from(next.pitch) - i16::from(here.pitch);
            let is_drum = last.pitch >= 128;
            let aligned = if here.position == last.position {
                2.0
            } else {
                1.0
            };
            let own = if here.track == self.own_track {
                1.0
            } else {
                0.25
            };
            self.candidates.push(Candidate {
                onset: last.onset + (next.onset - here.onset),
                pitch: u8::try_from(moved).ok().filter(|&p| (p >= 128) == is_drum),
                duration_class: next.duration_class,
                velocity_class: next.velocity_class,
                weight: f32::from(1u16 << length) * aligned * own,
            });
        }
    }
}
