//! The whole network: cells on top of each other, then blocks and heads.

use super::batch::RecurrentBatch;
use super::cells::CellBuffers;
use super::input::Input;
use super::layout::RecurrentLayout;
use super::output::{Gradients, OutputBuffers};
use super::shape::CellShape;
use crate::network::{Losses, sized};

/// Buffers of one worker, kept from batch to batch.
#[derive(Default)]
pub struct RecurrentNetwork {
    cells: Vec<CellBuffers>,
    output: OutputBuffers,
    dy: Vec<f32>,
    d_below: Vec<f32>,
}

impl RecurrentNetwork {
    fn forward(&mut self, layout: &RecurrentLayout, weights: &[f32], batch: &RecurrentBatch) {
        let (width, rows) = (layout.architecture.width, batch.rows());
        self.cells
            .resize_with(layout.cells.len(), CellBuffers::default);
        for (i, ranges) in layout.cells.iter().enumerate() {
            let (below, here) = self.cells.split_at_mut(i);
            let input = below.last().map_or(Input::Notes(batch), |cell| {
                Input::Rows(cell.output(rows, width))
            });
            let shape = CellShape {
                cell: layout.architecture.cell,
                width,
                ranges,
            };
            here[0].forward(&shape, weights, batch, input);
        }
    }

    /// Losses of a batch, without dropout and gradients.
    pub fn losses(
        &mut self,
        layout: &RecurrentLayout,
        weights: &[f32],
        batch: &RecurrentBatch,
    ) -> Losses {
        self.forward(layout, weights, batch);
        let last = &self.cells[layout.cells.len() - 1];
        let y = last.output(batch.rows(), layout.architecture.width);
        self.output.run(layout, weights, batch, y, None)
    }

    /// Losses of a batch; the gradient of their plain sum is added to `gradient`.
    pub fn train(
        &mut self,
        layout: &RecurrentLayout,
        weights: &[f32],
        batch: &RecurrentBatch,
        gradient: &mut [f32],
    ) -> Losses {
        self.forward(layout, weights, batch);
        let (width, rows) = (layout.architecture.width, batch.rows());
        let dy = sized(&mut self.dy, rows * width);
        let y = self.cells[layout.cells.len() - 1].output(rows, width);
        let gradients = Gradients {
            weights: gradient,
            y: dy,
        };
        let losses = self.output.run(layout, weights, batch, y, Some(gradients));
        for (i, ranges) in layout.cells.iter().enumerate().rev() {
            let (below, here) = self.cells.split_at_mut(i);
            let shape = CellShape {
                cell: layout.architecture.cell,
                width,
                ranges,
            };
            let dy = &mut self.dy[..rows * width];
            match below.last() {
                None => here[0].backward(
                    &shape,
                    weights,
                    batch,
                    (Input::Notes(batch), None),
                    dy,
                    gradient,
                ),
                Some(cell) => {
                    let d_below = sized(&mut self.d_below, rows * width);
                    let input = (Input::Rows(cell.output(rows, width)), Some(&mut *d_below));
                    here[0].backward(&shape, weights, batch, input, dy, gradient);
                    dy.copy_from_slice(d_below);
                }
            }
        }
        losses
    }

    /// Logits `[rows, 120]` and values `[rows, 3]` of every row: for equivalence tests.
    pub fn predict(
        &mut self,
        layout: &RecurrentLayout,
        weights: &[f32],
        batch: &RecurrentBatch,
    ) -> (Vec<f32>, Vec<f32>) {
        self.forward(layout, weights, batch);
        let last = &self.cells[layout.cells.len() - 1];
        let y = last.output(batch.rows(), layout.architecture.width);
        self.output.predict(layout, weights, y)
    }
}
