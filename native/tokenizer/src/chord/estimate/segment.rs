//! Bars, and halves of long ones: what has one chord.

use crate::grid::QUARTER;

/// Bars of at least so many grid ticks, if divisible, are heard in halves.
const SPLIT_BAR: i32 = 4 * QUARTER;

/// A bar or half of one, in which one chord sounds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Segment {
    pub start: i32,
    pub end: i32,
    pub is_bar_start: bool,
}

/// `bars`: (start, length).
pub(super) fn segments(bars: &[(i32, i32)]) -> Vec<Segment> {
    let mut segments = Vec::with_capacity(bars.len() * 2);
    for &(start, length) in bars {
        let end = start + length.max(1);
        let half = length / 2;
        if length >= SPLIT_BAR && length % 2 == 0 {
            segments.push(Segment {
                start,
                end: start + half,
                is_bar_start: true,
            });
            segments.push(Segment {
                start: start + half,
                end,
                is_bar_start: false,
            });
        } else {
            segments.push(Segment {
                start,
                end,
                is_bar_start: true,
            });
        }
    }
    segments
}
