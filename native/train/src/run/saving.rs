//! Held-out losses and checkpoints of a run.

use super::{HeldOutSet, Run};
use crate::checkpoint::{BEST, LATEST, keep};
use crate::compute::losses_of;
use crate::error::TrainError;
use crate::event::RunEvent;
use crate::family::Family;
use crate::meter::parts;
use crate::network::Losses;
use std::borrow::Cow;

impl<F: Family> Run<'_, F> {
    pub(super) fn evaluate(
        &mut self,
        held_out: &[HeldOutSet<F::Batch>],
        seconds: f64,
        event: &mut dyn FnMut(&RunEvent),
    ) -> Result<(), TrainError> {
        let mut is_new_best = false;
        // What should not be forgotten is heard by the weights that do better on the data.
        let mut is_of_mean = false;
        for set in held_out {
            let is_data = set.name == "data";
            let losses = if is_data {
                let losses = self.losses(set, false).unwrap_or_default();
                let of_mean = self
                    .losses(set, true)
                    .filter(|mean| mean.nats_per_note() < losses.nats_per_note());
                is_of_mean = of_mean.is_some();
                of_mean.unwrap_or(losses)
            } else {
                self.losses(set, is_of_mean).unwrap_or_default()
            };
            let loss = losses.nats_per_note();
            let step = self.checkpoint.state.step;
            let state = &mut self.checkpoint.state;
            let is_better = loss.is_finite() && state.best_loss.is_none_or(|best| loss < best);
            let is_best = is_data && is_better;
            is_new_best |= is_best;
            let sides = if is_data {
                &mut state.data
            } else {
                &mut state.replay
            };
            sides.before.get_or_insert(loss);
            // The model gets the weights of the best loss on the data, so that goes for both sets.
            if is_new_best || sides.after.is_none() {
                sides.after = Some(loss);
            }
            if is_best {
                (state.best_loss, state.best_step) = (Some(loss), Some(step));
                state.best_is_mean = is_of_mean;
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

    /// By the weights as they stand or by their mean; none where the run keeps no mean.
    fn losses(&self, set: &HeldOutSet<F::Batch>, of_mean: bool) -> Option<Losses> {
        let weights = if of_mean {
            self.mean_weights()?
        } else {
            Cow::Borrowed(self.weights())
        };
        let shards = self.config.shards;
        Some(losses_of(self.family, &weights, &set.batches, shards))
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
