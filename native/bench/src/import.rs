//! Datasets: files found, and files imported a second.

use crate::Failure;
use crate::options::{Options, SEED};
use crate::samples::{milliseconds, print};
use continuo_midi::{Note, Song, TempoChange, Track, write_new};
use continuo_train::dataset::{BuildRequest, build, find_midi_files};
use continuo_train::random::Random;
use serde_json::json;

pub fn run(options: &Options) -> Result<(), Failure> {
    let data = options.path("data")?;
    let repeats: usize = options.number("repeats", 3)?;
    let mut samples = Vec::new();
    let mut facts = json!({});
    for _ in 0..repeats {
        let folder = tempfile::tempdir()?;
        let request = BuildRequest::new(vec![data.clone()], folder.path().to_path_buf());
        let (answer, ms) = milliseconds(|| build(&request, &mut |_| true));
        let answer = answer?;
        samples.push(answer.files as f64 / ms * 1e3);
        facts = json!({"files": answer.files, "notes": answer.notes, "pieces": answer.pieces});
    }
    print("import", "files/s", &samples, facts)
}

/// Time to find all files of a folder.
pub fn find(options: &Options) -> Result<(), Failure> {
    let data = options.path("data")?;
    let (found, ms) = milliseconds(|| find_midi_files(&data));
    print("find", "s", &[ms / 1e3], json!({"files": found?.len()}))
}

/// Writes many small files, all different and always the same ones, in folders of a thousand.
pub fn small_files(options: &Options) -> Result<(), Failure> {
    const EACH: usize = 1000;
    let out = options.path("out")?;
    let mut random = Random::new(SEED, 2);
    for at in 0..options.number("files", 200_000)? {
        let inner = out.join(format!("{:04}", at / EACH));
        if at % EACH == 0 {
            std::fs::create_dir(&inner)?;
        }
        let name = inner.join(format!("{:04}.mid", at % EACH));
        std::fs::write(name, write_new(&small_song(&mut random))?)?;
    }
    Ok(())
}

/// A hundred notes of one track.
fn small_song(random: &mut Random) -> Song {
    const PPQ: u16 = 480;
    let mut tick = 0;
    let mut note = || {
        tick += [120, 240, 480][random.below(3)];
        Note {
            start_tick: tick,
            duration_ticks: [120, 240][random.below(2)],
            pitch: 40 + random.below(40) as u8,
            velocity: 80,
            channel: 0,
        }
    };
    let notes = (0..100).map(|_| note()).collect();
    Song {
        format: 1,
        ppq: PPQ,
        tempo_map: vec![TempoChange {
            tick: 0,
            tempo_qpm: 120.0,
        }],
        tracks: vec![Track {
            notes,
            ..Track::default()
        }],
        ..Song::default()
    }
}
