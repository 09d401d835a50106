//! The five output heads on the hidden states of the predictions.

use super::inputs::{Inputs, classes, experts};
use super::{rms_norm, squared_relu};
use crate::dense::{Dense, indices};
use crate::weights::Weights;
use burn_tensor::backend::Backend;
use burn_tensor::{Tensor, activation};
use continuo_tokenizer::Head;
use continuo_train::batch::{Batch, HeadRows, drawn_before};
use continuo_train::parameters::Layout;

/// Summed cross-entropy of each head, `[5]`.
pub(super) fn losses<B: Backend>(
    layout: &Layout,
    weights: &Weights<B>,
    batch: &Batch,
    (hidden, inputs): (Tensor<B, 2>, &Inputs<B>),
    device: &B::Device,
) -> Tensor<B, 1> {
    let predictions = hidden.select(0, inputs.queries.clone());
    let by_head = Head::ALL.into_iter().zip(&batch.heads).map(|(head, rows)| {
        if rows.class.is_empty() {
            return Tensor::<B, 1>::zeros([1], device);
        }
        let input = input(layout, weights, batch, (&predictions, head), device);
        let logits = logits(layout, weights, rows, (input, head), device);
        let chosen = activation::log_softmax(logits, 1).gather(1, classes(&rows.class, device));
        chosen.sum().neg()
    });
    Tensor::cat(by_head.collect(), 0)
}

/// What the trunk says, the fields drawn before, and the features: `[rows, d]`.
fn input<B: Backend>(
    layout: &Layout,
    weights: &Weights<B>,
    batch: &Batch,
    (predictions, head): (&Tensor<B, 2>, Head),
    device: &B::Device,
) -> Tensor<B, 2> {
    let rows = &batch.heads[head as usize];
    let count = rows.class.len();
    let queries = rows.query.iter().map(|&query| query as i32).collect();
    let mut input = predictions.clone().select(0, indices(queries, device));
    let mut fields: Vec<Dense> = Head::ALL[..head as usize]
        .iter()
        .map(|before| Dense::new(count, before.classes()))
        .collect();
    let mut features = Dense::new(count, head.features());
    for (row, &query) in rows.query.iter().enumerate() {
        for (field, class) in drawn_before(&batch.fields[query as usize], head) {
            fields[field].add(row, class, 1.0);
        }
        for &(column, value) in rows.features.row(row) {
            features.add(row, column as usize, value);
        }
    }
    for (field, range) in fields.into_iter().zip(&layout.fields) {
        input = input + field.upload(device).matmul(weights.at(range));
    }
    let table = weights.at(&layout.heads[head as usize].features);
    input + features.upload(device).matmul(table)
}

/// Mixed with the experts, `[rows, classes]`.
fn logits<B: Backend>(
    layout: &Layout,
    weights: &Weights<B>,
    rows: &HeadRows,
    (input, head): (Tensor<B, 2>, Head),
    device: &B::Device,
) -> Tensor<B, 2> {
    let at = &layout.heads[head as usize];
    let (count, n, gates) = (rows.class.len(), head.classes(), head.experts());
    let normed = rms_norm(input, weights.at(&at.norm));
    let hidden = normed.matmul(weights.at(&at.hidden)) + weights.at(&at.hidden_bias);
    let output = squared_relu(hidden).matmul(weights.at(&at.output)) + weights.at(&at.output_bias);
    let of_experts = output
        .clone()
        .narrow(1, n, gates)
        .reshape([count, gates, 1]);
    let shares = experts(rows, (gates, n), device);
    output.narrow(1, 0, n) + (of_experts * shares).sum_dim(1).reshape([count, n])
}
