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
    /// One for each thread.
    scratch: Vec<Scratch>,
}

/// Room for the intermediate values of some rows.
#[derive(Default)]
struct Scratch {
    normed: Vec<f32>,
    qkv: Vec<f32>,
    mixed: Vec<f32>,
    up: Vec<f32>,
    scores: Vec<f32>,
}

impl Stepper {
    /// `threads`: between how many the rows of a step are shared out.
    pub fn new(model: &Model, threads: usize) -> Stepper {
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
            scratch: (0..threads.max(1)).map(|_| Scratch::default()).collect(),
        }
    }

    /// Run one step of some rows: `x [rows, d]` becomes the trunk's output.
    ///
    /// `rows` are in rising order. `caches`: keys and values of each layer in turn, `[batch, heads,
    /// capacity, 64]`; the step's own are added at index `length` of each row.
    pub fn run(
        &mut self,
        mut x: &mut [f32],
        mut rows: &[StepRow],
        mut caches: Vec<&mut [f32]>,
        capacity: usize,
    ) {
        let (d, row_size) = (self.d, self.d * capacity);
        let share = rows.len().div_ceil(self.scratch.len()).max(LEAST_ROWS);
        let mut scratch = std::mem::take(&mut self.scratch);
        let stepper = &*self;
        // Rows do not depend on each other, so threads meet only at the end of the step.
        std::thread::scope(|scope| {
            let mut first_row = 0;
            for scratch in &mut scratch {
                let count = share.min(rows.len());
                let (part, later) = rows.split_at(count);
                let (part_x, later_x) = std::mem::take(&mut x).split_at_mut(count * d);
                let Some(next) = later.first() else {
                    stepper.run_part(scratch, part_x, part, first_row, &mut caches, capacity);
                    break;
                };
                let cut = (next.row - first_row) * row_size;
                let mut part_caches = Vec::with_capacity(caches.len());
                for cache in &mut caches {
                    let (part, later) = std::mem::take(cache).split_at_mut(cut);
                    part_caches.push(part);
                    *cache = later;
                }
                scope.spawn(move || {
                    stepper.run_part(scratch, part_x, part, first_row, &mut part_caches, capacity);
                });
                (rows, x, first_row) = (later, later_x, next.row);
            }
        });
        self.scratch = scratch;
    }

    /// One thread's rows; `first_row` is the first that `caches` hold.
    fn run_part(
        &self,
        scratch: &mut Scratch,
        x: &mut [f32],
        rows: &[StepRow],
        first_row: usize,
        caches: &mut [&mut [f32]],
        capacity: usize,
    ) {
        let (d, ff) = (self.d, self.ff);
        let positions: Vec<RowPosition> = rows
            .iter()
            .map(|row| RowPosition {
                row: row.row - first_row,
                length: row.length,
                turn: rotary_row(row.length, row.time),
            })
            .collect();
        let layers = self.weights.layers.iter().zip(&self.layers);
        for ((full, layer), [keys, values]) in layers.zip(caches.as_chunks_mut::<2>().0) {
            scratch.norm(x, &full.norm1);
            zero(&mut scratch.qkv, rows.len() * 3 * d);
            layer
                .qkv
                .add(&full.qkv, &scratch.normed, &mut scratch.qkv, d, 3 * d);
            scratch.attend(&positions, d, keys, values, capacity);
            layer.out.add(&full.out, &scratch.mixed, x, d, d);
            scratch.norm(x, &full.norm2);
            zero(&mut scratch.up, rows.len() * ff);
            layer
                .up
                .add(&full.up, &scratch.normed, &mut scratch.up, d, ff);
            squared_relu(&mut scratch.up);
            layer.down.add(&full.down, &scratch.up, x, ff, d);
        }
        scratch.norm(x, &self.weights.norm);
        x.copy_from_slice(&scratch.normed);
    }
}

/// Fewest rows for which another thread is worth starting.
const LEAST_ROWS: usize = 2;

/// Where a row's step goes, and by which angles its queries and keys turn.
struct RowPosition {
    row: usize,
    length: usize,
    turn: ([f32; ANGLES], [f32; ANGLES]),
}

impl Scratch {
    fn norm(&mut self, x: &[f32], gain: &[f32]) {
        zero(&mut self.normed, x.len());
        for (x, out) in x
            .chunks_exact(gain.len())
            .zip(self.normed.chunks_exact_mut(gain.len()))
        {
            rms_norm(x, gain, out);
        }
    }

    /// Turn queries and keys, store keys and values, mix the values into `mixed`.
    fn attend(
        &mut self,
        positions: &[RowPosition],
        d: usize,
        keys: &mut [f32],
        values: &mut [f32],
        capacity: usize,
    ) {
        zero(&mut self.mixed, positions.len() * d);
        let per_row = self
            .qkv
            .chunks_exact_mut(3 * d)
            .zip(self.mixed.chunks_exact_mut(d));
        for (position, (qkv, mixed)) in positions.iter().zip(per_row) {
            let (cos, sin) = &position.turn;
            let (turned, value) = qkv.split_at_mut(2 * d);
            for head in turned.chunks_exact_mut(HEAD) {
                turn(head, cos, sin);
            }
            let (query, key) = turned.split_at(d);
            let heads = d / HEAD;
            let queries = query.as_chunks::<HEAD>().0.iter();
            for (head, (query, mixed)) in queries.zip(mixed.as_chunks_mut().0).enumerate() {
                let part = head * HEAD..(head + 1) * HEAD;
                let lane = (position.row * heads + head) * capacity;
                let lane = lane * HEAD..(lane + position.length + 1) * HEAD;
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
