//! What a musician would notice, in numbers: a fill beside the original on the 1/24 grid.

use continuo_tokenizer::grid::{GridTick, QUARTER};
use continuo_tokenizer::vocabulary::DRUMS;
use continuo_tokenizer::{PieceView, Scene, SceneNote, Window, WindowSpec};
use serde::Serialize;
use std::collections::{BTreeSet, HashSet};

/// A note of a fill: onset from the region's start in grid ticks, and pitch (128 up for drums).
pub type GridFill = Vec<(i32, u8)>;

/// Notes of a passage that counts as copied.
const PASSAGE: usize = 8;
/// Context notes in which passages are looked for.
const PASSAGE_CONTEXT: usize = 320;
/// Grid ticks of 1/16.
const SIXTEENTH: i32 = QUARTER / 4;
/// Bars on each side whose pitch classes make the scale.
const SCALE_BARS: usize = 4;

/// Measures of one fill. `None` where a measure has no meaning (drums, an empty fill).
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FillMeasures {
    /// Harmonic mean of precision and recall of (onset, pitch).
    pub note_f1: f64,
    pub onset_f1: f64,
    /// Difference of the entropies of the pitch-class histograms, in bits.
    pub pitch_class_entropy_difference: Option<f64>,
    /// 1 minus the share of sixteenths that have an onset in one and not in the other.
    pub groove: f64,
    /// Share of notes outside the pitch classes of the surrounding bars.
    pub out_of_scale: Option<f64>,
    pub is_empty: bool,
    /// Repeats a passage of 8 notes (gaps and intervals) of the context.
    pub has_copied_passage: bool,
    pub notes: usize,
}

/// What fills of one region are measured against.
pub struct Ground {
    pub is_drums: bool,
    pub truth: GridFill,
    /// The bars before, of the same length, moved into the region.
    pub copy: GridFill,
    length: i32,
    scale: HashSet<u8>,
    passages: HashSet<Vec<(i32, i16)>>,
}

impl Ground {
    /// The region [`start`, `end`) of a piece.
    pub fn new(
        piece: PieceView<'_>,
        track: u16,
        (start, end): (GridTick, GridTick),
        scene: &Scene,
    ) -> Ground {
        let is_drums = piece.sounds.get(usize::from(track)) == Some(&DRUMS);
        let length = end - start;
        let grid = |from: GridTick, to: GridTick| -> GridFill {
            let notes = piece.notes.iter().filter(|n| n.track == track);
            notes
                .filter(|n| (from..to).contains(&n.onset()))
                .map(|n| {
                    (
                        n.onset().since(from),
                        if is_drums { n.pitch | 128 } else { n.pitch },
                    )
                })
                .collect()
        };
        Ground {
            is_drums,
            truth: grid(start, end),
            copy: grid(start.saturating_sub(length), start),
            length: length as i32,
            scale: scale(piece, start, end),
            passages: passages(scene),
        }
    }

    /// Measure one fill.
    pub fn measure(&self, fill: &GridFill) -> FillMeasures {
        let truth: BTreeSet<_> = self.truth.iter().copied().collect();
        let filled: BTreeSet<_> = fill.iter().copied().collect();
        let truth_onsets: BTreeSet<_> = truth.iter().map(|n| n.0).collect();
        let fill_onsets: BTreeSet<_> = filled.iter().map(|n| n.0).collect();
        let pitched = !self.is_drums && !fill.is_empty();
        FillMeasures {
            note_f1: f1(&truth, &filled),
            onset_f1: f1(&truth_onsets, &fill_onsets),
            pitch_class_entropy_difference: pitched
                .then(|| (entropy(fill) - entropy(&self.truth)).abs()),
            groove: self.groove(&truth_onsets, &fill_onsets),
            out_of_scale: pitched.then(|| {
                let outside = fill
                    .iter()
                    .filter(|n| !self.scale.contains(&(n.1 % 12)))
                    .count();
                outside as f64 / fill.len() as f64
            }),
            is_empty: fill.is_empty(),
            has_copied_passage: self.has_copied_passage(fill),
            notes: fill.len(),
        }
    }

    fn groove(&self, truth: &BTreeSet<i32>, fill: &BTreeSet<i32>) -> f64 {
        let cells = (self.length / SIXTEENTH).max(1);
        let cell = |onsets: &BTreeSet<i32>| -> HashSet<i32> {
            onsets
                .iter()
                .map(|o| (o / SIXTEENTH).min(cells - 1))
                .collect()
        };
        let (truth, fill) = (cell(truth), cell(fill));
        1.0 - truth.symmetric_difference(&fill).count() as f64 / f64::from(cells)
    }

    fn has_copied_passage(&self, fill: &GridFill) -> bool {
        let mut sorted = fill.clone();
        sorted.sort_unstable();
        grams(&sorted).any(|gram| self.passages.contains(&gram))
    }
}

fn f1<T: Ord>(truth: &BTreeSet<T>, fill: &BTreeSet<T>) -> f64 {
    let both = truth.intersection(fill).count() as f64;
    2.0 * both / (truth.len() + fill.len()).max(1) as f64
}

/// Entropy of the pitch classes, in bits.
fn entropy(fill: &GridFill) -> f64 {
    let mut counts = [0usize; 12];
    for (_, pitch) in fill {
        counts[usize::from(pitch % 12)] += 1;
    }
    let total = fill.len() as f64;
    let shares = counts.iter().filter(|&&c| c > 0).map(|&c| c as f64 / total);
    -shares.map(|p| p * p.log2()).sum::<f64>()
}

/// Pitch classes of all pitched notes in the four bars before the region and the four after.
fn scale(piece: PieceView<'_>, start: GridTick, end: GridTick) -> HashSet<u8> {
    let first = piece.bar_at(start);
    let low = piece.bars[first.saturating_sub(SCALE_BARS)].start;
    let last = piece.bar_at(end.saturating_sub(1));
    let high = match piece.bars.get(last + 1 + SCALE_BARS) {
        Some(bar) => bar.start,
        None => piece.bars.last().map_or(end, |bar| bar.start.max(end)),
    };
    let near = piece
        .notes
        .iter()
        .filter(|n| (low..start).contains(&n.onset()) || (end..high).contains(&n.onset()));
    near.filter(|n| piece.sounds.get(usize::from(n.track)) != Some(&DRUMS))
        .map(|n| n.pitch % 12)
        .collect()
}

/// Gaps and intervals of every passage of eight notes, as seven differences.
fn grams(notes: &[(i32, u8)]) -> impl Iterator<Item = Vec<(i32, i16)>> + '_ {
    notes.windows(PASSAGE).map(|passage| {
        passage
            .windows(2)
            .map(|w| (w[1].0 - w[0].0, i16::from(w[1].1) - i16::from(w[0].1)))
            .collect()
    })
}

/// Passages of the nearest context notes, track by track, before, beside and after the region.
fn passages(scene: &Scene) -> HashSet<Vec<(i32, i16)>> {
    let shown = Window::new(
        scene,
        WindowSpec {
            context_notes: PASSAGE_CONTEXT,
        },
    )
    .shown;
    let notes: Vec<&SceneNote> = shown.iter().map(|&i| &scene.notes[i as usize]).collect();
    let tracks: BTreeSet<u16> = notes.iter().map(|n| n.track).collect();
    let mut all = HashSet::new();
    for track in tracks {
        for part in 0..3 {
            let part_of = |n: &SceneNote| {
                if n.onset < 0 {
                    0
                } else if n.onset < scene.region_length {
                    1
                } else {
                    2
                }
            };
            let mut line: Vec<(i32, u8)> = notes
                .iter()
                .filter(|n| n.track == track && part_of(n) == part)
                .map(|n| (n.onset, n.pitch))
                .collect();
            line.sort_unstable();
            all.extend(grams(&line));
        }
    }
    all
}
