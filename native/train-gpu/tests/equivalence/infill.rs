//! The infill network.

use super::data::{check, dataset, devices, infill};
use continuo_train::agreement::Agreement;
use continuo_train::batch::Batch;
use continuo_train::compute::{Compute, CpuCompute, Devices};
use continuo_train::draw::{DrawConfig, Drawer};
use continuo_train::family::Family;
use continuo_train::network::Losses;
use continuo_train::random::Random;
use continuo_train_gpu::Gpu;

#[test]
fn losses_and_gradients_are_those_of_the_cpu() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let dataset = dataset(folder.path(), 3);
    let drawer = Drawer::new(&dataset, DrawConfig::default(), |_| true).expect("enough notes");
    let mut random = Random::new(3, 0);
    // Several windows of different lengths each.
    let batches: Vec<Batch> = (0..2)
        .map(|_| {
            let mut batch = Batch::new();
            batch.draw(&drawer, &mut random, 300);
            batch
        })
        .collect();
    assert!(batches.iter().all(|batch| batch.sequences.len() > 2));
    let family = infill();
    let mut weights = family.initialise(5);
    // Larger than at the start of a training, so that every path carries a visible gradient.
    weights.iter_mut().for_each(|w| *w *= 1.5);
    let update = |compute: &mut dyn Compute<Batch>| -> (Losses, Vec<f32>) {
        let mut gradient = vec![0.0; weights.len()];
        let losses = compute.gradient(&weights, &batches, &mut gradient);
        (losses.expect("it computes"), gradient)
    };
    let (expected, ours) = update(&mut CpuCompute::new(&family, batches.len()));
    for device in devices() {
        let mut gpu = Gpu
            .infill(device, &family, 1)
            .expect("it was opened before");
        let (found, theirs) = update(gpu.as_mut());
        assert_eq!(found.predictions, expected.predictions);
        let tensors = family.tensors();
        let agreement = Agreement::between(tensors, (&expected, &ours), (&found, &theirs));
        check(&format!("infill on {device}"), agreement);
    }
}
