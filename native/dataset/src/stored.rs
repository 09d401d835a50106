//! A piece as a dataset keeps it: on the grid, with its exact tempo map.

use bytemuck::{Pod, Zeroable};
use continuo_midi::{Song, Tick};
use continuo_tokenizer::Piece;
use continuo_tokenizer::grid::{GridTick, grid_from_tick};

/// A tempo that holds from `onset` on: 8 bytes, as stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub struct TempoPoint {
    pub onset: GridTick,
    pub microseconds_per_quarter: u32,
}

/// A piece to be written. `tempos` are sorted, never empty, and start at 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredPiece {
    pub piece: Piece,
    pub tempos: Vec<TempoPoint>,
}

impl StoredPiece {
    pub fn from_song(song: &Song) -> StoredPiece {
        let mut tempos = vec![TempoPoint {
            onset: GridTick::ZERO,
            microseconds_per_quarter: 500_000,
        }];
        for change in &song.tempo_map {
            let point = TempoPoint {
                onset: grid_from_tick(Tick(change.tick), song.ppq),
                microseconds_per_quarter: (6e7 / change.tempo_qpm.clamp(1.0, 6e7)).round() as u32,
            };
            match tempos.last_mut() {
                Some(last) if last.onset == point.onset => *last = point,
                Some(last) if last.microseconds_per_quarter == point.microseconds_per_quarter => {}
                _ => tempos.push(point),
            }
        }
        StoredPiece {
            piece: Piece::from_song(song),
            tempos,
        }
    }
}
