//! Training as one request and one answer: a new run, one to go on with, or a model to go on from.

use crate::checkpoint::{Checkpoint, LATEST};
use crate::compute::{CPU, Compute, CpuOnly, Devices};
use crate::config::{AnyArchitecture, RunConfig};
use crate::dataset::Dataset;
use crate::draw::Drawer;
use crate::error::TrainError;
use crate::event::RunEvent;
use crate::export::{
    ADAPTER, LoadedBase, export_adapter, export_known_runs, export_model, load_base,
};
use crate::family::{Family, Source};
use crate::infill::{Infill, Windows};
use crate::recurrent::{Recurrent, RecurrentLayout, Songs};
use crate::run::{HeldOutSet, Inputs, Run, Told};
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::Write;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};

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
const DEFAULT_REPLAY: f32 = 0.25;
/// File of events in a run folder, one JSON a line.
pub const EVENTS: &str = "events.jsonl";

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
    if let Some(precision) = request.precision.as_deref().filter(|p| *p != "f32") {
        let what = format!("precision {precision} is not known; f32 is what trains here");
        return Err(TrainError::Config { what });
    }
    let dataset = Dataset::open(&request.data)?;
    let replay = request.replay.as_deref().map(Dataset::open).transpose()?;
    let start = Start::of(request, &dataset, replay.is_some())?;
    let session = Session {
        request,
        dataset: &dataset,
        is_stopped,
        tell,
    };
    let device = request.device.as_deref().unwrap_or(CPU);
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
    Songs::new(
        dataset,
        config.with_drums,
        (config.shard_size, steps),
        is_used,
    )
}

fn drawn<B: Default, S: Source<B>>(sets: [Option<(&'static str, S)>; 2]) -> Vec<HeldOutSet<B>> {
    let set = |(name, source): (&'static str, S)| HeldOutSet::draw(name, &source, HELD_OUT_BATCHES);
    sets.into_iter().flatten().map(set).collect()
}

/// Where a run begins.
struct Start {
    config: RunConfig,
    /// Of the model that a new run goes on from.
    weights: Option<Vec<f32>>,
    checkpoint: Option<Checkpoint>,
}

impl Start {
    fn of(
        request: &TrainRequest,
        dataset: &Dataset,
        has_replay: bool,
    ) -> Result<Start, TrainError> {
        let latest = request.run.join(LATEST);
        if request.resume {
            if !latest.exists() {
                let path = request.run.clone();
                return Err(TrainError::RunNotFound { path });
            }
            let (checkpoint, mut config) = Checkpoint::load(&latest)?;
            // Resuming may ask for more; everything else is the run's own.
            if let Some(seconds) = request.seconds {
                (config.updates, config.notes) = (0, 0);
                config.seconds = checkpoint.state.trained_seconds + seconds;
            }
            config.updates = request.updates.unwrap_or(config.updates);
            return Ok(Start {
                config,
                weights: None,
                checkpoint: Some(checkpoint),
            });
        }
        if latest.exists() || request.run.join(EVENTS).exists() {
            let path = request.run.clone();
            return Err(TrainError::RunExists { path });
        }
        let asked = match (&request.architecture, &request.preset) {
            (Some(architecture), _) => Some(architecture.clone()),
            (None, Some(name)) => Some(AnyArchitecture::by_name(name).ok_or_else(|| {
                let what = format!("there is no preset {name}");
                TrainError::Config { what }
            })?),
            (None, None) => None,
        };
        let lora = request.lora.unwrap_or(0);
        let (config, weights) = match &request.from {
            None if lora > 0 => {
                let what = "adapters need a model to stand beside: add --from".into();
                return Err(TrainError::Config { what });
            }
            None => (asked.map_or_else(RunConfig::default, RunConfig::new), None),
            Some(folder) => {
                let LoadedBase {
                    architecture,
                    weights,
                    base,
                } = load_base(folder)?;
                if let Some(asked) = asked.filter(|asked| *asked != architecture) {
                    return Err(TrainError::ModelMismatch {
                        base: base.id,
                        found: described(&architecture),
                        asked: described(&asked),
                    });
                }
                (
                    RunConfig::fine_tuning(architecture, base, lora),
                    Some(weights),
                )
            }
        };
        Ok(Start {
            config: wished(config, request, dataset, has_replay)?,
            weights,
            checkpoint: None,
        })
    }
}

/// Sizes in a few words.
fn described(architecture: &AnyArchitecture) -> String {
    match architecture {
        AnyArchitecture::Infill(a) => format!("infill {} wide, {} layers", a.d_model, a.layers),
        AnyArchitecture::Recurrent(a) => {
            format!("{:?} {} wide, {} layers", a.cell, a.width, a.layers).to_lowercase()
        }
    }
}

/// A config with what the request says of it.
fn wished(
    mut config: RunConfig,
    request: &TrainRequest,
    dataset: &Dataset,
    has_replay: bool,
) -> Result<RunConfig, TrainError> {
    config.model_id = request.model_id.clone();
    if let Some(batch) = request.batch {
        config.shards = config.shards.min(batch.max(1));
        config.shard_size = batch.div_ceil(config.shards.max(1));
    }
    config.sequence = request.sequence.unwrap_or(config.sequence);
    if config.sequence < 2 {
        let what = format!("a sequence of {} notes predicts nothing", config.sequence);
        return Err(TrainError::Config { what });
    }
    config.with_drums = request.with_drums;
    config.learning_rate = request.learning_rate.unwrap_or(config.learning_rate);
    config.seed = request.seed.unwrap_or(config.seed);
    config.seconds = request.seconds.unwrap_or(config.seconds);
    config.updates = request.updates.unwrap_or(0);
    if let Some(epochs) = request.epochs {
        config.notes = (epochs * trained_notes(dataset, &config) as f64).ceil() as u64;
    }
    config.checkpoint_seconds = request
        .checkpoint_seconds
        .unwrap_or(config.checkpoint_seconds);
    config.evaluate_seconds = request.evaluate_seconds.unwrap_or(config.evaluate_seconds);
    config.keep = request.keep.unwrap_or(config.keep);
    if has_replay {
        config.replay_share = request.replay_share.unwrap_or(DEFAULT_REPLAY);
    }
    if !(0.0..1.0).contains(&config.replay_share) {
        let what = format!(
            "the share of replay is {}, it must be 0 to below 1",
            config.replay_share
        );
        return Err(TrainError::Config { what });
    }
    Ok(config)
}

/// Notes of the pieces that are trained on.
fn trained_notes(dataset: &Dataset, config: &RunConfig) -> u64 {
    let pieces = (0..dataset.len()).filter(|&i| !dataset.is_held_out(i));
    let count = |i| match config.architecture {
        AnyArchitecture::Infill(_) => dataset.piece(i).notes.len(),
        AnyArchitecture::Recurrent(_) => dataset.howl_notes(i, config.with_drums).len(),
    };
    pieces.map(count).sum::<usize>() as u64
}

/// One call.
struct Session<'a> {
    request: &'a TrainRequest,
    dataset: &'a Dataset,
    is_stopped: &'a dyn Fn() -> bool,
    tell: &'a mut dyn FnMut(&RunEvent),
}

/// Held-out losses of the beginning and of the best weights.
#[derive(Default)]
struct BeforeAfter {
    before: Option<f64>,
    after: Option<f64>,
}

impl Session<'_> {
    fn run<F: Family>(
        self,
        family: &F,
        start: Start,
        source: &dyn Source<F::Batch>,
        held_out: &[HeldOutSet<F::Batch>],
        mut compute: Box<dyn Compute<F::Batch> + '_>,
    ) -> Result<TrainAnswer, TrainError> {
        let Session {
            request,
            dataset,
            is_stopped,
            tell,
        } = self;
        let folder = request.run.clone();
        let hash = dataset.hash();
        let mut run = match start.checkpoint {
            Some(checkpoint) => {
                Run::resume(family, (checkpoint, start.config), hash, folder.clone())?
            }
            None => Run::start(family, start.config, hash, start.weights, folder.clone())?,
        };
        let mut events = open_events(&folder)?;
        let stop = AtomicBool::new(false);
        let (mut data, mut replay) = (BeforeAfter::default(), BeforeAfter::default());
        let mut best_is_new = false;
        let mut event = |event: &RunEvent| {
            if let RunEvent::HeldOut {
                set, loss, is_best, ..
            } = event
            {
                // The model gets the weights of the best loss on the data, so that goes for both sets.
                if *set == "data" {
                    best_is_new = *is_best;
                }
                let sides = if *set == "data" {
                    &mut data
                } else {
                    &mut replay
                };
                sides.before.get_or_insert(*loss);
                if best_is_new || sides.after.is_none() {
                    sides.after = Some(*loss);
                }
            }
            let line = serde_json::to_string(event).unwrap_or_default();
            // A full disk must not end a training; the checkpoint says so if it matters.
            let _ = writeln!(events, "{line}");
            tell(event);
        };
        event(&start_event(request, dataset, &run));
        let mut update = |_| {
            if is_stopped() {
                stop.store(true, Ordering::Relaxed);
            }
        };
        let inputs = Inputs {
            source,
            held_out,
            compute: compute.as_mut(),
            stop: &stop,
        };
        let told = Told {
            event: &mut event,
            update: &mut update,
        };
        run.train(inputs, told)?;
        let model = folder.join("model");
        let state = run.checkpoint.state.clone();
        let config = run.config.clone();
        let weights = run.best_weights()?;
        let record = serde_json::json!({
            "updates": state.step,
            "bestUpdate": state.best_step,
            "notes": state.notes_seen,
            "seconds": state.trained_seconds,
            "heldOutLoss": state.best_loss,
            "heldOutBefore": data.before,
            "dataHash": state.data_hash,
            "base": config.base,
        });
        export_model(
            &model,
            &config.model_id,
            &config.architecture,
            weights,
            record,
        )?;
        if matches!(config.architecture, AnyArchitecture::Infill(_)) {
            export_known_runs(&model, dataset, request.from.as_deref())?;
        }
        if config.lora > 0 {
            export_adapter(&folder.join(ADAPTER), &config, &run.checkpoint.weights)?;
        }
        Ok(TrainAnswer {
            updates: state.step,
            notes_seen: state.notes_seen,
            trained_seconds: state.trained_seconds,
            held_out_loss: data.after,
            held_out_before: data.before,
            replay_loss: replay.after,
            replay_before: replay.before,
            model,
            stopped: stop.load(Ordering::Relaxed),
        })
    }
}

fn start_event<F: Family>(request: &TrainRequest, dataset: &Dataset, run: &Run<'_, F>) -> RunEvent {
    let config = &run.config;
    let held_out = (0..dataset.len()).filter(|&i| dataset.is_held_out(i));
    let has_goal = config.updates > 0 || config.notes > 0;
    RunEvent::Start {
        model_id: config.model_id.clone(),
        family: config.architecture.family(),
        device: request.device.clone().unwrap_or_else(|| CPU.into()),
        parameters: run.checkpoint.weights.len(),
        pieces: dataset.len(),
        held_out_pieces: held_out.count(),
        notes: trained_notes(dataset, config),
        updates: (config.updates > 0).then_some(config.updates),
        seconds: (!has_goal).then_some(config.seconds),
        step: run.checkpoint.state.step,
        from: config.base.as_ref().map(|base| base.sha256.clone()),
    }
}

fn open_events(folder: &std::path::Path) -> Result<File, TrainError> {
    let path = folder.join(EVENTS);
    let options = std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(&path);
    options.map_err(TrainError::io(&path))
}
