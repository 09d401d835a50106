//! Fills that the model is certain of: old notes that it would repeat every time.

mod support;

use continuo_midi::Note;
use continuo_model::{Architecture, Device, DeviceChoice, Model};
use continuo_sampler::{Engine, EngineOptions, Rhythm};
use continuo_tokenizer::Head;
use std::sync::Arc;
use support::{Dice, fill, request, song};

/// A model that trusts the context match, its first expert, almost blindly.
fn copying_engine() -> Engine {
    let mut a = Architecture::infill_s();
    (a.layers, a.ff_size, a.head_size) = (1, 32, 16);
    let mut model = Model::random(a, 4);
    let weights = Arc::get_mut(&mut model.weights).expect("nobody else holds them");
    for head in Head::ALL {
        let gates = &mut weights.heads[head as usize].output_bias[head.classes()..];
        gates.fill(0.0);
        gates[0] = 8.0;
    }
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let options = EngineOptions {
        device: DeviceChoice::Only(Device::Cpu),
        threads: 1,
        runtime_library: continuo_model::runtime::bundled_library(&root),
    };
    Engine::from_model(model, &options).expect("run `npm install` first")
}

#[test]
fn a_loop_that_the_model_would_copy_is_left_after_some_attempts() {
    let mut song = song(&mut Dice(1), 480);
    let note = |i: u32| Note {
        start_tick: i * 480,
        duration_ticks: 240,
        pitch: 60 + [0, 4, 7, 4][i as usize % 4],
        velocity: 80,
        channel: 0,
    };
    song.tracks[0].notes = (0..64).map(note).collect();
    let mut request = request(&song, 0, 7680, 9600);
    request.controls.rhythm = Rhythm::Keep;
    let mut engine = copying_engine();
    let mut copied = 0;
    for seed in 0..8 {
        request.sampling.seed = seed;
        let result = fill(&mut engine, &request).expect("fills");
        let pitches: Vec<u8> = result.candidates[0].notes.iter().map(|n| n.pitch).collect();
        copied += usize::from(pitches == [60, 64, 67, 64]);
    }
    // Without bolder attempts it is all eight.
    assert!(copied <= 3, "{copied}");
}

#[test]
fn novelty_moves_the_share_of_copied_notes() {
    let mut song = song(&mut Dice(1), 480);
    let note = |i: u32| Note {
        start_tick: i * 240,
        duration_ticks: 240,
        pitch: 60 + [0, 4, 7, 12, 7, 4, 2, 5][i as usize % 8],
        velocity: 80,
        channel: 0,
    };
    song.tracks[0].notes = (0..128).filter(|i| i % 37 != 11).map(note).collect();
    let mut engine = copying_engine();
    // The old notes are drawn again with less copying, so that one fill tells little.
    let mut mean = |novelty: f32| {
        let mut request = request(&song, 0, 7680, 15360);
        request.controls.novelty = novelty;
        request.sampling.candidates = 8;
        let mut copied = Vec::new();
        for seed in 0..8 {
            request.sampling.seed = seed;
            let candidates = fill(&mut engine, &request).expect("fills").candidates;
            copied.extend(candidates.iter().map(|c| c.copied));
        }
        copied.iter().sum::<f64>() / copied.len() as f64
    };
    let (copying, new) = (mean(0.0), mean(1.0));
    assert!(copying > new + 0.2, "{copying} {new}");
}
