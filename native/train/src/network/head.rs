//! The five output heads: features and drawn fields in, mixture with the experts out, loss, backward.

use super::trunk::{input_gradient, product, weight_gradient};
use super::{Losses, sized};
use crate::batch::{Batch, HeadRows, drawn_before};
use crate::kernels::{
    add_scaled, rms_norm, rms_norm_backward, softmax, squared_relu, squared_relu_backward,
};
use crate::parameters::{HeadRanges, Layout};
use continuo_tokenizer::Head;

#[derive(Default)]
pub(super) struct HeadBuffers {
    input: Vec<f32>,
    inverse: Vec<f32>,
    normed: Vec<f32>,
    hidden: Vec<f32>,
    active: Vec<f32>,
    output: Vec<f32>,
    d_input: Vec<f32>,
}

impl HeadBuffers {
    /// Losses of all heads; with a gradient, also that of the weights and of the hidden states.
    pub fn run(
        &mut self,
        layout: &Layout,
        weights: &[f32],
        batch: &Batch,
        hidden: &[f32],
        mut gradient: Option<(&mut [f32], &mut [f32])>,
    ) -> Losses {
        let mut losses = Losses {
            notes: batch.notes,
            predictions: batch.queries.len(),
            ..Losses::default()
        };
        for (i, head) in Head::ALL.into_iter().enumerate() {
            self.forward(layout, weights, batch, hidden, head);
            let wants_gradient = gradient.is_some();
            losses.nats[i] = self.losses(&batch.heads[i], head, wants_gradient);
            if let Some((gradient, d_hidden)) = &mut gradient {
                self.backward(layout, weights, batch, head, gradient, d_hidden);
            }
        }
        losses
    }

    fn forward(
        &mut self,
        layout: &Layout,
        weights: &[f32],
        batch: &Batch,
        hidden: &[f32],
        head: Head,
    ) {
        let rows = &batch.heads[head as usize];
        let at = &layout.heads[head as usize];
        let (m, d) = (rows.class.len(), layout.architecture.d_model);
        let (hs, wide) = (
            layout.architecture.head_size,
            head.classes() + head.experts(),
        );
        let input = sized(&mut self.input, m * d);
        let features = &weights[at.features.clone()];
        for (i, z) in input.chunks_exact_mut(d).enumerate() {
            let query = rows.query[i] as usize;
            z.copy_from_slice(&hidden[batch.queries[query] as usize * d..][..d]);
            for (field, class) in drawn_before(&batch.fields[query], head) {
                add_scaled(
                    z,
                    &weights[layout.fields[field].clone()][class * d..][..d],
                    1.0,
                );
            }
            for &(row, value) in rows.features.row(i) {
                add_scaled(z, &features[row as usize * d..][..d], value);
            }
        }
        let normed = sized(&mut self.normed, m * d);
        rms_norm(
            input,
            &weights[at.norm.clone()],
            normed,
            sized(&mut self.inverse, m),
        );
        let hidden = sized(&mut self.hidden, m * hs);
        repeat(hidden, &weights[at.hidden_bias.clone()]);
        product(hidden, normed, &weights[at.hidden.clone()], m, d, hs, true);
        let active = sized(&mut self.active, m * hs);
        squared_relu(hidden, active);
        let output = sized(&mut self.output, m * wide);
        repeat(output, &weights[at.output_bias.clone()]);
        product(
            output,
            active,
            &weights[at.output.clone()],
            m,
            hs,
            wide,
            true,
        );
    }

    /// Sum of cross-entropies; with `wants_gradient` the outputs become their gradient.
    fn losses(&mut self, rows: &HeadRows, head: Head, wants_gradient: bool) -> f64 {
        let (n, wide) = (head.classes(), head.classes() + head.experts());
        let mut total = 0.0;
        for (i, out) in self.output[..rows.class.len() * wide]
            .chunks_exact_mut(wide)
            .enumerate()
        {
            let class = usize::from(rows.class[i]);
            let experts = rows.experts.row(i);
            mix(out, n, experts);
            softmax(&mut out[..n], n);
            total -= f64::from(out[class].max(1e-30).ln());
            if wants_gradient {
                out[class] -= 1.0;
                let (d_logits, d_gates) = out.split_at_mut(n);
                d_gates.fill(0.0);
                for &(flat, share) in experts {
                    let (expert, class) = (flat as usize / n, flat as usize % n);
                    d_gates[expert] += d_logits[class] * share;
                }
            }
        }
        total
    }

    fn backward(
        &mut self,
        layout: &Layout,
        weights: &[f32],
        batch: &Batch,
        head: Head,
        gradient: &mut [f32],
        d_hidden: &mut [f32],
    ) {
        let rows = &batch.heads[head as usize];
        let HeadRanges {
            features,
            norm,
            hidden,
            hidden_bias,
            output,
            output_bias,
        } = &layout.heads[head as usize];
        let (m, d) = (rows.class.len(), layout.architecture.d_model);
        let (hs, wide) = (
            layout.architecture.head_size,
            head.classes() + head.experts(),
        );
        let d_out = &self.output[..m * wide];
        sum_rows(&mut gradient[output_bias.clone()], d_out);
        weight_gradient(
            &mut gradient[output.clone()],
            &self.active[..m * hs],
            d_out,
            m,
            hs,
            wide,
        );
        let d_active = &mut self.active[..m * hs];
        input_gradient(d_active, d_out, &weights[output.clone()], m, hs, wide);
        squared_relu_backward(&self.hidden[..m * hs], d_active);
        sum_rows(&mut gradient[hidden_bias.clone()], d_active);
        weight_gradient(
            &mut gradient[hidden.clone()],
            &self.normed[..m * d],
            d_active,
            m,
            d,
            hs,
        );
        let d_normed = &mut self.normed[..m * d];
        input_gradient(d_normed, d_active, &weights[hidden.clone()], m, d, hs);
        let d_input = sized(&mut self.d_input, m * d);
        d_input.fill(0.0);
        rms_norm_backward(
            &self.input[..m * d],
            &weights[norm.clone()],
            &self.inverse[..m],
            d_normed,
            d_input,
            &mut gradient[norm.clone()],
        );
        for (i, dz) in d_input.chunks_exact(d).enumerate() {
            let query = rows.query[i] as usize;
            add_scaled(
                &mut d_hidden[batch.queries[query] as usize * d..][..d],
                dz,
                1.0,
            );
            for (field, class) in drawn_before(&batch.fields[query], head) {
                add_scaled(
                    &mut gradient[layout.fields[field].clone()][class * d..][..d],
                    dz,
                    1.0,
                );
            }
            let d_features = &mut gradient[features.clone()];
            for &(row, value) in rows.features.row(i) {
                add_scaled(&mut d_features[row as usize * d..][..d], dz, value);
            }
        }
    }
}

/// Add each expert, times its gate, to the logits: `out` is `[classes + experts]`.
fn mix(out: &mut [f32], classes: usize, experts: &[(u32, f32)]) {
    let (logits, gates) = out.split_at_mut(classes);
    for &(flat, share) in experts {
        logits[flat as usize % classes] += gates[flat as usize / classes] * share;
    }
}

fn repeat(rows: &mut [f32], row: &[f32]) {
    for target in rows.chunks_exact_mut(row.len()) {
        target.copy_from_slice(row);
    }
}

fn sum_rows(sum: &mut [f32], rows: &[f32]) {
    for row in rows.chunks_exact(sum.len()) {
        add_scaled(sum, row, 1.0);
    }
}
