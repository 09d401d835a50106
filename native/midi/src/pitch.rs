//! Names of pitches.

const NAMES: [&str; 12] = [
    "C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B",
];

/// Such as "F#3"; 60 is C4, as in `bridge/music/pitch.ts`.
pub fn pitch_name(pitch: u8) -> String {
    let octave = i16::from(pitch / 12) - 1;
    format!("{}{octave}", NAMES[usize::from(pitch % 12)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn middle_c_is_in_the_fourth_octave() {
        assert_eq!([0, 54, 60, 127].map(pitch_name), ["C-1", "F#3", "C4", "G9"]);
    }
}
