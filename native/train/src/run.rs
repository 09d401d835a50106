//! A training run: batches drawn in the background, one update after the other, checkpoints by time,
//! held-out losses, and events for observers.

mod lock;
mod saving;
mod schedule;
mod updates;

use crate::adapter::Adapter;
use crate::checkpoint::{BEST, Checkpoint, RunState};
use crate::compute::Compute;
use crate::config::RunConfig;
use crate::error::TrainError;
use crate::event::RunEvent;
use crate::family::{Family, Source};
use crate::network::Losses;
use crate::optimizer::AdamW;
use crate::parameters::Tensor;
use crate::random::Random;
use lock::RunLock;
use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

/// A run in progress.
pub struct Run<'a, F: Family> {
    pub config: RunConfig,
    pub checkpoint: Checkpoint,
    family: &'a F,
    folder: PathBuf,
    /// Tensors that the optimizer updates.
    trained: Vec<Tensor>,
    adapter: Option<(Adapter, Vec<f32>)>,
    /// Base with adapters; empty where the weights themselves are trained.
    merged: Vec<f32>,
    /// Its data has grown since it was measured on.
    has_grown: bool,
    _lock: RunLock,
}

/// Fixed batches that are never trained on.
pub struct HeldOutSet<B> {
    /// "data" or "replay".
    pub name: &'static str,
    pub batches: Vec<B>,
    /// Which piece each batch is of; empty where they are of all.
    pieces: Vec<usize>,
}

impl<B: Default> HeldOutSet<B> {
    /// The same batches for the same source, whatever the run.
    pub fn draw(name: &'static str, source: &dyn Source<B>, count: usize) -> HeldOutSet<B> {
        let mut random = Random::new(7, 7);
        let batches = (0..count).map(|_| {
            let mut batch = B::default();
            source.draw(&mut batch, &mut random);
            batch
        });
        HeldOutSet {
            name,
            batches: batches.collect(),
            pieces: Vec::new(),
        }
    }

    /// Batches of one piece each, `least` or more in all and as many of each piece. The same for the same
    /// sources, which are the pieces.
    pub fn of_pieces<S: Source<B>>(
        name: &'static str,
        sources: &[S],
        least: usize,
    ) -> HeldOutSet<B> {
        let mut set = HeldOutSet {
            name,
            batches: Vec::new(),
            pieces: Vec::new(),
        };
        let each = least.div_ceil(sources.len().max(1)).max(1);
        for (piece, source) in sources.iter().enumerate() {
            let mut random = Random::new(7, piece as u64);
            for _ in 0..each {
                let mut batch = B::default();
                source.draw(&mut batch, &mut random);
                set.batches.push(batch);
                set.pieces.push(piece);
            }
        }
        set
    }

    /// Loss of a note on each piece, of the losses of each batch.
    fn by_piece(&self, each: &[Losses]) -> Vec<f64> {
        let count = self.pieces.iter().max().map_or(0, |last| last + 1);
        let mut sums = vec![Losses::default(); count];
        for (&piece, losses) in self.pieces.iter().zip(each) {
            sums[piece].add(losses);
        }
        sums.iter().map(Losses::nats_per_note).collect()
    }
}

/// What a run works on and with.
pub struct Inputs<'a, F: Family> {
    pub source: &'a dyn Source<F::Batch>,
    pub held_out: &'a [HeldOutSet<F::Batch>],
    pub compute: &'a mut dyn Compute<F::Batch>,
    /// Ends the run when true; a checkpoint is written then too.
    pub stop: &'a AtomicBool,
}

/// Listeners, called from the training thread.
pub struct Listeners<'a> {
    pub event: &'a mut dyn FnMut(&RunEvent),
    /// Number of updates done, after each.
    pub update: &'a mut dyn FnMut(u64),
}

impl<'a, F: Family> Run<'a, F> {
    /// A new run into `folder`, from `weights` or from random ones.
    ///
    /// Errors: `RUN_BUSY`, `TRAIN_IO`, `TRAIN_CONFIG`.
    pub fn start(
        family: &'a F,
        config: RunConfig,
        data_hash: &str,
        weights: Option<Vec<f32>>,
        folder: PathBuf,
    ) -> Result<Run<'a, F>, TrainError> {
        if config.shards == 0 || config.shard_size == 0 {
            return Err(TrainError::Config {
                what: "the batch must be positive".into(),
            });
        }
        std::fs::create_dir_all(&folder).map_err(TrainError::io(&folder))?;
        let lock = RunLock::take(&folder)?;
        let weights = weights.unwrap_or_else(|| family.initialise(config.seed));
        let state = RunState {
            data_hash: data_hash.to_owned(),
            ..RunState::default()
        };
        let checkpoint = Checkpoint::start(&folder, &config, weights.clone(), state)?;
        Ok(Run::with(family, config, checkpoint, weights, folder, lock))
    }

    /// Go on from a checkpoint of the run in `folder`. The data must be the same.
    ///
    /// Errors: `RUN_BUSY`, `DATA_CHANGED`, `CHECKPOINT_DAMAGED`, `TRAIN_IO`.
    pub fn resume(
        family: &'a F,
        (mut checkpoint, config): (Checkpoint, RunConfig),
        data_hash: &str,
        folder: PathBuf,
    ) -> Result<Run<'a, F>, TrainError> {
        if checkpoint.state.data_hash != data_hash {
            return Err(TrainError::DataChanged {
                expected: checkpoint.state.data_hash,
                found: data_hash.to_owned(),
            });
        }
        let lock = RunLock::take(&folder)?;
        take_best(&mut checkpoint.state, &folder)?;
        let base = if config.lora > 0 {
            Checkpoint::start_weights(&folder, &config)?
        } else {
            Vec::new()
        };
        Ok(Run::with(family, config, checkpoint, base, folder, lock))
    }

    fn with(
        family: &'a F,
        config: RunConfig,
        checkpoint: Checkpoint,
        base: Vec<f32>,
        folder: PathBuf,
        lock: RunLock,
    ) -> Run<'a, F> {
        let adapter =
            (config.lora > 0).then(|| (Adapter::new(family.tensors(), config.lora), base));
        let mut run = Run {
            trained: config.trained_tensors(),
            config,
            checkpoint,
            family,
            folder,
            adapter,
            merged: Vec::new(),
            has_grown: false,
            _lock: lock,
        };
        run.merge();
        run
    }

    /// The data has grown: what was measured on it is measured again before anything else.
    pub fn has_grown(&mut self) {
        self.has_grown = true;
    }

    fn merge(&mut self) {
        if let Some((adapter, base)) = &self.adapter {
            adapter.merge(base, &self.checkpoint.weights, &mut self.merged);
        }
    }

    /// The network's weights by the mean of what is trained; none where the run keeps no mean.
    fn mean_weights(&self) -> Option<Cow<'_, [f32]>> {
        let mean = Some(&self.checkpoint.mean).filter(|mean| !mean.is_empty())?;
        Some(self.network_weights(mean))
    }

    /// The network's weights by what is trained.
    fn network_weights<'b>(&self, trained: &'b [f32]) -> Cow<'b, [f32]> {
        let Some((adapter, base)) = &self.adapter else {
            return Cow::Borrowed(trained);
        };
        let mut merged = Vec::new();
        adapter.merge(base, trained, &mut merged);
        Cow::Owned(merged)
    }

    /// The network's current weights, adapters merged.
    pub fn weights(&self) -> &[f32] {
        if self.adapter.is_some() {
            &self.merged
        } else {
            &self.checkpoint.weights
        }
    }

    /// Weights of the best held-out loss, or the last ones where there is no better.
    pub fn best_weights(&mut self) -> Result<&[f32], TrainError> {
        let path = self.folder.join(BEST);
        let Checkpoint {
            weights,
            mean,
            state,
            ..
        } = &mut self.checkpoint;
        if state.best_step.is_some_and(|best| best != state.step) && path.exists() {
            let (best, _) = Checkpoint::load(&path)?;
            (*weights, *mean) = (best.weights, best.mean);
        }
        if state.best_is_mean {
            weights.clone_from(mean);
        }
        self.merge();
        Ok(self.weights())
    }
}

impl Checkpoint {
    /// The state before the first update; start weights and config go into `folder`.
    fn start(
        folder: &Path,
        config: &RunConfig,
        weights: Vec<f32>,
        state: RunState,
    ) -> Result<Checkpoint, TrainError> {
        crate::checkpoint::write_start(folder, config, &weights)?;
        let weights = if config.lora > 0 {
            Adapter::new(&config.architecture.tensors(), config.lora).initialise(config.seed)
        } else {
            weights
        };
        Ok(Checkpoint {
            optimizer: AdamW::new(weights.len()),
            mean: if config.average > 0.0 {
                weights.clone()
            } else {
                Vec::new()
            },
            weights,
            state,
        })
    }
}

/// What the best checkpoint says of itself: a run that was killed may have written it after the
/// latest one. Errors: `CHECKPOINT_DAMAGED`.
fn take_best(state: &mut RunState, folder: &Path) -> Result<(), TrainError> {
    let path = folder.join(BEST);
    let best = if path.exists() {
        Some(Checkpoint::load(&path)?.0.state)
    } else {
        None
    };
    let best = best.filter(|best| best.data_hash == state.data_hash);
    match best {
        Some(best) => {
            (state.best_loss, state.best_step) = (best.best_loss, best.best_step);
            (state.best_is_mean, state.pieces.best) = (best.best_is_mean, best.pieces.best);
        }
        None => (state.best_loss, state.best_step, state.best_is_mean) = (None, None, false),
    }
    Ok(())
}
