//! The output heads: from the trunk's state and sparse inputs to logits.
//!
//! They run here and not in the graph, because sampling happens between them and their inputs are sparse.

use crate::Model;
use crate::kernel::{add_matmul, add_scaled, rms_norm, squared_relu};
use crate::weights::Weights;
use continuo_tokenizer::{Head, HeadInputs};
use std::sync::Arc;

/// The heads of one model, with room for intermediate values.
pub struct Heads {
    weights: Arc<Weights>,
    d_model: usize,
    hidden_size: usize,
    state: Vec<f32>,
    normed: Vec<f32>,
    hidden: Vec<f32>,
    output: Vec<f32>,
}

impl Heads {
    pub fn new(model: &Model) -> Heads {
        Heads {
            weights: Arc::clone(&model.weights),
            d_model: model.config.architecture.d_model,
            hidden_size: model.config.architecture.head_size,
            state: Vec::new(),
            normed: Vec::new(),
            hidden: Vec::new(),
            output: Vec::new(),
        }
    }

    /// Width of a state.
    pub fn d_model(&self) -> usize {
        self.d_model
    }

    /// Sum of embedding rows: the trunk's input for one step, written to `out [d]`.
    pub fn embed(&self, rows: &[u16], out: &mut [f32]) {
        out.fill(0.0);
        for &row in rows {
            let at = usize::from(row) * self.d_model;
            add_scaled(out, &self.weights.embed[at..at + self.d_model], 1.0);
        }
    }

    /// Tell a note's later heads which class was drawn: add its row to `state [d]`.
    ///
    /// Velocity is the last field, so nothing is added for it.
    pub fn add_field(&self, head: Head, class: usize, state: &mut [f32]) {
        if let Some(table) = self.weights.fields.get(head as usize) {
            let at = class * self.d_model;
            add_scaled(state, &table[at..at + self.d_model], 1.0);
        }
    }

    /// Logits of one head for several candidates at once.
    ///
    /// `states [b, d]`: the trunk's output plus the fields drawn so far; `inputs`: one per
    /// candidate; `copy_scale`: factor on the experts' gates, 1 as trained, 0 for no copying.
    /// `out` becomes `[b, classes]`.
    pub fn logits<'a>(
        &mut self,
        head: Head,
        states: &[f32],
        inputs: impl Iterator<Item = &'a HeadInputs> + Clone,
        copy_scale: f32,
        out: &mut Vec<f32>,
    ) {
        let (d, hs, classes) = (self.d_model, self.hidden_size, head.classes());
        let width = classes + head.experts();
        let weights = &self.weights.heads[head as usize];
        let batch = states.len() / d;
        self.state.clear();
        self.state.extend_from_slice(states);
        self.normed.resize(batch * d, 0.0);
        let rows = self
            .state
            .chunks_exact_mut(d)
            .zip(self.normed.chunks_exact_mut(d));
        for ((state, normed), input) in rows.zip(inputs.clone()) {
            for &(row, value) in &input.features {
                let at = usize::from(row) * d;
                add_scaled(state, &weights.features[at..at + d], value);
            }
            rms_norm(state, &weights.norm, normed);
        }
        repeat(&mut self.hidden, &weights.hidden_bias, batch);
        add_matmul(&self.normed, &weights.hidden, &mut self.hidden, d, hs);
        squared_relu(&mut self.hidden);
        repeat(&mut self.output, &weights.output_bias, batch);
        add_matmul(&self.hidden, &weights.output, &mut self.output, hs, width);
        out.clear();
        for (output, input) in self.output.chunks_exact(width).zip(inputs) {
            let first = out.len();
            out.extend_from_slice(&output[..classes]);
            let logits = &mut out[first..];
            for &(expert, class, share) in &input.experts {
                logits[usize::from(class)] +=
                    copy_scale * output[classes + usize::from(expert)] * share;
            }
        }
    }
}

fn repeat(out: &mut Vec<f32>, row: &[f32], times: usize) {
    out.clear();
    for _ in 0..times {
        out.extend_from_slice(row);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Architecture;

    fn small() -> Model {
        let mut a = Architecture::infill_s();
        (a.layers, a.ff_size, a.head_size) = (1, 16, 24);
        Model::random(a, 7)
    }

    fn input(head: Head, seed: usize) -> HeadInputs {
        HeadInputs {
            features: (0..9)
                .map(|i| (((seed + i * 13) % head.features()) as u16, 0.5))
                .collect(),
            experts: vec![(0, (seed % head.classes()) as u16, 0.7), (1, 3, 0.25)],
        }
    }

    /// The formula of the model, written out for one row.
    fn by_hand(
        model: &Model,
        head: Head,
        state: &[f32],
        input: &HeadInputs,
        scale: f32,
    ) -> Vec<f32> {
        let w = &model.weights.heads[head as usize];
        let (d, hs, n) = (state.len(), w.hidden_bias.len(), head.classes());
        let width = n + head.experts();
        let mut z: Vec<f64> = state.iter().map(|&v| f64::from(v)).collect();
        for &(row, value) in &input.features {
            for (i, z) in z.iter_mut().enumerate() {
                *z += f64::from(value * w.features[usize::from(row) * d + i]);
            }
        }
        let rms = (z.iter().map(|v| v * v).sum::<f64>() / d as f64 + 1e-5).sqrt();
        let u: Vec<f64> = z
            .iter()
            .zip(&w.norm)
            .map(|(z, g)| z / rms * f64::from(*g))
            .collect();
        let v: Vec<f64> = (0..hs)
            .map(|j| {
                (0..d)
                    .map(|i| u[i] * f64::from(w.hidden[i * hs + j]))
                    .sum::<f64>()
                    + f64::from(w.hidden_bias[j])
            })
            .map(|v| v.max(0.0).powi(2))
            .collect();
        let o: Vec<f64> = (0..width)
            .map(|j| {
                (0..hs)
                    .map(|i| v[i] * f64::from(w.output[i * width + j]))
                    .sum::<f64>()
                    + f64::from(w.output_bias[j])
            })
            .collect();
        let mut logits = o[..n].to_vec();
        for &(k, class, share) in &input.experts {
            logits[usize::from(class)] += f64::from(scale * share) * o[n + usize::from(k)];
        }
        logits.iter().map(|&v| v as f32).collect()
    }

    #[test]
    fn a_batch_of_candidates_gives_the_formula_row_by_row() {
        let model = small();
        let mut heads = Heads::new(&model);
        let states: Vec<f32> = (0..3 * 256)
            .map(|i| ((i * 37 % 101) as f32 - 50.0) / 40.0)
            .collect();
        for head in Head::ALL {
            for scale in [1.0, 0.25] {
                let inputs: Vec<HeadInputs> = (0..3).map(|i| input(head, 5 + i)).collect();
                let mut out = Vec::new();
                heads.logits(head, &states, inputs.iter(), scale, &mut out);
                for (i, row) in out.chunks_exact(head.classes()).enumerate() {
                    let expected = by_hand(
                        &model,
                        head,
                        &states[i * 256..(i + 1) * 256],
                        &inputs[i],
                        scale,
                    );
                    let range = expected.iter().fold(1.0f32, |m, v| m.max(v.abs()));
                    for (a, b) in row.iter().zip(&expected) {
                        assert!((a - b).abs() < 1e-5 * range, "{} {a} {b}", head.name());
                    }
                }
            }
        }
    }

    #[test]
    fn fields_and_embeddings_are_rows_of_their_tables() {
        let model = small();
        let heads = Heads::new(&model);
        let mut state = vec![1.0; 256];
        heads.add_field(Head::Pitch, 60, &mut state);
        assert_eq!(state[5], 1.0 + model.weights.fields[2][60 * 256 + 5]);
        let before = state.clone();
        heads.add_field(Head::Velocity, 3, &mut state);
        assert_eq!(state, before);
        heads.embed(&[2, 9, 9], &mut state);
        let row = |r: usize| model.weights.embed[r * 256 + 7];
        assert!((state[7] - (row(2) + 2.0 * row(9))).abs() < 1e-6);
    }
}
