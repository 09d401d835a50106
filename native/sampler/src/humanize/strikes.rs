//! What is struck together, and how far it can move: the promises of humanising are kept here.

use std::ops::Range;

use continuo_midi::Note;

use super::grid::Clock;

/// Onsets so close together are one strike, such as a rolled chord or a flam.
const TOGETHER_MS: f64 = 25.0;
/// Share of the gap to its neighbour that a strike moves at most, and that its notes spread at most. Both neighbours move
/// towards each other: twice the sum is below 1, so that they never meet.
const MOST_MOVED: f64 = 0.35;
const MOST_SPREAD: f64 = 0.1;

/// How a note is played; an even performance has 0 everywhere.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Played {
    /// Ticks later than it was, of its whole strike.
    pub late: f64,
    /// Ticks later than its strike.
    pub apart: f64,
    /// Added to its velocity.
    pub louder: f64,
}

/// Notes of a track by strike, in order of time.
pub struct Strikes<'a> {
    notes: &'a [Note],
    /// By note: does it stay as it is?
    fixed: &'a [bool],
    pub all: Vec<Strike>,
    /// Ends of fixed notes, in order of time.
    ends: Vec<u32>,
    /// By note: the next one of its pitch.
    next_same: Vec<Option<usize>>,
}

pub struct Strike {
    /// Indices of the track's notes.
    pub notes: Range<usize>,
    /// Whether one of its notes stays: then it does not move as a whole.
    is_held: bool,
    /// Whether all of them stay.
    pub is_fixed: bool,
    first: u32,
    last: u32,
}

impl<'a> Strikes<'a> {
    /// `notes`: sorted by onset.
    pub fn of(notes: &'a [Note], fixed: &'a [bool], clock: &Clock<'_>) -> Self {
        let mut all: Vec<Strike> = Vec::new();
        let mut start = 0;
        while start < notes.len() {
            let first = notes[start].start_tick;
            let together = (TOGETHER_MS * clock.ticks_a_ms(first)) as u32;
            let inside = notes[start..].iter();
            let count = inside
                .take_while(|note| note.start_tick - first <= together)
                .count();
            let end = start + count.max(1);
            all.push(Strike {
                is_held: fixed[start..end].contains(&true),
                is_fixed: !fixed[start..end].contains(&false),
                first,
                last: notes[end - 1].start_tick,
                notes: start..end,
            });
            start = end;
        }
        let ends = notes.iter().zip(fixed).filter(|(_, fixed)| **fixed);
        let mut ends: Vec<u32> = ends.map(|(note, _)| note.end_tick()).collect();
        ends.sort_unstable();
        Self {
            all,
            ends,
            next_same: next_of_pitch(notes),
            notes,
            fixed,
        }
    }

    /// The track's notes as they are played, in their order; fixed ones as they were.
    ///
    /// `played`: by note. `amount`: 0-1, of what was played.
    pub fn moved(&self, region: &Range<u32>, played: &[Played], amount: f64) -> Vec<Note> {
        let onsets = self.onsets(region, played, amount);
        let mut moved = self.notes.to_vec();
        for (index, strike) in self.all.iter().enumerate() {
            for at in strike.notes.clone().filter(|&at| !self.fixed[at]) {
                let (start, end) = (onsets[at], self.end(&onsets, region, index, at));
                let velocity = f64::from(self.notes[at].velocity) + amount * played[at].louder;
                moved[at].start_tick = start;
                moved[at].duration_ticks = end.max(start + 1) - start;
                moved[at].velocity = velocity.round().clamp(1.0, 127.0) as u8;
            }
        }
        moved
    }

    fn onsets(&self, region: &Range<u32>, played: &[Played], amount: f64) -> Vec<u32> {
        let mut onsets: Vec<u32> = self.notes.iter().map(|note| note.start_tick).collect();
        for (index, strike) in self.all.iter().enumerate() {
            if strike.is_fixed {
                continue;
            }
            let before = index.checked_sub(1).map(|index| self.all[index].last);
            let after = self.all.get(index + 1).map(|next| next.first);
            let room_before = f64::from(before.map_or(u32::MAX, |last| strike.first - last));
            let room_after = f64::from(after.map_or(u32::MAX, |first| first - strike.last));
            let from_start = f64::from(strike.first.saturating_sub(region.start));
            let onset = |at: usize| self.notes[at].start_tick;
            let above_floor = strike
                .notes
                .clone()
                .map(|at| onset(at) - self.floor(onset(at)));
            let from_floor = f64::from(above_floor.min().unwrap_or(0));
            let to_end = f64::from(region.end.saturating_sub(strike.last));
            let least = (MOST_MOVED * room_before).min(from_floor).min(from_start);
            let most = MOST_MOVED * room_after.min(to_end);
            let late = match strike.is_held {
                true => 0.0,
                false => (amount * played[strike.notes.start].late).clamp(-least, most),
            };
            for at in strike.notes.clone().filter(|&at| !self.fixed[at]) {
                let old = self.notes[at].start_tick;
                let (down, up) = self.room_inside(strike, at);
                let down = down.unwrap_or(MOST_SPREAD * room_before);
                let up = up.unwrap_or(MOST_SPREAD * room_after);
                let apart = (amount * played[at].apart).clamp(-down, up);
                // Each towards the old onset, so that what lies closely never meets.
                let new = f64::from(old) + late.trunc() + apart.trunc();
                let lowest = f64::from(region.start.max(self.floor(old)).min(old));
                let highest = f64::from(region.end.saturating_sub(1).max(old));
                onsets[at] = new.clamp(lowest, highest) as u32;
            }
        }
        onsets
    }

    /// How far a note may come to those of its strike that begin before and after it; they stay in their order.
    fn room_inside(&self, strike: &Strike, at: usize) -> (Option<f64>, Option<f64>) {
        let old = self.notes[at].start_tick;
        let onset = |note: &Note| note.start_tick;
        let earlier = self.notes[strike.notes.start..at].iter().map(onset);
        let later = self.notes[at + 1..strike.notes.end].iter().map(onset);
        let share = |ticks: u32| MOST_MOVED * f64::from(ticks);
        (
            earlier
                .rev()
                .find(|&tick| tick < old)
                .map(|tick| share(old - tick)),
            later
                .into_iter()
                .find(|&tick| tick > old)
                .map(|tick| share(tick - old)),
        )
    }

    /// The latest end of a fixed note up to a tick.
    fn floor(&self, tick: u32) -> u32 {
        let before = self.ends.partition_point(|&end| end <= tick);
        before.checked_sub(1).map_or(0, |index| self.ends[index])
    }

    /// Where a note of a strike ends: as long after its onset as it did, but no later than what came after it begins, and
    /// inside the region where it ended there. What was joined to a later strike stays joined.
    fn end(&self, onsets: &[u32], region: &Range<u32>, strike: usize, at: usize) -> u32 {
        let old = &self.notes[at];
        let old_end = old.end_tick();
        if old_end > region.end {
            return old_end;
        }
        let shifted = i64::from(old_end) + i64::from(onsets[at]) - i64::from(old.start_tick);
        let mut end = shifted.clamp(0, i64::from(region.end)) as u32;
        let following = &self.all[strike + 1..];
        let next = following.partition_point(|other| other.first < old_end);
        if let Some(next) = following.get(next) {
            let begins = onsets[next.notes.clone()].iter().min();
            let begins = begins.map_or(next.first, |&onset| onset.min(region.end));
            end = match next.first == old_end {
                true => begins,
                false => end.min(begins),
            };
        }
        self.next_same[at].map_or(end, |next| end.min(onsets[next]))
    }
}

fn next_of_pitch(notes: &[Note]) -> Vec<Option<usize>> {
    let mut next: [Option<usize>; 128] = [None; 128];
    let mut found = vec![None; notes.len()];
    for (index, note) in notes.iter().enumerate().rev() {
        let slot = &mut next[usize::from(note.pitch & 127)];
        found[index] = slot.replace(index);
    }
    found
}
