//! What a file's name says about its song: "song take 2" is a take of "song".

/// Words that tell one version of a song from another.
const VERSIONS: [&str; 17] = [
    "alt", "backup", "bak", "copy", "demo", "draft", "edit", "final", "mix", "new", "old", "rev",
    "t", "take", "v", "ver", "version",
];
/// A shorter name says nothing.
const SHORTEST: usize = 3;

/// A number for the folder and name of a file without what tells takes, copies and versions of one song
/// apart; none where nothing is left.
///
/// `path` is relative, with `/`.
pub fn name_of_song(path: &str) -> Option<u64> {
    let (folder, file) = path.rsplit_once('/').unwrap_or(("", path));
    let mut rest = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    loop {
        rest = rest.trim_end_matches(is_between);
        let word = rest.rsplit(is_between).next().unwrap_or_default();
        let name = word.trim_end_matches(|c: char| c.is_ascii_digit());
        let is_version = VERSIONS
            .iter()
            .any(|version| version.eq_ignore_ascii_case(name));
        if word.is_empty() || !(name.is_empty() || is_version) {
            break;
        }
        rest = &rest[..rest.len() - word.len()];
    }
    // FNV-1a (Fowler, Noll and Vo 1991), a character at a time.
    let add = |hash: u64, c: char| (hash ^ u64::from(c)).wrapping_mul(0x0100_0000_01b3);
    let mut hash = folder.chars().fold(0xcbf2_9ce4_8422_2325, add);
    let mut letters = 0;
    for word in rest.split(is_between).filter(|word| !word.is_empty()) {
        hash = add(hash, ' ');
        for c in word.chars() {
            letters += 1;
            hash = if c.is_ascii() {
                add(hash, c.to_ascii_lowercase())
            } else {
                c.to_lowercase().fold(hash, add)
            };
        }
    }
    (letters >= SHORTEST).then_some(hash)
}

fn is_between(c: char) -> bool {
    match c {
        ' ' | '_' | '-' | '.' | '(' | ')' | '[' | ']' | '{' | '}' | '#' | ',' => true,
        _ => !c.is_ascii() && c.is_whitespace(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_copies_and_versions_have_the_name_of_their_song() {
        let song = name_of_song("Lieder/Übung in C.mid");
        assert!(song.is_some());
        for take in [
            "Übung in C take 2.mid",
            "übung in c (1).mid",
            "Übung_in_C_v3.MID",
            "Übung in C - Copy.mid",
            "Übung in C - copy (2).midi",
            "Übung in C final2.mid",
            "Übung in C 07.mid",
        ] {
            assert_eq!(name_of_song(&format!("Lieder/{take}")), song, "{take}");
        }
        assert_ne!(name_of_song("Übung in C.mid"), song, "another folder");
        assert_ne!(name_of_song("Lieder/Übung in D.mid"), song);
        for nothing in ["01.mid", "take 3.mid", "v2.mid", "a (1).mid", ".mid", ""] {
            assert_eq!(name_of_song(nothing), None, "{nothing}");
        }
    }
}
