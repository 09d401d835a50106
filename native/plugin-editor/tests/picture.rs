//! What a picture shows, by its pixels: no display is needed.

use continuo_plugin_editor::{DEFAULT_SIZE, Picture, Scene};
use continuo_plugin_engine::{Candidate, Connection, Note, ParameterId, Shared, View};
use tiny_skia::Pixmap;

const NEW: [u8; 3] = [0x4c, 0xc3, 0x8a];
const HEARD: [u8; 3] = [0x9a, 0xa4, 0xb5];
const PLAYHEAD: [u8; 3] = [0xff, 0xd1, 0x66];

fn notes(start: f64, pitches: &[u8]) -> Vec<Note> {
    let note = |(index, &pitch): (usize, &u8)| {
        let start = start + index as f64 * 0.5;
        Note {
            start,
            end: start + 0.45,
            pitch,
            velocity: 90,
            channel: 0,
        }
    };
    pitches.iter().enumerate().map(note).collect()
}

fn view() -> View {
    let generated = notes(8., &[62, 65, 69, 74, 72, 69, 65, 64]);
    View {
        connection: Connection::Connected,
        heard: notes(0., &[60, 64, 67, 72, 71, 67, 64, 62]).into(),
        region: Some((8., 16.)),
        candidates: vec![Candidate {
            seed: 7,
            notes: generated.clone().into(),
        }],
        generated: generated.into(),
        ..View::default()
    }
}

fn draw(view: &View, shared: &Shared, playhead: f64, scale: f32) -> Pixmap {
    let scaled = |length: u32| (length as f32 * scale) as u32;
    let size = (scaled(DEFAULT_SIZE.0), scaled(DEFAULT_SIZE.1));
    Picture::default()
        .draw(&Scene::new(view, shared, playhead), size, scale)
        .unwrap()
}

fn count(picture: &Pixmap, [red, green, blue]: [u8; 3]) -> usize {
    picture
        .pixels()
        .iter()
        .filter(|pixel| (pixel.red(), pixel.green(), pixel.blue()) == (red, green, blue))
        .count()
}

#[test]
fn notes_and_the_playhead_are_in_their_colours() {
    let shared = Shared::default();
    let picture = draw(&view(), &shared, 4., 1.);
    assert!(count(&picture, HEARD) > 100);
    assert!(count(&picture, NEW) > 300);
    assert!(count(&picture, PLAYHEAD) > 50);
    let empty = draw(&View::default(), &shared, f64::NAN, 1.);
    assert_eq!((count(&empty, HEARD), count(&empty, PLAYHEAD)), (0, 0));
}

#[test]
fn a_picture_at_twice_the_scale_has_four_times_the_notes() {
    let shared = Shared::default();
    let (once, twice) = (
        draw(&view(), &shared, 4., 1.),
        draw(&view(), &shared, 4., 2.),
    );
    let share = count(&twice, HEARD) as f64 / count(&once, HEARD) as f64;
    assert!((3. ..6.).contains(&share), "{share}");
}

#[test]
fn a_value_changes_the_picture() {
    let shared = Shared::default();
    let before = draw(&view(), &shared, 4., 1.);
    shared.set_value(ParameterId::Density, 9.);
    assert_ne!(draw(&view(), &shared, 4., 1.).data(), before.data());
}

#[test]
fn odd_sizes_and_positions_do_no_harm() {
    let shared = Shared::default();
    let mut odd = view();
    odd.region = Some((1e12, 1e12 + 1e-9));
    odd.heard = notes(1e12, &[0, 127]).into();
    odd.connection = Connection::Unavailable("ü".repeat(500));
    for size in [(1, 1), (10, 1000), (480, 300), (3000, 40)] {
        for scale in [0., f32::NAN, 0.1, 1., 3.] {
            for playhead in [f64::NAN, f64::INFINITY, -1e300, 1e12] {
                Picture::default().draw(&Scene::new(&odd, &shared, playhead), size, scale);
            }
        }
    }
    assert!(
        Picture::default()
            .draw(&Scene::new(&odd, &shared, 0.), (0, 10), 1.)
            .is_none()
    );
}
