//! Measures and baselines on a piece that was made for them.

use continuo_eval::{Counts, Ground, draw_regions};
use continuo_midi::{MeterChange, Note, Song, TempoChange, Track, write_new};
use continuo_tokenizer::grid::GridTick;
use continuo_tokenizer::scene::SceneSpec;
use continuo_tokenizer::{Composer, Piece, Scene, Visibility};
use continuo_train::random::Random;

/// Sixteen bars of C major eighths that repeat every two bars; the region is bars 5-8.
fn song() -> Song {
    let note = |i: u32| Note {
        start_tick: i * 240,
        duration_ticks: 240,
        pitch: 60 + [0, 2, 4, 5, 7, 5, 4, 2, 0, 4, 7, 12, 11, 7, 5, 2][i as usize % 16],
        velocity: 80,
        channel: 0,
    };
    let track = Track {
        notes: (0..128).map(note).collect(),
        ..Track::default()
    };
    Song {
        format: 1,
        ppq: 480,
        duration_ticks: 16 * 1920,
        tempo_map: vec![TempoChange {
            tick: 0,
            tempo_qpm: 120.0,
        }],
        meters: vec![MeterChange {
            tick: 0,
            numerator: 4,
            denominator: 4,
        }],
        tracks: vec![track],
    }
}

const REGION: (GridTick, GridTick) = (GridTick(384), GridTick(768));

fn scene(piece: &Piece) -> Scene {
    let visibility = Visibility {
        key_relative: false,
        ..Visibility::default()
    };
    let spec = SceneSpec {
        start: REGION.0,
        end: REGION.1,
        targets: &[0],
        visibility,
        ..SceneSpec::default()
    };
    Scene::new(piece.view(), &spec, |_| false)
}

fn ground(piece: &Piece) -> Ground {
    Ground::new(piece.view(), 0, REGION, &scene(piece))
}

#[test]
fn the_original_is_perfect_and_here_the_copy_is_too() {
    let piece = Piece::from_song(&song());
    let ground = ground(&piece);
    assert_eq!(ground.truth.len(), 32);
    assert_eq!(ground.truth, ground.copy);
    let measures = ground.measure(&ground.truth);
    assert_eq!(
        (measures.note_f1, measures.onset_f1, measures.groove),
        (1.0, 1.0, 1.0)
    );
    assert_eq!(measures.pitch_class_entropy_difference, Some(0.0));
    assert_eq!(measures.out_of_scale, Some(0.0));
    assert!(measures.has_copied_passage);
}

#[test]
fn every_measure_falls_for_its_own_reason() {
    let piece = Piece::from_song(&song());
    let ground = ground(&piece);
    let half: Vec<_> = ground.truth.iter().copied().step_by(2).collect();
    let measures = ground.measure(&half);
    // 16 of 32 notes: precision 1, recall 1/2.
    assert!((measures.note_f1 - 2.0 / 3.0).abs() < 1e-12);
    // Each missing eighth is one of 64 sixteenths.
    assert!((measures.groove - (1.0 - 16.0 / 64.0)).abs() < 1e-12);
    assert!(!measures.has_copied_passage);

    let sharp: Vec<_> = ground
        .truth
        .iter()
        .map(|&(onset, pitch)| (onset, pitch + 1))
        .collect();
    let measures = ground.measure(&sharp);
    assert_eq!((measures.note_f1, measures.onset_f1), (0.0, 1.0));
    // C sharp, D sharp, F sharp and G sharp are outside; F (from E) and C (from B) are not.
    let outside = sharp
        .iter()
        .filter(|n| [1, 3, 6, 8, 10].contains(&(n.1 % 12)))
        .count();
    assert_eq!(measures.out_of_scale, Some(outside as f64 / 32.0));
    assert!(
        measures.has_copied_passage,
        "a transposed passage is a copied passage"
    );

    let none = ground.measure(&Vec::new());
    assert!(none.is_empty && none.note_f1 == 0.0 && none.out_of_scale.is_none());
}

#[test]
fn counts_prefer_what_they_have_seen_and_draw_inside_the_region() {
    let piece = Piece::from_song(&song());
    let counts = Counts::new(std::iter::repeat_n(piece.view(), 100));
    assert_eq!(counts.notes, 12_800);
    let scene = scene(&piece);
    let mut composer = Composer::new(&scene, 0, &[]);
    let fields: Vec<_> = scene.targets[0]
        .notes
        .iter()
        .map(|note| {
            let fields = composer.fields(note);
            composer.push(note);
            fields
        })
        .collect();
    let [unigram, order1] = counts.nats(false, &fields);
    assert!(order1.iter().sum::<f64>() < unigram.iter().sum::<f64>());
    for seed in 0..20 {
        let fill = counts.sample(&scene, false, &mut Random::new(seed, 0));
        assert!(fill.iter().all(|n| (0..scene.region_length).contains(&n.0)));
        assert!(
            fill.windows(2).all(|w| w[0] < w[1]),
            "in time order, chords upwards"
        );
    }
}

#[test]
fn drawn_regions_repeat_and_have_music_around_them() {
    let folder = tempfile::tempdir().expect("temporary folder");
    std::fs::write(
        folder.path().join("a.mid"),
        write_new(&song()).expect("a song"),
    )
    .expect("a file");
    let regions = draw_regions(folder.path(), 2, 7).expect("a readable folder");
    assert_eq!(
        regions,
        draw_regions(folder.path(), 2, 7).expect("a readable folder")
    );
    assert_eq!(
        regions.len(),
        1,
        "sixteen bars have room for one region far from the others"
    );
    let region = &regions[0];
    assert_eq!(region.end_tick - region.start_tick, 4 * 1920);
    assert!(region.start_tick >= 4 * 1920 && region.end_tick <= 12 * 1920);
}
