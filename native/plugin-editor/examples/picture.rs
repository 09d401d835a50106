//! Draws the editor into a PNG file: `cargo run -p continuo-plugin-editor --example picture -- OUT.png [SCALE]`.

use continuo_plugin_editor::{DEFAULT_SIZE, Picture, Scene};
use continuo_plugin_engine::{Candidate, Connection, Note, ParameterId, Shared, View};

fn line(start: f64, pitches: &[u8], length: f64) -> Vec<Note> {
    let note = |(index, &pitch): (usize, &u8)| {
        let start = start + index as f64 * length;
        Note {
            start,
            end: start + length * 0.9,
            pitch,
            velocity: 90,
            channel: 0,
        }
    };
    pitches.iter().enumerate().map(note).collect()
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let out = arguments.next().ok_or("usage: picture OUT.png [SCALE]")?;
    let scale: f32 = arguments.next().map_or(Ok(2.), |scale| scale.parse())?;
    let takes = [
        [
            69, 72, 76, 74, 72, 69, 67, 64, 65, 69, 72, 76, 74, 71, 69, 67,
        ],
        [
            64, 67, 71, 72, 74, 72, 71, 67, 65, 67, 69, 72, 71, 67, 64, 62,
        ],
        [
            76, 74, 72, 71, 69, 67, 65, 64, 62, 65, 69, 72, 71, 69, 67, 65,
        ],
        [
            60, 64, 67, 71, 72, 71, 67, 64, 62, 65, 69, 72, 74, 72, 69, 65,
        ],
    ];
    let shared = Shared::default();
    shared.set_value(ParameterId::Density, 6.);
    let heard = line(
        0.,
        &[
            60, 64, 67, 72, 71, 67, 64, 62, 60, 65, 69, 72, 74, 72, 69, 65,
        ],
        0.5,
    );
    let bass = line(
        0.,
        &[
            48, 48, 43, 43, 41, 41, 43, 43, 45, 45, 41, 41, 43, 43, 48, 48,
        ],
        1.,
    );
    let candidates: Vec<Candidate> = (takes.iter().enumerate())
        .map(|(index, take)| Candidate {
            seed: index as u64 + 1,
            notes: line(8., take, 0.5).into(),
        })
        .collect();
    let view = View {
        connection: Connection::Connected,
        heard: heard.into(),
        context: vec![("Bass".into(), bass.into())],
        region: Some((8., 16.)),
        generated: candidates[0].notes.clone(),
        candidates,
        ..View::default()
    };
    let size = (
        (DEFAULT_SIZE.0 as f32 * scale) as u32,
        (DEFAULT_SIZE.1 as f32 * scale) as u32,
    );
    let picture = Picture::default()
        .draw(&Scene::new(&view, &shared, 9.5), size, scale)
        .ok_or("no size")?;
    picture.save_png(out)?;
    Ok(())
}
