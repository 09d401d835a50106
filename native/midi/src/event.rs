//! The inside of a track chunk: events one by one, with their ticks and bytes. Pairs no notes.

use std::ops::Range;

use crate::error::{MAX_TICK, MidiError};
use crate::number::read_number;

/// What an event says. Channels count from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventKind<'a> {
    NoteOff {
        channel: u8,
        pitch: u8,
    },
    /// `velocity` is at least 1; a note-on of velocity 0 is a `NoteOff`.
    NoteOn {
        channel: u8,
        pitch: u8,
        velocity: u8,
    },
    Program {
        channel: u8,
        program: u8,
    },
    /// Key pressure, controller, channel pressure or pitch bend; an unused second data byte is 0.
    Control {
        status: u8,
        data: [u8; 2],
    },
    /// F0, or F7 that continues or escapes.
    SysEx {
        status: u8,
        data: &'a [u8],
    },
    Meta {
        kind: u8,
        data: &'a [u8],
    },
    /// System common or real time, which do not belong in a file.
    System {
        status: u8,
    },
    /// A channel event with a data byte above 127, which says nothing that can be trusted.
    Damaged {
        status: u8,
    },
}

/// Status bytes below are those of note-offs and note-ons.
const STATUS_AFTER_NOTES: u8 = 0xa0;
/// The type of the end-of-track meta event.
pub const META_END_OF_TRACK: u8 = 0x2f;
/// The type of the MIDI port event, which many programs write and RP-001 does not have.
pub(crate) const META_PORT: u8 = 0x21;

/// One event of a track chunk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event<'a> {
    pub tick: u32,
    /// The variable-length delta time before the event; bytes from the start of the file.
    pub delta: Range<usize>,
    /// The event itself; it has no status byte of its own where running status holds.
    pub body: Range<usize>,
    /// The status byte in force, written or running.
    pub status: u8,
    pub kind: EventKind<'a>,
}

impl Event<'_> {
    /// Whether a note begins or ends.
    #[inline]
    pub(crate) fn is_note(&self) -> bool {
        self.status < STATUS_AFTER_NOTES
    }

    /// The port that a MIDI port event names for what follows it in its chunk.
    pub(crate) fn port(&self) -> Option<u8> {
        match self.kind {
            EventKind::Meta {
                kind: META_PORT,
                data: &[port, ..],
            } => Some(port),
            _ => None,
        }
    }

    pub fn is_end_of_track(&self) -> bool {
        matches!(
            self.kind,
            EventKind::Meta {
                kind: META_END_OF_TRACK,
                ..
            }
        )
    }
}

/// Reads the events of one chunk body; stops after the end of track or at the end of the body.
#[derive(Clone)]
pub struct EventReader<'a> {
    /// Up to the end of the chunk.
    bytes: &'a [u8],
    position: usize,
    tick: u32,
    /// 0 when no status is in force.
    running: u8,
    is_after_meta: bool,
    is_ended: bool,
    /// How often running status was used after a meta or sysex event cancelled it.
    pub running_across_meta: usize,
    pub system_events: usize,
    /// Delta times of five bytes that four would hold.
    pub long_deltas: usize,
    /// Data bytes above 127, and the position of the first.
    pub bad_data_bytes: usize,
    pub first_bad_data: Option<BadData>,
}

/// A data byte above 127.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadData {
    pub offset: usize,
    pub byte: u8,
}

impl<'a> EventReader<'a> {
    /// `body`: a range of `RawFile`; what lies outside `bytes` is not read.
    pub fn new(bytes: &'a [u8], body: Range<usize>) -> Self {
        let end = body.end.min(bytes.len());
        Self {
            bytes: &bytes[..end],
            position: body.start.min(end),
            tick: 0,
            running: 0,
            is_after_meta: false,
            is_ended: false,
            running_across_meta: 0,
            system_events: 0,
            long_deltas: 0,
            bad_data_bytes: 0,
            first_bad_data: None,
        }
    }

    /// Tick of the last event read.
    pub fn tick(&self) -> u32 {
        self.tick
    }

    /// Whether the end-of-track event was read.
    pub fn is_ended(&self) -> bool {
        self.is_ended
    }

    /// What has not been read: empty, or the bytes after the end of track.
    pub fn rest(&self) -> Range<usize> {
        self.position..self.bytes.len()
    }

    /// The next event, or none at the end.
    ///
    /// A velocity above 127 is read as 127; any other channel event with such a byte is `Damaged`.
    /// Errors: `MIDI_TRUNCATED`, `MIDI_NUMBER_TOO_LONG`, `MIDI_TIME_OVERFLOW`,
    /// `MIDI_STATUS_MISSING`; instead of them `MIDI_DATA_BYTE` where a data byte above 127 came
    /// before, for events after a lost byte are misread.
    #[inline]
    pub fn next_event(&mut self) -> Result<Option<Event<'a>>, MidiError> {
        if self.is_ended || self.position >= self.bytes.len() {
            return Ok(None);
        }
        self.read_event()
            .map(Some)
            .map_err(|error| self.first_cause(error))
    }

    #[cold]
    fn first_cause(&self, error: MidiError) -> MidiError {
        match self.first_bad_data {
            Some(BadData { offset, byte, .. }) => MidiError::DataByte { offset, byte },
            None => error,
        }
    }

    #[inline]
    fn read_event(&mut self) -> Result<Event<'a>, MidiError> {
        let delta_start = self.position;
        let delta = match read_number(self.bytes, &mut self.position) {
            Ok(delta) => delta,
            Err(error) => self.read_long_delta(error)?,
        };
        // Both are below 2^31, so the sum does not wrap.
        let tick = self.tick + delta;
        if tick > MAX_TICK {
            return Err(MidiError::TimeOverflow {
                offset: delta_start,
                tick: u64::from(tick),
            });
        }
        let start = self.position;
        let first = self.byte_at(start)?;
        let status = if first >= 0x80 {
            self.position += 1;
            first
        } else if self.running != 0 {
            self.running_across_meta += usize::from(self.is_after_meta);
            self.running
        } else {
            return Err(MidiError::StatusMissing {
                offset: start,
                byte: first,
            });
        };
        let kind = if status < 0xf0 {
            self.running = status;
            self.is_after_meta = false;
            self.read_channel_event(status)?
        } else {
            self.read_system_event(status)?
        };
        self.tick = tick;
        Ok(Event {
            tick,
            delta: delta_start..start,
            body: start..self.position,
            status,
            kind,
        })
    }

    /// A delta time of five bytes: padded in front, or a negative one as a 32-bit number.
    #[cold]
    fn read_long_delta(&mut self, error: MidiError) -> Result<u32, MidiError> {
        let start = self.position;
        let mut position = start + 1;
        let is_long = matches!(error, MidiError::NumberTooLong { .. });
        match (
            self.bytes.get(start),
            read_number(self.bytes, &mut position),
        ) {
            (Some(0x80), Ok(delta)) if is_long => {
                self.position = position;
                self.long_deltas += 1;
                Ok(delta)
            }
            (Some(&first @ 0x88..=0x8f), Ok(rest)) if is_long => Err(MidiError::NegativeDelta {
                offset: start,
                ticks: (u32::from(first & 0x0f) << 28 | rest).cast_signed(),
            }),
            _ => Err(error),
        }
    }

    #[inline]
    fn read_channel_event(&mut self, status: u8) -> Result<EventKind<'a>, MidiError> {
        let channel = status & 0x0f;
        let first = self.data_byte()?;
        if status < STATUS_AFTER_NOTES {
            let (pitch, velocity) = (first, self.data_byte()?);
            if (pitch | velocity) >= 0x80 {
                return Ok(self.damaged_note(status, pitch));
            }
            return Ok(if status < 0x90 || velocity == 0 {
                EventKind::NoteOff { channel, pitch }
            } else {
                EventKind::NoteOn {
                    channel,
                    pitch,
                    velocity,
                }
            });
        }
        let second = match status >> 4 {
            0xc | 0xd => 0,
            _ => self.data_byte()?,
        };
        Ok(if (first | second) >= 0x80 {
            EventKind::Damaged { status }
        } else if status >> 4 == 0xc {
            EventKind::Program {
                channel,
                program: first,
            }
        } else {
            EventKind::Control {
                status,
                data: [first, second],
            }
        })
    }

    /// A note whose velocity is too large is as loud as possible; one without a pitch is ignored.
    #[cold]
    fn damaged_note(&mut self, status: u8, pitch: u8) -> EventKind<'a> {
        let channel = status & 0x0f;
        match status >> 4 {
            _ if pitch >= 0x80 => EventKind::Damaged { status },
            0x8 => EventKind::NoteOff { channel, pitch },
            _ => EventKind::NoteOn {
                channel,
                pitch,
                velocity: 127,
            },
        }
    }

    #[inline(never)]
    fn read_system_event(&mut self, status: u8) -> Result<EventKind<'a>, MidiError> {
        let bytes = self.bytes;
        match status {
            0xf0 | 0xf7 => {
                self.is_after_meta = true;
                let data = self.sized_data("a system exclusive event")?;
                Ok(EventKind::SysEx {
                    status,
                    data: &bytes[data],
                })
            }
            0xff => {
                self.is_after_meta = true;
                let kind = self.byte_at(self.position)?;
                self.position += 1;
                let data = self.sized_data("a meta event")?;
                self.is_ended = kind == META_END_OF_TRACK;
                Ok(EventKind::Meta {
                    kind,
                    data: &bytes[data],
                })
            }
            _ => {
                self.system_events += 1;
                let length = match status {
                    0xf2 => 2,
                    0xf1 | 0xf3 => 1,
                    _ => 0,
                };
                for _ in 0..length {
                    self.data_byte()?;
                }
                Ok(EventKind::System { status })
            }
        }
    }

    fn sized_data(&mut self, what: &'static str) -> Result<Range<usize>, MidiError> {
        let offset = self.position;
        let length = read_number(self.bytes, &mut self.position)? as usize;
        let left = self.bytes.len() - self.position;
        if length > left {
            return Err(MidiError::Truncated {
                what,
                offset,
                needed: length,
                left,
            });
        }
        let data = self.position..self.position + length;
        self.position = data.end;
        Ok(data)
    }

    #[inline]
    fn data_byte(&mut self) -> Result<u8, MidiError> {
        let byte = self.byte_at(self.position)?;
        if byte >= 0x80 {
            self.note_bad_data(byte);
        }
        self.position += 1;
        Ok(byte)
    }

    #[cold]
    fn note_bad_data(&mut self, byte: u8) {
        self.bad_data_bytes += 1;
        let offset = self.position;
        self.first_bad_data.get_or_insert(BadData { offset, byte });
    }

    #[inline]
    fn byte_at(&self, position: usize) -> Result<u8, MidiError> {
        match self.bytes.get(position) {
            Some(&byte) => Ok(byte),
            None => Err(MidiError::Truncated {
                what: "an event",
                offset: position,
                needed: 1,
                left: 0,
            }),
        }
    }
}
