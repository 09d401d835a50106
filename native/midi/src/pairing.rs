//! Note-ons and note-offs of one chunk into notes.
//!
//! The first note-off of a pitch and channel ends the note of them that began first, so overlapping
//! notes of one pitch keep their number. A note-off with no note sounding means nothing.

use crate::song::Note;

const NONE: u32 = u32::MAX;
const SLOTS: usize = 16 * 128;

/// Notes of a chunk by channel. Open notes of one pitch form a queue, linked through their
/// `duration_ticks`, so that pairing needs no memory beyond the notes.
pub(crate) struct NotePairer {
    notes: [Vec<Note>; 16],
    first_open: [u32; SLOTS],
    last_open: [u32; SLOTS],
    open_count: usize,
}

impl NotePairer {
    pub(crate) fn new() -> Self {
        Self {
            notes: Default::default(),
            first_open: [NONE; SLOTS],
            last_open: [NONE; SLOTS],
            open_count: 0,
        }
    }

    /// Whether a note of the channel has begun in this chunk.
    pub(crate) fn has_notes(&self, channel: u8) -> bool {
        !self.notes[usize::from(channel & 15)].is_empty()
    }

    #[inline]
    pub(crate) fn note_on(&mut self, tick: u32, channel: u8, pitch: u8, velocity: u8) {
        let slot = slot_of(channel, pitch);
        let notes = &mut self.notes[usize::from(channel & 15)];
        let index = notes.len() as u32;
        if self.first_open[slot] == NONE {
            self.first_open[slot] = index;
        } else if let Some(last) = notes.get_mut(self.last_open[slot] as usize) {
            last.duration_ticks = index;
        }
        self.last_open[slot] = index;
        self.open_count += 1;
        notes.push(Note {
            start_tick: tick,
            duration_ticks: NONE,
            pitch,
            velocity,
            channel,
        });
    }

    #[inline]
    pub(crate) fn note_off(&mut self, tick: u32, channel: u8, pitch: u8) {
        let slot = slot_of(channel, pitch);
        let notes = &mut self.notes[usize::from(channel & 15)];
        if let Some(note) = notes.get_mut(self.first_open[slot] as usize) {
            self.first_open[slot] = note.duration_ticks;
            note.duration_ticks = (tick - note.start_tick).max(1);
            self.open_count -= 1;
        }
    }

    /// End what still sounds at `end_tick` (>= every onset); answers how many notes that were.
    pub(crate) fn close_all(&mut self, end_tick: u32) -> usize {
        let unclosed = self.open_count;
        for slot in 0..SLOTS {
            if self.open_count == 0 {
                break;
            }
            while self.first_open[slot] != NONE {
                self.note_off(end_tick, (slot / 128) as u8, (slot % 128) as u8);
            }
        }
        unclosed
    }

    /// The notes of one channel by onset, then pitch; the pairer forgets them.
    pub(crate) fn take_notes(&mut self, channel: u8) -> Vec<Note> {
        let mut notes = std::mem::take(&mut self.notes[usize::from(channel & 15)]);
        // Onsets come in order already, so only chords need sorting.
        for chord in notes.chunk_by_mut(|a, b| a.start_tick == b.start_tick) {
            if chord.len() > 1 {
                chord.sort_by_key(|note| note.pitch);
            }
        }
        notes
    }
}

fn slot_of(channel: u8, pitch: u8) -> usize {
    usize::from(channel & 15) << 7 | usize::from(pitch & 127)
}
