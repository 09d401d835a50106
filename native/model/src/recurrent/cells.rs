//! The element-wise operations of a recurrent network, written to vectorise.

use super::{SELU_ALPHA, SELU_SCALE, VALUES};
use multiversion::multiversion;

/// Beyond it a sigmoid is 0 or 1 to 1e-12; three factors of e to it stay finite.
const FLAT: f32 = 28.0;
/// Where f32 has a spacing of 1: 3 * 2^22.
const ROUND: f32 = 12_582_912.0;

/// e^x to 2e-7 relative, for -87 < x < 88 (Cephes' expf).
#[inline(always)]
fn exp(x: f32) -> f32 {
    // The lower bits are the integer.
    let rounded = x.mul_add(std::f32::consts::LOG2_E, ROUND);
    let n = rounded - ROUND;
    let r = n.mul_add(-std::f32::consts::LN_2, x);
    let square = r * r;
    let p = (1.987_569_1e-4f32.mul_add(r, 1.398_2e-3)).mul_add(
        square * square,
        (8.333_452e-3f32.mul_add(r, 4.166_579_6e-2))
            .mul_add(square, 1.666_666_5e-1f32.mul_add(r, 0.5)),
    );
    let power = f32::from_bits((rounded.to_bits() << 23).wrapping_add(1.0f32.to_bits()));
    p.mul_add(square, r + 1.0) * power
}

/// e^-x where it matters to a sigmoid.
#[inline(always)]
fn decay(x: f32) -> f32 {
    exp((-x).clamp(-FLAT, FLAT))
}

pub fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + decay(x))
}

/// Gates of a first cell: `of_class` has the bias in it, `of_values` are the input's other rows.
#[multiversion(targets("x86_64+avx512f+avx512dq+avx512vl+fma", "x86_64+avx2+fma"))]
pub fn hear(
    of_class: &[f32],
    of_values: [&[f32]; VALUES],
    values: [f32; VALUES],
    gates: &mut [f32],
) {
    let [a, b, c] = of_values;
    let rows = of_class.iter().zip(a).zip(b).zip(c);
    for (gate, (((class, a), b), c)) in gates.iter_mut().zip(rows) {
        *gate = class + (values[0] * a + values[1] * b + values[2] * c);
    }
}

/// One LSTM step: `gates [4w]` i, o, f, c before their functions; `c` and `h [w]` are replaced.
#[multiversion(targets("x86_64+avx512f+avx512dq+avx512vl+fma", "x86_64+avx2+fma"))]
pub fn lstm(gates: &[f32], c: &mut [f32], h: &mut [f32]) {
    let w = c.len();
    let (i, o, f, g) = (
        &gates[..w],
        &gates[w..2 * w],
        &gates[2 * w..3 * w],
        &gates[3 * w..4 * w],
    );
    let h = &mut h[..w];
    // One division each, and two loops: short ones overlap.
    for k in 0..w {
        let (i, f, g) = (1.0 + decay(i[k]), 1.0 + decay(f[k]), decay(2.0 * g[k]));
        let both = i * (1.0 + g);
        c[k] = (c[k] * both + (1.0 - g) * f) / (f * both);
    }
    for k in 0..w {
        let new = decay(2.0 * c[k]);
        h[k] = (1.0 - new) / ((1.0 + decay(o[k])) * (1.0 + new));
    }
}

/// One GRU step: `gates [3w]` z, r, h from the input, `from_state [3w]` from `h [w]`, which is
/// replaced.
#[multiversion(targets("x86_64+avx512f+avx512dq+avx512vl+fma", "x86_64+avx2+fma"))]
pub fn gru(gates: &[f32], from_state: &[f32], h: &mut [f32]) {
    let w = h.len();
    let (z, r, n) = (&gates[..w], &gates[w..2 * w], &gates[2 * w..3 * w]);
    let (of_z, of_r, of_n) = (
        &from_state[..w],
        &from_state[w..2 * w],
        &from_state[2 * w..3 * w],
    );
    for k in 0..w {
        // With u = sigmoid(z): (1 - u) tanh(n) + u h, with one division.
        let reset = 1.0 / (1.0 + decay(r[k] + of_r[k]));
        let update = decay(z[k] + of_z[k]);
        let new = decay(2.0 * (n[k] + reset * of_n[k]));
        let whole = (1.0 + update) * (1.0 + new);
        h[k] = (update * (1.0 - new) + h[k] * (1.0 + new)) / whole;
    }
}

/// SELU in place.
#[multiversion(targets("x86_64+avx512f+avx512dq+avx512vl+fma", "x86_64+avx2+fma"))]
pub fn selu(x: &mut [f32]) {
    for x in x.iter_mut() {
        let below = SELU_ALPHA * (exp(x.clamp(-FLAT, 0.0)) - 1.0);
        *x = SELU_SCALE * if *x > 0.0 { *x } else { below };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WIDTH: usize = 21;

    /// Gates from far below a sigmoid's slope to far above it.
    fn ramp(count: usize, size: f32) -> Vec<f32> {
        let value = |i: usize| (i * 37 % 101) as f32 / 50.0 - 1.0;
        (0..count).map(|i| size * value(i)).collect()
    }

    fn exact_sigmoid(x: f64) -> f64 {
        1.0 / (1.0 + (-x).exp())
    }

    fn assert_near(found: &[f32], exact: impl Fn(usize) -> f64) {
        for (k, &found) in found.iter().enumerate() {
            let exact = exact(k);
            let off = (f64::from(found) - exact).abs();
            assert!(off < 1e-6 * (1.0 + exact.abs()), "{k}: {found} != {exact}");
        }
    }

    #[test]
    fn an_lstm_is_its_formula_however_large_the_gates() {
        for size in [0.1, 4.0, 60.0, 1e6] {
            let (gates, before) = (ramp(4 * WIDTH, size), ramp(WIDTH, 2.0));
            let (mut c, mut h) = (before.clone(), vec![0.0; WIDTH]);
            lstm(&gates, &mut c, &mut h);
            let gate = |of: usize, k: usize| f64::from(gates[of * WIDTH + k]);
            let memory = |k: usize| {
                exact_sigmoid(gate(2, k)) * f64::from(before[k])
                    + exact_sigmoid(gate(0, k)) * gate(3, k).tanh()
            };
            assert_near(&c, memory);
            assert_near(&h, |k| exact_sigmoid(gate(1, k)) * memory(k).tanh());
        }
    }

    #[test]
    fn a_gru_is_its_formula_however_large_the_gates() {
        for size in [0.1, 4.0, 60.0, 1e6] {
            let (gates, from_state) = (ramp(3 * WIDTH, size), ramp(3 * WIDTH + 5, 0.7 * size));
            let before = ramp(WIDTH, 1.0);
            let mut h = before.clone();
            gru(&gates, &from_state, &mut h);
            let of = |all: &[f32], gate: usize, k: usize| f64::from(all[gate * WIDTH + k]);
            assert_near(&h, |k| {
                // The sums of gates are f32's, as they are in the cell.
                let both =
                    |gate: usize| f64::from(gates[gate * WIDTH + k] + from_state[gate * WIDTH + k]);
                let (update, reset) = (exact_sigmoid(both(0)), exact_sigmoid(both(1)));
                let new = (of(&gates, 2, k) + reset * of(&from_state, 2, k)).tanh();
                (1.0 - update) * new + update * f64::from(before[k])
            });
        }
    }

    #[test]
    fn selu_is_its_formula_and_no_number_stays_none() {
        let x = ramp(101, 40.0);
        let mut out = x.clone();
        selu(&mut out);
        let (scale, alpha) = (f64::from(SELU_SCALE), f64::from(SELU_ALPHA));
        assert_near(&out, |k| match f64::from(x[k]) {
            above if above > 0.0 => scale * above,
            below => scale * alpha * below.exp_m1(),
        });
        let mut none = [f32::NAN];
        selu(&mut none);
        assert!(none[0].is_nan() && sigmoid(f32::NAN).is_nan());
        assert_eq!((sigmoid(0.0), sigmoid(1e9)), (0.5, 1.0));
    }
}
