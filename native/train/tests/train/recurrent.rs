//! The recurrent family: gradients against finite differences, learning, state and its resets.

use continuo_model::recurrent::{Cell, RecurrentArchitecture};
use continuo_tokenizer::howl::{Augmentation, HowlNote};
use continuo_train::family::Family;
use continuo_train::optimizer::{AdamW, Update};
use continuo_train::random::Random;
use continuo_train::recurrent::{Recurrent, RecurrentBatch, RecurrentLayout, RecurrentNetwork};

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
