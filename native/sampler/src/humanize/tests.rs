//! The promises of humanising on random music, and how loose it is.

use continuo_midi::{MeterChange, Note, Song, TempoChange, Track};
use rand_chacha::ChaCha12Rng;
use rand_chacha::rand_core::Rng;

use super::grid::spread_of;
use super::*;
use crate::draw::stream;

/// The most that notes of one onset are apart.
const MOST_SPREAD_MS: f64 = 25.0;

struct Case {
    song: Song,
    region: Range<u32>,
    locks: Locks,
    part: Option<Part>,
}

impl Case {
    fn request(&self, amount: f64, seed: u64) -> HumanizeRequest<'_> {
        HumanizeRequest {
            song: &self.song,
            track: 0,
            region: self.region.clone(),
            part: self.part,
            locks: &self.locks,
            amount,
            seed,
        }
    }
}

fn below(random: &mut ChaCha12Rng, count: u32) -> u32 {
    ((u64::from(random.next_u32()) * u64::from(count)) >> 32) as u32
}

fn song(ppq: u16, tempo_qpm: f64, tracks: Vec<Track>) -> Song {
    Song {
        format: 1,
        ppq,
        duration_ticks: 0,
        tempo_map: vec![TempoChange { tick: 0, tempo_qpm }],
        meters: vec![MeterChange {
            tick: 0,
            numerator: 4,
            denominator: 4,
        }],
        tracks,
    }
}

/// Chords, runs, held and entangled notes, at any resolution and tempo.
fn random_case(seed: u64) -> Case {
    let mut random = stream(seed);
    let ppq = [24, 96, 100, 480, 960][below(&mut random, 5) as usize];
    let step = (u32::from(ppq) / [1, 2, 4, 6][below(&mut random, 4) as usize]).max(1);
    let mut notes = Vec::new();
    let mut tick = 0;
    while tick < 12 * 4 * u32::from(ppq) {
        for _ in 0..=below(&mut random, 4) {
            let played = below(&mut random, 3) * below(&mut random, 3);
            notes.push(Note {
                start_tick: tick + played * u32::from(ppq) / 96,
                duration_ticks: 1 + below(&mut random, 3 * step),
                pitch: 40 + below(&mut random, 30) as u8,
                velocity: 1 + below(&mut random, 127) as u8,
                channel: 3,
            });
        }
        tick += step * (1 + below(&mut random, 3));
    }
    notes.sort_by_key(|note| (note.start_tick, note.pitch));
    let start = below(&mut random, 6 * 4 * u32::from(ppq));
    let region = start..start + 1 + below(&mut random, 6 * 4 * u32::from(ppq));
    let locks = Locks {
        pitches: vec![45, 52],
        ..Locks::default()
    };
    let is_drums = below(&mut random, 3) == 0;
    let track = Track {
        is_drums,
        channel: 3,
        notes,
        ..Track::default()
    };
    Case {
        song: song(ppq, 40.0 + f64::from(below(&mut random, 200)), vec![track]),
        region,
        locks,
        part: Part::ALL.get(below(&mut random, 8) as usize).copied(),
    }
}

/// The whole track before and after, note by note.
fn whole(case: &Case, new: &[Note]) -> Vec<(Note, Note)> {
    let notes = &case.song.tracks[0].notes;
    let fixed = fixed_notes(&case.request(1.0, 0), notes);
    let mut new = new.iter();
    let after = notes
        .iter()
        .zip(fixed)
        .map(|(&note, is_fixed)| match is_fixed {
            true => (note, note),
            false => (note, *new.next().unwrap()),
        });
    let pairs = after.collect();
    assert!(new.next().is_none());
    pairs
}

fn most_at_once(notes: &[Note]) -> usize {
    let sounding = |tick: u32| {
        notes
            .iter()
            .filter(move |n| n.start_tick <= tick && tick < n.end_tick())
    };
    notes
        .iter()
        .map(|note| sounding(note.start_tick).count())
        .max()
        .unwrap_or(0)
}

#[test]
fn every_promise_is_kept_in_random_regions() {
    let mut changed = 0;
    for seed in 0..1000 {
        let case = random_case(seed);
        let ms = Clock::new(&case.song).ticks_a_ms(0);
        for amount in [0.3, 1.0] {
            let request = case.request(amount, seed);
            let (old, new) = (loose_notes(&request), humanize(&request));
            assert_eq!(new, humanize(&request), "the same seed, the same notes");
            assert_eq!(
                humanize(&case.request(0.0, seed)),
                old,
                "amount 0 changes nothing"
            );
            changed += usize::from(old != new);
            for (old, new) in old.iter().zip(&new) {
                assert!(case.region.contains(&old.start_tick) && !case.locks.holds(old));
                assert_eq!((old.pitch, old.channel), (new.pitch, new.channel));
                assert!(new.is_valid(), "{new:?}");
                assert!(case.region.contains(&new.start_tick), "{old:?} {new:?}");
                match old.end_tick() > case.region.end {
                    true => assert_eq!(old.end_tick(), new.end_tick()),
                    false => assert!(new.end_tick() <= case.region.end),
                }
            }
            let pairs = whole(&case, &new);
            for (index, (old, new)) in pairs.iter().enumerate() {
                for (other, moved) in &pairs[index + 1..] {
                    if old.start_tick < other.start_tick {
                        assert!(
                            new.start_tick < moved.start_tick,
                            "seed {seed}: {old:?} {other:?}"
                        );
                    } else {
                        let apart = new.start_tick.abs_diff(moved.start_tick);
                        assert!(f64::from(apart) <= MOST_SPREAD_MS * ms + 1.0, "seed {seed}");
                    }
                    if old.pitch == other.pitch && old.end_tick() <= other.start_tick {
                        assert!(
                            new.end_tick() <= moved.start_tick,
                            "seed {seed}: {old:?} {other:?}"
                        );
                    }
                }
            }
        }
    }
    assert!(changed > 1800, "{changed}");
}

#[test]
fn one_voice_stays_one_voice_and_what_is_joined_stays_joined() {
    for seed in 0..50 {
        let line = |index: u32| Note {
            start_tick: index * 240,
            duration_ticks: if index.is_multiple_of(3) { 120 } else { 240 },
            pitch: 60 + (index % 7) as u8,
            velocity: 90,
            channel: 0,
        };
        let track = Track {
            notes: (0..64).map(line).collect(),
            ..Track::default()
        };
        let case = Case {
            song: song(480, 100.0, vec![track]),
            region: 1920..9600,
            locks: Locks::default(),
            part: Some(Part::Melody),
        };
        let new = humanize(&case.request(1.0, seed));
        let pairs = whole(&case, &new);
        let after: Vec<Note> = pairs.iter().map(|(_, new)| *new).collect();
        assert_eq!(most_at_once(&after), 1);
        for two in pairs.windows(2) {
            let is_inside = case.region.contains(&two[0].0.start_tick);
            if is_inside && two[0].0.end_tick() == two[1].0.start_tick {
                assert_eq!(two[0].1.end_tick(), two[1].1.start_tick);
            }
        }
    }
}

/// Sixteenths of 64 bars, all alike.
fn flat(is_drums: bool, pitches: &[u8], step: u32) -> Track {
    let count = 64 * 1920 / step;
    let note = |index: u32| Note {
        start_tick: index * step,
        duration_ticks: step,
        pitch: pitches[index as usize % pitches.len()],
        velocity: 90,
        channel: 0,
    };
    Track {
        is_drums,
        notes: (0..count).map(note).collect(),
        ..Track::default()
    }
}

/// Standard deviations of onsets in milliseconds, and of velocities.
fn looseness(track: Track, part: Part, amount: f64) -> (f64, f64) {
    let old = track.notes.clone();
    let case = Case {
        song: song(480, 120.0, vec![track]),
        region: 0..64 * 1920,
        locks: Locks::default(),
        part: Some(part),
    };
    let new = humanize(&case.request(amount, 3));
    let late: Vec<f64> = old
        .iter()
        .zip(&new)
        .map(|(old, new)| (f64::from(new.start_tick) - f64::from(old.start_tick)) / 0.96)
        .collect();
    let loud: Vec<f64> = new.iter().map(|note| f64::from(note.velocity)).collect();
    assert!((spread_of(&loud).0 - 90.0).abs() < 1.5, "the level stays");
    (spread_of(&late).1, spread_of(&loud).1)
}

#[test]
fn amount_1_is_within_the_range_of_players_and_drums_are_the_tightest() {
    // Of 417 performances of drummers, a tenth and nine tenths: see docs/humanize.md.
    let hats = looseness(flat(true, &[42], 240), Part::Drums, 1.0);
    assert!(
        (12.9..=23.2).contains(&hats.0) && (13.0..=39.1).contains(&hats.1),
        "{hats:?}"
    );
    let kick = looseness(flat(true, &[36], 960), Part::Drums, 1.0);
    assert!(
        (12.9..=22.6).contains(&kick.0) && (8.1..=28.8).contains(&kick.1),
        "{kick:?}"
    );
    let melody = looseness(flat(false, &[72, 74, 76], 480), Part::Melody, 1.0);
    assert!(melody.0 > hats.0 && melody.0 < 25.0, "{melody:?}");
    assert!((6.0..=12.0).contains(&melody.1), "{melody:?}");
    let half = looseness(flat(false, &[72, 74, 76], 480), Part::Melody, 0.5);
    assert!((half.0 / melody.0 - 0.5).abs() < 0.05, "{half:?}");
}

#[test]
fn what_is_as_loose_as_players_hardly_gets_looser() {
    let mut track = flat(false, &[72, 74, 76], 480);
    let mut random = stream(8);
    for note in &mut track.notes {
        note.start_tick += below(&mut random, 80);
        note.velocity = 75 + below(&mut random, 31) as u8;
    }
    let old: Vec<f64> = (0..)
        .zip(&track.notes)
        .map(|(i, n)| f64::from(n.start_tick) - 480.0 * f64::from(i))
        .collect();
    let (_, before) = spread_of(&old);
    let case = Case {
        song: song(480, 120.0, vec![track]),
        region: 0..64 * 1920,
        locks: Locks::default(),
        part: Some(Part::Melody),
    };
    let new = humanize(&case.request(1.0, 3));
    let new: Vec<f64> = (0..)
        .zip(&new)
        .map(|(i, n)| f64::from(n.start_tick) - 480.0 * f64::from(i))
        .collect();
    let (_, after) = spread_of(&new);
    assert!(after < 1.1 * before, "{before} {after}");
}

#[test]
fn the_groove_of_the_bars_around_is_taken_up() {
    // Off-beats lie back and are soft, for eight bars; then four bars are written.
    let mut track = flat(false, &[48, 50], 240);
    track.notes.truncate(8 * 12);
    let mut random = stream(1);
    for (index, note) in track.notes.iter_mut().enumerate() {
        if note.start_tick >= 8 * 1920 {
            continue;
        }
        let is_off = index % 2 == 1;
        note.start_tick += below(&mut random, 6) + if is_off { 24 } else { 0 };
        note.velocity = if is_off { 70 } else { 100 };
    }
    let case = Case {
        song: song(480, 120.0, vec![track]),
        region: 8 * 1920..12 * 1920,
        locks: Locks::default(),
        part: Some(Part::Bass),
    };
    let old = loose_notes(&case.request(1.0, 0));
    let new = humanize(&case.request(1.0, 5));
    let late = |off: usize| {
        let pairs = old
            .iter()
            .zip(&new)
            .enumerate()
            .filter(|(i, _)| i % 2 == off);
        let all: Vec<f64> = pairs
            .map(|(_, (old, new))| f64::from(new.start_tick) - f64::from(old.start_tick))
            .collect();
        spread_of(&all).0
    };
    assert!(late(0) < 8.0 && late(1) > 20.0, "{} {}", late(0), late(1));
    let loud = |off: usize| {
        let all: Vec<f64> = new
            .iter()
            .skip(off)
            .step_by(2)
            .map(|note| f64::from(note.velocity))
            .collect();
        spread_of(&all).0
    };
    assert!(loud(0) - loud(1) > 20.0, "{} {}", loud(0), loud(1));
}
