//! What changes in a chunk: which events go, which come. Moves no bytes.

use std::collections::HashMap;
use std::ops::Range;

use super::ReplaceRequest;
use super::scan::{Found, Scan};
use crate::error::{MAX_TICK, MidiError};
use crate::song::Note;

/// Edits of one chunk.
#[derive(Default)]
pub(super) struct Plan {
    /// Indices of the events that go, ascending.
    pub(super) dropped: Vec<usize>,
    /// Events that come, in order.
    pub(super) inserts: Vec<Insert>,
    /// By onset, then pitch.
    pub(super) removed: Vec<Note>,
}

/// An event to write at a tick; by its tick, then its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Insert {
    pub(super) tick: u32,
    pub(super) place: Place,
    pub(super) status: u8,
    pub(super) pitch: u8,
    /// Of notes of one pitch that begin together, those that end first come first.
    pub(super) until: u32,
    pub(super) velocity: u8,
}

/// Where among the events of a tick.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    BeforeAll,
    AfterAll,
}

/// A note that stays, with its end after cutting.
struct Kept {
    note: Note,
    /// No note-off ends it, so it lasts to the end of the chunk.
    is_unclosed: bool,
}

impl Plan {
    pub(super) fn new(
        bytes: &[u8],
        body: Range<usize>,
        request: &ReplaceRequest<'_>,
    ) -> Result<Self, MidiError> {
        check_notes(request)?;
        let scan = Scan::read(bytes, body, request.channel)?;
        let mut plan = Self::default();
        let off_message = |pitch| scan.off_message(pitch);
        let kept = plan.drop_notes(&scan.found, request, off_message)?;
        plan.refuse_overlaps(&kept, request, off_message)?;
        for note in request.notes {
            plan.insert_on(note);
            plan.insert_off(note.end_tick(), off_message(note.pitch));
        }
        plan.drop_strays(&scan.strays, request.notes);
        plan.dropped.sort_unstable();
        plan.inserts.sort_unstable();
        Ok(plan)
    }

    /// Take the region's notes out and cut what is to be cut; answers the notes that stay.
    fn drop_notes(
        &mut self,
        found: &[Found],
        request: &ReplaceRequest<'_>,
        off_message: impl Fn(u8) -> [u8; 3],
    ) -> Result<Vec<Kept>, MidiError> {
        let mut locked: HashMap<_, u32> = HashMap::new();
        for lock in request.keep {
            *locked.entry(identity(lock)).or_default() += 1;
        }
        let mut kept = Vec::with_capacity(found.len());
        for entry in found {
            let mut note = entry.note;
            let mut is_unclosed = entry.off_index.is_none();
            let is_in_region = (request.start_tick..request.end_tick).contains(&note.start_tick);
            if is_in_region && !take_one(&mut locked, &note) {
                self.dropped.push(entry.on_index);
                self.dropped.extend(entry.off_index);
                self.removed.push(note);
                continue;
            }
            let is_crossing =
                note.start_tick < request.start_tick && note.end_tick() > request.start_tick;
            if is_crossing && request.cut_crossing {
                self.dropped.extend(entry.off_index);
                self.insert_off(request.start_tick, off_message(note.pitch));
                note.duration_ticks = request.start_tick - note.start_tick;
                is_unclosed = false;
            }
            kept.push(Kept { note, is_unclosed });
        }
        self.removed
            .sort_by_key(|note| (note.start_tick, note.pitch));
        let is_missing = |lock: &&Note| locked.get(&identity(lock)).is_some_and(|&left| left > 0);
        match request.keep.iter().find(is_missing) {
            Some(lock) => Err(invalid(
                lock,
                "a locked note is one of the region, with its onset, pitch and duration",
            )),
            None => Ok(kept),
        }
    }

    /// No new note may sound with a kept one of its pitch: the first note-off would end either.
    fn refuse_overlaps(
        &mut self,
        kept: &[Kept],
        request: &ReplaceRequest<'_>,
        off_message: impl Fn(u8) -> [u8; 3],
    ) -> Result<(), MidiError> {
        let mut new_by_pitch: Vec<&Note> = request.notes.iter().collect();
        new_by_pitch.sort_by_key(|note| (note.pitch, note.start_tick));
        for pair in new_by_pitch.windows(2) {
            if let [first, second] = pair
                && first.pitch == second.pitch
                && second.start_tick < first.end_tick()
            {
                return Err(overlap(second, first));
            }
        }
        for entry in kept {
            let old = &entry.note;
            // The first new note of the pitch that ends after the old one begins; the new ones are
            // disjoint, so no other can be nearer.
            let at = new_by_pitch
                .partition_point(|new| (new.pitch, new.end_tick()) <= (old.pitch, old.start_tick));
            let Some(new) = new_by_pitch.get(at).filter(|new| new.pitch == old.pitch) else {
                continue;
            };
            if new.start_tick < old.end_tick() {
                return Err(overlap(new, old));
            }
            // An old note without note-off lasts to the end of the chunk, which is about to move.
            if entry.is_unclosed {
                self.insert_off(old.end_tick(), off_message(old.pitch));
            }
        }
        Ok(())
    }

    /// Note-offs that ended nothing must not end a new note.
    pub(super) fn drop_strays(&mut self, strays: &[(usize, u32, u8)], notes: &[Note]) {
        if strays.is_empty() {
            return;
        }
        let mut by_pitch: Vec<&Note> = notes.iter().collect();
        by_pitch.sort_by_key(|note| (note.pitch, note.start_tick, note.end_tick()));
        for &(index, tick, pitch) in strays {
            let after =
                by_pitch.partition_point(|note| (note.pitch, note.start_tick) < (pitch, tick));
            let is_inside = after
                .checked_sub(1)
                .and_then(|before| by_pitch.get(before))
                .is_some_and(|note| note.pitch == pitch && tick < note.end_tick());
            if is_inside {
                self.dropped.push(index);
            }
        }
    }

    pub(super) fn insert_on(&mut self, note: &Note) {
        self.inserts.push(Insert {
            tick: note.start_tick,
            place: Place::AfterAll,
            status: 0x90 | note.channel & 15,
            pitch: note.pitch,
            until: note.end_tick(),
            velocity: note.velocity,
        });
    }

    pub(super) fn insert_off(&mut self, tick: u32, [status, pitch, velocity]: [u8; 3]) {
        self.inserts.push(Insert {
            tick,
            place: Place::BeforeAll,
            status,
            pitch,
            until: tick,
            velocity,
        });
    }
}

fn check_notes(request: &ReplaceRequest<'_>) -> Result<(), MidiError> {
    let (start_tick, end_tick) = (request.start_tick, request.end_tick);
    if start_tick >= end_tick {
        return Err(MidiError::RegionEmpty {
            start_tick,
            end_tick,
        });
    }
    for note in request.notes {
        let rule = if note.pitch > 127 {
            "its pitch is 0 to 127"
        } else if !(1..=127).contains(&note.velocity) {
            "its velocity is 1 to 127"
        } else if note.channel != request.channel || note.channel > 15 {
            "its channel is the region's"
        } else if note.duration_ticks == 0 {
            "it lasts at least 1 tick"
        } else if note.start_tick < start_tick || note.end_tick() > end_tick {
            "it starts and ends inside the region"
        } else if note.end_tick() > MAX_TICK {
            "it ends at tick 2147483647 at the latest"
        } else {
            continue;
        };
        return Err(invalid(note, rule));
    }
    Ok(())
}

/// What makes a locked note the one of the file.
fn identity(note: &Note) -> (u32, u32, u8) {
    (note.start_tick, note.duration_ticks, note.pitch)
}

fn take_one(locked: &mut HashMap<(u32, u32, u8), u32>, note: &Note) -> bool {
    match locked.get_mut(&identity(note)) {
        Some(left) if *left > 0 => {
            *left -= 1;
            true
        }
        _ => false,
    }
}

pub(super) fn invalid(note: &Note, rule: &'static str) -> MidiError {
    MidiError::NoteInvalid {
        start_tick: note.start_tick,
        pitch: note.pitch,
        rule,
    }
}

pub(super) fn overlap(note: &Note, other: &Note) -> MidiError {
    MidiError::NoteOverlap {
        start_tick: note.start_tick,
        pitch: note.pitch,
        other_tick: other.start_tick,
    }
}
