//! Sparse inputs as full matrices.
//!
//! A row of features is a list on the CPU. On a GPU a product with a matrix that is mostly zeros takes
//! microseconds, while adding rows up by index, and its gradient, goes one index after the other.

use burn_tensor::backend::Backend;
use burn_tensor::{Int, Tensor, TensorData};

/// A matrix that is filled here and then copied to the device.
pub(crate) struct Dense {
    values: Vec<f32>,
    rows: usize,
    columns: usize,
}

impl Dense {
    pub fn new(rows: usize, columns: usize) -> Dense {
        Dense {
            values: vec![0.0; rows * columns],
            rows,
            columns,
        }
    }

    /// Add to an entry; one beyond the matrix is left out.
    pub fn add(&mut self, row: usize, column: usize, value: f32) {
        if column < self.columns
            && let Some(entry) = self.values.get_mut(row * self.columns + column)
        {
            *entry += value;
        }
    }

    /// Row `row`, to be written.
    pub fn row(&mut self, row: usize) -> &mut [f32] {
        &mut self.values[row * self.columns..][..self.columns]
    }

    pub fn upload<B: Backend>(self, device: &B::Device) -> Tensor<B, 2> {
        floats(self.values, [self.rows, self.columns], device)
    }
}

pub(crate) fn floats<B: Backend, const D: usize>(
    values: Vec<f32>,
    shape: [usize; D],
    device: &B::Device,
) -> Tensor<B, D> {
    Tensor::from_data(TensorData::new(values, shape), device)
}

pub(crate) fn indices<B: Backend>(values: Vec<i32>, device: &B::Device) -> Tensor<B, 1, Int> {
    let len = values.len();
    Tensor::from_data(TensorData::new(values, [len]), device)
}
