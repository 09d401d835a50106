//! Matrix products with f16 weights, for few rows: half the bytes to read from memory.
//!
//! A decode step is bound by reading its weights, so their size is its time. Only machines that
//! widen f16 in hardware use this; everywhere else the f32 product is as good.

use std::array;

/// Can this machine widen f16 as fast as it reads them?
pub fn is_fast() -> bool {
    instructions() != Instructions::None
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Instructions {
    None,
    #[cfg(target_arch = "x86_64")]
    Avx2,
    #[cfg(target_arch = "x86_64")]
    Avx512,
}

fn instructions() -> Instructions {
    #[cfg(target_arch = "x86_64")]
    {
        if is_x86_feature_detected!("avx512f") {
            return Instructions::Avx512;
        }
        if is_x86_feature_detected!("avx2")
            && is_x86_feature_detected!("f16c")
            && is_x86_feature_detected!("fma")
        {
            return Instructions::Avx2;
        }
    }
    Instructions::None
}

/// Rows of weights that go past the output at once.
const ROWS: usize = 8;

/// Rows of `x` that share the widening of a weight.
const BATCH: usize = 4;

/// `out [rows, n] += x [rows, k] * w [k, n]`; `w` holds the bits of f16, `n` is a multiple of 16.
///
/// For a single row of `x`, weights that it multiplies by zero are not read: after a squared ReLU
/// that is most of them. Without [`is_fast`] it does nothing.
pub fn add_matmul(x: &[f32], w: &[u16], out: &mut [f32], k: usize, n: usize) {
    let instructions = instructions();
    let is_alone = x.len() == k;
    let (mut group, mut count) = ([0; ROWS], 0);
    for i in 0..k {
        if !is_alone || x[i] != 0.0 {
            group[count] = i;
            count += 1;
        }
        if count == ROWS || (i + 1 == k && count > 0) {
            // A short last group repeats its first row, times zero.
            let source_row = |j: usize| if j < count { group[j] } else { group[0] };
            let rows = array::from_fn(|j| &w[source_row(j) * n..(source_row(j) + 1) * n]);
            let factors = |x: &[f32]| array::from_fn(|j| if j < count { x[group[j]] } else { 0.0 });
            for (x, out) in x.chunks(BATCH * k).zip(out.chunks_mut(BATCH * n)) {
                let x = |b: usize| factors(&x[b * k..]);
                match out.len() / n {
                    4 => add_rows::<4>(instructions, array::from_fn(x), rows, out),
                    3 => add_rows::<3>(instructions, array::from_fn(x), rows, out),
                    2 => add_rows::<2>(instructions, array::from_fn(x), rows, out),
                    _ => add_rows::<1>(instructions, array::from_fn(x), rows, out),
                }
            }
            count = 0;
        }
    }
}

fn add_rows<const B: usize>(
    instructions: Instructions,
    x: [[f32; ROWS]; B],
    rows: [&[u16]; ROWS],
    out: &mut [f32],
) {
    let mut split = out.chunks_exact_mut(rows[0].len());
    let outs = array::from_fn(|_| split.next().unwrap_or_default());
    match instructions {
        Instructions::None => {}
        // SAFETY: `instructions` found the features on this machine.
        #[cfg(target_arch = "x86_64")]
        Instructions::Avx512 => unsafe { x86::add_rows_avx512(x, rows, outs) },
        // SAFETY: as above.
        #[cfg(target_arch = "x86_64")]
        Instructions::Avx2 => unsafe { x86::add_rows_avx2(x, rows, outs) },
    }
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use super::ROWS;
    use std::arch::x86_64::{
        __m128i, __m256i, _mm_loadu_si128, _mm256_add_ps, _mm256_cvtph_ps, _mm256_fmadd_ps,
        _mm256_loadu_ps, _mm256_loadu_si256, _mm256_set1_ps, _mm256_setzero_ps, _mm256_storeu_ps,
        _mm512_add_ps, _mm512_cvtph_ps, _mm512_fmadd_ps, _mm512_loadu_ps, _mm512_set1_ps,
        _mm512_setzero_ps, _mm512_storeu_ps,
    };

    /// The same loop for both register widths.
    macro_rules! add_rows {
        ($name:ident, $features:literal, $lanes:literal, $half:ty, $load_half:ident, $widen:ident,
         $set:ident, $zero:ident, $load:ident, $multiply_add:ident, $add:ident, $store:ident) => {
            /// `outs[b] += sum of x[b][j] * rows[j]`.
            #[target_feature(enable = $features)]
            pub fn $name<const B: usize>(
                x: [[f32; ROWS]; B],
                rows: [&[u16]; ROWS],
                mut outs: [&mut [f32]; B],
            ) {
                let rows = rows.map(|row| row.as_chunks::<$lanes>().0);
                let columns = outs.iter().map(|out| out.len() / $lanes).min().unwrap_or(0);
                let blocks = rows.iter().map(|row| row.len()).fold(columns, usize::min);
                for block in 0..blocks {
                    // SAFETY: block is in bounds of all slices; unaligned access is allowed.
                    unsafe {
                        let mut w = [$zero(); ROWS];
                        for (w, row) in w.iter_mut().zip(&rows) {
                            *w = $widen($load_half(row.as_ptr().add(block).cast::<$half>()));
                        }
                        for (x, out) in x.iter().zip(&mut outs) {
                            let out = out.as_mut_ptr().add(block * $lanes);
                            let (mut even, mut odd) = ($load(out), $zero());
                            for j in 0..ROWS / 2 {
                                even = $multiply_add($set(x[2 * j]), w[2 * j], even);
                                odd = $multiply_add($set(x[2 * j + 1]), w[2 * j + 1], odd);
                            }
                            $store(out, $add(even, odd));
                        }
                    }
                }
            }
        };
    }

    add_rows!(
        add_rows_avx512,
        "avx512f",
        16,
        __m256i,
        _mm256_loadu_si256,
        _mm512_cvtph_ps,
        _mm512_set1_ps,
        _mm512_setzero_ps,
        _mm512_loadu_ps,
        _mm512_fmadd_ps,
        _mm512_add_ps,
        _mm512_storeu_ps
    );
    add_rows!(
        add_rows_avx2,
        "avx2,f16c,fma",
        8,
        __m128i,
        _mm_loadu_si128,
        _mm256_cvtph_ps,
        _mm256_set1_ps,
        _mm256_setzero_ps,
        _mm256_loadu_ps,
        _mm256_fmadd_ps,
        _mm256_add_ps,
        _mm256_storeu_ps
    );

    #[cfg(test)]
    mod tests {
        use super::*;
        use std::array;

        #[test]
        fn both_widths_give_the_same() {
            if !is_x86_feature_detected!("avx512f") || !is_x86_feature_detected!("f16c") {
                return;
            }
            let rows: Vec<Vec<u16>> = (0..ROWS as u16)
                .map(|r| (0..64).map(|i| 0x3000 + r * 97 + i * 31).collect())
                .collect();
            let rows: [&[u16]; ROWS] = array::from_fn(|j| &rows[j][..]);
            let x = [1.0, -2.0, 0.5, 3.0, 0.0, 1.5, -1.0, 4.0];
            let (mut wide, mut again, mut narrow) = ([1.0; 64], [1.0; 64], [1.0; 64]);
            // SAFETY: the features were just found.
            unsafe {
                add_rows_avx512([x, x], rows, [&mut wide, &mut again]);
                add_rows_avx2([x], rows, [&mut narrow]);
            }
            assert_eq!((wide, wide), (narrow, again));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::half::{f16_from_f32, f32_from_f16};

    #[test]
    fn product_is_that_of_the_widened_weights() {
        if !is_fast() {
            return;
        }
        for (rows, k, n) in [(1, 7, 16), (1, 64, 64), (3, 19, 48), (6, 16, 32)] {
            let x: Vec<f32> = (0..rows * k).map(|i| ((i * 7) % 5) as f32 - 2.0).collect();
            let values: Vec<f32> = (0..k * n).map(|i| (i % 23) as f32 / 16.0 - 0.7).collect();
            let bytes = f16_from_f32(&values);
            let w: Vec<u16> = bytes
                .as_chunks::<2>()
                .0
                .iter()
                .map(|pair| u16::from_le_bytes(*pair))
                .collect();
            let exact = f32_from_f16(&bytes).expect("finite");
            let (mut found, mut expected) = (vec![1.0; rows * n], vec![1.0; rows * n]);
            add_matmul(&x, &w, &mut found, k, n);
            crate::kernel::add_matmul(&x, &exact, &mut expected, k, n);
            for (a, b) in found.iter().zip(&expected) {
                assert!((a - b).abs() < 1e-4, "{a} {b}");
            }
        }
    }
}
