//! Every tensor's gradient against finite differences of the loss.

use continuo_train::batch::Batch;
use continuo_train::draw::{DrawConfig, Drawer};
use continuo_train::network::Network;
use continuo_train::parameters::Layout;
use continuo_train::random::Random;

#[test]
fn every_tensor_agrees_with_finite_differences() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let dataset = crate::common::dataset(folder.path(), 3);
    let drawer = Drawer::new(&dataset, DrawConfig::default(), |_| true).expect("enough notes");
    let mut batch = Batch::new();
    batch.draw(&drawer, &mut Random::new(3, 0), 300);

    let layout = Layout::new(&crate::common::tiny());
    let mut weights = layout.initialise(5);
    // Larger than at the start of a training, so that every path carries a visible gradient.
    weights.iter_mut().for_each(|w| *w *= 1.5);
    let mut network = Network::new(&layout);
    let mut gradient = vec![0.0; layout.len];
    network.train(&layout, &weights, &batch, &mut gradient);

    let mut random = Random::new(9, 0);
    for tensor in &layout.tensors {
        let analytic = &gradient[tensor.range.clone()];
        let norm = analytic
            .iter()
            .map(|g| f64::from(g * g))
            .sum::<f64>()
            .sqrt();
        assert!(norm > 0.0, "{} has no gradient", tensor.name);
        // Along the gradient with some noise: the slope must be its dot product with the direction.
        let scale = norm as f32 / (analytic.len() as f32).sqrt();
        let direction: Vec<f32> = analytic
            .iter()
            .map(|g| g + 0.3 * scale * random.normal())
            .collect();
        let length = direction.iter().map(|v| v * v).sum::<f32>().sqrt();
        let expected: f64 = analytic
            .iter()
            .zip(&direction)
            .map(|(g, v)| f64::from(g * v))
            .sum::<f64>();
        let mut best = f64::INFINITY;
        for size in [3e-2f32, 1e-2, 3e-3] {
            let step = size / length;
            let loss = |sign: f32, network: &mut Network| {
                let mut moved = weights.clone();
                for (w, v) in moved[tensor.range.clone()].iter_mut().zip(&direction) {
                    *w += sign * step * v;
                }
                network
                    .losses(&layout, &moved, &batch)
                    .nats
                    .iter()
                    .sum::<f64>()
            };
            let slope =
                (loss(1.0, &mut network) - loss(-1.0, &mut network)) / (2.0 * f64::from(step));
            best = best.min((slope / expected - 1.0).abs());
        }
        assert!(best < 0.02, "{}: off by {:.1} %", tensor.name, best * 100.0);
    }
}
