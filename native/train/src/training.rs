//! Training as one request and one answer: a new run, one to go on with, or a model to go on from.

mod events;
mod session;
mod size;
mod start;
mod wishes;

use crate::compute::{CPU, CpuOnly, Devices};
use crate::config::{AnyArchitecture, RunConfig};
use crate::dataset::Dataset;
use crate::draw::Drawer;
use crate::error::TrainError;
use crate::event::RunEvent;
use crate::family::Source;
use crate::infill::{Infill, Windows};
use crate::recurrent::{Recurrent, RecurrentLayout, Songs};
use crate::run::HeldOutSet;
use serde::{Deserialize, Serialize};
use session::Session;
use start::Start;
use std::path::PathBuf;

pub use events::EVENTS;

/// A new run, or one to go on with (`resume`). Times in seconds.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct TrainRequest {
    /// Dataset folder.
    pub data: PathBuf,
    /// Run folder.
    pub run: PathBuf,
    pub resume: bool,
    pub model_id: String,
    /// `infill-s`, `infill-m`, or a cell, a width and layers as `lstm-192`.
    pub preset: Option<String>,
    /// Sizes instead of a preset.
    pub architecture: Option<AnyArchitecture>,
    /// Model folder to go on from.
    pub from: Option<PathBuf>,
    /// Rank of adapters to train instead of all weights.
    pub lora: Option<usize>,
    /// Dataset folder of what the base should not forget.
    pub replay: Option<PathBuf>,
    pub replay_share: Option<f32>,
    pub seconds: Option<f64>,
    pub updates: Option<u64>,
    pub epochs: Option<f64>,
    /// Infill: steps of the sequence in an update. Recurrent: sequences in one.
    pub batch: Option<usize>,
    pub sequence: Option<usize>,
    pub learning_rate: Option<f32>,
    pub precision: Option<String>,
    pub device: Option<String>,
    pub seed: Option<u64>,
    pub checkpoint_seconds: Option<f64>,
    pub evaluate_seconds: Option<f64>,
    pub keep: Option<usize>,
    pub with_drums: bool,
    /// Recurrent: faster as often as slower.
    pub balanced_tempo: bool,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TrainAnswer {
    pub updates: u64,
    pub notes_seen: u64,
    pub trained_seconds: f64,
    /// Loss of a note on the pieces that were held out, of the weights that are in the model; none
    /// where there were too few pieces.
    pub held_out_loss: Option<f64>,
    /// The same before the first update.
    pub held_out_before: Option<f64>,
    pub replay_loss: Option<f64>,
    pub replay_before: Option<f64>,
    /// Folder of the finished model, as generation loads it.
    pub model: PathBuf,
    pub stopped: bool,
}

/// Held-out micro-batches.
const HELD_OUT_BATCHES: usize = 12;

/// Train on the CPU until the end, or until `is_stopped`; then the run has a checkpoint and a model.
pub fn train(
    request: &TrainRequest,
    is_stopped: &dyn Fn() -> bool,
    tell: &mut dyn FnMut(&RunEvent),
) -> Result<TrainAnswer, TrainError> {
    train_on(&CpuOnly, request, is_stopped, tell)
}

/// As [`train`], on one of `devices`.
pub fn train_on(
    devices: &dyn Devices,
    request: &TrainRequest,
    is_stopped: &dyn Fn() -> bool,
    tell: &mut dyn FnMut(&RunEvent),
) -> Result<TrainAnswer, TrainError> {
    wishes::check(request)?;
    let open = |folder: &std::path::Path| {
        let dataset = Dataset::open(folder)?;
        dataset.check()?;
        Ok::<_, TrainError>(dataset)
    };
    let dataset = open(&request.data)?;
    let replay = request.replay.as_deref().map(open).transpose()?;
    let start = Start::of(request, &dataset, replay.as_ref())?;
    size::check(
        &start.config,
        wishes::trained_notes(&dataset, &start.config),
    )?;
    let device = request.device.as_deref().unwrap_or(CPU);
    let session = Session {
        request,
        device: devices.describe(device),
        dataset: &dataset,
        is_stopped,
        tell,
    };
    match start.config.architecture.clone() {
        AnyArchitecture::Infill(architecture) => {
            let family = Infill::new(&architecture);
            let config = &start.config;
            let windows = |dataset, held_out| windows(dataset, config, held_out);
            let mut source = windows(&dataset, false)?;
            if let (Some(replay), true) = (&replay, config.replay_share > 0.0) {
                let other = windows(replay, false)?;
                source.drawer = source.drawer.mixed_with(other.drawer, config.replay_share);
            }
            let held_out = [
                windows(&dataset, true).ok().map(|w| ("data", w)),
                replay
                    .as_ref()
                    .and_then(|r| Some(("replay", windows(r, true).ok()?))),
            ];
            let held_out = drawn(held_out);
            let compute = devices.infill(device, &family, config.shards)?;
            session.run(&family, start, &source, &held_out, compute)
        }
        AnyArchitecture::Recurrent(architecture) => {
            let layout = RecurrentLayout::new(&architecture);
            let family = Recurrent { layout };
            let config = &start.config;
            let songs = |dataset, held_out| songs(dataset, config, held_out);
            let mut source = songs(&dataset, false)?;
            if let (Some(replay), true) = (&replay, config.replay_share > 0.0) {
                source = source.mixed_with(songs(replay, false)?, config.replay_share);
            }
            let held_out = [
                songs(&dataset, true).ok().map(|s| ("data", s.plain())),
                replay
                    .as_ref()
                    .and_then(|r| Some(("replay", songs(r, true).ok()?.plain()))),
            ];
            let held_out = drawn(held_out);
            let compute = devices.recurrent(device, &family, config.shards)?;
            session.run(&family, start, &source, &held_out, compute)
        }
    }
}

fn windows<'a>(
    dataset: &'a Dataset,
    config: &RunConfig,
    held_out: bool,
) -> Result<Windows<'a>, TrainError> {
    let is_used = |piece| dataset.is_held_out(piece) == held_out;
    Ok(Windows {
        drawer: Drawer::new(dataset, config.draw.clone(), is_used)?,
        steps: if held_out { 1024 } else { config.shard_size },
    })
}

fn songs(dataset: &Dataset, config: &RunConfig, held_out: bool) -> Result<Songs, TrainError> {
    let is_used = |piece| dataset.is_held_out(piece) == held_out;
    // Held-out songs may all together be shorter than a sequence.
    let steps = if held_out {
        config.sequence.min(256)
    } else {
        config.sequence
    };
    let songs = Songs::new(
        dataset,
        config.with_drums,
        (config.shard_size, steps),
        is_used,
    )?;
    Ok(if config.balanced_tempo {
        songs.balanced()
    } else {
        songs
    })
}

fn drawn<B: Default, S: Source<B>>(sets: [Option<(&'static str, S)>; 2]) -> Vec<HeldOutSet<B>> {
    let set = |(name, source): (&'static str, S)| HeldOutSet::draw(name, &source, HELD_OUT_BATCHES);
    sets.into_iter().flatten().map(set).collect()
}
