//! The tensors of one model, by name and shape, in f32.

use crate::config::Architecture;
use continuo_tokenizer::Head;
use continuo_tokenizer::vocabulary::rows;

/// Weights of one layer of the trunk. Matrices are row-major `[in, out]` for `y = x W`.
#[derive(Clone, Debug, PartialEq)]
pub struct LayerWeights {
    /// `[d]`
    pub norm1: Vec<f32>,
    /// `[d, 3 d]`: queries, keys, values, each `heads` x 64.
    pub qkv: Vec<f32>,
    /// `[d, d]`
    pub out: Vec<f32>,
    /// `[d]`
    pub norm2: Vec<f32>,
    /// `[d, ff]`
    pub up: Vec<f32>,
    /// `[ff, d]`
    pub down: Vec<f32>,
}

/// Weights of one output head. `n` classes, `k` experts, `f` feature rows, `hs` hidden.
#[derive(Clone, Debug, PartialEq)]
pub struct HeadWeights {
    /// `[f, d]`
    pub features: Vec<f32>,
    /// `[d]`
    pub norm: Vec<f32>,
    /// `[d, hs]`
    pub hidden: Vec<f32>,
    /// `[hs]`
    pub hidden_bias: Vec<f32>,
    /// `[hs, n + k]`
    pub output: Vec<f32>,
    /// `[n + k]`
    pub output_bias: Vec<f32>,
}

/// Everything that a model learned.
#[derive(Clone, Debug, PartialEq)]
pub struct Weights {
    /// `[rows, d]`; a step's input is the sum of some rows.
    pub embed: Vec<f32>,
    pub layers: Vec<LayerWeights>,
    /// `[d]`
    pub norm: Vec<f32>,
    /// In the order of [`Head::ALL`].
    pub heads: Vec<HeadWeights>,
    /// `[n, d]` for bar, position, pitch, duration: the later heads' input from a drawn field.
    pub fields: Vec<Vec<f32>>,
}

/// Heads whose drawn class the later heads see.
pub(crate) const FIELD_HEADS: [Head; 4] = [Head::Bar, Head::Position, Head::Pitch, Head::Duration];

impl Weights {
    /// Build from a source of tensors, asked for in file order: `tensor(name, shape)`.
    ///
    /// This one function states every name and shape, for reading, writing and random weights.
    /// Errors: those of `tensor`.
    pub fn build<E>(
        a: &Architecture,
        mut tensor: impl FnMut(&str, &[usize]) -> Result<Vec<f32>, E>,
    ) -> Result<Weights, E> {
        let (d, ff, hs) = (a.d_model, a.ff_size, a.head_size);
        let embed = tensor("embed", &[rows::COUNT, d])?;
        let mut layers = Vec::with_capacity(a.layers);
        for i in 0..a.layers {
            let mut get =
                |name: &str, shape: &[usize]| tensor(&format!("layers.{i}.{name}"), shape);
            layers.push(LayerWeights {
                norm1: get("norm1", &[d])?,
                qkv: get("qkv", &[d, 3 * d])?,
                out: get("out", &[d, d])?,
                norm2: get("norm2", &[d])?,
                up: get("up", &[d, ff])?,
                down: get("down", &[ff, d])?,
            });
        }
        let norm = tensor("norm", &[d])?;
        let mut heads = Vec::with_capacity(Head::ALL.len());
        for head in Head::ALL {
            let outputs = head.classes() + head.experts();
            let mut get = |name: &str, shape: &[usize]| {
                tensor(&format!("heads.{}.{name}", head.name()), shape)
            };
            heads.push(HeadWeights {
                features: get("features", &[head.features(), d])?,
                norm: get("norm", &[d])?,
                hidden: get("hidden", &[d, hs])?,
                hidden_bias: get("hidden_bias", &[hs])?,
                output: get("output", &[hs, outputs])?,
                output_bias: get("output_bias", &[outputs])?,
            });
        }
        let fields = FIELD_HEADS
            .iter()
            .map(|head| tensor(&format!("fields.{}", head.name()), &[head.classes(), d]))
            .collect::<Result<_, E>>()?;
        Ok(Weights {
            embed,
            layers,
            norm,
            heads,
            fields,
        })
    }

    /// Small random weights that repeat with `seed`: for tests and for speed measurements.
    pub fn random(a: &Architecture, seed: u64) -> Weights {
        let mut state = seed;
        let built: Result<Weights, std::convert::Infallible> = Weights::build(a, |name, shape| {
            let count: usize = shape.iter().product();
            Ok(match shape {
                // Gains, and biases: near one is fine for both here.
                [_] => (0..count)
                    .map(|_| 0.9 + 0.2 * uniform(&mut state))
                    .collect(),
                [rows, _] => {
                    // Draws from a random model should be open, so its logits stay small.
                    let size = if name.ends_with(".output") { 0.05 } else { 1.0 };
                    let scale = size * (3.0 / (*rows as f32).clamp(16.0, 1024.0)).sqrt();
                    (0..count)
                        .map(|_| scale * (2.0 * uniform(&mut state) - 1.0))
                        .collect()
                }
                _ => vec![0.0; count],
            })
        });
        match built {
            Ok(weights) => weights,
            Err(never) => match never {},
        }
    }

    /// Names, shapes and values in file order.
    pub fn tensors(&self, a: &Architecture) -> Vec<(String, Vec<usize>, &[f32])> {
        let mut data: Vec<&[f32]> = vec![&self.embed];
        for l in &self.layers {
            data.extend([&l.norm1[..], &l.qkv, &l.out, &l.norm2, &l.up, &l.down]);
        }
        data.push(&self.norm);
        for h in &self.heads {
            data.extend([
                &h.features[..],
                &h.norm,
                &h.hidden,
                &h.hidden_bias,
                &h.output,
                &h.output_bias,
            ]);
        }
        data.extend(self.fields.iter().map(|f| &f[..]));
        let mut named = Vec::with_capacity(data.len());
        let built: Result<Weights, std::convert::Infallible> = Weights::build(a, |name, shape| {
            named.push((name.to_owned(), shape.to_vec()));
            Ok(Vec::new())
        });
        drop(built);
        named
            .into_iter()
            .zip(data)
            .map(|((name, shape), values)| (name, shape, values))
            .collect()
    }
}

/// SplitMix64 (Steele, Lea, Flood 2014), upper bits as a number in [0, 1).
pub(crate) fn uniform(state: &mut u64) -> f32 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    ((z ^ (z >> 31)) >> 40) as f32 / (1u64 << 24) as f32
}
