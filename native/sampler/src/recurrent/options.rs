//! How notes of a recurrent model are drawn.

use crate::error::SamplerError;

/// How notes are drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct StreamOptions {
    pub seed: u64,
    /// Logit divisor, 0.05-5.
    pub temperature: f32,
    /// Smallest set of pitches with this mass, in (0, 1]; 1 is off.
    pub top_p: f32,
    /// Spread of delay, duration and volume around what is predicted: 0 takes it as it is, 0.1
    /// changes it by about a tenth.
    pub noise: f32,
    /// Delays are drawn, pace and loudness stay as they were, and nothing repeats for ever. Else all values are
    /// what is predicted, as Howl's are.
    pub is_steady: bool,
}

impl Default for StreamOptions {
    fn default() -> StreamOptions {
        StreamOptions {
            seed: 0,
            temperature: 0.9,
            top_p: 0.95,
            noise: 0.0,
            is_steady: false,
        }
    }
}

impl StreamOptions {
    /// Errors: `TEMPERATURE_OUT_OF_RANGE`, `TOP_P_OUT_OF_RANGE`, `NOISE_OUT_OF_RANGE`.
    pub fn check(&self) -> Result<(), SamplerError> {
        let limits = [
            (
                "TEMPERATURE_OUT_OF_RANGE",
                "temperature",
                self.temperature,
                0.05,
                5.0,
                "0.05 to 5",
            ),
            (
                "TOP_P_OUT_OF_RANGE",
                "top-p",
                self.top_p,
                1e-6,
                1.0,
                "above 0 and at most 1",
            ),
            (
                "NOISE_OUT_OF_RANGE",
                "noise",
                self.noise,
                0.0,
                1.0,
                "0 to 1",
            ),
        ];
        for (code, name, value, low, high, limit) in limits {
            if !(value >= low && value <= high) {
                return Err(SamplerError::OptionOutOfRange {
                    code,
                    name,
                    value: value.to_string(),
                    limit,
                });
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_out_of_range_have_their_codes() {
        let with = |change: fn(&mut StreamOptions)| {
            let mut options = StreamOptions::default();
            change(&mut options);
            options.check().err().map(|e| e.code())
        };
        assert_eq!(
            with(|o| o.temperature = 0.0),
            Some("TEMPERATURE_OUT_OF_RANGE")
        );
        assert_eq!(with(|o| o.top_p = f32::NAN), Some("TOP_P_OUT_OF_RANGE"));
        assert_eq!(with(|o| o.noise = 1.5), Some("NOISE_OUT_OF_RANGE"));
    }
}
