//! What an instance's threads share without waiting for each other: parameters, the playhead and counters as
//! atomics. Nothing here is touched under a lock by the audio thread.

use crate::parameters::{Kind, PARAMETERS, ParameterId};
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering::*};

pub struct Shared {
    values: [AtomicU64; PARAMETERS.len()],
    /// How often each button was pressed.
    presses: [AtomicU32; PARAMETERS.len()],
    playhead: AtomicU64,
    cycle: [AtomicU64; 2],
    pub(crate) is_playing: AtomicBool,
    /// The host renders a file: the audio thread may wait for the worker.
    pub is_offline: AtomicBool,
    pub(crate) is_ending: AtomicBool,
    /// Requests that the audio thread made, and those that the worker is done with.
    pub(crate) asked: AtomicU32,
    pub(crate) settled: AtomicU32,
    /// Reports that found the ring full.
    pub lost: AtomicU32,
    /// Notes that came too late to be played from their beginning.
    pub late: AtomicU32,
}

impl Default for Shared {
    fn default() -> Self {
        let nowhere = || AtomicU64::new(f64::NAN.to_bits());
        Self {
            values: std::array::from_fn(|i| AtomicU64::new(PARAMETERS[i].default.to_bits())),
            presses: std::array::from_fn(|_| AtomicU32::new(0)),
            playhead: nowhere(),
            cycle: [nowhere(), nowhere()],
            is_playing: AtomicBool::new(false),
            is_offline: AtomicBool::new(false),
            is_ending: AtomicBool::new(false),
            asked: AtomicU32::new(0),
            settled: AtomicU32::new(0),
            lost: AtomicU32::new(0),
            late: AtomicU32::new(0),
        }
    }
}

impl Shared {
    pub fn value(&self, id: ParameterId) -> f64 {
        f64::from_bits(self.values[id as usize].load(Relaxed))
    }

    pub fn is_on(&self, id: ParameterId) -> bool {
        self.value(id) > 0.5
    }

    /// Any thread. A button that rises counts as pressed.
    pub fn set_value(&self, id: ParameterId, value: f64) {
        let parameter = id.parameter();
        let value = parameter.clamp(value);
        let before = f64::from_bits(self.values[id as usize].swap(value.to_bits(), AcqRel));
        if parameter.kind == Kind::Button && value > 0.5 && before <= 0.5 {
            self.presses[id as usize].fetch_add(1, AcqRel);
        }
    }

    pub(crate) fn presses(&self, id: ParameterId) -> u32 {
        self.presses[id as usize].load(Acquire)
    }

    /// Quarters; NaN before the first block.
    pub fn playhead(&self) -> f64 {
        f64::from_bits(self.playhead.load(Relaxed))
    }

    pub fn is_playing(&self) -> bool {
        self.is_playing.load(Relaxed)
    }

    /// The host's loop in quarters, while it is on.
    pub fn cycle(&self) -> Option<(f64, f64)> {
        let [start, end] = [0, 1].map(|i| f64::from_bits(self.cycle[i].load(Relaxed)));
        (end > start).then_some((start, end))
    }

    pub(crate) fn set_position(&self, playhead: f64, is_playing: bool, cycle: Option<(f64, f64)>) {
        let (start, end) = cycle.unwrap_or((f64::NAN, f64::NAN));
        self.playhead.store(playhead.to_bits(), Relaxed);
        self.cycle[0].store(start.to_bits(), Relaxed);
        self.cycle[1].store(end.to_bits(), Relaxed);
        self.is_playing.store(is_playing, Relaxed);
    }
}
