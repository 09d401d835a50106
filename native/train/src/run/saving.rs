//! Held-out losses and checkpoints of a run.

use super::{HeldOutSet, Run};
use crate::checkpoint::{BEST, Checkpoint, LATEST, RunState, keep};
use crate::compute::losses_of_each;
use crate::error::TrainError;
use crate::event::RunEvent;
use crate::family::Family;
use crate::gain::Gain;
use crate::meter::parts;
use crate::network::Losses;
use std::time::Instant;

/// The progress of the whole run, for people who wait while it measures.
#[derive(Clone, Copy)]
pub(super) struct RunProgress {
    /// Trained so far.
    pub seconds: f64,
    /// Of training that is left.
    pub seconds_left: f64,
}

/// Reports the progress of measuring, once a second.
struct Progress<'a> {
    event: &'a mut dyn FnMut(&RunEvent),
    step: u64,
    seconds_left: f64,
    done: usize,
    total: usize,
    began: Instant,
    notified: Instant,
}

const REPORT_SECONDS: f64 = 1.0;

impl Progress<'_> {
    fn advance(&mut self) {
        self.done += 1;
        if self.notified.elapsed().as_secs_f64() < REPORT_SECONDS {
            return;
        }
        self.notified = Instant::now();
        let each = self.began.elapsed().as_secs_f64() / self.done as f64;
        let rest = each * (self.total - self.done.min(self.total)) as f64;
        (self.event)(&RunEvent::Evaluating {
            step: self.step,
            done: self.done,
            total: self.total,
            seconds_left: self.seconds_left + rest,
        });
    }
}

/// Losses of a set, in all and by piece.
struct Measured {
    losses: Losses,
    by_piece: Vec<f64>,
}

impl Measured {
    fn loss(&self) -> f64 {
        self.losses.nats_per_note()
    }
}

impl<F: Family> Run<'_, F> {
    pub(super) fn evaluate(
        &mut self,
        held_out: &[HeldOutSet<F::Batch>],
        of_run: RunProgress,
        event: &mut dyn FnMut(&RunEvent),
    ) -> Result<(), TrainError> {
        let mut is_new_best = false;
        // What should not be forgotten is heard by the weights that do better on the data.
        let mut is_of_mean = false;
        let step = self.checkpoint.state.step;
        let mean = usize::from(!self.checkpoint.mean.is_empty());
        let looks = |set: &HeldOutSet<F::Batch>| match set.name {
            "data" => set.batches.len() * (1 + mean),
            _ => set.batches.len(),
        };
        let mut progress = Progress {
            event: &mut *event,
            step,
            seconds_left: of_run.seconds_left,
            done: 0,
            total: held_out.iter().map(looks).sum(),
            began: Instant::now(),
            notified: Instant::now(),
        };
        let mut measured = Vec::with_capacity(held_out.len());
        for set in held_out {
            let mut found = if set.name == "data" || !is_of_mean {
                self.measure(set, self.weights(), &mut progress)
            } else {
                let mean = self.mean_weights();
                self.measure(
                    set,
                    mean.as_deref().unwrap_or(self.weights()),
                    &mut progress,
                )
            };
            if set.name == "data"
                && let Some(mean) = self.mean_weights()
            {
                let of_mean = self.measure(set, &mean, &mut progress);
                is_of_mean = of_mean.loss() < found.loss();
                if is_of_mean {
                    found = of_mean;
                }
            }
            measured.push(found);
        }
        for (set, found) in held_out.iter().zip(measured) {
            let (is_data, loss) = (set.name == "data", found.loss());
            let state = &mut self.checkpoint.state;
            let is_better = loss.is_finite() && state.best_loss.is_none_or(|best| loss < best);
            let is_best = is_data && is_better;
            is_new_best |= is_best;
            let sides = if is_data {
                &mut state.data
            } else {
                &mut state.replay
            };
            if sides.before.is_none() {
                sides.before = Some(loss);
                if is_data {
                    state.pieces.before.clone_from(&found.by_piece);
                }
            }
            // The model gets the weights of the best loss on the data, so that goes for both sets.
            if is_new_best || sides.after.is_none() {
                sides.after = Some(loss);
            }
            let gain = Gain::of(&state.pieces.before, &found.by_piece).filter(|_| is_data);
            if is_best {
                (state.best_loss, state.best_step) = (Some(loss), Some(step));
                state.best_is_mean = is_of_mean;
                state.pieces.best = found.by_piece;
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
                parts: parts::<F>(&found.losses),
                seconds: of_run.seconds,
                is_best,
                gain,
            });
        }
        Ok(())
    }

    /// Measure the start and the best so far again on data that has grown.
    pub(super) fn measure_again(
        &mut self,
        held_out: &[HeldOutSet<F::Batch>],
        of_run: RunProgress,
        event: &mut dyn FnMut(&RunEvent),
    ) -> Result<(), TrainError> {
        let Some(set) = held_out.iter().find(|set| set.name == "data") else {
            return Ok(());
        };
        let mut progress = Progress {
            event,
            step: self.checkpoint.state.step,
            seconds_left: of_run.seconds_left,
            done: 0,
            total: 2 * set.batches.len(),
            began: Instant::now(),
            notified: Instant::now(),
        };
        let start = Checkpoint::start_weights(&self.folder, &self.config)?;
        let before = self.measure(set, &start, &mut progress);
        let path = self.folder.join(BEST);
        let best = if path.exists() {
            Some(Checkpoint::load(&path)?.0)
        } else {
            None
        };
        let state = &mut self.checkpoint.state;
        state.data.before = Some(before.loss());
        state.pieces.before = before.by_piece;
        let Some(mut best) = best else { return Ok(()) };
        let is_mean = best.state.best_is_mean && !best.mean.is_empty();
        let trained = if is_mean { &best.mean } else { &best.weights };
        let found = self.measure(set, &self.network_weights(trained), &mut progress);
        let state = &mut self.checkpoint.state;
        (state.best_loss, state.best_step) = (Some(found.loss()), Some(best.state.step));
        (state.best_is_mean, state.data.after) = (is_mean, Some(found.loss()));
        state.pieces.best = found.by_piece;
        best.state = RunState {
            step: best.state.step,
            trained_seconds: best.state.trained_seconds,
            notes_seen: best.state.notes_seen,
            ..state.clone()
        };
        best.save(&path, &self.config)
    }

    fn measure(
        &self,
        set: &HeldOutSet<F::Batch>,
        weights: &[f32],
        progress: &mut Progress<'_>,
    ) -> Measured {
        let shards = self.config.shards;
        let mut done = || progress.advance();
        let each = losses_of_each(self.family, weights, &set.batches, shards, &mut done);
        let mut losses = Losses::default();
        each.iter().for_each(|one| losses.add(one));
        Measured {
            losses,
            by_piece: set.by_piece(&each),
        }
    }

    /// Write the latest checkpoint, and one of this step to be kept.
    pub(super) fn save(
        &mut self,
        is_kept: bool,
        event: &mut dyn FnMut(&RunEvent),
    ) -> Result<(), TrainError> {
        let step = self.checkpoint.state.step;
        let path = self.folder.join(LATEST);
        self.checkpoint.save(&path, &self.config)?;
        if is_kept && self.config.keep > 0 {
            let path = keep(&self.folder, step, self.config.keep)?;
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn measuring_tells_how_long_the_whole_run_takes_once_a_second() {
        let mut events = Vec::new();
        let mut event = |event: &RunEvent| events.push(event.clone());
        let began = Instant::now().checked_sub(Duration::from_secs(6));
        let began = began.expect("the machine is older than that");
        let mut progress = Progress {
            event: &mut event,
            step: 7,
            seconds_left: 100.0,
            done: 2,
            total: 6,
            began,
            notified: began,
        };
        progress.advance();
        let Some(RunEvent::Evaluating {
            step: 7,
            done: 3,
            total: 6,
            seconds_left,
        }) = events.first()
        else {
            panic!("{events:?}");
        };
        // Three took six seconds or a little more, so three more do, and the training comes after them.
        assert!(*seconds_left >= 106.0, "{seconds_left}");
    }
}
