//! Blocks and heads on the cells' output, by autodiff.

use crate::dense::{floats, indices};
use crate::weights::{Sums, Weights};
use burn_autodiff::Autodiff;
use burn_tensor::backend::Backend;
use burn_tensor::{Distribution, Int, Tensor, activation};
use continuo_model::recurrent::{SELU_ALPHA, SELU_SCALE, VALUE_SCALE, VALUES};
use continuo_train::recurrent::{
    AlphaDropout, DROPOUT, LinearRanges, NO_TARGET, RecurrentBatch, RecurrentLayout,
};
use std::ops::Range;

/// Losses `[3]` (nats of the pitches, squared errors of the values, missed pitches), and the gradient
/// of the cells' output `y` `[rows, w]`; those of the weights are added to `sums`.
pub(super) fn train<B: Backend>(
    layout: &RecurrentLayout,
    weights: &Weights<B>,
    batch: &RecurrentBatch,
    (y, device): (Tensor<B, 2>, &B::Device),
    sums: &mut Sums<B>,
) -> (Tensor<B, 1>, Tensor<B, 2>) {
    let rows = batch.rows();
    let mut leaves: Vec<(usize, Tensor<Autodiff<B>, 2>)> = Vec::new();
    let mut leaf = |range: &Range<usize>| {
        let tensor = Tensor::from_inner(weights.at(range)).require_grad();
        leaves.push((weights.index(range), tensor.clone()));
        tensor
    };
    let mut linear =
        |x: Tensor<Autodiff<B>, 2>, at: &LinearRanges| x.matmul(leaf(&at.weight)) + leaf(&at.bias);

    let y = Tensor::<Autodiff<B>, 2>::from_inner(y).require_grad();
    let mut z = y.clone();
    if let Some(seed) = batch.dropout_seed {
        B::seed(device, seed);
    }
    for at in &layout.blocks {
        z = selu(linear(z, at));
        if batch.dropout_seed.is_some() {
            z = dropped(z, device);
        }
    }
    let both = Tensor::cat(vec![y.clone(), z], 1);
    let logits = linear(both.clone(), &layout.pitch);
    let values = activation::sigmoid(linear(both, &layout.values)) * VALUE_SCALE;

    let targets: Targets<Autodiff<B>> = Targets::new(batch, device);
    let missed = {
        let logits = logits.clone().inner();
        let chosen = logits.clone().gather(1, targets.classes.clone().inner());
        let is_below = chosen.lower(logits.max_dim(1)).float();
        (is_below * targets.live.clone().inner()).sum()
    };
    let chosen = activation::log_softmax(logits, 1).gather(1, targets.classes.clone());
    let pitch = (chosen * targets.live.clone()).sum().neg();
    let errors = (values - targets.values).square() * targets.live;
    let squares = errors.sum();
    let mut gradients = (pitch.clone() + squares.clone()).backward();
    for (index, tensor) in &leaves {
        if let Some(gradient) = tensor.grad_remove(&mut gradients) {
            sums.add(*index, gradient);
        }
    }
    let dy = y
        .grad_remove(&mut gradients)
        .unwrap_or_else(|| Tensor::zeros([rows, layout.architecture.width], device));
    let losses = Tensor::cat(vec![pitch.inner(), squares.inner(), missed], 0);
    (losses, dy)
}

/// What each row is to predict.
struct Targets<B: Backend> {
    /// One where there is something, `[rows, 1]`.
    live: Tensor<B, 2>,
    /// `[rows, 1]`.
    classes: Tensor<B, 2, Int>,
    /// `[rows, 3]`.
    values: Tensor<B, 2>,
}

impl<B: Backend> Targets<B> {
    fn new(batch: &RecurrentBatch, device: &B::Device) -> Targets<B> {
        let rows = batch.rows();
        let classes = batch.target_classes.iter();
        let live = classes.clone().map(|&class| f32::from(class != NO_TARGET));
        let class = |&class: &u8| {
            if class == NO_TARGET {
                0
            } else {
                i32::from(class)
            }
        };
        Targets {
            live: floats(live.collect(), [rows, 1], device),
            classes: indices(classes.map(class).collect(), device).reshape([rows, 1]),
            values: floats(batch.target_values.concat(), [rows, VALUES], device),
        }
    }
}

fn selu<B: Backend>(x: Tensor<B, 2>) -> Tensor<B, 2> {
    // The exponential of what is above zero is never looked at, but infinity would spoil its gradient.
    let below = (x.clone().clamp_max(0.0).exp() - 1.0) * SELU_ALPHA;
    (activation::relu(x) + below) * SELU_SCALE
}

/// Alpha dropout at places drawn on the device: the CPU's would have to be sent there.
fn dropped<B: Backend>(x: Tensor<B, 2>, device: &B::Device) -> Tensor<B, 2> {
    let dropout = AlphaDropout::new();
    let takes = Distribution::Bernoulli(f64::from(DROPOUT));
    let takes = Tensor::<B, 2>::random(x.dims(), takes, device);
    let keeps = takes.clone().neg() + 1.0;
    (x * dropout.scale + dropout.shift) * keeps + takes * dropout.dropped
}
