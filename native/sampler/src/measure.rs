//! How a candidate stands to its surroundings: copied runs, and notes outside the scale.

use crate::scale::Scale;
use continuo_midi::Note;
use continuo_tokenizer::{Scene, SceneNote};
use std::collections::HashSet;

/// Notes of a run that counts as copied.
pub(crate) const RUN: usize = 8;

type Relation = (i32, i16);

/// Runs of the visible context, to find copies in.
#[derive(Clone, Debug, Default)]
pub(crate) struct ContextRuns(HashSet<[Relation; RUN - 1]>);

impl ContextRuns {
    /// Every run of each track's notes.
    pub fn new(scene: &Scene) -> ContextRuns {
        let mut tracks: Vec<u16> = scene.notes.iter().map(|n| n.track).collect();
        tracks.sort_unstable();
        tracks.dedup();
        let mut runs = HashSet::new();
        for track in tracks {
            let relations = relations(scene.notes.iter().filter(|n| n.track == track));
            runs.extend(windows(&relations));
        }
        ContextRuns(runs)
    }

    /// Share of notes inside runs of [`RUN`] or more (onset gaps and intervals) that the context
    /// has, 0-1. `notes`: sorted by (onset, pitch).
    pub fn copied(&self, notes: &[SceneNote]) -> f64 {
        let mut is_copied = vec![false; notes.len()];
        for (first, run) in windows(&relations(notes.iter())).enumerate() {
            if self.0.contains(&run) {
                is_copied[first..first + RUN].fill(true);
            }
        }
        share(&is_copied, |&copied| copied)
    }
}

fn relations<'a>(notes: impl Iterator<Item = &'a SceneNote> + Clone) -> Vec<Relation> {
    let pairs = notes.clone().zip(notes.skip(1));
    pairs
        .map(|(a, b)| (b.onset - a.onset, i16::from(b.pitch) - i16::from(a.pitch)))
        .collect()
}

fn windows(relations: &[Relation]) -> impl Iterator<Item = [Relation; RUN - 1]> {
    relations
        .windows(RUN - 1)
        .filter_map(|run| run.try_into().ok())
}

/// The scale of what is visible, by duration; `None` where no pitched note is.
pub(crate) fn surrounding_scale(scene: &Scene) -> Option<Scale> {
    let mut chroma = [0.0; 12];
    for note in &scene.notes {
        if let (true, Some(pitch)) = (note.pitch < 128, scene.midi_pitch(note.pitch)) {
            chroma[usize::from(pitch) % 12] += note.duration.clamp(1, 96) as f32;
        }
    }
    Scale::estimate(&chroma)
}

/// Share of notes outside a scale, 0-1; 0 without notes.
pub(crate) fn out_of_scale(scale: &Scale, notes: &[Note]) -> f64 {
    share(notes, |n| !scale.contains(n.pitch))
}

fn share<T>(items: &[T], is_counted: impl Fn(&T) -> bool) -> f64 {
    items.iter().filter(|item| is_counted(item)).count() as f64 / items.len().max(1) as f64
}
