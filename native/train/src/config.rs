//! The configuration of a run.

use crate::adapter::Adapter;
use crate::draw::DrawConfig;
use crate::infill::Infill;
use crate::parameters::{Layout, Tensor};
use crate::recurrent::RecurrentLayout;
use continuo_model::Architecture;
use continuo_model::recurrent::RecurrentArchitecture;
use serde::{Deserialize, Serialize};

/// The network of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum AnyArchitecture {
    Recurrent(RecurrentArchitecture),
    Infill(Architecture),
}

impl AnyArchitecture {
    /// A preset: `infill-s`, `infill-m`, `lstm-192`, `gru-512`, or any cell, width and layers.
    pub fn by_name(name: &str) -> Option<AnyArchitecture> {
        match name {
            "infill-s" => Some(AnyArchitecture::Infill(Architecture::infill_s())),
            "infill-m" => Some(AnyArchitecture::Infill(Architecture::infill_m())),
            _ => RecurrentArchitecture::by_name(name).map(AnyArchitecture::Recurrent),
        }
    }

    pub fn tensors(&self) -> Vec<Tensor> {
        match self {
            AnyArchitecture::Infill(a) => Layout::new(a).tensors,
            AnyArchitecture::Recurrent(a) => RecurrentLayout::new(a).tensors,
        }
    }

    /// "infill" or "recurrent".
    pub fn family(&self) -> &'static str {
        match self {
            AnyArchitecture::Infill(_) => "infill",
            AnyArchitecture::Recurrent(_) => "recurrent",
        }
    }
}

/// The model that a run began with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Base {
    pub id: String,
    /// Of its weights file.
    pub sha256: String,
}

/// What a run does. Stored in every checkpoint.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RunConfig {
    pub model_id: String,
    pub architecture: AnyArchitecture,
    /// The model that it goes on from; none for random weights.
    pub base: Option<Base>,
    /// Rank of the adapters that are trained instead of the weights; 0 trains the weights.
    pub lora: usize,
    /// Infill: how windows are drawn.
    pub draw: DrawConfig,
    /// Recurrent: notes of a sequence.
    pub sequence: usize,
    /// Recurrent: drums are kept as pitches.
    pub with_drums: bool,
    /// Recurrent: time is stretched as often to faster as to slower; Howl slows two of three.
    pub balanced_tempo: bool,
    pub seed: u64,
    /// Micro-batches of one update, each on a thread; part of the result, unlike the machine.
    pub shards: usize,
    /// Infill: steps of a micro-batch. Recurrent: sequences of one.
    pub shard_size: usize,
    pub learning_rate: f32,
    pub warm_up: u64,
    pub weight_decay: f32,
    pub clip: f32,
    /// Decay of the moving mean of the weights that is kept beside them, by update; 0 keeps none.
    pub average: f32,
    /// Updates in all; 0 where the notes or the time decide.
    pub updates: u64,
    /// Notes to predict in all; 0 where the updates or the time decide.
    pub notes: u64,
    /// Training time in all.
    pub seconds: f64,
    /// Between checkpoints that are kept; the latest one is written at least every few minutes.
    pub checkpoint_seconds: f64,
    pub evaluate_seconds: f64,
    /// Checkpoints of earlier steps that are kept.
    pub keep: usize,
    /// Share of the windows or sequences that come from the base's data.
    pub replay_share: f32,
    /// Where that data is.
    pub replay: Option<String>,
}

impl RunConfig {
    /// What suits an architecture.
    pub fn new(architecture: AnyArchitecture) -> RunConfig {
        let common = RunConfig {
            model_id: String::new(),
            base: None,
            lora: 0,
            draw: DrawConfig::default(),
            sequence: 256,
            with_drums: false,
            balanced_tempo: false,
            seed: 1,
            shards: 2,
            shard_size: 1024,
            learning_rate: 1.5e-3,
            warm_up: 200,
            weight_decay: 0.05,
            clip: 1.0,
            average: 0.0,
            updates: 0,
            notes: 0,
            seconds: 600.0,
            checkpoint_seconds: 600.0,
            evaluate_seconds: 120.0,
            keep: 3,
            replay_share: 0.0,
            replay: None,
            architecture,
        };
        match &common.architecture {
            AnyArchitecture::Infill(_) => common,
            // Howl's: batches of 64, a checkpoint every two hours, no decay.
            AnyArchitecture::Recurrent(_) => RunConfig {
                shard_size: 32,
                learning_rate: 2e-3,
                warm_up: 50,
                weight_decay: 0.0,
                checkpoint_seconds: 7200.0,
                ..common
            },
        }
    }

    /// As [`RunConfig::new`], for going on from a trained model: smaller and shorter steps. Few pieces
    /// sway the weights, so that their mean is listened to as well.
    pub fn fine_tuning(architecture: AnyArchitecture, base: Base, lora: usize) -> RunConfig {
        let fresh = RunConfig::new(architecture);
        let common = RunConfig {
            base: Some(base),
            lora,
            learning_rate: if lora > 0 { 1e-3 } else { 3e-4 },
            warm_up: 20,
            evaluate_seconds: 60.0,
            ..fresh
        };
        match &common.architecture {
            AnyArchitecture::Infill(_) => RunConfig {
                learning_rate: if lora > 0 { 1e-3 } else { 2e-4 },
                average: 0.98,
                evaluate_seconds: 20.0,
                ..common
            },
            AnyArchitecture::Recurrent(_) => common,
        }
    }

    /// Tensors that the optimizer updates: the network's, or the adapters'.
    pub fn trained_tensors(&self) -> Vec<Tensor> {
        let network = self.architecture.tensors();
        if self.lora > 0 {
            Adapter::new(&network, self.lora).tensors
        } else {
            network
        }
    }
}

impl Default for RunConfig {
    fn default() -> Self {
        RunConfig::new(AnyArchitecture::Infill(Architecture::infill_s()))
    }
}

impl Infill {
    pub fn new(architecture: &Architecture) -> Infill {
        Infill {
            layout: Layout::new(architecture),
        }
    }
}
