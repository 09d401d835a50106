//! Recognises other file formats by their first bytes, so that the error can name them.

/// First bytes, and what they are the start of.
const KINDS: &[(&[u8], &str)] = &[
    (
        b"SMF2CLIP",
        "a MIDI 2.0 clip file, which is not read yet; save it as MIDI 1.0",
    ),
    (b"PK\x03\x04", "a ZIP archive; unpack it"),
    (b"Rar!", "a RAR archive; unpack it"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive; unpack it"),
    (b"\x1f\x8b", "a gzip archive; unpack it"),
    (b"<?xml", "an XML file, perhaps MusicXML; export it as MIDI"),
    (b"<!DOCTYPE", "a web page, not the file that it was about"),
    (b"<html", "a web page, not the file that it was about"),
    (b"XMF_", "an eXtensible Music File; export it as MIDI"),
    (
        b"FORM",
        "an IFF file, perhaps XMI or AIFF; export it as MIDI",
    ),
    (b"MUS\x1a", "a Doom MUS file; convert it to MIDI"),
    (b"CAKEWALK", "a Cakewalk project; export it as MIDI"),
    (b"MTM", "a MultiTracker module; export it as MIDI"),
    (
        b"Extended Module",
        "a FastTracker module; export it as MIDI",
    ),
    (b"IMPM", "an Impulse Tracker module; export it as MIDI"),
    (b"ENIGMA", "a Finale score; export it as MIDI"),
    (b"ID3", "an MP3 recording, which has sound and no notes"),
    (
        b"\xff\xfb",
        "an MP3 recording, which has sound and no notes",
    ),
    (b"OggS", "an Ogg recording, which has sound and no notes"),
    (b"fLaC", "a FLAC recording, which has sound and no notes"),
    (b"GIF8", "a GIF picture"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"%PDF", "a PDF document"),
];

/// What the bytes start with, in quotation marks, and what that is where it is known.
pub(crate) fn describe_start(bytes: &[u8]) -> String {
    let shown = &bytes[..bytes.len().min(4)];
    let starts = |magic: &[u8]| {
        bytes
            .get(..magic.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(magic))
    };
    match KINDS.iter().find(|(magic, _)| starts(magic)) {
        Some((magic, kind)) => format!("\"{}\" ({kind})", bytes[..magic.len()].escape_ascii()),
        None => format!("\"{}\"", shown.escape_ascii()),
    }
}

#[cfg(test)]
mod tests {
    use super::describe_start;

    #[test]
    fn known_formats_are_named_and_others_shown() {
        let clip = describe_start(b"SMF2CLIP\0\x40");
        assert!(clip.contains("MIDI 2.0 clip file"), "{clip}");
        assert!(describe_start(b"<!doctype html>").contains("a web page"));
        assert_eq!(describe_start(b"Dear diary"), "\"Dear\"");
        assert_eq!(describe_start(b"a"), "\"a\"");
    }
}
