//! A region cut into blocks that the model reaches.
//!
//! Beyond some bars an infill model loses its way and leaves the rest empty; a long region is filled block by
//! block, each of which hears what was written before it.

use std::ops::Range;

use continuo_midi::Bars;

/// Most bars that are filled at once.
pub const BLOCK_BARS: u32 = 8;

/// Blocks of at most `most_bars` bars (1 or more) that begin at bar lines and are about equally long.
pub fn blocks_of(region: &Range<u32>, bars: &Bars, most_bars: u32) -> Vec<Range<u32>> {
    let first = bars.bar_at_tick(region.start);
    let last = bars.bar_at_tick(region.end.saturating_sub(1).max(region.start));
    let count = last - first + 1;
    let blocks = count.div_ceil(most_bars.max(1));
    // The bar at which a block begins; 64 bits hold the product of two numbers of bars.
    let start_bar = |block: u32| {
        let bars = u64::from(count) * u64::from(block) / u64::from(blocks);
        first + bars as u32
    };
    (0..blocks)
        .map(|block| {
            let start = bars.start_tick(start_bar(block)).max(region.start);
            let end = bars.start_tick(start_bar(block + 1)).min(region.end);
            if block + 1 == blocks {
                start..region.end
            } else {
                start..end
            }
        })
        .filter(|block| !block.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use continuo_midi::{MeterChange, Song};

    use super::*;

    fn blocks(region: Range<u32>, most_bars: u32) -> Vec<Range<u32>> {
        let song = Song {
            ppq: 480,
            meters: vec![MeterChange {
                tick: 0,
                numerator: 4,
                denominator: 4,
            }],
            ..Song::default()
        };
        blocks_of(&region, &Bars::of(&song), most_bars)
    }

    #[test]
    fn what_is_short_is_one_block() {
        for region in [0..8 * 1920, 100..300] {
            assert_eq!(blocks(region.clone(), 8), std::slice::from_ref(&region));
        }
    }

    #[test]
    fn long_regions_are_cut_at_bar_lines_and_nothing_is_left_out() {
        for (start, end) in [(0, 9 * 1920), (0, 137 * 1920), (700, 33 * 1920 + 5)] {
            let blocks = blocks(start..end, 8);
            assert_eq!(
                (blocks[0].start, blocks[blocks.len() - 1].end),
                (start, end)
            );
            for pair in blocks.windows(2) {
                assert_eq!(pair[0].end, pair[1].start);
                assert_eq!(pair[0].end % 1920, 0);
            }
            let longest = blocks.iter().map(|block| block.end - block.start).max();
            assert!(longest <= Some(8 * 1920), "{blocks:?}");
        }
        // Not eight bars and then one.
        assert_eq!(blocks(0..9 * 1920, 8), [0..4 * 1920, 4 * 1920..9 * 1920]);
    }
}
