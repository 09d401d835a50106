//! A cell's input times its matrix, forward and backward.

use super::batch::RecurrentBatch;
use super::shape::CellShape;
use crate::kernels::add_scaled;
use crate::matmul::{View, ViewMut, matmul};
use continuo_model::recurrent::VALUES;

/// What a cell reads.
pub enum Input<'a> {
    /// Notes: three values and a one-hot.
    Notes(&'a RecurrentBatch),
    /// Rows of the cell below, `[rows, inputs]`.
    Rows(&'a [f32]),
}

/// `gates = input W + bias`; a note touches four rows of W.
pub(super) fn from_input(
    shape: &CellShape<'_>,
    weights: &[f32],
    input: Input<'_>,
    gates: &mut [f32],
) {
    let width = shape.cell.gates() * shape.width;
    let matrix = &weights[shape.ranges.input.clone()];
    let bias = &weights[shape.ranges.bias.clone()];
    for row in gates.chunks_exact_mut(width) {
        row.copy_from_slice(bias);
    }
    match input {
        Input::Notes(batch) => {
            for (row, (values, &class)) in gates
                .chunks_exact_mut(width)
                .zip(batch.values.iter().zip(&batch.classes))
            {
                for (k, &value) in values.iter().enumerate() {
                    add_scaled(row, &matrix[k * width..(k + 1) * width], value);
                }
                let k = VALUES + usize::from(class);
                add_scaled(row, &matrix[k * width..(k + 1) * width], 1.0);
            }
        }
        Input::Rows(rows) => {
            let inputs = shape.ranges.inputs;
            let count = gates.len() / width;
            let left = View::new(&rows[..count * inputs], count, inputs);
            let right = View::new(matrix, inputs, width);
            matmul(ViewMut::new(gates, count, width), left, right, 1.0, true);
        }
    }
}

/// Backward of [`from_input`] for matrix and rows.
pub(super) fn to_input(
    shape: &CellShape<'_>,
    weights: &[f32],
    (input, d_input): (Input<'_>, Option<&mut [f32]>),
    d_gates: &[f32],
    gradient: &mut [f32],
) {
    let width = shape.cell.gates() * shape.width;
    let d_matrix = &mut gradient[shape.ranges.input.clone()];
    match input {
        Input::Notes(batch) => {
            for (row, (values, &class)) in d_gates
                .chunks_exact(width)
                .zip(batch.values.iter().zip(&batch.classes))
            {
                for (k, &value) in values.iter().enumerate() {
                    add_scaled(&mut d_matrix[k * width..(k + 1) * width], row, value);
                }
                let k = VALUES + usize::from(class);
                add_scaled(&mut d_matrix[k * width..(k + 1) * width], row, 1.0);
            }
        }
        Input::Rows(rows) => {
            let inputs = shape.ranges.inputs;
            let count = d_gates.len() / width;
            let d_gates = View::new(d_gates, count, width);
            let left = View::new(&rows[..count * inputs], count, inputs);
            matmul(
                ViewMut::new(d_matrix, inputs, width),
                left.transposed(),
                d_gates,
                1.0,
                true,
            );
            if let Some(d_input) = d_input {
                let matrix = View::new(&weights[shape.ranges.input.clone()], inputs, width);
                matmul(
                    ViewMut::new(d_input, count, inputs),
                    d_gates,
                    matrix.transposed(),
                    1.0,
                    false,
                );
            }
        }
    }
}
