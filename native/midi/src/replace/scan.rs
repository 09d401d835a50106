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
    /// That of its note-off, where there is one.
    pub(super) off_tick: Option<u32>,
}

/// All that the channel plays in the chunk.
#[derive(Default)]
pub(super) struct Scan {
    pub(super) found: Vec<Found>,
    /// Note-offs that end no note: event index, tick, pitch.
    pub(super) strays: Vec<(usize, u32, u8)>,
    /// The file says note-off as note-on of velocity 0, so that running status goes on.
    has_zero_offs: bool,
    channel: u8,
    /// Of the chunk's last event.
    pub(super) end_tick: u32,
    /// The chunk lacks its end of track, and its last event is one of these notes': without that it ends earlier.
    pub(super) ends_with_note: bool,
}

/// The release velocity that stands for none.
const RELEASE_VELOCITY: u8 = 64;

impl Scan {
    pub(super) fn read(bytes: &[u8], body: Range<usize>, channel: u8) -> Result<Self, MidiError> {
        let mut scan = Self {
            channel: channel & 15,
            ..Self::default()
        };
        let mut open: Vec<VecDeque<usize>> = vec![VecDeque::new(); 128];
        let mut reader = EventReader::new(bytes, body);
        let mut index = 0;
        while let Some(event) = reader.next_event()? {
            scan.ends_with_note = matches!(
                event.kind,
                EventKind::NoteOn { channel: of, .. } | EventKind::NoteOff { channel: of, .. } if of == channel
            );
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
                        off_tick: None,
                    });
                }
                EventKind::NoteOff { channel: of, pitch } if of == channel => {
                    match open[usize::from(pitch)].pop_front() {
                        Some(at) => {
                            scan.found[at].off_index = Some(index);
                            scan.found[at].off_tick = Some(event.tick);
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
        scan.end_tick = reader.tick();
        Ok(scan)
    }

    /// A note-off as the file says it.
    pub(super) fn off_message(&self, pitch: u8) -> [u8; 3] {
        if self.has_zero_offs {
            [0x90 | self.channel, pitch, 0]
        } else {
            [0x80 | self.channel, pitch, RELEASE_VELOCITY]
        }
    }

    fn end_note(&mut self, at: usize, tick: u32) {
        let note = &mut self.found[at].note;
        note.duration_ticks = (tick - note.start_tick).max(1);
    }
}
