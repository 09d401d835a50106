//! What a run is to do.

use crate::draw::DrawConfig;
use continuo_model::Architecture;
use serde::{Deserialize, Serialize};

/// What a run does. Stored in every checkpoint.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RunConfig {
    pub architecture: Architecture,
    pub draw: DrawConfig,
    pub seed: u64,
    /// Micro-batches of one update, each on a thread; part of the result, unlike the machine.
    pub shards: usize,
    pub steps_per_shard: usize,
    pub learning_rate: f32,
    pub warm_up: u64,
    pub weight_decay: f32,
    pub clip: f32,
    /// Updates in all; 0 where the time decides.
    pub updates: u64,
    /// Training time in all.
    pub seconds: f64,
    pub checkpoint_seconds: f64,
    pub evaluate_seconds: f64,
    /// One piece in so many is held out; 0 holds none out.
    pub held_out_every: usize,
}

impl Default for RunConfig {
    fn default() -> Self {
        RunConfig {
            architecture: Architecture::infill_s(),
            draw: DrawConfig::default(),
            seed: 1,
            shards: 2,
            steps_per_shard: 1024,
            learning_rate: 1.5e-3,
            warm_up: 200,
            weight_decay: 0.05,
            clip: 1.0,
            updates: 0,
            seconds: 600.0,
            checkpoint_seconds: 600.0,
            evaluate_seconds: 120.0,
            held_out_every: 50,
        }
    }
}
