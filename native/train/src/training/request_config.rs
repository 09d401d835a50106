//! Checks a request and turns it into a run's configuration.

use super::TrainRequest;
use crate::checkpoint::RunState;
use crate::config::{AnyArchitecture, RunConfig};
use crate::dataset::Dataset;
use crate::error::TrainError;
use crate::sides::Sides;
use std::path::Path;

const DEFAULT_REPLAY: f32 = 0.25;

/// Errors: `TRAIN_CONFIG` for what no run can be, whatever the data.
pub(super) fn check(request: &TrainRequest) -> Result<(), TrainError> {
    let positive = |value: f64| value.is_finite() && value > 0.0;
    let seconds = |value: Option<f64>| value.is_none_or(|v| v.is_finite() && v >= 0.0);
    let goals = [
        request.seconds.is_some(),
        request.updates.is_some(),
        request.epochs.is_some(),
    ];
    let precision = request.precision.as_deref().unwrap_or("f32");
    let wrong = [
        (
            precision != "f32",
            "that precision is not known; f32 is what trains here",
        ),
        (
            goals.into_iter().filter(|&is_given| is_given).count() > 1,
            "--time, --steps and --epochs each say when a run ends; give one of them",
        ),
        (
            request.seconds.is_some_and(|v| !positive(v)),
            "--time must be greater than 0",
        ),
        (request.updates == Some(0), "--steps must be 1 or more"),
        (
            request.epochs.is_some_and(|v| !positive(v)),
            "--epochs must be more than 0",
        ),
        (request.batch == Some(0), "--batch must be 1 or more"),
        (
            request.lora == Some(0),
            "--lora must be 1 or more; leave it out to train all weights",
        ),
        (
            request.sequence.is_some_and(|notes| notes < 2),
            "--seq must be 2 or more: a single note has nothing to predict",
        ),
        (
            request
                .learning_rate
                .is_some_and(|v| !positive(f64::from(v))),
            "--lr must be a number above 0",
        ),
        (
            request
                .replay_share
                .is_some_and(|v| !(0.0..1.0).contains(&v)),
            "--replay-share must be 0 to below 1",
        ),
        (
            !seconds(request.checkpoint_seconds) || !seconds(request.evaluate_seconds),
            "--checkpoint-every and --evaluate-every must be a time",
        ),
    ];
    match wrong.into_iter().find(|(is_wrong, _)| *is_wrong) {
        Some((_, what)) => Err(TrainError::Config { what: what.into() }),
        None => Ok(()),
    }
}

/// A new run's config with what the request says of it.
pub(super) fn config_of_request(
    mut config: RunConfig,
    request: &TrainRequest,
    (dataset, sides): (&Dataset, &Sides),
    replay: Option<&Path>,
) -> Result<RunConfig, TrainError> {
    config.model_id = request.model_id.clone();
    if let Some(batch) = request.batch {
        (config.shards, config.shard_size) = shards_of(&config, batch);
    }
    config.sequence = request.sequence.unwrap_or(config.sequence);
    config.with_drums = request.with_drums;
    config.balanced_tempo = request.balanced_tempo;
    config.seed = request.seed.unwrap_or(config.seed);
    if let Some(path) = replay {
        config.replay_share = request.replay_share.unwrap_or(DEFAULT_REPLAY);
        config.replay = remembered(path);
    }
    set_goal(&mut config, request, (dataset, sides), 0.0);
    set_rates(&mut config, request);
    Ok(config)
}

/// A run's own config with what may be asked of it when it goes on: how long, how fast, how often.
///
/// Errors: `TRAIN_CONFIG` where the request names another value of what the run is made of.
pub(super) fn config_to_resume(
    mut config: RunConfig,
    state: &RunState,
    request: &TrainRequest,
    data: (&Dataset, &Sides),
) -> Result<RunConfig, TrainError> {
    let fresh = RunConfig::new(config.architecture.clone());
    let shards = |batch| shards_of(&fresh, batch);
    let is_other_share = |share: f32| config.replay_share != share;
    let fixed = [
        (
            "--batch",
            request
                .batch
                .is_some_and(|b| shards(b) != (config.shards, config.shard_size)),
        ),
        (
            "--seq",
            request.sequence.is_some_and(|s| s != config.sequence),
        ),
        ("--seed", request.seed.is_some_and(|s| s != config.seed)),
        (
            "--lora",
            request.lora.is_some_and(|rank| rank != config.lora),
        ),
        (
            "--replay-share",
            request.replay_share.is_some_and(is_other_share),
        ),
        ("--with-drums", request.with_drums && !config.with_drums),
        (
            "--balanced-tempo",
            request.balanced_tempo && !config.balanced_tempo,
        ),
    ];
    if let Some((option, _)) = fixed.into_iter().find(|(_, is_other)| *is_other) {
        let what =
            format!("{option} was another when this run began; leave it out, or begin a new run");
        return Err(TrainError::Config { what });
    }
    if let Some(path) = &request.replay {
        config.replay = remembered(path);
    }
    set_goal(&mut config, request, data, state.trained_seconds);
    set_rates(&mut config, request);
    Ok(config)
}

/// Micro-batches of an update, and the size of each.
fn shards_of(config: &RunConfig, batch: usize) -> (usize, usize) {
    let shards = config.shards.min(batch.max(1));
    (shards, batch.div_ceil(shards))
}

/// When the run ends; as before where the request does not say.
fn set_goal(
    config: &mut RunConfig,
    request: &TrainRequest,
    (dataset, sides): (&Dataset, &Sides),
    trained: f64,
) {
    if let Some(seconds) = request.seconds {
        (config.updates, config.notes) = (0, 0);
        config.seconds = trained + seconds;
    }
    if let Some(updates) = request.updates {
        (config.updates, config.notes) = (updates, 0);
    }
    if let Some(epochs) = request.epochs {
        let notes = epochs * trained_notes(dataset, sides, config) as f64;
        (config.updates, config.notes) = (0, (notes.ceil() as u64).max(1));
    }
}

fn set_rates(config: &mut RunConfig, request: &TrainRequest) {
    config.learning_rate = request.learning_rate.unwrap_or(config.learning_rate);
    config.checkpoint_seconds = request
        .checkpoint_seconds
        .unwrap_or(config.checkpoint_seconds);
    config.evaluate_seconds = request.evaluate_seconds.unwrap_or(config.evaluate_seconds);
    config.keep = request.keep.unwrap_or(config.keep);
}

/// Notes of the pieces that are trained on.
pub(super) fn trained_notes(dataset: &Dataset, sides: &Sides, config: &RunConfig) -> u64 {
    let count = |i| match config.architecture {
        AnyArchitecture::Infill(_) => dataset.piece(i).notes.len(),
        AnyArchitecture::Recurrent(_) => dataset.howl_notes(i, config.with_drums).len(),
    };
    sides.pieces(false).map(count).sum::<usize>() as u64
}

/// A path that is still the same when the run goes on from another folder; none that JSON cannot hold.
fn remembered(path: &Path) -> Option<String> {
    let whole = std::path::absolute(path).ok()?;
    whole.to_str().map(str::to_owned)
}
