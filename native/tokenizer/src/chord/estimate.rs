//! Which chords sound: Viterbi over templates, one or two a bar.
//!
//! Each segment is scored against every root and quality by the weight of its pitch classes, its
//! bass and the key; changes cost, inside a bar more than at its line. The confidence is the
//! posterior of the chosen chord (forward-backward over the same scores).

use super::{Chord, ChordSpan, Quality};
use crate::grid::QUARTER;
use crate::key::Key;

/// A note to hear: grid ticks, MIDI pitch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChordNote {
    pub onset: i32,
    pub duration: i32,
    pub pitch: u8,
}

const STATES: usize = 12 * super::QUALITIES;
/// Bars of at least so many grid ticks, if divisible, are heard in halves.
const SPLIT_BAR: i32 = 4 * QUARTER;
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
/// Score of a chord that has a tone outside the key, each.
const OUT_OF_KEY: f32 = -0.6;
const CHANGE_AT_BAR: f32 = -1.0;
const CHANGE_INSIDE: f32 = -2.2;

/// Chords of the bars `[first, first + bars.len())`; `bars` give (start, length) in the notes' time.
///
/// `notes`: pitched, any order. Segments in which nothing sounds continue the chord before, with
/// what confidence that leaves; where nothing sounds at all there is none.
pub fn estimate(bars: &[(i32, i32)], notes: &[ChordNote], key: Option<Key>) -> Vec<ChordSpan> {
    let segments = segments(bars);
    if segments.is_empty() {
        return Vec::new();
    }
    let heard = hear(&segments, notes);
    let prior: Vec<f32> = templates().map(|chord| chord_prior(&chord, key)).collect();
    let scores: Vec<[f32; STATES]> = heard.iter().map(|h| h.scores(&prior)).collect();
    let changes: Vec<f32> = segments
        .iter()
        .map(|s| if s.is_bar_start { CHANGE_AT_BAR } else { CHANGE_INSIDE } - (STATES as f32).ln() * 0.5)
        .collect();
    let path = viterbi(&scores, &changes);
    let posterior = posteriors(&scores, &changes, &path);
    let mut spans: Vec<ChordSpan> = Vec::new();
    for (i, segment) in segments.iter().enumerate() {
        let chord = chord_of(path[i]);
        let is_silent = heard.iter().all(|h| h.total <= 0.0);
        let chord = (!is_silent).then_some(chord);
        match spans.last_mut() {
            Some(last) if last.chord == chord && last.end == segment.start => {
                let (old, new) = (
                    (last.end - last.start) as f32,
                    (segment.end - segment.start) as f32,
                );
                last.confidence = (last.confidence * old + posterior[i] * new) / (old + new);
                last.end = segment.end;
            }
            _ => spans.push(ChordSpan {
                start: segment.start,
                end: segment.end,
                chord,
                confidence: if is_silent { 0.0 } else { posterior[i] },
            }),
        }
    }
    set_basses(&mut spans, notes);
    spans
}

#[derive(Clone, Copy, Debug)]
struct Segment {
    start: i32,
    end: i32,
    is_bar_start: bool,
}

fn segments(bars: &[(i32, i32)]) -> Vec<Segment> {
    let mut segments = Vec::with_capacity(bars.len() * 2);
    for &(start, length) in bars {
        let end = start + length.max(1);
        let half = length / 2;
        if length >= SPLIT_BAR && length % 2 == 0 {
            segments.push(Segment {
                start,
                end: start + half,
                is_bar_start: true,
            });
            segments.push(Segment {
                start: start + half,
                end,
                is_bar_start: false,
            });
        } else {
            segments.push(Segment {
                start,
                end,
                is_bar_start: true,
            });
        }
    }
    segments
}

/// What sounds in one segment.
#[derive(Clone, Copy, Debug, Default)]
struct Heard {
    /// Sounding time of each pitch class, weighted.
    weights: [f32; 12],
    total: f32,
    /// Lowest pitch by time: sum over the segment of what is lowest.
    bass: Option<u8>,
    length: f32,
}

fn hear(segments: &[Segment], notes: &[ChordNote]) -> Vec<Heard> {
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
    fn scores(&self, prior: &[f32]) -> [f32; STATES] {
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

fn chord_of(state: usize) -> Chord {
    Chord::new(
        (state / super::QUALITIES) as u8,
        Quality::ALL[state % super::QUALITIES],
    )
}

fn templates() -> impl Iterator<Item = Chord> {
    (0..STATES).map(chord_of)
}

/// How common a chord is, in a key.
fn chord_prior(chord: &Chord, key: Option<Key>) -> f32 {
    let common = match chord.quality {
        Quality::Major | Quality::Minor => 0.6,
        Quality::Dominant7 => 0.0,
        Quality::Minor7 | Quality::Major7 => -0.2,
        Quality::Power => -0.4,
        Quality::Suspended4 | Quality::Suspended2 => -0.9,
        Quality::Diminished | Quality::HalfDiminished7 => -0.6,
        Quality::Augmented | Quality::Diminished7 => -1.2,
    };
    let Some(key) = key else { return common };
    let major = key.relative_major();
    let outside = (0..12u8)
        .filter(|&pc| chord.has(pc) && !is_diatonic(pc, major))
        .count();
    // The dominant of a minor key has a leading note.
    let is_dominant = key.is_minor && chord.root == (key.tonic + 7) % 12;
    let outside = if is_dominant {
        outside.saturating_sub(1)
    } else {
        outside
    };
    common + outside as f32 * OUT_OF_KEY
}

fn is_diatonic(pitch_class: u8, major: u8) -> bool {
    matches!((pitch_class + 12 - major) % 12, 0 | 2 | 4 | 5 | 7 | 9 | 11)
}

fn viterbi(scores: &[[f32; STATES]], changes: &[f32]) -> Vec<usize> {
    let mut best = scores[0];
    let mut from: Vec<[u16; STATES]> = Vec::with_capacity(scores.len());
    for (score, &change) in scores.iter().zip(changes).skip(1) {
        let (top, top_score) = argmax(&best);
        let mut back = [0u16; STATES];
        let mut next = [0.0; STATES];
        for state in 0..STATES {
            let (stay, move_in) = (best[state], top_score + change);
            (next[state], back[state]) = if stay >= move_in {
                (stay + score[state], state as u16)
            } else {
                (move_in + score[state], top as u16)
            };
        }
        best = next;
        from.push(back);
    }
    let mut state = argmax(&best).0;
    let mut path = vec![state];
    for back in from.iter().rev() {
        state = usize::from(back[state]);
        path.push(state);
    }
    path.reverse();
    path
}

fn argmax(scores: &[f32; STATES]) -> (usize, f32) {
    let mut best = (0, f32::NEG_INFINITY);
    for (i, &score) in scores.iter().enumerate() {
        if score > best.1 {
            best = (i, score);
        }
    }
    best
}

/// Posterior of the path's state in each segment, by forward-backward.
fn posteriors(scores: &[[f32; STATES]], changes: &[f32], path: &[usize]) -> Vec<f32> {
    let n = scores.len();
    let exp = |score: &[f32; STATES]| {
        let top = argmax(score).1;
        score.map(|s| (s - top).exp())
    };
    let emissions: Vec<[f32; STATES]> = scores.iter().map(exp).collect();
    let step = |state: &[f32; STATES], change: f32| {
        let total: f32 = state.iter().sum();
        let c = change.exp();
        let mut next = state.map(|s| s + c * total);
        let sum: f32 = next.iter().sum();
        next.iter_mut().for_each(|s| *s /= sum.max(1e-30));
        next
    };
    let mut forward = Vec::with_capacity(n);
    let mut state = [1.0; STATES];
    for i in 0..n {
        if i > 0 {
            state = step(&state, changes[i]);
        }
        for (s, e) in state.iter_mut().zip(&emissions[i]) {
            *s *= e;
        }
        forward.push(state);
    }
    let mut posterior = vec![0.0; n];
    let mut back = [1.0; STATES];
    for i in (0..n).rev() {
        let mut product = [0.0; STATES];
        for s in 0..STATES {
            product[s] = forward[i][s] * back[s];
        }
        let total: f32 = product.iter().sum();
        posterior[i] = product[path[i]] / total.max(1e-30);
        if i > 0 {
            let mut with = [0.0; STATES];
            for s in 0..STATES {
                with[s] = back[s] * emissions[i][s];
            }
            back = step(&with, changes[i]);
        }
    }
    posterior
}

/// Name the lowest note where it is a tone of the chord for most of a span.
fn set_basses(spans: &mut [ChordSpan], notes: &[ChordNote]) {
    for span in spans.iter_mut() {
        let Some(chord) = span.chord.as_mut() else {
            continue;
        };
        let near: Vec<&ChordNote> = notes
            .iter()
            .filter(|n| n.onset < span.end && n.onset + n.duration.max(1) > span.start)
            .collect();
        let mut time = [0usize; 12];
        let mut total = 0;
        let step = ((span.end - span.start) / 8).max(6) as usize;
        for at in (span.start..span.end).step_by(step) {
            let sounding = near
                .iter()
                .filter(|n| n.onset <= at && at < n.onset + n.duration.max(1));
            if let Some(lowest) = sounding.map(|n| n.pitch).min() {
                time[usize::from(lowest % 12)] += 1;
                total += 1;
            }
        }
        let bass = (0..12u8).find(|&pc| time[usize::from(pc)] * 10 > total * 6);
        if let Some(bass) = bass.filter(|&pc| chord.has(pc)) {
            chord.bass = bass;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BAR: i32 = 4 * QUARTER;

    /// Block chords of whole bars.
    fn chorale(chords: &[&[u8]]) -> Vec<ChordNote> {
        chords
            .iter()
            .zip(0..)
            .flat_map(|(pitches, bar)| {
                pitches.iter().map(move |&pitch| ChordNote {
                    onset: bar * BAR,
                    duration: BAR,
                    pitch,
                })
            })
            .collect()
    }

    fn bars(count: i32) -> Vec<(i32, i32)> {
        (0..count).map(|bar| (bar * BAR, BAR)).collect()
    }

    fn names(spans: &[ChordSpan]) -> Vec<String> {
        spans
            .iter()
            .map(|s| s.chord.map_or("-".to_owned(), |c| c.to_string()))
            .collect()
    }

    #[test]
    fn four_chords_are_heard_with_their_basses() {
        let notes = chorale(&[
            &[45, 60, 64, 69],
            &[41, 60, 65, 69],
            &[48, 60, 64, 67],
            &[47, 55, 62, 67],
        ]);
        let spans = estimate(&bars(4), &notes, None);
        assert_eq!(names(&spans), ["Am", "F", "C", "G/B"]);
        assert!(spans.iter().all(|s| s.confidence > 0.5), "{spans:?}");
    }

    #[test]
    fn a_change_in_mid_bar_is_found_and_silence_has_none() {
        let mut notes = chorale(&[&[36, 55, 60, 64]]);
        notes.iter_mut().for_each(|n| n.duration = BAR / 2);
        notes.extend([43, 55, 59, 62].map(|pitch| ChordNote {
            onset: BAR / 2,
            duration: BAR / 2,
            pitch,
        }));
        let spans = estimate(&bars(1), &notes, None);
        assert_eq!(names(&spans), ["C", "G"]);
        let silent = estimate(&bars(2), &[], None);
        assert_eq!(names(&silent), ["-"]);
        assert!(estimate(&[], &notes, None).is_empty());
    }

    #[test]
    fn a_broken_chord_with_passing_notes_is_one_chord() {
        let pitches = [48, 60, 64, 67, 72, 71, 67, 64];
        let notes: Vec<ChordNote> = pitches
            .iter()
            .zip(0..)
            .map(|(&pitch, i)| ChordNote {
                onset: i * 12,
                duration: 12,
                pitch,
            })
            .collect();
        assert_eq!(names(&estimate(&bars(1), &notes, None)), ["C"]);
    }
}
