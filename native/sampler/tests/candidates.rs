//! Seeds, batches and the choice of candidates.

mod support;

use continuo_midi::Note;
use continuo_sampler::{Candidate, Rhythm};
use std::collections::HashSet;
use support::{Dice, engine, fill, request, song};

fn seeds(candidates: &[Candidate]) -> HashSet<u64> {
    candidates.iter().map(|c| c.seed).collect()
}

#[test]
fn the_same_seed_gives_the_same_notes_and_another_others() {
    let song = song(&mut Dice(2), 480);
    let answer = |seed: u64| {
        let mut request = request(&song, 0, 1920, 7680);
        request.sampling.seed = seed;
        request.sampling.candidates = 4;
        fill(&mut engine(1), &request).expect("fills").candidates
    };
    assert_eq!(answer(7), answer(7));
    assert_ne!(answer(7), answer(8));
}

#[test]
fn a_candidate_of_a_batch_is_the_fill_with_its_seed_alone() {
    let song = song(&mut Dice(3), 480);
    let mut engine = engine(1);
    for track in 0..3 {
        let mut request = request(&song, track, 1920, 7680);
        request.sampling.candidates = 6;
        request.sampling.seed = 11;
        let batch = fill(&mut engine, &request).expect("fills").candidates;
        assert_eq!(batch.len(), 6);
        assert!(seeds(&batch).contains(&11));
        for candidate in batch {
            request.sampling.candidates = 1;
            request.sampling.seed = candidate.seed;
            let alone = fill(&mut engine, &request)
                .expect("fills")
                .candidates
                .remove(0);
            assert_eq!(alone.notes, candidate.notes);
            assert!((alone.log_prob_per_note - candidate.log_prob_per_note).abs() < 1e-3);
        }
    }
}

#[test]
fn candidates_differ_from_each_other_and_from_the_old_notes() {
    let mut song = song(&mut Dice(4), 480);
    let note = |start_tick, pitch| Note {
        start_tick,
        duration_ticks: 100,
        pitch,
        velocity: 80,
        channel: 0,
    };
    song.tracks[0].notes = vec![note(1920, 60), note(2400, 60)];
    let mut request = request(&song, 0, 1920, 3840);
    request.controls.rhythm = Rhythm::Keep;
    request.controls.pitch_range = Some((60, 61));
    request.sampling.candidates = 8;
    request.sampling.temperature = 5.0;
    request.sampling.top_p = 1.0;
    // Two notes on two pitches: four answers, of which one is the old.
    let result = fill(&mut engine(1), &request).expect("fills");
    let contents: HashSet<Vec<u8>> = result
        .candidates
        .iter()
        .map(|c| c.notes.iter().map(|n| n.pitch).collect())
        .collect();
    assert_eq!(contents.len(), result.candidates.len());
    assert_eq!(contents.len(), 3);
    assert!(!contents.contains(&vec![60, 60]));
    assert!(result.warnings.iter().any(|w| w.code == "CANDIDATES_FEWER"));
}

#[test]
fn the_best_candidate_comes_first() {
    let song = song(&mut Dice(5), 480);
    let mut request = request(&song, 0, 1920, 7680);
    request.sampling.candidates = 12;
    let candidates = fill(&mut engine(1), &request).expect("fills").candidates;
    for pair in candidates.windows(2) {
        assert!(pair[0].notes.is_empty() <= pair[1].notes.is_empty());
        assert!(pair[0].cost <= pair[1].cost);
    }
}

#[test]
fn progress_tells_of_every_candidate_once() {
    let song = song(&mut Dice(6), 480);
    let mut request = request(&song, 0, 1920, 7680);
    request.sampling.candidates = 5;
    let mut told = Vec::new();
    let result = engine(1)
        .fill(
            &request,
            &continuo_sampler::CancelFlag::new(),
            &mut |progress| {
                told.extend(progress.finished.iter().map(|c| c.seed));
            },
        )
        .expect("fills");
    assert_eq!(told.len(), result.candidates.len());
    assert_eq!(
        told.into_iter().collect::<HashSet<_>>(),
        seeds(&result.candidates)
    );
}
