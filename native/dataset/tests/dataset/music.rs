//! Made-up music in a folder, and the dataset of it.

use continuo_dataset::build::BuildAnswer;
use continuo_dataset::manifest::Outcome;
use continuo_dataset::{BuildRequest, DatasetError, FILE, Manifest, build};
use continuo_midi::{MeterChange, Note, Song, TempoChange, Track, write_new};

/// A made-up melody by a seed, in some key and tempo.
pub fn song(seed: u32, shift: u8, tempo_qpm: f64) -> Vec<u8> {
    let mut state = seed.wrapping_mul(2_654_435_761).wrapping_add(12345);
    let mut random = |below: u32| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 16) % below
    };
    let notes = (0..300).map(|i| Note {
        start_tick: i * 240 + 120 * random(2),
        duration_ticks: 100,
        pitch: 48 + shift + random(24) as u8,
        velocity: 80,
        channel: 0,
    });
    let song = Song {
        format: 1,
        ppq: 480,
        duration_ticks: 300 * 240,
        tempo_map: vec![TempoChange { tick: 0, tempo_qpm }],
        meters: vec![MeterChange {
            tick: 0,
            numerator: 4,
            denominator: 4,
        }],
        tracks: vec![Track {
            notes: notes.collect(),
            ..Track::default()
        }],
    };
    write_new(&song).expect("a song can be written")
}

pub struct Music {
    pub folder: tempfile::TempDir,
    pub data: tempfile::TempDir,
}

impl Music {
    pub fn new(count: u32) -> Music {
        let music = Music {
            folder: tempfile::tempdir().expect("temporary folder"),
            data: tempfile::tempdir().expect("temporary folder"),
        };
        for seed in 0..count {
            music.write(
                &format!("Übung/ピアノ-{seed:02}.MID"),
                &song(seed, 0, 120.0),
            );
        }
        music
    }

    pub fn write(&self, name: &str, bytes: &[u8]) {
        let path = self.folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, bytes).expect("a file");
    }

    pub fn request(&self) -> BuildRequest {
        BuildRequest::new(vec![self.folder.path().into()], self.data.path().into())
    }

    pub fn build(&self) -> Result<BuildAnswer, DatasetError> {
        build(&self.request(), &mut |_| true)
    }

    pub fn manifest(&self) -> Manifest {
        Manifest::load(self.data.path()).expect("a manifest")
    }

    pub fn bytes(&self) -> Vec<u8> {
        std::fs::read(self.data.path().join(FILE)).expect("the pieces")
    }

    pub fn outcome(&self, name: &str) -> Outcome {
        let files = self.manifest().files;
        let file = files.into_iter().find(|f| f.path == name);
        file.expect("it is listed").outcome
    }
}
