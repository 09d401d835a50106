//! What an evaluation is asked for.

use crate::ablation::Ablation;

/// What to evaluate.
#[derive(Clone, Copy, Debug)]
pub struct EvalOptions {
    /// Fills of each region, 1-64; the first as offered is "best of K".
    pub candidates: usize,
    pub seed: u64,
    pub context_notes: usize,
    /// Losses of the model with parts of its input hidden, too.
    pub ablations: bool,
    /// Losses only.
    pub without_fills: bool,
    /// Long regions, velocities, variations and novelty, too.
    pub behaviour: bool,
    /// What the model or the sampler does without.
    pub ablation: Option<Ablation>,
}
