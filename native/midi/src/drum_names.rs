//! Whether a track's name says that it is drums.
//!
//! The rule: one of its words is a word for drums, and none names an instrument that has pitches.
//! "Drums 2", "Latin Percussion" and "Grosse Trommel" are drums; "Steel Drums", "Kalimba Kit",
//! "Percussive Organ" and "Drum & Bass" are not. A track that has one of General MIDI's own pitched
//! percussion programs is what that program says, whatever its name.

/// Words for drums, in small letters without accents. Names in other languages are exact words too.
#[rustfmt::skip]
const DRUM_WORDS: &[&str] = &[
    // English, and understood everywhere
    "drum", "drums", "drumkit", "drumset", "drumtrack", "drummachine", "drumloop", "edrum", "edrums",
    "percussion", "percussions", "perc", "percs", "kit", "kick", "kickdrum", "bassdrum", "snare", "snares",
    "snaredrum", "hihat", "hihats", "cymbal", "cymbals",
    // German, Dutch, Scandinavian, Finnish
    "schlagzeug", "schlagwerk", "perkussion", "trommel", "trommeln", "becken", "drumstel", "slagwerk",
    "percussie", "trommels", "trummor", "trumma", "slagverk", "trumset", "trommer", "tromme", "trommesaet",
    "slagtoj", "rummut", "rumpu", "lyomasoittimet",
    // French, Spanish, Portuguese, Italian, Romanian
    "batterie", "percu", "percus", "percusion", "bateria", "tambor", "tambores", "bombo", "percussao",
    "batteria", "percussioni", "percussione", "tamburo", "tamburi", "rullante", "grancassa", "tobe", "toba",
    "percutie",
    // Polish, Czech, Slovak, Hungarian, South Slavic, Turkish
    "perkusja", "bebny", "beben", "bici", "bicie", "dob", "dobok", "utosok", "utohangszerek", "bubnjevi",
    "udaraljke", "bobni", "tolkala", "davul", "davullar", "perkusyon", "bateri",
    // Indonesian
    "perkusi",
    // Russian, Ukrainian, Bulgarian, Greek
    "ударные", "ударні", "ударни", "барабан", "барабаны", "барабани", "перкуссия", "перкусія", "перкусии",
    "τυμπανα", "κρουστα", "ντραμς",
    // Hebrew, Arabic, Hindi, Thai
    "תופים", "طبل", "طبول", "درامز", "ड्रम", "กลอง", "กลองชุด",
];

/// Two words that together are drums.
const DRUM_PHRASES: &[&str] = &["hi hat", "bass drum", "caisse claire", "grosse caisse"];

/// Where words are not set apart, the name only has to contain these.
#[rustfmt::skip]
const DRUM_PARTS: &[&str] = &[
    "ドラム", "パーカッション", "打楽器", "太鼓", "ﾄﾞﾗﾑ", "ﾊﾟｰｶｯｼｮﾝ", "鼓", "打击乐", "打擊樂", "드럼", "타악기",
    "퍼커션",
];

/// Words for instruments with pitches: with one of them a name means that, not a kit.
#[rustfmt::skip]
const PITCHED_WORDS: &[&str] = &[
    "steel", "steelpan", "pan", "handpan", "hang", "tongue", "slit", "kalimba", "mbira", "marimba", "vibraphone",
    "vibraphon", "vibrafono", "vibes", "xylophone", "xylophon", "xilofono", "glockenspiel", "celesta", "timpani",
    "timpano", "pauken", "pauke", "bell", "bells", "chime", "chimes", "tubular", "crotales", "mallet", "mallets",
    "tuned", "pitched", "melodic", "dulcimer", "piano", "klavier", "keys", "keyboard", "keyboards", "clav",
    "organ", "orgel", "orgue", "organo", "accordion", "harmonica", "guitar", "guitars", "gitarre", "guitare",
    "guitarra", "gitara", "chitarra", "bass", "basse", "bajo", "baixo", "basso", "violin", "viola", "cello",
    "strings", "harp", "flute", "sax", "saxophone", "clarinet", "oboe", "bassoon", "trumpet", "trombone", "tuba",
    "horn", "horns", "brass", "choir", "voice", "voices", "vocal", "vocals", "koto", "sitar", "banjo",
];

const PITCHED_PARTS: &[&str] = &[
    "スチール",
    "スティール",
    "钢鼓",
    "鋼鼓",
    "스틸",
    "シンセドラム",
];

/// Names of General MIDI programs that have a word for drums in them. Source: General MIDI System
/// Level 1 (RP-003).
const PROGRAM_NAMES: &[&str] = &[
    "synth drum",
    "synth drums",
    "taiko drum",
    "taiko drums",
    "reverse cymbal",
];

/// Whether `name` says drums; `program`: General MIDI's, from 0, where the file sets one.
pub(crate) fn is_drum_name(name: &str, program: Option<u8>) -> bool {
    // Celesta to dulcimer, timpani, and tinkle bell to reverse cymbal.
    if matches!(program, Some(8..=15 | 47 | 112..=119)) {
        return false;
    }
    let words = words_of(name);
    let text = words.join(" ");
    if PROGRAM_NAMES.contains(&text.as_str()) {
        return false;
    }
    let lower = name.to_lowercase();
    let contains = |parts: &[&str]| parts.iter().any(|part| lower.contains(part));
    let is_bass_drum = |at: usize| {
        words[at] == "bass"
            && words
                .get(at + 1)
                .is_some_and(|next| next.starts_with("drum"))
            && (lower.contains("bass drum") || lower.contains("bass-drum"))
    };
    let is_pitched = words
        .iter()
        .enumerate()
        .any(|(at, word)| PITCHED_WORDS.contains(&word.as_str()) && !is_bass_drum(at));
    if is_pitched || contains(PITCHED_PARTS) {
        return false;
    }
    let has_phrase = |phrase: &&str| format!(" {text} ").contains(&format!(" {phrase} "));
    words.iter().any(|word| DRUM_WORDS.contains(&word.as_str()))
        || DRUM_PHRASES.iter().any(has_phrase)
        || contains(DRUM_PARTS)
}

/// The words of a name in small letters without accents; a capital inside of a word begins another.
fn words_of(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut was_small = false;
    for character in name.chars() {
        // What marks an accent by itself.
        if ('\u{300}'..='\u{36f}').contains(&character) {
            continue;
        }
        // Vowel signs of Indian scripts are not letters and do not end words.
        let is_part = character.is_alphabetic() || ('\u{900}'..='\u{e7f}').contains(&character);
        if !is_part || (was_small && character.is_uppercase()) {
            words.push(String::new());
        }
        was_small = character.is_lowercase();
        if is_part && let Some(word) = words.last_mut() {
            character
                .to_lowercase()
                .for_each(|small| push_plain(word, small));
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

fn push_plain(word: &mut String, character: char) {
    let plain = match character {
        '\u{300}'..='\u{36f}' => return,
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' | 'ą' | 'ă' | 'ā' => 'a',
        'ç' | 'ć' | 'č' => 'c',
        'è' | 'é' | 'ê' | 'ë' | 'ę' | 'ě' | 'ē' => 'e',
        'ğ' => 'g',
        'ì' | 'í' | 'î' | 'ï' | 'ı' | 'ī' => 'i',
        'ł' => 'l',
        'ñ' | 'ń' | 'ň' => 'n',
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' | 'ő' | 'ō' => 'o',
        'ř' => 'r',
        'ś' | 'ş' | 'š' | 'ș' => 's',
        'ţ' | 'ț' | 'ť' => 't',
        'ù' | 'ú' | 'û' | 'ü' | 'ů' | 'ű' | 'ū' => 'u',
        'ý' | 'ÿ' => 'y',
        'ź' | 'ż' | 'ž' => 'z',
        'ά' => 'α',
        'έ' => 'ε',
        'ή' => 'η',
        'ί' => 'ι',
        'ό' => 'ο',
        'ύ' => 'υ',
        'ώ' => 'ω',
        'ё' => 'е',
        'æ' => {
            word.push('a');
            'e'
        }
        'ß' => {
            word.push('s');
            's'
        }
        other => other,
    };
    word.push(plain);
}

#[cfg(test)]
mod tests {
    use super::is_drum_name;

    #[test]
    fn drums_by_name_in_many_languages() {
        #[rustfmt::skip]
        let names = [
            "Drums", "DRUMS 1", "drums_01", "E-Drums", "Drum Kit", "DrumKit", "SynthDrums L", "Kit", "808 Kit",
            "Percussion", "Latin Percussion", "Perc.", "perc 2", "Kick", "Snare Drum", "Hi-Hat", "HiHat", "Bass Drum",
            "Bass-Drum", "Cymbals", "Schlagzeug", "Grosse Trommel", "Schlagwerk 2", "Batterie", "Caisse claire",
            "Batería", "Bater\u{69}\u{301}a", "BATERIA", "Percusión", "Percussão", "Batteria", "Percussioni",
            "Drumstel", "Slagwerk", "Trummor", "Trommesæt", "Slagtøj", "Rummut", "Perkusja", "Bębny", "Bicí", "Dobok",
            "Bubnjevi", "Davul", "Ударные", "Барабаны", "Τύμπανα", "ドラム", "ドラムス", "ﾄﾞﾗﾑ", "パーカッション", "架子鼓",
            "打击乐", "爵士鼓", "드럼", "タイコ 太鼓", "גיטרה תופים", "กลองชุด", "ड्रम",
        ];
        for name in names {
            assert!(is_drum_name(name, None), "{name}");
            assert!(is_drum_name(name, Some(0)), "{name}, program 1");
        }
    }

    #[test]
    fn instruments_with_pitches_are_not_drums_whatever_else_their_names_say() {
        #[rustfmt::skip]
        let names = [
            "", "Steel Drums", "Steel Drum", "steeldrums", "Kalimba kit", "Marimba Kit", "Percussive Organ",
            "Perc. Organ", "Tuned Percussion", "Melodic Tom", "Synth Drum", "Taiko Drum", "Reverse Cymbal",
            "Tongue Drum", "Hang Drum", "Timpani", "Drum & Bass", "Bass & Drums", "Bass/Drums", "Kitarre", "Kitty",
            "Little Drummer Boy", "Humdrum", "Conundrum", "Superc", "Perceval", "Bass", "Piano", "スチールドラム",
            "钢鼓", "Kitchen", "Batter", "Trombone", "Guitar Kit", "Choir + Percussion",
        ];
        for name in names {
            assert!(!is_drum_name(name, None), "{name}");
        }
    }

    #[test]
    fn pitched_percussion_programs_are_what_they_say() {
        for program in [8, 12, 15, 47, 112, 114, 117, 119] {
            assert!(!is_drum_name("Percussion", Some(program)), "{program}");
        }
        for program in [0, 7, 16, 33, 46, 48, 111, 120, 127] {
            assert!(is_drum_name("Percussion", Some(program)), "{program}");
        }
    }
}
