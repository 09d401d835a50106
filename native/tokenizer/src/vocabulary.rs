//! The numbers that weights are trained on. Any change here is a new [`crate::identity::VERSION`].

use crate::grid::{GRID_PPQ, Quarters};

/// Durations in grid ticks that a class stands for, log-spaced above a quarter.
pub const DURATIONS: [u16; 44] = [
    1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14, 15, 16, 18, 20, 21, 22, 24, 27, 30, 32, 36, 40, 42,
    44, 48, 54, 60, 64, 72, 84, 90, 96, 108, 120, 132, 144, 168, 192, 240, 288, 384,
];

/// Meters with a row of their own, as (numerator, denominator); anything else is the row after.
pub const METERS: [(u8, u16); 26] = [
    (4, 4),
    (3, 4),
    (2, 4),
    (6, 8),
    (3, 8),
    (2, 2),
    (9, 8),
    (12, 8),
    (6, 4),
    (3, 2),
    (5, 4),
    (4, 8),
    (1, 4),
    (7, 8),
    (5, 8),
    (4, 2),
    (2, 8),
    (7, 4),
    (9, 4),
    (9, 16),
    (6, 16),
    (8, 4),
    (12, 4),
    (3, 16),
    (8, 8),
    (1, 2),
];

/// Class of a duration in grid ticks: the nearest on a log scale.
pub fn duration_class(duration: u32) -> usize {
    let d = duration.max(1);
    // Boundary between two classes is their geometric mean: d^2 < a*b picks a.
    DURATIONS
        .windows(2)
        .position(|w| u64::from(d) * u64::from(d) < u64::from(w[0]) * u64::from(w[1]))
        .unwrap_or(DURATIONS.len() - 1)
}

/// Row of a meter, 0..=26.
pub fn meter_class(numerator: u8, denominator: u16) -> u8 {
    METERS
        .iter()
        .position(|&m| m == (numerator, denominator))
        .unwrap_or(METERS.len()) as u8
}

/// A meter class for people, as "3/4".
pub fn meter_label(class: u8) -> String {
    METERS
        .get(usize::from(class))
        .map_or_else(|| "other".to_owned(), |(n, d)| format!("{n}/{d}"))
}

/// Row of a tempo in quarters per minute, 0..=15: six classes an octave from 40.
pub fn tempo_class(tempo_qpm: f64) -> u8 {
    ((tempo_qpm.max(1.0) / 40.0).log2() * 6.0).clamp(0.0, 15.0) as u8
}

/// Velocity class 0..=15 of a MIDI velocity.
pub fn velocity_class(velocity: u8) -> usize {
    usize::from(velocity.min(127) >> 3)
}

/// MIDI velocity that stands for a class.
pub fn velocity_of_class(class: usize) -> u8 {
    (class.min(15) * 8 + 4) as u8
}

/// Density level 0..=9 (shown as 1-10) of `notes` over `quarters`.
pub fn density_class(notes: usize, quarters: Quarters) -> usize {
    let density = notes as f64 / quarters.0.max(1e-9);
    const EDGES: [f64; 9] = [0.35, 0.6, 0.85, 1.2, 1.7, 2.4, 3.4, 4.8, 7.0];
    EDGES.iter().filter(|&&edge| density > edge).count()
}

/// Polyphony level 0..=6 of the mean number of notes an onset.
pub fn polyphony_class(notes_per_onset: f64) -> usize {
    const EDGES: [f64; 6] = [1.05, 1.3, 1.6, 2.1, 2.6, 3.4];
    EDGES.iter().filter(|&&edge| notes_per_onset > edge).count()
}

/// Sound of a track: its General MIDI program 0-127, or this.
pub const DRUMS: u8 = 128;
/// Rows of instrument families: 16 of General MIDI, then drums.
pub const FAMILIES: usize = 17;

/// Family row of a sound, 0..=16.
pub fn family(sound: u8) -> u8 {
    sound.min(DRUMS) / 8
}

/// Classes of a part's mean pitch.
pub const REGISTERS: usize = 32;

/// Register 0..=31 of a mean pitch.
pub fn register_class(mean_pitch: f32) -> u8 {
    ((mean_pitch / 4.0).max(0.0) as usize).min(REGISTERS - 1) as u8
}

/// Classes of each head.
pub const BAR_END: usize = 16;
pub const BARS: usize = 17;
/// Grid ticks of the longest bar.
pub const POSITIONS: usize = 8 * GRID_PPQ as usize;
pub const PITCHES: usize = 256;
pub const DURATION_CLASSES: usize = DURATIONS.len();
pub const VELOCITIES: usize = 16;

/// The fields of one note, in the order in which they are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Head {
    Bar,
    Position,
    Pitch,
    Duration,
    Velocity,
}

impl Head {
    pub const ALL: [Head; 5] = [
        Head::Bar,
        Head::Position,
        Head::Pitch,
        Head::Duration,
        Head::Velocity,
    ];

    pub fn name(self) -> &'static str {
        ["bar", "position", "pitch", "duration", "velocity"][self as usize]
    }

    /// Number of classes.
    pub fn classes(self) -> usize {
        [BARS, POSITIONS, PITCHES, DURATION_CLASSES, VELOCITIES][self as usize]
    }
}

/// Rows of the one embedding table, by block.
pub mod rows {
    use super::{DURATION_CLASSES, FAMILIES, METERS, PITCHES, POSITIONS, REGISTERS, VELOCITIES};
    use crate::grid::GRID_PPQ;
    use crate::part::PARTS;
    pub const ROLE: usize = 0;
    pub const ROLES: usize = 8;
    /// Which of up to four targets of one window a note belongs to.
    pub const SLOT: usize = ROLE + ROLES;
    pub const SLOTS: usize = 4;
    pub const CONTROL: usize = SLOT + SLOTS;
    pub const INSTRUMENT: usize = CONTROL + 8;
    pub const METER: usize = INSTRUMENT + FAMILIES;
    pub const TEMPO: usize = METER + METERS.len() + 1;
    pub const DENSITY: usize = TEMPO + 16;
    pub const POLYPHONY: usize = DENSITY + 10;
    /// Bar relative to the region's first, -32..=32.
    pub const BAR: usize = POLYPHONY + 7;
    pub const POSITION: usize = BAR + 65;
    /// 0-127 pitched, relative to the key; 128-255 drums.
    pub const PITCH: usize = POSITION + POSITIONS;
    pub const DURATION: usize = PITCH + PITCHES;
    pub const VELOCITY: usize = DURATION + DURATION_CLASSES;
    pub const PITCH_CLASS: usize = VELOCITY + VELOCITIES;
    /// Position inside the quarter.
    pub const BEAT: usize = PITCH_CLASS + 12;
    /// Version 2 begins here: what came before keeps its place, so that older weights can be read.
    pub const PROGRAM: usize = BEAT + GRID_PPQ as usize;
    pub const PART: usize = PROGRAM + 128;
    /// Mean pitch of a part, four semitones a row.
    pub const REGISTER: usize = PART + PARTS;
    /// The target's own track is not there yet.
    pub const NEW: usize = REGISTER + REGISTERS;
    pub const COUNT: usize = NEW + 1;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_representative_duration_is_its_own_class() {
        for (class, &duration) in DURATIONS.iter().enumerate() {
            assert_eq!(duration_class(u32::from(duration)), class);
        }
        assert_eq!(duration_class(0), 0);
        assert_eq!(duration_class(u32::MAX), DURATIONS.len() - 1);
    }

    #[test]
    fn classes_stay_in_range_at_the_edges() {
        assert_eq!(meter_class(4, 4), 0);
        assert_eq!(meter_class(255, 3), 26);
        assert_eq!(tempo_class(0.0), 0);
        assert_eq!(tempo_class(1e9), 15);
        assert_eq!(density_class(1000, Quarters(0.0)), 9);
        assert_eq!(velocity_class(velocity_of_class(15)), 15);
    }
}
