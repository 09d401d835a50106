//! Random regions of random pieces, like those of real fills.

use crate::dataset::Dataset;
use crate::error::TrainError;
use crate::random::Random;
use continuo_tokenizer::grid::{GRID_PPQ, GridTick, quarters_from_grid};
use continuo_tokenizer::scene::{ChordSource, SceneSpec};
use continuo_tokenizer::vocabulary::{
    DRUMS, density_class, polyphony_class, register_class, velocity_class,
};
use continuo_tokenizer::{Controls, PieceView, Scene, Visibility};
use serde::{Deserialize, Serialize};

/// How regions are drawn. Part of a run's config.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
#[serde(rename_all = "camelCase", default)]
pub struct DrawConfig {
    /// Context notes of a window, drawn uniformly.
    pub context_notes: (usize, usize),
    /// Probability that a window fills several tracks, one after the other.
    pub several_targets: f32,
    /// Probability that a target's own track is hidden: a part that is not there yet.
    pub new_part: f32,
    /// Probability that some of the other tracks are hidden.
    pub fewer_tracks: f32,
    /// Probability that the chords of all notes are given, also of those that are hidden.
    pub given_chords: f32,
    pub key_relative: bool,
    /// Probability of a further shift of -6..=6 semitones.
    pub transpose: f32,
    pub features: bool,
    pub experts: bool,
    /// Most target notes of a window.
    pub max_target_notes: usize,
}

impl Default for DrawConfig {
    fn default() -> Self {
        DrawConfig {
            context_notes: (32, 128),
            several_targets: 0.5,
            new_part: 0.3,
            fewer_tracks: 0.2,
            given_chords: 0.4,
            key_relative: true,
            transpose: 0.0,
            features: true,
            experts: true,
            max_target_notes: 256,
        }
    }
}

/// Shares of region lengths of 1 to 8 bars.
const BARS: [f32; 8] = [0.10, 0.27, 0.13, 0.30, 0.06, 0.05, 0.03, 0.06];
/// Grid ticks of an eighth.
const EIGHTH: u32 = GRID_PPQ / 2;
const MIN_TRACK_NOTES: usize = 8;

/// Tracks of a dataset with the weight by which they are drawn.
pub struct Drawer<'a> {
    dataset: &'a Dataset,
    config: DrawConfig,
    tracks: Vec<(u32, u16)>,
    cumulative: Vec<f64>,
    /// Tracks of other data, and the share of windows that they get.
    mixed: Option<(Box<Drawer<'a>>, f32)>,
}

impl<'a> Drawer<'a> {
    /// Tracks count by the square root of their notes, those of large ensembles a little less.
    /// Only pieces whose index `is_used` takes are drawn from.
    pub fn new(
        dataset: &'a Dataset,
        config: DrawConfig,
        is_used: impl Fn(usize) -> bool,
    ) -> Result<Drawer<'a>, TrainError> {
        let mut tracks = Vec::new();
        let mut cumulative = Vec::new();
        let mut total = 0.0;
        for index in (0..dataset.len()).filter(|&i| is_used(i)) {
            let piece = dataset.piece(index);
            let mut counts = vec![0usize; piece.sounds.len()];
            for note in piece.notes {
                if let Some(count) = counts.get_mut(usize::from(note.track)) {
                    *count += 1;
                }
            }
            for (track, &count) in counts.iter().enumerate() {
                if count >= MIN_TRACK_NOTES {
                    total += (count as f64).sqrt() / (counts.len() as f64).powf(0.25);
                    tracks.push((index as u32, track as u16));
                    cumulative.push(total);
                }
            }
        }
        if tracks.is_empty() {
            return Err(TrainError::DatasetTooSmall {
                notes: dataset.note_count(),
            });
        }
        Ok(Drawer {
            dataset,
            config,
            tracks,
            cumulative,
            mixed: None,
        })
    }

    /// A share of the windows is drawn from other data.
    pub fn mixed_with(mut self, other: Drawer<'a>, share: f32) -> Drawer<'a> {
        self.mixed = Some((Box::new(other), share));
        self
    }

    pub fn config(&self) -> &DrawConfig {
        &self.config
    }

    /// A scene with its targets' notes and controls, and the number of context notes to show.
    pub fn scene(&self, random: &mut Random) -> (Scene, usize) {
        let mixed = self.mixed.as_ref();
        if let Some((other, _)) = mixed.filter(|(_, share)| random.chance(*share)) {
            return other.scene(random);
        }
        loop {
            if let Some(scene) = self.try_scene(random) {
                let (low, high) = self.config.context_notes;
                return (scene, low + random.below(high.saturating_sub(low) + 1));
            }
        }
    }

    fn try_scene(&self, random: &mut Random) -> Option<Scene> {
        let total = *self.cumulative.last()?;
        let at = f64::from(random.uniform()) * total;
        let drawn = self
            .cumulative
            .partition_point(|&c| c <= at)
            .min(self.tracks.len() - 1);
        let (index, track) = self.tracks[drawn];
        let piece = self.dataset.piece(index as usize);
        let seed_note = (0..256)
            .map(|_| piece.notes[random.below(piece.notes.len())])
            .find(|n| n.track == track)
            .or_else(|| piece.notes.iter().find(|n| n.track == track).copied())?;
        let (start, end) = region(piece, seed_note.onset, random)?;
        let targets = self.targets(piece, track, (start, end), random);
        let roll = random.uniform();
        let is_new = random.chance(self.config.new_part);
        // Alone, from the chords: a band's first track.
        let is_alone = random.chance(if is_new { 0.12 } else { 0.05 });
        let visibility = Visibility {
            before: !(0.15..0.20).contains(&roll),
            after: roll >= 0.15,
            target: !is_new,
            others: !is_alone,
            key_relative: self.config.key_relative,
        };
        let hidden = self.hidden(piece, &targets, random);
        let needs_chords = is_new && is_alone;
        let are_given = random.chance(if needs_chords {
            0.9
        } else {
            self.config.given_chords
        });
        let chords = if are_given {
            ChordSource::All
        } else {
            ChordSource::Visible
        };
        let locked = if random.chance(0.1) {
            random.uniform() * 0.4 + 0.1
        } else {
            0.0
        };
        let salt = random.below(1 << 30) as u32;
        let transpose = if random.chance(self.config.transpose) {
            random.below(13) as i8 - 6
        } else {
            0
        };
        let spec = SceneSpec {
            start,
            end,
            targets: &targets,
            hidden: &hidden,
            chords,
            visibility,
            transpose,
        };
        let mut scene = Scene::new(piece, &spec, |note| {
            locked > 0.0 && hash_share(note.onset, note.pitch, salt) < locked
        });
        if scene.targets.iter().all(|t| t.notes.is_empty()) {
            return None;
        }
        let mut left = self.config.max_target_notes;
        for slot in 0..scene.targets.len() {
            let notes = scene.targets[slot].notes.len();
            // A target's notes must not be missing, so a window with too many is drawn again.
            if notes > left {
                return None;
            }
            left -= notes;
            scene.targets[slot].controls = controls(&scene, slot, is_new, random);
            let is_given = random.chance(if is_new { 0.92 } else { 0.7 });
            scene.targets[slot].part = scene.part_of_target(slot).filter(|_| is_given);
        }
        Some(scene)
    }

    /// Tracks beside the targets of which nothing is shown.
    fn hidden(&self, piece: PieceView<'_>, targets: &[u16], random: &mut Random) -> Vec<u16> {
        if !random.chance(self.config.fewer_tracks) {
            return Vec::new();
        }
        (0..piece.sounds.len() as u16)
            .filter(|track| !targets.contains(track) && random.chance(0.4))
            .collect()
    }

    fn targets(
        &self,
        piece: PieceView<'_>,
        first: u16,
        (start, end): (GridTick, GridTick),
        random: &mut Random,
    ) -> Vec<u16> {
        let mut targets = vec![first];
        if piece.sounds.len() < 2 || !random.chance(self.config.several_targets) {
            return targets;
        }
        let from = piece.notes.partition_point(|n| n.onset() < start);
        let to = piece.notes.partition_point(|n| n.onset() < end);
        let mut counts = vec![0usize; piece.sounds.len()];
        for note in &piece.notes[from..to] {
            counts[usize::from(note.track)] += 1;
        }
        let mut total = counts[usize::from(first)];
        let mut choice: Vec<u16> = (0..counts.len() as u16)
            .filter(|&t| t != first && counts[usize::from(t)] > 0)
            .collect();
        let wanted = 1 + random.below(3);
        while targets.len() <= wanted && !choice.is_empty() {
            let track = choice.swap_remove(random.below(choice.len()));
            if total + counts[usize::from(track)] <= self.config.max_target_notes {
                total += counts[usize::from(track)];
                targets.push(track);
            }
        }
        targets
    }
}

/// A region around an onset: whole bars, or moved by beats, or with an end anywhere.
fn region(
    piece: PieceView<'_>,
    onset: GridTick,
    random: &mut Random,
) -> Option<(GridTick, GridTick)> {
    let mut roll = random.uniform();
    let bars = 1 + BARS
        .iter()
        .take_while(|&&share| {
            roll -= share;
            roll >= 0.0
        })
        .count()
        .min(7);
    let last = piece.bars.len().checked_sub(1)?;
    let first = piece
        .bar_at(onset)
        .saturating_sub(random.below(bars))
        .min(last);
    let bar = piece.bars[first];
    let length = u32::from(bar.length.max(6));
    let mut moved = 0;
    if random.chance(0.25) {
        let unit = [GRID_PPQ, GRID_PPQ, EIGHTH, EIGHTH / 2][random.below(4)];
        moved = random.below((length / unit).max(1) as usize) as u32 * unit;
    }
    let end_bar = first + bars;
    let end = match piece.bars.get(end_bar) {
        Some(bar) => bar.start,
        None => {
            let last = piece.bars[last];
            last.start + u32::from(last.length) * (end_bar + 1 - piece.bars.len()) as u32
        }
    };
    let start = bar.start + moved;
    let mut end = end + moved;
    if random.chance(0.1) {
        let cut = (1 + random.below((length / EIGHTH).max(2) as usize - 1)) as u32 * EIGHTH;
        end = end.saturating_sub(cut).max(start + EIGHTH);
    }
    Some((start, end))
}

/// The controls that a target's notes satisfy, each given half of the time.
fn controls(scene: &Scene, slot: usize, is_new: bool, random: &mut Random) -> Controls {
    let target = &scene.targets[slot];
    let notes = &target.notes;
    let mut sometimes = |class: u8| random.chance(0.5).then_some(class);
    let onsets = notes.chunk_by(|a, b| a.onset == b.onset).count();
    if notes.is_empty() {
        return Controls::default();
    }
    let quarters = quarters_from_grid(scene.region_length);
    let density = sometimes(density_class(notes.len(), quarters) as u8);
    let polyphony = sometimes(polyphony_class(notes.len() as f64 / onsets as f64) as u8);
    let mean = notes
        .iter()
        .map(|n| u32::from(n.velocity_class))
        .sum::<u32>()
        / notes.len() as u32;
    let velocity = sometimes(velocity_class((mean * 8) as u8) as u8);
    let low = notes.iter().map(|n| n.pitch).min().and_then(&mut sometimes);
    let high = notes.iter().map(|n| n.pitch).max().and_then(sometimes);
    let is_drums = target.sound == DRUMS;
    let pitches: u32 = notes.iter().map(|n| u32::from(n.pitch)).sum();
    let register = register_class(pitches as f32 / notes.len() as f32);
    let is_given = random.chance(if is_new { 0.7 } else { 0.3 });
    Controls {
        density,
        polyphony,
        velocity,
        low: low.filter(|_| !is_drums),
        high: high.filter(|_| !is_drums),
        register: Some(register).filter(|_| is_given && !is_drums),
    }
}

/// A share in [0, 1) that depends on the note and the salt alone.
fn hash_share(onset: GridTick, pitch: u8, salt: u32) -> f32 {
    let mut x =
        onset.0.wrapping_mul(0x9e37_79b9) ^ u32::from(pitch).wrapping_mul(0x85eb_ca6b) ^ salt;
    x = (x ^ (x >> 15)).wrapping_mul(0x2c1b_3c6d);
    x = (x ^ (x >> 12)).wrapping_mul(0x297a_2d39);
    ((x ^ (x >> 15)) >> 8) as f32 / (1 << 24) as f32
}
