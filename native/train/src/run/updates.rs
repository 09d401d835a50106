//! The loop of a run: one update after the other, with what is due in between.

use super::saving::RunProgress;
use super::schedule::{Due, Schedule};
use super::{HeldOutSet, Inputs, Listeners, Run};
use crate::checkpoint::Checkpoint;
use crate::compute::Compute;
use crate::error::TrainError;
use crate::event::RunEvent;
use crate::family::Family;
use crate::meter::{Meter, seconds_left};
use crate::network::Losses;
use crate::optimizer::{Update, learning_rate};
use crate::random::Random;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, Sender, channel, sync_channel};

/// Room for the gradients of an update.
struct Gradients {
    of_network: Vec<f32>,
    of_adapter: Vec<f32>,
}

impl<F: Family> Run<'_, F> {
    /// Train until the end, or until `stop`, which still writes a checkpoint.
    ///
    /// Errors: `TRAIN_DIVERGED` with the last good checkpoint on disk, `TRAIN_IO`, those of the device.
    pub fn train(
        &mut self,
        inputs: Inputs<'_, F>,
        listeners: Listeners<'_>,
    ) -> Result<(), TrainError> {
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
                        let stream = step * shards as u64 + shard as u64;
                        source.draw(batch, &mut Random::new(seed, stream));
                    }
                    if full.send(batches).is_err() {
                        break;
                    }
                }
            });
            // Dropping `ready` at the end of the loop ends the thread above.
            self.updates(ready, empty, inputs, listeners)
        })
    }

    fn updates(
        &mut self,
        ready: Receiver<Vec<F::Batch>>,
        empty: Sender<Vec<F::Batch>>,
        inputs: Inputs<'_, F>,
        listeners: Listeners<'_>,
    ) -> Result<(), TrainError> {
        let Inputs {
            held_out,
            compute,
            stop,
            ..
        } = inputs;
        let Listeners { event, update } = listeners;
        let network_len = self.family.tensors().last().map_or(0, |t| t.range.end);
        let mut gradients = Gradients {
            of_network: vec![0.0; network_len],
            of_adapter: vec![0.0; self.adapter.as_ref().map_or(0, |(a, _)| a.len)],
        };
        let earlier = self.checkpoint.state.trained_seconds;
        let mut schedule = Schedule::new(earlier);
        let mut meter = Meter::new(earlier);
        if self.checkpoint.state.step == 0 || self.has_grown {
            schedule.pausing(|| self.begin(held_out, earlier, event))?;
        }
        loop {
            let seconds = schedule.seconds();
            let fraction = self.fraction(seconds);
            let is_over = fraction >= 1.0 || stop.load(Ordering::Relaxed);
            self.checkpoint.state.trained_seconds = seconds;
            let due = schedule.due(&self.config, seconds, fraction, is_over);
            self.report(&mut meter, &due, event)?;
            if due.is_evaluated {
                schedule.pausing(|| self.evaluate(held_out, self.progress_at(seconds), event))?;
            }
            if due.is_saved {
                schedule.pausing(|| self.save(due.is_kept, event))?;
            }
            if is_over {
                return Ok(());
            }
            let Ok(batches) = ready.recv() else {
                return Err(TrainError::Config {
                    what: "drawing of batches has stopped".into(),
                });
            };
            let (losses, norm) = self.learn(compute, &batches, fraction, &mut gradients)?;
            meter.add(&losses, batches.iter().map(F::units).sum(), norm);
            if !norm.is_finite() {
                return Err(self.diverged(&meter, &losses, event)?);
            }
            let _ = empty.send(batches);
            update(self.checkpoint.state.step);
        }
    }

    /// What a run does before its first update, and one that has grown before it goes on.
    fn begin(
        &mut self,
        held_out: &[HeldOutSet<F::Batch>],
        earlier: f64,
        event: &mut dyn FnMut(&RunEvent),
    ) -> Result<(), TrainError> {
        // First, so that there is no best checkpoint without a latest.
        self.save(false, event)?;
        let progress = self.progress_at(earlier);
        if self.has_grown {
            self.measure_again(held_out, progress, event)?;
        }
        self.evaluate(held_out, progress, event)
    }

    /// Tell the losses where that is due, and before every measurement and checkpoint, so that none is
    /// written of a loss that has left.
    fn report(
        &self,
        meter: &mut Meter,
        due: &Due,
        event: &mut dyn FnMut(&RunEvent),
    ) -> Result<(), TrainError> {
        let checks_loss = (due.is_evaluated || due.is_saved) && meter.has_any();
        if !checks_loss && !meter.is_due(due.seconds) {
            return Ok(());
        }
        let step = self.checkpoint.state.step;
        let rate = self.rate(due.fraction);
        let loss = meter.report::<F>(step, due.seconds, due.fraction, rate, event);
        if meter.diverges(loss, due.is_over) {
            return Err(TrainError::Diverged { step, loss });
        }
        Ok(())
    }

    /// Gradient and update of some batches; returns the losses, and the gradient's norm.
    fn learn(
        &mut self,
        compute: &mut dyn Compute<F::Batch>,
        batches: &[F::Batch],
        fraction: f64,
        gradients: &mut Gradients,
    ) -> Result<(Losses, f32), TrainError> {
        let Gradients {
            of_network,
            of_adapter,
        } = gradients;
        let losses = compute.gradient(self.weights(), batches, of_network)?;
        let gradient = match &self.adapter {
            None => &*of_network,
            Some((adapter, _)) => {
                adapter.gradient(&self.checkpoint.weights, of_network, of_adapter);
                &*of_adapter
            }
        };
        let norm = self.update(gradient, &losses, fraction);
        Ok((losses, norm))
    }

    /// The error of a gradient that is not finite.
    ///
    /// Nothing was changed by it; but an earlier update may have spoilt the weights already, and then the
    /// checkpoint on disk is the last good one.
    fn diverged(
        &mut self,
        meter: &Meter,
        losses: &Losses,
        event: &mut dyn FnMut(&RunEvent),
    ) -> Result<TrainError, TrainError> {
        let step = self.checkpoint.state.step;
        let loss = losses.nats_per_note();
        if !meter.diverges(loss, true) {
            self.save(false, event)?;
        }
        Ok(TrainError::Diverged { step, loss })
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

    fn progress_at(&self, seconds: f64) -> RunProgress {
        let has_time = self.config.updates == 0 && self.config.notes == 0;
        RunProgress {
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
