//! Training as one request and one answer: a new run, a run to resume, or a model to start from.

mod events;
mod request_config;
mod session;
mod size;
mod start;

use crate::compute::{CPU, CpuOnly, Devices};
use crate::config::{AnyArchitecture, RunConfig};
use crate::dataset::Dataset;
use crate::draw::Drawer;
use crate::error::TrainError;
use crate::event::RunEvent;
use crate::family::Source;
use crate::gain::Gain;
use crate::infill::{Infill, Windows};
use crate::recurrent::{Recurrent, RecurrentLayout, Songs};
use crate::run::HeldOutSet;
use crate::sides::Sides;
use serde::{Deserialize, Serialize};
use session::Session;
use start::Start;
use std::path::{Path, PathBuf};

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
    /// The difference, piece by piece.
    pub held_out_gain: Option<Gain>,
    pub replay_loss: Option<f64>,
    pub replay_before: Option<f64>,
    /// Folder of the finished model, as generation loads it.
    pub model: PathBuf,
    pub stopped: bool,
}

/// Held-out micro-batches of a set, or one of each piece where there are more pieces.
const HELD_OUT_BATCHES: usize = 12;
/// Held-out pieces that are measured, each by itself.
const MOST_PIECES: usize = 16;
/// Infill: steps of a held-out micro-batch.
const HELD_OUT_STEPS: usize = 1024;
/// Recurrent: sequences of one, and their longest.
const HELD_OUT_LANES: usize = 16;
const HELD_OUT_SEQUENCE: usize = 256;

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
    request_config::check(request)?;
    let open = |folder: &Path| {
        let dataset = Dataset::open(folder)?;
        dataset.check()?;
        Ok::<_, TrainError>(dataset)
    };
    let dataset = open(&request.data)?;
    let resumed = match request.resume {
        true => Some(start::latest(&request.run)?),
        false => None,
    };
    let replay = open_replay(request, resumed.as_ref().map(|(_, config)| config), &open)?;
    let start = match resumed {
        Some(run) => Start::resumed(request, run, &dataset, replay.as_ref())?,
        None => Start::fresh(request, &dataset, replay.as_ref())?,
    };
    let notes = request_config::trained_notes(&dataset, &start.sides, &start.config);
    size::check(&start.config, notes)?;
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
            let sides = &start.sides;
            let windows = |dataset, is_used: &dyn Fn(usize) -> bool, steps| {
                let drawer = Drawer::new(dataset, config.draw.clone(), is_used)?;
                Ok::<_, TrainError>(Windows { drawer, steps })
            };
            let is_learnt = |piece| !sides.is_held_out(piece);
            let mut source = windows(&dataset, &is_learnt, config.shard_size)?;
            if let (Some(replay), true) = (&replay, config.replay_share > 0.0) {
                let is_learnt = |piece| !replay.is_held_out(piece);
                let other = windows(replay, &is_learnt, config.shard_size)?;
                source.drawer = source.drawer.mixed_with(other.drawer, config.replay_share);
            }
            let of_piece = |dataset, piece| windows(dataset, &|i| i == piece, HELD_OUT_STEPS).ok();
            let held_out = held_out((&dataset, sides), replay.as_ref(), of_piece);
            let compute = devices.infill(device, &family, config.shards)?;
            session.run(&family, start, &source, &held_out, compute)
        }
        AnyArchitecture::Recurrent(architecture) => {
            let layout = RecurrentLayout::new(&architecture);
            let family = Recurrent { layout };
            let config = &start.config;
            let sides = &start.sides;
            let is_learnt = |piece| !sides.is_held_out(piece);
            let mut source = songs(&dataset, config, config.shard_size, is_learnt)?;
            if let (Some(replay), true) = (&replay, config.replay_share > 0.0) {
                let is_learnt = |piece| !replay.is_held_out(piece);
                let other = songs(replay, config, config.shard_size, is_learnt)?;
                source = source.mixed_with(other, config.replay_share);
            }
            let of_piece = |dataset, piece| measured_song(dataset, config, piece);
            let held_out = held_out((&dataset, sides), replay.as_ref(), of_piece);
            let compute = devices.recurrent(device, &family, config.shards)?;
            session.run(&family, start, &source, &held_out, compute)
        }
    }
}

/// The dataset that should not be forgotten: the one that is named, or that of the run.
fn open_replay(
    request: &TrainRequest,
    run: Option<&RunConfig>,
    open: &dyn Fn(&Path) -> Result<Dataset, TrainError>,
) -> Result<Option<Dataset>, TrainError> {
    if let Some(path) = &request.replay {
        return open(path).map(Some);
    }
    let hears_one = run.filter(|config| config.replay_share > 0.0);
    let Some(path) = hears_one.and_then(|config| config.replay.as_deref()) else {
        return Ok(None);
    };
    open(Path::new(path)).map(Some).map_err(|error| {
        let what = format!("this run hears a second dataset ({error}); name it by --replay");
        TrainError::Config { what }
    })
}

fn songs(
    dataset: &Dataset,
    config: &RunConfig,
    lanes: usize,
    is_used: impl Fn(usize) -> bool,
) -> Result<Songs, TrainError> {
    let songs = Songs::new(
        dataset,
        config.with_drums,
        (lanes, config.sequence),
        is_used,
    )?;
    Ok(if config.balanced_tempo {
        songs.balanced()
    } else {
        songs
    })
}

/// An unchanged song, in sequences no longer than it is.
fn measured_song(dataset: &Dataset, config: &RunConfig, piece: usize) -> Option<Songs> {
    let steps = config.sequence.min(HELD_OUT_SEQUENCE);
    let size = |steps| (HELD_OUT_LANES, steps);
    let song = |steps| Songs::new(dataset, config.with_drums, size(steps), |i| i == piece);
    let song = match song(steps) {
        Err(TrainError::SequenceTooLong { notes, .. }) => song(notes),
        song => song,
    };
    song.ok().map(Songs::plain)
}

/// What is measured on: some of the held-out pieces, each by itself, and some of those that should not be
/// forgotten.
fn held_out<'a, B: Default, S: Source<B>>(
    (dataset, sides): (&'a Dataset, &Sides),
    replay: Option<&'a Dataset>,
    of_piece: impl Fn(&'a Dataset, usize) -> Option<S>,
) -> Vec<HeldOutSet<B>> {
    let set = |name, dataset: &'a Dataset, pieces: Vec<usize>| {
        let step = pieces.len().div_ceil(MOST_PIECES).max(1);
        let some = pieces.into_iter().step_by(step);
        let sources: Vec<S> = some.filter_map(|piece| of_piece(dataset, piece)).collect();
        let has_any = !sources.is_empty();
        has_any.then(|| HeldOutSet::of_pieces(name, &sources, HELD_OUT_BATCHES))
    };
    let of_replay = replay.map(|replay| {
        let pieces = (0..replay.len()).filter(|&i| replay.is_held_out(i));
        set("replay", replay, pieces.collect())
    });
    let of_data = set("data", dataset, sides.pieces(true).collect());
    [of_data, of_replay.flatten()]
        .into_iter()
        .flatten()
        .collect()
}
