//! Computes the gradient of an update on a device.

use crate::batch::Batch;
use crate::error::TrainError;
use crate::family::Family;
use crate::infill::Infill;
use crate::kernels::add_scaled;
use crate::network::Losses;
use crate::recurrent::{Recurrent, RecurrentBatch};
use std::sync::mpsc::channel;

/// Losses and gradients of the micro-batches of one update. Optimizer, checkpoints and events are
/// shared by all devices.
pub trait Compute<B> {
    /// Summed losses; the gradient of their plain sum replaces `gradient`, flat as the weights.
    ///
    /// Errors: those of the device.
    fn gradient(
        &mut self,
        weights: &[f32],
        batches: &[B],
        gradient: &mut [f32],
    ) -> Result<Losses, TrainError>;
}

/// Gives what computes on a named device.
pub trait Devices {
    /// What people are to read of a device: its own name where it has one.
    fn describe(&self, device: &str) -> String {
        device.to_owned()
    }
    /// Errors: `DEVICE_UNAVAILABLE`.
    fn infill<'a>(
        &self,
        device: &str,
        family: &'a Infill,
        shards: usize,
    ) -> Result<Box<dyn Compute<Batch> + 'a>, TrainError>;
    /// Errors: `DEVICE_UNAVAILABLE`.
    fn recurrent<'a>(
        &self,
        device: &str,
        family: &'a Recurrent,
        shards: usize,
    ) -> Result<Box<dyn Compute<RecurrentBatch> + 'a>, TrainError>;
}

/// The name of the device that is always there.
pub const CPU: &str = "cpu";

/// The CPU alone.
pub struct CpuOnly;

impl Devices for CpuOnly {
    fn infill<'a>(
        &self,
        device: &str,
        family: &'a Infill,
        shards: usize,
    ) -> Result<Box<dyn Compute<Batch> + 'a>, TrainError> {
        check(device)?;
        Ok(Box::new(CpuCompute::new(family, shards)))
    }

    fn recurrent<'a>(
        &self,
        device: &str,
        family: &'a Recurrent,
        shards: usize,
    ) -> Result<Box<dyn Compute<RecurrentBatch> + 'a>, TrainError> {
        check(device)?;
        Ok(Box::new(CpuCompute::new(family, shards)))
    }
}

fn check(device: &str) -> Result<(), TrainError> {
    if device == CPU {
        Ok(())
    } else {
        Err(TrainError::DeviceUnavailable {
            device: device.to_owned(),
            reason: "this addon trains on the CPU; see docs/gpu.md for what to install".into(),
        })
    }
}

/// One thread a micro-batch; sums go in a fixed order, so that a run repeats bit for bit.
pub struct CpuCompute<'a, F: Family> {
    family: &'a F,
    workers: Vec<(F::Worker, Vec<f32>)>,
}

impl<'a, F: Family> CpuCompute<'a, F> {
    pub fn new(family: &'a F, shards: usize) -> CpuCompute<'a, F> {
        let len = family.tensors().last().map_or(0, |t| t.range.end);
        let worker = || (family.worker(), vec![0.0; len]);
        CpuCompute {
            family,
            workers: (0..shards).map(|_| worker()).collect(),
        }
    }
}

impl<F: Family> Compute<F::Batch> for CpuCompute<'_, F> {
    fn gradient(
        &mut self,
        weights: &[f32],
        batches: &[F::Batch],
        gradient: &mut [f32],
    ) -> Result<Losses, TrainError> {
        let family = self.family;
        let losses: Vec<Losses> = std::thread::scope(|scope| {
            let running: Vec<_> = self
                .workers
                .iter_mut()
                .zip(batches)
                .map(|((worker, sum), batch)| {
                    scope.spawn(move || {
                        sum.fill(0.0);
                        family.train(worker, weights, batch, sum)
                    })
                })
                .collect();
            running
                .into_iter()
                .map(|r| r.join().unwrap_or_default())
                .collect()
        });
        gradient.fill(0.0);
        let mut sum = Losses::default();
        for (losses, (_, part)) in losses.iter().zip(&self.workers) {
            sum.add(losses);
            add_scaled(gradient, part, 1.0);
        }
        Ok(sum)
    }
}

/// Losses of fixed batches, on `threads` threads of the CPU.
pub fn losses_of<F: Family>(
    family: &F,
    weights: &[f32],
    batches: &[F::Batch],
    threads: usize,
) -> Losses {
    let mut sum = Losses::default();
    let each = losses_of_each(family, weights, batches, threads, &mut || ());
    each.iter().for_each(|losses| sum.add(losses));
    sum
}

/// As [`losses_of`], of each batch; `done` is called after each.
pub fn losses_of_each<F: Family>(
    family: &F,
    weights: &[f32],
    batches: &[F::Batch],
    threads: usize,
    done: &mut dyn FnMut(),
) -> Vec<Losses> {
    let threads = threads.max(1);
    let mut each = vec![Losses::default(); batches.len()];
    std::thread::scope(|scope| {
        let (sender, receiver) = channel();
        for first in 0..threads {
            let sender = sender.clone();
            scope.spawn(move || {
                let mut worker = family.worker();
                for (at, batch) in batches.iter().enumerate().skip(first).step_by(threads) {
                    let losses = family.losses(&mut worker, weights, batch);
                    if sender.send((at, losses)).is_err() {
                        break;
                    }
                }
            });
        }
        drop(sender);
        for (at, losses) in receiver {
            each[at] = losses;
            done();
        }
    });
    each
}
