//! Small dense arithmetic that the compiler vectorises, for few rows at a time.

use multiversion::multiversion;

/// `out [rows, n] += x [rows, k] * w [k, n]`, all row-major.
///
/// Four rows of `w` at a time go past all rows of `x`, so that weights are read from memory once,
/// however many rows there are.
#[multiversion(targets("x86_64+avx512f+avx512dq+avx512vl+fma", "x86_64+avx2+fma"))]
pub fn add_matmul(x: &[f32], w: &[f32], out: &mut [f32], k: usize, n: usize) {
    for (step, four) in w.chunks(4 * n).enumerate() {
        let first = 4 * step;
        for (x, out) in x.chunks_exact(k).zip(out.chunks_exact_mut(n)) {
            if four.len() < 4 * n {
                for (w, x) in four.chunks_exact(n).zip(&x[first..]) {
                    for (out, w) in out.iter_mut().zip(w) {
                        *out += x * w;
                    }
                }
                continue;
            }
            let (w0, rest) = four.split_at(n);
            let (w1, rest) = rest.split_at(n);
            let (w2, w3) = rest.split_at(n);
            let [x0, x1, x2, x3] = [x[first], x[first + 1], x[first + 2], x[first + 3]];
            for ((((out, w0), w1), w2), w3) in out.iter_mut().zip(w0).zip(w1).zip(w2).zip(w3) {
                *out += x0 * w0 + x1 * w1 + (x2 * w2 + x3 * w3);
            }
        }
    }
}

/// `out += scale * row`.
#[multiversion(targets("x86_64+avx512f+avx512dq+avx512vl+fma", "x86_64+avx2+fma"))]
pub fn add_scaled(out: &mut [f32], row: &[f32], scale: f32) {
    for (out, value) in out.iter_mut().zip(row) {
        *out += scale * value;
    }
}

/// Width of an attention head. Fixed, so that a head's row stays in registers.
pub const HEAD: usize = 64;

/// One query's look at the past, for one head.
///
/// `keys` and `values`: one row a step; `out += softmax(query keys / 8) values`. `scores` is room to
/// work in.
pub fn attend(
    query: &[f32; HEAD],
    keys: &[[f32; HEAD]],
    values: &[[f32; HEAD]],
    scores: &mut Vec<f32>,
    out: &mut [f32; HEAD],
) {
    scores.clear();
    scores.resize(keys.len(), 0.0);
    score(query, keys, scores);
    let scale = 1.0 / (HEAD as f32).sqrt();
    let largest = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let mut total = 0.0;
    for score in scores.iter_mut() {
        let exponent = (*score - largest) * scale;
        // What is far below f32's precision is nothing; its denormal would cost 100 times as much.
        *score = if exponent < -60.0 {
            0.0
        } else {
            exponent.exp()
        };
        total += *score;
    }
    for score in scores.iter_mut() {
        *score /= total;
    }
    mix(values, scores, out);
}

/// `scores [steps] = keys * query`, in 16 lanes.
#[multiversion(targets("x86_64+avx512f+avx512dq+avx512vl+fma", "x86_64+avx2+fma"))]
fn score(query: &[f32; HEAD], keys: &[[f32; HEAD]], scores: &mut [f32]) {
    for (key, score) in keys.iter().zip(scores) {
        let mut lanes = [0.0; 16];
        for part in 0..HEAD / 16 {
            for lane in 0..16 {
                lanes[lane] += key[part * 16 + lane] * query[part * 16 + lane];
            }
        }
        let mut width = 8;
        while width > 0 {
            for lane in 0..width {
                lanes[lane] += lanes[lane + width];
            }
            width /= 2;
        }
        *score = lanes[0];
    }
}

/// `out += shares [steps] * values`.
#[multiversion(targets("x86_64+avx512f+avx512dq+avx512vl+fma", "x86_64+avx2+fma"))]
fn mix(values: &[[f32; HEAD]], shares: &[f32], out: &mut [f32; HEAD]) {
    let mut sum = *out;
    for (value, share) in values.iter().zip(shares) {
        for i in 0..HEAD {
            sum[i] += share * value[i];
        }
    }
    *out = sum;
}

/// Root mean square normalisation of one row, times a gain: `out = x / rms(x) * gain`.
///
/// `rms` adds 1e-5 to the mean square. Source: Zhang and Sennrich 2019.
pub fn rms_norm(x: &[f32], gain: &[f32], out: &mut [f32]) {
    let mean = x.iter().map(|v| v * v).sum::<f32>() / x.len().max(1) as f32;
    let scale = 1.0 / (mean + EPSILON).sqrt();
    for ((out, x), gain) in out.iter_mut().zip(x).zip(gain) {
        *out = x * scale * gain;
    }
}

/// Added to the mean square in every norm, in training and here.
pub const EPSILON: f32 = 1e-5;

/// Squared ReLU in place. Source: So et al. 2021.
pub fn squared_relu(values: &mut [f32]) {
    for value in values {
        let positive = value.max(0.0);
        *value = positive * positive;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matmul_is_the_sum_of_products_for_any_size() {
        for (rows, k, n) in [(1, 1, 1), (2, 5, 3), (3, 8, 17), (4, 7, 64)] {
            let x: Vec<f32> = (0..rows * k).map(|i| (i % 7) as f32 - 3.0).collect();
            let w: Vec<f32> = (0..k * n).map(|i| (i % 5) as f32 - 2.0).collect();
            let mut out = vec![1.0; rows * n];
            add_matmul(&x, &w, &mut out, k, n);
            for r in 0..rows {
                for c in 0..n {
                    let sum: f32 = (0..k).map(|i| x[r * k + i] * w[i * n + c]).sum();
                    assert_eq!(out[r * n + c], 1.0 + sum);
                }
            }
        }
    }

    #[test]
    fn attention_is_the_softmax_mean_of_the_values() {
        let row =
            |seed: usize| std::array::from_fn(|i| ((seed * 31 + i * 7) % 13) as f32 / 6.0 - 1.0);
        let query: [f32; 64] = row(1);
        let keys: Vec<[f32; 64]> = (2..9).map(row).collect();
        let values: Vec<[f32; 64]> = (20..27).map(row).collect();
        let mut out = [0.0; 64];
        attend(&query, &keys, &values, &mut Vec::new(), &mut out);
        let weights: Vec<f32> = keys
            .iter()
            .map(|key| (key.iter().zip(&query).map(|(k, q)| k * q).sum::<f32>() / 8.0).exp())
            .collect();
        let total: f32 = weights.iter().sum();
        for i in 0..64 {
            let mean: f32 = weights
                .iter()
                .zip(&values)
                .map(|(w, v)| w * v[i])
                .sum::<f32>()
                / total;
            assert!((out[i] - mean).abs() < 1e-5);
        }
    }

    #[test]
    fn norm_and_activation_match_hand_values() {
        let mut out = [0.0; 2];
        rms_norm(&[3.0, 4.0], &[1.0, 2.0], &mut out);
        let rms = (12.5f32 + EPSILON).sqrt();
        assert_eq!(out, [3.0 * (1.0 / rms), 4.0 * (1.0 / rms) * 2.0]);
        let mut values = [-2.0, 3.0];
        squared_relu(&mut values);
        assert_eq!(values, [0.0, 9.0]);
    }
}
