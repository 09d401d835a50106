//! Losses of given regions, pitched and drums apart, for evaluation.

use crate::batch::Batch;
use crate::network::{Losses, Network};
use crate::parameters::Layout;
use continuo_tokenizer::vocabulary::DRUMS;
use continuo_tokenizer::{Scene, Visibility};

/// Steps of one held-out micro-batch.
const BATCH_STEPS: usize = 1024;

/// Fixed windows, packed.
pub struct HeldOut {
    pub batches: Vec<Batch>,
    /// For each batch: whether its windows fill drums.
    pub is_drums: Vec<bool>,
}

/// What of the surroundings is shown, for ablations.
#[derive(Clone, Copy, Debug)]
pub struct Shown {
    pub visibility: Visibility,
    pub context_notes: usize,
    pub features: bool,
    pub experts: bool,
}

impl HeldOut {
    /// One window a scene. Pitched and drum scenes go to batches of their own.
    pub fn new(scenes: impl Iterator<Item = Scene>, shown: &Shown) -> HeldOut {
        let mut held_out = HeldOut {
            batches: Vec::new(),
            is_drums: Vec::new(),
        };
        let mut open = [Batch::new(), Batch::new()];
        for scene in scenes {
            let drums = usize::from(scene.targets.first().is_some_and(|t| t.sound == DRUMS));
            open[drums].push(&scene, shown.context_notes, shown.features, shown.experts);
            if open[drums].steps() >= BATCH_STEPS {
                let full = std::mem::replace(&mut open[drums], Batch::new());
                held_out.push(full, drums == 1);
            }
        }
        let [pitched, drums] = open;
        held_out.push(pitched, false);
        held_out.push(drums, true);
        held_out
    }

    fn push(&mut self, batch: Batch, drums: bool) {
        if batch.steps() > 0 {
            self.batches.push(batch);
            self.is_drums.push(drums);
        }
    }

    /// Losses of (pitched, drums) windows, on `threads` threads.
    pub fn losses(&self, layout: &Layout, weights: &[f32], threads: usize) -> [Losses; 2] {
        let parts: Vec<[Losses; 2]> = std::thread::scope(|scope| {
            let workers: Vec<_> = (0..threads.max(1))
                .map(|worker| {
                    scope.spawn(move || {
                        let mut network = Network::new(layout);
                        let mut sums = [Losses::default(); 2];
                        let mine = self.batches.iter().zip(&self.is_drums).skip(worker);
                        for (batch, &drums) in mine.step_by(threads.max(1)) {
                            sums[usize::from(drums)].add(&network.losses(layout, weights, batch));
                        }
                        sums
                    })
                })
                .collect();
            workers
                .into_iter()
                .map(|w| w.join().unwrap_or_default())
                .collect()
        });
        let mut sums = [Losses::default(); 2];
        for part in parts {
            sums[0].add(&part[0]);
            sums[1].add(&part[1]);
        }
        sums
    }
}
