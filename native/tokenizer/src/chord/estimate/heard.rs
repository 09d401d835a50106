//! What sounds in each segment, and how well each chord explains it.

use super::segment::Segment;
use super::template::{STATES, chord_of};
use crate::grid::QUARTER;

/// A note to hear: grid ticks, MIDI pitch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChordNote {
    pub onset: i32,
    pub duration: i32,
    pub pitch: u8,
}

/// What sounds longer, in grid ticks, says no more.
const LONG: f32 = (2 * QUARTER) as f32;
/// What starts so many grid ticks from a chord's start starts with it.
const WITH: i32 = QUARTER / 8;
/// Score of a segment's whole weight on a chord's tones, and off them.
const ON: f32 = 4.0;
const OFF: f32 = -6.0;
/// Score of a tone that does not sound at all.
const MISSING: f32 = -1.1;
const BASS_ROOT: f32 = 1.3;
const BASS_TONE: f32 = 0.3;

/// What sounds in one segment.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Heard {
    /// Sounding time of each pitch class, weighted.
    weights: [f32; 12],
    pub total: f32,
    /// Lowest pitch by time: sum over the segment of what is lowest.
    bass: Option<u8>,
    length: f32,
}

pub(super) fn hear(segments: &[Segment], notes: &[ChordNote]) -> Vec<Heard> {
    let mut heard: Vec<Heard> = segments
        .iter()
        .map(|s| Heard {
            length: (s.end - s.start) as f32,
            ..Heard::default()
        })
        .collect();
    let mut lowest: Vec<Option<(u8, f32)>> = vec![None; segments.len()];
    for note in notes {
        let end = note.onset + note.duration.max(1);
        let first = segments.partition_point(|s| s.end <= note.onset);
        for (i, segment) in segments.iter().enumerate().skip(first) {
            if segment.start >= end {
                break;
            }
            let overlap = (end.min(segment.end) - note.onset.max(segment.start)) as f32;
            // A chord is struck where it begins: what starts with the segment says more.
            let accent = if (note.onset - segment.start).abs() <= WITH {
                1.5
            } else {
                1.0
            };
            let weight = overlap.min(LONG).sqrt() * accent;
            heard[i].weights[usize::from(note.pitch % 12)] += weight;
            heard[i].total += weight;
            let is_lower = match lowest[i] {
                None => true,
                Some((pitch, _)) => note.pitch < pitch,
            };
            if is_lower && overlap * 4.0 >= heard[i].length.min(LONG) {
                lowest[i] = Some((note.pitch, overlap));
            }
        }
    }
    for (heard, lowest) in heard.iter_mut().zip(lowest) {
        heard.bass = lowest.map(|(pitch, _)| pitch % 12);
    }
    heard
}

impl Heard {
    /// Of each chord. `prior`: how common each is.
    pub fn scores(&self, prior: &[f32]) -> [f32; STATES] {
        let mut scores = [0.0; STATES];
        if self.total <= 0.0 {
            return scores;
        }
        // Little evidence weighs little.
        let evidence = (self.total / (2.0 * self.length.min(LONG).sqrt())).min(1.0);
        let share = self.weights.map(|w| w / self.total);
        for (state, score) in scores.iter_mut().enumerate() {
            let chord = chord_of(state);
            let mut sum = 0.0;
            for (pc, &share) in share.iter().enumerate() {
                let is_tone = chord.has(pc as u8);
                sum += share * if is_tone { ON } else { OFF };
                if is_tone && share < 0.02 {
                    sum += MISSING;
                }
            }
            if let Some(bass) = self.bass {
                if bass == chord.root {
                    sum += BASS_ROOT;
                } else if chord.has(bass) {
                    sum += BASS_TONE;
                }
            }
            *score = (sum + prior[state]) * evidence;
        }
        scores
    }
}
