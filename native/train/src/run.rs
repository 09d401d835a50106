//! A training run: batches drawn in the background, one update after the other, checkpoints by time,
//! held-out losses, and events for whoever looks.

use crate::adapter::Adapter;
use crate::checkpoint::{BEST, Checkpoint, LATEST, RunState};
use crate::compute::{Compute, losses_of};
use crate::config::RunConfig;
use crate::error::TrainError;
use crate::event::RunEvent;
use crate::family::{Family, Source};
use crate::meter::{Meter, parts};
use crate::network::Losses;
use crate::optimizer::{AdamW, Update, learning_rate};
use crate::parameters::Tensor;
use crate::random::Random;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel, sync_channel};
use std::time::Instant;

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
}

/// Fixed batches that are never trained on.
pub struct HeldOutSet<B> {
    /// "data" or "replay".
    pub name: &'static str,
    pub batches: Vec<B>,
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
        }
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

/// Who is told what, from the training thread.
pub struct Told<'a> {
    pub event: &'a mut dyn FnMut(&RunEvent),
    /// Number of updates done, after each.
    pub update: &'a mut dyn FnMut(u64),
}

impl<'a, F: Family> Run<'a, F> {
    /// A new run into `folder`, from `weights` or from random ones.
    ///
    /// Errors: `TRAIN_IO`, `TRAIN_CONFIG`.
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
        let weights = weights.unwrap_or_else(|| family.initialise(config.seed));
        let state = RunState {
            data_hash: data_hash.to_owned(),
            ..RunState::default()
        };
        let checkpoint = Checkpoint::start(&folder, &config, weights.clone(), state)?;
        Ok(Run::with(family, config, checkpoint, weights, folder))
    }

    /// Go on from a checkpoint of the run in `folder`. The data must be the same.
    ///
    /// Errors: `DATA_CHANGED`, `CHECKPOINT_DAMAGED`, `TRAIN_IO`.
    pub fn resume(
        family: &'a F,
        (checkpoint, config): (Checkpoint, RunConfig),
        data_hash: &str,
        folder: PathBuf,
    ) -> Result<Run<'a, F>, TrainError> {
        if checkpoint.state.data_hash != data_hash {
            return Err(TrainError::DataChanged {
                expected: checkpoint.state.data_hash,
                found: data_hash.to_owned(),
            });
        }
        let base = if config.lora > 0 {
            Checkpoint::start_weights(&folder, &config)?
        } else {
            Vec::new()
        };
        Ok(Run::with(family, config, checkpoint, base, folder))
    }

    fn with(
        family: &'a F,
        config: RunConfig,
        checkpoint: Checkpoint,
        base: Vec<f32>,
        folder: PathBuf,
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
        };
        run.merge();
        run
    }

    fn merge(&mut self) {
        if let Some((adapter, base)) = &self.adapter {
            adapter.merge(base, &self.checkpoint.weights, &mut self.merged);
        }
    }

    /// The network's weights as they stand, adapters merged.
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
        let state = &self.checkpoint.state;
        if state.best_step.is_some_and(|best| best != state.step) && path.exists() {
            let (best, _) = Checkpoint::load(&path)?;
            self.checkpoint.weights = best.weights;
            self.merge();
        }
        Ok(self.weights())
    }

    fn fraction(&self, seconds: f64) -> f64 {
        let state = &self.checkpoint.state;
        let config = &self.config;
        if config.updates > 0 {
            state.step as f64 / config.updates as f64
        } else if config.notes > 0 {
            state.notes_seen as f64 / config.notes as f64
        } else {
            seconds / config.seconds.max(1e-3)
        }
    }

    /// Train until the end, or until `stop`, which still writes a checkpoint.
    ///
    /// Errors: `TRAIN_DIVERGED` with the last good checkpoint on disk, `TRAIN_IO`, those of the device.
    pub fn train(&mut self, inputs: Inputs<'_, F>, told: Told<'_>) -> Result<(), TrainError> {
        let (shards, seed) = (self.config.shards, self.config.seed);
        let first_step = self.checkpoint.state.step;
        let source = inputs.source;
        std::thread::scope(|scope| {
            let (full, ready) = sync_channel::<Vec<F::Batch>>(2);
            let (empty, spent) = channel::<Vec<F::Batch>>();
            scope.spawn(move || {
                for step in first_step.. {
                    let mut batches = spent.try_recv().unwrap_or_default();
                    batches.resize_with(shards, F::Batch::default);
                    for (shard, batch) in batches.iter_mut().enumerate() {
                        let place = step * shards as u64 + shard as u64;
                        source.draw(batch, &mut Random::new(seed, place));
                    }
                    if full.send(batches).is_err() {
                        break;
                    }
                }
            });
            // Dropping `ready` at the end of the loop ends the thread above.
            self.updates(ready, empty, inputs, told)
        })
    }

    fn updates(
        &mut self,
        ready: Receiver<Vec<F::Batch>>,
        empty: Sender<Vec<F::Batch>>,
        inputs: Inputs<'_, F>,
        told: Told<'_>,
    ) -> Result<(), TrainError> {
        let Inputs {
            held_out,
            compute,
            stop,
            ..
        } = inputs;
        let Told { event, update } = told;
        let network_len = self.family.tensors().last().map_or(0, |t| t.range.end);
        let mut of_network = vec![0.0; network_len];
        let mut of_adapter = vec![0.0; self.adapter.as_ref().map_or(0, |(a, _)| a.len)];
        let earlier = self.checkpoint.state.trained_seconds;
        let began = Instant::now();
        let mut paused = 0.0;
        let mut meter = Meter::new(earlier);
        let (mut evaluated, mut saved) = (earlier, earlier);
        if self.checkpoint.state.step == 0 {
            let pause = Instant::now();
            self.evaluate(held_out, earlier, event)?;
            self.save(false, event)?;
            paused += pause.elapsed().as_secs_f64();
        }
        loop {
            let seconds = earlier + began.elapsed().as_secs_f64() - paused;
            let fraction = self.fraction(seconds);
            let is_over = fraction >= 1.0 || stop.load(Ordering::Relaxed);
            self.checkpoint.state.trained_seconds = seconds;
            if (is_over && meter.has_any()) || meter.is_due(seconds) {
                let step = self.checkpoint.state.step;
                let rate = self.rate(fraction);
                let loss = meter.report::<F>(step, seconds, fraction, rate, event);
                if meter.diverges(loss) {
                    return Err(TrainError::Diverged { step, loss });
                }
            }
            if is_over || seconds - evaluated >= self.config.evaluate_seconds {
                let pause = Instant::now();
                self.evaluate(held_out, seconds, event)?;
                evaluated = seconds;
                paused += pause.elapsed().as_secs_f64();
            }
            if is_over || seconds - saved >= self.config.checkpoint_seconds {
                let pause = Instant::now();
                self.save(!is_over, event)?;
                saved = seconds;
                paused += pause.elapsed().as_secs_f64();
            }
            if is_over {
                return Ok(());
            }
            let Ok(batches) = ready.recv() else {
                return Err(TrainError::Config {
                    what: "drawing of batches has stopped".into(),
                });
            };
            let losses = compute.gradient(self.weights(), &batches, &mut of_network)?;
            let gradient = match &self.adapter {
                None => &of_network,
                Some((adapter, _)) => {
                    adapter.gradient(&self.checkpoint.weights, &of_network, &mut of_adapter);
                    &of_adapter
                }
            };
            let norm = self.update(gradient, &losses, fraction);
            if !norm.is_finite() {
                // Nothing was changed by it, so what stands is the last good state.
                self.save(false, event)?;
                let step = self.checkpoint.state.step;
                let loss = losses.nats_per_note();
                return Err(TrainError::Diverged { step, loss });
            }
            meter.add(&losses, batches.iter().map(F::units).sum(), norm);
            let _ = empty.send(batches);
            update(self.checkpoint.state.step);
        }
    }

    fn rate(&self, fraction: f64) -> f32 {
        let step = self.checkpoint.state.step;
        learning_rate(
            self.config.learning_rate,
            self.config.warm_up,
            step,
            fraction,
        )
    }

    /// One update; returns the gradient's norm, and changes nothing where that is not finite.
    fn update(&mut self, gradient: &[f32], losses: &Losses, fraction: f64) -> f32 {
        let update = Update {
            scale: 1.0 / losses.notes.max(1) as f32,
            rate: self.rate(fraction),
            weight_decay: self.config.weight_decay,
            clip: self.config.clip,
        };
        let Checkpoint {
            weights,
            optimizer,
            state,
        } = &mut self.checkpoint;
        let norm = optimizer.update(&self.trained, weights, gradient, update);
        if norm.is_finite() {
            state.step += 1;
            state.notes_seen += losses.notes as u64;
            self.merge();
        }
        norm
    }

    fn evaluate(
        &mut self,
        held_out: &[HeldOutSet<F::Batch>],
        seconds: f64,
        event: &mut dyn FnMut(&RunEvent),
    ) -> Result<(), TrainError> {
        for set in held_out {
            let losses = losses_of(
                self.family,
                self.weights(),
                &set.batches,
                self.config.shards,
            );
            let loss = losses.nats_per_note();
            let step = self.checkpoint.state.step;
            let state = &mut self.checkpoint.state;
            let is_best = set.name == "data" && state.best_loss.is_none_or(|best| loss < best);
            if is_best {
                (state.best_loss, state.best_step) = (Some(loss), Some(step));
                let path = self.folder.join(BEST);
                self.checkpoint.save(&path, &self.config)?;
                event(&RunEvent::Checkpoint {
                    step,
                    path,
                    kind: "best",
                });
            }
            event(&RunEvent::HeldOut {
                step,
                set: set.name,
                loss,
                parts: parts::<F>(&losses),
                seconds,
                is_best,
            });
        }
        Ok(())
    }

    /// Write the latest checkpoint, and one of this step to be kept.
    fn save(&mut self, keep: bool, event: &mut dyn FnMut(&RunEvent)) -> Result<(), TrainError> {
        let step = self.checkpoint.state.step;
        let path = self.folder.join(LATEST);
        self.checkpoint.save(&path, &self.config)?;
        if keep && self.config.keep > 0 {
            let path = crate::checkpoint::keep(&self.folder, step, self.config.keep)?;
            event(&RunEvent::Checkpoint {
                step,
                path,
                kind: "kept",
            });
        }
        event(&RunEvent::Checkpoint {
            step,
            path,
            kind: "latest",
        });
        Ok(())
    }
}

impl Checkpoint {
    /// The state before the first update; start weights and config go into `folder`.
    fn start(
        folder: &std::path::Path,
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
            weights,
            state,
        })
    }
}
