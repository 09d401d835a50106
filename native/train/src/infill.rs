//! The infill family, as a run sees it.

use crate::batch::Batch;
use crate::draw::Drawer;
use crate::family::{Family, Source};
use crate::network::{Losses, Network};
use crate::parameters::{Layout, Tensor};
use crate::random::Random;
use continuo_tokenizer::Head;

/// The infill network of some size.
pub struct Infill {
    pub layout: Layout,
}

impl Family for Infill {
    type Batch = Batch;
    type Worker = Network;

    fn tensors(&self) -> &[Tensor] {
        &self.layout.tensors
    }

    fn initialise(&self, seed: u64) -> Vec<f32> {
        self.layout.initialise(seed)
    }

    fn worker(&self) -> Network {
        Network::new(&self.layout)
    }

    fn losses(&self, worker: &mut Network, weights: &[f32], batch: &Batch) -> Losses {
        worker.losses(&self.layout, weights, batch)
    }

    fn train(
        &self,
        worker: &mut Network,
        weights: &[f32],
        batch: &Batch,
        gradient: &mut [f32],
    ) -> Losses {
        worker.train(&self.layout, weights, batch, gradient)
    }

    fn units(batch: &Batch) -> usize {
        batch.steps()
    }

    fn parts(losses: &Losses) -> Vec<(&'static str, f64)> {
        let by_note = losses.nats.map(|nats| nats / losses.notes.max(1) as f64);
        Head::ALL.iter().map(|h| h.name()).zip(by_note).collect()
    }
}

/// Windows drawn until a micro-batch has `steps` steps.
pub struct Windows<'a> {
    pub drawer: Drawer<'a>,
    pub steps: usize,
}

impl Source<Batch> for Windows<'_> {
    fn draw(&self, batch: &mut Batch, random: &mut Random) {
        batch.draw(&self.drawer, random, self.steps);
    }
}
