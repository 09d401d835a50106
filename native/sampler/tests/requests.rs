//! Refused requests with their codes, and the parts of an answer besides the notes.

mod support;

use continuo_midi::{Note, Song, Tick};
use continuo_sampler::{CancelFlag, FillRequest, Mode, Rhythm, SamplerError, TickRange};
use support::{
    Dice, engine, fill, kept, note, request, request_for_old_notes, simple_song, song,
    song_of_one_pitch,
};

fn code(change: impl Fn(&mut FillRequest<'_>)) -> &'static str {
    let song = song(&mut Dice(1), 480);
    let mut request = request(&song, 0, 1920, 3840);
    change(&mut request);
    fill(&mut engine(1), &request).map_or_else(|error| error.code(), |_| "none")
}

#[test]
fn each_number_out_of_range_has_its_code() {
    assert_eq!(code(|_| ()), "none");
    assert_eq!(code(|r| r.track = 3), "TRACK_NOT_FOUND");
    assert_eq!(code(|r| r.end_tick = r.start_tick), "REGION_EMPTY");
    assert_eq!(code(|r| r.end_tick = Tick::ZERO), "REGION_EMPTY");
    assert_eq!(code(|r| r.end_tick = Tick(u32::MAX)), "REGION_TOO_LONG");
    assert_eq!(
        code(|r| r.sampling.candidates = 0),
        "CANDIDATES_OUT_OF_RANGE"
    );
    assert_eq!(
        code(|r| r.sampling.candidates = 1000),
        "CANDIDATES_OUT_OF_RANGE"
    );
    assert_eq!(
        code(|r| r.sampling.temperature = 0.0),
        "TEMPERATURE_OUT_OF_RANGE"
    );
    assert_eq!(
        code(|r| r.sampling.temperature = f32::NAN),
        "TEMPERATURE_OUT_OF_RANGE"
    );
    assert_eq!(code(|r| r.sampling.top_p = 0.0), "TOP_P_OUT_OF_RANGE");
    assert_eq!(code(|r| r.sampling.top_p = 1.1), "TOP_P_OUT_OF_RANGE");
    assert_eq!(code(|r| r.sampling.top_k = Some(0)), "TOP_K_OUT_OF_RANGE");
    assert_eq!(code(|r| r.sampling.min_p = 1.0), "MIN_P_OUT_OF_RANGE");
    assert_eq!(
        code(|r| r.sampling.context_notes = 513),
        "CONTEXT_NOTES_OUT_OF_RANGE"
    );
    assert_eq!(code(|r| r.controls.novelty = -0.1), "NOVELTY_OUT_OF_RANGE");
    assert_eq!(code(|r| r.controls.amount = 1.5), "AMOUNT_OUT_OF_RANGE");
    assert_eq!(
        code(|r| r.controls.density = Some(11)),
        "DENSITY_OUT_OF_RANGE"
    );
    assert_eq!(
        code(|r| r.controls.density = Some(0)),
        "DENSITY_OUT_OF_RANGE"
    );
    assert_eq!(
        code(|r| r.controls.polyphony = Some(0)),
        "POLYPHONY_OUT_OF_RANGE"
    );
    assert_eq!(
        code(|r| r.controls.velocity = Some(128)),
        "VELOCITY_OUT_OF_RANGE"
    );
    assert_eq!(
        code(|r| r.controls.pitch_range = Some((60, 59))),
        "PITCH_RANGE_INVERTED"
    );
    assert_eq!(
        code(|r| r.controls.pitch_range = Some((60, 128))),
        "PITCH_RANGE_OUT_OF_RANGE"
    );
}

#[test]
fn constraints_that_exclude_each_other_have_their_codes() {
    let scale = "C major pentatonic".parse().ok();
    let narrow = |r: &mut FillRequest<'_>| {
        r.controls.scale = scale.clone();
        r.controls.pitch_range = Some((65, 66));
    };
    assert_eq!(code(narrow), "SCALE_RANGE_EMPTY");
    let empty_region = |r: &mut FillRequest<'_>| {
        (r.start_tick, r.end_tick) = (Tick(480 * 400), Tick(480 * 404));
        r.controls.rhythm = Rhythm::Keep;
    };
    assert_eq!(code(empty_region), "RHYTHM_EMPTY");
    let locked_chord = |r: &mut FillRequest<'_>| {
        r.locks.tick_ranges = vec![TickRange {
            start_tick: r.start_tick,
            end_tick: r.end_tick,
        }];
        r.controls.polyphony = Some(1);
    };
    let mut song = song(&mut Dice(1), 480);
    song.tracks[0].notes = vec![note(1920, 480, 60), note(2000, 480, 64)];
    let mut request = request(&song, 0, 1920, 3840);
    locked_chord(&mut request);
    let error = fill(&mut engine(1), &request).err();
    assert_eq!(error.map(|e| e.code()), Some("POLYPHONY_EXCEEDED_BY_LOCKS"));
}

#[test]
fn removed_are_the_old_notes_that_are_not_locked() {
    let song = simple_song();
    let mut request = request(&song, 0, 1920, 3840);
    let result = fill(&mut engine(1), &request).expect("fills");
    assert_eq!(result.removed, song.tracks[0].notes[8..16]);
    request.locks.pitches = vec![60];
    request.locks.notes = vec![song.tracks[0].notes[9]];
    let result = fill(&mut engine(1), &request).expect("fills");
    let stays: Vec<u32> = kept(&request, &result.removed)
        .iter()
        .map(|n| n.start_tick)
        .collect();
    assert_eq!(stays, [1920, 2160, 2880]);
    assert_eq!(
        (
            result.region.track,
            result.region.start_tick,
            result.region.end_tick
        ),
        (0, Tick(1920), Tick(3840))
    );
    assert_eq!(result.model.sha256.len(), 64);
}

#[test]
fn vary_keeps_as_many_notes_as_asked() {
    let song = simple_song();
    for (amount, gone) in [(0.0, 0), (0.25, 2), (0.5, 4), (1.0, 8)] {
        let mut request = request(&song, 0, 1920, 3840);
        request.mode = Mode::Vary;
        request.controls.amount = amount;
        request.controls.rhythm = Rhythm::Keep;
        let result = fill(&mut engine(1), &request).expect("fills");
        assert_eq!(result.removed.len(), gone);
        let notes = &result.candidates[0].notes;
        let onsets = |notes: &[Note]| -> Vec<(u32, u32)> {
            notes
                .iter()
                .map(|n| (n.start_tick, n.duration_ticks))
                .collect()
        };
        // Only pitches change.
        assert_eq!(onsets(notes), onsets(&result.removed));
        assert_eq!(
            result.warnings.iter().any(|w| w.code == "ALL_KEPT"),
            gone == 0
        );
    }
}

#[test]
fn continue_does_not_look_ahead_and_goes_past_the_end() {
    let song = simple_song();
    let mut without = song.clone();
    for track in &mut without.tracks {
        track.notes.retain(|n| n.start_tick < 3840);
    }
    let mut engine = engine(1);
    let mut answer = |song: &Song, mode: Mode| {
        let mut request = request(song, 0, 1920, 3840);
        request.mode = mode;
        fill(&mut engine, &request).expect("fills").candidates[0]
            .notes
            .clone()
    };
    assert_eq!(
        answer(&song, Mode::Continue),
        answer(&without, Mode::Continue)
    );
    assert_ne!(answer(&song, Mode::Fill), answer(&without, Mode::Fill));
    let mut past = request(&song, 0, 480 * 60, 480 * 64);
    past.mode = Mode::Continue;
    assert!(
        !fill(&mut engine, &past).expect("fills").candidates[0]
            .notes
            .is_empty()
    );
}

#[test]
fn a_song_without_any_note_is_filled() {
    let mut song = simple_song();
    for track in &mut song.tracks {
        track.notes.clear();
    }
    let mut request = request(&song, 1, 0, 7680);
    request.controls.scale = "auto".parse().ok();
    let result = fill(&mut engine(1), &request).expect("fills");
    assert!(!result.candidates[0].notes.is_empty());
    assert_eq!(result.warnings[0].code, "SCALE_NOT_FOUND");
}

#[test]
fn a_region_with_no_room_gives_no_notes_and_says_so() {
    let mut song = simple_song();
    song.tracks[0].notes = vec![note(0, 480 * 40, 60)];
    let mut request = request(&song, 0, 1920, 3840);
    request.controls.polyphony = Some(1);
    let result = fill(&mut engine(1), &request).expect("fills");
    assert!(result.candidates[0].notes.is_empty());
    assert!(result.warnings.iter().any(|w| w.code == "FILL_EMPTY"));
}

#[test]
fn the_only_possible_answer_is_given_with_a_warning_if_it_is_the_old_one() {
    let song = song_of_one_pitch();
    let request = request_for_old_notes(&song);
    let result = fill(&mut engine(1), &request).expect("fills");
    assert_eq!(result.candidates.len(), 1);
    assert!(result.warnings.iter().any(|w| w.code == "FILL_UNCHANGED"));
}

#[test]
fn a_raised_flag_stops_within_one_step() {
    let song = simple_song();
    let request = request(&song, 0, 0, 480 * 64);
    let (flag, mut calls) = (CancelFlag::new(), 0);
    let result = engine(1).fill(&request, &flag, &mut |progress| {
        assert!((0.0..=1.0).contains(&progress.fraction) && progress.note_count > 0);
        calls += 1;
        if calls == 3 {
            flag.cancel();
        }
    });
    assert!(matches!(result, Err(SamplerError::Cancelled)));
    assert_eq!(calls, 3);
}

#[test]
fn a_fill_past_the_models_limit_ends_with_a_warning() {
    let song = simple_song();
    let mut request = request(&song, 0, 0, 480 * 2000);
    request.controls.rhythm = Rhythm::Free;
    request.sampling.temperature = 0.05;
    request.sampling.top_k = Some(1);
    let result = fill(&mut engine(6), &request).expect("fills");
    let notes = result.candidates[0].notes.len();
    let hit = result
        .warnings
        .iter()
        .any(|w| w.code == "NOTES_LIMIT_REACHED");
    assert_eq!(hit, notes > 800, "{notes} notes");
}

#[test]
fn a_region_past_the_last_grid_tick_is_refused() {
    let mut song = song(&mut Dice(1), 480);
    song.ppq = 1;
    let last = 1 << 31;
    let late = fill(&mut engine(1), &request(&song, 0, last - 8, last));
    assert_eq!(
        late.map_or_else(|error| error.code(), |_| "none"),
        "REGION_OUT_OF_RANGE"
    );
}
