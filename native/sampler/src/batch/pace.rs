//! Chooses which candidates continue at each step if a deadline may not leave time for all of them.
//!
//! Steps of a batch are cheap, so candidates are drawn side by side as long as they will all be finished
//! in time. If not, those that are furthest continue alone and the others wait for what time is left.

use crate::row::Row;

/// What each further row adds to the cost of a step with one; eight rows cost 2.4 times as much.
const FURTHER_ROW: f64 = 0.2;
/// Share of the time left that is counted on: notes are not spread evenly over a region.
const SAFE_SHARE: f64 = 0.85;
/// Rows that go on until it is known how fast they are.
const ROWS_AT_FIRST: usize = 2;

/// How far a candidate is, and what that took.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Pace {
    /// 0-1.
    pub reached: f64,
    /// Seconds of steps that this row had for itself.
    pub worked: f64,
    pub is_finished: bool,
}

impl Pace {
    pub fn of(row: &Row, region_length: i32, beats: Option<usize>) -> Pace {
        let reached = match beats {
            Some(beats) => row.beat as f64 / beats.max(1) as f64,
            None => {
                let last = row.composer.generated().last();
                last.map_or(0.0, |n| {
                    f64::from(n.onset) / f64::from(region_length.max(1))
                })
            }
        };
        Pace {
            reached: if row.is_finished { 1.0 } else { reached },
            worked: row.worked,
            is_finished: row.is_finished,
        }
    }
}

/// The cost of a step with so many rows, where that of one is 1.
pub(super) fn cost(rows: usize) -> f64 {
    1.0 + FURTHER_ROW * rows.saturating_sub(1) as f64
}

/// The rows that should go on, by index, with `left` seconds to the deadline.
pub(super) fn choose(rows: &[Pace], left: f64) -> Vec<usize> {
    let mut waiting: Vec<usize> = (0..rows.len()).filter(|&i| !rows[i].is_finished).collect();
    // The furthest first; of two that are as far, the one that was begun first.
    waiting.sort_by(|&a, &b| rows[b].reached.total_cmp(&rows[a].reached));
    let reached: f64 = rows.iter().map(|row| row.reached).sum();
    let worked: f64 = rows.iter().map(|row| row.worked).sum();
    let count = if reached <= 0.0 || worked <= 0.0 {
        ROWS_AT_FIRST
    } else {
        let speed = reached / worked;
        let fits = |count: &usize| {
            let last = rows[waiting[count - 1]];
            (1.0 - last.reached) / speed * cost(*count) <= left * SAFE_SHARE
        };
        (1..=waiting.len()).rev().find(fits).unwrap_or(1)
    };
    waiting.truncate(count);
    waiting.sort_unstable();
    waiting
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONE: Pace = Pace {
        reached: 0.0,
        worked: 0.0,
        is_finished: false,
    };

    /// Rows of `notes` steps of a second each; answers how many are finished at the deadline.
    fn finished(rows: usize, notes: u32, deadline: f64) -> usize {
        let mut rows = vec![NONE; rows];
        let mut now = 0.0;
        loop {
            let active = choose(&rows, deadline - now);
            if active.is_empty() || now >= deadline {
                return rows.iter().filter(|row| row.is_finished).count();
            }
            now += cost(active.len());
            for i in active {
                let row = &mut rows[i];
                row.worked += 1.0;
                row.reached = (row.reached + 1.0 / f64::from(notes)).min(1.0);
                row.is_finished = row.reached > 0.999;
            }
        }
    }

    #[test]
    fn the_time_of_one_is_enough_for_one_and_more_time_for_more() {
        // Side by side, eight take 48 seconds and none is finished before.
        assert_eq!(finished(8, 20, 19.0), 0);
        assert!(finished(8, 20, 26.0) >= 1);
        assert!(finished(8, 20, 40.0) >= 3);
        assert_eq!(finished(8, 20, 60.0), 8);
        assert!(finished(64, 20, 30.0) >= 1);
    }

    #[test]
    fn with_time_enough_all_go_on_together() {
        let active = Pace {
            reached: 0.1,
            worked: 0.1,
            ..NONE
        };
        assert_eq!(choose(&[active; 8], 60.0).len(), 8);
        assert_eq!(choose(&[NONE; 8], 60.0), [0, 1]);
        assert_eq!(choose(&[NONE], 0.001), [0]);
    }

    #[test]
    fn the_furthest_goes_on_and_finished_ones_do_not() {
        let row = |reached, is_finished| Pace {
            reached,
            worked: 1.0,
            is_finished,
        };
        let rows = [row(0.2, false), row(1.0, true), row(0.6, false)];
        assert_eq!(choose(&rows, 0.5), [2]);
        assert_eq!(choose(&rows, 5.0), [0, 2]);
    }
}
