//! The key of some notes, so that the model sees every piece in the same one.

/// Krumhansl and Kessler's probe-tone profiles (1982), from the tonic up.
const MAJOR: [f32; 12] = [
    6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88,
];
const MINOR: [f32; 12] = [
    6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17,
];

/// A key: tonic pitch class and mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    pub tonic: u8,
    pub is_minor: bool,
}

impl Key {
    /// Pitch class of the major key with the same notes.
    pub fn relative_major(self) -> u8 {
        if self.is_minor {
            (self.tonic + 3) % 12
        } else {
            self.tonic
        }
    }

    /// Semitones, -6..=5, that bring the key to C major or A minor.
    pub fn shift_to_c(self) -> i8 {
        let tonic = self.relative_major() as i8;
        if tonic > 6 { 12 - tonic } else { -tonic }
    }
}

/// Best key of a chroma (`weights[pitch class]`, any scale); `None` where it is empty.
///
/// Correlation with the probe-tone profiles (Krumhansl and Schmuckler); ties take the lower tonic.
pub fn estimate(chroma: &[f32; 12]) -> Option<Key> {
    let total: f32 = chroma.iter().sum();
    if total <= 0.0 {
        return None;
    }
    let mean = total / 12.0;
    let mut best: Option<(f32, Key)> = None;
    for tonic in 0..12u8 {
        for (profile, is_minor) in [(&MAJOR, false), (&MINOR, true)] {
            let profile_mean = profile.iter().sum::<f32>() / 12.0;
            let (mut dot, mut norm) = (0.0, 0.0);
            for (degree, &p) in profile.iter().enumerate() {
                let pc = (usize::from(tonic) + degree) % 12;
                dot += (chroma[pc] - mean) * (p - profile_mean);
                norm += (p - profile_mean) * (p - profile_mean);
            }
            let score = dot / norm.sqrt();
            if best.is_none_or(|(top, _)| score > top + 1e-6) {
                best = Some((score, Key { tonic, is_minor }));
            }
        }
    }
    best.map(|(_, key)| key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_are_recognised_in_all_keys() {
        for tonic in 0..12u8 {
            let mut chroma = [0.0; 12];
            for (degree, weight) in [
                (0, 3.0),
                (2, 1.0),
                (4, 2.0),
                (5, 1.0),
                (7, 2.5),
                (9, 1.0),
                (11, 1.0),
            ] {
                chroma[(usize::from(tonic) + degree) % 12] = weight;
            }
            let key = estimate(&chroma);
            assert_eq!(
                key,
                Some(Key {
                    tonic,
                    is_minor: false
                })
            );
            let shift = key.map_or(0, Key::shift_to_c);
            assert_eq!((tonic as i8 + shift).rem_euclid(12), 0);
            assert!((-6..=5).contains(&shift) || shift == 5, "{shift}");
        }
        assert_eq!(estimate(&[0.0; 12]), None);
    }
}
