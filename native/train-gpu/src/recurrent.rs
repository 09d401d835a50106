//! Losses and gradients of the recurrent networks.

mod cells;
mod output;

use crate::dense::{Dense, floats};
use crate::weights::{Sums, Weights, read};
use burn_tensor::Tensor;
use burn_tensor::backend::Backend;
use cells::{Cells, Steps};
use continuo_model::recurrent::{INPUTS, VALUES};
use continuo_train::network::Losses;
use continuo_train::recurrent::{RecurrentBatch, RecurrentLayout};

/// Losses of a batch; the gradient of their plain sum is added to `sums`. The weights are
/// without autodiff: cells go back through time by hand, only blocks and heads are left to burn.
pub(crate) fn train<B: Backend>(
    layout: &RecurrentLayout,
    weights: &Weights<B>,
    batch: &RecurrentBatch,
    device: &B::Device,
    sums: &mut Sums<B>,
) -> Result<Losses, String> {
    let mut losses = Losses {
        notes: batch.notes,
        predictions: batch.notes,
        ..Losses::default()
    };
    if batch.notes == 0 {
        return Ok(losses);
    }
    let steps = Steps {
        lanes: batch.lanes,
        steps: batch.steps,
        keeps: keeps(batch, device),
    };
    let mut cells = Vec::new();
    let mut input = notes(batch, device);
    for ranges in &layout.cells {
        let cell = Cells::forward(layout, ranges, weights, &steps, input);
        input = cell.output.clone();
        cells.push(cell);
    }
    let (sums_of_losses, mut dy) = output::train(layout, weights, batch, (input, device), sums);
    for (i, (ranges, cell)) in layout.cells.iter().zip(cells).enumerate().rev() {
        let d_input = cell.backward((layout, ranges), weights, &steps, dy, sums);
        if i == 0 {
            break;
        }
        dy = d_input();
    }
    let values = read(sums_of_losses)?;
    if let [pitch, squares, misses] = values[..] {
        losses.nats[0] = f64::from(pitch);
        losses.nats[1] = f64::from(squares);
        losses.misses = misses.round() as usize;
    }
    Ok(losses)
}

/// Three values and a one-hot of each row, `[rows, 123]`.
fn notes<B: Backend>(batch: &RecurrentBatch, device: &B::Device) -> Tensor<B, 2> {
    let mut rows = Dense::new(batch.rows(), INPUTS);
    for (i, (values, &class)) in batch.values.iter().zip(&batch.classes).enumerate() {
        rows.row(i)[..VALUES].copy_from_slice(values);
        rows.add(i, VALUES + usize::from(class), 1.0);
    }
    rows.upload(device)
}

/// One where the state of the step before goes on, zero where a piece begins: `[rows, 1]`.
fn keeps<B: Backend>(batch: &RecurrentBatch, device: &B::Device) -> Tensor<B, 2> {
    let keep = |(row, &begins): (usize, &bool)| {
        if begins || row < batch.lanes {
            0.0
        } else {
            1.0
        }
    };
    let values: Vec<f32> = batch.begins.iter().enumerate().map(keep).collect();
    floats(values, [batch.rows(), 1], device)
}
