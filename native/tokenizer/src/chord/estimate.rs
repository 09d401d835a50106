//! Which chords sound: Viterbi over templates, one or two a bar.
//!
//! Each segment is scored against every root and quality by the weight of its pitch classes, its
//! bass and the key; changes cost, inside a bar more than at its line. The confidence is the
//! posterior of the chosen chord (forward-backward over the same scores).

mod heard;
mod path;
mod segment;
mod template;

use self::heard::hear;
use self::path::{posteriors, viterbi};
use self::segment::segments;
use self::template::{STATES, chord_of, chord_prior, templates};
use super::ChordSpan;
use crate::key::Key;

pub use self::heard::ChordNote;

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
    use crate::grid::QUARTER;

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
