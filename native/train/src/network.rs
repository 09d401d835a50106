//! The infill network on the CPU: forward, loss and backward of one micro-batch on one thread.
//!
//! Owns its buffers and keeps them, since fresh pages are dear. The trunk runs over all steps, the
//! heads only where something is predicted.

mod attention;
mod head;
mod trunk;

use crate::batch::Batch;
use crate::parameters::Layout;
use head::HeadBuffers;
use trunk::TrunkBuffers;

/// Summed losses of some predictions, in nats.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Losses {
    /// Infill, by head: bar (with END), position, pitch, duration, velocity. Recurrent: pitch, and
    /// the squared errors of the values; the rest is zero.
    pub nats: [f64; 5],
    pub notes: usize,
    pub predictions: usize,
    /// Recurrent: pitches that were not the likeliest.
    pub misses: usize,
}

impl Losses {
    pub fn add(&mut self, other: &Losses) {
        for (sum, nats) in self.nats.iter_mut().zip(other.nats) {
            *sum += nats;
        }
        self.notes += other.notes;
        self.predictions += other.predictions;
        self.misses += other.misses;
    }

    /// Nats a note, all fields and ENDs.
    pub fn nats_per_note(&self) -> f64 {
        self.nats.iter().sum::<f64>() / self.notes.max(1) as f64
    }
}

/// Buffers of one worker.
pub struct Network {
    trunk: TrunkBuffers,
    heads: HeadBuffers,
}

/// Grow a buffer to `len` without giving pages back; the contents are stale.
pub(crate) fn sized(buffer: &mut Vec<f32>, len: usize) -> &mut [f32] {
    if buffer.len() < len {
        buffer.resize(len, 0.0);
    }
    &mut buffer[..len]
}

impl Network {
    pub fn new(layout: &Layout) -> Network {
        Network {
            trunk: TrunkBuffers::new(layout),
            heads: HeadBuffers::default(),
        }
    }

    /// Losses of a batch, without gradients.
    pub fn losses(&mut self, layout: &Layout, weights: &[f32], batch: &Batch) -> Losses {
        self.trunk.forward(layout, weights, batch);
        self.heads
            .run(layout, weights, batch, self.trunk.output(), None)
    }

    /// Losses of a batch; the gradient of their plain sum is added to `gradient`.
    pub fn train(
        &mut self,
        layout: &Layout,
        weights: &[f32],
        batch: &Batch,
        gradient: &mut [f32],
    ) -> Losses {
        self.trunk.forward(layout, weights, batch);
        let (output, d_output) = self.trunk.output_and_gradient(batch);
        let losses = self
            .heads
            .run(layout, weights, batch, output, Some((gradient, d_output)));
        self.trunk.backward(layout, weights, batch, gradient);
        losses
    }
}
