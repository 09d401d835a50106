//! Chance that repeats: every piece is a function of its seed.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// A stream of random choices.
pub struct Dice(ChaCha8Rng);

impl Dice {
    pub fn new(seed: u64) -> Dice {
        Dice(ChaCha8Rng::seed_from_u64(seed))
    }

    /// A stream of its own, so that more choices in one place change nothing in another.
    pub fn branch(&mut self) -> Dice {
        Dice::new(self.0.next_u64())
    }

    /// A player's choice at a place: mostly what was chosen there before.
    pub fn habit(&mut self, seed: u64, slot: u64) -> Dice {
        if self.chance(0.85) {
            Dice::new(seed ^ slot.wrapping_mul(0x9E37_79B9_7F4A_7C15))
        } else {
            self.branch()
        }
    }

    /// A seed for habits.
    pub fn seed(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// In [0, 1).
    pub fn uniform(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// In [0, `limit`); 0 for a limit of 0.
    pub fn below(&mut self, limit: usize) -> usize {
        ((u128::from(self.0.next_u64()) * limit as u128) >> 64) as usize
    }

    /// In [`low`, `high`].
    pub fn between(&mut self, low: i32, high: i32) -> i32 {
        low + self.below((high - low).max(0) as usize + 1) as i32
    }

    pub fn chance(&mut self, probability: f64) -> bool {
        self.uniform() < probability
    }

    /// One of some choices, which are not empty.
    pub fn pick<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        &choices[self.below(choices.len())]
    }

    /// Mean 0, deviation 1: the sum of twelve uniforms.
    pub fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.uniform()).sum::<f64>() - 6.0
    }
}
