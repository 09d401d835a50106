//! Ticks of the song and times of the grid: where each begins, and what lies where.

use crate::request::{ChordAt, FillRequest, Rhythm};
use continuo_midi::{Note, Tick};
use continuo_tokenizer::chord::ChordSpan;
use continuo_tokenizer::grid::{GridTick, grid_from_tick, tick_from_grid};
use continuo_tokenizer::groove::Groove;
use continuo_tokenizer::{Piece, Scene};

/// A point in time that must get a note, and how long that lasts if that is kept too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Beat {
    pub tick: Tick,
    /// Grid time from the region's start.
    pub time: i32,
    pub duration_ticks: Option<u32>,
    /// Notes that still follow on the same tick.
    pub more: usize,
}

/// Chords in grid ticks of the piece.
pub(super) fn spans(chords: &[ChordAt], ppq: u16) -> Vec<ChordSpan> {
    chords
        .iter()
        .map(|at| ChordSpan {
            start: grid_from_tick(at.start_tick, ppq).0 as i32,
            end: grid_from_tick(at.end_tick, ppq).0 as i32,
            chord: at.chord,
            confidence: 1.0,
        })
        .collect()
}

/// Grid times of the part's last onset before a region and of its first after it, from its start.
pub(super) fn neighbours(
    piece: &Piece,
    track: u16,
    (start, end): (GridTick, GridTick),
    looks_ahead: bool,
) -> (Option<i32>, Option<i32>) {
    let own = || piece.notes.iter().filter(|n| n.track == track);
    let time = |onset: GridTick| onset.since(start);
    let before = own().map(|n| n.onset).filter(|&o| o < start).max();
    let after = own().map(|n| n.onset).find(|&o| o >= end && looks_ahead);
    (before.map(time), after.map(time))
}

/// How many notes start in each bar of a region, from grid times.
pub(super) fn quota(scene: &Scene, times: impl Iterator<Item = i32>) -> Vec<usize> {
    let mut counts = vec![0; scene.last_bar().max(0) as usize + 1];
    for time in times {
        let (bar, _) = scene.bar_and_position(time);
        if let Some(count) = usize::try_from(bar)
            .ok()
            .and_then(|bar| counts.get_mut(bar))
        {
            *count += 1;
        }
    }
    counts
}

/// Tick at which each grid time starts: with the groove, in order, inside the region.
pub(super) fn start_ticks(
    request: &FillRequest<'_>,
    start: GridTick,
    length: i32,
    ppq: u16,
    groove: &Groove,
) -> Vec<Tick> {
    let mut last = request.start_tick;
    (0..length.max(1) as u32)
        .map(|time| {
            let grid = start + time;
            let played =
                i64::from(tick_from_grid(grid, ppq).0) + i64::from(groove.offset_ticks(grid, ppq));
            let latest = i64::from(request.end_tick.0 - 1);
            last = Tick(played.clamp(i64::from(last.0), latest) as u32);
            last
        })
        .collect()
}

/// The notes of a rhythm that is kept.
pub(super) fn beats(removed: &[Note], rhythm: Rhythm, time: impl Fn(&Note) -> i32) -> Vec<Beat> {
    let chords = removed.chunk_by(|a, b| a.start_tick == b.start_tick);
    let mut beats = Vec::with_capacity(removed.len());
    for chord in chords {
        for (i, note) in chord.iter().enumerate() {
            beats.push(Beat {
                tick: note.start(),
                time: time(note),
                duration_ticks: (rhythm == Rhythm::Keep).then_some(note.duration_ticks),
                more: chord.len() - 1 - i,
            });
        }
    }
    beats
}
