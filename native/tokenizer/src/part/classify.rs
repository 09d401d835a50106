//! The part of a track, by its sound, register, voices and movement.

use super::Part;
use crate::grid::{GRID_PPQ, GridTick};
use crate::piece::Piece;
use crate::scene::SceneNote;
use crate::vocabulary::DRUMS;

/// Fewest notes that say something about a track.
const ENOUGH: usize = 3;
/// Notes an onset from which a track plays chords.
const CHORDAL: f32 = 1.6;
/// Mean pitch below which a single line is a bass.
const LOW: f32 = 48.0;
/// Grid ticks: a chord that is held at least so long is a pad.
const HELD: f32 = 72.0;
/// Onsets a quarter, and semitones between them, of an arpeggio.
const BUSY: f32 = 1.8;
const BROKEN: f32 = 2.8;

/// What is measured of one track's notes.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct TrackShape {
    pub notes: usize,
    pub mean_pitch: f32,
    pub notes_per_onset: f32,
    /// Grid ticks.
    pub mean_duration: f32,
    /// Mean interval between the highest notes of successive onsets, semitones.
    pub mean_interval: f32,
    /// Between the first and the last onset.
    pub onsets_per_quarter: f32,
}

impl TrackShape {
    /// Measure notes sorted by (onset, pitch).
    pub fn of<'a>(notes: impl Iterator<Item = &'a SceneNote>) -> TrackShape {
        let (mut count, mut onsets, mut pitches, mut durations, mut intervals) =
            (0usize, 0usize, 0u32, 0i64, 0u32);
        let mut first = 0;
        // Highest note of the present onset, and of the one before.
        let mut top: Option<(i32, u8)> = None;
        let mut before: Option<u8> = None;
        for note in notes {
            count += 1;
            pitches += u32::from(note.pitch & 127);
            durations += i64::from(note.duration.min(384));
            match top {
                Some((onset, pitch)) if onset == note.onset => {
                    top = Some((onset, pitch.max(note.pitch)));
                }
                _ => {
                    if let (Some((_, pitch)), Some(last)) = (top, before) {
                        intervals += u32::from(pitch.abs_diff(last));
                    }
                    before = top.map(|t| t.1).or(before);
                    if onsets == 0 {
                        first = note.onset;
                    }
                    onsets += 1;
                    top = Some((note.onset, note.pitch));
                }
            }
        }
        let Some((last, _)) = top else {
            return TrackShape::default();
        };
        let quarters = ((last - first) as f32 / GRID_PPQ as f32).max(1.0);
        TrackShape {
            notes: count,
            mean_pitch: pitches as f32 / count as f32,
            notes_per_onset: count as f32 / onsets as f32,
            mean_duration: durations as f32 / count as f32,
            mean_interval: intervals as f32 / onsets.saturating_sub(2).max(1) as f32,
            onsets_per_quarter: onsets as f32 / quarters,
        }
    }
}

/// The part that a sound alone suggests: General MIDI's basses, ensembles and pads, and drums.
pub fn part_of_sound(sound: u8) -> Option<Part> {
    match sound {
        DRUMS.. => Some(Part::Drums),
        // Basses, synth basses; contrabass, tuba.
        32..=39 | 43 | 58 => Some(Part::Bass),
        // Strings and choirs held under a song, synth pads.
        48..=54 | 88..=95 => Some(Part::Pad),
        // Lead synths, solo winds and strings.
        40..=42 | 56..=57 | 59..=60 | 64..=87 => Some(Part::Melody),
        // Pianos, organs, guitars, mallets and the rest accompany as often as they lead.
        _ => None,
    }
}

/// The part of one track, from its sound and notes; `is_highest_line`: no other single line lies higher.
///
/// `None` where there are too few notes and the sound says nothing.
pub fn classify(sound: u8, shape: &TrackShape, is_highest_line: bool) -> Option<Part> {
    let by_sound = part_of_sound(sound);
    if by_sound == Some(Part::Drums) || shape.notes < ENOUGH {
        return by_sound;
    }
    let is_chordal = shape.notes_per_onset >= CHORDAL;
    let is_bass_sound = by_sound == Some(Part::Bass);
    if !is_chordal && (shape.mean_pitch < LOW || is_bass_sound && shape.mean_pitch < LOW + 7.0) {
        return Some(Part::Bass);
    }
    if is_chordal {
        let is_pad = shape.mean_duration >= HELD && shape.onsets_per_quarter < 0.75;
        return Some(if is_pad { Part::Pad } else { Part::Chords });
    }
    if shape.mean_duration >= HELD && by_sound == Some(Part::Pad) {
        return Some(Part::Pad);
    }
    if shape.onsets_per_quarter >= BUSY && shape.mean_interval >= BROKEN {
        return Some(Part::Arp);
    }
    Some(if is_highest_line {
        Part::Melody
    } else {
        Part::Counter
    })
}

/// The part of each track of a scene. `sounds[track]`; `notes`: visible, sorted by (onset, pitch).
pub fn classify_all(sounds: &[u8], notes: &[SceneNote]) -> Vec<Option<Part>> {
    let shapes: Vec<TrackShape> = shapes(sounds.len(), notes);
    let is_line = |track: usize| {
        let shape = &shapes[track];
        sounds[track] < DRUMS && shape.notes >= ENOUGH && shape.notes_per_onset < CHORDAL
    };
    let lines = (0..sounds.len()).filter(|&t| is_line(t));
    let highest = lines.max_by(|&a, &b| shapes[a].mean_pitch.total_cmp(&shapes[b].mean_pitch));
    (0..sounds.len())
        .map(|track| classify(sounds[track], &shapes[track], highest == Some(track)))
        .collect()
}

/// The part of each track of a piece; notes before `origin` count as if they were there.
pub fn classify_piece(piece: &Piece, origin: GridTick) -> Vec<Option<Part>> {
    let notes: Vec<SceneNote> = piece
        .notes
        .iter()
        .map(|note| SceneNote {
            onset: note.onset().since(origin).max(0),
            duration: i32::from(note.duration),
            bar: 0,
            position: 0,
            pitch: note.pitch,
            duration_class: 0,
            velocity_class: 0,
            track: note.track,
            is_locked: false,
        })
        .collect();
    classify_all(&piece.sounds, &notes)
}

fn shapes(tracks: usize, notes: &[SceneNote]) -> Vec<TrackShape> {
    let mut by_track: Vec<Vec<SceneNote>> = vec![Vec::new(); tracks];
    for note in notes {
        if let Some(line) = by_track.get_mut(usize::from(note.track)) {
            line.push(*note);
        }
    }
    by_track
        .iter()
        .map(|line| TrackShape::of(line.iter()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grid::QUARTER;

    /// Notes (onset, duration, pitch) of a track.
    fn line(track: u16, notes: &[(i32, i32, u8)]) -> Vec<SceneNote> {
        let note = |&(onset, duration, pitch): &(i32, i32, u8)| SceneNote {
            onset,
            duration,
            bar: onset.div_euclid(4 * QUARTER),
            position: onset.rem_euclid(4 * QUARTER) as u8,
            pitch,
            duration_class: 0,
            velocity_class: 8,
            track,
            is_locked: false,
        };
        notes.iter().map(note).collect()
    }

    #[test]
    fn a_band_is_told_apart() {
        let bass: Vec<_> = (0..8)
            .map(|i| (i * QUARTER, 20, 36 + (i % 3) as u8))
            .collect();
        let chords: Vec<_> = (0..8)
            .flat_map(|i| [60, 64, 67].map(|p| (i * QUARTER, 20, p)))
            .collect();
        let pad: Vec<_> = (0..4)
            .flat_map(|i| [55, 60, 64].map(|p| (4 * i * QUARTER, 4 * QUARTER, p)))
            .collect();
        let lead: Vec<_> = (0..8)
            .map(|i| (i * QUARTER, QUARTER, 74 + (i % 4) as u8))
            .collect();
        let arp: Vec<_> = (0..32)
            .map(|i| {
                (
                    i * QUARTER / 2,
                    QUARTER / 2,
                    [60, 64, 67, 72][(i % 4) as usize],
                )
            })
            .collect();
        let second: Vec<_> = (0..8)
            .map(|i| (2 * i * QUARTER, 40, 65 - (i % 4) as u8))
            .collect();
        let lines = [bass, chords, pad, lead, arp, second];
        let mut notes: Vec<SceneNote> = lines
            .iter()
            .zip(0..)
            .flat_map(|(notes, track)| line(track, notes))
            .collect();
        notes.sort_by_key(|n| (n.onset, n.pitch));
        let parts = classify_all(&[33, 0, 48, 80, 24, 71, DRUMS], &notes);
        assert_eq!(
            parts,
            [
                Some(Part::Bass),
                Some(Part::Chords),
                Some(Part::Pad),
                Some(Part::Melody),
                Some(Part::Arp),
                Some(Part::Counter),
                Some(Part::Drums)
            ]
        );
    }

    #[test]
    fn a_silent_track_is_known_by_its_sound_alone() {
        let none = TrackShape::default();
        assert_eq!(classify(33, &none, false), Some(Part::Bass));
        assert_eq!(classify(DRUMS, &none, false), Some(Part::Drums));
        assert_eq!(classify(89, &none, false), Some(Part::Pad));
        assert_eq!(classify(0, &none, false), None);
    }
}
