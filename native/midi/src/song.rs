//! The content of a MIDI file: tracks of notes over one tempo map and one meter map.

use std::ops::Range;

use crate::error::MAX_TICK;
use crate::tick::Tick;

/// One note. Ticks are at the song's PPQ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Deserialize, serde::Serialize),
    serde(rename_all = "camelCase", deny_unknown_fields)
)]
pub struct Note {
    pub start_tick: u32,
    /// At least 1.
    pub duration_ticks: u32,
    /// 0-127; 60 is C4.
    pub pitch: u8,
    /// 1-127.
    pub velocity: u8,
    /// 0-15.
    #[cfg_attr(feature = "serde", serde(default))]
    pub channel: u8,
}

impl Note {
    /// Has every field a meaning in MIDI?
    pub fn is_valid(&self) -> bool {
        self.pitch < 128
            && (1..128).contains(&self.velocity)
            && self.channel < 16
            && self.duration_ticks > 0
            && self
                .start_tick
                .checked_add(self.duration_ticks)
                .is_some_and(|end| end < MAX_TICK)
    }

    pub fn start(&self) -> Tick {
        Tick(self.start_tick)
    }

    /// Where the note no longer sounds.
    pub fn end(&self) -> Tick {
        Tick(self.end_tick())
    }

    /// First tick at which the note no longer sounds.
    pub fn end_tick(&self) -> u32 {
        self.start_tick.saturating_add(self.duration_ticks)
    }
}

/// A tempo that holds from `tick` on, in quarters per minute.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Deserialize, serde::Serialize),
    serde(deny_unknown_fields)
)]
pub struct TempoChange {
    pub tick: u32,
    #[cfg_attr(feature = "serde", serde(rename = "qpm"))]
    pub tempo_qpm: f64,
}

/// A meter that holds from `tick` on; a bar starts at `tick`, even in the middle of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Deserialize, serde::Serialize),
    serde(deny_unknown_fields)
)]
pub struct MeterChange {
    pub tick: u32,
    pub numerator: u8,
    /// A power of two: 4 for quarters, 8 for eighths.
    pub denominator: u16,
}

/// The notes of one channel of a chunk, sorted by onset, then pitch. Where a chunk uses several ports,
/// each has channels of its own.
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
    /// Every (chunk, port, channel) that has notes, in file order; behind them every chunk that has a name
    /// and no notes.
    pub tracks: Vec<Track>,
}

/// A General MIDI program 0-127 that sounds from `tick` on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct ProgramChange {
    pub tick: u32,
    pub program: u8,
}

/// Where the notes of a track are in its file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TrackLocation {
    /// Which of several songs of the file, from 0.
    pub song: usize,
    /// Index among the MTrk chunks, from 0.
    pub chunk: usize,
    /// The MIDI port that its chunk names; 0 where it names none.
    pub port: u8,
    /// 0-15.
    pub channel: u8,
}

/// What a file says of a track beside its notes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrackDetails {
    pub location: TrackLocation,
    /// Changes after the first note, by tick; each to another program than the one before.
    pub program_changes: Vec<ProgramChange>,
    /// Its notes without a note-off, by onset. The next note-on of their pitch ends them, or the end of
    /// their chunk.
    pub held: Vec<Note>,
}

impl TrackDetails {
    /// The program that holds for most of a region, the earlier of two that hold as long; of a track
    /// that begins with `first`.
    pub fn program_in(&self, first: u8, region: &Range<u32>) -> u8 {
        let changes = &self.program_changes;
        let from = changes.partition_point(|change| change.tick <= region.start);
        let before = from.checked_sub(1).and_then(|last| changes.get(last));
        let mut program = before.map_or(first, |change| change.program);
        let mut start_tick = region.start;
        let (mut longest, mut longest_ticks) = (program, 0);
        for change in changes[from..].iter().map(Some).chain([None]) {
            let end_tick = change.map_or(region.end, |change| change.tick.min(region.end));
            if end_tick.saturating_sub(start_tick) > longest_ticks {
                (longest, longest_ticks) = (program, end_tick - start_tick);
            }
            match change {
                Some(change) if change.tick < region.end => {
                    (start_tick, program) = (change.tick, change.program);
                }
                _ => break,
            }
        }
        longest
    }
}

/// A chunk of a file of format 2: a sequence of its own, from tick 0.
#[derive(Clone, Debug, PartialEq)]
pub struct Pattern {
    /// Index of its MTrk chunk.
    pub chunk: usize,
    pub duration_ticks: u32,
    pub tempo_map: Vec<TempoChange>,
    pub meters: Vec<MeterChange>,
}
