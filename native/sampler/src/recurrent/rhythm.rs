//! The delay before the next note, sampled so that its mean is the network's prediction.
//!
//! The network predicts the mean of all likely delays, as Howl's does: between none, inside a chord, and a whole
//! beat. A note played at the mean fits neither, and fed back it draws the next mean towards it, until the music is a
//! fast and even stream. So the delay is either zero or a recent one, in the proportions that keep the mean. Chords
//! rise in pitch, so a pitch not above the last one starts a new chord: the pitch head gives its probability.

use super::heard::Heard;
use continuo_tokenizer::howl::CLASSES;

/// Onsets nearer than this are one chord.
const CHORD_SECONDS: f32 = 0.02;
/// A rest longer than this is not one of the rhythm's.
const LONGEST: f32 = 4.0;
/// A delay that was heard is taken if it is so near to what is likely.
const NEAR: f32 = 1.12;

/// Delays heard lately, those inside chords left out.
#[derive(Clone, Debug, Default)]
pub struct Rhythm {
    heard: Heard,
}

impl Rhythm {
    pub fn hear(&mut self, delay: f32) {
        if (CHORD_SECONDS..=LONGEST).contains(&delay) {
            self.heard.hear(delay);
        }
    }

    /// A delay whose mean is `mean` seconds, for a pitch that is drawn already.
    ///
    /// `begins`: the probability that a new chord begins, in [0, 1]; `does_begin`: that of the drawn pitch is
    /// sure. `uniform` gives numbers in [0, 1).
    pub fn draw(
        &self,
        mean: f32,
        begins: f32,
        does_begin: bool,
        mut uniform: impl FnMut() -> f32,
    ) -> f32 {
        let begins = begins.clamp(0.02, 1.0);
        let low = mean.max(CHORD_SECONDS);
        let high = (mean / begins).clamp(low, LONGEST.max(low));
        let delay = self.heard.draw((low, high), NEAR, &mut uniform);
        if does_begin {
            return delay;
        }
        // What keeps the mean, where a new chord has a probability of `begins` already.
        let rest = (mean / delay - begins) / (1.0 - begins).max(1e-3);
        if uniform() < rest { delay } else { 0.0 }
    }
}

/// The probability that the next pitch is not above class `last`, of its logits at temperature 1.
pub fn begins(logits: &[f32], last: usize) -> f32 {
    let top = logits.iter().fold(f32::NEG_INFINITY, |top, &l| top.max(l));
    let mass = |logits: &[f32]| logits.iter().map(|l| (l - top).exp()).sum::<f32>();
    let (below, above) = logits.split_at((last + 1).min(logits.len()).min(CLASSES));
    let below = mass(below);
    (below / (below + mass(above))).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recurrent::heard::numbers;

    #[test]
    fn delays_are_those_that_were_heard_and_keep_the_mean() {
        let mut rhythm = Rhythm::default();
        [0.25, 0.5, 0.0, 0.01, 9.0]
            .into_iter()
            .for_each(|d| rhythm.hear(d));
        let mut uniform = numbers();
        // A chord begins in three of ten notes, and the mean is 0.1: 0.25 in four of ten.
        let mut sum = 0.0;
        for note in 0..10_000 {
            let delay = rhythm.draw(0.1, 0.3, note % 10 < 3, &mut uniform);
            assert!(delay == 0.0 || delay == 0.25, "{delay}");
            assert!(note % 10 >= 3 || delay > 0.0);
            sum += delay;
        }
        assert!((sum / 10_000.0 - 0.1).abs() < 0.005, "{sum}");
    }

    #[test]
    fn where_nothing_like_it_was_heard_the_mean_says_how_long() {
        let mut uniform = numbers();
        let rhythm = Rhythm::default();
        let first = rhythm.draw(0.2, 0.8, true, &mut uniform);
        assert!((0.2..=0.25).contains(&first), "{first}");
        assert_eq!(rhythm.draw(0.0, 0.0, false, &mut uniform), 0.0);
        assert_eq!(rhythm.draw(f32::NAN, 0.5, false, &mut uniform), 0.0);
    }

    #[test]
    fn a_new_chord_begins_with_a_pitch_that_is_not_above_the_last() {
        let mut logits = [f32::NEG_INFINITY; CLASSES];
        (logits[10], logits[20], logits[30]) = (0.0, 0.0, 0.0);
        for (last, expected) in [(9, 0.0), (10, 1.0 / 3.0), (25, 2.0 / 3.0), (119, 1.0)] {
            assert!((begins(&logits, last) - expected).abs() < 1e-6, "{last}");
        }
    }
}
