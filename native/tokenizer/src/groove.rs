//! The groove of the surroundings: how far from the grid its notes are played, place by place.

use crate::grid::GRID_PPQ;
use crate::piece::GridNote;

/// Grid positions that are distinguished: those of one quarter.
const PLACES: usize = GRID_PPQ as usize;
/// Fewest notes at a place before its offset is believed.
const ENOUGH: u32 = 2;

/// Mean micro-offset of each grid position inside the quarter, in 1/960 of a quarter.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Groove {
    sum: [i64; PLACES],
    count: [u32; PLACES],
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
            let place = note.onset as usize % PLACES;
            groove.sum[place] += i64::from(note.micro);
            groove.count[place] += 1;
        }
        groove
    }

    /// Offset of a grid tick in ticks at `ppq`; 0 where nothing is known.
    pub fn offset_ticks(&self, onset: u32, ppq: u16) -> i32 {
        let place = onset as usize % PLACES;
        if self.count[place] < ENOUGH {
            return 0;
        }
        let mean = self.sum[place] as f64 / f64::from(self.count[place]);
        (mean * f64::from(ppq) / 960.0).round() as i32
    }
}
