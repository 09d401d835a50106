//! A piece as Howl reads it: one flat list of notes in seconds.

use crate::stored::TempoPoint;
use continuo_tokenizer::PieceView;
use continuo_tokenizer::grid::{FINE, FINE_PPQ};
use continuo_tokenizer::howl::{HowlNote, MIDDLE_C, clamp_pitch, sequence};
use continuo_tokenizer::vocabulary::DRUMS;

/// All instruments together, sorted by onset rounded to 0.01 s, ties by pitch, low first. Drums are
/// left out unless asked for.
pub fn howl_notes(piece: PieceView<'_>, tempos: &[TempoPoint], with_drums: bool) -> Vec<HowlNote> {
    let clock = Clock::new(tempos);
    let is_drums = |track: u16| piece.sounds.get(usize::from(track)) == Some(&DRUMS);
    let notes = piece
        .notes
        .iter()
        .filter(|note| with_drums || !is_drums(note.track))
        .map(|note| {
            let start = note.exact();
            let end = start + i64::from(note.duration) * FINE;
            let onset = clock.seconds(start.max(0));
            let played = HowlNote {
                delay: 0.0,
                duration: (clock.seconds(end.max(0)) - onset) as f32,
                volume: f32::from(note.velocity) / 127.0,
                pitch: clamp_pitch(i32::from(note.pitch) - MIDDLE_C),
            };
            (onset, played)
        });
    sequence(notes.collect())
}

/// Seconds of fine ticks, by the tempo map.
struct Clock {
    /// Fine tick, seconds there, seconds a fine tick from there on.
    points: Vec<(i64, f64, f64)>,
}

impl Clock {
    fn new(tempos: &[TempoPoint]) -> Clock {
        let mut points: Vec<(i64, f64, f64)> = Vec::with_capacity(tempos.len());
        for tempo in tempos {
            let at = tempo.onset.to_fine();
            let pace = f64::from(tempo.microseconds_per_quarter) / 1e6 / FINE_PPQ as f64;
            let seconds = points.last().map_or(0.0, |(from, seconds, pace)| {
                seconds + (at - from) as f64 * pace
            });
            points.push((at, seconds, pace));
        }
        if points.is_empty() {
            points.push((0, 0.0, 0.5 / FINE_PPQ as f64));
        }
        Clock { points }
    }

    fn seconds(&self, at: i64) -> f64 {
        let after = self.points.partition_point(|p| p.0 <= at).max(1);
        let (from, seconds, pace) = self.points[after - 1];
        seconds + (at - from) as f64 * pace
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use continuo_tokenizer::GridNote;
    use continuo_tokenizer::grid::GridTick;

    #[test]
    fn onsets_follow_the_tempo_map_and_ties_go_by_pitch() {
        let note = |onset, pitch| GridNote {
            onset: GridTick(onset),
            duration: 24,
            track: 0,
            pitch,
            velocity: 127,
            micro: 0,
        };
        let drum = GridNote {
            track: 1,
            ..note(0, 36)
        };
        let quiet = GridNote {
            velocity: 32,
            ..note(48, 62)
        };
        let notes = [drum, note(0, 64), note(0, 60), quiet];
        let piece = PieceView {
            bars: &[],
            sounds: &[0, DRUMS],
            notes: &notes,
        };
        let tempo = |onset, microseconds_per_quarter| TempoPoint {
            onset: GridTick(onset),
            microseconds_per_quarter,
        };
        // A second a quarter, then half of that.
        let tempos = [tempo(0, 1_000_000), tempo(24, 500_000)];
        let found = howl_notes(piece, &tempos, false);
        let expected = [(0.0, 1.0, 0), (0.0, 1.0, 4), (1.5, 0.5, 2)];
        assert_eq!(found.len(), 3);
        for (note, (delay, duration, pitch)) in found.iter().zip(expected) {
            assert_eq!(
                (note.delay, note.duration, note.pitch),
                (delay, duration, pitch)
            );
        }
        assert_eq!((found[0].volume, found[2].volume), (1.0, 32.0 / 127.0));
        assert_eq!(howl_notes(piece, &tempos, true).len(), 4);
    }
}
