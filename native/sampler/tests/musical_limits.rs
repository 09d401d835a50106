//! What holds a part together without being asked for: its kit, its range, its voices. Statistics over 100
//! regions, with a model that knows nothing.

mod support;

use continuo_midi::{Note, Song, Track};
use continuo_sampler::{CancelFlag, Engine};
use continuo_tokenizer::part::Part;
use support::{Dice, engine, fill, request};

const PPQ: u16 = 480;
const BAR: u32 = 4 * PPQ as u32;
const REGIONS: u64 = 100;

/// A part of 24 bars, a note each `step` ticks, of the pitches given.
fn part(dice: &mut Dice, step: u32, pitches: &[u8], is_drums: bool) -> Track {
    let note = |tick| Note {
        start_tick: tick,
        duration_ticks: step,
        pitch: pitches[dice.below(pitches.len() as u32) as usize],
        velocity: 80,
        channel: if is_drums { 9 } else { 0 },
    };
    let notes: Vec<Note> = (0..24 * BAR / step).map(|i| i * step).map(note).collect();
    Track {
        channel: if is_drums { 9 } else { 0 },
        program: if is_drums { 0 } else { 33 },
        is_drums,
        notes,
        ..Track::default()
    }
}

fn song_of(tracks: Vec<Track>) -> Song {
    Song {
        format: 1,
        ppq: PPQ,
        duration_ticks: 24 * BAR,
        tracks,
        ..Song::default()
    }
}

/// The new notes of 100 fills of a part that `make` gives.
fn fills(make: impl Fn(&mut Dice) -> Track, bars: u32) -> Vec<(Track, Vec<Note>)> {
    let mut engine = engine(5);
    (0..REGIONS)
        .map(|seed| {
            let mut dice = Dice(seed);
            let song = song_of(vec![make(&mut dice)]);
            let start = (2 + dice.below(8)) * BAR;
            let mut request = request(&song, 0, start, start + bars * BAR);
            request.sampling.seed = seed;
            request.sampling.temperature = 1.0;
            let result = fill(&mut engine, &request).expect("a fill");
            (song.tracks[0].clone(), result.candidates[0].notes.clone())
        })
        .collect()
}

#[test]
fn a_drum_track_keeps_to_its_own_kit_however_foreign() {
    let kits: [&[u8]; 3] = [&[60, 61, 62, 63, 64], &[27, 30, 90], &[35, 40, 75, 76]];
    let make = |dice: &mut Dice| {
        let kit = kits[dice.below(3) as usize];
        part(dice, BAR / 8, kit, true)
    };
    let mut hits = 0;
    for (track, notes) in fills(make, 4) {
        hits += notes.len();
        let foreign = notes
            .iter()
            .find(|n| track.notes.iter().all(|own| own.pitch != n.pitch));
        assert_eq!(foreign, None);
    }
    assert!(hits > 1000, "{hits} hits");
}

#[test]
fn a_bass_does_not_climb_in_twelve_bars() {
    let make = |dice: &mut Dice| part(dice, BAR / 4, &[33, 36, 38, 40, 43], false);
    let mut count = 0;
    for (_, notes) in fills(make, 12) {
        count += notes.len();
        assert!(notes.iter().all(|n| (31..=45).contains(&n.pitch)));
    }
    assert!(count > 1000, "{count} notes");
}

#[test]
fn one_voice_does_not_split() {
    let make = |dice: &mut Dice| part(dice, BAR / 8, &[60, 62, 64, 65, 67, 69, 71, 72], false);
    let mut count = 0;
    for (_, notes) in fills(make, 4) {
        count += notes.len();
        let split = notes
            .windows(2)
            .find(|pair| pair[1].start_tick < pair[0].end_tick());
        assert_eq!(split, None);
    }
    assert!(count > 1000, "{count} notes");
}

/// A song of chords by one track, and an empty track with a program.
fn song_for_new_part(program: u8) -> Song {
    let chords = (0..24u32).flat_map(|bar| {
        let root = [57, 53, 60, 55][bar as usize % 4];
        [0, 4, 7].map(|interval| Note {
            start_tick: bar * BAR,
            duration_ticks: BAR,
            pitch: root + interval,
            velocity: 70,
            channel: 0,
        })
    });
    let piano = Track {
        notes: chords.collect(),
        ..Track::default()
    };
    let new = Track {
        channel: 1,
        program,
        ..Track::default()
    };
    song_of(vec![piano, new])
}

fn new_part(
    engine: &mut Engine,
    role: Part,
    program: u8,
    seed: u64,
    count: usize,
) -> Vec<Vec<Note>> {
    let song = song_for_new_part(program);
    let mut request = request(&song, 1, 4 * BAR, 12 * BAR);
    request.controls.part = Some(role);
    request.sampling.seed = seed;
    request.sampling.candidates = count;
    let result = fill(engine, &request).expect("a part");
    result.candidates.into_iter().map(|c| c.notes).collect()
}

#[test]
fn a_new_part_lies_where_its_instrument_plays_and_has_the_voices_of_its_role() {
    let mut engine = engine(5);
    for (role, program, (low, high), voices) in [
        (Part::Bass, 33, (28, 49), 1),
        (Part::Melody, 73, (60, 83), 1),
        (Part::Melody, 56, (54, 82), 1),
        (Part::Counter, 71, (50, 83), 1),
        (Part::Chords, 4, (45, 73), 5),
    ] {
        let mut count = 0;
        for seed in 0..REGIONS / 5 {
            let found = new_part(&mut engine, role, program, seed, 1);
            count += found[0].len();
            for note in &found[0] {
                assert!((low..=high).contains(&note.pitch), "{role:?} {note:?}");
                let here = |n: &&Note| (n.start_tick..n.end_tick()).contains(&note.start_tick);
                assert!(found[0].iter().filter(here).count() <= voices, "{role:?}");
            }
        }
        assert!(count > 100, "{role:?}: {count} notes");
    }
}

#[test]
fn a_tune_that_is_not_written_yet_does_not_pull_the_chords_down() {
    let mut engine = engine(5);
    let mut song = song_for_new_part(4);
    song.tracks.push(Track {
        channel: 2,
        program: 65,
        ..Track::default()
    });
    let mut request = request(&song, 1, 4 * BAR, 12 * BAR);
    request.controls.part = Some(Part::Chords);
    let result = fill(&mut engine, &request).expect("chords");
    let lowest = result.candidates[0].notes.iter().map(|n| n.pitch).min();
    assert!(lowest >= Some(45), "{lowest:?}");
}

#[test]
fn one_new_part_is_the_best_of_those_that_four_would_give() {
    let mut engine = engine(5);
    let four = new_part(&mut engine, Part::Melody, 73, 3, 4);
    let one = new_part(&mut engine, Part::Melody, 73, 3, 1);
    assert_eq!(one[..], four[..1]);
}

#[test]
fn only_the_draws_that_are_given_are_told() {
    let song = song_for_new_part(73);
    let mut request = request(&song, 1, 4 * BAR, 12 * BAR);
    request.controls.part = Some(Part::Melody);
    request.sampling.candidates = 2;
    let mut told = Vec::new();
    let result = engine(5)
        .fill(&request, &CancelFlag::new(), &mut |progress| {
            told.extend(progress.finished.to_vec());
        })
        .expect("a part");
    assert_eq!(told, result.candidates);
}
