//! What the audio thread tells the worker, in the order in which it happened.

use crate::transport::Meter;

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Report {
    NoteOn {
        at: f64,
        pitch: u8,
        velocity: u8,
        channel: u8,
    },
    NoteOff {
        at: f64,
        pitch: u8,
        channel: u8,
    },
    /// These quarters were played: what was heard there before is overwritten by what was reported since.
    Passed {
        from: f64,
        to: f64,
    },
    /// Tempo and meter from `at` on: when playing starts, after a jump, and whenever they change.
    Timeline {
        at: f64,
        tempo_qpm: f64,
        meter: Meter,
        bar_line: f64,
    },
    /// The position jumped, looped or stopped at `at`: notes that sound end there.
    Break {
        at: f64,
    },
    Due(Due),
}

/// Notes for `region` are wanted, from what sounds in `listened`; both in quarters, half-open, on bars.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Due {
    pub listened: (f64, f64),
    pub region: (f64, f64),
    /// The bar line is reached: there is no later request for this region.
    pub is_last: bool,
}
