//! The commands of training, as one request and one answer each.

use crate::checkpoint::{export_model, write_whole};
use crate::config::RunConfig;
use crate::dataset::Dataset;
use crate::error::TrainError;
use crate::evaluate::HeldOut;
use crate::event::RunEvent;
use crate::import::{Failure, build_dataset};
use crate::known_runs::run_filter;
use crate::run::Run;
use continuo_model::{Architecture, KNOWN_RUNS_FILE};
use serde::{Deserialize, Serialize};
use std::io::Write;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BuildRequest {
    pub input: PathBuf,
    pub output: PathBuf,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BuildAnswer {
    pub pieces: usize,
    pub notes: usize,
    pub failed: Vec<Failure>,
}

/// Files read so far, of all.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct BuildProgress {
    pub done: usize,
    pub total: usize,
}

/// Build a dataset. `go_on` is told each step and returns false to stop.
pub fn build(
    request: &BuildRequest,
    go_on: &mut dyn FnMut(BuildProgress) -> bool,
) -> Result<BuildAnswer, TrainError> {
    let step = |done, total| go_on(BuildProgress { done, total });
    let manifest = build_dataset(&request.input, &request.output, step)?;
    Ok(BuildAnswer {
        pieces: manifest.pieces.len(),
        notes: manifest.notes,
        failed: manifest.failed,
    })
}

/// A new run, or one to go on with (`resume`). Times in seconds.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TrainRequest {
    /// Dataset folder.
    pub data: PathBuf,
    /// Run folder.
    pub run: PathBuf,
    pub resume: bool,
    pub model_id: String,
    pub architecture: Option<Architecture>,
    pub seconds: Option<f64>,
    pub updates: Option<u64>,
    pub learning_rate: Option<f32>,
    pub steps_per_shard: Option<usize>,
    pub shards: Option<usize>,
    pub seed: Option<u64>,
    pub checkpoint_seconds: Option<f64>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TrainAnswer {
    pub updates: u64,
    pub notes_seen: u64,
    pub trained_seconds: f64,
    /// Nats a note on the pieces that were held out; none where there were too few.
    pub held_out_loss: Option<f64>,
    /// Folder of the finished model, as generation loads it.
    pub model: PathBuf,
    pub stopped: bool,
}

/// Micro-batches of windows that the held-out loss is taken on.
const HELD_OUT_BATCHES: usize = 12;
/// File of events in a run folder, one JSON a line.
pub const EVENTS: &str = "events.jsonl";

/// Train until the end, or until `is_stopped`; then the run has a checkpoint and a model.
pub fn train(
    request: &TrainRequest,
    is_stopped: &dyn Fn() -> bool,
    tell: &mut dyn FnMut(&RunEvent),
) -> Result<TrainAnswer, TrainError> {
    let dataset = Dataset::open(&request.data)?;
    let mut run = if request.resume {
        let mut run = Run::resume(&dataset, request.run.clone())?;
        // Resuming may ask for more; everything else is the run's own.
        run.config.seconds = request.seconds.map_or(run.config.seconds, |s| {
            run.checkpoint.state.trained_seconds + s
        });
        run.config.updates = request.updates.unwrap_or(run.config.updates);
        run
    } else {
        Run::start(
            &dataset,
            new_config(request, dataset.len()),
            request.run.clone(),
        )?
    };
    let every = run.config.held_out_every;
    let is_held_out = |piece: usize| every > 0 && piece % every == every - 1;
    let held_out = HeldOut::drawn(&dataset, &run.config.draw, is_held_out, HELD_OUT_BATCHES).ok();
    let path = request.run.join(EVENTS);
    let mut events = std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(&path)
        .map_err(TrainError::io(&path))?;
    let stop = AtomicBool::new(false);
    let mut held_out_loss = None;
    run.train_while(
        held_out.as_ref(),
        &stop,
        |event| {
            if let RunEvent::HeldOut { loss, .. } = event {
                held_out_loss = Some(*loss);
            }
            let line = serde_json::to_string(event).unwrap_or_default();
            // A full disk must not end a training; the checkpoint says so if it matters.
            let _ = writeln!(events, "{line}");
            tell(event);
        },
        |_| {
            if is_stopped() {
                stop.store(true, Ordering::Relaxed);
            }
        },
    )?;
    let state = &run.checkpoint.state;
    let model = request.run.join("model");
    let record = serde_json::json!({
        "updates": state.step,
        "notes": state.notes_seen,
        "seconds": state.trained_seconds,
        "heldOutNatsPerNote": held_out_loss,
        "dataHash": state.data_hash,
    });
    export_model(
        &model,
        &request.model_id,
        &run.checkpoint.weights,
        &run.config,
        record,
    )?;
    let runs = run_filter(&dataset).to_bytes();
    write_whole(&model.join(KNOWN_RUNS_FILE), &runs)?;
    Ok(TrainAnswer {
        updates: state.step,
        notes_seen: state.notes_seen,
        trained_seconds: state.trained_seconds,
        held_out_loss,
        model,
        stopped: stop.load(Ordering::Relaxed),
    })
}

fn new_config(request: &TrainRequest, pieces: usize) -> RunConfig {
    let default = RunConfig::default();
    RunConfig {
        architecture: request.architecture.clone().unwrap_or(default.architecture),
        seconds: request.seconds.unwrap_or(default.seconds),
        updates: request.updates.unwrap_or(0),
        learning_rate: request.learning_rate.unwrap_or(default.learning_rate),
        steps_per_shard: request.steps_per_shard.unwrap_or(default.steps_per_shard),
        shards: request.shards.unwrap_or(default.shards),
        seed: request.seed.unwrap_or(default.seed),
        checkpoint_seconds: request
            .checkpoint_seconds
            .unwrap_or(default.checkpoint_seconds),
        // A small folder holds out one piece in ten, a tiny one none.
        held_out_every: match pieces {
            0..=4 => 0,
            5..=199 => 10.min(pieces),
            _ => default.held_out_every,
        },
        ..default
    }
}
