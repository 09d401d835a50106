//! A batch as the device wants it: windows padded to the longest, sparse rows as matrices.
//!
//! Padding comes last in a window, so that the causal mask hides it from every step before, and no
//! loss depends on what it computes.

use crate::dense::{Dense, floats, indices};
use burn_tensor::backend::Backend;
use burn_tensor::{Int, Tensor};
use continuo_tokenizer::rotary::ANGLES;
use continuo_tokenizer::vocabulary::rows;
use continuo_train::batch::Batch;
use continuo_train::parameters::Layout;

pub(super) struct Inputs<B: Backend> {
    pub windows: usize,
    /// Steps of the longest window.
    pub steps: usize,
    /// `[windows * steps, embedding rows]`.
    pub embedding: Tensor<B, 2>,
    /// `[windows, steps, 1, 1, angles]`.
    pub cos: Tensor<B, 5>,
    /// Minus for the first of a pair, plus for the second: `[windows, steps, 1, 2, angles]`.
    pub sin: Tensor<B, 5>,
    /// Added to scores `[1, 1, steps, steps]`: zero up to the step itself, very low after it.
    pub mask: Tensor<B, 4>,
    /// Padded row of each prediction.
    pub queries: Tensor<B, 1, Int>,
}

/// Low enough that its exponential is zero, high enough that sums with it stay finite.
const HIDDEN: f32 = -1e9;

impl<B: Backend> Inputs<B> {
    pub fn new(layout: &Layout, batch: &Batch, device: &B::Device) -> Inputs<B> {
        let spans: Vec<(usize, usize)> = batch
            .sequences
            .windows(2)
            .map(|w| (w[0] as usize, w[1] as usize))
            .collect();
        let windows = spans.len();
        let steps = spans.iter().map(|(from, to)| to - from).max().unwrap_or(0);
        let used = layout.architecture.d_model / layout.architecture.heads / 2;
        let mut embedding = Dense::new(windows * steps, rows::COUNT);
        let mut cos = Dense::new(windows * steps, used);
        let mut sin = Dense::new(windows * steps, 2 * used);
        let mut padded = Vec::with_capacity(batch.steps());
        for (window, &(from, to)) in spans.iter().enumerate() {
            for step in from..to {
                let row = window * steps + step - from;
                padded.push(row as i32);
                for &(column, value) in batch.embedding.row(step) {
                    embedding.add(row, column as usize, value);
                }
                let angles = &batch.rotary[step * 2 * ANGLES..][..2 * ANGLES];
                cos.row(row).copy_from_slice(&angles[..used]);
                let (minus, plus) = sin.row(row).split_at_mut(used);
                plus.copy_from_slice(&angles[ANGLES..][..used]);
                for (minus, plus) in minus.iter_mut().zip(plus) {
                    *minus = -*plus;
                }
            }
        }
        let mut mask = Dense::new(steps, steps);
        for step in 0..steps {
            mask.row(step)[step + 1..].fill(HIDDEN);
        }
        let queries = batch.queries.iter().map(|&step| padded[step as usize]);
        Inputs {
            windows,
            steps,
            embedding: embedding.upload(device),
            cos: cos.upload(device).reshape([windows, steps, 1, 1, used]),
            sin: sin.upload(device).reshape([windows, steps, 1, 2, used]),
            mask: mask.upload(device).reshape([1, 1, steps, steps]),
            queries: indices(queries.collect(), device),
        }
    }
}

/// Class of each row, `[rows, 1]`.
pub(super) fn classes<B: Backend>(classes: &[u16], device: &B::Device) -> Tensor<B, 2, Int> {
    let values = classes.iter().map(|&class| i32::from(class)).collect();
    indices(values, device).reshape([classes.len(), 1])
}

/// Shares of the experts, `[rows, experts, classes]`.
pub(super) fn experts<B: Backend>(
    rows: &continuo_train::batch::HeadRows,
    (experts, classes): (usize, usize),
    device: &B::Device,
) -> Tensor<B, 3> {
    let count = rows.class.len();
    let mut values = vec![0.0; count * experts * classes];
    for (row, values) in values.chunks_exact_mut(experts * classes).enumerate() {
        for &(flat, share) in rows.experts.row(row) {
            if let Some(value) = values.get_mut(flat as usize) {
                *value += share;
            }
        }
    }
    floats(values, [count, experts, classes], device)
}
