//! Blocks and heads on the cells' output, forward and backward in one go, some rows at a time so
//! that everything stays in the cache.

use super::batch::{NO_TARGET, RecurrentBatch};
use super::dropout::{AlphaDropout, Gaps};
use super::kernels;
use super::layout::{LinearRanges, RecurrentLayout};
use crate::kernels::{add_scaled, softmax};
use crate::matmul::{View, ViewMut, matmul};
use crate::network::{Losses, sized};
use continuo_model::recurrent::{PITCHES, VALUE_SCALE, VALUES};
use std::ops::Range;

/// Rows that go through at once.
const CHUNK: usize = 256;

/// Buffers of one chunk.
#[derive(Default)]
pub struct OutputBuffers {
    blocks: Vec<Vec<f32>>,
    dropped: Vec<Option<Vec<u32>>>,
    d_block: Vec<f32>,
    d_below: Vec<f32>,
    pitch: Vec<f32>,
    values: Vec<f32>,
}

/// Where to add the gradients of the weights, and where to write that of the cells' output.
pub struct Gradients<'a> {
    pub weights: &'a mut [f32],
    pub y: &'a mut [f32],
}

impl OutputBuffers {
    /// Losses of all rows of `y` `[rows, width]`; with gradients, dropout is on.
    pub fn run(
        &mut self,
        layout: &RecurrentLayout,
        weights: &[f32],
        batch: &RecurrentBatch,
        y: &[f32],
        mut gradients: Option<Gradients<'_>>,
    ) -> Losses {
        let w = layout.architecture.width;
        let mut losses = Losses::default();
        let mut from = 0;
        let seed = batch.dropout_seed.filter(|_| gradients.is_some());
        let mut gaps = seed.map(Gaps::new);
        while from < batch.rows() {
            let to = (from + CHUNK).min(batch.rows());
            let y = &y[from * w..to * w];
            self.forward(layout, weights, y, gaps.as_mut());
            losses.add(&self.losses(batch, from..to));
            if let Some(Gradients { weights: d, y: dy }) = &mut gradients {
                self.backward(layout, weights, y, d, &mut dy[from * w..to * w]);
            }
            from = to;
        }
        losses
    }

    /// Logits of pitch `[rows, 120]` and values `[rows, 3]` for rows of `y`, without dropout.
    pub fn predict(
        &mut self,
        layout: &RecurrentLayout,
        weights: &[f32],
        y: &[f32],
    ) -> (Vec<f32>, Vec<f32>) {
        let rows = y.len() / layout.architecture.width;
        self.forward(layout, weights, y, None);
        let values = self.values[..rows * VALUES]
            .iter()
            .map(|&x| kernels::value(x));
        (self.pitch[..rows * PITCHES].to_vec(), values.collect())
    }

    fn forward(
        &mut self,
        layout: &RecurrentLayout,
        weights: &[f32],
        y: &[f32],
        mut gaps: Option<&mut Gaps>,
    ) {
        let (w, b) = (layout.architecture.width, layout.architecture.block_size);
        let rows = y.len() / w;
        let dropout = AlphaDropout::new();
        self.blocks.resize_with(layout.blocks.len(), Vec::new);
        self.dropped.resize(layout.blocks.len(), None);
        for (i, ranges) in layout.blocks.iter().enumerate() {
            let (below, here) = self.blocks.split_at_mut(i);
            let (inputs, input) = below.last().map_or((w, y), |block| (b, &block[..rows * b]));
            let out = sized(&mut here[0], rows * b);
            let matrix = View::new(&weights[ranges.weight.clone()], inputs, b);
            let input = View::new(input, rows, inputs);
            matmul(ViewMut::new(out, rows, b), input, matrix, 1.0, false);
            kernels::bias_selu(out, &weights[ranges.bias.clone()]);
            if let Some(gaps) = &mut gaps {
                for v in out.iter_mut() {
                    *v = *v * dropout.scale + dropout.shift;
                }
                let dropped = self.dropped[i].get_or_insert_default();
                gaps.indices(rows * b, dropped);
                for &k in dropped.iter() {
                    out[k as usize] = dropout.dropped;
                }
            } else {
                self.dropped[i] = None;
            }
        }
        let z = &self.blocks[layout.blocks.len() - 1][..rows * b];
        for (ranges, out, width) in [
            (&layout.pitch, &mut self.pitch, PITCHES),
            (&layout.values, &mut self.values, VALUES),
        ] {
            let out = sized(out, rows * width);
            for row in out.chunks_exact_mut(width) {
                row.copy_from_slice(&weights[ranges.bias.clone()]);
            }
            let (of_y, of_z) = weights[ranges.weight.clone()].split_at(w * width);
            let mut add = |rows_of: &[f32], inputs: usize, matrix: &[f32]| {
                let (left, right) = (
                    View::new(rows_of, rows, inputs),
                    View::new(matrix, inputs, width),
                );
                matmul(ViewMut::new(out, rows, width), left, right, 1.0, true);
            };
            add(y, w, of_y);
            add(z, b, of_z);
        }
    }

    /// Losses of a chunk; logits and values become the gradients of the loss by them.
    fn losses(&mut self, batch: &RecurrentBatch, rows: Range<usize>) -> Losses {
        let mut losses = Losses::default();
        for (i, row) in rows.enumerate() {
            let pitch = &mut self.pitch[i * PITCHES..(i + 1) * PITCHES];
            let values = &mut self.values[i * VALUES..(i + 1) * VALUES];
            let class = usize::from(batch.target_classes[row]);
            if batch.target_classes[row] == NO_TARGET {
                pitch.fill(0.0);
                values.fill(0.0);
                continue;
            }
            let top = pitch.iter().fold(f32::NEG_INFINITY, |m, &v| m.max(v));
            losses.misses += usize::from(pitch[class] < top);
            softmax(pitch, PITCHES);
            losses.nats[0] -= f64::from(pitch[class].max(1e-30).ln());
            pitch[class] -= 1.0;
            for (x, target) in values.iter_mut().zip(batch.target_values[row]) {
                let value = kernels::value(*x);
                let error = value - target;
                losses.nats[1] += f64::from(error * error);
                *x = 2.0 * error * value * (1.0 - value / VALUE_SCALE);
            }
            losses.notes += 1;
            losses.predictions += 1;
        }
        losses
    }

    fn backward(
        &mut self,
        layout: &RecurrentLayout,
        weights: &[f32],
        y: &[f32],
        gradient: &mut [f32],
        dy: &mut [f32],
    ) {
        let (w, b) = (layout.architecture.width, layout.architecture.block_size);
        let rows = y.len() / w;
        let dropout = AlphaDropout::new();
        let last = layout.blocks.len() - 1;
        let d_block = sized(&mut self.d_block, rows * b);
        let heads = [
            (&layout.pitch, &self.pitch[..rows * PITCHES], PITCHES),
            (&layout.values, &self.values[..rows * VALUES], VALUES),
        ];
        for (k, (ranges, d_out, width)) in heads.into_iter().enumerate() {
            let LinearRanges { weight, bias } = ranges;
            kernels::add_rows(&mut gradient[bias.clone()], d_out);
            let d_out = View::new(d_out, rows, width);
            let (of_y, of_z) = weights[weight.clone()].split_at(w * width);
            let (d_of_y, d_of_z) = gradient[weight.clone()].split_at_mut(w * width);
            let z = View::new(&self.blocks[last][..rows * b], rows, b);
            matmul(
                ViewMut::new(d_of_y, w, width),
                View::new(y, rows, w).transposed(),
                d_out,
                1.0,
                true,
            );
            matmul(
                ViewMut::new(d_of_z, b, width),
                z.transposed(),
                d_out,
                1.0,
                true,
            );
            let later = k > 0;
            matmul(
                ViewMut::new(dy, rows, w),
                d_out,
                View::new(of_y, w, width).transposed(),
                1.0,
                later,
            );
            matmul(
                ViewMut::new(d_block, rows, b),
                d_out,
                View::new(of_z, b, width).transposed(),
                1.0,
                later,
            );
        }
        for (i, ranges) in layout.blocks.iter().enumerate().rev() {
            let (below, here) = self.blocks.split_at_mut(i);
            let out = &mut here[0][..rows * b];
            if let Some(dropped) = &self.dropped[i] {
                for &k in dropped {
                    d_block[k as usize] = 0.0;
                }
                // Back to what SELU gave; a dropped value's gradient is zero whatever it was.
                for (v, d) in out.iter_mut().zip(d_block.iter_mut()) {
                    *v = (*v - dropout.shift) / dropout.scale;
                    *d *= dropout.scale;
                }
            }
            kernels::selu_backward(out, d_block);
            kernels::add_rows(&mut gradient[ranges.bias.clone()], d_block);
            let (inputs, input) = below.last().map_or((w, y), |block| (b, &block[..rows * b]));
            let d_out = View::new(d_block, rows, b);
            let input = View::new(input, rows, inputs).transposed();
            matmul(
                ViewMut::new(&mut gradient[ranges.weight.clone()], inputs, b),
                input,
                d_out,
                1.0,
                true,
            );
            let matrix = View::new(&weights[ranges.weight.clone()], inputs, b).transposed();
            if i == 0 {
                matmul(ViewMut::new(dy, rows, w), d_out, matrix, 1.0, true);
            } else {
                let d_below = sized(&mut self.d_below, rows * b);
                matmul(ViewMut::new(d_below, rows, b), d_out, matrix, 1.0, false);
                d_block.fill(0.0);
                add_scaled(d_block, d_below, 1.0);
            }
        }
    }
}
