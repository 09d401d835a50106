//! Progressions: Roman numerals by family, and chords that follow each other by function.

use crate::dice::Dice;
use continuo_tokenizer::chord::{Chord, Quality};

/// Kinds of harmony that styles choose from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    Pop,
    Minor,
    Blues,
    Jazz,
    Vamp,
    Heavy,
    Gospel,
    Folk,
    Latin,
    Loop,
    Film,
}

/// A chord a bar, or several where a bar has commas.
fn table(family: Family) -> &'static [&'static str] {
    match family {
        Family::Pop => &[
            "I V vi IV",
            "vi IV I V",
            "I vi IV V",
            "I IV vi V",
            "IV I V vi",
            "I iii IV V",
            "vi V IV V",
            "I V/3 vi IV",
            "I IV I V",
            "IV V iii vi",
            "I ii IV V",
            "I V ii IV",
            "I I/3 IV V",
            "vi iii IV I",
        ],
        Family::Minor => &[
            "i bVI bIII bVII",
            "i iv bVII bIII",
            "i bVII bVI V",
            "i bVI iv V",
            "i v bVI bVII",
            "i i iv V",
            "i bIII bVII iv",
            "i bVII i bVI",
            "iv i V i",
            "i iv i V7",
        ],
        Family::Blues => &[
            "I7 I7 I7 I7 IV7 IV7 I7 I7 V7 IV7 I7 V7",
            "I7 IV7 I7 I7 IV7 IV7 I7 I7 V7 IV7 I7 I7",
            "i7 i7 i7 i7 iv7 iv7 i7 i7 bVI7 V7 i7 V7",
            "I7 IV7 I7 VI7 II7 V7 I7,VI7 II7,V7",
        ],
        Family::Jazz => &[
            "ii7 V7 Imaj7 Imaj7",
            "Imaj7 vi7 ii7 V7",
            "iii7 VI7 ii7 V7",
            "Imaj7 I7 IVmaj7 iv7",
            "iiø7 V7 i7 i7",
            "Imaj7,vi7 ii7,V7 iii7,VI7 ii7,V7",
            "i7 iv7 iiø7 V7",
            "IVmaj7 iv7 iii7 VI7",
            "ii7 bII7 Imaj7 VI7",
            "Imaj7 #io7 ii7 #iio7",
        ],
        Family::Vamp => &[
            "i7 IV7", "I7 I7", "i7 i7", "I7 bVII", "i bVII", "i7 iv7", "I7 IV7", "ii7 V7",
            "i7 bII7",
        ],
        Family::Heavy => &[
            "i5 bII5 i5 bVII5",
            "i5 bVI5 bVII5 i5",
            "i5 bV5 i5 bII5",
            "i5 i5 bIII5 bII5",
            "i5 bVII5 bVI5 V5",
            "i5 iv5 bVI5 bVII5",
            "i5 bIII5 iv5 bVI5",
            "I5 bVII5 IV5 I5",
            "I5 bIII5 IV5 I5",
        ],
        Family::Gospel => &[
            "I I/3 IV iv",
            "I III7 vi II7",
            "ii7 V7 I I7",
            "IV #ivo7 I/5 VI7",
            "I IV I V7",
            "vi7 II7 ii7 V7",
            "I V/7 vi7 I/5 IV iv I V7",
        ],
        Family::Folk => &[
            "I IV I V",
            "I I V V",
            "I V I IV",
            "I IV V I",
            "I vi IV V",
            "I I IV I",
            "i bVII i bVII",
            "i bVII bVI bVII",
        ],
        Family::Latin => &[
            "ii7 V7 I I",
            "i iv V7 i",
            "I IV V IV",
            "i bVII bVI V7",
            "Imaj7 bII7 Imaj7 bII7",
            "i V7 V7 i",
            "I6 VI7 ii7 V7",
        ],
        Family::Loop => &[
            "vi IV I V",
            "i bVI bIII bVII",
            "i i bVI bVII",
            "i bVI i bVII",
            "i7 i7 iv7 iv7",
            "bVImaj7 bVII i7 i7",
            "i bIII bVI bVI",
        ],
        Family::Film => &[
            "i bVI iv i",
            "I bVI IV iv",
            "i bIII bVII IV",
            "I II I II",
            "i v bVI iv",
            "I bIII bVI bII",
            "i bvi i bvi",
            "I iii IV iv",
        ],
    }
}

/// Chords of one bar: each holds for an equal part of it.
pub type BarChords = Vec<Chord>;

/// A key: tonic pitch class, and whether numerals are counted in minor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tonality {
    pub tonic: u8,
    pub is_minor: bool,
}

/// A progression of a family, a chord or more a bar; sometimes one that no table has.
pub fn progression(family: Family, tonic: u8, dice: &mut Dice) -> (Vec<BarChords>, Tonality) {
    let invents = !matches!(family, Family::Blues | Family::Vamp | Family::Heavy);
    if invents && dice.chance(0.3) {
        return invented(tonic, family, dice);
    }
    let text = dice.pick(table(family));
    let bars: Vec<BarChords> = text
        .split(' ')
        .map(|bar| {
            bar.split(',')
                .filter_map(|numeral| chord(numeral, tonic))
                .collect()
        })
        .collect();
    let is_minor = text.starts_with('i') && !text.starts_with("ii") || text.contains(" i ");
    (bars, Tonality { tonic, is_minor })
}

/// Degrees that commonly follow each degree of a major key (I ii iii IV V vi), from 0.
const FOLLOWERS: [&[usize]; 6] = [
    &[1, 2, 3, 3, 4, 4, 5, 5],
    &[4, 4, 4, 3],
    &[5, 5, 3, 1],
    &[0, 0, 1, 4, 4, 4, 5],
    &[0, 0, 0, 5, 3],
    &[1, 3, 3, 4, 2],
];

/// Four or eight bars by function: each chord follows one that it commonly follows.
fn invented(tonic: u8, family: Family, dice: &mut Dice) -> (Vec<BarChords>, Tonality) {
    let is_minor =
        matches!(family, Family::Minor | Family::Loop | Family::Film) || dice.chance(0.2);
    let has_sevenths = matches!(family, Family::Jazz | Family::Gospel) || dice.chance(0.15);
    let numerals: [&str; 6] = match (is_minor, has_sevenths) {
        (false, false) => ["I", "ii", "iii", "IV", "V", "vi"],
        (false, true) => ["Imaj7", "ii7", "iii7", "IVmaj7", "V7", "vi7"],
        (true, false) => ["i", "bVI", "v", "iv", "bVII", "bIII"],
        (true, true) => ["i7", "bVImaj7", "v7", "iv7", "bVII7", "bIIImaj7"],
    };
    let length = *dice.pick(&[4, 4, 8]);
    let mut degree = if dice.chance(0.75) {
        0
    } else {
        *dice.pick(&[3, 5])
    };
    let mut bars = Vec::with_capacity(length);
    for bar in 0..length {
        let mut chords = vec![degree];
        degree = *dice.pick(FOLLOWERS[degree]);
        if dice.chance(if bar + 1 == length { 0.35 } else { 0.12 }) {
            chords.push(degree);
            degree = *dice.pick(FOLLOWERS[degree]);
        }
        bars.push(
            chords
                .iter()
                .filter_map(|&d| chord(numerals[d], tonic))
                .collect(),
        );
    }
    (bars, Tonality { tonic, is_minor })
}

/// The chord of a numeral such as `bVII`, `V7`, `I/3`, `iiø7`, `#ivo7`.
fn chord(numeral: &str, tonic: u8) -> Option<Chord> {
    let (main, bass) = match numeral.split_once('/') {
        Some((main, bass)) => (main, Some(bass)),
        None => (numeral, None),
    };
    let (shift, rest) = match main.strip_prefix('b') {
        Some(rest) => (-1, rest),
        None => main.strip_prefix('#').map_or((0, main), |rest| (1, rest)),
    };
    const DEGREES: [(&str, i32); 7] = [
        ("vii", 11),
        ("iii", 4),
        ("vi", 9),
        ("iv", 5),
        ("ii", 2),
        ("v", 7),
        ("i", 0),
    ];
    let lower = rest.to_lowercase();
    let (name, degree) = DEGREES
        .into_iter()
        .find(|(name, _)| lower.starts_with(name))?;
    let is_minor = rest.starts_with('i') || rest.starts_with('v');
    let quality = match (&rest[name.len()..], is_minor) {
        ("", true) => Quality::Minor,
        ("7", true) => Quality::Minor7,
        ("5", _) => Quality::Power,
        ("\u{f8}7", _) => Quality::HalfDiminished7,
        ("o7", _) => Quality::Diminished7,
        ("maj7", _) => Quality::Major7,
        ("7", false) => Quality::Dominant7,
        _ => Quality::Major,
    };
    let root = (i32::from(tonic) + degree + shift).rem_euclid(12) as u8;
    let mut chord = Chord::new(root, quality);
    let third = if is_minor { 3 } else { 4 };
    match bass {
        Some("3") => chord.bass = (root + third) % 12,
        Some("5") => chord.bass = (root + 7) % 12,
        // The leading note under a dominant.
        Some("7") => chord.bass = (root + third) % 12,
        _ => {}
    }
    Some(chord)
}

/// Pitch classes of a key's scale, for tunes.
pub fn scale(key: Tonality) -> [u8; 7] {
    let steps = if key.is_minor {
        [0, 2, 3, 5, 7, 8, 10]
    } else {
        [0, 2, 4, 5, 7, 9, 11]
    };
    steps.map(|step| (key.tonic + step) % 12)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numerals_are_chords_of_their_key() {
        let name = |numeral: &str| chord(numeral, 0).map(|c| c.to_string());
        assert_eq!(name("bVII").as_deref(), Some("Bb"));
        assert_eq!(name("V7").as_deref(), Some("G7"));
        assert_eq!(name("I/3").as_deref(), Some("C/E"));
        assert_eq!(name("ii\u{f8}7").as_deref(), Some("Dm7b5"));
        assert_eq!(name("#ivo7").as_deref(), Some("F#dim7"));
        assert_eq!(name("bvi").as_deref(), Some("Abm"));
        assert_eq!(name("x"), None);
    }

    #[test]
    fn every_numeral_of_every_table_is_read() {
        let families = [
            Family::Pop,
            Family::Minor,
            Family::Blues,
            Family::Jazz,
            Family::Vamp,
            Family::Heavy,
            Family::Gospel,
            Family::Folk,
            Family::Latin,
            Family::Loop,
            Family::Film,
        ];
        for family in families {
            for text in table(family) {
                for numeral in text.split([' ', ',']) {
                    assert!(chord(numeral, 5).is_some(), "{numeral}");
                }
            }
            for seed in 0..20 {
                let (bars, _) = progression(family, 7, &mut Dice::new(seed));
                assert!(!bars.is_empty() && bars.iter().all(|bar| !bar.is_empty()));
            }
        }
    }
}
