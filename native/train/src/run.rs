//! A training run: batches drawn in the background, gradients of all shards summed in a fixed order,
//! checkpoints by time, held-out losses, and events for whoever looks.

use crate::batch::Batch;
use crate::checkpoint::{Checkpoint, RunState};
use crate::config::RunConfig;
use crate::dataset::Dataset;
use crate::draw::Drawer;
use crate::error::TrainError;
use crate::evaluate::HeldOut;
use crate::event::RunEvent;
use crate::network::{Losses, Network};
use crate::optimizer::{AdamW, Update, learning_rate};
use crate::parameters::Layout;
use crate::random::Random;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel, sync_channel};
use std::time::Instant;

/// A run in progress.
pub struct Run<'a> {
    pub config: RunConfig,
    pub layout: Layout,
    pub checkpoint: Checkpoint,
    dataset: &'a Dataset,
    folder: PathBuf,
}

/// Name of the latest checkpoint inside a run folder.
pub const LATEST: &str = "latest.safetensors";
const REPORT_SECONDS: f64 = 10.0;

impl<'a> Run<'a> {
    /// A new run into `folder`.
    pub fn start(
        dataset: &'a Dataset,
        config: RunConfig,
        folder: PathBuf,
    ) -> Result<Run<'a>, TrainError> {
        std::fs::create_dir_all(&folder).map_err(TrainError::io(&folder))?;
        if config.shards == 0 || config.steps_per_shard == 0 {
            return Err(TrainError::Config {
                what: "shards and steps per shard must be positive".into(),
            });
        }
        let layout = Layout::new(&config.architecture);
        let checkpoint = Checkpoint {
            weights: layout.initialise(config.seed),
            optimizer: AdamW::new(layout.len),
            state: RunState {
                data_hash: dataset.hash().to_owned(),
                ..RunState::default()
            },
        };
        Ok(Run {
            config,
            layout,
            checkpoint,
            dataset,
            folder,
        })
    }

    /// Go on from the latest checkpoint in `folder`. The data must be the same.
    pub fn resume(dataset: &'a Dataset, folder: PathBuf) -> Result<Run<'a>, TrainError> {
        let (checkpoint, config) = Checkpoint::load(&folder.join(LATEST))?;
        if checkpoint.state.data_hash != dataset.hash() {
            return Err(TrainError::DataChanged {
                expected: checkpoint.state.data_hash,
                found: dataset.hash().to_owned(),
            });
        }
        Ok(Run {
            layout: Layout::new(&config.architecture),
            config,
            checkpoint,
            dataset,
            folder,
        })
    }

    fn fraction(&self, seconds: f64) -> f64 {
        if self.config.updates > 0 {
            self.checkpoint.state.step as f64 / self.config.updates as f64
        } else {
            seconds / self.config.seconds.max(1.0)
        }
    }

    /// Train until the end, or until `stop`, which still writes a checkpoint.
    pub fn train(
        &mut self,
        held_out: Option<&HeldOut>,
        stop: &AtomicBool,
        tell: impl FnMut(&RunEvent),
    ) -> Result<(), TrainError> {
        self.train_while(held_out, stop, tell, |_| {})
    }

    /// As [`Run::train`]; `after_update` is told the number of updates done after each.
    pub fn train_while(
        &mut self,
        held_out: Option<&HeldOut>,
        stop: &AtomicBool,
        mut tell: impl FnMut(&RunEvent),
        mut after_update: impl FnMut(u64),
    ) -> Result<(), TrainError> {
        let every = self.config.held_out_every;
        let is_used = move |piece: usize| every == 0 || piece % every != every - 1;
        let drawer = Drawer::new(self.dataset, self.config.draw.clone(), is_used)?;
        let (shards, steps) = (self.config.shards, self.config.steps_per_shard);
        let (seed, first_step) = (self.config.seed, self.checkpoint.state.step);
        std::thread::scope(|scope| {
            let (full, ready) = sync_channel::<Vec<Batch>>(2);
            let (empty, spent): (Sender<Vec<Batch>>, Receiver<Vec<Batch>>) = channel();
            let drawer = &drawer;
            scope.spawn(move || {
                for step in first_step.. {
                    let mut batches = spent.try_recv().unwrap_or_default();
                    batches.resize_with(shards, Batch::new);
                    for (shard, batch) in batches.iter_mut().enumerate() {
                        let place = step * shards as u64 + shard as u64;
                        batch.draw(drawer, &mut Random::new(seed, place), steps);
                    }
                    if full.send(batches).is_err() {
                        break;
                    }
                }
            });
            // Dropping `ready` at the end of the loop ends the thread above.
            self.updates(ready, empty, held_out, stop, &mut tell, &mut after_update)
        })
    }

    fn updates(
        &mut self,
        ready: Receiver<Vec<Batch>>,
        empty: Sender<Vec<Batch>>,
        held_out: Option<&HeldOut>,
        stop: &AtomicBool,
        tell: &mut impl FnMut(&RunEvent),
        after_update: &mut impl FnMut(u64),
    ) -> Result<(), TrainError> {
        let shards = self.config.shards;
        let mut workers: Vec<(Network, Vec<f32>)> = (0..shards)
            .map(|_| (Network::new(&self.layout), vec![0.0; self.layout.len]))
            .collect();
        let earlier = self.checkpoint.state.trained_seconds;
        let began = Instant::now();
        let mut paused = 0.0;
        let (mut reported, mut evaluated, mut saved) = (earlier, earlier, earlier);
        let (mut sum, mut steps, mut norm) = (Losses::default(), 0usize, 0.0);
        loop {
            let seconds = earlier + began.elapsed().as_secs_f64() - paused;
            let fraction = self.fraction(seconds);
            let is_over = fraction >= 1.0 || stop.load(Ordering::Relaxed);
            self.checkpoint.state.trained_seconds = seconds;
            if is_over || seconds - reported >= REPORT_SECONDS {
                let span = (seconds - reported).max(1e-9);
                tell(&RunEvent::Step {
                    step: self.checkpoint.state.step,
                    loss: sum.nats_per_note(),
                    fields: per_note(&sum),
                    learning_rate: self.rate(fraction),
                    gradient_norm: norm,
                    steps_per_second: steps as f64 / span,
                    notes_per_second: sum.notes as f64 / span,
                    seconds,
                    seconds_left: seconds / fraction.max(1e-9) * (1.0 - fraction).max(0.0),
                });
                (sum, steps, reported) = (Losses::default(), 0, seconds);
            }
            if is_over || seconds - evaluated >= self.config.evaluate_seconds {
                let pause = Instant::now();
                if let Some(held_out) = held_out {
                    tell(&self.evaluate(held_out, seconds));
                }
                evaluated = seconds;
                paused += pause.elapsed().as_secs_f64();
            }
            if is_over || seconds - saved >= self.config.checkpoint_seconds {
                let pause = Instant::now();
                let path = self.folder.join(LATEST);
                self.checkpoint.save(&path, &self.config)?;
                tell(&RunEvent::Checkpoint {
                    step: self.checkpoint.state.step,
                    path,
                });
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
            let losses = self.update(&mut workers, &batches, fraction, &mut norm)?;
            steps += batches.iter().map(Batch::steps).sum::<usize>();
            sum.add(&losses);
            let _ = empty.send(batches);
            after_update(self.checkpoint.state.step);
        }
    }

    fn rate(&self, fraction: f64) -> f32 {
        learning_rate(
            self.config.learning_rate,
            self.config.warm_up,
            self.checkpoint.state.step,
            fraction,
        )
    }

    /// One update from one batch a shard.
    fn update(
        &mut self,
        workers: &mut [(Network, Vec<f32>)],
        batches: &[Batch],
        fraction: f64,
        norm: &mut f32,
    ) -> Result<Losses, TrainError> {
        let (layout, weights) = (&self.layout, &self.checkpoint.weights);
        let losses: Vec<Losses> = std::thread::scope(|scope| {
            let running: Vec<_> = workers
                .iter_mut()
                .zip(batches)
                .map(|((network, gradient), batch)| {
                    scope.spawn(move || {
                        gradient.fill(0.0);
                        network.train(layout, weights, batch, gradient)
                    })
                })
                .collect();
            running
                .into_iter()
                .map(|r| r.join().unwrap_or_default())
                .collect()
        });
        let mut sum = Losses::default();
        losses.iter().for_each(|l| sum.add(l));
        let (first, rest) = workers.split_at_mut(1);
        let gradient = &mut first[0].1;
        for (_, other) in rest {
            crate::kernels::add_scaled(gradient, other, 1.0);
        }
        let scale = 1.0 / sum.notes.max(1) as f32;
        let rate = self.rate(fraction);
        let (decay, clip) = (self.config.weight_decay, self.config.clip);
        let Checkpoint {
            weights,
            optimizer,
            state,
        } = &mut self.checkpoint;
        let update = Update {
            scale,
            rate,
            weight_decay: decay,
            clip,
        };
        *norm = optimizer.update(&self.layout, weights, gradient, update);
        if !norm.is_finite() {
            let loss = sum.nats_per_note() as f32;
            return Err(TrainError::Diverged {
                step: state.step,
                loss,
            });
        }
        state.step += 1;
        state.notes_seen += sum.notes as u64;
        Ok(sum)
    }

    fn evaluate(&self, held_out: &HeldOut, seconds: f64) -> RunEvent {
        let [pitched, drums] =
            held_out.losses(&self.layout, &self.checkpoint.weights, self.config.shards);
        let mut all = pitched;
        all.add(&drums);
        RunEvent::HeldOut {
            step: self.checkpoint.state.step,
            loss: all.nats_per_note(),
            fields: per_note(&all),
            pitched: pitched.nats_per_note(),
            pitched_pitch: per_note(&pitched)[2],
            drums: drums.nats_per_note(),
            seconds,
        }
    }
}

fn per_note(losses: &Losses) -> [f64; 5] {
    losses.nats.map(|nats| nats / losses.notes.max(1) as f64)
}
