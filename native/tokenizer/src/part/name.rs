//! The part that a track's name tells.

use super::Part;

/// Words of musicians, as `bridge/music/parts.ts` has them for a new part, and what tracks are called besides.
const WORDS: [(&str, Part); 33] = [
    ("drum", Part::Drums),
    ("drums", Part::Drums),
    ("drumkit", Part::Drums),
    ("drumset", Part::Drums),
    ("kit", Part::Drums),
    ("percussion", Part::Drums),
    ("perc", Part::Drums),
    ("beat", Part::Drums),
    ("bass", Part::Bass),
    ("bassline", Part::Bass),
    ("chord", Part::Chords),
    ("chords", Part::Chords),
    ("comping", Part::Chords),
    ("comp", Part::Chords),
    ("rhythm", Part::Chords),
    ("melody", Part::Melody),
    ("lead", Part::Melody),
    ("tune", Part::Melody),
    ("solo", Part::Melody),
    ("vocal", Part::Melody),
    ("vocals", Part::Melody),
    ("vox", Part::Melody),
    ("counter", Part::Counter),
    ("countermelody", Part::Counter),
    ("harmony", Part::Counter),
    ("pad", Part::Pad),
    ("pads", Part::Pad),
    ("strings", Part::Pad),
    ("arp", Part::Arp),
    ("arps", Part::Arp),
    ("arpeggio", Part::Arp),
    ("arpeggios", Part::Arp),
    ("arpeggiator", Part::Arp),
];

/// Of several words that say one the first counts, but drums are drums whatever is said of them: "Bass drum".
///
/// `None` where no word says any, such as "Piano" or "Bassoon".
pub fn part_of_name(name: &str) -> Option<Part> {
    let lower = name.to_lowercase();
    let words = lower.split(|letter: char| !letter.is_alphabetic());
    let found: Vec<Part> = words
        .filter_map(|word| WORDS.iter().find(|(known, _)| *known == word))
        .map(|&(_, part)| part)
        .collect();
    match found.contains(&Part::Drums) {
        true => Some(Part::Drums),
        false => found.first().copied(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_what_a_track_does() {
        for part in Part::ALL {
            assert_eq!(part_of_name(part.name()), Some(part));
        }
        for (name, part) in [
            ("BASS 2", Some(Part::Bass)),
            ("02_synth-bass (DI)", Some(Part::Bass)),
            ("Bass drum", Some(Part::Drums)),
            ("Counter-melody", Some(Part::Counter)),
            ("Lead vox", Some(Part::Melody)),
            ("Rhythm guitar", Some(Part::Chords)),
            ("Slow Strings", Some(Part::Pad)),
            ("Bassoon", None),
            ("Padua", None),
            ("Piano", None),
            ("Флейта", None),
            ("", None),
        ] {
            assert_eq!(part_of_name(name), part, "{name}");
        }
    }
}
