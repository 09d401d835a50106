//! The gain of a run on its held-out pieces, piece by piece, with its standard error.

use serde::{Deserialize, Serialize};

/// Loss of a note on each held-out piece that is measured: at the start, and by the best weights.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PieceLosses {
    #[serde(default)]
    pub before: Vec<f64>,
    #[serde(default)]
    pub best: Vec<f64>,
}

/// The mean over pieces of the loss after less the loss before; below 0 is better.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Gain {
    pub pieces: usize,
    pub mean: f64,
    /// None of a single piece.
    pub standard_error: Option<f64>,
}

impl Gain {
    /// None if the pieces differ, or there are none.
    pub fn of(before: &[f64], after: &[f64]) -> Option<Gain> {
        let pieces = before.len();
        if pieces == 0 || pieces != after.len() {
            return None;
        }
        let differences = || {
            before
                .iter()
                .zip(after)
                .map(|(before, after)| after - before)
        };
        let mean = differences().sum::<f64>() / pieces as f64;
        let squares: f64 = differences().map(|d| (d - mean) * (d - mean)).sum();
        let variance = squares / (pieces as f64 - 1.0);
        Some(Gain {
            pieces,
            mean,
            standard_error: (pieces > 1).then(|| (variance / pieces as f64).sqrt()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gain_is_the_mean_difference_with_its_standard_error() {
        let gain = Gain::of(&[3.0, 2.0, 4.0, 3.0], &[2.9, 2.1, 3.6, 2.8]).expect("four pieces");
        assert_eq!(gain.pieces, 4);
        assert!((gain.mean + 0.15).abs() < 1e-12, "{gain:?}");
        // Differences -0.1, 0.1, -0.4, -0.2: their deviation is 0.20817.
        let error = gain.standard_error.expect("of several");
        assert!((error - 0.104_083).abs() < 1e-6, "{error}");
        let one = Gain::of(&[3.0], &[2.5]).expect("one piece");
        assert_eq!((one.mean, one.standard_error), (-0.5, None));
        assert_eq!(Gain::of(&[], &[]), None);
        assert_eq!(Gain::of(&[1.0], &[1.0, 2.0]), None);
    }
}
