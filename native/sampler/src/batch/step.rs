//! The trunk on the notes that were just drawn.

use super::{Batch, embed};
use crate::error::SamplerError;
use crate::result::Warning;
use continuo_tokenizer::window::generated_step;

impl Batch<'_> {
    /// Run the trunk on the notes just drawn.
    pub(super) fn step(&mut self, active: &[usize]) -> Result<(), SamplerError> {
        let (plan, limit) = (self.plan, self.machine.max_steps);
        let d = self.prompt_state.len();
        let batch = self.rows.len();
        self.states.clear();
        self.states.resize(batch * d, 0.0);
        let (mut times, mut lengths) = (vec![0; batch], vec![0; batch]);
        let mut stepping = Vec::with_capacity(active.len());
        for &i in active {
            let row = &mut self.rows[i];
            let note = row.take(plan);
            if row.length >= limit {
                self.warn_limit(limit);
                self.finish(i);
                continue;
            }
            let row = &self.rows[i];
            let step = generated_step(&plan.scene, 0, &note);
            embed(self.machine.heads, &step, &mut self.x);
            self.states[i * d..(i + 1) * d].copy_from_slice(&self.x);
            (times[i], lengths[i]) = (step.time, row.length);
            stepping.push(i);
        }
        // A row that was begun again waits: its prompt stays, and this step falls behind it.
        for (i, row) in self
            .rows
            .iter()
            .enumerate()
            .filter(|(_, row)| !row.is_finished)
        {
            lengths[i] = row.length.min(limit - 1);
        }
        if stepping.is_empty() {
            return Ok(());
        }
        let longest = lengths.iter().max().copied().unwrap_or(0) + 1;
        if longest > self.cache.capacity() {
            let capacity = (longest * 3 / 2).min(limit);
            let mut grown = self.machine.trunk.cache(batch, capacity)?;
            grown.take_rows(&self.cache, longest - 1);
            self.cache = grown;
        }
        let h =
            self.machine
                .trunk
                .step(&mut self.cache, &self.states, &times, &lengths, &stepping)?;
        for &i in &stepping {
            let row = &mut self.rows[i];
            row.length += 1;
            row.state.clear();
            row.state.extend_from_slice(&h[i * d..(i + 1) * d]);
        }
        Ok(())
    }

    fn warn_limit(&mut self, limit: usize) {
        if !self
            .warnings
            .iter()
            .any(|w| w.code == "NOTES_LIMIT_REACHED")
        {
            let message = format!(
                "the model reads {limit} steps, so the end of the region is empty; fill it in parts"
            );
            self.warnings.push(Warning {
                code: "NOTES_LIMIT_REACHED",
                message,
            });
        }
    }
}
