//! Low-rank adapters: small matrices beside the base's large ones (LoRA, Hu et al. 2021).
//!
//! The network itself knows nothing of them: it runs on the merged weights, and the gradient of a
//! matrix W = base + A B is passed on as dA = dW B', dB = A' dW.

use crate::matmul::{View, ViewMut, matmul};
use crate::parameters::{Tensor, initialise};
use std::ops::Range;

/// One adapted matrix.
struct Pair {
    /// Of the base's flat weights, `[inputs, outputs]`.
    base: Range<usize>,
    inputs: usize,
    outputs: usize,
    /// Of the adapter's flat weights: A `[inputs, rank]`, B `[rank, outputs]`.
    a: Range<usize>,
    b: Range<usize>,
}

/// Where an adapter's matrices lie in its own flat array, and what they are added to.
pub struct Adapter {
    pub tensors: Vec<Tensor>,
    pub len: usize,
    pub rank: usize,
    pairs: Vec<Pair>,
}

impl Adapter {
    /// For every matrix of the network but embeddings and features, which are tables of rows.
    pub fn new(base: &[Tensor], rank: usize) -> Adapter {
        let (mut tensors, mut pairs, mut len) = (Vec::new(), Vec::new(), 0);
        for tensor in base.iter().filter(|t| t.is_decayed()) {
            let &[inputs, outputs] = &tensor.shape[..] else {
                continue;
            };
            let mut add = |part: &str, shape: [usize; 2], deviation: f32| {
                let range = len..len + shape[0] * shape[1];
                len = range.end;
                tensors.push(Tensor {
                    name: format!("{}.{part}", tensor.name),
                    shape: shape.to_vec(),
                    range: range.clone(),
                    deviation,
                });
                range
            };
            let a = add("a", [inputs, rank], 1.0 / (inputs as f32).sqrt());
            let b = add("b", [rank, outputs], 0.0);
            pairs.push(Pair {
                base: tensor.range.clone(),
                inputs,
                outputs,
                a,
                b,
            });
        }
        Adapter {
            tensors,
            len,
            rank,
            pairs,
        }
    }

    /// First values: B is zero, so that nothing changes yet.
    pub fn initialise(&self, seed: u64) -> Vec<f32> {
        initialise(&self.tensors, self.len, seed)
    }

    /// `merged = base + A B`.
    pub fn merge(&self, base: &[f32], adapter: &[f32], merged: &mut Vec<f32>) {
        merged.clear();
        merged.extend_from_slice(base);
        for pair in &self.pairs {
            let a = View::new(&adapter[pair.a.clone()], pair.inputs, self.rank);
            let b = View::new(&adapter[pair.b.clone()], self.rank, pair.outputs);
            let out = &mut merged[pair.base.clone()];
            matmul(
                ViewMut::new(out, pair.inputs, pair.outputs),
                a,
                b,
                1.0,
                true,
            );
        }
    }

    /// The adapter's gradient from that of the merged weights.
    pub fn gradient(&self, adapter: &[f32], of_merged: &[f32], gradient: &mut [f32]) {
        for pair in &self.pairs {
            let (inputs, outputs, rank) = (pair.inputs, pair.outputs, self.rank);
            let d = View::new(&of_merged[pair.base.clone()], inputs, outputs);
            let a = View::new(&adapter[pair.a.clone()], inputs, rank);
            let b = View::new(&adapter[pair.b.clone()], rank, outputs);
            let da = ViewMut::new(&mut gradient[pair.a.clone()], inputs, rank);
            matmul(da, d, b.transposed(), 1.0, false);
            let db = ViewMut::new(&mut gradient[pair.b.clone()], rank, outputs);
            matmul(db, a.transposed(), d, 1.0, false);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn its_gradient_is_the_slope_of_the_merged_weights() {
        let matrix = Tensor {
            name: "layers.0.up".into(),
            shape: vec![6, 10],
            range: 3..63,
            deviation: 0.3,
        };
        let adapter = Adapter::new(std::slice::from_ref(&matrix), 2);
        let base: Vec<f32> = (0..70).map(|i| (i as f32).sin()).collect();
        let mut weights = adapter.initialise(1);
        let mut merged = Vec::new();
        adapter.merge(&base, &weights, &mut merged);
        assert_eq!(merged, base, "B starts at zero");
        weights
            .iter_mut()
            .enumerate()
            .for_each(|(i, w)| *w = (i as f32 * 0.7).cos());
        // A loss whose gradient is known: the dot product of the weights with `slopes`.
        let slopes: Vec<f32> = (0..70).map(|i| (i as f32 * 0.3).cos()).collect();
        let mut loss = |weights: &[f32]| {
            adapter.merge(&base, weights, &mut merged);
            merged
                .iter()
                .zip(&slopes)
                .map(|(w, s)| f64::from(w * s))
                .sum::<f64>()
        };
        let mut gradient = vec![0.0; adapter.len];
        adapter.gradient(&weights, &slopes, &mut gradient);
        for i in 0..adapter.len {
            let mut moved = weights.clone();
            moved[i] += 0.01;
            let up = loss(&moved);
            moved[i] -= 0.02;
            let slope = (up - loss(&moved)) / 0.02;
            assert!((slope - f64::from(gradient[i])).abs() < 2e-3, "{i}");
        }
    }
}
