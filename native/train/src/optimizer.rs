//! AdamW with warm-up, cosine decay and clipping of the gradient's norm.

use crate::kernels;
use crate::parameters::Tensor;

/// First and second moments of every weight.
#[derive(Clone, Debug, PartialEq)]
pub struct AdamW {
    pub first: Vec<f32>,
    pub second: Vec<f32>,
    /// Updates done.
    pub step: u64,
}

/// How one update is made.
#[derive(Clone, Copy, Debug)]
pub struct Update {
    /// The gradient is multiplied by it first.
    pub scale: f32,
    pub rate: f32,
    pub weight_decay: f32,
    /// Largest norm of the gradient.
    pub clip: f32,
}

/// Learning rate at a fraction of the training: linear up over `warm_up` steps, then a cosine down
/// to 2 % of the peak at `fraction` 1.
pub fn learning_rate(peak: f32, warm_up: u64, step: u64, fraction: f64) -> f32 {
    let up = ((step + 1) as f32 / warm_up.max(1) as f32).min(1.0);
    let cosine = 0.5 * (1.0 + (std::f64::consts::PI * fraction.clamp(0.0, 1.0)).cos()) as f32;
    peak * up * (0.02 + 0.98 * cosine)
}

impl AdamW {
    pub fn new(len: usize) -> AdamW {
        AdamW {
            first: vec![0.0; len],
            second: vec![0.0; len],
            step: 0,
        }
    }

    /// One update of all weights.
    ///
    /// Returns the norm before clipping; where it is not finite nothing is changed.
    pub fn update(
        &mut self,
        tensors: &[Tensor],
        weights: &mut [f32],
        gradient: &[f32],
        update: Update,
    ) -> f32 {
        let Update {
            scale,
            rate,
            weight_decay,
            clip,
        } = update;
        let squares: f64 = tensors
            .iter()
            .map(|t| {
                gradient[t.range.clone()]
                    .iter()
                    .map(|&g| f64::from(g * g))
                    .sum::<f64>()
            })
            .sum();
        let norm = squares.sqrt() as f32 * scale;
        if !norm.is_finite() {
            return norm;
        }
        self.step += 1;
        let scale = if norm > clip {
            scale * clip / norm
        } else {
            scale
        };
        let first_correction = 1.0 - 0.9f64.powi(self.step.min(1 << 20) as i32);
        let second_correction = 1.0 / (1.0 - 0.95f64.powi(self.step.min(1 << 20) as i32));
        for tensor in tensors {
            let decay = if tensor.is_decayed() {
                weight_decay * rate
            } else {
                0.0
            };
            let range = tensor.range.clone();
            kernels::adamw(
                &mut weights[range.clone()],
                &gradient[range.clone()],
                &mut self.first[range.clone()],
                &mut self.second[range],
                scale,
                (f64::from(rate) / first_correction) as f32,
                decay,
                second_correction as f32,
            );
        }
        norm
    }
}
