//! Decode steps on the CPU, without ONNX Runtime: one step is little work on many weights.
//!
//! Reads and writes the same cache as the graph. Weights that are f16 on disk, as those of a
//! shipped model, are read as f16 (see `f16_matmul`), which changes no value.

use crate::Model;
use crate::f16_matmul;
use crate::kernel::{HEAD, add_matmul, attend, rms_norm, squared_relu};
use crate::weights::Weights;
use continuo_tokenizer::rotary::{ANGLES, rotary_row};
use std::sync::Arc;

const _: () = assert!(HEAD == 2 * ANGLES);

/// A matrix `[k, n]` in the form that is fastest to read.
enum Matrix {
    /// Bits of f16.
    Half(Vec<u16>),
    /// The model's own f32 matrix is used.
    Full,
}

impl Matrix {
    fn new(bits: Option<Vec<u16>>, n: usize) -> Matrix {
        match bits {
            Some(bits) if f16_matmul::is_fast() && n.is_multiple_of(16) => Matrix::Half(bits),
            _ => Matrix::Full,
        }
    }

    /// `out [rows, n] += x [rows, k] * self`.
    fn add(&self, full: &[f32], x: &[f32], out: &mut [f32], k: usize, n: usize) {
        match self {
            Matrix::Half(half) => f16_matmul::add_matmul(x, half, out, k, n),
            Matrix::Full => add_matmul(x, full, out, k, n),
        }
    }
}

struct Layer {
    qkv: Matrix,
    out: Matrix,
    up: Matrix,
    down: Matrix,
}

/// One row of a step.
pub(crate) struct StepRow {
    /// Row of the cache.
    pub row: usize,
    /// Steps that the row holds already.
    pub length: usize,
    /// Grid ticks from the region's start.
    pub time: i32,
}

/// The trunk for one step at a time.
pub(crate) struct Stepper {
    weights: Arc<Weights>,
    layers: Vec<Layer>,
    d: usize,
    ff: usize,
    normed: Vec<f32>,
    qkv: Vec<f32>,
    mixed: Vec<f32>,
    up: Vec<f32>,
    scores: Vec<f32>,
}

impl Stepper {
    pub fn new(model: &Model) -> Stepper {
        let (d, ff) = (
            model.config.architecture.d_model,
            model.config.architecture.ff_size,
        );
        let mut bits = model.half_layers();
        let mut matrix = |layer: usize, name: &str, n: usize| {
            Matrix::new(bits.remove(&format!("layers.{layer}.{name}")), n)
        };
        let layers = (0..model.config.architecture.layers).map(|i| Layer {
            qkv: matrix(i, "qkv", 3 * d),
            out: matrix(i, "out", d),
            up: matrix(i, "up", ff),
            down: matrix(i, "down", d),
        });
        Stepper {
            layers: layers.collect(),
            weights: Arc::clone(&model.weights),
            d,
            ff,
            normed: Vec::new(),
            qkv: Vec::new(),
            mixed: Vec::new(),
            up: Vec::new(),
            scores: Vec::new(),
        }
    }

    /// Run one step of some rows: `x [rows, d]` becomes the trunk's output.
    ///
    /// `caches`: keys and values of each layer in turn, `[batch, heads, capacity, 64]`; the step's
    /// own are added at index `length` of each row.
    pub fn run(
        &mut self,
        x: &mut [f32],
        rows: &[StepRow],
        caches: &mut [&mut [f32]],
        capacity: usize,
    ) {
        let (d, ff) = (self.d, self.ff);
        let turns: Vec<_> = rows
            .iter()
            .map(|row| rotary_row(row.length, row.time))
            .collect();
        let weights = Arc::clone(&self.weights);
        let layers = weights
            .layers
            .iter()
            .zip(caches.as_chunks_mut::<2>().0)
            .enumerate();
        for (i, (full, [keys, values])) in layers {
            self.norm(x, &full.norm1);
            zero(&mut self.qkv, rows.len() * 3 * d);
            self.layers[i]
                .qkv
                .add(&full.qkv, &self.normed, &mut self.qkv, d, 3 * d);
            self.attend(rows, &turns, keys, values, capacity);
            self.layers[i].out.add(&full.out, &self.mixed, x, d, d);
            self.norm(x, &full.norm2);
            zero(&mut self.up, rows.len() * ff);
            self.layers[i]
                .up
                .add(&full.up, &self.normed, &mut self.up, d, ff);
            squared_relu(&mut self.up);
            self.layers[i].down.add(&full.down, &self.up, x, ff, d);
        }
        self.norm(x, &weights.norm);
        x.copy_from_slice(&self.normed);
    }

    fn norm(&mut self, x: &[f32], gain: &[f32]) {
        zero(&mut self.normed, x.len());
        for (x, out) in x
            .chunks_exact(self.d)
            .zip(self.normed.chunks_exact_mut(self.d))
        {
            rms_norm(x, gain, out);
        }
    }

    /// Turn queries and keys, store keys and values, mix the values into `mixed`.
    fn attend(
        &mut self,
        rows: &[StepRow],
        turns: &[([f32; ANGLES], [f32; ANGLES])],
        keys: &mut [f32],
        values: &mut [f32],
        capacity: usize,
    ) {
        let d = self.d;
        zero(&mut self.mixed, rows.len() * d);
        let per_row = self
            .qkv
            .chunks_exact_mut(3 * d)
            .zip(self.mixed.chunks_exact_mut(d));
        for ((row, (cos, sin)), (qkv, mixed)) in rows.iter().zip(turns).zip(per_row) {
            let (turned, value) = qkv.split_at_mut(2 * d);
            for head in turned.chunks_exact_mut(HEAD) {
                turn(head, cos, sin);
            }
            let (query, key) = turned.split_at(d);
            let heads = d / HEAD;
            let queries = query.as_chunks::<HEAD>().0.iter();
            for (head, (query, mixed)) in queries.zip(mixed.as_chunks_mut().0).enumerate() {
                let part = head * HEAD..(head + 1) * HEAD;
                let lane = (row.row * heads + head) * capacity;
                let lane = lane * HEAD..(lane + row.length + 1) * HEAD;
                let now = lane.end - HEAD..lane.end;
                keys[now.clone()].copy_from_slice(&key[part.clone()]);
                values[now].copy_from_slice(&value[part]);
                let (past, _) = keys[lane.clone()].as_chunks::<HEAD>();
                attend(
                    query,
                    past,
                    values[lane].as_chunks().0,
                    &mut self.scores,
                    mixed,
                );
            }
        }
    }
}

fn zero(values: &mut Vec<f32>, len: usize) {
    values.clear();
    values.resize(len, 0.0);
}

/// Rotate the pairs (i, i + 32) of one head.
fn turn(head: &mut [f32], cos: &[f32; ANGLES], sin: &[f32; ANGLES]) {
    let (low, high) = head.split_at_mut(ANGLES);
    for (((low, high), cos), sin) in low.iter_mut().zip(high).zip(cos).zip(sin) {
        (*low, *high) = (*low * cos - *high * sin, *low * sin + *high * cos);
    }
}
