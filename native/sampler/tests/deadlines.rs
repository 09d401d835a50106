//! Fills whose time is over: what is finished is given, and a warning says so.

mod support;

use continuo_sampler::{CancelFlag, Clock, FillResult, Rhythm};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use support::{engine, fill, request, request_for_old_notes, simple_song, song_of_one_pitch};

/// A clock that stands still until it is told to go on, and how to tell it.
fn clock_by_hand() -> (Clock, impl Fn(Duration)) {
    let shown = Arc::new(Mutex::new(Duration::ZERO));
    let hands = shown.clone();
    let clock = Clock::new(move || *shown.lock().expect("no panic"));
    (clock, move |time| *hands.lock().expect("no panic") += time)
}

#[test]
fn a_deadline_gives_what_is_finished_or_says_that_nothing_is() {
    let song = simple_song();
    let mut request = request(&song, 0, 1920, 3840);
    let mut engine = engine(1);
    let (clock, go_on) = clock_by_hand();
    engine.set_clock(clock);
    request.sampling.deadline_ms = Some(0);
    let error = fill(&mut engine, &request).err();
    assert_eq!(error.map(|e| e.code()), Some("DEADLINE_EXCEEDED"));
    request.sampling.candidates = 8;
    request.sampling.deadline_ms = Some(400);
    let whole = fill(&mut engine, &request).expect("fills");
    assert_eq!(whole.candidates.len(), 8);
    // The time is over once a candidate is finished, and not a step before.
    let mut finished = 0;
    let result = engine.fill(&request, &CancelFlag::new(), &mut |progress| {
        finished += progress.finished.len();
        go_on(Duration::from_millis(if finished > 0 { 400 } else { 0 }));
    });
    let result = result.expect("fills");
    assert_eq!(result.candidates.len(), finished);
    assert!((1..8).contains(&finished));
    assert!(result.warnings.iter().any(|w| w.code == "DEADLINE_REACHED"));
}

#[test]
fn a_deadline_counts_the_candidate_that_is_given_for_want_of_a_better_one() {
    let song = song_of_one_pitch();
    let request = request_for_old_notes(&song);
    // A step takes longer than all that is drawn again.
    let deadline_is_over = |deadline_ms| {
        let mut request = request.clone();
        request.sampling.deadline_ms = Some(deadline_ms);
        let mut engine = engine(1);
        let (clock, go_on) = clock_by_hand();
        engine.set_clock(clock);
        engine.fill(&request, &CancelFlag::new(), &mut |_| {
            go_on(Duration::from_millis(100));
        })
    };
    let result = (1..40)
        .find_map(|steps| deadline_is_over(steps * 100).ok())
        .expect("fills");
    assert_eq!(result.candidates.len(), 1);
    let reached = result
        .warnings
        .iter()
        .find(|w| w.code == "DEADLINE_REACHED");
    let message = &reached.expect("a warning").message;
    assert!(message.starts_with("1 of 3"), "{message}");
}

/// A step of one row takes a second by the clock, and each further row a fifth more.
fn filled_in(deadline_seconds: Option<u64>) -> (Option<FillResult>, Duration) {
    let song = simple_song();
    let mut request = request(&song, 0, 1920, 5760);
    // As many notes in each candidate, so that side by side all are finished at once.
    request.controls.rhythm = Rhythm::KeepOnsets;
    request.sampling.candidates = 8;
    request.sampling.deadline_ms = deadline_seconds.map(|seconds| seconds * 1000);
    let mut engine = engine(1);
    let (clock, go_on) = clock_by_hand();
    engine.set_clock(clock);
    let (mut drawn, mut time) = (0, Duration::ZERO);
    let result = engine.fill(&request, &CancelFlag::new(), &mut |progress| {
        let rows = progress.note_count.saturating_sub(drawn);
        drawn = progress.note_count;
        let step = Duration::from_millis(800 + 200 * rows.max(1) as u64);
        go_on(step);
        time += step;
    });
    (result.ok(), time)
}

#[test]
fn a_deadline_that_all_together_would_miss_has_the_best_that_is_finished() {
    let (whole, time) = filled_in(None);
    let whole = whole.expect("fills").candidates;
    assert_eq!(whole.len(), 8);
    let part = filled_in(Some(time.as_secs() * 2 / 3)).0.expect("fills");
    let count = part.candidates.len();
    assert!((1..8).contains(&count), "{count} candidates");
    assert!(part.warnings.iter().any(|w| w.code == "DEADLINE_REACHED"));
    // Each is the candidate that it would have been with more time, and the best comes first.
    let order: Vec<usize> = part
        .candidates
        .iter()
        .filter_map(|found| whole.iter().position(|other| other == found))
        .collect();
    assert_eq!(order.len(), count);
    assert!(order.is_sorted());
}

#[test]
fn a_deadline_that_is_not_reached_changes_nothing() {
    let whole = filled_in(None).0.expect("fills");
    let same = filled_in(Some(100_000)).0.expect("fills");
    assert_eq!(same.candidates, whole.candidates);
    assert!(!same.warnings.iter().any(|w| w.code == "DEADLINE_REACHED"));
}
