//! The groove of the surroundings: how far from the grid its notes are played, position by position.

use crate::grid::{FINE_PPQ, GRID_PPQ, GridTick};
use crate::piece::GridNote;

/// Grid positions that are distinguished: those of one quarter.
const GRID_POSITIONS: usize = GRID_PPQ as usize;
/// Fewest notes at a position before its offset is believed.
const ENOUGH: u32 = 2;

/// Mean micro-offset of each grid position inside the quarter, in 1/960 of a quarter.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Groove {
    sum: [i64; GRID_POSITIONS],
    count: [u32; GRID_POSITIONS],
}

impl Groove {
    /// Learn from notes near the region, of the target's track where it has enough, else of all.
    pub fn learn<'a>(notes: impl Iterator<Item = &'a GridNote> + Clone, track: u16) -> Groove {
        let own = Groove::of(notes.clone().filter(|n| n.track == track));
        if own.count.iter().sum::<u32>() >= 16 {
            own
        } else {
            Groove::of(notes)
        }
    }

    fn of<'a>(notes: impl Iterator<Item = &'a GridNote>) -> Groove {
        let mut groove = Groove::default();
        for note in notes {
            let position = in_quarter(note.onset);
            groove.sum[position] += i64::from(note.micro);
            groove.count[position] += 1;
        }
        groove
    }

    /// Offset of a grid tick in ticks at `ppq`; 0 where nothing is known.
    pub fn offset_ticks(&self, onset: GridTick, ppq: u16) -> i32 {
        let position = in_quarter(onset);
        if self.count[position] < ENOUGH {
            return 0;
        }
        let mean = self.sum[position] as f64 / f64::from(self.count[position]);
        (mean * f64::from(ppq) / FINE_PPQ as f64).round() as i32
    }
}

/// Grid position inside the quarter.
fn in_quarter(onset: GridTick) -> usize {
    onset.0 as usize % GRID_POSITIONS
}
