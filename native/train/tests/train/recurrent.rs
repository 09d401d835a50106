//! The recurrent family: gradients against finite differences, learning, state and its resets.

use continuo_model::Runtime;
use continuo_model::recurrent::{
    Cell, NoteInput, Prediction, RecurrentArchitecture, RecurrentModel, RecurrentSequence,
    RecurrentStepper,
};
use continuo_model::runtime::bundled_library;
use continuo_tokenizer::howl::{Augmentation, HowlNote};
use continuo_train::config::{AnyArchitecture, RunConfig};
use continuo_train::family::{Family, Source};
use continuo_train::optimizer::{AdamW, Update};
use continuo_train::random::Random;
use continuo_train::recurrent::{
    Recurrent, RecurrentBatch, RecurrentLayout, RecurrentNetwork, Songs,
};

fn tiny(cell: Cell) -> Recurrent {
    let architecture = RecurrentArchitecture {
        block_size: 24,
        ..RecurrentArchitecture::new(cell, 20, 2)
    };
    Recurrent {
        layout: RecurrentLayout::new(&architecture),
    }
}

fn notes(count: usize, random: &mut Random) -> Vec<HowlNote> {
    let note = |_| HowlNote {
        delay: random.uniform(),
        duration: 0.2 + random.uniform(),
        volume: random.uniform(),
        pitch: random.below(30) as i32 - 12,
    };
    (0..count).map(note).collect()
}

/// Three lanes, of which one holds two pieces.
fn batch() -> RecurrentBatch {
    let mut random = Random::new(4, 0);
    let mut batch = RecurrentBatch::default();
    batch.reset(3, 11);
    for lane in 0..3 {
        let long = if lane == 1 { 4 } else { 40 };
        let at = batch.write(lane, 0, &notes(long, &mut random), Augmentation::NONE);
        batch.write(lane, at, &notes(40, &mut random), Augmentation::NONE);
    }
    batch
}

fn check_gradients(cell: Cell) {
    let (family, batch) = (tiny(cell), batch());
    assert_eq!(
        batch.notes, 32,
        "the last note of the piece that ends predicts nothing"
    );
    let mut weights = family.initialise(5);
    weights.iter_mut().for_each(|w| *w *= 1.5);
    let mut worker = family.worker();
    let mut gradient = vec![0.0; family.layout.len];
    family.train(&mut worker, &weights, &batch, &mut gradient);
    for tensor in family.tensors() {
        let analytic = &gradient[tensor.range.clone()];
        let square: f64 = analytic.iter().map(|g| f64::from(g * g)).sum();
        assert!(square > 0.0, "{} has no gradient", tensor.name);
        // Along the gradient itself the slope is its length.
        let length = square.sqrt();
        let slope_at = |size: f64| {
            let mut loss = |sign: f64| {
                let mut moved = weights.clone();
                for (w, g) in moved[tensor.range.clone()].iter_mut().zip(analytic) {
                    *w += (sign * size / length * f64::from(*g)) as f32;
                }
                let losses = family.losses(&mut worker, &moved, &batch);
                losses.nats.iter().sum::<f64>()
            };
            (loss(1.0) - loss(-1.0)) / (2.0 * size)
        };
        let off = [3e-2, 1e-2, 3e-3]
            .map(slope_at)
            .map(|s| (s / length - 1.0).abs());
        let best = off.into_iter().fold(f64::INFINITY, f64::min);
        assert!(best < 0.02, "{}: off by {:.1} %", tensor.name, best * 100.0);
    }
}

#[test]
fn every_tensor_of_an_lstm_agrees_with_finite_differences() {
    check_gradients(Cell::Lstm);
}

#[test]
fn every_tensor_of_a_gru_agrees_with_finite_differences() {
    check_gradients(Cell::Gru);
}

#[test]
fn a_piece_knows_nothing_of_the_one_before_it_in_its_lane() {
    let family = tiny(Cell::Lstm);
    let weights = family.initialise(2);
    let mut random = Random::new(8, 0);
    let (first, second) = (notes(5, &mut random), notes(9, &mut random));
    let mut together = RecurrentBatch::default();
    together.reset(1, 14);
    let at = together.write(0, 0, &first, Augmentation::NONE);
    together.write(0, at, &second, Augmentation::NONE);
    let mut alone = RecurrentBatch::default();
    alone.reset(1, 9);
    alone.write(0, 0, &second, Augmentation::NONE);
    let mut network = RecurrentNetwork::default();
    let (all, _) = network.predict(&family.layout, &weights, &together);
    let (own, _) = network.predict(&family.layout, &weights, &alone);
    for (a, b) in all[5 * 120..].iter().zip(&own) {
        assert!((a - b).abs() < 1e-5, "{a} {b}");
    }
}

#[test]
fn a_tiny_lstm_overfits_one_batch_with_dropout_on() {
    let family = tiny(Cell::Lstm);
    let mut batch = batch();
    let mut weights = family.initialise(1);
    let mut optimizer = AdamW::new(family.layout.len);
    let mut worker = family.worker();
    let before = family.losses(&mut worker, &weights, &batch).nats_per_note();
    let mut gradient = vec![0.0; family.layout.len];
    for step in 0..600 {
        batch.dropout_seed = Some(step);
        gradient.fill(0.0);
        let losses = family.train(&mut worker, &weights, &batch, &mut gradient);
        let update = Update {
            scale: 1.0 / losses.notes as f32,
            rate: 1e-2,
            weight_decay: 0.0,
            clip: 1.0,
        };
        optimizer.update(family.tensors(), &mut weights, &gradient, update);
    }
    let after = family.losses(&mut worker, &weights, &batch);
    let loss = after.nats_per_note();
    assert!(before > 4.5 && loss < 0.3, "from {before} to {loss}");
    assert!(after.misses <= 2, "{} pitches are wrong", after.misses);
}

/// What generation and ONNX Runtime are given of a lane.
fn inputs(batch: &RecurrentBatch) -> Vec<NoteInput> {
    (0..batch.rows())
        .map(|row| NoteInput {
            values: batch.values[row],
            class: usize::from(batch.classes[row]),
        })
        .collect()
}

#[test]
fn training_hears_what_generation_and_onnx_runtime_hear() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let library = bundled_library(&root);
    let runtime = Runtime::load(library.as_deref()).expect("run `npm install` first");
    for (cell, width, layers) in [
        (Cell::Lstm, 192, 1),
        (Cell::Lstm, 24, 3),
        (Cell::Gru, 192, 1),
        (Cell::Gru, 24, 3),
    ] {
        let architecture = RecurrentArchitecture::new(cell, width, layers);
        let model = RecurrentModel::random(architecture.clone(), 3);
        let layout = RecurrentLayout::new(&architecture);
        let mut batch = RecurrentBatch::default();
        batch.reset(1, 300);
        let song = notes(300, &mut Random::new(6, 0));
        batch.write(0, 0, &song, Augmentation::NONE);
        let (pitch, values) = RecurrentNetwork::default().predict(&layout, model.flat(), &batch);
        let mut sequence = RecurrentSequence::open(&model, &runtime).expect("a session");
        let expected = sequence.run(&inputs(&batch)).expect("it runs");
        let mut stepper = RecurrentStepper::new(&model);
        let (mut state, mut prediction) = (stepper.start(), Prediction::default());
        for (i, note) in inputs(&batch).iter().enumerate() {
            stepper.step(&mut state, note, &mut prediction);
            let here = |all: &[f32], wide: usize| all[i * wide..(i + 1) * wide].to_vec();
            for (of, trained, onnx, stepped) in [
                (
                    "pitch",
                    here(&pitch, 120),
                    here(&expected.0, 120),
                    &prediction.pitch_logits[..],
                ),
                (
                    "values",
                    here(&values, 3),
                    here(&expected.1, 3),
                    &prediction.values[..],
                ),
            ] {
                for ((a, b), c) in trained.iter().zip(&onnx).zip(stepped) {
                    let off = (a - b).abs().max((a - c).abs());
                    assert!(
                        off < 1e-4,
                        "{cell:?} {width}x{layers}, note {i}, {of}: {a} {b} {c}"
                    );
                }
            }
        }
    }
}

#[test]
fn the_loss_is_three_times_the_mean_squared_error_and_the_cross_entropy() {
    let (family, batch) = (tiny(Cell::Gru), batch());
    let weights = family.initialise(7);
    let mut worker = family.worker();
    let losses = family.losses(&mut worker, &weights, &batch);
    let (pitch, values) = RecurrentNetwork::default().predict(&family.layout, &weights, &batch);
    let (mut cross_entropy, mut squares, mut misses) = (0.0, 0.0, 0);
    for row in 0..batch.rows() {
        let class = batch.target_classes[row];
        if class == u8::MAX {
            continue;
        }
        let logits = &pitch[row * 120..(row + 1) * 120];
        let sum: f64 = logits.iter().map(|&l| f64::from(l).exp()).sum();
        let own = f64::from(logits[usize::from(class)]);
        cross_entropy += sum.ln() - own;
        misses += usize::from(logits.iter().any(|&l| f64::from(l) > own));
        let errors = values[row * 3..].iter().zip(batch.target_values[row]);
        let mean = errors.map(|(v, t)| f64::from((v - t).powi(2))).sum::<f64>() / 3.0;
        squares += 3.0 * mean;
    }
    let expected = (cross_entropy + squares) / batch.notes as f64;
    assert!((losses.nats_per_note() - expected).abs() < 1e-4 * expected);
    assert_eq!((losses.notes, losses.misses), (batch.notes, misses));
}

#[test]
fn each_example_is_changed_anew_within_howls_ranges_and_repeats_with_its_seed() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let dataset = crate::common::dataset(folder.path(), 3);
    let songs = || Songs::new(&dataset, false, (16, 20), |_| true).expect("songs");
    let drawn = |songs: &Songs, stream| {
        let mut batch = RecurrentBatch::default();
        songs.draw(&mut batch, &mut Random::new(1, stream));
        batch
    };
    assert_eq!(drawn(&songs(), 4), drawn(&songs(), 4));
    assert_ne!(drawn(&songs(), 4), drawn(&songs(), 5));
    // Made-up songs have three loudnesses and lie between C3 and C6; a lane shows its change by them.
    let batch = drawn(&songs(), 4);
    let volumes: Vec<f32> = (0..16).map(|lane| batch.values[lane][2]).collect();
    assert!(
        volumes
            .iter()
            .all(|v| (0.8 * 64.0 / 127.0..=80.0 / 127.0 + 1e-6).contains(v))
    );
    let plain = drawn(&songs().plain(), 4);
    let is_as_read = |v: f32| {
        [64.0, 72.0, 80.0]
            .iter()
            .any(|w| (v - w / 127.0).abs() < 1e-6)
    };
    assert!(plain.values.iter().all(|row| is_as_read(row[2])));
    let changed = volumes.iter().filter(|&&v| !is_as_read(v)).count();
    assert!(changed > 12, "{changed} of 16 lanes are changed");
    assert!(plain.dropout_seed.is_some());
}

#[test]
fn a_recurrent_run_is_howls_unless_told() {
    for name in ["lstm-192", "lstm-416", "lstm-1024", "gru-512"] {
        let architecture = AnyArchitecture::by_name(name).expect("one of Howl's");
        let config = RunConfig::new(architecture.clone());
        assert_eq!(
            config.shards * config.shard_size,
            64,
            "sequences of an update"
        );
        assert_eq!(config.checkpoint_seconds, 2.0 * 3600.0);
        assert_eq!(config.weight_decay, 0.0, "Adam, not AdamW");
        let AnyArchitecture::Recurrent(a) = architecture else {
            panic!("{name} is not a recurrent network");
        };
        assert_eq!((a.blocks, a.block_size), (3, 256), "{name}");
    }
}
