//! Chord symbols as people write them: `Am7`, `F#m7b5`, `C/E`, `Bbmaj9`, `Gsus4`, `H°`.

use super::{Chord, Quality};
use thiserror::Error;

/// Why a symbol could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{symbol:?}: {reason}")]
pub struct SymbolError {
    pub symbol: String,
    pub reason: String,
}

/// Read one symbol. `N.C.`, `NC`, `-` and `%`-free silence give `None`.
///
/// Sharps `#` and the sharp sign, flats `b` and the flat sign; German H. Extensions beyond the
/// seventh are kept as tones.
///
/// # Errors
/// A [`SymbolError`] that says which part is not understood.
pub fn parse_symbol(symbol: &str) -> Result<Option<Chord>, SymbolError> {
    let error = |reason: String| SymbolError {
        symbol: symbol.to_owned(),
        reason,
    };
    let text = symbol.trim();
    if matches!(text, "N.C." | "N.C" | "NC" | "nc" | "n.c." | "-") {
        return Ok(None);
    }
    let (main, slash) = match text.rsplit_once('/') {
        // "6/9" is one extension, not a bass.
        Some((main, bass)) if !bass.starts_with(|c: char| c.is_ascii_digit()) => (main, Some(bass)),
        _ => (text, None),
    };
    let (root, rest) =
        pitch_class(main).ok_or_else(|| error("a chord begins with a note A to G".to_owned()))?;
    let mut chord = quality(root, rest)
        .map_err(|part| error(format!("{part:?} is not a kind of chord that is known")))?;
    if let Some(bass) = slash {
        let (bass, left) = pitch_class(bass.trim())
            .filter(|(_, left)| left.is_empty())
            .ok_or_else(|| error(format!("the bass {bass:?} is not a note")))?;
        debug_assert!(left.is_empty());
        chord.bass = bass;
        chord.tones |= 1 << bass;
    }
    Ok(Some(chord))
}

/// The note that a text begins with, and what follows it.
fn pitch_class(text: &str) -> Option<(u8, &str)> {
    let mut chars = text.char_indices();
    let (_, letter) = chars.next()?;
    let natural = match letter {
        'C' => 0,
        'D' => 2,
        'E' => 4,
        'F' => 5,
        'G' => 7,
        'A' => 9,
        'B' | 'H' => 11,
        _ => return None,
    };
    let mut class: i16 = natural;
    let mut at = letter.len_utf8();
    for (offset, sign) in chars {
        match sign {
            '#' | '\u{266f}' => class += 1,
            'b' | '\u{266d}' => class -= 1,
            '\u{266e}' => {}
            _ => break,
        }
        at = offset + sign.len_utf8();
    }
    Some((class.rem_euclid(12) as u8, &text[at..]))
}

/// Words that name a kind, longest first; what follows them are extensions.
const KINDS: [(&str, Quality); 41] = [
    ("half-dim", Quality::HalfDiminished7),
    ("major7", Quality::Major7),
    ("minor7", Quality::Minor7),
    ("min7b5", Quality::HalfDiminished7),
    ("maj7", Quality::Major7),
    ("Maj7", Quality::Major7),
    ("min7", Quality::Minor7),
    ("-7b5", Quality::HalfDiminished7),
    ("m7b5", Quality::HalfDiminished7),
    ("m7-5", Quality::HalfDiminished7),
    ("dim7", Quality::Diminished7),
    ("sus4", Quality::Suspended4),
    ("sus2", Quality::Suspended2),
    ("major", Quality::Major),
    ("minor", Quality::Minor),
    ("aug7", Quality::Augmented),
    ("\u{b0}7", Quality::Diminished7),
    ("o7", Quality::Diminished7),
    ("dim", Quality::Diminished),
    ("aug", Quality::Augmented),
    ("sus", Quality::Suspended4),
    ("maj", Quality::Major),
    ("Maj", Quality::Major),
    ("min", Quality::Minor),
    ("\u{f8}7", Quality::HalfDiminished7),
    ("\u{394}7", Quality::Major7),
    ("M7", Quality::Major7),
    ("j7", Quality::Major7),
    ("m7", Quality::Minor7),
    ("-7", Quality::Minor7),
    ("+7", Quality::Augmented),
    ("\u{f8}", Quality::HalfDiminished7),
    ("\u{394}", Quality::Major7),
    ("\u{b0}", Quality::Diminished),
    ("o", Quality::Diminished),
    ("+", Quality::Augmented),
    ("m", Quality::Minor),
    ("-", Quality::Minor),
    ("M", Quality::Major),
    ("7", Quality::Dominant7),
    ("5", Quality::Power),
];

/// The chord of a root and what follows it; the part that is not understood as an error.
fn quality(root: u8, rest: &str) -> Result<Chord, String> {
    let cleaned: String = rest
        .chars()
        .filter(|c| !matches!(c, '(' | ')' | ',' | ' ' | '^'))
        .map(|c| match c {
            '\u{266d}' => 'b',
            '\u{266f}' => '#',
            c => c,
        })
        .collect();
    let (mut kind, mut left) = (Quality::Major, cleaned.as_str());
    for (word, quality) in KINDS {
        if let Some(after) = left.strip_prefix(word) {
            // "5" alone is a power chord; before another figure it is not.
            (kind, left) = (quality, after);
            break;
        }
    }
    let mut chord = Chord::new(root, kind);
    let mut set = |interval: u8| chord.tones |= 1 << ((root + interval) % 12);
    // "aug7" and "+7" have a seventh that the kind lacks.
    if kind == Quality::Augmented && cleaned.contains('7') {
        set(10);
    }
    let mut quality = kind;
    while !left.is_empty() {
        let (word, after) = extension(left).ok_or_else(|| left.to_owned())?;
        left = after;
        match word {
            "maj7" | "M7" | "Maj7" | "maj9" => {
                set(11);
                if quality == Quality::Major {
                    quality = Quality::Major7;
                }
            }
            "maj" => {}
            "6" => set(9),
            "69" | "6/9" => {
                set(9);
                set(2);
            }
            "7" | "9" | "11" | "13" => {
                let minor_seventh = if kind == Quality::Major && cleaned.starts_with("maj") {
                    11
                } else {
                    10
                };
                set(minor_seventh);
                quality = match (quality, minor_seventh) {
                    (Quality::Major, 11) => Quality::Major7,
                    (Quality::Major, _) => Quality::Dominant7,
                    (Quality::Minor, _) => Quality::Minor7,
                    (other, _) => other,
                };
                match word {
                    "9" => set(2),
                    "11" => {
                        set(2);
                        set(5);
                    }
                    "13" => {
                        set(2);
                        set(9);
                    }
                    _ => {}
                }
            }
            "add9" | "add2" | "2" => set(2),
            "add11" | "add4" | "4" => set(5),
            "add13" | "add6" => set(9),
            "b9" => set(1),
            "#9" => set(3),
            "#11" | "b5" | "-5" => set(6),
            "b13" | "#5" | "+5" => set(8),
            "sus4" | "sus" => {
                set(5);
                quality = Quality::Suspended4;
            }
            "sus2" => {
                set(2);
                quality = Quality::Suspended2;
            }
            "alt" => {
                set(1);
                set(3);
                set(8);
            }
            "5" | "no3" | "omit3" | "no5" | "omit5" => {}
            other => return Err(other.to_owned()),
        }
    }
    let drop = |chord: &mut Chord, interval: u8| chord.tones &= !(1 << ((root + interval) % 12));
    if matches!(quality, Quality::Suspended4 | Quality::Suspended2) {
        drop(&mut chord, 4);
        drop(&mut chord, 3);
    }
    for (figure, natural) in [
        ("b5", 7),
        ("-5", 7),
        ("#5", 7),
        ("+5", 7),
        ("no5", 7),
        ("no3", 4),
    ] {
        if cleaned.contains(figure) && !matches!(kind, Quality::HalfDiminished7) {
            drop(&mut chord, natural);
        }
    }
    chord.quality = quality;
    Ok(chord)
}

const EXTENSIONS: [&str; 36] = [
    "maj7", "Maj7", "maj9", "omit3", "omit5", "add11", "add13", "add9", "add2", "add4", "add6",
    "sus4", "sus2", "6/9", "maj", "sus", "alt", "no3", "no5", "#11", "b13", "M7", "13", "11", "69",
    "b9", "#9", "b5", "#5", "-5", "+5", "6", "7", "9", "2", "4",
];

fn extension(text: &str) -> Option<(&'static str, &str)> {
    EXTENSIONS
        .into_iter()
        .find_map(|word| text.strip_prefix(word).map(|left| (word, left)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn classes(symbol: &str) -> (u8, Quality, u8, Vec<u8>) {
        let chord = parse_symbol(symbol).expect(symbol).expect(symbol);
        let tones = (0..12).filter(|&pc| chord.has(pc)).collect();
        (chord.root, chord.quality, chord.bass, tones)
    }

    #[test]
    fn symbols_are_read_as_written() {
        assert_eq!(classes("C"), (0, Quality::Major, 0, vec![0, 4, 7]));
        assert_eq!(classes("Am"), (9, Quality::Minor, 9, vec![0, 4, 9]));
        assert_eq!(
            classes("F#m7b5"),
            (6, Quality::HalfDiminished7, 6, vec![0, 4, 6, 9])
        );
        assert_eq!(
            classes("B\u{266d}maj7"),
            (10, Quality::Major7, 10, vec![2, 5, 9, 10])
        );
        assert_eq!(classes("Hm"), (11, Quality::Minor, 11, vec![2, 6, 11]));
        assert_eq!(classes("C/E"), (0, Quality::Major, 4, vec![0, 4, 7]));
        assert_eq!(classes("D/C"), (2, Quality::Major, 0, vec![0, 2, 6, 9]));
        assert_eq!(
            classes("G7sus4"),
            (7, Quality::Suspended4, 7, vec![0, 2, 5, 7])
        );
        assert_eq!(classes("Csus2"), (0, Quality::Suspended2, 0, vec![0, 2, 7]));
        assert_eq!(classes("C6/9"), (0, Quality::Major, 0, vec![0, 2, 4, 7, 9]));
        assert_eq!(
            classes("E7#9"),
            (4, Quality::Dominant7, 4, vec![2, 4, 7, 8, 11])
        );
        assert_eq!(
            classes("Cmaj9"),
            (0, Quality::Major7, 0, vec![0, 2, 4, 7, 11])
        );
        assert_eq!(classes("Dm9"), (2, Quality::Minor7, 2, vec![0, 2, 4, 5, 9]));
        assert_eq!(classes("C(add9)"), (0, Quality::Major, 0, vec![0, 2, 4, 7]));
        assert_eq!(
            classes("G\u{b0}7"),
            (7, Quality::Diminished7, 7, vec![1, 4, 7, 10])
        );
        assert_eq!(classes("A5"), (9, Quality::Power, 9, vec![4, 9]));
        assert_eq!(classes("C+"), (0, Quality::Augmented, 0, vec![0, 4, 8]));
        assert_eq!(classes("CmMaj7"), (0, Quality::Minor, 0, vec![0, 3, 7, 11]));
        assert_eq!(
            classes("C7b5"),
            (0, Quality::Dominant7, 0, vec![0, 4, 6, 10])
        );
        assert_eq!(parse_symbol("N.C."), Ok(None));
    }

    #[test]
    fn what_is_not_understood_is_named() {
        for (symbol, part) in [
            ("X", "begins"),
            ("Cfoo", "foo"),
            ("C/Q", "bass"),
            ("", "begins"),
            ("am", "begins"),
        ] {
            let error = parse_symbol(symbol).expect_err(symbol);
            assert!(error.reason.contains(part), "{error}");
        }
    }

    #[test]
    fn a_printed_chord_is_read_back() {
        for root in 0..12 {
            for quality in Quality::ALL {
                let chord = Chord::new(root, quality);
                assert_eq!(parse_symbol(&chord.to_string()), Ok(Some(chord)), "{chord}");
            }
        }
    }
}
