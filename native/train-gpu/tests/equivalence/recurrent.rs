//! LSTM and GRU, two layers each.

use super::data::{check, devices, one_at_a_time, recurrent};
use continuo_model::recurrent::Cell;
use continuo_tokenizer::howl::{Augmentation, HowlNote};
use continuo_train::agreement::agreement;
use continuo_train::compute::Devices;
use continuo_train::family::Family;
use continuo_train::random::Random;
use continuo_train::recurrent::{Recurrent, RecurrentBatch, RecurrentLayout};
use continuo_train_gpu::Gpu;

fn family(cell: Cell) -> Recurrent {
    Recurrent {
        layout: RecurrentLayout::new(&recurrent(cell)),
    }
}

fn compare(cell: Cell) {
    let family = family(cell);
    for device in devices() {
        let mut gpu = Gpu
            .recurrent(device, &family, 1)
            .expect("it was opened before");
        let found = agreement(&recurrent(cell), gpu.as_mut()).expect("it computes");
        check(&format!("{cell:?} on {device}"), found);
    }
}

#[test]
fn losses_and_gradients_of_an_lstm_are_those_of_the_cpu() {
    compare(Cell::Lstm);
}

#[test]
fn losses_and_gradients_of_a_gru_are_those_of_the_cpu() {
    compare(Cell::Gru);
}

#[test]
fn dropout_changes_the_losses_a_little_and_repeats_by_its_seed() {
    let _guard = one_at_a_time();
    let family = family(Cell::Gru);
    let weights = family.initialise(5);
    let losses = |device: &str, seed| {
        let batch = RecurrentBatch {
            dropout_seed: seed,
            ..batch()
        };
        let mut gpu = Gpu
            .recurrent(device, &family, 1)
            .expect("it was opened before");
        let mut gradient = vec![0.0; weights.len()];
        let losses = gpu.gradient(&weights, &[batch], &mut gradient);
        losses.expect("it computes").nats[0]
    };
    for device in devices() {
        let plain = losses(device, None);
        let dropped = losses(device, Some(7));
        assert!(dropped != plain, "{device}: nothing was dropped");
        assert!(
            (dropped / plain - 1.0).abs() < 0.2,
            "{device}: {dropped}, {plain} without"
        );
        assert_eq!(dropped, losses(device, Some(7)), "{device}");
    }
}

fn batch() -> RecurrentBatch {
    let mut random = Random::new(4, 0);
    let mut batch = RecurrentBatch::default();
    batch.reset(3, 11);
    for lane in 0..3 {
        let note = |_| HowlNote {
            delay: random.uniform(),
            duration: 0.2 + random.uniform(),
            volume: random.uniform(),
            pitch: random.below(30) as i32 - 12,
        };
        let notes: Vec<HowlNote> = (0..12).map(note).collect();
        batch.write(lane, 0, &notes, Augmentation::NONE);
    }
    batch
}
