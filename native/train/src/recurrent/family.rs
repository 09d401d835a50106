//! The recurrent family, as a run sees it.

use super::{RecurrentBatch, RecurrentLayout, RecurrentNetwork};
use crate::family::Family;
use crate::network::Losses;
use crate::parameters::Tensor;

/// A recurrent network of some size.
pub struct Recurrent {
    pub layout: RecurrentLayout,
}

impl Family for Recurrent {
    type Batch = RecurrentBatch;
    type Worker = RecurrentNetwork;

    fn tensors(&self) -> &[Tensor] {
        &self.layout.tensors
    }

    fn initialise(&self, seed: u64) -> Vec<f32> {
        self.layout.initialise(seed)
    }

    fn worker(&self) -> RecurrentNetwork {
        RecurrentNetwork::default()
    }

    fn losses(
        &self,
        worker: &mut RecurrentNetwork,
        weights: &[f32],
        batch: &RecurrentBatch,
    ) -> Losses {
        worker.losses(&self.layout, weights, batch)
    }

    fn train(
        &self,
        worker: &mut RecurrentNetwork,
        weights: &[f32],
        batch: &RecurrentBatch,
        gradient: &mut [f32],
    ) -> Losses {
        worker.train(&self.layout, weights, batch, gradient)
    }

    fn units(batch: &RecurrentBatch) -> usize {
        batch.lanes
    }

    fn parts(losses: &Losses) -> Vec<(&'static str, f64)> {
        let by_note = |sum: f64| sum / losses.notes.max(1) as f64;
        vec![
            ("pitch", by_note(losses.nats[0])),
            ("values", by_note(losses.nats[1])),
            ("pitchError", by_note(losses.misses as f64)),
        ]
    }
}
