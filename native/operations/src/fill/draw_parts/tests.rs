//! Fills of several blocks and parts, by an engine that records its requests.

mod fake;

use std::ops::Range;

use continuo_midi::{MeterChange, Note, Song, Track};
use continuo_sampler::{CancelFlag, Controls, Locks, Mode, Rhythm, SamplerError, Sampling};

use self::fake::{Fake, note};
use super::*;

const BAR: u32 = 1920;

/// Two tracks with a note in the middle of each of 40 bars.
fn song() -> Song {
    let track = |pitch| Track {
        notes: (0..40).map(|bar| note(bar * BAR + 960, pitch)).collect(),
        ..Track::default()
    };
    Song {
        ppq: 480,
        duration_ticks: 40 * BAR,
        meters: vec![MeterChange {
            tick: 0,
            numerator: 4,
            denominator: 4,
        }],
        tracks: vec![track(110), track(111)],
        ..Song::default()
    }
}

fn request<'a>(song: &'a Song, parts: &'a [Part]) -> PartsRequest<'a> {
    PartsRequest {
        song,
        parts,
        mode: Mode::Fill,
        controls: Controls::default(),
        sampling: Sampling::default(),
        locks: vec![Locks::default(); parts.len()],
    }
}

fn part(track: usize, bars: Range<u32>) -> Part {
    let region = bars.start * BAR..bars.end * BAR;
    Part {
        track,
        region,
        role: None,
    }
}

fn drawn(engine: &mut Fake, request: &PartsRequest<'_>) -> Result<PartsResult, SamplerError> {
    draw_parts(engine, request, &CancelFlag::new(), &mut |_| ())
}

#[test]
fn each_block_hears_what_was_just_written_and_nothing_that_makes_room() {
    let (song, parts) = (song(), [part(0, 2..38)]);
    let mut engine = Fake::default();
    let result = drawn(&mut engine, &request(&song, &parts)).expect("fills");
    let starts: Vec<u32> = engine.asked.iter().map(|a| a.region.start / BAR).collect();
    assert_eq!(starts, [2, 9, 16, 23, 30]);
    assert_eq!(result.removed[0], song.tracks[0].notes[2..38]);
    let written = &result.candidates[0].notes[0];
    assert_eq!(written.len(), 5);
    for (index, asked) in engine.asked.iter().enumerate() {
        let outside = |note: &&Note| !parts[0].region.contains(&note.start_tick);
        let mut expected: Vec<Note> = song.tracks[0]
            .notes
            .iter()
            .filter(outside)
            .copied()
            .collect();
        expected.extend_from_slice(&written[..index]);
        expected.extend_from_slice(&asked.removed);
        expected.sort_by_key(|note| note.start_tick);
        assert_eq!(asked.heard, expected);
        let inside = |note: &&Note| asked.region.contains(&note.start_tick);
        assert_eq!(
            asked.removed.iter().filter(inside).count(),
            asked.removed.len()
        );
    }
    assert_eq!(result.candidates[0].whole.copied, 0.5);
    assert_eq!(result.candidates[0].whole.seed, 0);
}

#[test]
fn a_fill_much_thinner_than_the_old_notes_says_so() {
    let mut song = song();
    song.tracks[0].notes = (0..40 * 4).map(|beat| note(beat * BAR / 4, 110)).collect();
    let warned = |bars: Range<u32>, density: Option<u8>| {
        let parts = [part(0, bars)];
        let mut request = request(&song, &parts);
        request.controls.density = density;
        let result = drawn(&mut Fake::default(), &request).expect("fills");
        let found = result
            .warnings
            .into_iter()
            .find(|w| w.code == "FILL_SPARSE");
        found.map(|warning| warning.message)
    };
    let message = warned(0..40, None).expect("5 notes for 160");
    assert!(message.starts_with("5 notes take the place of 160;"));
    // Few old notes, and what was wished for.
    assert_eq!(warned(0..24, None), None);
    assert_eq!(warned(0..40, Some(1)), None);
}

#[test]
fn short_regions_are_one_draw() {
    let (song, parts) = (song(), [part(0, 2..10)]);
    let mut engine = Fake::default();
    drawn(&mut engine, &request(&song, &parts)).expect("fills");
    assert_eq!(engine.asked.len(), 1);
}

#[test]
fn what_the_model_does_not_reach_is_drawn_by_halves() {
    let (song, parts) = (song(), [part(0, 0..8)]);
    let mut engine = Fake {
        reaches: Some(2 * BAR),
        ..Fake::default()
    };
    let result = drawn(&mut engine, &request(&song, &parts)).expect("fills");
    let starts =
        |notes: &[Note]| -> Vec<u32> { notes.iter().map(|n| n.start_tick / BAR).collect() };
    assert_eq!(starts(&result.candidates[0].notes[0]), [0, 2, 4, 6]);
    assert!(result.warnings.is_empty());
    // The second half's old notes are not heard while the first is drawn.
    let first = engine
        .asked
        .iter()
        .find(|a| a.region == (0..2 * BAR))
        .expect("asked");
    assert_eq!(first.heard.len(), 32 + 2);
    // A single bar cannot be halved, and says so.
    let mut engine = Fake {
        reaches: Some(BAR / 2),
        ..Fake::default()
    };
    let result = drawn(&mut engine, &request(&song, &parts)).expect("fills");
    assert_eq!(starts(&result.candidates[0].notes[0]).len(), 8);
    assert_eq!(result.warnings[0].code, "NOTES_LIMIT_REACHED");
    assert!(
        result.warnings[0]
            .message
            .starts_with("bars 1, 2, 3, 4, 5, 6, 2 more: ")
    );
}

#[test]
fn vary_keeps_the_same_notes_in_every_candidate() {
    let (song, parts) = (song(), [part(0, 0..40)]);
    let mut request = request(&song, &parts);
    request.mode = Mode::Vary;
    request.sampling.candidates = 2;
    let mut engine = Fake::default();
    let result = drawn(&mut engine, &request).expect("fills");
    assert_eq!(result.removed[0].len(), 20);
    assert!(engine.asked.iter().all(|asked| asked.mode == Mode::Fill));
    let removed: Vec<Note> = engine
        .asked
        .iter()
        .flat_map(|a| a.removed.clone())
        .collect();
    assert_eq!(
        removed,
        [result.removed[0].clone(), result.removed[0].clone()].concat()
    );
    assert_ne!(result.candidates[0].notes, result.candidates[1].notes);

    request.controls.amount = 0.0;
    let result = drawn(&mut Fake::default(), &request).expect("fills");
    assert_eq!((result.candidates.len(), result.removed[0].len()), (1, 0));
    assert!(result.candidates[0].whole.notes.is_empty());
    request.controls.amount = 1.5;
    let error = drawn(&mut Fake::default(), &request)
        .err()
        .map(|e| e.code());
    assert_eq!(error, Some("AMOUNT_OUT_OF_RANGE"));
}

#[test]
fn candidates_are_other_notes_or_fewer() {
    let (song, parts) = (song(), [part(0, 0..20)]);
    let mut request = request(&song, &parts);
    request.sampling.candidates = 3;
    let result = drawn(&mut Fake::default(), &request).expect("fills");
    assert_eq!(result.candidates.len(), 3);
    let mut engine = Fake {
        pitch: Some(60),
        ..Fake::default()
    };
    let result = drawn(&mut engine, &request).expect("fills");
    assert_eq!(result.candidates.len(), 1);
    assert_eq!(result.warnings[0].code, "CANDIDATES_FEWER");
    let mut seeds: Vec<u64> = engine.asked.iter().map(|asked| asked.seed).collect();
    let count = seeds.len();
    seeds.sort_unstable();
    seeds.dedup();
    assert_eq!(seeds.len(), count, "no two blocks share a stream");
}

#[test]
fn a_deadline_gives_the_candidates_whose_last_block_is_drawn() {
    let (song, parts) = (song(), [part(0, 0..20)]);
    let mut request = request(&song, &parts);
    request.sampling.candidates = 3;
    request.sampling.deadline_ms = Some(60_000);
    let after = |answers| Fake {
        answers: Some(answers),
        ..Fake::default()
    };
    let result = drawn(&mut after(5), &request).expect("fills");
    assert_eq!(result.candidates.len(), 1);
    let error = drawn(&mut after(2), &request).err().map(|e| e.code());
    assert_eq!(error, Some("DEADLINE_EXCEEDED"));
}

#[test]
fn several_regions_of_several_tracks() {
    let song = song();
    let parts = [part(1, 0..2), part(1, 30..34), part(0, 0..10)];
    let mut told = Vec::new();
    let mut engine = Fake::default();
    let result = draw_parts(
        &mut engine,
        &request(&song, &parts),
        &CancelFlag::new(),
        &mut |step| told.push((step.fraction, step.note_count, step.finished.len())),
    )
    .expect("fills");
    let counts: Vec<usize> = result.removed.iter().map(Vec::len).collect();
    assert_eq!(counts, [2, 4, 10]);
    let counts: Vec<usize> = result.candidates[0].notes.iter().map(Vec::len).collect();
    assert_eq!(counts, [1, 1, 2]);
    assert_eq!(result.candidates[0].whole.notes.len(), 4);
    assert!(told.is_sorted_by(|a, b| a.0 <= b.0));
    assert_eq!(told.last(), Some(&(1.0, 4, 1)));
}

#[test]
fn several_tracks_are_drawn_one_after_the_other_with_the_earlier_written() {
    let song = song();
    let parts = [part(1, 2..6), part(0, 2..6)];
    let mut together = Fake::default();
    let result = drawn(&mut together, &request(&song, &parts)).expect("fills");

    // The first alone, in a song in which the old notes of the second are gone already.
    let mut alone = song.clone();
    let inside = |note: &Note| parts[0].region.contains(&note.start_tick);
    alone.tracks[0].notes.retain(|note| !inside(note));
    let first = request(&alone, &parts[..1]);
    let mut engine = Fake::default();
    let written = drawn(&mut engine, &first).expect("fills").candidates;
    assert_eq!(result.candidates[0].notes[0], written[0].notes[0]);
    assert_eq!(together.asked[0].song, engine.asked[0].song);

    // The second alone, in a song in which the first is written.
    let mut after = song.clone();
    after.tracks[1].notes.retain(|note| !inside(note));
    after.tracks[1].notes.extend(&written[0].notes[0]);
    after.tracks[1].notes.sort_by_key(|note| note.start_tick);
    let mut second = request(&after, &parts[1..]);
    second.sampling.seed = together.asked[1].seed;
    let mut engine = Fake::default();
    let written = drawn(&mut engine, &second).expect("fills").candidates;
    assert_eq!(result.candidates[0].notes[1], written[0].notes[0]);
    assert_eq!(together.asked[1].song, engine.asked[0].song);
}

#[test]
fn a_note_is_locked_in_its_own_track() {
    let song = song();
    let parts = [part(0, 2..4), part(1, 2..4)];
    let mut asked = request(&song, &parts);
    let held = song.tracks[0].notes[2];
    asked.locks[0].notes.push(held);
    let mut engine = Fake::default();
    let result = drawn(&mut engine, &asked).expect("fills");
    let counts: Vec<usize> = result.removed.iter().map(Vec::len).collect();
    assert_eq!(counts, [1, 2]);
    assert_eq!(engine.asked[0].locked, [held]);
    assert!(engine.asked[1].locked.is_empty());
}

#[test]
fn a_rhythm_is_kept_where_there_is_one() {
    let mut song = song();
    song.tracks[0].notes.truncate(4);
    let parts = [part(0, 0..20)];
    let mut request = request(&song, &parts);
    request.controls.rhythm = Rhythm::Keep;
    let mut engine = Fake::default();
    drawn(&mut engine, &request).expect("fills");
    assert_eq!(engine.asked.len(), 1, "the other blocks have no notes");
    let parts = [part(0, 20..40)];
    request.parts = &parts;
    let error = drawn(&mut Fake::default(), &request)
        .err()
        .map(|e| e.code());
    assert_eq!(error, Some("RHYTHM_EMPTY"));
}

#[test]
fn a_region_beyond_the_limit_is_refused() {
    let (song, parts) = (song(), [part(0, 0..513)]);
    let error = drawn(&mut Fake::default(), &request(&song, &parts)).err();
    assert_eq!(error.map(|e| e.code()), Some("REGION_TOO_LONG"));
}
