//! The notes of one channel of a chunk with the events that make them. Decides nothing.

use std::ops::Range;

use crate::error::MidiError;
use crate::event::{EventKind, EventReader};
use crate::song::{Note, TrackLocation};
use crate::strikes::{Ending, Pairs, Strike, pair};

/// A note of the channel and the events that make it.
pub(super) struct Found {
    pub(super) note: Note,
    pub(super) on_index: usize,
    pub(super) off_index: Option<usize>,
    /// Where it really ends: that of a note without length is its onset.
    pub(super) end_tick: u32,
}

/// The strikes of a pitch and their pairs; the n-th note of the pairs is `found[n]` of the scan.
#[derive(Default)]
pub(super) struct Pitch {
    pub(super) strikes: Vec<Strike>,
    pub(super) pairs: Pairs,
    pub(super) found: Vec<usize>,
}

/// All that the channel plays in the chunk.
pub(super) struct Scan {
    /// In the order of the note-ons.
    pub(super) found: Vec<Found>,
    /// By pitch.
    pub(super) pitches: Vec<Pitch>,
    /// Note-offs that end no note: event index, tick, pitch.
    pub(super) strays: Vec<(usize, u32, u8)>,
    /// The file says note-off as note-on of velocity 0, so that running status goes on.
    has_zero_offs: bool,
    channel: u8,
    /// Of the chunk's last event.
    pub(super) end_tick: u32,
    /// The chunk has an end-of-track event.
    pub(super) is_ended: bool,
}

/// The release velocity that stands for none.
const RELEASE_VELOCITY: u8 = 64;

impl Scan {
    pub(super) fn read(
        bytes: &[u8],
        body: Range<usize>,
        TrackLocation { port, channel, .. }: TrackLocation,
    ) -> Result<Self, MidiError> {
        let mut scan = Self {
            found: Vec::new(),
            pitches: std::iter::repeat_with(Pitch::default).take(128).collect(),
            strays: Vec::new(),
            has_zero_offs: false,
            channel: channel & 15,
            end_tick: 0,
            is_ended: false,
        };
        let mut reader = EventReader::new(bytes, body);
        let mut current_port = 0;
        let mut index = 0;
        while let Some(event) = reader.next_event()? {
            match event.kind {
                EventKind::NoteOn {
                    channel: of,
                    pitch,
                    velocity,
                } if of == channel && current_port == port => {
                    let note = Note {
                        start_tick: event.tick,
                        duration_ticks: 1,
                        pitch,
                        velocity,
                        channel,
                    };
                    scan.add_on(note, index);
                }
                EventKind::NoteOff { channel: of, pitch }
                    if of == channel && current_port == port =>
                {
                    scan.add_strike(pitch, event.tick, false, index);
                    scan.has_zero_offs |= event.status >> 4 == 0x9;
                }
                _ => current_port = event.port().unwrap_or(current_port),
            }
            index += 1;
        }
        scan.end_tick = reader.tick();
        scan.is_ended = reader.is_ended();
        scan.pair_all();
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

    fn add_on(&mut self, note: Note, index: usize) {
        self.add_strike(note.pitch, note.start_tick, true, index);
        self.pitches[usize::from(note.pitch)]
            .found
            .push(self.found.len());
        self.found.push(Found {
            note,
            on_index: index,
            off_index: None,
            end_tick: note.start_tick,
        });
    }

    fn add_strike(&mut self, pitch: u8, tick: u32, is_on: bool, index: usize) {
        self.pitches[usize::from(pitch)]
            .strikes
            .push(Strike { tick, is_on, index });
    }

    fn pair_all(&mut self) {
        for (number, pitch) in (0u8..).zip(&mut self.pitches) {
            let strikes = &pitch.strikes;
            pitch.pairs = pair(strikes);
            let stray = |&index: &usize| (strikes[index].index, strikes[index].tick, number);
            self.strays.extend(pitch.pairs.strays.iter().map(stray));
            for (&at, (_, ending)) in pitch.found.iter().zip(&pitch.pairs.notes) {
                let found = &mut self.found[at];
                found.end_tick = ending.tick(self.end_tick);
                found.off_index = ending.off().map(|index| strikes[index].index);
                let length = found.end_tick - found.note.start_tick;
                found.note.duration_ticks = length.max(1);
            }
        }
    }
}

impl Pitch {
    pub(super) fn ending(&self, number: usize) -> Ending {
        self.pairs.notes[number].1
    }
}
