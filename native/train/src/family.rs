//! The interface of a network family to a run: weights, batches, losses and gradients.

use crate::network::Losses;
use crate::parameters::Tensor;
use crate::random::Random;

/// A kind of network with its sizes.
pub trait Family: Sync {
    /// One micro-batch.
    type Batch: Default + Send + Sync;
    /// Buffers of one thread.
    type Worker: Send;

    /// Names, shapes and places of all weights.
    fn tensors(&self) -> &[Tensor];
    /// Random weights; the same for the same seed.
    fn initialise(&self, seed: u64) -> Vec<f32>;
    fn worker(&self) -> Self::Worker;
    /// Losses without dropout.
    fn losses(&self, worker: &mut Self::Worker, weights: &[f32], batch: &Self::Batch) -> Losses;
    /// Losses; the gradient of their plain sum is added to `gradient`.
    fn train(
        &self,
        worker: &mut Self::Worker,
        weights: &[f32],
        batch: &Self::Batch,
        gradient: &mut [f32],
    ) -> Losses;
    /// What the rate of a run is counted in: steps of the sequence, or examples.
    fn units(batch: &Self::Batch) -> usize;
    /// Parts of a loss by name, for people.
    fn parts(losses: &Losses) -> Vec<(&'static str, f64)>;
}

/// Where batches come from.
pub trait Source<B>: Sync {
    /// Replace the batch by a new one; the same for the same random stream.
    fn draw(&self, batch: &mut B, random: &mut Random);
}
