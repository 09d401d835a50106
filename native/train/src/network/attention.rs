//! Causal attention inside each window, with rotary angles given by the batch.

use super::sized;
use crate::batch::Batch;
use crate::kernels::{rotate, rotate_back, softmax, softmax_backward};
use crate::matmul::{View, ViewMut, matmul};
use continuo_tokenizer::rotary::ANGLES;

/// Rows of one block of scores: keys past the block's last row are never computed.
const ROWS: usize = 48;

#[derive(Clone, Copy)]
pub(super) struct AttentionShape {
    pub d: usize,
    pub heads: usize,
}

impl AttentionShape {
    fn head_size(self) -> usize {
        self.d / self.heads
    }

    fn scale(self) -> f32 {
        1.0 / (self.head_size() as f32).sqrt()
    }
}

/// Windows of a batch with the place of their scores: (first step, steps, offset).
fn windows(batch: &Batch, heads: usize) -> impl Iterator<Item = (usize, usize, usize)> + '_ {
    let mut offset = 0;
    batch.sequences.windows(2).map(move |w| {
        let (first, steps) = (w[0] as usize, (w[1] - w[0]) as usize);
        let here = offset;
        offset += heads * steps * steps;
        (first, steps, here)
    })
}

fn row_blocks(steps: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..steps)
        .step_by(ROWS)
        .map(move |from| (from, (from + ROWS).min(steps)))
}

/// Rotates queries and keys in place, then `out = softmax(q k^T) v` by head and window.
pub(super) fn forward(
    shape: AttentionShape,
    batch: &Batch,
    qkv: &mut [f32],
    probabilities: &mut Vec<f32>,
    out: &mut [f32],
) {
    let (d, size) = (shape.d, shape.head_size());
    turn(shape, batch, qkv, rotate);
    let total = windows(batch, shape.heads)
        .map(|(_, t, _)| shape.heads * t * t)
        .sum();
    let probabilities = sized(probabilities, total);
    for (first, steps, offset) in windows(batch, shape.heads) {
        let rows = &qkv[first * 3 * d..(first + steps) * 3 * d];
        let out = &mut out[first * d..(first + steps) * d];
        for head in 0..shape.heads {
            let p = &mut probabilities[offset + head * steps * steps..][..steps * steps];
            for (from, to) in row_blocks(steps) {
                let count = to - from;
                let block = &mut p[from * steps..to * steps];
                matmul(
                    ViewMut::strided(block, count, to, steps),
                    View::strided(&rows[from * 3 * d + head * size..], count, size, 3 * d),
                    View::strided(&rows[d + head * size..], to, size, 3 * d).transposed(),
                    shape.scale(),
                    false,
                );
                for (i, row) in block.chunks_exact_mut(steps).enumerate() {
                    softmax(&mut row[..to], from + i + 1);
                }
                matmul(
                    ViewMut::strided(&mut out[from * d + head * size..], count, size, d),
                    View::strided(block, count, to, steps),
                    View::strided(&rows[2 * d + head * size..], to, size, 3 * d),
                    1.0,
                    false,
                );
            }
        }
    }
}

/// Gradient of queries, keys and values before rotation, `[steps, 3d]`.
pub(super) fn backward(
    shape: AttentionShape,
    batch: &Batch,
    qkv: &[f32],
    probabilities: &[f32],
    d_out: &[f32],
    d_qkv: &mut [f32],
    scores: &mut Vec<f32>,
) {
    let (d, size) = (shape.d, shape.head_size());
    d_qkv.fill(0.0);
    for (first, steps, offset) in windows(batch, shape.heads) {
        let span = first * 3 * d..(first + steps) * 3 * d;
        let (rows, d_rows) = (&qkv[span.clone()], &mut d_qkv[span]);
        let d_out = &d_out[first * d..(first + steps) * d];
        let scores = sized(scores, ROWS * steps);
        for head in 0..shape.heads {
            let p = &probabilities[offset + head * steps * steps..][..steps * steps];
            let (q, k, v) = (head * size, d + head * size, 2 * d + head * size);
            for (from, to) in row_blocks(steps) {
                let count = to - from;
                let p = View::strided(&p[from * steps..], count, to, steps);
                let d_out = View::strided(&d_out[from * d + head * size..], count, size, d);
                matmul(
                    ViewMut::strided(&mut d_rows[v..], to, size, 3 * d),
                    p.transposed(),
                    d_out,
                    1.0,
                    true,
                );
                matmul(
                    ViewMut::strided(scores, count, to, steps),
                    d_out,
                    View::strided(&rows[v..], to, size, 3 * d).transposed(),
                    1.0,
                    false,
                );
                for (i, row) in scores.chunks_exact_mut(steps).take(count).enumerate() {
                    let at = offset + head * steps * steps + (from + i) * steps;
                    softmax_backward(&probabilities[at..at + to], &mut row[..to]);
                }
                let d_scores = View::strided(scores, count, to, steps);
                matmul(
                    ViewMut::strided(&mut d_rows[from * 3 * d + q..], count, size, 3 * d),
                    d_scores,
                    View::strided(&rows[k..], to, size, 3 * d),
                    shape.scale(),
                    false,
                );
                matmul(
                    ViewMut::strided(&mut d_rows[k..], to, size, 3 * d),
                    d_scores.transposed(),
                    View::strided(&rows[from * 3 * d + q..], count, size, 3 * d),
                    shape.scale(),
                    true,
                );
            }
        }
    }
    turn(shape, batch, d_qkv, rotate_back);
}

/// Turn the queries and keys of every step.
fn turn(shape: AttentionShape, batch: &Batch, qkv: &mut [f32], by: fn(&mut [f32], &[f32], &[f32])) {
    let angles = batch.rotary.chunks_exact(2 * ANGLES);
    let used = shape.head_size() / 2;
    for (row, angles) in qkv.chunks_exact_mut(3 * shape.d).zip(angles) {
        let (cos, sin) = angles.split_at(ANGLES);
        for head in row[..2 * shape.d].chunks_exact_mut(shape.head_size()) {
            by(head, &cos[..used], &sin[..used]);
        }
    }
}
