//! The loop of a run: one update after the other, with what is due in between.

use super::saving::Standing;
use super::{Inputs, Run, Told};
use crate::checkpoint::Checkpoint;
use crate::error::TrainError;
use crate::family::Family;
use crate::meter::{Meter, seconds_left};
use crate::network::Losses;
use crate::optimizer::{Update, learning_rate};
use crate::random::Random;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, Sender, channel, sync_channel};
use std::time::Instant;

/// A crash costs no more training than this.
const LATEST_SECONDS: f64 = 300.0;

/// Whether the latest checkpoint is written again, so long after the last time.
fn is_due(seconds: f64) -> bool {
    seconds >= LATEST_SECONDS
}

impl<F: Family> Run<'_, F> {
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
        let (mut evaluated, mut saved, mut kept) = (earlier, earlier, earlier);
        if self.checkpoint.state.step == 0 || self.has_grown {
            let pause = Instant::now();
            // First, so that there is no best checkpoint without a latest.
            self.save(false, event)?;
            let standing = self.standing(earlier);
            if self.has_grown {
                self.measure_again(held_out, standing, event)?;
            }
            self.evaluate(held_out, standing, event)?;
            paused += pause.elapsed().as_secs_f64();
        }
        loop {
            let seconds = earlier + began.elapsed().as_secs_f64() - paused;
            let fraction = self.fraction(seconds);
            let is_over = fraction >= 1.0 || stop.load(Ordering::Relaxed);
            self.checkpoint.state.trained_seconds = seconds;
            let is_evaluated = is_over || seconds - evaluated >= self.config.evaluate_seconds;
            let is_kept = seconds - kept >= self.config.checkpoint_seconds;
            let is_saved = is_over || is_kept || is_due(seconds - saved);
            // Looked at before every checkpoint too, so that none is written of a loss that has left.
            let is_looked_at = (is_evaluated || is_saved) && meter.has_any();
            if is_looked_at || meter.is_due(seconds) {
                let step = self.checkpoint.state.step;
                let rate = self.rate(fraction);
                let loss = meter.report::<F>(step, seconds, fraction, rate, event);
                if meter.diverges(loss, is_over) {
                    return Err(TrainError::Diverged { step, loss });
                }
            }
            if is_evaluated {
                let pause = Instant::now();
                self.evaluate(held_out, self.standing(seconds), event)?;
                evaluated = seconds;
                paused += pause.elapsed().as_secs_f64();
            }
            if is_saved {
                let pause = Instant::now();
                self.save(is_kept && !is_over, event)?;
                saved = seconds;
                if is_kept {
                    kept = seconds;
                }
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
            meter.add(&losses, batches.iter().map(F::units).sum(), norm);
            if !norm.is_finite() {
                let step = self.checkpoint.state.step;
                let loss = losses.nats_per_note();
                // Nothing was changed by it; but an earlier update may have spoilt the weights already,
                // and then the checkpoint on disk is the last good one.
                if !meter.diverges(loss, true) {
                    self.save(false, event)?;
                }
                return Err(TrainError::Diverged { step, loss });
            }
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
            mean,
            optimizer,
            state,
        } = &mut self.checkpoint;
        let norm = optimizer.update(&self.trained, weights, gradient, update);
        if norm.is_finite() {
            state.step += 1;
            // A young mean is of few updates, and forgets the start the sooner.
            let decay = self
                .config
                .average
                .min(1.0 - 10.0 / (state.step + 10) as f32);
            for (mean, weight) in mean.iter_mut().zip(weights.iter()) {
                *mean += (1.0 - decay) * (weight - *mean);
            }
            state.notes_seen += losses.notes as u64;
            self.merge();
        }
        norm
    }

    fn standing(&self, seconds: f64) -> Standing {
        let has_time = self.config.updates == 0 && self.config.notes == 0;
        Standing {
            seconds,
            seconds_left: if has_time {
                (self.config.seconds - seconds).max(0.0)
            } else {
                seconds_left(seconds, self.fraction(seconds))
            },
        }
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
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{AnyArchitecture, RunConfig};

    #[test]
    fn the_latest_checkpoint_is_a_few_minutes_old_at_most_whatever_is_kept() {
        let howl = AnyArchitecture::by_name("lstm-192").map(RunConfig::new);
        // Howl keeps one every two hours.
        assert_eq!(howl.expect("a preset").checkpoint_seconds, 7200.0);
        assert!(!is_due(60.0) && is_due(LATEST_SECONDS) && LATEST_SECONDS <= 600.0);
    }
}
