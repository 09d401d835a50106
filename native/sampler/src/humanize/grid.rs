//! Where the notes of a track were meant, and how far from there they are played.

use std::cmp::Ordering;

use continuo_midi::{Bars, Note, Song};
use continuo_tokenizer::grid::{FINE_PPQ, GRID_PPQ, GridTick, tick_from_grid};
use continuo_tokenizer::snap::{is_written, snap};

/// A place in a bar, as players treat it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    Downbeat,
    Beat,
    Eighth,
    Sixteenth,
    Triplet,
    Other,
}

/// A note as it was meant.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Meant {
    /// From 0.
    pub bar: u32,
    /// Grid ticks from the bar's start.
    pub position: i64,
    pub place: Place,
    /// How much later it is played than it was meant, in milliseconds.
    pub late_ms: f64,
}

impl Meant {
    /// Of a note that is not looked at.
    pub const FAR: Self = Self {
        bar: 0,
        position: 0,
        place: Place::Other,
        late_ms: 0.0,
    };
}

/// A song's ticks as bars, quarters and milliseconds.
pub struct Clock<'a> {
    song: &'a Song,
    bars: Bars,
}

impl<'a> Clock<'a> {
    pub fn new(song: &'a Song) -> Self {
        Self {
            song,
            bars: Bars::of(song),
        }
    }

    /// Ticks of a millisecond at a tick.
    pub fn ticks_a_ms(&self, tick: u32) -> f64 {
        let map = &self.song.tempo_map;
        let at = map.partition_point(|change| change.tick <= tick);
        let qpm = at.checked_sub(1).map_or(120.0, |last| map[last].tempo_qpm);
        f64::from(self.song.ppq.max(1)) * qpm / 60_000.0
    }

    pub fn bar_at(&self, tick: u32) -> u32 {
        self.bars.bar_at_tick(tick)
    }

    /// Each note where it was meant: of a score, where it lies; of a performance, on the plainest grid that explains it.
    ///
    /// `notes`: sorted by onset.
    pub fn meant(&self, notes: &[Note]) -> Vec<Meant> {
        let ppq = i64::from(self.song.ppq.max(1));
        let fine: Vec<i64> = notes
            .iter()
            .map(|note| (i64::from(note.start_tick) * FINE_PPQ + ppq / 2) / ppq)
            .collect();
        let mut grid = Vec::new();
        if is_written(fine.iter().copied()) {
            grid.extend(fine.iter().map(|&onset| GridTick::from_fine(onset)));
        } else {
            snap(&fine, &mut grid);
        }
        let meant = notes.iter().zip(&fine).zip(grid);
        meant
            .map(|((note, &fine), grid)| self.placed(note, fine, grid))
            .collect()
    }

    fn placed(&self, note: &Note, fine: i64, grid: GridTick) -> Meant {
        let ppq = f64::from(self.song.ppq.max(1));
        let tick = tick_from_grid(grid, self.song.ppq);
        let bar = self.bars.bar_at_tick(tick.0);
        let start = f64::from(self.bars.start_tick(bar)) * f64::from(GRID_PPQ) / ppq;
        let position = i64::from(grid.0) - start.round() as i64;
        let away = (fine - grid.to_fine()) as f64;
        let fine_a_ms = self.ticks_a_ms(note.start_tick) * FINE_PPQ as f64 / ppq;
        Meant {
            bar,
            position,
            place: place(position),
            late_ms: away / fine_a_ms,
        }
    }
}

fn place(position: i64) -> Place {
    match (position.cmp(&0), position.rem_euclid(i64::from(GRID_PPQ))) {
        (Ordering::Equal, _) => Place::Downbeat,
        (_, 0) => Place::Beat,
        (_, 12) => Place::Eighth,
        (_, 6 | 18) => Place::Sixteenth,
        (_, 8 | 16) => Place::Triplet,
        _ => Place::Other,
    }
}

/// How much louder each note is than the mean of its bar: dynamics of whole bars are the music's, not the player's.
pub fn beside_bar(notes: &[Note], meant: &[Meant]) -> Vec<f64> {
    let mut beside = Vec::with_capacity(notes.len());
    let mut start = 0;
    for bar in meant.chunk_by(|a, b| a.bar == b.bar) {
        let inside = notes[start..start + bar.len()].iter();
        let velocities: Vec<f64> = inside.map(|note| f64::from(note.velocity)).collect();
        let (mean, _) = spread_of(&velocities);
        beside.extend(velocities.iter().map(|velocity| velocity - mean));
        start += bar.len();
    }
    beside
}

/// Mean and standard deviation; 0 of nothing.
pub fn spread_of(values: &[f64]) -> (f64, f64) {
    let count = values.len().max(1) as f64;
    let mean = values.iter().sum::<f64>() / count;
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    (mean, (squares / count).sqrt())
}
