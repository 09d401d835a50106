//! Matrix products in 16-bit fixed point: what a note of a recurrent network spends its time on.
//!
//! A weight is a multiple of its column's largest / 32767, and lies in panels of 64 columns in the
//! order in which a product reads them. An input is two digits to the base of 512, so that all sums
//! fit into 32 bits: they are exact, and the same on every machine. docs/design/0010 has the errors.

mod kernels;
mod memory;

use bytemuck::{Pod, Zeroable};
use kernels::{Digits, Instructions};
pub use memory::FixedMemory;
use multiversion::multiversion;
use std::ops::Range;

/// Columns that are summed side by side.
const PANEL: usize = 64;
/// Base of an input's two digits, each of which is -256 to 256.
const BASE: i32 = 512;
/// Largest input: 2^17.
const INPUT_LARGEST: f32 = 131_072.0;
const WEIGHT_LARGEST: f32 = 32767.0;
/// Where f32 has a spacing of 1: 3 * 2^22.
const ROUND: f32 = 12_582_912.0;
/// Pairs of rows until sums could leave 32 bits: 2 * 128 * 32767 * 256 < 2^31.
const SAFE_PAIRS: usize = 128;

/// Two rows of 16 columns, the rows side by side: one register, one line of a cache.
#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C, align(64))]
pub struct Line([[i16; 2]; 16]);

/// Two rows of a panel.
pub type Pair = [Line; PANEL / 16];

/// A matrix `[k, n]`.
pub struct FixedMatrix {
    k: usize,
    /// Panel after panel, each with all rows.
    pairs: Range<usize>,
    /// What a column's unit is worth, `[panels * 64]`.
    units: Vec<f32>,
    instructions: Instructions,
}

/// An input `[k]`, ready to be multiplied.
#[derive(Debug, Default)]
pub struct FixedInput {
    high: Vec<[i16; 2]>,
    low: Vec<[i16; 2]>,
    unit: f32,
}

impl FixedMatrix {
    /// Of `parts [k, columns]` side by side, row-major; its weights go behind `all`.
    pub fn new(all: &mut Vec<Pair>, parts: &[&[f32]], k: usize, columns: &[usize]) -> FixedMatrix {
        let n = columns.iter().sum::<usize>().next_multiple_of(PANEL);
        let mut dense = vec![0.0; k * n];
        for (row, out) in dense.chunks_exact_mut(n).enumerate() {
            let mut at = 0;
            for (part, &width) in parts.iter().zip(columns) {
                out[at..at + width].copy_from_slice(&part[row * width..(row + 1) * width]);
                at += width;
            }
        }
        let mut units = vec![0f32; n];
        for row in dense.chunks_exact(n) {
            for (unit, weight) in units.iter_mut().zip(row) {
                *unit = unit.max(weight.abs() / WEIGHT_LARGEST);
            }
        }
        let fixed = |row: usize, column: usize| match dense.get(row * n + column) {
            // No weight is 0 / 0 units: that is 0 as an integer.
            Some(weight) => (weight / units[column]).round() as i16,
            None => 0,
        };
        let pair = |panel: usize, pair: usize| {
            std::array::from_fn(|line| {
                Line(std::array::from_fn(|lane| {
                    let column = panel * PANEL + line * 16 + lane;
                    [fixed(2 * pair, column), fixed(2 * pair + 1, column)]
                }))
            })
        };
        let count = k.div_ceil(2);
        let first = all.len();
        for panel in 0..n / PANEL {
            all.extend((0..count).map(|at| pair(panel, at)));
        }
        FixedMatrix {
            k,
            pairs: first..all.len(),
            units,
            instructions: Instructions::best(),
        }
    }

    /// Columns, with those that fill up the last panel.
    pub fn padded(&self) -> usize {
        self.units.len()
    }

    /// `out = start + x W`, all `[padded]`.
    pub fn multiply(
        &self,
        memory: &FixedMemory,
        x: &FixedInput,
        start: &[f32],
        out: &mut Vec<f32>,
    ) {
        out.resize(self.padded(), 0.0);
        let panels = memory.pairs()[self.pairs.clone()].chunks_exact(self.k.div_ceil(2));
        let starts = start.as_chunks::<PANEL>().0.iter();
        let outs = out.as_chunks_mut::<PANEL>().0.iter_mut();
        let units = self.units.as_chunks::<PANEL>().0;
        for (((pairs, units), start), out) in panels.zip(units).zip(starts).zip(outs) {
            let inputs = x.high.chunks(SAFE_PAIRS).zip(x.low.chunks(SAFE_PAIRS));
            for (i, (pairs, (high, low))) in pairs.chunks(SAFE_PAIRS).zip(inputs).enumerate() {
                let so_far;
                let start = if i == 0 {
                    start
                } else {
                    so_far = *out;
                    &so_far
                };
                let unit = x.unit;
                let x = Digits { high, low, unit };
                self.instructions.add_panel(pairs, x, units, start, out);
            }
        }
    }
}

impl FixedInput {
    /// Replace it by `x`.
    pub fn set(&mut self, x: &[f32]) {
        let pairs = x.len().div_ceil(2);
        self.high.resize(pairs, [0; 2]);
        self.low.resize(pairs, [0; 2]);
        self.unit = digits(x, self.high.as_flattened_mut(), self.low.as_flattened_mut());
    }
}

/// Both digits of each value, and what the lower's unit is worth: not a number if a value is not
/// finite, so that neither is a product.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl", "x86_64+avx2"))]
fn digits(x: &[f32], high: &mut [i16], low: &mut [i16]) -> f32 {
    // Bits without sign are ordered as the values are, and what is not a number comes last.
    let largest = x.iter().map(|x| x.to_bits() & 0x7FFF_FFFF).max();
    let largest = f32::from_bits(largest.unwrap_or(0));
    if !largest.is_finite() {
        high.fill(0);
        low.fill(0);
        return f32::NAN;
    }
    // Smaller ones are nothing, and their scale would be infinite.
    let scale = INPUT_LARGEST / largest.max(1e-30);
    for ((x, high), low) in x.iter().zip(&mut *high).zip(&mut *low) {
        // Rounds to an integer, which the lower bits then are.
        let whole = (x * scale + ROUND).to_bits() as i32 - ROUND.to_bits() as i32;
        let upper = (whole + BASE / 2) >> BASE.ilog2();
        *high = upper as i16;
        *low = (whole - upper * BASE) as i16;
    }
    // What fills up the last pair.
    high[x.len()..].fill(0);
    low[x.len()..].fill(0);
    1.0 / scale
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers in (-1, 1) that a seed repeats.
    fn noise(seed: u64) -> impl FnMut() -> f32 {
        let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
        move || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state >> 40) as f32 / 8_388_608.0 - 1.0
        }
    }

    struct Case {
        weights: Vec<f32>,
        x: Vec<f32>,
        start: Vec<f32>,
        matrix: FixedMatrix,
        memory: FixedMemory,
    }

    fn case(k: usize, n: usize, size: f32) -> Case {
        let mut next = noise((k * 1000 + n) as u64);
        let weights: Vec<f32> = (0..k * n).map(|_| next()).collect();
        let x: Vec<f32> = (0..k).map(|_| size * next()).collect();
        let mut all = Vec::new();
        let matrix = FixedMatrix::new(&mut all, &[&weights], k, &[n]);
        let start = (0..matrix.padded()).map(|_| next()).collect();
        let memory = FixedMemory::new(all);
        Case {
            weights,
            x,
            start,
            matrix,
            memory,
        }
    }

    fn product(case: &Case) -> Vec<f32> {
        let (mut x, mut out) = (FixedInput::default(), Vec::new());
        x.set(&case.x);
        let matrix = &case.matrix;
        matrix.multiply(&case.memory, &x, &case.start, &mut out);
        out
    }

    const SHAPES: [(usize, usize); 8] = [
        (1, 1),
        (2, 63),
        (3, 64),
        (7, 65),
        (192, 768),
        (255, 130),
        (257, 96),
        (1024, 200),
    ];

    #[test]
    fn a_product_is_that_of_the_weights() {
        for (k, n) in SHAPES {
            for size in [1e-6, 1.0, 1e4] {
                let case = case(k, n, size);
                let out = product(&case);
                let largest = case.x.iter().fold(0f32, |most, x| most.max(x.abs()));
                for (column, &out) in out.iter().enumerate().take(n) {
                    let exact: f64 = (0..k)
                        .map(|row| {
                            f64::from(case.x[row]) * f64::from(case.weights[row * n + column])
                        })
                        .sum();
                    let exact = exact + f64::from(case.start[column]);
                    // Half a unit of each weight and of each input, at worst all in one direction;
                    // and what f32 holds of the result.
                    let units = 0.5 / 32767.0 + 0.5 / f64::from(INPUT_LARGEST);
                    let bound = units * k as f64 * f64::from(largest) + 1e-6 * (1.0 + exact.abs());
                    let off = (f64::from(out) - exact).abs();
                    assert!(off <= bound, "{k} x {n}, size {size}: {off} > {bound}");
                }
            }
        }
    }

    #[test]
    fn all_instructions_give_the_same_bits() {
        for (k, n) in SHAPES {
            let mut case = case(k, n, 2.0);
            case.matrix.instructions = Instructions::Portable;
            let expected = product(&case);
            for instructions in Instructions::all() {
                case.matrix.instructions = instructions;
                assert_eq!(product(&case), expected, "{instructions:?}, {k} x {n}");
            }
        }
    }

    #[test]
    fn the_largest_values_fit_into_the_sums() {
        let k = 1024;
        let mut all = Vec::new();
        let matrix = FixedMatrix::new(&mut all, &[&vec![-1.0; k]], k, &[1]);
        let memory = FixedMemory::new(all);
        let (mut x, mut out) = (FixedInput::default(), Vec::new());
        for value in [1.0, -1.0, 0.498_046_88] {
            x.set(&vec![value; k]);
            matrix.multiply(&memory, &x, &[0.0; PANEL], &mut out);
            let exact = -value * k as f32;
            assert!(
                (out[0] - exact).abs() <= 1e-6 * exact.abs(),
                "{} != {exact}",
                out[0]
            );
        }
    }

    #[test]
    fn what_is_no_number_stays_none() {
        let mut case = case(5, 3, 1.0);
        for value in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            case.x[2] = value;
            assert!(product(&case)[..3].iter().all(|out| out.is_nan()));
        }
        case.x = vec![0.0; 5];
        assert_eq!(product(&case)[..3], case.start[..3]);
    }
}
