//! Decode steps and prompts of the trunk, beside reading its weights once from memory.

use crate::Failure;
use crate::options::{Options, SEED};
use crate::samples::{milliseconds, print};
use continuo_model::{Cache, Device, DeviceChoice, Model, Runtime, Trunk, reference};
use continuo_train::random::Random;
use serde_json::json;
use std::hint::black_box;

/// Steps behind the one that is timed: a prompt of 128 notes and half a region.
const LENGTH: usize = 160;
const PROMPT: usize = 512;
/// Decode steps that are timed as one sample.
const BURST: usize = 10;
const BATCH: usize = 8;
/// Embedding rows that are summed for one step; a note has about as many.
const ROWS: usize = 10;
/// Copies of the weights that are read in turn: more than a processor's caches hold.
const COPIES_BYTES: usize = 512 << 20;
const WARM_UP: usize = 3;

pub fn run(options: &Options) -> Result<(), Failure> {
    let model = options.model()?;
    let runtime = Runtime::load(Some(&options.path("library")?))?;
    let samples: usize = options.number("samples", 60)?;
    let threads: usize = options.number("threads", 2)?;
    let cpu = DeviceChoice::Only(Device::Cpu);
    let mut trunk = Trunk::open(&model, &runtime, cpu, threads)?.session;
    check(&model, &mut trunk)?;
    steps(&model, &mut trunk, samples)?;
    prompts(&model, &mut trunk, samples / 4)
}

/// `steps` inputs such as notes give: sums of some embedding rows, and times.
fn inputs(model: &Model, steps: usize) -> (Vec<f32>, Vec<i32>) {
    let d = model.config.architecture.d_model;
    let embed = &model.weights.embed;
    let mut random = Random::new(SEED, 0);
    let mut x = vec![0.0; steps * d];
    for step in x.chunks_exact_mut(d) {
        for _ in 0..ROWS {
            let row = random.below(embed.len() / d);
            for (x, e) in step.iter_mut().zip(&embed[row * d..(row + 1) * d]) {
                *x += e;
            }
        }
    }
    (x, (0..steps as i32).map(|t| 3 * t).collect())
}

/// A prompt and steps after it give what the plain reference gives.
fn check(model: &Model, trunk: &mut Trunk) -> Result<(), Failure> {
    let d = model.config.architecture.d_model;
    let (x, times) = inputs(model, 12);
    let expected = reference::trunk(model, &x, &times);
    let mut cache = trunk.cache(1, 12)?;
    let mut found = trunk
        .prefill(&mut cache, &x[..8 * d], &times[..8])?
        .to_vec();
    for t in 8..12 {
        let row = &x[t * d..(t + 1) * d];
        found.extend_from_slice(trunk.step(&mut cache, row, &times[t..=t], &[t], &[0])?);
    }
    let furthest = expected
        .iter()
        .zip(&found)
        .fold(0f32, |m, (a, b)| m.max((a - b).abs()));
    let largest = expected.iter().fold(1e-6f32, |m, v| m.max(v.abs()));
    if furthest <= 1e-3 * largest {
        Ok(())
    } else {
        Err(format!("the trunk differs from the reference by {furthest}").into())
    }
}

fn steps(model: &Model, trunk: &mut Trunk, samples: usize) -> Result<(), Failure> {
    let weights: Vec<f32> = model
        .weights
        .layers
        .iter()
        .flat_map(|l| [&l.norm1, &l.qkv, &l.out, &l.norm2, &l.up, &l.down])
        .chain([&model.weights.norm])
        .flatten()
        .copied()
        .collect();
    let bytes = weights.len() * size_of::<f32>();
    let copies = vec![weights; (COPIES_BYTES / bytes).max(2)];
    let mut whole = copies.iter().cycle();
    // As f16 the same weights are half as long.
    let mut halves = copies.iter().map(|c| &c[..c.len() / 2]).cycle();
    let (x, times) = inputs(model, BATCH * BURST);
    let mut one = trunk.cache(1, LENGTH + BURST)?;
    let mut several = trunk.cache(BATCH, LENGTH + BURST)?;
    let mut taken: [Vec<f64>; 4] = Default::default();
    // Taken in turn, so that a slow moment of the machine touches all of them.
    for sample in 0..samples + WARM_UP {
        let values = [
            burst(trunk, &mut one, &x, &times)?,
            burst(trunk, &mut several, &x, &times)?,
            halves.next().map_or(0.0, read),
            whole.next().map_or(0.0, |c| read(c)),
        ];
        if sample >= WARM_UP {
            for (list, value) in taken.iter_mut().zip(values) {
                list.push(value);
            }
        }
    }
    let names = ["step", "step of 8", "weights as f16", "weights as f32"];
    let facts = json!({"length": LENGTH, "weights": bytes / size_of::<f32>()});
    for (name, samples) in names.into_iter().zip(&taken) {
        print(name, "ms", samples, facts.clone())?;
    }
    Ok(())
}

/// Milliseconds of one step of all rows of the cache.
fn burst(trunk: &mut Trunk, cache: &mut Cache, x: &[f32], times: &[i32]) -> Result<f64, Failure> {
    let batch = cache.batch();
    let width = x.len() / times.len();
    let going: Vec<usize> = (0..batch).collect();
    let mut total = 0.0;
    for i in 0..BURST {
        let (first, last) = (i * batch, (i + 1) * batch);
        let (x, times) = (&x[first * width..last * width], &times[first..last]);
        let lengths = vec![LENGTH + i; batch];
        let (h, ms) = milliseconds(|| trunk.step(cache, x, times, &lengths, &going).map(|h| h[0]));
        black_box(h?);
        total += ms;
    }
    Ok(total / BURST as f64)
}

fn prompts(model: &Model, trunk: &mut Trunk, samples: usize) -> Result<(), Failure> {
    let (x, times) = inputs(model, PROMPT);
    let mut cache = trunk.cache(1, PROMPT)?;
    let mut taken = Vec::new();
    for sample in 0..samples.max(1) + WARM_UP {
        let (h, ms) = milliseconds(|| trunk.prefill(&mut cache, &x, &times).map(|h| h[0]));
        black_box(h?);
        if sample >= WARM_UP {
            taken.push(ms);
        }
    }
    print("prompt", "ms", &taken, json!({"steps": PROMPT}))
}

/// Milliseconds of reading every value once, on one thread as a step does.
fn read(values: &[f32]) -> f64 {
    milliseconds(|| black_box(sum(black_box(values)))).1
}

/// In lanes, so that memory is what limits it.
fn sum(values: &[f32]) -> [f32; 64] {
    let mut lanes = [0.0; 64];
    for chunk in values.chunks_exact(64) {
        for (lane, value) in lanes.iter_mut().zip(chunk) {
            *lane += value;
        }
    }
    lanes
}
