//! Flat weights as tensors of a device, and gradients back into the flat order.

use burn_autodiff::Autodiff;
use burn_tensor::backend::Backend;
use burn_tensor::{Tensor, TensorData};
use continuo_train::parameters::Tensor as Parameter;
use std::ops::Range;

/// All tensors of a network, `[rows, columns]`; a vector is one row. In the layout's order.
pub(crate) struct Weights<B: Backend> {
    tensors: Vec<Tensor<B, 2>>,
    starts: Vec<usize>,
}

impl<B: Backend> Weights<B> {
    /// One copy to the device, cut up there.
    pub fn upload(parameters: &[Parameter], flat: &[f32], device: &B::Device) -> Weights<B> {
        let all = Tensor::<B, 1>::from_data(TensorData::new(flat.to_vec(), [flat.len()]), device);
        let tensor = |parameter: &Parameter| {
            let columns = parameter.shape.last().copied().unwrap_or(1).max(1);
            let rows = parameter.range.len() / columns;
            all.clone()
                .slice([parameter.range.clone()])
                .reshape([rows, columns])
        };
        Weights {
            tensors: parameters.iter().map(tensor).collect(),
            starts: parameters
                .iter()
                .map(|parameter| parameter.range.start)
                .collect(),
        }
    }

    /// The same with a gradient to be had of each.
    pub fn tracked(&self) -> Weights<Autodiff<B>> {
        let track = |tensor: &Tensor<B, 2>| Tensor::from_inner(tensor.clone()).require_grad();
        Weights {
            tensors: self.tensors.iter().map(track).collect(),
            starts: self.starts.clone(),
        }
    }

    /// Place in the layout's order of the tensor at `range`.
    pub fn index(&self, range: &Range<usize>) -> usize {
        self.starts.partition_point(|&start| start < range.start)
    }

    /// The tensor that the layout puts at `range`.
    pub fn at(&self, range: &Range<usize>) -> Tensor<B, 2> {
        self.tensors[self.index(range)].clone()
    }

    pub fn iter(&self) -> impl Iterator<Item = &Tensor<B, 2>> {
        self.tensors.iter()
    }
}

/// Gradients of all tensors, summed over the micro-batches of an update.
pub(crate) struct Sums<B: Backend>(Vec<Option<Tensor<B, 2>>>);

impl<B: Backend> Sums<B> {
    pub fn new(len: usize) -> Sums<B> {
        Sums(vec![None; len])
    }

    pub fn add(&mut self, index: usize, gradient: Tensor<B, 2>) {
        if let Some(sum) = self.0.get_mut(index) {
            *sum = Some(match sum.take() {
                Some(sum) => sum + gradient,
                None => gradient,
            });
        }
    }

    /// Flat, in one copy from the device; what nothing depends on is zero.
    pub fn download(
        self,
        parameters: &[Parameter],
        device: &B::Device,
        flat: &mut [f32],
    ) -> Result<(), String> {
        let part = |(sum, parameter): (Option<Tensor<B, 2>>, &Parameter)| match sum {
            Some(sum) => sum.reshape([parameter.range.len()]),
            None => Tensor::<B, 1>::zeros([parameter.range.len()], device),
        };
        let parts = self.0.into_iter().zip(parameters).map(part).collect();
        let values = read(Tensor::cat(parts, 0))?;
        if values.len() != flat.len() {
            return Err(format!(
                "{} gradients for {} weights",
                values.len(),
                flat.len()
            ));
        }
        flat.copy_from_slice(&values);
        Ok(())
    }
}

/// Wait for a tensor and copy it here.
pub(crate) fn read<B: Backend, const D: usize>(tensor: Tensor<B, D>) -> Result<Vec<f32>, String> {
    let data = tensor.try_into_data().map_err(|error| error.to_string())?;
    data.into_vec().map_err(|error| format!("{error:?}"))
}
