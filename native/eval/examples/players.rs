//! How players deviate from the grid and from an even loudness: what humanising aims at.
//!
//! `cargo run --release -p continuo-eval --example players -- FOLDER...` prints, by part, the deviation in milliseconds and the
//! velocities of all played tracks in a folder's files: by place in the quarter, from strike to strike, and inside chords.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use continuo_midi::{Note, Song, parse_song};
use continuo_tokenizer::Piece;
use continuo_tokenizer::grid::{FINE_PPQ, GRID_PPQ, GridTick};
use continuo_tokenizer::part::classify_piece;
use continuo_tokenizer::snap::{is_written, snap};

/// Tracks with fewer notes say little.
const ENOUGH: usize = 24;

#[derive(Default)]
struct Sample {
    values: Vec<f64>,
}

impl Sample {
    fn mean(&self) -> f64 {
        self.values.iter().sum::<f64>() / self.values.len().max(1) as f64
    }
    fn deviation(&self) -> f64 {
        let mean = self.mean();
        let sum: f64 = self.values.iter().map(|v| (v - mean).powi(2)).sum();
        (sum / self.values.len().max(1) as f64).sqrt()
    }
    /// Of a tenth, a half and nine tenths of the values.
    fn tenths(&self) -> String {
        let mut sorted = self.values.clone();
        sorted.sort_by(f64::total_cmp);
        let at = |share: f64| {
            sorted
                .get(((sorted.len() - 1) as f64 * share) as usize)
                .copied()
        };
        let told = [0.1, 0.5, 0.9].map(|share| format!("{:.1}", at(share).unwrap_or(0.0)));
        told.join(" / ")
    }
}

#[derive(Default)]
struct Kind {
    tracks: usize,
    offsets: BTreeMap<&'static str, Sample>,
    loudness: BTreeMap<&'static str, Sample>,
    /// By track.
    offset_deviation: Sample,
    offset_mean: Sample,
    velocity_deviation: Sample,
    offset_next: Sample,
    velocity_next: Sample,
    spread: Sample,
}

fn place(grid: u32) -> &'static str {
    match grid % GRID_PPQ {
        0 => "0 beat",
        12 => "1 eighth",
        6 | 18 => "2 sixteenth",
        8 | 16 => "3 triplet",
        _ => "4 other",
    }
}

fn drum(pitch: u8) -> &'static str {
    match pitch {
        35 | 36 => "drums: kick",
        37..=40 => "drums: snare",
        42 | 44 | 46 | 22 | 26 => "drums: hats",
        41 | 43 | 45 | 47 | 48 | 50 | 58 => "drums: toms",
        _ => "drums: cymbals",
    }
}

/// Milliseconds of a fine tick at a tick.
fn fine_ms(song: &Song, tick: u32) -> f64 {
    let at = song.tempo_map.partition_point(|change| change.tick <= tick);
    let qpm = at
        .checked_sub(1)
        .map_or(120.0, |last| song.tempo_map[last].tempo_qpm);
    60_000.0 / qpm / FINE_PPQ as f64
}

fn add(kinds: &mut BTreeMap<String, Kind>, song: &Song, notes: &[Note], name: &str) {
    if notes.len() < ENOUGH {
        return;
    }
    let ppq = i64::from(song.ppq);
    let fine: Vec<i64> = notes
        .iter()
        .map(|n| i64::from(n.start_tick) * FINE_PPQ / ppq)
        .collect();
    let mut grid = Vec::new();
    if is_written(fine.iter().copied()) {
        return;
    }
    snap(&fine, &mut grid);
    let away: Vec<f64> = (0..notes.len())
        .map(|i| {
            let meant = grid[i].to_fine();
            (fine[i] - meant) as f64 * fine_ms(song, notes[i].start_tick)
        })
        .collect();
    let all = Sample {
        values: away.clone(),
    };
    let velocities = Sample {
        values: notes.iter().map(|n| f64::from(n.velocity)).collect(),
    };
    let (mean, level) = (all.mean(), velocities.mean());
    let kind = kinds.entry(name.to_owned()).or_default();
    kind.tracks += 1;
    kind.offset_mean.values.push(mean);
    kind.offset_deviation.values.push(all.deviation());
    kind.velocity_deviation.values.push(velocities.deviation());
    for (i, note) in notes.iter().enumerate() {
        let place = place(grid[i].0);
        kind.offsets
            .entry(place)
            .or_default()
            .values
            .push(away[i] - mean);
        kind.loudness
            .entry(place)
            .or_default()
            .values
            .push(f64::from(note.velocity) - level);
    }
    // Strikes: notes of one grid tick.
    let mut strikes: Vec<(u32, f64, f64)> = Vec::new();
    let mut at = 0;
    while at < notes.len() {
        let end = at + grid[at..].iter().take_while(|g| **g == grid[at]).count();
        let inside = &away[at..end];
        let of = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
        let loud: Vec<f64> = notes[at..end]
            .iter()
            .map(|n| f64::from(n.velocity))
            .collect();
        strikes.push((grid[at].0, of(inside) - mean, of(&loud) - level));
        if end - at > 1 {
            let most = inside.iter().copied().fold(f64::MIN, f64::max);
            let least = inside.iter().copied().fold(f64::MAX, f64::min);
            kind.spread.values.push(most - least);
        }
        at = end;
    }
    let (mut o, mut oo, mut v, mut vv) = (0.0, 0.0, 0.0, 0.0);
    for pair in strikes.windows(2) {
        if pair[1].0 - pair[0].0 <= 2 * GRID_PPQ {
            o += pair[0].1 * pair[1].1;
            oo += (pair[0].1.powi(2) + pair[1].1.powi(2)) / 2.0;
            v += pair[0].2 * pair[1].2;
            vv += (pair[0].2.powi(2) + pair[1].2.powi(2)) / 2.0;
        }
    }
    if oo > 0.0 && vv > 0.0 {
        kind.offset_next.values.push(o / oo);
        kind.velocity_next.values.push(v / vv);
    }
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    let mut entries: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "mid") {
            found.push(path);
        }
    }
}

fn main() {
    let mut found = Vec::new();
    for folder in std::env::args().skip(1) {
        files(Path::new(&folder), &mut found);
    }
    let mut kinds = BTreeMap::new();
    for path in &found {
        let Some(song) = fs::read(path)
            .ok()
            .and_then(|bytes| parse_song(&bytes).ok())
        else {
            continue;
        };
        let sounds = classify_piece(&Piece::from_song(&song), GridTick::ZERO);
        for (track, role) in song.tracks.iter().zip(sounds) {
            let mut notes = track.notes.clone();
            notes.sort_by_key(|n| (n.start_tick, n.pitch));
            let name = role.map_or("unknown", |r| r.name());
            add(&mut kinds, &song, &notes, name);
            if track.is_drums {
                for group in [
                    "drums: kick",
                    "drums: snare",
                    "drums: hats",
                    "drums: toms",
                    "drums: cymbals",
                ] {
                    let own: Vec<Note> = notes
                        .iter()
                        .filter(|n| drum(n.pitch) == group)
                        .copied()
                        .collect();
                    add(&mut kinds, &song, &own, group);
                }
            }
        }
    }
    for (name, kind) in &kinds {
        println!(
            "{name}: {} tracks; ms: mean {:.1} +- {:.1}, deviation of a track {}; next {:.2}; spread of strikes {}, of {}; velocity: deviation of a track {}, next {:.2}",
            kind.tracks,
            kind.offset_mean.mean(),
            kind.offset_mean.deviation(),
            kind.offset_deviation.tenths(),
            kind.offset_next.mean(),
            if kind.spread.values.is_empty() {
                "-".to_owned()
            } else {
                kind.spread.tenths()
            },
            kind.spread.values.len(),
            kind.velocity_deviation.tenths(),
            kind.velocity_next.mean()
        );
        for (place, offsets) in &kind.offsets {
            let loud = &kind.loudness[place];
            println!(
                "    {place}: {} notes, ms {:+.1} +- {:.1}, velocity {:+.1} +- {:.1}",
                offsets.values.len(),
                offsets.mean(),
                offsets.deviation(),
                loud.mean(),
                loud.deviation()
            );
        }
    }
}
