//! Scenes: the visible part of a song around a region, whatever its length and meters.

use continuo_midi::{MeterChange, Note, Song, TempoChange, Track};
use continuo_tokenizer::grid::{GRID_PPQ, GridTick};
use continuo_tokenizer::scene::SceneSpec;
use continuo_tokenizer::{Composer, Piece, Scene, StepFields, Visibility, Window, WindowSpec};

fn song(meters: Vec<MeterChange>, notes: Vec<Note>) -> Song {
    let track = Track {
        program: 0,
        notes,
        ..Track::default()
    };
    Song {
        format: 1,
        ppq: 480,
        duration_ticks: 0,
        tempo_map: vec![TempoChange {
            tick: 0,
            tempo_qpm: 120.0,
        }],
        meters,
        tracks: vec![track],
    }
}

fn eighths(count: u32) -> Vec<Note> {
    let note = |i: u32| Note {
        start_tick: i * 240,
        duration_ticks: 240,
        pitch: 60 + [0, 2, 4, 5, 7, 9, 11, 12][i as usize % 8],
        velocity: 80,
        channel: 0,
    };
    (0..count).map(note).collect()
}

const BAR: u32 = 4 * GRID_PPQ;

fn spec(start: u32, end: u32) -> SceneSpec<'static> {
    SceneSpec {
        start: GridTick(start),
        end: GridTick(end),
        targets: &[0],
        visibility: Visibility::default(),
        ..SceneSpec::default()
    }
}

const FOUR_FOUR: MeterChange = MeterChange {
    tick: 0,
    numerator: 4,
    denominator: 4,
};

#[test]
fn place_and_time_are_inverse_across_a_meter_change_in_mid_bar_and_past_the_end() {
    let meters = vec![
        FOUR_FOUR,
        MeterChange {
            tick: 1920 * 2 + 700,
            numerator: 7,
            denominator: 8,
        },
        MeterChange {
            tick: 1920 * 6,
            numerator: 5,
            denominator: 2,
        },
    ];
    let piece = Piece::from_song(&song(meters, eighths(80)));
    let scene = Scene::new(piece.view(), &spec(BAR, 5 * BAR), |_| false);
    for time in -96..2000 {
        let (bar, position) = scene.bar_and_position(time);
        assert_eq!(scene.time_of(bar, position), time);
        assert!(u16::from(position) < scene.bar(bar).length);
    }
}

#[test]
fn the_target_is_hidden_inside_the_region_and_nowhere_else() {
    let piece = Piece::from_song(&song(vec![FOUR_FOUR], eighths(160)));
    let scene = Scene::new(piece.view(), &spec(BAR * 8, BAR * 10), |_| false);
    let inside = |onset: i32| (0..scene.region_length).contains(&onset);
    assert!(scene.notes.iter().all(|n| !inside(n.onset)));
    assert_eq!(scene.targets[0].notes.len(), 16);
    assert!(scene.targets[0].notes.iter().all(|n| inside(n.onset)));
    assert_eq!(scene.notes.len(), 160 - 16);
}

#[test]
fn locked_notes_stay_in_sight() {
    let piece = Piece::from_song(&song(vec![FOUR_FOUR], eighths(160)));
    let scene = Scene::new(piece.view(), &spec(BAR * 8, BAR * 10), |n| n.pitch == 60);
    let locked: Vec<_> = scene.notes.iter().filter(|n| n.is_locked).collect();
    assert_eq!(locked.len(), 2);
    assert_eq!(scene.targets[0].notes.len(), 14);
}

#[test]
fn a_long_song_gives_the_same_scene_as_the_part_around_the_region() {
    let long = song(vec![FOUR_FOUR], eighths(200_000));
    let (start, end) = (BAR * 10_000, BAR * 10_004);
    let margin = 20 * BAR;
    let near = Piece::between(&long, GridTick(start - margin), GridTick(end + margin));
    // 44 bars of eighths, however long the song is.
    assert_eq!(near.notes.len(), 44 * 8);
    let whole = Piece::from_song(&long);
    let a = Scene::new(near.view(), &spec(start, end), |_| false);
    let b = Scene::new(whole.view(), &spec(start, end), |_| false);
    assert_eq!(a.notes, b.notes);
    assert_eq!(a.targets, b.targets);
    assert_eq!(
        Window::new(&a, WindowSpec { context_notes: 64 }).steps,
        Window::new(&b, WindowSpec { context_notes: 64 }).steps
    );
}

#[test]
fn a_song_in_any_key_looks_the_same() {
    let in_c = song(vec![FOUR_FOUR], eighths(160));
    for up in 1..=5u8 {
        let mut moved = in_c.clone();
        moved.tracks[0].notes.iter_mut().for_each(|n| n.pitch += up);
        let look = |song: &Song| {
            let piece = Piece::from_song(song);
            Scene::new(piece.view(), &spec(BAR * 8, BAR * 10), |_| false)
        };
        let (a, b) = (look(&in_c), look(&moved));
        assert_eq!(a.notes, b.notes, "up by {up}");
        let first = b.targets[0].notes[0].pitch;
        assert_eq!(b.midi_pitch(first), Some(60 + up));
        assert_eq!(b.model_pitch(60 + up, false), first);
    }
}

#[test]
fn the_nearest_notes_are_kept_and_stay_in_time_order() {
    let piece = Piece::from_song(&song(vec![FOUR_FOUR], eighths(300)));
    let scene = Scene::new(piece.view(), &spec(BAR * 16, BAR * 17), |_| false);
    let window = Window::new(&scene, WindowSpec { context_notes: 10 });
    assert_eq!(window.shown.len(), 10);
    assert_eq!(window.steps.len(), 13);
    let onsets: Vec<i32> = window
        .shown
        .iter()
        .map(|&i| scene.notes[i as usize].onset)
        .collect();
    assert_eq!(onsets, [-60, -48, -36, -24, -12, 96, 108, 120, 132, 144]);
}

#[test]
fn drawn_fields_mean_the_note_that_they_were_taken_from() {
    let piece = Piece::from_song(&song(vec![FOUR_FOUR], eighths(160)));
    let scene = Scene::new(piece.view(), &spec(BAR * 8 + GRID_PPQ, BAR * 11), |_| false);
    let mut composer = Composer::new(&scene, 0, &[]);
    let mut all: Vec<StepFields> = Vec::new();
    for note in &scene.targets[0].notes {
        let fields = composer.fields(note);
        let again = composer.note(&fields);
        assert_eq!(again, *note);
        composer.push(&again);
        all.push(fields);
    }
    // The region starts on the second beat: six eighths, then two full bars.
    assert_eq!(all.iter().filter(|f| f.bar == 1).count(), 2);
    assert_eq!(all.len(), 6 + 16);
}
