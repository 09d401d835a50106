//! Time in 1/24 of a quarter: triplets and 32nds are exact.

use std::fmt;
use std::ops::{Add, Sub};

use bytemuck::{Pod, Zeroable};
use continuo_midi::Tick;
use serde::{Deserialize, Serialize};

/// Grid ticks per quarter note.
pub const GRID_PPQ: u32 = 24;
/// A quarter, as the time between two positions.
pub const QUARTER: i32 = GRID_PPQ as i32;
/// Ticks of micro-timing in a quarter, and in one grid tick.
pub const FINE_PPQ: i64 = 960;
pub const FINE: i64 = FINE_PPQ / GRID_PPQ as i64;

/// Latest grid tick, over a year at 120 quarters a minute; sums of two fit 32 bits.
pub const MAX_GRID: GridTick = GridTick(1 << 30);

/// A position in a piece, in 1/24 of a quarter from its beginning.
///
/// What lies between two positions is a plain number of grid ticks: `u32` for a length, `i32` for a time
/// from a region's start, which is negative before it.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Pod,
    Zeroable,
    Deserialize,
    Serialize,
)]
#[repr(transparent)]
#[serde(transparent)]
pub struct GridTick(pub u32);

impl GridTick {
    pub const ZERO: GridTick = GridTick(0);
    /// Behind everything that a piece holds.
    pub const NEVER: GridTick = GridTick(u32::MAX);

    /// Grid ticks from `origin` to here, negative before it.
    pub fn since(self, origin: GridTick) -> i32 {
        let time = i64::from(self.0) - i64::from(origin.0);
        time.clamp(i32::MIN.into(), i32::MAX.into()) as i32
    }

    /// `time` grid ticks from here, not before the beginning.
    pub fn moved(self, time: i32) -> GridTick {
        GridTick(self.0.saturating_add_signed(time))
    }

    pub fn saturating_add(self, length: u32) -> GridTick {
        GridTick(self.0.saturating_add(length))
    }

    pub fn saturating_sub(self, length: u32) -> GridTick {
        GridTick(self.0.saturating_sub(length))
    }

    /// The same position in fine ticks.
    pub fn to_fine(self) -> i64 {
        i64::from(self.0) * FINE
    }

    /// Nearest grid tick of a position in fine ticks; halves go up.
    pub fn from_fine(fine: i64) -> GridTick {
        GridTick((fine + FINE / 2).div_euclid(FINE).max(0) as u32)
    }
}

impl Add<u32> for GridTick {
    type Output = GridTick;

    fn add(self, length: u32) -> GridTick {
        GridTick(self.0 + length)
    }
}

impl Sub<u32> for GridTick {
    type Output = GridTick;

    fn sub(self, length: u32) -> GridTick {
        GridTick(self.0 - length)
    }
}

impl Sub for GridTick {
    type Output = u32;

    fn sub(self, earlier: GridTick) -> u32 {
        self.0 - earlier.0
    }
}

impl fmt::Display for GridTick {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Nearest grid tick of a tick at `ppq`, at most [`MAX_GRID`]; halves go up.
pub fn grid_from_tick(tick: Tick, ppq: u16) -> GridTick {
    let ppq = u64::from(ppq.max(1));
    let grid = (u64::from(tick.0) * u64::from(GRID_PPQ) * 2 + ppq) / (2 * ppq);
    GridTick(grid.min(u64::from(MAX_GRID.0)) as u32)
}

/// Ticks at one PPQ to the grid, for many: where [`grid_from_tick`] divides, this multiplies.
#[derive(Clone, Copy)]
pub struct ToGrid {
    ppq: u64,
    /// 2^64 by twice the PPQ, rounded up: exact for numerators below 2^47 (Granlund and Montgomery 1994).
    reciprocal: u64,
}

impl ToGrid {
    pub fn new(ppq: u16) -> ToGrid {
        let ppq = u64::from(ppq.max(1));
        ToGrid {
            ppq,
            reciprocal: u64::MAX / (2 * ppq) + 1,
        }
    }

    fn by_two_ppq(self, numerator: u64) -> u64 {
        ((u128::from(numerator) * u128::from(self.reciprocal)) >> 64) as u64
    }

    /// As [`grid_from_tick`].
    pub fn onset(self, tick: Tick) -> GridTick {
        let grid = self.by_two_ppq(u64::from(tick.0) * u64::from(GRID_PPQ) * 2 + self.ppq);
        GridTick(grid.min(u64::from(MAX_GRID.0)) as u32)
    }

    /// As [`grid_duration`].
    pub fn duration(self, duration_ticks: u32) -> u32 {
        self.onset(Tick(duration_ticks)).0.max(1)
    }

    /// Ticks of 1/960 quarter, rounded down.
    pub fn exact(self, tick: Tick) -> i64 {
        self.by_two_ppq(u64::from(tick.0) * 2 * FINE_PPQ as u64) as i64
    }
}

/// Nearest tick at `ppq` of a grid tick; halves go up.
pub fn tick_from_grid(grid: GridTick, ppq: u16) -> Tick {
    let tick =
        (u64::from(grid.0) * u64::from(ppq) * 2 + u64::from(GRID_PPQ)) / u64::from(2 * GRID_PPQ);
    Tick(tick.min(u64::from(u32::MAX)) as u32)
}

/// Grid ticks that `duration_ticks` at `ppq` last, at least 1.
pub fn grid_duration(duration_ticks: u32, ppq: u16) -> u32 {
    grid_from_tick(Tick(duration_ticks), ppq).0.max(1)
}

/// Ticks at `ppq` that a grid duration lasts, at least 1.
pub fn tick_duration(grid_duration: u32, ppq: u16) -> u32 {
    tick_from_grid(GridTick(grid_duration), ppq).0.max(1)
}

/// A length in quarter notes, of any meter.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Quarters(pub f64);

/// How long so many grid ticks last.
pub fn quarters_from_grid(length: i32) -> Quarters {
    Quarters(f64::from(length) / f64::from(GRID_PPQ))
}

/// How long so many ticks at `ppq` last.
pub fn quarters_from_ticks(ticks: u32, ppq: u16) -> Quarters {
    Quarters(f64::from(ticks) / f64::from(ppq.max(1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grid_ticks_survive_the_way_to_any_ppq_of_24_or_more() {
        for ppq in [24, 25, 48, 96, 100, 480, 960, 32_767] {
            for grid in [0, 1, 7, 23, 24, 95, 96, 1_000_003].map(GridTick) {
                assert_eq!(
                    grid_from_tick(tick_from_grid(grid, ppq), ppq),
                    grid,
                    "ppq {ppq}"
                );
            }
        }
    }

    #[test]
    fn many_ticks_are_placed_as_one_is() {
        for ppq in (0..=32_767).step_by(7).chain([1, 2, 480, 960, u16::MAX]) {
            let to_grid = ToGrid::new(ppq);
            let ticks = (0..32).flat_map(|bit| [1u32 << bit, (1 << bit) - 1, 0xdead_beef >> bit]);
            for tick in ticks.chain([u32::MAX, u32::MAX - 1]) {
                assert_eq!(to_grid.onset(Tick(tick)), grid_from_tick(Tick(tick), ppq));
                assert_eq!(to_grid.duration(tick), grid_duration(tick, ppq));
                let exact = u64::from(tick) * 960 / u64::from(ppq.max(1));
                assert_eq!(to_grid.exact(Tick(tick)), exact as i64, "{tick} at {ppq}");
            }
        }
    }

    #[test]
    fn four_quarters_are_as_long_in_ticks_as_on_the_grid() {
        assert_eq!(quarters_from_ticks(4 * 480, 480), Quarters(4.0));
        assert_eq!(quarters_from_grid(4 * QUARTER), Quarters(4.0));
        assert_eq!(GridTick(10).since(GridTick(34)), -QUARTER);
        assert_eq!(GridTick(34).moved(-QUARTER), GridTick(10));
        assert_eq!(GridTick(10).moved(-QUARTER), GridTick::ZERO);
        assert_eq!(GridTick(5).to_fine(), 5 * FINE);
        assert_eq!(GridTick::from_fine(5 * FINE + FINE / 2), GridTick(6));
    }

    #[test]
    fn a_note_shorter_than_half_a_grid_tick_lasts_one() {
        assert_eq!(grid_duration(1, 480), 1);
    }

    #[test]
    fn the_latest_tick_at_the_lowest_ppq_stays_on_the_grid() {
        assert_eq!(grid_from_tick(Tick(u32::MAX), 1), MAX_GRID);
        let latest = MAX_GRID.0 / GRID_PPQ;
        assert_eq!(grid_from_tick(Tick(latest), 1), GridTick(latest * GRID_PPQ));
    }
}
