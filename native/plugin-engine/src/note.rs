//! Notes on the song's timeline, and the events that hosts send and take.

/// A note, in quarters from the song's beginning; `end > start`. Negative positions are a host's pre-roll.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Note {
    pub start: f64,
    pub end: f64,
    pub pitch: u8,
    pub velocity: u8,
    pub channel: u8,
}

/// A note event inside a block. Others pass by the formats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MidiEvent {
    /// `velocity` is 1 to 127.
    On {
        pitch: u8,
        velocity: u8,
        channel: u8,
    },
    Off {
        pitch: u8,
        channel: u8,
    },
}

impl MidiEvent {
    /// Of three bytes of MIDI 1.0; `None` for anything but a note. A note-on of velocity 0 is a note-off.
    pub fn from_bytes([status, pitch, velocity]: [u8; 3]) -> Option<Self> {
        let (pitch, channel) = (pitch & 127, status & 15);
        match (status & 0xf0, velocity & 127) {
            (0x90, 1..) => Some(Self::On {
                pitch,
                velocity: velocity & 127,
                channel,
            }),
            (0x80, _) | (0x90, 0) => Some(Self::Off { pitch, channel }),
            _ => None,
        }
    }

    pub fn to_bytes(self) -> [u8; 3] {
        match self {
            Self::On {
                pitch,
                velocity,
                channel,
            } => [0x90 | channel, pitch, velocity],
            Self::Off { pitch, channel } => [0x80 | channel, pitch, 0],
        }
    }
}
