//! Texts such as track names: bytes of an unstated encoding to text that is safe to print.
//!
//! A file says nowhere how its texts are encoded, and a name is short. So all names of a file decide
//! together: UTF-8 if they are that, else what a detector takes them for, unless another encoding
//! makes words of them that musicians write.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{
    BIG5, EUC_JP, EUC_KR, Encoding, GBK, KOI8_U, SHIFT_JIS, UTF_8, WINDOWS_1251, WINDOWS_1252,
};

use crate::words::INSTRUMENT_WORDS;

/// Longer texts are cut: they are not names, and sixteen tracks may share one.
const MAX_CHARS: usize = 256;
/// What the detector looks at: enough for any file's names, and little of a damaged one's.
const MAX_BYTES: usize = 64 << 10;
/// Encodings that short names are often in and rarely enough for the detector.
const TRIED: [&Encoding; 7] = [SHIFT_JIS, GBK, BIG5, EUC_KR, EUC_JP, WINDOWS_1251, KOI8_U];

/// How the texts of a file are encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TextEncoding(&'static Encoding);

impl Default for TextEncoding {
    fn default() -> Self {
        Self(UTF_8)
    }
}

impl TextEncoding {
    /// What all these texts of one file are in.
    pub(crate) fn of(texts: &[&[u8]]) -> Self {
        if texts.iter().all(|text| is_utf8(text)) {
            return Self::default();
        }
        Self(detect(texts))
    }

    /// The text, at most 256 characters; control characters become spaces, ends are trimmed.
    pub fn decode(self, bytes: &[u8]) -> String {
        let safe = |c: char| if c.is_control() { ' ' } else { c };
        // Four bytes are the longest character.
        let cut = &bytes[..bytes.len().min(4 * MAX_CHARS)];
        let (text, _) = self.0.decode_without_bom_handling(cut);
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        // A character that was cut off at the end says nothing.
        let text = text.strip_suffix('\u{fffd}').unwrap_or(text);
        let name: String = text.chars().map(safe).take(MAX_CHARS).collect();
        name.trim().to_owned()
    }

    /// The text in this encoding; a question mark for each character that the encoding lacks.
    pub(crate) fn encode(self, text: &str) -> Vec<u8> {
        let mut buffer = [0; 4];
        let mut out = Vec::with_capacity(text.len());
        for character in text.chars() {
            match self.0.encode(character.encode_utf8(&mut buffer)) {
                (bytes, _, false) => out.extend_from_slice(&bytes),
                (_, _, true) => out.push(b'?'),
            }
        }
        out
    }

    /// Such as "UTF-8" or "Shift_JIS".
    pub fn name(self) -> &'static str {
        self.0.name()
    }
}

/// Also a text whose last character was cut off, as programs do that keep names short: where others
/// stand before it, for a single one may be a letter of another encoding.
fn is_utf8(text: &[u8]) -> bool {
    match std::str::from_utf8(text) {
        Ok(_) => true,
        Err(error) => error.error_len().is_none() && !text[..error.valid_up_to()].is_ascii(),
    }
}

fn detect(texts: &[&[u8]]) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    let mut left = MAX_BYTES;
    for text in texts {
        let seen = &text[..text.len().min(left)];
        left -= seen.len();
        detector.feed(seen, false);
        detector.feed(b"\n", false);
    }
    detector.feed(b"", true);
    let guess = detector.guess(None, Utf8Detection::Deny);
    let mut best = (known_characters(texts, guess), guess);
    for encoding in TRIED {
        let known = known_characters(texts, encoding);
        if known > best.0 {
            best = (known, encoding);
        }
    }
    let (known, encoding) = best;
    if known == 0 && !encoding.is_single_byte() && is_squeezed(texts, encoding) {
        return WINDOWS_1252;
    }
    encoding
}

/// How many characters of the texts, read in an encoding, are parts of words for instruments.
fn known_characters(texts: &[&[u8]], encoding: &'static Encoding) -> usize {
    let mut known = 0;
    for text in texts.iter().filter(|text| !text.is_ascii()) {
        let cut = &text[..text.len().min(4 * MAX_CHARS)];
        let Some(text) = encoding.decode_without_bom_handling_and_without_replacement(cut) else {
            return 0;
        };
        let text = text.to_lowercase();
        let words = INSTRUMENT_WORDS.iter().filter(|word| text.contains(**word));
        known += words.map(|word| word.chars().count()).sum::<usize>();
    }
    known
}

/// Whether East Asian characters stand inside of a Latin word, where a Western quotation mark or an
/// accented letter is meant: "Rock’n’Roll".
fn is_squeezed(texts: &[&[u8]], encoding: &'static Encoding) -> bool {
    texts.iter().any(|text| {
        let cut = &text[..text.len().min(4 * MAX_CHARS)];
        let (text, _) = encoding.decode_without_bom_handling(cut);
        let characters: Vec<char> = text.chars().collect();
        let groups = characters.chunk_by(|a, b| a.is_ascii() == b.is_ascii());
        let groups: Vec<&[char]> = groups.collect();
        let is_letter = |c: Option<&char>| c.is_some_and(char::is_ascii_alphabetic);
        groups.windows(3).any(|three| {
            matches!(three, [before, middle, after]
                if !middle[0].is_ascii() && is_letter(before.last()) && is_letter(after.first()))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(texts: &[&str], encoding: &'static Encoding) -> Vec<String> {
        let bytes: Vec<Vec<u8>> = texts
            .iter()
            .map(|text| {
                let (bytes, _, has_unmappable) = encoding.encode(text);
                assert!(!has_unmappable, "{text} in {}", encoding.name());
                bytes.into_owned()
            })
            .collect();
        let borrowed: Vec<&[u8]> = bytes.iter().map(Vec::as_slice).collect();
        let found = TextEncoding::of(&borrowed);
        borrowed.iter().map(|bytes| found.decode(bytes)).collect()
    }

    fn assert_read(encoding: &'static Encoding, names: &[&[&str]]) {
        for texts in names {
            assert_eq!(named(texts, encoding), *texts, "{}", encoding.name());
        }
    }

    #[test]
    fn japanese_names_are_read() {
        #[rustfmt::skip]
        let names: &[&[&str]] = &[
            &["ピアノ"], &["ベース"], &["ドラム"], &["弦楽器"], &["主旋律"], &["Track 1", "歌"],
            &["ストリングス", "コーラス", "Drums"], &["ｷﾞﾀｰ"], &["ﾄﾞﾗﾑｽ"],
        ];
        assert_read(SHIFT_JIS, names);
        assert_read(EUC_JP, &names[..5]);
    }

    #[test]
    fn chinese_names_are_read() {
        #[rustfmt::skip]
        assert_read(GBK, &[
            &["钢琴"], &["鼓"], &["吉他"], &["贝司"], &["主旋律"], &["小提琴"], &["音轨 1"],
            &["二胡", "笛子"], &["钢琴", "鼓", "贝斯"],
        ]);
        assert_read(
            BIG5,
            &[
                &["鋼琴"],
                &["鼓"],
                &["吉他"],
                &["小提琴"],
                &["鋼琴", "貝斯"],
            ],
        );
    }

    #[test]
    fn korean_and_russian_names_are_read() {
        assert_read(
            EUC_KR,
            &[&["피아노"], &["드럼"], &["기타"], &["피아노", "드럼"]],
        );
        assert_read(WINDOWS_1251, &[&["Ударные"], &["Бас"], &["Гитара", "Бас"]]);
        assert_read(KOI8_U, &[&["Ударные"], &["Гитара", "Бас"]]);
    }

    #[test]
    fn western_names_are_read() {
        #[rustfmt::skip]
        assert_read(WINDOWS_1252, &[
            &["Flöte – “solo”"], &["Schlagzeug", "Hörner"], &["Batería"], &["Contrebasse", "Mélodie"],
            &["Violão"], &["Kontrabaß"], &["Rock’n’Roll"], &["© 1997 Bob"], &["Señor"],
        ]);
        assert_read(
            encoding_rs::WINDOWS_1250,
            &[&["Klavír", "Bicí"], &["Skrzypce", "Głos"]],
        );
    }

    #[test]
    fn utf_8_comes_first_also_where_a_name_was_cut() {
        assert_read(UTF_8, &[&["Flöte"], &["ピアノ", "ドラム"], &["Ударные"]]);
        let cut = &"ピアノ".as_bytes()[..8];
        assert_eq!(TextEncoding::of(&[cut]).decode(cut), "ピア");
        let marked = "\u{feff}Bass".as_bytes();
        assert_eq!(TextEncoding::of(&[marked]).decode(marked), "Bass");
    }

    #[test]
    fn all_names_of_a_file_decide_together() {
        let names = named(&["ピアノ", "歌", "Tr 1", "ﾍﾞｰｽ"], SHIFT_JIS);
        assert_eq!(names, ["ピアノ", "歌", "Tr 1", "ﾍﾞｰｽ"]);
    }

    #[test]
    fn names_are_safe_to_print_and_short() {
        let plain = TextEncoding::default();
        assert_eq!(plain.decode(b"\x1b[31mred"), "[31mred");
        assert_eq!(plain.decode(b"Bass\0"), "Bass");
        assert_eq!(plain.decode(&[b'a'; 5000]).len(), 256);
        let noise: Vec<u8> = (0..100_000u32).map(|i| (i * 7 % 251) as u8).collect();
        assert!(TextEncoding::of(&[&noise]).decode(&noise).chars().count() <= 256);
    }
}
