//! The notes of one channel of a chunk with the events that make them. Decides nothing.

use std::collections::VecDeque;
use std::ops::Range;

use crate::error::MidiError;
use crate::event::{EventKind, EventReader};
use crate::song::Note;

/// A note of the channel and the events that make it.
pub(super) struct Found {
    pub(super) note: Note,
    pub(super) on_index: usize,
    pub(super) off_index: Option<usize>,
}

/// All that the channel plays in the chunk.
#[derive(Default)]
pub(super) struct Scan {
    pub(super) found: Vec<Found>,
    /// Note-offs that end no note: event index, tick, pitch.
    pub(super) strays: Vec<(usize, u32, u8)>,
    /// The file says note-off as note-on of velocity 0, so that running status goes on.
    pub(super) has_zero_offs: bool,
}

impl Scan {
    pub(super) fn read(bytes: &[u8], body: Range<usize>, channel: u8) -> Result<Self, MidiError> {
        let mut scan = Self::default();
        let mut open: Vec<VecDeque<usize>> = vec![VecDeque::new(); 128];
        let mut reader = EventReader::new(bytes, body);
        let mut index = 0;
        while let Some(event) = reader.next_event()? {
            match event.kind {
                EventKind::NoteOn {
                    channel: of,
                    pitch,
                    velocity,
                } if of == channel => {
                    open[usize::from(pitch)].push_back(scan.found.len());
                    scan.found.push(Found {
                        note: Note {
                            start_tick: event.tick,
                            duration_ticks: 1,
                            pitch,
                            velocity,
                            channel,
                        },
                        on_index: index,
                        off_index: None,
                    });
                }
                EventKind::NoteOff { channel: of, pitch } if of == channel => {
                    match open[usize::from(pitch)].pop_front() {
                        Some(at) => {
                            scan.found[at].off_index = Some(index);
                            scan.end_note(at, event.tick);
                        }
                        None => scan.strays.push((index, event.tick, pitch)),
                    }
                    scan.has_zero_offs |= event.status >> 4 == 0x9;
                }
                _ => {}
            }
            index += 1;
        }
        for at in open.into_iter().flatten() {
            scan.end_note(at, reader.tick());
        }
        Ok(scan)
    }

    fn end_note(&mut self, at: usize, tick: u32) {
        let note = &mut self.found[at].note;
        note.duration_ticks = (tick - note.start_tick).max(1);
    }
}
