//! The edits of one chunk: events to remove and events to add. Moves no bytes.

use crate::error::{MAX_TICK, MidiError};
use crate::song::Note;

/// Edits of one chunk.
#[derive(Default)]
pub(super) struct ChunkEdits {
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
    pub(super) order: Order,
    pub(super) port: u8,
    pub(super) status: u8,
    pub(super) pitch: u8,
    /// Of notes of one pitch that begin together, those that end first come first.
    pub(super) until: u32,
    pub(super) velocity: u8,
}

/// Where among the events of a tick.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Order {
    BeforeAll,
    AfterAll,
}

/// A note of the file that stays.
pub(super) struct Kept {
    /// With its end after cutting.
    pub(super) note: Note,
    /// Nothing ends it: no note-off of the file, and it was not cut.
    pub(super) is_held: bool,
}

impl ChunkEdits {
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

    pub(super) fn insert_on(&mut self, port: u8, note: &Note) {
        self.inserts.push(Insert {
            tick: note.start_tick,
            order: Order::AfterAll,
            port,
            status: 0x90 | note.channel & 15,
            pitch: note.pitch,
            until: note.end_tick(),
            velocity: note.velocity,
        });
    }

    pub(super) fn insert_off(&mut self, port: u8, tick: u32, [status, pitch, velocity]: [u8; 3]) {
        // A note that begins on the very last tick has no room for its end.
        if tick > MAX_TICK {
            return;
        }
        self.inserts.push(Insert {
            tick,
            order: Order::BeforeAll,
            port,
            status,
            pitch,
            until: tick,
            velocity,
        });
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
