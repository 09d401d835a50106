//! An update on a device: weights go there and the gradient comes back once.

use crate::device::caught;
use crate::weights::{Sums, Weights};
use crate::{infill, recurrent};
use burn_tensor::backend::Backend;
use continuo_train::TrainError;
use continuo_train::batch::Batch;
use continuo_train::compute::Compute;
use continuo_train::family::Family;
use continuo_train::infill::Infill;
use continuo_train::network::Losses;
use continuo_train::recurrent::{Recurrent, RecurrentBatch};

/// One micro-batch after the other on one device.
pub(crate) struct GpuCompute<'a, F, B: Backend> {
    name: &'static str,
    family: &'a F,
    device: B::Device,
}

impl<'a, F: Family, B: Backend> GpuCompute<'a, F, B> {
    /// On the backend's first device, which must have been opened.
    pub fn new(name: &'static str, family: &'a F) -> GpuCompute<'a, F, B> {
        GpuCompute {
            name,
            family,
            device: B::Device::default(),
        }
    }

    fn update(
        &self,
        weights: &[f32],
        gradient: &mut [f32],
        train: impl FnOnce(&Weights<B>, &mut Sums<B>) -> Result<Losses, String>,
    ) -> Result<Losses, TrainError> {
        let parameters = self.family.tensors();
        let run = || {
            let weights = Weights::upload(parameters, weights, &self.device);
            let mut sums = Sums::new(parameters.len());
            let losses = train(&weights, &mut sums)?;
            sums.download(parameters, &self.device, gradient)?;
            Ok(losses)
        };
        caught(run).map_err(|what| TrainError::DeviceUnavailable {
            device: self.name.to_owned(),
            reason: format!(
                "it failed at work ({what}); the last checkpoint is whole: resume with a smaller --batch or on the CPU"
            ),
        })
    }
}

impl<B: Backend> Compute<Batch> for GpuCompute<'_, Infill, B> {
    fn gradient(
        &mut self,
        weights: &[f32],
        batches: &[Batch],
        gradient: &mut [f32],
    ) -> Result<Losses, TrainError> {
        self.update(weights, gradient, |weights, sums| {
            let (layout, weights) = (&self.family.layout, weights.tracked());
            let mut losses = Losses::default();
            for batch in batches {
                let part = infill::train(layout, &weights, batch, &self.device, sums)?;
                losses.add(&part);
            }
            Ok(losses)
        })
    }
}

impl<B: Backend> Compute<RecurrentBatch> for GpuCompute<'_, Recurrent, B> {
    fn gradient(
        &mut self,
        weights: &[f32],
        batches: &[RecurrentBatch],
        gradient: &mut [f32],
    ) -> Result<Losses, TrainError> {
        self.update(weights, gradient, |weights, sums| {
            let mut losses = Losses::default();
            for batch in batches {
                let layout = &self.family.layout;
                let part = recurrent::train(layout, weights, batch, &self.device, sums)?;
                losses.add(&part);
            }
            Ok(losses)
        })
    }
}
