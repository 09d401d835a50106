//! Every promise of a fill, on random songs, regions and constraints, with a model that knows nothing.

mod support;

use continuo_midi::Note;
use continuo_sampler::{Candidate, FillRequest, Locks, Mode, Rhythm, ScaleChoice, TickRange};
use support::{Dice, engine, fill, kept, request, song};

const PPQS: [u16; 8] = [480, 960, 96, 24, 25, 12, 4, 1];
const SCALES: [&str; 4] = ["C major", "F# blues", "Bb dorian", "auto"];

fn random_request<'a>(song: &'a continuo_midi::Song, dice: &mut Dice) -> FillRequest<'a> {
    let bar = u32::from(song.ppq) * 4;
    let start = dice.below(9 * bar);
    let (start, length) = if dice.one_in(2) {
        (start / bar * bar, bar * (1 + dice.below(4)))
    } else {
        (start, 1 + dice.below(3 * bar))
    };
    let mut request = request(song, dice.below(3) as usize, start, start + length);
    let (low, size) = (dice.below(60) as u8 + 30, dice.below(30) as u8 + 12);
    request.sampling.seed = u64::from(dice.below(1000));
    request.sampling.candidates = [1, 1, 3][dice.below(3) as usize];
    request.sampling.temperature = [0.7, 1.0, 2.0][dice.below(3) as usize];
    request.sampling.context_notes = [0, 16, 128][dice.below(3) as usize];
    request.mode = match dice.below(4) {
        0 => {
            request.controls.amount = dice.below(11) as f32 / 10.0;
            Mode::Vary
        }
        1 => Mode::Continue,
        _ => Mode::Fill,
    };
    let controls = &mut request.controls;
    controls.rhythm =
        [Rhythm::Free, Rhythm::Free, Rhythm::KeepOnsets, Rhythm::Keep][dice.below(4) as usize];
    controls.pitch_range = dice.one_in(2).then_some((low, (low + size).min(127)));
    controls.scale = dice
        .one_in(2)
        .then(|| SCALES[dice.below(4) as usize].parse().expect("a scale"));
    controls.polyphony = dice.one_in(2).then(|| 1 + dice.below(4) as u8);
    controls.density = dice.one_in(4).then(|| 1 + dice.below(10) as u8);
    controls.velocity = dice.one_in(4).then(|| 1 + dice.below(127) as u8);
    controls.novelty = [0.0, 0.0, 0.5, 1.0][dice.below(4) as usize];
    if dice.one_in(3) {
        let pitches = (0..3).map(|_| 36 + dice.below(48) as u8).collect();
        let from = request.start_tick + dice.below(length);
        request.locks = Locks {
            pitches,
            tick_ranges: vec![TickRange {
                start_tick: from,
                end_tick: from + bar / 2,
            }],
            notes: vec![],
        };
    }
    request
}

fn sounding(notes: &[Note], tick: u32) -> usize {
    notes
        .iter()
        .filter(|n| n.start_tick <= tick && tick < n.end_tick())
        .count()
}

/// Most notes that sound at once while a new one does.
fn most_at_once(new: &[Note], kept: &[Note]) -> usize {
    let all = [new, kept].concat();
    let starts = all.iter().map(|n| n.start_tick);
    starts
        .filter(|&t| sounding(new, t) > 0)
        .map(|t| sounding(&all, t))
        .max()
        .unwrap_or(0)
}

fn assert_promises(request: &FillRequest<'_>, candidate: &Candidate, removed: &[Note]) {
    let track = &request.song.tracks[request.track];
    let kept = kept(request, removed);
    let notes = &candidate.notes;
    // Past the region's end a note sounds at most as far as a removed one did.
    let removed_end = removed.iter().map(Note::end).max();
    let last_end = removed_end.unwrap_or_default().max(request.end_tick);
    assert!(notes.is_sorted_by_key(|n| (n.start_tick, n.pitch)));
    for note in notes {
        assert!(note.start() >= request.start_tick, "{note:?}");
        assert!(
            note.end() <= last_end && note.duration_ticks >= 1,
            "{note:?}"
        );
        assert!(
            (1..=127).contains(&note.velocity) && note.pitch < 128,
            "{note:?}"
        );
        assert_eq!(note.channel, track.channel);
        if let Some((low, high)) = request.controls.pitch_range {
            assert!((low..=high).contains(&note.pitch), "{note:?}");
        }
        if let (Some(ScaleChoice::Named(scale)), false) = (&request.controls.scale, track.is_drums)
        {
            assert!(scale.contains(note.pitch), "{note:?}");
        }
        for other in notes
            .iter()
            .chain(&kept)
            .filter(|o| !std::ptr::eq(*o, note))
        {
            let overlaps = note.start_tick < other.end_tick() && other.start_tick < note.end_tick();
            assert!(
                !overlaps || note.pitch != other.pitch,
                "{note:?} over {other:?}"
            );
        }
    }
    if let Some(polyphony) = request.controls.polyphony {
        assert!(
            most_at_once(notes, &kept) <= usize::from(polyphony),
            "{notes:?} {kept:?}"
        );
    }
    if request.controls.rhythm != Rhythm::Free {
        assert_rhythm(request, notes, removed);
    }
    for share in [candidate.copied, candidate.out_of_scale] {
        assert!((0.0..=1.0).contains(&share));
    }
    assert!(candidate.log_prob_per_note <= 0.0);
}

fn assert_rhythm(request: &FillRequest<'_>, notes: &[Note], removed: &[Note]) {
    let count = |notes: &[Note], tick: u32| notes.iter().filter(|n| n.start_tick == tick).count();
    for note in notes {
        let tick = note.start_tick;
        assert!(
            count(notes, tick) <= count(removed, tick),
            "an onset at {tick} that was not there"
        );
        let is_whole = removed
            .iter()
            .any(|n| n.start_tick == tick && n.duration_ticks >= note.duration_ticks);
        assert!(
            request.controls.rhythm != Rhythm::Keep || is_whole,
            "{note:?}"
        );
    }
    let is_bound = request.controls.polyphony.is_some()
        || request.controls.pitch_range.is_some()
        || request.controls.scale.is_some();
    if !is_bound {
        // Nothing stands in the way, so every old onset has its notes.
        for note in removed {
            assert_eq!(
                count(notes, note.start_tick),
                count(removed, note.start_tick)
            );
        }
    }
}

#[test]
fn random_fills_keep_every_promise() {
    let mut engine = engine(1);
    let mut dice = Dice(77);
    let (mut filled, mut refused, mut notes) = (0, 0, 0);
    for round in 0..400 {
        let song = song(&mut dice, PPQS[round % PPQS.len()]);
        let request = random_request(&song, &mut dice);
        match fill(&mut engine, &request) {
            Ok(result) => {
                let locked = |n: &Note| request.locks.holds(n);
                assert!(result.removed.iter().all(|n| !locked(n)));
                assert!(!result.candidates.is_empty());
                assert!(result.candidates.len() <= request.sampling.candidates);
                for candidate in &result.candidates {
                    assert_promises(&request, candidate, &result.removed);
                    notes += candidate.notes.len();
                }
                filled += 1;
            }
            Err(error) => {
                let expected = [
                    "SCALE_RANGE_EMPTY",
                    "RHYTHM_EMPTY",
                    "POLYPHONY_EXCEEDED_BY_LOCKS",
                ];
                assert!(expected.contains(&error.code()), "{error}");
                refused += 1;
            }
        }
    }
    assert!(
        filled > 250 && refused > 3 && notes > 2000,
        "{filled} {refused} {notes}"
    );
}

#[test]
fn one_pitch_and_one_voice_still_keep_every_promise() {
    let mut engine = engine(2);
    let mut dice = Dice(5);
    for round in 0..40 {
        let song = song(&mut dice, PPQS[round % PPQS.len()]);
        let mut request = random_request(&song, &mut dice);
        request.mode = Mode::Fill;
        request.locks = Locks::default();
        request.controls.scale = None;
        request.controls.pitch_range = Some((60, 60));
        request.controls.polyphony = Some(1);
        if let Ok(result) = fill(&mut engine, &request) {
            assert_promises(&request, &result.candidates[0], &result.removed);
        }
    }
}

#[test]
fn the_ends_of_the_midi_range_can_be_asked_for_in_any_key() {
    let mut engine = engine(3);
    let mut dice = Dice(8);
    for round in 0..24 {
        let mut song = song(&mut dice, 480);
        for note in song.tracks.iter_mut().flat_map(|t| &mut t.notes) {
            note.pitch = note.pitch / 12 * 12 + [0, 2, 4, 5, 7, 9, 11][usize::from(note.pitch % 7)];
            note.pitch = (note.pitch + round % 12).min(127);
        }
        let mut request = request(&song, 0, 1920, 5760);
        request.controls.pitch_range = Some(if round % 2 == 0 { (0, 2) } else { (125, 127) });
        let result = fill(&mut engine, &request).expect("fills");
        assert!(!result.candidates[0].notes.is_empty());
        assert_promises(&request, &result.candidates[0], &result.removed);
    }
}
