//! How players of each part deviate from the grid and from an even loudness, where nothing around was played.
//!
//! The drummers' figures were measured on the 417 performances of the Groove MIDI Dataset's training split (CC BY 4.0, Gillick
//! et al. 2019; `cargo run -p continuo-eval --example players`). Nobody plays pitched parts in the corpora: their places
//! in the order (drums tightest, melodies loosest) and their size follow what is published of ensembles, in which parts
//! are up to about 20 ms apart (Hofmann et al. 2017, jazz trios) and a piano's melody leads by 20 to 30 ms (Bjurling 2007).

use continuo_tokenizer::part::Part;

/// How players of a part deviate: standard deviations.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Habits {
    /// Milliseconds of a strike.
    pub late_ms: f64,
    /// Share of it that the next strike takes over.
    pub kept: f64,
    /// Milliseconds of a note beside its strike.
    pub apart_ms: f64,
    /// Milliseconds late, by `Place`.
    pub lateness_ms: [f64; 6],
}

const DRUMMER: Habits = Habits {
    late_ms: 17.0,
    kept: 0.15,
    apart_ms: 5.0,
    lateness_ms: [-3.0, -3.0, -5.0, 2.0, 3.0, 5.0],
};

pub fn habits(part: Option<Part>) -> Habits {
    let pitched = |late_ms, apart_ms| Habits {
        late_ms,
        kept: 0.3,
        apart_ms,
        lateness_ms: [0.0; 6],
    };
    match part {
        Some(Part::Drums) => DRUMMER,
        Some(Part::Bass) => pitched(19.0, 4.0),
        Some(Part::Chords) | None => pitched(19.0, 6.0),
        Some(Part::Arp) => pitched(19.0, 5.0),
        Some(Part::Melody | Part::Counter) => pitched(22.0, 5.0),
        Some(Part::Pad) => pitched(24.0, 8.0),
    }
}

/// How loud players of a part strike: the standard deviation, and accents by `Place`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Touch {
    pub spread: f64,
    pub accents: [f64; 6],
}

/// Kick, snare, hats, toms, cymbals. The spread is the lower half of what drummers have, who also mean to play softly.
pub const KIT: [Touch; 5] = [
    touch(12.0, [6.0, 5.0, 1.0, -6.0, -5.0, -5.0]),
    touch(18.0, [8.0, 8.0, 4.0, -3.0, -4.0, -6.0]),
    touch(16.0, [4.0, 4.0, 1.0, -7.0, -5.0, -3.0]),
    touch(16.0, [4.0, 4.0, 0.0, -3.0, -1.0, -1.0]),
    touch(15.0, [5.0, 4.0, -3.0, -7.0, -5.0, 0.0]),
];

const fn touch(spread: f64, accents: [f64; 6]) -> Touch {
    Touch { spread, accents }
}

pub fn touch_of(part: Option<Part>, group: usize) -> Touch {
    let pitched = |spread| touch(spread, [3.0, 2.0, -1.0, -2.0, -1.0, -2.0]);
    match part {
        Some(Part::Drums) => KIT[group.min(KIT.len() - 1)],
        Some(Part::Melody) => pitched(9.0),
        Some(Part::Bass | Part::Arp) => pitched(7.0),
        Some(Part::Pad) => pitched(5.0),
        Some(Part::Chords | Part::Counter) | None => pitched(8.0),
    }
}

/// What of a kit a pitch strikes, as `KIT` has them. Source: General MIDI's percussion map.
pub fn kit_group(pitch: u8) -> usize {
    match pitch {
        35 | 36 => 0,
        37..=40 => 1,
        42 | 44 | 46 => 2,
        41 | 43 | 45 | 47 | 48 | 50 => 3,
        _ => 4,
    }
}
