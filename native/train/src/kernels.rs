//! Everything except matrix products: norms, activations, softmax, sparse rows, each with its backward pass.
//!
//! All on rows of f32, compiled for several instruction sets and chosen at run time.

use multiversion::multiversion;

const EPSILON: f32 = 1e-5;

/// e^x to 2e-7 relative for -87 < x < 88, in operations that vectorise (Cephes' expf).
#[inline(always)]
pub fn exp(x: f32) -> f32 {
    let x = x.clamp(-87.0, 88.0);
    let n = (x * std::f32::consts::LOG2_E + 12_582_912.0) - 12_582_912.0;
    let r = x - n * 0.693_359_4 + n * 2.121_944_4e-4;
    let p = ((((1.987_569_1e-4 * r + 1.398_2e-3) * r + 8.333_452e-3) * r + 4.166_579_6e-2) * r
        + 1.666_666_5e-1)
        * r
        + 0.5;
    let value = p * r * r + r + 1.0;
    value * f32::from_bits(((n as i32 + 127) << 23) as u32)
}

/// `y = x / rms(x) * gain` by rows; `inverse[row]` is kept for the backward pass.
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512dq", "x86_64+avx2+fma"))]
pub fn rms_norm(x: &[f32], gain: &[f32], y: &mut [f32], inverse: &mut [f32]) {
    let d = gain.len();
    for ((x, y), inverse) in x.chunks_exact(d).zip(y.chunks_exact_mut(d)).zip(inverse) {
        let mut sums = [0f32; 16];
        for part in x.chunks_exact(16) {
            for (sum, v) in sums.iter_mut().zip(part) {
                *sum += v * v;
            }
        }
        let rest: f32 = x.chunks_exact(16).remainder().iter().map(|v| v * v).sum();
        let mean = (sums.iter().sum::<f32>() + rest) / d as f32;
        *inverse = 1.0 / (mean + EPSILON).sqrt();
        for ((y, x), g) in y.iter_mut().zip(x).zip(gain) {
            *y = x * *inverse * g;
        }
    }
}

/// Adds to `dx` and `dgain` what `dy` asks of [`rms_norm`].
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512dq", "x86_64+avx2+fma"))]
pub fn rms_norm_backward(
    x: &[f32],
    gain: &[f32],
    inverse: &[f32],
    dy: &[f32],
    dx: &mut [f32],
    dgain: &mut [f32],
) {
    let d = gain.len();
    let rows = x
        .chunks_exact(d)
        .zip(dy.chunks_exact(d))
        .zip(dx.chunks_exact_mut(d));
    for (((x, dy), dx), &inverse) in rows.zip(inverse) {
        let mut sums = [0f32; 16];
        let parts = x
            .chunks_exact(16)
            .zip(dy.chunks_exact(16))
            .zip(gain.chunks_exact(16));
        for ((x, dy), gain) in parts {
            for i in 0..16 {
                sums[i] += x[i] * dy[i] * gain[i];
            }
        }
        let done = d / 16 * 16;
        let rest: f32 = (done..d).map(|i| x[i] * dy[i] * gain[i]).sum();
        let dot = sums.iter().sum::<f32>() + rest;
        let pull = dot * inverse * inverse * inverse / d as f32;
        for i in 0..d {
            dx[i] += dy[i] * gain[i] * inverse - x[i] * pull;
            dgain[i] += dy[i] * x[i] * inverse;
        }
    }
}

/// `y = max(x, 0)^2`.
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512dq", "x86_64+avx2+fma"))]
pub fn squared_relu(x: &[f32], y: &mut [f32]) {
    for (y, x) in y.iter_mut().zip(x) {
        let positive = x.max(0.0);
        *y = positive * positive;
    }
}

/// `dx = dy * 2 max(x, 0)`, in place in `dy`.
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512dq", "x86_64+avx2+fma"))]
pub fn squared_relu_backward(x: &[f32], dy: &mut [f32]) {
    for (dy, x) in dy.iter_mut().zip(x) {
        *dy *= 2.0 * x.max(0.0);
    }
}

/// Softmax of the first `live` values, zeros after; returns nothing kept.
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512dq", "x86_64+avx2+fma"))]
pub fn softmax(row: &mut [f32], live: usize) {
    let (row, dead) = row.split_at_mut(live);
    dead.fill(0.0);
    let mut top = f32::NEG_INFINITY;
    for &v in row.iter() {
        top = top.max(v);
    }
    let mut sums = [0f32; 16];
    let mut parts = row.chunks_exact_mut(16);
    for part in &mut parts {
        for i in 0..16 {
            part[i] = exp(part[i] - top);
            sums[i] += part[i];
        }
    }
    let mut total: f32 = sums.iter().sum();
    for v in parts.into_remainder() {
        *v = exp(*v - top);
        total += *v;
    }
    let inverse = 1.0 / total;
    for v in row {
        *v *= inverse;
    }
}

/// Gradient through softmax, in place in `dp`: `p * (dp - sum(p * dp))`.
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512dq", "x86_64+avx2+fma"))]
pub fn softmax_backward(p: &[f32], dp: &mut [f32]) {
    let mut sums = [0f32; 16];
    let n = p.len().min(dp.len());
    for (p, dp) in p[..n].chunks_exact(16).zip(dp[..n].chunks_exact(16)) {
        for i in 0..16 {
            sums[i] += p[i] * dp[i];
        }
    }
    let rest: f32 = (n / 16 * 16..n).map(|i| p[i] * dp[i]).sum();
    let dot = sums.iter().sum::<f32>() + rest;
    for (dp, p) in dp[..n].iter_mut().zip(&p[..n]) {
        *dp = p * (*dp - dot);
    }
}

/// `y += scale * x`.
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512dq", "x86_64+avx2+fma"))]
pub fn add_scaled(y: &mut [f32], x: &[f32], scale: f32) {
    for (y, x) in y.iter_mut().zip(x) {
        *y += scale * x;
    }
}

/// Turn the pairs (i, i + n) of `head` by the angles whose cosines and sines are given.
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512dq", "x86_64+avx2+fma"))]
pub fn rotate(head: &mut [f32], cos: &[f32], sin: &[f32]) {
    let (first, second) = head.split_at_mut(cos.len());
    for i in 0..cos.len() {
        let (a, b) = (first[i], second[i]);
        first[i] = a * cos[i] - b * sin[i];
        second[i] = a * sin[i] + b * cos[i];
    }
}

/// The inverse of [`rotate`], which is also its backward.
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512dq", "x86_64+avx2+fma"))]
pub fn rotate_back(head: &mut [f32], cos: &[f32], sin: &[f32]) {
    let (first, second) = head.split_at_mut(cos.len());
    for i in 0..cos.len() {
        let (a, b) = (first[i], second[i]);
        first[i] = a * cos[i] + b * sin[i];
        second[i] = b * cos[i] - a * sin[i];
    }
}

/// One AdamW update of a slice (Loshchilov and Hutter 2019); `rate` has the bias correction in it.
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512dq", "x86_64+avx2+fma"))]
#[allow(clippy::too_many_arguments)] // one flat kernel; a struct would only rename its arguments
pub fn adamw(
    weights: &mut [f32],
    gradient: &[f32],
    first: &mut [f32],
    second: &mut [f32],
    scale: f32,
    rate: f32,
    decay: f32,
    second_correction: f32,
) {
    const BETA1: f32 = 0.9;
    const BETA2: f32 = 0.95;
    let n = weights.len();
    let (gradient, first, second) = (&gradient[..n], &mut first[..n], &mut second[..n]);
    for i in 0..n {
        let g = gradient[i] * scale;
        first[i] = BETA1 * first[i] + (1.0 - BETA1) * g;
        second[i] = BETA2 * second[i] + (1.0 - BETA2) * g * g;
        let step = first[i] / ((second[i] * second_correction).sqrt() + 1e-8);
        weights[i] -= rate * step + decay * weights[i];
    }
}
