//! The notes that a piano roll shows around a fill.

use std::ops::Range;

use continuo_midi::{Bars, Note, Song, Track};
use serde::Serialize;

/// Bars shown before and after the region.
const MARGIN_BARS: u32 = 2;

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct View {
    pub start_tick: u32,
    pub end_tick: u32,
    pub bars: Vec<BarLine>,
    pub track_name: String,
    pub is_drums: bool,
    /// Notes of the track that stay, sounding in the view.
    pub context: Vec<Note>,
    /// Pitched notes of the other tracks, sounding in the view.
    pub others: Vec<Note>,
}

#[derive(Debug, Serialize, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct BarLine {
    /// From 1.
    pub bar: u32,
    pub start_tick: u32,
}

/// The region with a margin, its bar lines and the notes that stay. Linear in the song's notes.
pub fn view_around(song: &Song, track_index: usize, region: &Range<u32>, removed: &[Note]) -> View {
    let bars = Bars::of(song);
    let first_bar = bars.bar_at_tick(region.start).saturating_sub(MARGIN_BARS);
    let last_bar = bars
        .bar_at_tick(region.end.saturating_sub(1))
        .saturating_add(MARGIN_BARS);
    let span = bars.start_tick(first_bar)
        ..bars.end_tick(last_bar).min(
            song.duration_ticks
                .max(bars.end_tick(bars.bar_at_tick(region.end.saturating_sub(1)))),
        );
    let sounds = |note: &&Note| note.start_tick < span.end && note.end_tick() > span.start;
    let own = song.tracks.get(track_index);
    let stays = |note: &&Note| !region.contains(&note.start_tick) || !removed.contains(note);
    let is_other = |&(index, track): &(usize, &Track)| index != track_index && !track.is_drums;
    View {
        start_tick: span.start,
        end_tick: span.end,
        bars: (first_bar..=last_bar)
            .map(|bar_index| BarLine {
                bar: bar_index.saturating_add(1),
                start_tick: bars.start_tick(bar_index),
            })
            .filter(|line| line.start_tick < span.end)
            .collect(),
        track_name: own.map(|track| track.name.clone()).unwrap_or_default(),
        is_drums: own.is_some_and(|track| track.is_drums),
        context: own
            .into_iter()
            .flat_map(|track| &track.notes)
            .filter(sounds)
            .filter(stays)
            .copied()
            .collect(),
        others: song
            .tracks
            .iter()
            .enumerate()
            .filter(is_other)
            .flat_map(|(_, track)| &track.notes)
            .filter(sounds)
            .copied()
            .collect(),
    }
}
