//! Which chords sound in a song, as the models hear them.

use continuo_midi::{Song, Tick};
use continuo_sampler::ChordAt;
use continuo_tokenizer::chord::{ChordNote, estimate};
use continuo_tokenizer::grid::{GridTick, tick_from_grid};
use continuo_tokenizer::key;
use continuo_tokenizer::piece::Piece;
use continuo_tokenizer::vocabulary::DRUMS;
use serde::Serialize;

/// A chord and how long it holds, half-open.
#[derive(Debug, Serialize, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct ChordEntry {
    pub start_tick: Tick,
    pub end_tick: Tick,
    /// From 1; the bar that it starts in.
    pub bar: u32,
    /// Such as "F#m7" or "C/E".
    pub symbol: String,
    /// 0-1.
    pub confidence: f32,
}

/// One or two a bar, equal neighbours as one; nothing where no pitch sounds at all.
pub fn chords_of(song: &Song) -> Vec<ChordEntry> {
    let heard = heard_chords(song).into_iter();
    heard
        .filter_map(
            |HeardChord {
                 at,
                 bar,
                 confidence,
             }| {
                Some(ChordEntry {
                    start_tick: at.start_tick,
                    end_tick: at.end_tick,
                    bar,
                    symbol: at.chord?.to_string(),
                    confidence,
                })
            },
        )
        .collect()
}

/// A chord with what is known of it; `None` is silence.
pub struct HeardChord {
    pub at: ChordAt,
    /// From 1.
    pub bar: u32,
    /// 0-1.
    pub confidence: f32,
}

pub fn heard_chords(song: &Song) -> Vec<HeardChord> {
    let piece = Piece::from_song(song);
    let view = piece.view();
    let is_pitched = |track: u16| view.sounds.get(usize::from(track)) != Some(&DRUMS);
    let mut chroma = [0.0; 12];
    let notes: Vec<ChordNote> = view
        .notes
        .iter()
        .filter(|note| is_pitched(note.track))
        .map(|note| ChordNote {
            onset: note.onset().since(GridTick::ZERO),
            duration: i32::from(note.duration),
            pitch: note.pitch,
        })
        .collect();
    for note in &notes {
        chroma[usize::from(note.pitch % 12)] += note.duration as f32;
    }
    let times = view.bars.iter();
    let times: Vec<(i32, i32)> = times
        .map(|bar| (bar.start.since(GridTick::ZERO), i32::from(bar.length)))
        .collect();
    let grid = |time: i32| GridTick::ZERO.moved(time);
    let bar_of = |start| view.bars.partition_point(|bar| bar.start <= start) as u32;
    let spans = estimate(&times, &notes, key::estimate(&chroma)).into_iter();
    spans
        .map(|span| HeardChord {
            at: ChordAt {
                start_tick: tick_from_grid(grid(span.start), song.ppq),
                end_tick: tick_from_grid(grid(span.end), song.ppq),
                chord: span.chord,
            },
            bar: bar_of(grid(span.start)),
            confidence: span.confidence,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use continuo_midi::{MeterChange, Note, TempoChange, Track};

    use super::*;

    #[test]
    fn a_cadence_is_heard_bar_by_bar() {
        let chords = [[57, 60, 64], [53, 57, 60], [55, 59, 62], [60, 64, 67]];
        let note = |(bar, pitch): (usize, u8)| Note {
            start_tick: bar as u32 * 1920,
            duration_ticks: 1900,
            pitch,
            velocity: 80,
            channel: 0,
        };
        let notes = (chords.iter().enumerate())
            .flat_map(|(bar, pitches)| pitches.map(|pitch| note((bar, pitch))))
            .collect();
        let song = Song {
            format: 1,
            ppq: 480,
            duration_ticks: 4 * 1920,
            tempo_map: vec![TempoChange {
                tick: 0,
                tempo_qpm: 120.0,
            }],
            meters: vec![MeterChange {
                tick: 0,
                numerator: 4,
                denominator: 4,
            }],
            tracks: vec![Track {
                notes,
                ..Track::default()
            }],
        };
        let found = chords_of(&song);
        let symbols: Vec<(u32, &str)> = found
            .iter()
            .map(|chord| (chord.bar, chord.symbol.as_str()))
            .collect();
        assert_eq!(symbols, [(1, "Am"), (2, "F"), (3, "G"), (4, "C")]);
        let second = (found[1].start_tick, found[1].end_tick);
        assert_eq!(second, (Tick(1920), Tick(3840)));
        assert!(found.iter().all(|chord| chord.confidence > 0.5));
        assert_eq!(chords_of(&Song::default()), []);
    }
}
