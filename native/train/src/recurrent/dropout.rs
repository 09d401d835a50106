//! Alpha dropout of the blocks: which values it takes, and what becomes of the others.

use continuo_model::recurrent::{SELU_ALPHA, SELU_SCALE};

/// Share of a block's outputs that alpha dropout replaces in training.
pub const DROPOUT: f32 = 0.01;

/// Alpha dropout keeps mean and variance: `scale * x + shift`, and a fixed value where dropped.
pub struct AlphaDropout {
    pub scale: f32,
    pub shift: f32,
    pub dropped: f32,
}

impl AlphaDropout {
    #[allow(clippy::new_without_default)] // computed, not empty
    pub fn new() -> AlphaDropout {
        let (keep, low) = (1.0 - DROPOUT, -SELU_SCALE * SELU_ALPHA);
        let scale = (keep + low * low * keep * DROPOUT).sqrt().recip();
        let shift = -scale * low * DROPOUT;
        AlphaDropout {
            scale,
            shift,
            dropped: scale * low + shift,
        }
    }
}

/// Which values dropout takes: the gaps between them are geometric, so that only those cost a draw.
pub(super) struct Gaps {
    state: u64,
    /// Values to pass before the next that is dropped.
    left: usize,
}

impl Gaps {
    pub fn new(seed: u64) -> Gaps {
        let mut gaps = Gaps {
            state: seed,
            left: 0,
        };
        gaps.left = gaps.gap();
        gaps
    }

    /// SplitMix64 (Steele, Lea, Flood 2014).
    fn gap(&mut self) -> usize {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        let uniform = ((z ^ (z >> 31)) >> 40) as f32 / (1u64 << 24) as f32;
        ((1.0 - uniform).ln() / (1.0 - DROPOUT).ln()) as usize
    }

    /// The dropped ones of the next `len` values.
    pub fn indices(&mut self, len: usize, indices: &mut Vec<u32>) {
        indices.clear();
        while self.left < len {
            indices.push(self.left as u32);
            self.left += 1 + self.gap();
        }
        self.left -= len;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dropout_takes_its_share_wherever_a_chunk_ends() {
        let (mut gaps, mut indices, mut count) = (Gaps::new(3), Vec::new(), 0);
        for len in (0..400).map(|i| 1000 + i) {
            gaps.indices(len, &mut indices);
            assert!(indices.iter().all(|&k| (k as usize) < len));
            count += indices.len();
        }
        let share = count as f32 / (0..400).map(|i| 1000 + i).sum::<usize>() as f32;
        assert!((share - DROPOUT).abs() < 0.0005, "{share}");
    }

    #[test]
    fn alpha_dropout_keeps_mean_and_variance() {
        let d = AlphaDropout::new();
        let (keep, drop) = (f64::from(1.0 - DROPOUT), f64::from(DROPOUT));
        let (shift, scale, dropped) =
            (f64::from(d.shift), f64::from(d.scale), f64::from(d.dropped));
        let mean = keep * shift + drop * dropped;
        let square = keep * (scale * scale + shift * shift) + drop * dropped * dropped;
        assert!(
            mean.abs() < 1e-6 && (square - 1.0).abs() < 1e-5,
            "{mean} {square}"
        );
    }
}
