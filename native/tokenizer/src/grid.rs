//! Time in 1/24 of a quarter: triplets and 32nds are exact.

/// Grid ticks per quarter note.
pub const GRID_PPQ: u32 = 24;
/// Ticks of micro-timing in a quarter, and in one grid tick.
pub const FINE_PPQ: i64 = 960;
pub const FINE: i64 = FINE_PPQ / GRID_PPQ as i64;

/// Latest grid tick, over a year at 120 quarters a minute; sums of two fit 32 bits.
pub const MAX_GRID: u32 = 1 << 30;

/// Nearest grid tick of a tick at `ppq`, at most [`MAX_GRID`]; halves go up.
pub fn grid_from_tick(tick: u32, ppq: u16) -> u32 {
    let ppq = u64::from(ppq.max(1));
    let grid = (u64::from(tick) * u64::from(GRID_PPQ) * 2 + ppq) / (2 * ppq);
    grid.min(u64::from(MAX_GRID)) as u32
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
    pub fn onset(self, tick: u32) -> u32 {
        let grid = self.by_two_ppq(u64::from(tick) * u64::from(GRID_PPQ) * 2 + self.ppq);
        grid.min(u64::from(MAX_GRID)) as u32
    }

    /// As [`grid_duration`].
    pub fn duration(self, duration_ticks: u32) -> u32 {
        self.onset(duration_ticks).max(1)
    }

    /// Ticks of 1/960 quarter, rounded down.
    pub fn exact(self, tick: u32) -> i64 {
        self.by_two_ppq(u64::from(tick) * 2 * 960) as i64
    }
}

/// Nearest tick at `ppq` of a grid tick; halves go up.
pub fn tick_from_grid(grid: u32, ppq: u16) -> u32 {
    let tick =
        (u64::from(grid) * u64::from(ppq) * 2 + u64::from(GRID_PPQ)) / u64::from(2 * GRID_PPQ);
    tick.min(u64::from(u32::MAX)) as u32
}

/// Grid duration of `duration_ticks` at `ppq`, at least 1.
pub fn grid_duration(duration_ticks: u32, ppq: u16) -> u32 {
    grid_from_tick(duration_ticks, ppq).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grid_ticks_survive_the_way_to_any_ppq_of_24_or_more() {
        for ppq in [24, 25, 48, 96, 100, 480, 960, 32_767] {
            for grid in [0, 1, 7, 23, 24, 95, 96, 1_000_003] {
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
                assert_eq!(to_grid.onset(tick), grid_from_tick(tick, ppq));
                assert_eq!(to_grid.duration(tick), grid_duration(tick, ppq));
                let exact = u64::from(tick) * 960 / u64::from(ppq.max(1));
                assert_eq!(to_grid.exact(tick), exact as i64, "{tick} at {ppq}");
            }
        }
    }

    #[test]
    fn a_note_shorter_than_half_a_grid_tick_lasts_one() {
        assert_eq!(grid_duration(1, 480), 1);
    }

    #[test]
    fn the_latest_tick_at_the_lowest_ppq_stays_on_the_grid() {
        assert_eq!(grid_from_tick(u32::MAX, 1), MAX_GRID);
        assert_eq!(grid_from_tick(MAX_GRID / 24, 1), MAX_GRID / 24 * 24);
    }
}
