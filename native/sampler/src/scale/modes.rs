//! The modes that a scale can have.

/// Name, and the pitch classes from the tonic: bit i is the class i semitones above it.
pub(super) const MODES: [(&str, u16); 14] = [
    ("major", 0b1010_1011_0101),
    ("ionian", 0b1010_1011_0101),
    ("dorian", 0b0110_1010_1101),
    ("phrygian", 0b0101_1010_1011),
    ("lydian", 0b1010_1101_0101),
    ("mixolydian", 0b0110_1011_0101),
    ("minor", 0b0101_1010_1101),
    ("aeolian", 0b0101_1010_1101),
    ("locrian", 0b0101_0110_1011),
    ("harmonic minor", 0b1001_1010_1101),
    ("melodic minor", 0b1010_1010_1101),
    ("major pentatonic", 0b0010_1001_0101),
    ("minor pentatonic", 0b0100_1010_1001),
    ("blues", 0b0100_1110_1001),
];

/// Names of all modes.
pub(crate) fn mode_names() -> [&'static str; MODES.len()] {
    MODES.map(|(name, _)| name)
}
