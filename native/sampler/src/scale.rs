//! Scales by name, and the scale of some notes.

pub(crate) mod modes;
mod spelling;

use crate::error::SamplerError;
use continuo_tokenizer::key::{self, Key};
use modes::{MODES, mode_names};
use std::fmt;
use std::str::FromStr;

const TONIC_NAMES: [&str; 12] = [
    "C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B",
];

/// Pitch classes that are allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scale {
    /// Pitch class 0-11; C is 0.
    pub tonic: u8,
    /// Bit i: the class i semitones above the tonic belongs to it.
    mode: u16,
}

/// The scale constraint of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ScaleChoice {
    /// The one estimated from the surroundings; no constraint where nothing sounds.
    Auto,
    Named(Scale),
    /// A name that is not a scale; the check of the request refuses it.
    Unknown(String),
}

#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for ScaleChoice {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<ScaleChoice, D::Error> {
        let name = String::deserialize(deserializer)?;
        Ok(name.parse().unwrap_or(ScaleChoice::Unknown(name)))
    }
}

impl Scale {
    pub fn contains(&self, pitch: u8) -> bool {
        let degree = (u16::from(pitch) + 12 - u16::from(self.tonic)) % 12;
        self.mode >> degree & 1 == 1
    }

    /// Bit p: MIDI pitch p belongs to it.
    pub(crate) fn pitches(&self) -> u128 {
        (0..128u8)
            .filter(|&p| self.contains(p))
            .fold(0, |set, p| set | 1 << p)
    }

    /// The scale of a chroma (any weights per pitch class); `None` where it is empty.
    ///
    /// Minor keys allow the raised sixth and seventh, as melodies in minor use both.
    pub fn estimate(chroma: &[f32; 12]) -> Option<Scale> {
        let Key { tonic, is_minor } = key::estimate(chroma)?;
        let mode = if is_minor {
            0b1111_1010_1101
        } else {
            MODES[0].1
        };
        Some(Scale { tonic, mode })
    }
}

impl fmt::Display for Scale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mode = MODES
            .iter()
            .find(|(_, bits)| *bits == self.mode)
            .map_or("minor", |(name, _)| name);
        write!(f, "{} {mode}", TONIC_NAMES[usize::from(self.tonic % 12)])
    }
}

impl FromStr for ScaleChoice {
    type Err = SamplerError;

    /// "auto", or a tonic and a mode, as people write them (see `spelling`).
    fn from_str(text: &str) -> Result<ScaleChoice, SamplerError> {
        if text.trim().eq_ignore_ascii_case("auto") {
            return Ok(ScaleChoice::Auto);
        }
        let mode = |name: &str| {
            let known = MODES.iter().find(|(known, _)| *known == name);
            known.map(|(_, bits)| *bits)
        };
        let spelled = spelling::read(text, |name| mode(name).is_some());
        match spelled {
            Ok((tonic, name)) => Ok(ScaleChoice::Named(Scale {
                tonic,
                mode: mode(&name).unwrap_or(MODES[0].1),
            })),
            Err(tonic) => Err(SamplerError::ScaleUnknown {
                name: text.to_owned(),
                suggestion: tonic.and_then(|(tonic, wanted)| {
                    let near = spelling::nearest(&wanted, &mode_names())?;
                    Some(format!("{} {near}", TONIC_NAMES[usize::from(tonic % 12)]))
                }),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn classes(name: &str) -> Vec<u8> {
        match name.parse() {
            Ok(ScaleChoice::Named(scale)) => (0..12).filter(|&p| scale.contains(p)).collect(),
            other => panic!("{name}: {other:?}"),
        }
    }

    #[test]
    fn names_give_the_pitch_classes_of_theory_books() {
        assert_eq!(classes("C major"), [0, 2, 4, 5, 7, 9, 11]);
        assert_eq!(classes("D dorian"), [0, 2, 4, 5, 7, 9, 11]);
        assert_eq!(classes("a minor"), [0, 2, 4, 5, 7, 9, 11]);
        assert_eq!(classes("e PHRYGIAN"), [0, 2, 4, 5, 7, 9, 11]);
        assert_eq!(classes("F lydian"), [0, 2, 4, 5, 7, 9, 11]);
        assert_eq!(classes("G mixolydian"), [0, 2, 4, 5, 7, 9, 11]);
        assert_eq!(classes("B locrian"), [0, 2, 4, 5, 7, 9, 11]);
        assert_eq!(classes("A harmonic minor"), [0, 2, 4, 5, 8, 9, 11]);
        assert_eq!(classes("A melodic minor"), [0, 2, 4, 6, 8, 9, 11]);
        assert_eq!(classes("C major pentatonic"), [0, 2, 4, 7, 9]);
        assert_eq!(classes("A minor pentatonic"), [0, 2, 4, 7, 9]);
        assert_eq!(classes("C blues"), [0, 3, 5, 6, 7, 10]);
        assert_eq!(classes("Bb major"), classes("a# ionian"));
    }

    #[test]
    fn names_as_people_write_them() {
        for (name, plain) in [
            ("C", "C major"),
            ("F#", "F# major"),
            ("F\u{266f}", "F# major"),
            ("Bb", "Bb major"),
            ("B", "B major"),
            ("Bbm", "Bb minor"),
            ("B\u{266d}m", "Bb minor"),
            ("Bm", "B minor"),
            ("am", "A minor"),
            ("AM", "A major"),
            ("Cmaj", "C major"),
            ("e min", "E minor"),
            ("F sharp minor", "F# minor"),
            ("B-flat minor", "Bb minor"),
            ("a natural minor", "A minor"),
            ("D dorian mode", "D dorian"),
            ("G blues scale", "G blues"),
            ("C pentatonic", "C major pentatonic"),
            ("Am pentatonic", "A minor pentatonic"),
            ("A harmonic", "A harmonic minor"),
            ("E_minor", "E minor"),
            ("H-moll", "B minor"),
            ("H dur", "B major"),
            ("B-Dur", "Bb major"),
            ("b moll", "Bb minor"),
            ("Bb-moll", "Bb minor"),
            ("Cis-Moll", "C# minor"),
            ("fis moll", "F# minor"),
            ("Es-Dur", "Eb major"),
            ("as moll", "Ab minor"),
            ("Des dur", "C# major"),
            ("a harmonisch moll", "A harmonic minor"),
        ] {
            let found: ScaleChoice = name.parse().unwrap_or_else(|_| panic!("{name}"));
            assert_eq!(Ok(found), plain.parse().map_err(|_| ()), "{name}");
        }
    }

    #[test]
    fn what_is_not_a_scale_is_refused() {
        for name in [
            "",
            "J major",
            "C## major",
            "\u{e9} minor",
            "auto x",
            "minor",
        ] {
            let error = name.parse::<ScaleChoice>().map_err(|e| e.code());
            assert_eq!(error, Err("SCALE_UNKNOWN"), "{name}");
        }
        assert_eq!(
            " AUTO ".parse::<ScaleChoice>().ok(),
            Some(ScaleChoice::Auto)
        );
    }

    #[test]
    fn a_near_miss_is_told() {
        let message = |name: &str| name.parse::<ScaleChoice>().unwrap_err().to_string();
        assert!(message("D dorain").ends_with("did you mean \"D dorian\"?"));
        assert!(message("h phrigian").ends_with("did you mean \"B phrygian\"?"));
        assert!(message("C mjaor").ends_with("did you mean \"C major\"?"));
        assert!(message("C something else").contains("mixolydian"));
        assert!(message("nothing").contains("a tonic and a mode"));
    }
}
