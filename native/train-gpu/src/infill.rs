//! Losses and gradients of the infill network.

mod heads;
mod inputs;
mod trunk;

use crate::weights::{Sums, Weights, read};
use burn_autodiff::Autodiff;
use burn_tensor::backend::Backend;
use burn_tensor::{Tensor, activation};
use continuo_train::batch::Batch;
use continuo_train::network::Losses;
use continuo_train::parameters::Layout;

/// As the CPU's kernels have it.
const EPSILON: f32 = 1e-5;

/// Losses of a batch; the gradient of their plain sum is added to `sums`.
pub(crate) fn train<B: Backend>(
    layout: &Layout,
    weights: &Weights<Autodiff<B>>,
    batch: &Batch,
    device: &B::Device,
    sums: &mut Sums<B>,
) -> Result<Losses, String> {
    let mut losses = Losses {
        notes: batch.notes,
        predictions: batch.queries.len(),
        ..Losses::default()
    };
    if batch.queries.is_empty() {
        return Ok(losses);
    }
    let inputs = inputs::Inputs::new(layout, batch, device);
    let hidden = trunk::forward(layout, weights, &inputs);
    let by_head = heads::losses(layout, weights, batch, (hidden, &inputs), device);
    let mut gradients = by_head.clone().sum().backward();
    for (index, tensor) in weights.iter().enumerate() {
        if let Some(gradient) = tensor.grad_remove(&mut gradients) {
            sums.add(index, gradient);
        }
    }
    for (nats, value) in losses.nats.iter_mut().zip(read(by_head.inner())?) {
        *nats = f64::from(value);
    }
    Ok(losses)
}

/// `x / rms(x) * gain` by rows.
fn rms_norm<B: Backend>(x: Tensor<B, 2>, gain: Tensor<B, 2>) -> Tensor<B, 2> {
    let mean = x.clone().square().mean_dim(1);
    x * (mean + EPSILON).sqrt().recip() * gain
}

/// `max(x, 0)^2`.
fn squared_relu<B: Backend>(x: Tensor<B, 2>) -> Tensor<B, 2> {
    activation::relu(x).square()
}
