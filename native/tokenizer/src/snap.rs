//! The grid that a track itself follows, under the player's timing.
//!
//! A score lies on the 1/24 grid and is left as it is. A performance does not: rounding each note
//! to the nearest 1/24 would make rhythms of its player's timing. So each quarter of a played track
//! is given the plainest division that explains its onsets, and the rest is kept as micro-timing.

use crate::grid::{FINE, FINE_PPQ, GRID_PPQ, GridTick};

/// An onset within so many fine ticks of the grid was written there (one tick of 480 a quarter is two).
const WRITTEN: i64 = 2;
/// Share of written onsets from which a track is a score.
const SCORE_SHARE: f64 = 0.97;
/// Usual deviation of a player, fine ticks: 14 ms at 120 quarters a minute.
const DEVIATION: f64 = 27.0;
/// Cost in nats, beyond its ln 24, of an onset that no division explains.
const UNEXPLAINED: f64 = 3.0;

/// Divisions of a quarter: grid ticks between their onsets.
const DIVISIONS: [i64; 4] = [6, 8, 4, 3];

/// Whether a track's onsets, in fine ticks, lie on the 1/24 grid as written music does.
pub fn is_written(onsets: impl Iterator<Item = i64>) -> bool {
    let (mut written, mut all) = (0usize, 0usize);
    for onset in onsets {
        let away = (onset + FINE / 2).rem_euclid(FINE) - FINE / 2;
        written += usize::from(away.abs() <= WRITTEN);
        all += 1;
    }
    written as f64 >= SCORE_SHARE * all as f64
}

/// Grid tick of each onset of a played track. `onsets`: fine ticks, rising.
pub fn snap(onsets: &[i64], out: &mut Vec<GridTick>) {
    out.clear();
    // A quarter is heard from half a sixteenth before its beat, so that early downbeats belong to it.
    let quarter = |onset: i64| (onset + 3 * FINE).div_euclid(FINE_PPQ);
    for group in onsets.chunk_by(|&a, &b| quarter(a) == quarter(b)) {
        let step = division(group);
        out.extend(group.iter().map(|&onset| {
            let grid = (onset + step * FINE / 2).div_euclid(step * FINE) * step;
            GridTick(grid.clamp(0, i64::from(u32::MAX)) as u32)
        }));
    }
}

/// The division that explains some onsets of one quarter at the least cost; 1 where none does.
fn division(onsets: &[i64]) -> i64 {
    let cost = |step: i64| -> f64 {
        let spacing = step * FINE;
        let misses = onsets.iter().map(|&onset| {
            let away = (onset + spacing / 2).rem_euclid(spacing) - spacing / 2;
            (away as f64 / DEVIATION).powi(2) / 2.0
        });
        misses.sum::<f64>() + onsets.len() as f64 * (f64::from(GRID_PPQ) / step as f64).ln()
    };
    let none = cost(1) + UNEXPLAINED * onsets.len() as f64;
    let mut best = (none, 1);
    for step in DIVISIONS {
        let here = cost(step);
        if here < best.0 {
            best = (here, step);
        }
    }
    best.1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn snapped(onsets: &[i64]) -> Vec<u32> {
        let mut out = Vec::new();
        snap(onsets, &mut out);
        out.iter().map(|onset| onset.0).collect()
    }

    #[test]
    fn played_sixteenths_triplets_and_swing_come_to_what_was_meant() {
        let sixteenths = [11, 262, 470, 735, 945, 1180, 1460, 1690];
        assert_eq!(snapped(&sixteenths), [0, 6, 12, 18, 24, 30, 36, 42]);
        let triplets = [-9, 330, 655, 975, 1270, 1590];
        assert_eq!(snapped(&triplets), [0, 8, 16, 24, 32, 40]);
        let swing = [5, 648, 951, 1590, 1930, 2570];
        assert_eq!(snapped(&swing), [0, 16, 24, 40, 48, 64]);
        let thirty_seconds = [0, 118, 244, 355, 482];
        assert_eq!(snapped(&thirty_seconds), [0, 3, 6, 9, 12]);
    }

    #[test]
    fn an_early_downbeat_belongs_to_its_beat() {
        assert_eq!(snapped(&[0, 640, 930, 1920 - 35]), [0, 16, 24, 48]);
    }

    #[test]
    fn a_score_with_a_few_ornaments_is_written_and_a_performance_is_not() {
        let score = (0..200).map(|i| if i % 50 == 7 { i * 240 + 13 } else { i * 240 });
        assert!(is_written(score));
        let played = (0..200).map(|i: i64| i * 240 + (i * 37 % 31) - 15);
        assert!(!is_written(played));
        assert!(is_written(std::iter::empty()));
    }
}
