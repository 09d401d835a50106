//! The trunk in plain Rust: the formula that every device must reproduce.
//!
//! Too slow to generate with; it gives the known answer that a provider is checked against, and the
//! tests compare the ONNX graph with it.

use crate::Model;
use crate::kernel::{add_matmul, rms_norm, squared_relu};
use continuo_tokenizer::rotary::{ANGLES, rotary_row};

/// Output `[t, d]` of the trunk for one sequence.
///
/// `x [t, d]`: summed embedding rows. `times [t]`: grid ticks from the region's start.
pub fn trunk(model: &Model, x: &[f32], times: &[i32]) -> Vec<f32> {
    let a = &model.config.architecture;
    let (d, ff, t) = (a.d_model, a.ff_size, times.len());
    let mut x = x.to_vec();
    let mut normed = vec![0.0; t * d];
    for layer in &model.weights.layers {
        norm_rows(&x, &layer.norm1, &mut normed, d);
        let mut qkv = vec![0.0; t * 3 * d];
        add_matmul(&normed, &layer.qkv, &mut qkv, d, 3 * d);
        let mixed = attention(qkv, times, a.heads);
        add_matmul(&mixed, &layer.out, &mut x, d, d);
        norm_rows(&x, &layer.norm2, &mut normed, d);
        let mut up = vec![0.0; t * ff];
        add_matmul(&normed, &layer.up, &mut up, d, ff);
        squared_relu(&mut up);
        add_matmul(&up, &layer.down, &mut x, ff, d);
    }
    norm_rows(&x, &model.weights.norm, &mut normed, d);
    normed
}

fn norm_rows(x: &[f32], gain: &[f32], out: &mut [f32], d: usize) {
    for (x, out) in x.chunks_exact(d).zip(out.chunks_exact_mut(d)) {
        rms_norm(x, gain, out);
    }
}

/// Causal attention of `qkv [t, 3 heads 64]` to `[t, heads 64]`.
fn attention(mut qkv: Vec<f32>, times: &[i32], heads: usize) -> Vec<f32> {
    let size = 2 * ANGLES;
    let d = heads * size;
    for (index, row) in qkv.chunks_exact_mut(3 * d).enumerate() {
        let (cos, sin) = rotary_row(index, times[index]);
        for head in row[..2 * d].chunks_exact_mut(size) {
            let (low, high) = head.split_at_mut(ANGLES);
            for i in 0..ANGLES {
                let (a, b) = (low[i], high[i]);
                low[i] = a * cos[i] - b * sin[i];
                high[i] = a * sin[i] + b * cos[i];
            }
        }
    }
    let mut out = vec![0.0; times.len() * d];
    for t in 0..times.len() {
        for head in 0..heads {
            let slice = |s: usize, part: usize| {
                let at = s * 3 * d + part * d + head * size;
                &qkv[at..at + size]
            };
            let scores: Vec<f32> = (0..=t)
                .map(|s| {
                    let dot: f32 = slice(t, 0)
                        .iter()
                        .zip(slice(s, 1))
                        .map(|(q, k)| q * k)
                        .sum();
                    dot / (size as f32).sqrt()
                })
                .collect();
            let largest = scores.iter().fold(f32::MIN, |m, &s| m.max(s));
            let total: f32 = scores.iter().map(|s| (s - largest).exp()).sum();
            let at = t * d + head * size;
            for (s, score) in scores.iter().enumerate() {
                let share = (score - largest).exp() / total;
                for (out, v) in out[at..at + size].iter_mut().zip(slice(s, 2)) {
                    *out += share * v;
                }
            }
        }
    }
    out
}
