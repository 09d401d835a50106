//! Keys and values of past steps, and the tensors that a pass reads and writes.

use crate::Architecture;
use crate::graph::{cache_input, cache_output};
use continuo_tokenizer::rotary::{ANGLES, rotary_row};
use ort::memory::Allocator;
use ort::session::IoBinding;
use ort::session::Session;
use ort::value::Tensor;

/// Capacities are multiples of this, so that memory follows what is needed.
const BUCKET: usize = 64;

/// The cache of a batch of sequences, bound to one session.
///
/// K/V are f32 `[batch, heads, capacity, 64]` per layer, bound as input and output of the same
/// memory, so nothing is copied between steps.
pub struct Cache {
    pub(crate) binding: IoBinding,
    batch: usize,
    capacity: usize,
    heads: usize,
    d_model: usize,
    /// k0, v0, k1, v1, ...
    caches: Vec<Tensor<f32>>,
    frame: Frame,
    seqlens: Tensor<i32>,
    total: Tensor<i32>,
}

/// Tensors whose shape depends on how many steps a pass takes.
struct Frame {
    steps: usize,
    x: Tensor<f32>,
    h: Tensor<f32>,
    cos: Tensor<f32>,
    sin: Tensor<f32>,
}

/// The inputs of one pass.
pub(crate) struct TrunkInputs<'a> {
    /// `[batch, steps, d]`
    pub x: &'a [f32],
    /// `[batch, steps]`: grid ticks from the region's start.
    pub times: &'a [i32],
    /// `[batch]`: steps that each row holds already.
    pub lengths: &'a [usize],
}

impl Cache {
    pub(crate) fn new(
        session: &Session,
        architecture: &Architecture,
        batch: usize,
        steps: usize,
    ) -> ort::Result<Cache> {
        let (batch, capacity) = (batch.max(1), steps.max(1).next_multiple_of(BUCKET));
        let mut binding = session.create_binding()?;
        let allocator = Allocator::default();
        let mut caches = Vec::with_capacity(2 * architecture.layers);
        let shape = [batch, architecture.heads, capacity, 2 * ANGLES];
        for layer in 0..architecture.layers {
            for part in ["k", "v"] {
                let mut cache = zeros(&allocator, &shape)?;
                binding.bind_input(cache_input(part, layer), &cache)?;
                binding.bind_output(cache_output(part, layer), &mut cache)?;
                caches.push(cache);
            }
        }
        let seqlens = Tensor::<i32>::from_array(([batch], vec![0; batch]))?;
        let total = Tensor::<i32>::from_array(([0usize; 0], vec![0]))?;
        binding.bind_input("seqlens", &seqlens)?;
        binding.bind_input("total", &total)?;
        let d_model = architecture.d_model;
        let frame = Frame::bind(&mut binding, batch, 1, capacity, d_model)?;
        let heads = architecture.heads;
        Ok(Cache {
            binding,
            batch,
            capacity,
            heads,
            d_model,
            caches,
            frame,
            seqlens,
            total,
        })
    }

    /// Sequences in the batch.
    pub fn batch(&self) -> usize {
        self.batch
    }

    /// Most steps of one sequence.
    pub fn capacity(&self) -> usize {
        self.capacity
    }

    /// Take the first `steps` steps of row 0 of `prompt` into every row.
    pub fn fill_from(&mut self, prompt: &Cache, steps: usize) {
        self.copy(prompt, steps, |_| 0);
    }

    /// Take the first `steps` steps of every row of a cache with as many rows.
    pub fn take_rows(&mut self, other: &Cache, steps: usize) {
        self.copy(other, steps, |row| row);
    }

    fn copy(&mut self, other: &Cache, steps: usize, source_row: impl Fn(usize) -> usize) {
        let width = 2 * ANGLES;
        let used = steps.min(other.capacity).min(self.capacity) * width;
        let (from, to) = (other.capacity * width, self.capacity * width);
        let heads = self.heads;
        for (cache, other) in self.caches.iter_mut().zip(&other.caches) {
            let source = other.extract_tensor().1;
            let rows = cache.extract_tensor_mut().1.chunks_exact_mut(heads * to);
            for (row, target) in rows.enumerate() {
                let heads_of_row = source.chunks_exact(from).skip(source_row(row) * heads);
                for (to, from) in target.chunks_exact_mut(to).zip(heads_of_row) {
                    to[..used].copy_from_slice(&from[..used]);
                }
            }
        }
    }

    /// All keys and values: k0, v0, k1, v1, ...
    pub(crate) fn slices(&mut self) -> Vec<&mut [f32]> {
        self.caches
            .iter_mut()
            .map(|cache| cache.extract_tensor_mut().1)
            .collect()
    }

    /// Set the tensors for one pass; `inputs` are checked by the caller.
    pub(crate) fn prepare(&mut self, inputs: &TrunkInputs<'_>) -> ort::Result<()> {
        let steps = inputs.times.len() / self.batch;
        if steps != self.frame.steps {
            self.frame = Frame::bind(
                &mut self.binding,
                self.batch,
                steps,
                self.capacity,
                self.d_model,
            )?;
        }
        let frame = &mut self.frame;
        frame.x.extract_tensor_mut().1.copy_from_slice(inputs.x);
        let (cos, sin) = (
            frame.cos.extract_tensor_mut().1,
            frame.sin.extract_tensor_mut().1,
        );
        let turned = cos
            .chunks_exact_mut(ANGLES)
            .zip(sin.chunks_exact_mut(ANGLES));
        for (at, ((cos, sin), &time)) in turned.zip(inputs.times).enumerate() {
            let (c, s) = rotary_row(inputs.lengths[at / steps] + at % steps, time);
            cos.copy_from_slice(&c);
            sin.copy_from_slice(&s);
        }
        let seqlens = self.seqlens.extract_tensor_mut().1;
        let mut longest = 0;
        for (last, &length) in seqlens.iter_mut().zip(inputs.lengths) {
            *last = (length + steps - 1) as i32;
            longest = longest.max(length + steps);
        }
        self.total.extract_tensor_mut().1.fill(longest as i32);
        Ok(())
    }

    /// Output `[batch, steps, d]` of the last pass.
    pub(crate) fn output(&self) -> &[f32] {
        self.frame.h.extract_tensor().1
    }
}

impl Frame {
    fn bind(
        binding: &mut IoBinding,
        batch: usize,
        steps: usize,
        capacity: usize,
        d_model: usize,
    ) -> ort::Result<Frame> {
        let allocator = Allocator::default();
        let x = zeros(&allocator, &[batch, steps, d_model])?;
        let mut h = zeros(&allocator, &[batch, steps, d_model])?;
        // The kernel asks for a table as long as the cache, though only the rows named are read.
        let rows = (batch * steps).max(capacity);
        let cos = zeros(&allocator, &[rows, ANGLES])?;
        let sin = zeros(&allocator, &[rows, ANGLES])?;
        let order: Vec<i64> = (0..(batch * steps) as i64).collect();
        binding.bind_input("x", &x)?;
        binding.bind_input("cos", &cos)?;
        binding.bind_input("sin", &sin)?;
        binding.bind_input("rows", &Tensor::<i64>::from_array(([batch, steps], order))?)?;
        binding.bind_output("h", &mut h)?;
        Ok(Frame {
            steps,
            x,
            h,
            cos,
            sin,
        })
    }
}

fn zeros(allocator: &Allocator, shape: &[usize]) -> ort::Result<Tensor<f32>> {
    let mut tensor = Tensor::<f32>::new(allocator, shape.to_vec())?;
    tensor.extract_tensor_mut().1.fill(0.0);
    Ok(tensor)
}
