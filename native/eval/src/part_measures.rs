//! What makes a fill sound wrong to a player of that part: voices, range, kit, seams, density, repetition.

use crate::regions::EvalPiece;
use continuo_midi::Note;
use continuo_tokenizer::grid::{GridTick, grid_duration, grid_from_tick};
use continuo_tokenizer::vocabulary::DRUMS;
use continuo_tokenizer::{GridNote, PieceView};
use serde::Serialize;
use std::collections::BTreeSet;

/// Bars on each side that count as the part's surroundings.
const BARS: usize = 16;
/// Share of onsets with one note at which a part has one voice.
const ONE_VOICE: f64 = 0.97;
/// Fewest surrounding notes from which a part's habits are known.
const ENOUGH: usize = 8;
/// Grid ticks that two notes of a legato may overlap.
const LEGATO: i32 = 3;

/// A note on the grid: onset from the region's start, duration, MIDI pitch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sounding {
    pub onset: i32,
    pub duration: i32,
    pub pitch: u8,
}

/// Measures of one fill. `None` where a measure has no meaning.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PartMeasures {
    /// A part of one voice sounds in two.
    pub splits_voice: Option<bool>,
    /// Share of notes more than two semitones beyond the part's range.
    pub beyond_range: Option<f64>,
    /// Share of hits on sounds that the kit around does not use.
    pub off_kit: Option<f64>,
    /// Semitones from the note before and to the note after, mean.
    pub seam: Option<f64>,
    /// Number of notes is 0.67 to 1.5 times the original's.
    pub has_density: bool,
    /// Share of bars that equal one around.
    pub repeated_bars: Option<f64>,
}

/// The part around a region.
pub struct PartContext {
    is_drums: bool,
    own: Vec<Sounding>,
    bars: Vec<(i32, i32)>,
    around: BTreeSet<Vec<(i32, u8)>>,
    truth: usize,
    length: i32,
}

impl PartContext {
    /// Of track `track` (from 0) around [`start`, `end`).
    pub fn new(
        piece: PieceView<'_>,
        track: u16,
        (start, end): (GridTick, GridTick),
    ) -> PartContext {
        let is_drums = piece.sounds.get(usize::from(track)) == Some(&DRUMS);
        let first = piece.bar_at(start).saturating_sub(BARS);
        let last =
            (piece.bar_at(end.saturating_sub(1)) + BARS).min(piece.bars.len().saturating_sub(1));
        let low = piece
            .bars
            .get(first)
            .map_or(GridTick::ZERO, |bar| bar.start);
        let high = piece
            .bars
            .get(last)
            .map_or(end, |bar| bar.start + u32::from(bar.length));
        let time = |onset: GridTick| onset.since(start);
        let heard = |n: &GridNote| Sounding {
            onset: time(n.onset),
            duration: i32::from(n.duration),
            pitch: n.pitch,
        };
        let notes: Vec<&GridNote> = piece.notes.iter().filter(|n| n.track == track).collect();
        let truth = notes
            .iter()
            .filter(|n| (start..end).contains(&n.onset()))
            .count();
        let own: Vec<Sounding> = notes
            .iter()
            .filter(|n| (low..high).contains(&n.onset()) && !(start..end).contains(&n.onset()))
            .map(|n| heard(n))
            .collect();
        let bars: Vec<(i32, i32)> = piece.bars[first..=last]
            .iter()
            .map(|bar| (time(bar.start), i32::from(bar.length)))
            .collect();
        let length = (end - start) as i32;
        let around = bars
            .iter()
            .filter(|(at, _)| *at < 0 || *at >= length)
            .map(|&bar| content(&own, bar))
            .filter(|bar| !bar.is_empty())
            .collect();
        PartContext {
            is_drums,
            own,
            bars,
            around,
            truth,
            length,
        }
    }

    /// Measure a fill, sorted by onset.
    pub fn measure(&self, fill: &[Sounding]) -> PartMeasures {
        let knows = self.own.len() >= ENOUGH;
        let pitched = knows && !self.is_drums && !fill.is_empty();
        let share = |count: usize| count as f64 / fill.len().max(1) as f64;
        let kit: BTreeSet<u8> = self.own.iter().map(|n| n.pitch).collect();
        let (low, high) = (
            kit.first().copied().unwrap_or(0),
            kit.last().copied().unwrap_or(127),
        );
        let beyond = |n: &&Sounding| n.pitch + 2 < low || n.pitch > high.saturating_add(2);
        let ratio = fill.len() as f64 / self.truth.max(1) as f64;
        PartMeasures {
            splits_voice: (pitched && one_voice(&self.own)).then(|| !one_voice(fill)),
            beyond_range: pitched.then(|| share(fill.iter().filter(beyond).count())),
            off_kit: (knows && self.is_drums && !fill.is_empty())
                .then(|| share(fill.iter().filter(|n| !kit.contains(&n.pitch)).count())),
            seam: pitched.then(|| self.seam(fill)).flatten(),
            has_density: (0.67..=1.5).contains(&ratio),
            repeated_bars: self.repeated(fill),
        }
    }

    fn seam(&self, fill: &[Sounding]) -> Option<f64> {
        let before = self.own.iter().rev().find(|n| n.onset < 0);
        let after = self.own.iter().find(|n| n.onset >= self.length);
        let step = |a: &Sounding, b: &Sounding| f64::from(a.pitch.abs_diff(b.pitch));
        let seams: Vec<f64> = [before.zip(fill.first()), fill.last().zip(after)]
            .into_iter()
            .flatten()
            .map(|(a, b)| step(a, b))
            .collect();
        (!seams.is_empty()).then(|| seams.iter().sum::<f64>() / seams.len() as f64)
    }

    fn repeated(&self, fill: &[Sounding]) -> Option<f64> {
        let inside = self
            .bars
            .iter()
            .filter(|(at, length)| *at >= 0 && at + length <= self.length);
        let bars: Vec<_> = inside
            .map(|&bar| content(fill, bar))
            .filter(|bar| !bar.is_empty())
            .collect();
        let known = bars.iter().filter(|bar| self.around.contains(*bar)).count();
        (!bars.is_empty() && self.own.len() >= ENOUGH).then(|| known as f64 / bars.len() as f64)
    }
}

/// (position, pitch) of the notes that start in a bar.
fn content(notes: &[Sounding], (at, length): (i32, i32)) -> Vec<(i32, u8)> {
    let mut bar: Vec<(i32, u8)> = notes
        .iter()
        .filter(|n| (at..at + length).contains(&n.onset))
        .map(|n| (n.onset - at, n.pitch))
        .collect();
    bar.sort_unstable();
    bar.dedup();
    bar
}

/// Whether at nearly every onset only one note sounds.
pub(crate) fn one_voice(notes: &[Sounding]) -> bool {
    let single = notes
        .iter()
        .filter(|n| {
            let at = n.onset;
            notes
                .iter()
                .filter(|m| m.onset <= at && m.onset + (m.duration - LEGATO).max(1) > at)
                .count()
                <= 1
        })
        .count();
    single as f64 >= ONE_VOICE * notes.len() as f64
}

/// Notes of a song in ticks as grid notes from a region's start.
pub(crate) fn sounding(notes: &[Note], piece: &EvalPiece, start: GridTick) -> Vec<Sounding> {
    let ppq = piece.song.ppq;
    let mut found: Vec<Sounding> = notes
        .iter()
        .map(|n| Sounding {
            onset: grid_from_tick(n.start(), ppq).since(start),
            duration: grid_duration(n.duration_ticks, ppq) as i32,
            pitch: n.pitch,
        })
        .collect();
    found.sort_by_key(|n| (n.onset, n.pitch));
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use continuo_tokenizer::grid::{GRID_PPQ, QUARTER};
    use continuo_tokenizer::piece::{Bar, COMMON_BAR};

    fn context(track: u16, sound: u8) -> PartContext {
        let bars: Vec<Bar> = (0..12)
            .map(|i| Bar {
                start: GridTick(i * u32::from(COMMON_BAR)),
                meter: 0,
                tempo: 9,
                length: COMMON_BAR,
            })
            .collect();
        let notes: Vec<GridNote> = (0..48)
            .map(|i| GridNote {
                onset: GridTick(i * GRID_PPQ),
                duration: GRID_PPQ as u16,
                track,
                pitch: 60 + (i % 8) as u8,
                velocity: 80,
                micro: 0,
            })
            .collect();
        let sounds = vec![sound; usize::from(track) + 1];
        let view = PieceView {
            bars: &bars,
            sounds: &sounds,
            notes: &notes,
        };
        PartContext::new(view, track, (GridTick(384), GridTick(768)))
    }

    fn line(count: i32, pitch: impl Fn(i32) -> u8) -> Vec<Sounding> {
        (0..count)
            .map(|i| Sounding {
                onset: i * QUARTER,
                duration: QUARTER,
                pitch: pitch(i),
            })
            .collect()
    }

    #[test]
    fn the_original_shows_no_fault_and_repeats_what_stands_around() {
        let measured = context(0, 0).measure(&line(16, |i| 60 + (i % 8) as u8));
        assert_eq!(measured.splits_voice, Some(false));
        assert_eq!((measured.beyond_range, measured.off_kit), (Some(0.0), None));
        assert_eq!(measured.repeated_bars, Some(1.0));
        assert!(measured.has_density);
        assert_eq!(measured.seam, Some(7.0));
    }

    #[test]
    fn faults_are_counted() {
        let mut fill = line(4, |i| if i == 0 { 80 } else { 61 });
        fill.push(Sounding {
            onset: 3 * QUARTER,
            duration: QUARTER,
            pitch: 66,
        });
        let measured = context(0, 0).measure(&fill);
        assert_eq!(measured.splits_voice, Some(true));
        assert_eq!(measured.beyond_range, Some(0.2));
        assert!(!measured.has_density);
        assert_eq!(measured.repeated_bars, Some(0.0));
        let drums = context(0, DRUMS).measure(&line(16, |i| if i < 4 { 35 } else { 60 }));
        assert_eq!(
            (drums.off_kit, drums.beyond_range, drums.seam),
            (Some(0.25), None, None)
        );
    }
}
