//! The trunk: embedding, blocks of causal attention and a wide layer, norm.

use super::inputs::Inputs;
use super::{rms_norm, squared_relu};
use crate::weights::Weights;
use burn_tensor::backend::Backend;
use burn_tensor::{Tensor, activation};
use continuo_train::parameters::Layout;

/// Normed hidden states of all steps with their padding, `[windows * steps, d]`.
pub(super) fn forward<B: Backend>(
    layout: &Layout,
    weights: &Weights<B>,
    inputs: &Inputs<B>,
) -> Tensor<B, 2> {
    let mut x = inputs.embedding.clone().matmul(weights.at(&layout.embed));
    for at in &layout.layers {
        let normed = rms_norm(x.clone(), weights.at(&at.norm1));
        let qkv = normed.matmul(weights.at(&at.qkv));
        let attended = attend(qkv, layout.architecture.heads, inputs);
        x = x + attended.matmul(weights.at(&at.out));
        let normed = rms_norm(x.clone(), weights.at(&at.norm2));
        let active = squared_relu(normed.matmul(weights.at(&at.up)));
        x = x + active.matmul(weights.at(&at.down));
    }
    rms_norm(x, weights.at(&layout.norm))
}

/// Causal attention inside each window; `qkv` `[windows * steps, 3 d]`.
fn attend<B: Backend>(qkv: Tensor<B, 2>, heads: usize, inputs: &Inputs<B>) -> Tensor<B, 2> {
    let [rows, wide] = qkv.dims();
    let (windows, steps, d) = (inputs.windows, inputs.steps, wide / 3);
    let size = d / heads;
    let part = |i: usize| qkv.clone().narrow(1, i * d, d);
    let by_head = |x: Tensor<B, 2>| x.reshape([windows, steps, heads, size]).swap_dims(1, 2);
    let turned = |x: Tensor<B, 2>| by_head(turn(x, heads, inputs));
    let (q, k, v) = (turned(part(0)), turned(part(1)), by_head(part(2)));
    let scores = q.matmul(k.transpose()) * (size as f32).sqrt().recip();
    let probabilities = activation::softmax(scores + inputs.mask.clone(), 3);
    probabilities.matmul(v).swap_dims(1, 2).reshape([rows, d])
}

/// Turn the pairs (i, i + size / 2) of each head by the step's angles.
fn turn<B: Backend>(x: Tensor<B, 2>, heads: usize, inputs: &Inputs<B>) -> Tensor<B, 2> {
    let [rows, d] = x.dims();
    let pairs = x.reshape([inputs.windows, inputs.steps, heads, 2, d / heads / 2]);
    let turned = pairs.clone() * inputs.cos.clone() + pairs.flip([3]) * inputs.sin.clone();
    turned.reshape([rows, d])
}
