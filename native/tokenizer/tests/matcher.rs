//! The context match finds what followed the same passage before.

use continuo_tokenizer::SceneNote;
use continuo_tokenizer::grid::QUARTER;
use continuo_tokenizer::matcher::{MAX_MATCH, Matcher};

fn note(onset: i32, pitch: u8, track: u16) -> SceneNote {
    SceneNote {
        onset,
        duration: QUARTER / 2,
        bar: onset.div_euclid(4 * QUARTER),
        position: onset.rem_euclid(4 * QUARTER) as u8,
        pitch,
        duration_class: 11,
        velocity_class: 10,
        track,
        is_locked: false,
    }
}

/// A motif of four eighths, from an onset.
fn motif(onset: i32, up: u8) -> Vec<SceneNote> {
    [60, 64, 62, 67]
        .iter()
        .enumerate()
        .map(|(i, p)| note(onset + QUARTER / 2 * i as i32, p + up, 0))
        .collect()
}

#[test]
fn a_motif_is_continued_also_when_it_is_transposed() {
    let mut context = motif(-192, 0);
    context.extend(motif(-4 * QUARTER, 5));
    let mut matcher = Matcher::new(&context, 0);
    for (i, expected) in [67u8, 71, 69, 74].into_iter().enumerate() {
        matcher.push(&note(12 * i as i32, expected, 0));
        if i == 0 {
            continue;
        }
        let next = motif(0, 7).get(i + 1).map(|n| (n.onset, n.pitch));
        if let Some((onset, pitch)) = next {
            let best = matcher
                .candidates()
                .iter()
                .max_by(|a, b| a.weight.total_cmp(&b.weight));
            let best = best.expect("a match");
            assert_eq!((best.onset, best.pitch), (onset, Some(pitch)));
        }
    }
    assert_eq!(matcher.longest(), 3);
}

#[test]
fn what_comes_from_before_the_region_counts_at_once() {
    let context: Vec<_> = (-8..0)
        .map(|i| note(i * 12, if i % 2 == 0 { 60 } else { 62 }, 0))
        .collect();
    let matcher = Matcher::new(&context, 0);
    assert!(matcher.longest() >= 5);
    assert!(
        matcher
            .candidates()
            .iter()
            .all(|c| c.onset == 0 && c.pitch == Some(60))
    );
}

#[test]
fn a_match_is_never_longer_than_its_limit_and_never_across_tracks() {
    let mut context: Vec<_> = (-40..0).map(|i| note(i * 12, 60, 0)).collect();
    context.push(note(4 * QUARTER, 72, 1));
    let mut matcher = Matcher::new(&context, 0);
    for i in 0..40 {
        matcher.push(&note(i * 12, 60, 0));
        assert!(matcher.longest() <= MAX_MATCH);
        assert!(matcher.candidates().iter().all(|c| c.pitch != Some(72)));
    }
    assert_eq!(Matcher::new(&[], 0).candidates().len(), 0);
}
