//! A position in a song.

use std::fmt;
use std::ops::{Add, Sub};

/// A position in a song, in ticks at its PPQ from its beginning.
///
/// What lies between two positions is a plain number of ticks. Notes and maps hold plain numbers too, as
/// files and messages do; the type is for where ticks meet another unit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Deserialize, serde::Serialize),
    serde(transparent)
)]
#[repr(transparent)]
pub struct Tick(pub u32);

impl Tick {
    pub const ZERO: Tick = Tick(0);

    /// Ticks from `earlier` to here; none where it is later.
    pub fn saturating_since(self, earlier: Tick) -> u32 {
        self.0.saturating_sub(earlier.0)
    }
}

impl Add<u32> for Tick {
    type Output = Tick;

    fn add(self, ticks: u32) -> Tick {
        Tick(self.0 + ticks)
    }
}

impl Sub<u32> for Tick {
    type Output = Tick;

    fn sub(self, ticks: u32) -> Tick {
        Tick(self.0 - ticks)
    }
}

impl Sub for Tick {
    type Output = u32;

    fn sub(self, earlier: Tick) -> u32 {
        self.0 - earlier.0
    }
}

impl fmt::Display for Tick {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
