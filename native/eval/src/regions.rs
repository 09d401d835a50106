//! Which regions are filled: a given list, or four-bar regions drawn with a fixed seed.

use crate::error::EvalError;
use continuo_midi::{Song, parse_song};
use continuo_tokenizer::grid::tick_from_grid;
use continuo_tokenizer::{Piece, PieceView};
use continuo_train::dataset::find_midi_files;
use continuo_train::random::Random;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::path::Path;

/// One region of one track of one file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Region {
    /// Path inside the data folder, with `/`.
    pub piece: String,
    /// (chunk, channel) with notes, in file order, from 1.
    pub track: usize,
    /// Ticks at the file's own PPQ, half-open.
    pub start_tick: u32,
    pub end_tick: u32,
    /// What the track does in the band, where the list says so.
    #[serde(default)]
    pub role: Option<String>,
}

impl Region {
    /// The folder that a piece lies in: where it comes from.
    pub fn source(&self) -> &str {
        self.piece.split_once('/').map_or("", |(folder, _)| folder)
    }
}

/// A file that has regions, parsed once.
pub struct EvalPiece {
    pub song: Song,
    pub piece: Piece,
    /// With every note on the nearest 1/24, as in the file: what fills are compared on.
    pub unsnapped: Piece,
}

/// Read a list, one JSON a line.
pub fn load_regions(path: &Path) -> Result<Vec<Region>, EvalError> {
    load_lines(path)
}

pub(crate) fn load_lines<T: serde::de::DeserializeOwned>(path: &Path) -> Result<Vec<T>, EvalError> {
    let text = std::fs::read_to_string(path).map_err(|source| EvalError::Io {
        path: path.to_path_buf(),
        source,
    })?;
    text.lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty())
        .map(|(i, line)| {
            serde_json::from_str(line).map_err(|e| EvalError::Region {
                path: path.to_path_buf(),
                line: i + 1,
                reason: e.to_string(),
            })
        })
        .collect()
}

/// The pieces that a list names; a piece that is missing or broken is left out.
pub fn load_pieces<'a>(
    folder: &Path,
    names: impl Iterator<Item = &'a str>,
) -> HashMap<String, EvalPiece> {
    let mut pieces = HashMap::new();
    for name in names {
        if pieces.contains_key(name) {
            continue;
        }
        let Ok(bytes) = std::fs::read(folder.join(name)) else {
            continue;
        };
        let Ok(song) = parse_song(&bytes) else {
            continue;
        };
        let piece = Piece::from_song(&song);
        let unsnapped = Piece::as_written(&song);
        pieces.insert(
            name.to_owned(),
            EvalPiece {
                song,
                piece,
                unsnapped,
            },
        );
    }
    pieces
}

/// Bars of a region.
const BARS: usize = 4;
const NOTES: std::ops::RangeInclusive<usize> = 4..=160;

/// Up to `per_piece` regions of each file: four bars with 4 to 160 notes, notes in the four bars
/// before and after, bars of one length. The same for the same files and seed.
pub fn draw_regions(folder: &Path, per_piece: usize, seed: u64) -> Result<Vec<Region>, EvalError> {
    let mut regions = Vec::new();
    for (index, path) in find_midi_files(folder)?.iter().enumerate() {
        let Ok(bytes) = std::fs::read(path) else {
            continue;
        };
        let Ok(song) = parse_song(&bytes) else {
            continue;
        };
        let piece = Piece::from_song(&song);
        let mut random = Random::new(seed, index as u64);
        let name = path
            .strip_prefix(folder)
            .unwrap_or(path)
            .to_string_lossy()
            .replace('\\', "/");
        let mut choice = candidates(piece.view());
        for _ in 0..per_piece {
            if choice.is_empty() {
                break;
            }
            let (track, bar) = choice.swap_remove(random.below(choice.len()));
            choice.retain(|&(t, b)| t != track || b.abs_diff(bar) >= 2 * BARS);
            regions.push(Region {
                piece: name.clone(),
                track: usize::from(track) + 1,
                start_tick: tick_from_grid(piece.bars[bar].start, song.ppq).0,
                end_tick: tick_from_grid(piece.bars[bar + BARS].start, song.ppq).0,
                role: None,
            });
        }
    }
    Ok(regions)
}

fn candidates(piece: PieceView<'_>) -> Vec<(u16, usize)> {
    let bars = piece.bars.len();
    let mut found = Vec::new();
    if bars < 3 * BARS + 1 {
        return found;
    }
    for track in 0..piece.sounds.len() as u16 {
        let mut counts = vec![0usize; bars];
        for note in piece.notes.iter().filter(|n| n.track == track) {
            counts[piece.bar_at(note.onset())] += 1;
        }
        let sum = |from: usize| counts[from..from + BARS].iter().sum::<usize>();
        for bar in BARS..bars - 2 * BARS {
            let length = |from: usize| piece.bars[from + BARS].start - piece.bars[from].start;
            let fits = NOTES.contains(&sum(bar)) && sum(bar - BARS) >= 2 && sum(bar + BARS) >= 1;
            if fits && length(bar) == length(bar - BARS) {
                found.push((track, bar));
            }
        }
    }
    found
}
