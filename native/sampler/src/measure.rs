//! Measures of a candidate against its surroundings: copied sequences, and notes outside the scale.

use crate::scale::Scale;
use continuo_midi::Note;
use continuo_tokenizer::passages::{PassageFilter, fingerprints};
use continuo_tokenizer::piece::COMMON_BAR;
use continuo_tokenizer::{Scene, SceneNote};
use std::collections::HashSet;

/// Notes of a passage that counts as copied.
pub(crate) const PASSAGE: usize = 8;

type Relation = (i32, i16);

/// Passages of the visible context, to find copies in.
#[derive(Clone, Debug, Default)]
pub(crate) struct ContextPassages {
    short: HashSet<[Relation; PASSAGE - 1]>,
    /// Fingerprints of passages that are long enough to be known from a piece.
    long: HashSet<u64>,
}

impl ContextPassages {
    /// Every passage of each track's notes.
    pub fn new(scene: &Scene) -> ContextPassages {
        let mut tracks: Vec<u16> = scene.notes.iter().map(|n| n.track).collect();
        tracks.sort_unstable();
        tracks.dedup();
        let mut passages = ContextPassages::default();
        for track in tracks {
            let line = scene.notes.iter().filter(|n| n.track == track);
            passages.long.extend(long_passages(line.clone()));
            passages.short.extend(windows(&relations(line)));
        }
        passages
    }

    /// Do notes repeat a long passage of a training piece that the context does not have itself?
    pub fn repeats(&self, notes: &[SceneNote], known: &PassageFilter) -> bool {
        let mut passages = long_passages(notes.iter());
        passages.retain(|passage| !self.long.contains(passage));
        passages.into_iter().any(|passage| known.contains(passage))
    }

    /// Share of notes inside passages of [`PASSAGE`] or more (onset gaps and intervals) that the context
    /// has, 0-1. `notes`: sorted by (onset, pitch).
    pub fn copied(&self, notes: &[SceneNote]) -> f64 {
        let mut is_copied = vec![false; notes.len()];
        for (first, passage) in windows(&relations(notes.iter())).enumerate() {
            if self.short.contains(&passage) {
                is_copied[first..first + PASSAGE].fill(true);
            }
        }
        share(&is_copied, |&copied| copied)
    }
}

fn long_passages<'a>(notes: impl Iterator<Item = &'a SceneNote>) -> Vec<u64> {
    let mut line: Vec<(i32, u8)> = notes.map(|n| (n.onset, n.pitch)).collect();
    line.sort_unstable();
    fingerprints(&line)
}

fn relations<'a>(notes: impl Iterator<Item = &'a SceneNote> + Clone) -> Vec<Relation> {
    let pairs = notes.clone().zip(notes.skip(1));
    pairs
        .map(|(a, b)| (b.onset - a.onset, i16::from(b.pitch) - i16::from(a.pitch)))
        .collect()
}

fn windows(relations: &[Relation]) -> impl Iterator<Item = [Relation; PASSAGE - 1]> {
    relations
        .windows(PASSAGE - 1)
        .filter_map(|passage| passage.try_into().ok())
}

/// The scale of what is visible, by duration; `None` where no pitched note is.
pub(crate) fn surrounding_scale(scene: &Scene) -> Option<Scale> {
    let mut chroma = [0.0; 12];
    for note in &scene.notes {
        if let (true, Some(pitch)) = (note.pitch < 128, scene.midi_pitch(note.pitch)) {
            chroma[usize::from(pitch) % 12] += note.duration.clamp(1, COMMON_BAR.into()) as f32;
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

#[cfg(test)]
mod tests {
    use super::*;
    use continuo_midi::{MeterChange, Song, TempoChange, Track};
    use continuo_tokenizer::grid::GridTick;
    use continuo_tokenizer::scene::SceneSpec;
    use continuo_tokenizer::{Piece, Visibility};

    /// Sixteen notes of a tune before the region, which starts at bar 5 of 4/4.
    fn scene() -> Scene {
        let tune = |i: u32| Note {
            start_tick: i * 48,
            duration_ticks: 24,
            pitch: 60 + [0, 2, 4, 5, 7, 9, 11, 12, 7, 4, 5, 2, 4, 0, 7, 0][i as usize],
            velocity: 80,
            channel: 0,
        };
        let track = Track {
            notes: (0..16).map(tune).collect(),
            ..Track::default()
        };
        let song = Song {
            ppq: 24,
            tempo_map: vec![TempoChange {
                tick: 0,
                tempo_qpm: 120.0,
            }],
            meters: vec![MeterChange {
                tick: 0,
                numerator: 4,
                denominator: 4,
            }],
            tracks: vec![track],
            ..Song::default()
        };
        let piece = Piece::from_song(&song);
        let visibility = Visibility::default();
        let spec = SceneSpec {
            start: GridTick(768),
            end: GridTick(1152),
            targets: &[0],
            visibility,
            ..SceneSpec::default()
        };
        Scene::new(piece.view(), &spec, |_| false)
    }

    /// Notes `range` of the tune, transposed, in the region.
    fn copy(scene: &Scene, range: std::ops::Range<usize>, transpose: u8) -> Vec<SceneNote> {
        let notes = scene.notes[range].iter();
        notes
            .map(|n| SceneNote {
                onset: n.onset + 768,
                pitch: n.pitch + transpose,
                ..*n
            })
            .collect()
    }

    #[test]
    fn runs_of_eight_count_in_any_key_and_shorter_ones_do_not() {
        let scene = scene();
        let passages = ContextPassages::new(&scene);
        assert_eq!(passages.copied(&copy(&scene, 0..16, 0)), 1.0);
        assert_eq!(passages.copied(&copy(&scene, 3..11, 5)), 1.0);
        assert_eq!(passages.copied(&copy(&scene, 3..10, 0)), 0.0);
        assert_eq!(passages.copied(&[]), 0.0);
        let mut half = copy(&scene, 0..16, 0);
        half[8].pitch += 1;
        assert_eq!(passages.copied(&half), 0.5);
        let mut late = copy(&scene, 0..8, 0);
        late[4].onset += 1;
        assert_eq!(passages.copied(&late), 0.0);
    }

    #[test]
    fn the_scale_is_that_of_what_sounds() {
        let scale = surrounding_scale(&scene()).expect("pitched notes");
        assert_eq!(scale.to_string(), "C major");
        let note = |pitch| Note {
            start_tick: 0,
            duration_ticks: 1,
            pitch,
            velocity: 1,
            channel: 0,
        };
        let notes = [note(60), note(61), note(62), note(66)];
        assert_eq!(out_of_scale(&scale, &notes), 0.5);
        assert_eq!(out_of_scale(&scale, &[]), 0.0);
    }

    #[test]
    fn a_long_run_of_a_training_piece_is_known_unless_the_context_has_it() {
        let scene = scene();
        let note = |i: i32| SceneNote {
            onset: i * 12,
            pitch: 50 + (i * i % 23) as u8,
            ..scene.notes[0]
        };
        let piece: Vec<SceneNote> = (0..60).map(note).collect();
        let known = PassageFilter::new(&long_passages(piece.iter()));
        let passages = ContextPassages::new(&scene);
        assert!(passages.repeats(&piece[20..50], &known));
        assert!(
            !passages.repeats(&piece[20..40], &known),
            "20 notes are not a long passage"
        );
        let mut quoting = scene.clone();
        quoting.notes = piece.clone();
        assert!(!ContextPassages::new(&quoting).repeats(&piece[20..50], &known));
    }
}
