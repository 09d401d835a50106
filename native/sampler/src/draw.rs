//! One draw from logits: temperature, top-k, top-p, min-p, and an integer-exact choice.

use crate::request::Sampling;
use rand_chacha::ChaCha12Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// Resolution of a probability when it is drawn.
const FIXED_POINT: f64 = 4_294_967_296.0;

/// A class and its natural log-probability at temperature 1, among what the mask allows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Drawn {
    pub class: usize,
    pub log_prob: f64,
}

/// The random stream of one candidate.
pub(crate) fn stream(seed: u64) -> ChaCha12Rng {
    ChaCha12Rng::seed_from_u64(seed)
}

/// Seed of candidate `index` of a fill; the first has the fill's own. Below 2^53, as JSON needs.
pub fn candidate_seed(seed: u64, index: u64) -> u64 {
    if index == 0 {
        return seed;
    }
    // SplitMix64 finaliser (Steele, Lea, Flood 2014).
    let mut z = seed.wrapping_add(index.wrapping_mul(0x9E37_79B9_7F4A_7C15));
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    (z ^ (z >> 31)) >> 11
}

/// Draws classes; holds the room that a draw needs.
#[derive(Debug, Default)]
pub(crate) struct Drawer {
    /// (class, probability) of what is still possible, likeliest first.
    kept: Vec<(usize, f64)>,
}

impl Drawer {
    /// Draw a class of `logits`; minus infinity marks what the mask forbids.
    ///
    /// The probabilities are turned into 32-bit integers before the draw, so that it does not depend
    /// on the order of additions. `None` if nothing is allowed. Ties keep the lower class.
    pub fn draw(
        &mut self,
        logits: &[f32],
        sampling: &Sampling,
        random: &mut ChaCha12Rng,
    ) -> Option<Drawn> {
        let largest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        if !largest.is_finite() {
            return None;
        }
        let (largest, temperature) = (f64::from(largest), f64::from(sampling.temperature));
        let above = |logit: f32| f64::from(logit) - largest;
        let plain: f64 = logits.iter().map(|&l| above(l).exp()).sum();
        self.kept.clear();
        let allowed = logits
            .iter()
            .enumerate()
            .filter(|(_, l)| **l > f32::NEG_INFINITY);
        self.kept
            .extend(allowed.map(|(class, &l)| (class, (above(l) / temperature).exp())));
        self.keep(sampling);
        let class = choose(&self.kept, random);
        let log_prob = above(logits[class]) - plain.ln();
        Some(Drawn { class, log_prob })
    }

    /// Cut by top-k, top-p and min-p. Source of top-p: Holtzman et al. 2020.
    fn keep(&mut self, sampling: &Sampling) {
        let is_off = sampling.top_k.is_none() && sampling.top_p >= 1.0 && sampling.min_p <= 0.0;
        if is_off {
            return;
        }
        self.kept
            .sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        let total: f64 = self.kept.iter().map(|k| k.1).sum();
        if let Some(top_k) = sampling.top_k {
            self.kept.truncate(top_k.max(1));
        }
        let least = self.kept[0].1 * f64::from(sampling.min_p);
        let (mut mass, mut count) = (0.0, 0);
        while count < self.kept.len() {
            let weight = self.kept[count].1;
            if count > 0 && (weight < least || mass >= f64::from(sampling.top_p) * total) {
                break;
            }
            mass += weight;
            count += 1;
        }
        self.kept.truncate(count);
    }
}

/// One of the classes, each as likely as its weight in fixed point, at least 1.
fn choose(kept: &[(usize, f64)], random: &mut ChaCha12Rng) -> usize {
    let total: f64 = kept.iter().map(|k| k.1).sum();
    let share = |weight: f64| ((weight / total * FIXED_POINT) as u64).max(1);
    let sum: u64 = kept.iter().map(|k| share(k.1)).sum();
    let mut ticket = ((u128::from(random.next_u64()) * u128::from(sum)) >> 64) as u64;
    for &(class, weight) in kept {
        match ticket.checked_sub(share(weight)) {
            Some(rest) => ticket = rest,
            None => return class,
        }
    }
    kept.last().map_or(0, |k| k.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DRAWS: usize = 40_000;

    fn frequencies(logits: &[f32], sampling: &Sampling) -> Vec<f64> {
        let (mut drawer, mut random) = (Drawer::default(), stream(3));
        let mut counts = vec![0.0; logits.len()];
        for _ in 0..DRAWS {
            let drawn = drawer.draw(logits, sampling, &mut random).expect("a class");
            counts[drawn.class] += 1.0 / DRAWS as f64;
        }
        counts
    }

    fn plain() -> Sampling {
        Sampling {
            temperature: 1.0,
            top_p: 1.0,
            ..Sampling::default()
        }
    }

    /// Four standard deviations of a share.
    fn assert_shares(found: &[f64], expected: &[f64]) {
        for (f, e) in found.iter().zip(expected) {
            let tolerance = 4.0 * (e * (1.0 - e) / DRAWS as f64).sqrt() + 1e-9;
            assert!((f - e).abs() <= tolerance, "{found:?} against {expected:?}");
        }
    }

    fn logs(shares: &[f32]) -> Vec<f32> {
        shares.iter().map(|s| s.ln()).collect()
    }

    #[test]
    fn frequencies_are_those_of_the_softmax() {
        let shares = [0.5, 0.3, 0.15, 0.05, 0.0];
        assert_shares(
            &frequencies(&logs(&shares), &plain()),
            &[0.5, 0.3, 0.15, 0.05, 0.0],
        );
    }

    #[test]
    fn temperature_sharpens_and_flattens() {
        let logits = logs(&[0.8, 0.2]);
        let half = Sampling {
            temperature: 0.5,
            ..plain()
        };
        assert_shares(&frequencies(&logits, &half), &[0.64 / 0.68, 0.04 / 0.68]);
        let double = Sampling {
            temperature: 2.0,
            ..plain()
        };
        let (a, b) = (0.8f64.sqrt(), 0.2f64.sqrt());
        assert_shares(&frequencies(&logits, &double), &[a / (a + b), b / (a + b)]);
    }

    #[test]
    fn top_p_keeps_the_smallest_set_with_the_mass() {
        let logits = logs(&[0.1, 0.5, 0.3, 0.1]);
        let sampling = Sampling {
            top_p: 0.75,
            ..plain()
        };
        assert_shares(&frequencies(&logits, &sampling), &[0.0, 0.625, 0.375, 0.0]);
        // A tie at the edge keeps the lower class.
        let sampling = Sampling {
            top_p: 0.85,
            ..plain()
        };
        assert_shares(
            &frequencies(&logits, &sampling),
            &[1.0 / 9.0, 5.0 / 9.0, 3.0 / 9.0, 0.0],
        );
        let tiny = Sampling {
            top_p: 1e-6,
            ..plain()
        };
        assert_shares(&frequencies(&logits, &tiny), &[0.0, 1.0, 0.0, 0.0]);
    }

    #[test]
    fn top_k_and_min_p_cut_the_tail() {
        let logits = logs(&[0.1, 0.5, 0.3, 0.1]);
        let sampling = Sampling {
            top_k: Some(2),
            ..plain()
        };
        assert_shares(&frequencies(&logits, &sampling), &[0.0, 0.625, 0.375, 0.0]);
        let sampling = Sampling {
            min_p: 0.5,
            ..plain()
        };
        assert_shares(&frequencies(&logits, &sampling), &[0.0, 0.625, 0.375, 0.0]);
    }

    #[test]
    fn log_probability_is_that_of_the_untouched_distribution() {
        let sampling = Sampling {
            temperature: 0.3,
            top_p: 0.1,
            ..plain()
        };
        let logits = [f32::NEG_INFINITY, 0.75f32.ln(), 0.25f32.ln()];
        let drawn = Drawer::default()
            .draw(&logits, &sampling, &mut stream(0))
            .expect("a class");
        assert_eq!(drawn.class, 1);
        assert!((drawn.log_prob - 0.75f64.ln()).abs() < 1e-6);
    }

    #[test]
    fn nothing_allowed_or_not_a_number_gives_no_class() {
        let mut drawer = Drawer::default();
        for logits in [&[f32::NEG_INFINITY; 3][..], &[], &[f32::NAN]] {
            assert_eq!(drawer.draw(logits, &plain(), &mut stream(0)), None);
        }
    }

    #[test]
    fn seeds_of_candidates_differ_and_fit_json() {
        let seeds: Vec<u64> = (0..64).map(|k| candidate_seed(9, k)).collect();
        assert_eq!(seeds[0], 9);
        assert!(seeds.iter().all(|&s| s < 1 << 53));
        let mut unique = seeds.clone();
        unique.sort_unstable();
        unique.dedup();
        assert_eq!(unique.len(), seeds.len());
    }
}
