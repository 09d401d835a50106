//! Angles by which queries and keys turn: half by step index, half by musical time.

/// Angles of one step; a head has twice as many dimensions.
pub const ANGLES: usize = 32;
const BY_INDEX: usize = 16;

/// Periods in grid ticks: a 32nd to sixteen 4/4 bars, with the triplet and 3/4 families.
const PERIODS: [f32; ANGLES - BY_INDEX] = [
    6.0, 8.0, 12.0, 24.0, 48.0, 72.0, 96.0, 144.0, 192.0, 288.0, 384.0, 576.0, 768.0, 1536.0,
    3072.0, 6144.0,
];

/// Cosines and sines of the angles of one step.
///
/// `index`: the step's place in the sequence. `time`: grid ticks from the region's start.
pub fn rotary_row(index: usize, time: i32) -> ([f32; ANGLES], [f32; ANGLES]) {
    let mut cos = [0.0; ANGLES];
    let mut sin = [0.0; ANGLES];
    for i in 0..ANGLES {
        let angle = if i < BY_INDEX {
            index as f32 * 10_000f32.powf(-(i as f32) / BY_INDEX as f32)
        } else {
            let period = PERIODS[i - BY_INDEX];
            (time as f32).rem_euclid(period) / period * std::f32::consts::TAU
        };
        (sin[i], cos[i]) = angle.sin_cos();
    }
    (cos, sin)
}
