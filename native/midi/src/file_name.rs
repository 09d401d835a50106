//! Recognises MIDI files by their names.

use std::path::Path;

/// Plain files, karaoke, files in a RIFF wrapper, and what some programs call them; without the dot.
pub const MIDI_ENDINGS: [&str; 5] = ["mid", "midi", "kar", "rmi", "smf"];

/// Whether a file calls itself MIDI, in small or capital letters.
pub fn is_midi_path(path: &Path) -> bool {
    path.extension().is_some_and(|ending| {
        MIDI_ENDINGS
            .iter()
            .any(|known| ending.eq_ignore_ascii_case(known))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endings_in_any_case() {
        for name in ["a.mid", "ü.MIDI", "b/c.Kar", "d.RMI", "e.f.smf"] {
            assert!(is_midi_path(Path::new(name)), "{name}");
        }
        for name in ["a", "mid", "a.mid.txt", ".mid", "a.midi2", "a.wav"] {
            assert!(!is_midi_path(Path::new(name)), "{name}");
        }
    }

    #[test]
    fn the_bridge_has_the_same_list() {
        let source = include_str!("../../../bridge/music/midi-files.ts");
        let line = source
            .lines()
            .find(|line| line.contains("MIDI_ENDINGS = ["));
        let quoted: Vec<String> = MIDI_ENDINGS.iter().map(|e| format!("\".{e}\"")).collect();
        let expected = format!("MIDI_ENDINGS = [{}]", quoted.join(", "));
        assert!(
            line.is_some_and(|line| line.contains(&expected)),
            "{line:?}"
        );
    }
}
