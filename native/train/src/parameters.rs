//! All weights in one flat array, with names and shapes.

use crate::random::Random;
use continuo_model::{Architecture, Weights};
use continuo_tokenizer::Head;
use continuo_tokenizer::vocabulary::rows;
use std::ops::Range;

/// One tensor: row-major, `[in, out]` for `y = x W`.
#[derive(Clone, Debug, PartialEq)]
pub struct Tensor {
    pub name: String,
    pub shape: Vec<usize>,
    pub range: Range<usize>,
    /// Standard deviation of its first values; a gain starts at one.
    pub(crate) deviation: f32,
}

impl Tensor {
    /// Whether it is decayed: matrices are, gains, biases and embeddings are not.
    pub fn is_decayed(&self) -> bool {
        self.shape.len() == 2
            && !self.name.starts_with("embed")
            && !self.name.starts_with("fields")
            && !self.name.ends_with("features")
    }
}

/// Ranges of one layer.
#[derive(Clone, Debug)]
pub struct LayerRanges {
    pub norm1: Range<usize>,
    pub qkv: Range<usize>,
    pub out: Range<usize>,
    pub norm2: Range<usize>,
    pub up: Range<usize>,
    pub down: Range<usize>,
}

/// Ranges of one output head.
#[derive(Clone, Debug)]
pub struct HeadRanges {
    pub features: Range<usize>,
    pub norm: Range<usize>,
    pub hidden: Range<usize>,
    pub hidden_bias: Range<usize>,
    pub output: Range<usize>,
    pub output_bias: Range<usize>,
}

/// Where every tensor lies in the flat array.
#[derive(Clone, Debug)]
pub struct Layout {
    pub architecture: Architecture,
    pub tensors: Vec<Tensor>,
    pub embed: Range<usize>,
    pub layers: Vec<LayerRanges>,
    pub norm: Range<usize>,
    pub heads: Vec<HeadRanges>,
    /// Embeddings of the drawn bar, position, pitch and duration.
    pub fields: Vec<Range<usize>>,
    pub len: usize,
}

/// Marks a norm's gain, which starts at one.
const GAIN: f32 = -1.0;

/// Random values for all tensors; the same for the same seed.
pub(crate) fn initialise(tensors: &[Tensor], len: usize, seed: u64) -> Vec<f32> {
    let mut random = Random::new(seed, u64::MAX);
    let mut weights = vec![0.0; len];
    for tensor in tensors {
        for weight in &mut weights[tensor.range.clone()] {
            *weight = if tensor.deviation == GAIN {
                1.0
            } else {
                random.normal() * tensor.deviation
            };
        }
    }
    weights
}

impl Layout {
    pub fn new(architecture: &Architecture) -> Layout {
        let &Architecture {
            d_model: d,
            layers,
            ff_size,
            head_size,
            ..
        } = architecture;
        let mut tensors = Vec::new();
        let mut len = 0;
        let mut add = |name: String, shape: &[usize], deviation: f32| {
            let size: usize = shape.iter().product();
            let range = len..len + size;
            len += size;
            tensors.push(Tensor {
                name,
                shape: shape.to_vec(),
                range: range.clone(),
                deviation,
            });
            range
        };
        let by_inputs = |inputs: usize| 0.6 / (inputs as f32).sqrt();
        let residual = 0.6 / (2.0 * layers as f32).sqrt();
        let embed = add("embed".into(), &[rows::COUNT, d], 0.05);
        let layer_ranges = (0..layers)
            .map(|i| LayerRanges {
                norm1: add(format!("layers.{i}.norm1"), &[d], GAIN),
                qkv: add(format!("layers.{i}.qkv"), &[d, 3 * d], by_inputs(d)),
                out: add(format!("layers.{i}.out"), &[d, d], by_inputs(d) * residual),
                norm2: add(format!("layers.{i}.norm2"), &[d], GAIN),
                up: add(format!("layers.{i}.up"), &[d, ff_size], by_inputs(d)),
                down: add(
                    format!("layers.{i}.down"),
                    &[ff_size, d],
                    by_inputs(ff_size) * residual,
                ),
            })
            .collect();
        let norm = add("norm".into(), &[d], GAIN);
        let heads = Head::ALL
            .iter()
            .map(|&head| {
                let out = head.classes() + head.experts();
                let name = |part: &str| format!("heads.{}.{part}", head.name());
                HeadRanges {
                    features: add(name("features"), &[head.features(), d], 0.05),
                    norm: add(name("norm"), &[d], GAIN),
                    hidden: add(name("hidden"), &[d, head_size], by_inputs(d)),
                    hidden_bias: add(name("hidden_bias"), &[head_size], 0.0),
                    output: add(
                        name("output"),
                        &[head_size, out],
                        by_inputs(head_size) * 0.3,
                    ),
                    output_bias: add(name("output_bias"), &[out], 0.0),
                }
            })
            .collect();
        let fields = Head::ALL[..4]
            .iter()
            .map(|&head| add(format!("fields.{}", head.name()), &[head.classes(), d], 0.1))
            .collect();
        Layout {
            architecture: architecture.clone(),
            tensors,
            embed,
            layers: layer_ranges,
            norm,
            heads,
            fields,
            len,
        }
    }

    /// Random weights; the same for the same seed.
    pub fn initialise(&self, seed: u64) -> Vec<f32> {
        let mut weights = initialise(&self.tensors, self.len, seed);
        // A head starts by relying on nearby notes.
        for (head, ranges) in Head::ALL.iter().zip(&self.heads) {
            weights[ranges.output_bias.clone()][head.classes()..].fill(1.0);
        }
        weights
    }

    /// The weights of a model in the flat order; a tensor that the model lacks stays zero.
    pub fn flatten(&self, weights: &Weights) -> Vec<f32> {
        let mut flat = vec![0.0; self.len];
        for (name, _, values) in weights.tensors(&self.architecture) {
            let tensor = self.tensors.iter().find(|t| t.name == name);
            if let Some(tensor) = tensor.filter(|t| t.range.len() == values.len()) {
                flat[tensor.range.clone()].copy_from_slice(values);
            }
        }
        flat
    }

    /// The flat weights by name, as a model keeps them. `None` where a tensor has another shape,
    /// which the tests of this crate rule out.
    pub fn unflatten(&self, flat: &[f32]) -> Option<Weights> {
        Weights::build(&self.architecture, |name, shape| {
            let tensor = self
                .tensors
                .iter()
                .find(|t| t.name == name && t.shape == shape);
            tensor.map(|t| flat[t.range.clone()].to_vec()).ok_or(())
        })
        .ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_layout_is_that_of_the_model_format() {
        let layout = Layout::new(&Architecture::infill_s());
        let flat = layout.initialise(3);
        let weights = layout
            .unflatten(&flat)
            .expect("every tensor of the format, same shape");
        assert_eq!(layout.flatten(&weights), flat);
        assert_eq!(
            weights.tensors(&layout.architecture).len(),
            layout.tensors.len()
        );
    }
}
