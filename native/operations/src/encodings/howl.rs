//! Howl's encoding of files: a flat list of `[delay, duration, volume, pitch]`, and back.

use continuo_midi::{MeterChange, Note, Song, TempoChange, TempoMap, Track};
use continuo_tokenizer::howl::{Augmentation, HowlNote, MIDDLE_C, clamp_pitch, sequence};
use rand_chacha::ChaCha12Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use serde::{Deserialize, Serialize};

/// Decoded files: about half a millisecond a tick.
const PPQ: u16 = 960;
const TEMPO_QPM: f64 = 120.0;
const TICKS_PER_SECOND: f64 = PPQ as f64 * TEMPO_QPM / 60.0;
/// 24 hours; keeps every tick within what MIDI can say.
pub const MAX_SECONDS: f64 = 86_400.0;
const LOUDEST: f32 = 127.0;

/// `[delay, duration, volume, pitch]`: seconds, 0-1, semitones from C4.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Serialize)]
pub struct HowlRow(pub f32, pub f32, pub f32, pub i32);

impl From<HowlNote> for HowlRow {
    fn from(note: HowlNote) -> HowlRow {
        HowlRow(note.delay, note.duration, note.volume, note.pitch)
    }
}

impl HowlRow {
    /// The note of a row; a pitch outside moves into the nearest octave. `None` where a number is
    /// none, or negative, or past a day.
    pub fn note(&self) -> Option<HowlNote> {
        let &HowlRow(delay, duration, volume, pitch) = self;
        let is_time = |seconds: f32| (0.0..=MAX_SECONDS as f32).contains(&seconds);
        let is_note = is_time(delay) && is_time(duration) && (0.0..=1.0).contains(&volume);
        is_note.then(|| HowlNote {
            delay,
            duration,
            volume,
            pitch: clamp_pitch(pitch),
        })
    }
}

/// All tracks of a song together; drums are left out unless asked for.
pub fn howl_notes(song: &Song, with_drums: bool) -> Vec<HowlNote> {
    let tempo_map = TempoMap::of(song);
    let tracks = song
        .tracks
        .iter()
        .filter(|track| with_drums || !track.is_drums);
    let notes = tracks.flat_map(|track| &track.notes).map(|note| {
        let onset = tempo_map.seconds_from_ticks(note.start());
        let played = HowlNote {
            delay: 0.0,
            duration: (tempo_map.seconds_from_ticks(note.end()) - onset) as f32,
            volume: f32::from(note.velocity) / LOUDEST,
            pitch: clamp_pitch(i32::from(note.pitch) - MIDDLE_C),
        };
        (onset, played)
    });
    sequence(notes.collect())
}

/// The list as one change of Howl's augmentation makes it.
pub fn augmented(notes: &[HowlNote], seed: u64) -> Vec<HowlNote> {
    let mut random = ChaCha12Rng::seed_from_u64(seed);
    let change = Augmentation::draw(|| (random.next_u32() >> 8) as f32 / (1 << 24) as f32);
    notes.iter().map(|&note| change.apply(note)).collect()
}

/// A song of one piano track at 120 quarters a minute.
pub fn song_from_howl(notes: &[HowlNote]) -> Song {
    let mut seconds = 0.0;
    let tick = |seconds: f64| (seconds.min(MAX_SECONDS) * TICKS_PER_SECOND).round() as u32;
    let mut on_ticks: Vec<Note> = Vec::with_capacity(notes.len());
    for note in notes {
        seconds += f64::from(note.delay);
        let start_tick = tick(seconds);
        let end = tick(seconds + f64::from(note.duration)).max(start_tick + 1);
        on_ticks.push(Note {
            start_tick,
            duration_ticks: end - start_tick,
            pitch: (clamp_pitch(note.pitch) + MIDDLE_C) as u8,
            velocity: ((note.volume * LOUDEST).round() as i32).clamp(1, 127) as u8,
            channel: 0,
        });
    }
    on_ticks.sort_by_key(|n| (n.start_tick, n.pitch));
    let duration_ticks = on_ticks.iter().map(Note::end_tick).max().unwrap_or(0);
    Song {
        format: 1,
        ppq: PPQ,
        duration_ticks,
        tempo_map: vec![TempoChange {
            tick: 0,
            tempo_qpm: TEMPO_QPM,
        }],
        meters: vec![MeterChange {
            tick: 0,
            numerator: 4,
            denominator: 4,
        }],
        tracks: vec![Track {
            name: "Piano".to_owned(),
            notes: on_ticks,
            ..Track::default()
        }],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_survives_the_way_through_a_file() {
        let rows = [
            HowlRow(0.0, 1.0, 0.3, 0),
            HowlRow(1.0, 1.0, 1.0, 23),
            HowlRow(2.0, 1.0, 1.0, -54),
        ];
        let notes: Vec<HowlNote> = rows.iter().filter_map(HowlRow::note).collect();
        let bytes = continuo_midi::write_new(&song_from_howl(&notes)).expect("a song");
        let again = howl_notes(&continuo_midi::parse_song(&bytes).expect("a file"), false);
        assert_eq!(again.len(), 3);
        for (note, HowlRow(delay, duration, volume, pitch)) in again.iter().zip(rows) {
            assert!((note.delay - delay).abs() < 1e-3 && (note.duration - duration).abs() < 1e-3);
            assert!((note.volume - volume).abs() < 0.005);
            assert_eq!(note.pitch, pitch);
        }
    }

    #[test]
    fn numbers_that_are_no_note_are_refused_and_pitches_are_clamped() {
        for wrong in [
            HowlRow(-0.1, 1.0, 0.5, 0),
            HowlRow(0.0, f32::NAN, 0.5, 0),
            HowlRow(0.0, 1.0, 1.5, 0),
            HowlRow(1e9, 1.0, 0.5, 0),
        ] {
            assert_eq!(wrong.note(), None, "{wrong:?}");
        }
        let high = HowlRow(0.0, 1.0, 0.5, 67).note().expect("a note");
        assert_eq!(high.pitch, 55, "MIDI 127 is G9, which moves to octave 8");
    }

    #[test]
    fn augmentation_repeats_with_its_seed() {
        let notes = [HowlNote {
            delay: 0.5,
            duration: 1.0,
            volume: 0.5,
            pitch: 0,
        }];
        assert_eq!(augmented(&notes, 3), augmented(&notes, 3));
        assert_ne!(augmented(&notes, 3), augmented(&notes, 4));
    }
}
