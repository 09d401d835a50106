//! Held-out loss on fixed windows: the same in every run, so that runs can be compared.

use crate::batch::Batch;
use crate::dataset::Dataset;
use crate::draw::{DrawConfig, Drawer};
use crate::error::TrainError;
use crate::import::{MANIFEST, Manifest};
use crate::network::{Losses, Network};
use crate::parameters::Layout;
use crate::random::Random;
use continuo_tokenizer::grid::grid_from_tick;
use continuo_tokenizer::scene::SceneSpec;
use continuo_tokenizer::{Scene, Visibility};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// A region to evaluate on, one JSON line of a regions file.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct EvalRegion {
    /// Path of the piece inside the data.
    pub piece: String,
    /// (chunk, channel) with notes, in file order, from 1.
    pub track: usize,
    /// Ticks at the file's own PPQ.
    pub start_tick: u32,
    pub end_tick: u32,
    #[serde(default = "default_ppq")]
    pub ppq: u16,
}

fn default_ppq() -> u16 {
    480
}

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
    /// Windows of listed regions of a dataset. Pitched and drum regions go to batches of their own.
    pub fn from_regions(
        dataset: &Dataset,
        folder: &Path,
        regions: &[EvalRegion],
        shown: &Shown,
    ) -> Result<HeldOut, TrainError> {
        let path = folder.join(MANIFEST);
        let text = std::fs::read(&path).map_err(TrainError::io(&path))?;
        let manifest: Manifest =
            serde_json::from_slice(&text).map_err(|_| TrainError::DatasetDamaged {
                path,
                what: "the manifest",
            })?;
        let mut held_out = HeldOut {
            batches: Vec::new(),
            is_drums: Vec::new(),
        };
        for drums in [false, true] {
            let mut batch = Batch::new();
            for region in regions {
                let Some(index) = manifest.pieces.iter().position(|p| *p == region.piece) else {
                    continue;
                };
                let track = [region.track.saturating_sub(1) as u16];
                let spec = SceneSpec {
                    start: grid_from_tick(region.start_tick, region.ppq),
                    end: grid_from_tick(region.end_tick, region.ppq),
                    targets: &track,
                    visibility: shown.visibility,
                    transpose: 0,
                };
                let scene = Scene::new(dataset.piece(index), &spec, |_| false);
                if (scene.instrument(track[0]) == continuo_tokenizer::vocabulary::DRUMS) != drums {
                    continue;
                }
                batch.push(&scene, shown.context_notes, shown.features, shown.experts);
                if batch.steps() >= BATCH_STEPS {
                    held_out.push(std::mem::take(&mut batch), drums);
                    batch = Batch::new();
                }
            }
            held_out.push(batch, drums);
        }
        Ok(held_out)
    }

    /// Windows drawn with a fixed seed from the pieces that training leaves out.
    pub fn drawn(
        dataset: &Dataset,
        draw: &DrawConfig,
        is_held_out: impl Fn(usize) -> bool,
        batches: usize,
    ) -> Result<HeldOut, TrainError> {
        let drawer = Drawer::new(dataset, draw.clone(), is_held_out)?;
        let mut random = Random::new(7, 7);
        let batches: Vec<Batch> = (0..batches)
            .map(|_| {
                let mut batch = Batch::new();
                batch.draw(&drawer, &mut random, BATCH_STEPS);
                batch
            })
            .collect();
        Ok(HeldOut {
            is_drums: vec![false; batches.len()],
            batches,
        })
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
