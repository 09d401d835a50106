//! What cells and blocks do element by element, forward and backward, by rows of f32.

use crate::kernels::exp;
use continuo_model::recurrent::{SELU_ALPHA, SELU_SCALE};
use multiversion::multiversion;

#[inline(always)]
fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + exp(-x))
}

#[inline(always)]
fn tanh(x: f32) -> f32 {
    2.0 / (1.0 + exp(-2.0 * x)) - 1.0
}

/// One LSTM step of one lane. `gates` `[4w]` i, o, f, c before their functions, after it; `c` and
/// `h` `[w]` are the new state, `tanh_c` is kept for the way back.
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512dq", "x86_64+avx2+fma"))]
pub fn lstm(gates: &mut [f32], c_before: &[f32], c: &mut [f32], tanh_c: &mut [f32], h: &mut [f32]) {
    let w = c.len();
    let (i, rest) = gates.split_at_mut(w);
    let (o, rest) = rest.split_at_mut(w);
    let (f, g) = rest.split_at_mut(w);
    let (g, c_before) = (&mut g[..w], &c_before[..w]);
    let (tanh_c, h) = (&mut tanh_c[..w], &mut h[..w]);
    for k in 0..w {
        i[k] = sigmoid(i[k]);
        o[k] = sigmoid(o[k]);
        f[k] = sigmoid(f[k]);
        g[k] = tanh(g[k]);
        c[k] = f[k] * c_before[k] + i[k] * g[k];
        tanh_c[k] = tanh(c[k]);
        h[k] = o[k] * tanh_c[k];
    }
}

/// Backward of [`lstm`]. `gates` becomes their gradient, `dc` that of the state before.
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512dq", "x86_64+avx2+fma"))]
pub fn lstm_backward(
    gates: &mut [f32],
    c_before: &[f32],
    tanh_c: &[f32],
    dh: &[f32],
    dc: &mut [f32],
) {
    let w = dc.len();
    let (i, rest) = gates.split_at_mut(w);
    let (o, rest) = rest.split_at_mut(w);
    let (f, g) = rest.split_at_mut(w);
    let (g, c_before) = (&mut g[..w], &c_before[..w]);
    let (tanh_c, dh) = (&tanh_c[..w], &dh[..w]);
    for k in 0..w {
        let (iv, ov, fv, gv, t) = (i[k], o[k], f[k], g[k], tanh_c[k]);
        let d = dc[k] + dh[k] * ov * (1.0 - t * t);
        i[k] = d * gv * iv * (1.0 - iv);
        o[k] = dh[k] * t * ov * (1.0 - ov);
        f[k] = d * c_before[k] * fv * (1.0 - fv);
        g[k] = d * iv * (1.0 - gv * gv);
        dc[k] = d * fv;
    }
}

/// One GRU step of one lane. `gates` `[3w]` z, r, h: from the input, after it the gates; `from_h`
/// `[3w]`: from the state before, of which the last part is kept for the way back.
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512dq", "x86_64+avx2+fma"))]
pub fn gru(gates: &mut [f32], from_h: &mut [f32], bias: &[f32], h_before: &[f32], h: &mut [f32]) {
    let w = h.len();
    let (z, rest) = gates.split_at_mut(w);
    let (r, n) = rest.split_at_mut(w);
    let (from_z, rest) = from_h.split_at_mut(w);
    let (from_r, from_n) = rest.split_at_mut(w);
    let (n, from_n) = (&mut n[..w], &mut from_n[..w]);
    let (bias, h_before) = (&bias[..w], &h_before[..w]);
    for k in 0..w {
        z[k] = sigmoid(z[k] + from_z[k]);
        r[k] = sigmoid(r[k] + from_r[k]);
        from_n[k] += bias[k];
        n[k] = tanh(n[k] + r[k] * from_n[k]);
        h[k] = (1.0 - z[k]) * n[k] + z[k] * h_before[k];
    }
}

/// Backward of [`gru`]. `gates` becomes the gradient from the input, `from_h` that from the state;
/// `dh` becomes the part of the state's gradient that does not go through the weights.
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512dq", "x86_64+avx2+fma"))]
pub fn gru_backward(gates: &mut [f32], from_h: &mut [f32], h_before: &[f32], dh: &mut [f32]) {
    let w = dh.len();
    let (z, rest) = gates.split_at_mut(w);
    let (r, n) = rest.split_at_mut(w);
    let (from_z, rest) = from_h.split_at_mut(w);
    let (from_r, from_n) = rest.split_at_mut(w);
    let (n, from_n, h_before) = (&mut n[..w], &mut from_n[..w], &h_before[..w]);
    for k in 0..w {
        let (zv, rv, nv, d) = (z[k], r[k], n[k], dh[k]);
        let dn = d * (1.0 - zv) * (1.0 - nv * nv);
        z[k] = d * (h_before[k] - nv) * zv * (1.0 - zv);
        r[k] = dn * from_n[k] * rv * (1.0 - rv);
        n[k] = dn;
        from_z[k] = z[k];
        from_r[k] = r[k];
        from_n[k] = dn * rv;
        dh[k] = d * zv;
    }
}

/// SELU in place, after adding a bias to each row.
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512dq", "x86_64+avx2+fma"))]
pub fn bias_selu(rows: &mut [f32], bias: &[f32]) {
    for row in rows.chunks_exact_mut(bias.len()) {
        for (x, b) in row.iter_mut().zip(bias) {
            let v = *x + b;
            let below = SELU_ALPHA * (exp(v.min(0.0)) - 1.0);
            *x = SELU_SCALE * if v > 0.0 { v } else { below };
        }
    }
}

/// `dy` becomes the gradient of [`bias_selu`]'s input, by its output `y`.
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512dq", "x86_64+avx2+fma"))]
pub fn selu_backward(y: &[f32], dy: &mut [f32]) {
    for (d, &y) in dy.iter_mut().zip(y) {
        *d *= if y > 0.0 {
            SELU_SCALE
        } else {
            y + SELU_SCALE * SELU_ALPHA
        };
    }
}

/// `4 * sigmoid(x)`, with a bias added.
pub fn value(x: f32) -> f32 {
    continuo_model::recurrent::VALUE_SCALE * sigmoid(x)
}

/// Sum of rows, added to `sum`.
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512dq", "x86_64+avx2+fma"))]
pub fn add_rows(sum: &mut [f32], rows: &[f32]) {
    for row in rows.chunks_exact(sum.len()) {
        for (s, v) in sum.iter_mut().zip(row) {
            *s += v;
        }
    }
}
