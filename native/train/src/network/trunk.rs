//! Embeddings and pre-norm blocks: causal attention with rotary angles, squared ReLU.

use super::attention::{self, AttentionShape};
use super::sized;
use crate::batch::Batch;
use crate::kernels::{
    add_scaled, rms_norm, rms_norm_backward, squared_relu, squared_relu_backward,
};
use crate::matmul::{View, ViewMut, matmul};
use crate::parameters::Layout;

/// What the backward pass needs of one block; `[steps, ...]` each.
#[derive(Default)]
struct Block {
    input: Vec<f32>,
    inverse1: Vec<f32>,
    normed1: Vec<f32>,
    /// Queries and keys after rotation, values: `[steps, 3d]`.
    qkv: Vec<f32>,
    probabilities: Vec<f32>,
    attended: Vec<f32>,
    middle: Vec<f32>,
    inverse2: Vec<f32>,
    normed2: Vec<f32>,
    up: Vec<f32>,
    active: Vec<f32>,
}

pub(super) struct TrunkBuffers {
    blocks: Vec<Block>,
    last: Vec<f32>,
    inverse: Vec<f32>,
    /// Normed hidden states, `[steps, d]`.
    output: Vec<f32>,
    d_output: Vec<f32>,
    d_x: Vec<f32>,
    d_wide: Vec<f32>,
    d_narrow: Vec<f32>,
    d_scores: Vec<f32>,
    steps: usize,
    d: usize,
}

impl TrunkBuffers {
    pub fn new(layout: &Layout) -> TrunkBuffers {
        TrunkBuffers {
            blocks: (0..layout.layers.len()).map(|_| Block::default()).collect(),
            last: Vec::new(),
            inverse: Vec::new(),
            output: Vec::new(),
            d_output: Vec::new(),
            d_x: Vec::new(),
            d_wide: Vec::new(),
            d_narrow: Vec::new(),
            d_scores: Vec::new(),
            steps: 0,
            d: layout.architecture.d_model,
        }
    }

    pub fn output(&self) -> &[f32] {
        &self.output[..self.steps * self.d]
    }

    /// The output, and its gradient set to zero.
    pub fn output_and_gradient(&mut self, batch: &Batch) -> (&[f32], &mut [f32]) {
        let gradient = sized(&mut self.d_output, batch.steps() * self.d);
        gradient.fill(0.0);
        (&self.output[..self.steps * self.d], gradient)
    }

    pub fn forward(&mut self, layout: &Layout, weights: &[f32], batch: &Batch) {
        let architecture = &layout.architecture;
        let (n, d, ff) = (batch.steps(), architecture.d_model, architecture.ff_size);
        self.steps = n;
        let embed = &weights[layout.embed.clone()];
        let x = sized(&mut self.last, n * d);
        x.fill(0.0);
        for (step, x) in x.chunks_exact_mut(d).enumerate() {
            for &(row, value) in batch.embedding.row(step) {
                add_scaled(x, &embed[row as usize * d..][..d], value);
            }
        }
        let shape = AttentionShape {
            d,
            heads: architecture.heads,
        };
        for (block, at) in self.blocks.iter_mut().zip(&layout.layers) {
            let input = sized(&mut block.input, n * d);
            input.copy_from_slice(x);
            let normed1 = sized(&mut block.normed1, n * d);
            rms_norm(
                input,
                &weights[at.norm1.clone()],
                normed1,
                sized(&mut block.inverse1, n),
            );
            let qkv = sized(&mut block.qkv, n * 3 * d);
            product(qkv, normed1, &weights[at.qkv.clone()], n, d, 3 * d, false);
            let attended = sized(&mut block.attended, n * d);
            attention::forward(shape, batch, qkv, &mut block.probabilities, attended);
            product(x, attended, &weights[at.out.clone()], n, d, d, true);
            let middle = sized(&mut block.middle, n * d);
            middle.copy_from_slice(x);
            let normed2 = sized(&mut block.normed2, n * d);
            rms_norm(
                middle,
                &weights[at.norm2.clone()],
                normed2,
                sized(&mut block.inverse2, n),
            );
            let up = sized(&mut block.up, n * ff);
            product(up, normed2, &weights[at.up.clone()], n, d, ff, false);
            let active = sized(&mut block.active, n * ff);
            squared_relu(up, active);
            product(x, active, &weights[at.down.clone()], n, ff, d, true);
        }
        let output = sized(&mut self.output, n * d);
        rms_norm(
            x,
            &weights[layout.norm.clone()],
            output,
            sized(&mut self.inverse, n),
        );
    }

    /// Gradients of all trunk weights from `d_output`, which the heads filled.
    pub fn backward(
        &mut self,
        layout: &Layout,
        weights: &[f32],
        batch: &Batch,
        gradient: &mut [f32],
    ) {
        let architecture = &layout.architecture;
        let (n, d, ff) = (self.steps, architecture.d_model, architecture.ff_size);
        let dx = sized(&mut self.d_x, n * d);
        dx.fill(0.0);
        rms_norm_backward(
            &self.last[..n * d],
            &weights[layout.norm.clone()],
            &self.inverse[..n],
            &self.d_output[..n * d],
            dx,
            &mut gradient[layout.norm.clone()],
        );
        let shape = AttentionShape {
            d,
            heads: architecture.heads,
        };
        for (block, at) in self.blocks.iter_mut().zip(&layout.layers).rev() {
            let active = &block.active[..n * ff];
            weight_gradient(&mut gradient[at.down.clone()], active, dx, n, ff, d);
            let wide = sized(&mut self.d_wide, n * ff);
            input_gradient(wide, dx, &weights[at.down.clone()], n, ff, d);
            squared_relu_backward(&block.up[..n * ff], wide);
            let normed2 = &block.normed2[..n * d];
            weight_gradient(&mut gradient[at.up.clone()], normed2, wide, n, d, ff);
            let narrow = sized(&mut self.d_narrow, n * d);
            input_gradient(narrow, wide, &weights[at.up.clone()], n, d, ff);
            rms_norm_backward(
                &block.middle[..n * d],
                &weights[at.norm2.clone()],
                &block.inverse2[..n],
                narrow,
                dx,
                &mut gradient[at.norm2.clone()],
            );

            let attended = &block.attended[..n * d];
            weight_gradient(&mut gradient[at.out.clone()], attended, dx, n, d, d);
            input_gradient(narrow, dx, &weights[at.out.clone()], n, d, d);
            let d_qkv = sized(&mut self.d_wide, n * 3 * d);
            attention::backward(
                shape,
                batch,
                &block.qkv[..n * 3 * d],
                &block.probabilities,
                narrow,
                d_qkv,
                &mut self.d_scores,
            );
            let normed1 = &block.normed1[..n * d];
            weight_gradient(&mut gradient[at.qkv.clone()], normed1, d_qkv, n, d, 3 * d);
            input_gradient(narrow, d_qkv, &weights[at.qkv.clone()], n, d, 3 * d);
            rms_norm_backward(
                &block.input[..n * d],
                &weights[at.norm1.clone()],
                &block.inverse1[..n],
                narrow,
                dx,
                &mut gradient[at.norm1.clone()],
            );
        }
        let embed = &mut gradient[layout.embed.clone()];
        for (step, dx) in dx.chunks_exact(d).enumerate() {
            for &(row, value) in batch.embedding.row(step) {
                add_scaled(&mut embed[row as usize * d..][..d], dx, value);
            }
        }
    }
}

/// `y = x W`, or `y += x W`; x `[n, inputs]`.
pub(super) fn product(
    y: &mut [f32],
    x: &[f32],
    w: &[f32],
    n: usize,
    inputs: usize,
    outputs: usize,
    accumulate: bool,
) {
    matmul(
        ViewMut::new(y, n, outputs),
        View::new(x, n, inputs),
        View::new(w, inputs, outputs),
        1.0,
        accumulate,
    );
}

/// `dW += x^T dy`.
pub(super) fn weight_gradient(
    dw: &mut [f32],
    x: &[f32],
    dy: &[f32],
    n: usize,
    inputs: usize,
    outputs: usize,
) {
    matmul(
        ViewMut::new(dw, inputs, outputs),
        View::new(x, n, inputs).transposed(),
        View::new(dy, n, outputs),
        1.0,
        true,
    );
}

/// `dx = dy W^T`.
pub(super) fn input_gradient(
    dx: &mut [f32],
    dy: &[f32],
    w: &[f32],
    n: usize,
    inputs: usize,
    outputs: usize,
) {
    matmul(
        ViewMut::new(dx, n, inputs),
        View::new(dy, n, outputs),
        View::new(w, inputs, outputs).transposed(),
        1.0,
        false,
    );
}
