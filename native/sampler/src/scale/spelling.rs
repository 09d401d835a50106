//! Names of scales as people write them: "Bbm", "F#", "E♭ major", "C pentatonic", "H-moll".

/// A tonic that was read, and the mode beside it, which there may not be.
type Spelled = (u8, String);

/// Semitones above C of the letters; H is the B of German.
const LETTERS: [(char, u8); 8] = [
    ('c', 0),
    ('d', 2),
    ('e', 4),
    ('f', 5),
    ('g', 7),
    ('a', 9),
    ('b', 11),
    ('h', 11),
];
/// Signs after a letter, and what they add; those of German are tried like all others.
const SIGNS: [(&str, u8); 10] = [
    (" sharp", 1),
    ("sharp", 1),
    (" flat", 11),
    ("flat", 11),
    ("#", 1),
    ("b", 11),
    ("is", 1),
    ("es", 11),
    ("s", 11),
    ("", 0),
];
/// Words that mean another one, or nothing.
const WORDS: [(&str, &str); 22] = [
    ("maj", "major"),
    ("dur", "major"),
    ("m", "minor"),
    ("mi", "minor"),
    ("min", "minor"),
    ("mol", "minor"),
    ("moll", "minor"),
    ("pent", "pentatonic"),
    ("penta", "pentatonic"),
    ("pentatonik", "pentatonic"),
    ("harm", "harmonic"),
    ("harmonisch", "harmonic"),
    ("harmonisches", "harmonic"),
    ("mel", "melodic"),
    ("melodisch", "melodic"),
    ("melodisches", "melodic"),
    ("mixo", "mixolydian"),
    ("nat", ""),
    ("natural", ""),
    ("scale", ""),
    ("mode", ""),
    ("key", ""),
];
/// Modes by a name that leaves something out, or that is turned round.
const MODES: [(&str, &str); 9] = [
    ("", "major"),
    ("pentatonic", "major pentatonic"),
    ("pentatonic major", "major pentatonic"),
    ("pentatonic minor", "minor pentatonic"),
    ("harmonic", "harmonic minor"),
    ("minor harmonic", "harmonic minor"),
    ("melodic", "melodic minor"),
    ("minor melodic", "melodic minor"),
    ("minor blues", "blues"),
];

/// The pitch class and the mode that a text names.
///
/// Errors: what could be read of a text that names none.
pub(super) fn read(text: &str, is_mode: impl Fn(&str) -> bool) -> Result<Spelled, Option<Spelled>> {
    let trimmed = text.trim();
    let plain = trimmed
        .to_lowercase()
        .replace('\u{266d}', "b")
        .replace('\u{266f}', "#")
        .replace(['-', '_'], " ");
    let mut letters = plain.chars();
    let letter = letters.next();
    let Some(&(letter, natural)) = LETTERS.iter().find(|(known, _)| Some(*known) == letter) else {
        return Err(None);
    };
    let rest = letters.as_str();
    let mut nearly = None;
    for (sign, shift) in SIGNS {
        let Some(rest) = rest.strip_prefix(sign) else {
            continue;
        };
        if sign == "s" && letter != 'e' && letter != 'a' {
            continue;
        }
        // CM is C major, and Cm is C minor.
        let is_major = trimmed.ends_with('M') && rest.trim() == "m";
        let mode = if is_major {
            "major".to_owned()
        } else {
            mode_of(rest)
        };
        let is_german = rest.contains("dur") || rest.contains("moll");
        let flat = u8::from(letter == 'b' && is_german && sign.is_empty());
        let tonic = (natural + shift + 12 - flat) % 12;
        if is_mode(&mode) {
            return Ok((tonic, mode));
        }
        // The last sign is none, which what is only misspelt most often has.
        nearly = Some((tonic, mode));
    }
    Err(nearly)
}

fn mode_of(text: &str) -> String {
    let words: Vec<&str> = text
        .split_whitespace()
        .map(|word| {
            let other = WORDS.iter().find(|(known, _)| *known == word);
            other.map_or(word, |(_, plain)| plain)
        })
        .filter(|word| !word.is_empty())
        .collect();
    let mode = words.join(" ");
    let other = MODES.iter().find(|(known, _)| *known == mode);
    other.map_or(mode, |(_, plain)| (*plain).to_owned())
}

/// The name that a misspelt one was meant to be, if one is near.
pub(super) fn nearest<'a>(wanted: &str, names: &[&'a str]) -> Option<&'a str> {
    let distances = names.iter().map(|name| (distance(wanted, name), *name));
    let (least, name) = distances.min_by_key(|(distance, _)| *distance)?;
    (least <= 1 + name.len() / 4).then_some(name)
}

/// Letters to change, put in, take out or exchange with their neighbour (Damerau 1964, restricted).
fn distance(one: &str, other: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let mut rows = vec![vec![0; b.len() + 1]; a.len() + 1];
    for i in 0..=a.len() {
        for j in 0..=b.len() {
            rows[i][j] = if i == 0 || j == 0 {
                i + j
            } else {
                let changed = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
                let mut least = changed.min(rows[i - 1][j] + 1).min(rows[i][j - 1] + 1);
                if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                    least = least.min(rows[i - 2][j - 2] + 1);
                }
                least
            };
        }
    }
    rows[a.len()][b.len()]
}
