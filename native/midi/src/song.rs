//! What a MIDI file means: tracks of notes over one tempo map and one meter map.

/// One note. Ticks are at the song's PPQ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Note {
    pub start_tick: u32,
    /// At least 1.
    pub duration_ticks: u32,
    /// 0-127; 60 is C4.
    pub pitch: u8,
    /// 1-127.
    pub velocity: u8,
    /// 0-15.
    pub channel: u8,
}

impl Note {
    /// First tick at which the note no longer sounds.
    pub fn end_tick(&self) -> u32 {
        self.start_tick.saturating_add(self.duration_ticks)
    }
}

/// A tempo that holds from `tick` on, in quarters per minute.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TempoChange {
    pub tick: u32,
    pub tempo_qpm: f64,
}

/// A meter that holds from `tick` on; a bar starts at `tick`, even in the middle of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MeterChange {
    pub tick: u32,
    pub numerator: u8,
    /// A power of two: 4 for quarters, 8 for eighths.
    pub denominator: u16,
}

/// The notes of one (chunk, channel) pair, sorted by onset, then pitch.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Track {
    /// Index of the MTrk chunk among the MTrk chunks of the file.
    pub chunk: usize,
    /// 0-15.
    pub channel: u8,
    pub name: String,
    /// General MIDI program 0-127 in force at the first note.
    pub program: u8,
    pub is_drums: bool,
    pub notes: Vec<Note>,
}

/// A parsed file. `tempo_map` and `meters` are sorted, never empty, and start at tick 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Song {
    /// 0, 1 or 2.
    pub format: u16,
    /// Ticks per quarter note, 1-32,767.
    pub ppq: u16,
    /// Tick of the last event of any chunk.
    pub duration_ticks: u32,
    pub tempo_map: Vec<TempoChange>,
    pub meters: Vec<MeterChange>,
    /// Every (chunk, channel) that has notes, in file order; behind them every chunk that has a name
    /// and no notes.
    pub tracks: Vec<Track>,
}
