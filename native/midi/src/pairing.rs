//! Note-ons and note-offs of one chunk into notes.
//!
//! The first note-off of a pitch and channel ends the note of them that began first, so overlapping
//! notes of one pitch keep their number. A note-off with no note sounding means nothing. What is still
//! open at the end of the chunk shows that note-offs are missing: such a pitch is paired once more, as
//! `strikes` has it.

use crate::error::MidiError;
use crate::event::{EventKind, EventReader};
use crate::song::Note;
use crate::strikes::{Ending, Strike, pair};

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

    pub(crate) fn is_empty(&self) -> bool {
        self.notes.iter().all(Vec::is_empty)
    }

    pub(crate) fn has_open(&self) -> bool {
        self.open_count > 0
    }

    /// Whether a note of the channel is open.
    pub(crate) fn is_open(&self, channel: u8) -> bool {
        let first = slot_of(channel, 0);
        self.first_open[first..first + 128]
            .iter()
            .any(|&note| note != NONE)
    }

    /// Pair the pitches with open notes once more, from all events of their chunk on this port; a note
    /// that nothing ends lasts to the chunk's end. Answers the notes without a note-off, by channel, then
    /// onset.
    pub(crate) fn end_open_notes(
        &mut self,
        events: EventReader<'_>,
        port: u8,
    ) -> Result<Vec<Note>, MidiError> {
        let (mut endings, chunk_end) = self.read_endings(events, port)?;
        let mut held = Vec::new();
        for note in self.notes.iter_mut().flatten() {
            let slot = slot_of(note.channel, note.pitch);
            let Some(ending) = endings[slot].next() else {
                continue;
            };
            note.duration_ticks = (ending.tick(chunk_end) - note.start_tick).max(1);
            if ending.off().is_none() {
                held.push(*note);
            }
        }
        self.first_open = [NONE; SLOTS];
        self.open_count = 0;
        Ok(held)
    }

    /// What ends each note of the pitches with open notes, and the chunk's last tick.
    fn read_endings(
        &self,
        mut events: EventReader<'_>,
        port: u8,
    ) -> Result<(Vec<std::vec::IntoIter<Ending>>, u32), MidiError> {
        let mut strikes: Vec<Vec<Strike>> = vec![Vec::new(); SLOTS];
        let mut current = 0;
        while let Some(event) = events.next_event()? {
            let (slot, is_on) = match event.kind {
                EventKind::NoteOn { channel, pitch, .. } => (slot_of(channel, pitch), true),
                EventKind::NoteOff { channel, pitch } => (slot_of(channel, pitch), false),
                _ => {
                    current = event.port().unwrap_or(current);
                    continue;
                }
            };
            if current == port && self.first_open[slot] != NONE {
                strikes[slot].push(Strike {
                    tick: event.tick,
                    is_on,
                    index: 0,
                });
            }
        }
        let endings_of = |strikes: &Vec<Strike>| {
            let notes = pair(strikes).notes.into_iter();
            notes
                .map(|(_, ending)| ending)
                .collect::<Vec<_>>()
                .into_iter()
        };
        Ok((strikes.iter().map(endings_of).collect(), events.tick()))
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
