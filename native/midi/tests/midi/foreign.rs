//! Files of other programs whose container is wrong: they are read, and what is written from them is right.

use continuo_midi::{ParseOptions, ParsedFile, parse_nth, replace_region};

use crate::support::{
    END, chunk, dump, file, first_notes, header, lenient, note, odd_file, request, rmi, strict,
};

pub const NOTE: &[u8] = &[0, 0x90, 60, 80, 10, 0x80, 60, 64];
pub const OTHER: &[u8] = &[0, 0x91, 64, 80, 10, 0x81, 64, 64];

fn foreign(name: &str) -> Vec<u8> {
    odd_file(&format!("{name}.mid"))
}

pub fn track(body: &[u8]) -> Vec<u8> {
    chunk(b"MTrk", &[body, END].concat())
}

/// A track chunk that says it is longer, or shorter, than it is.
fn track_of_length(body: &[u8], difference: i32) -> Vec<u8> {
    let mut bytes = track(body);
    let length = (bytes.len() as i32 - 8 + difference) as u32;
    bytes[4..8].copy_from_slice(&length.to_be_bytes());
    bytes
}

pub fn two_tracks(first: Vec<u8>, between: &[u8], second: Vec<u8>) -> Vec<u8> {
    [&header(1, 2, 480)[..], &first, between, &second].concat()
}

pub fn codes(parsed: &ParsedFile) -> Vec<&'static str> {
    parsed.warnings.iter().map(|warning| warning.code).collect()
}

/// (track chunk, note count) of every track.
fn counts(bytes: &[u8]) -> Vec<(usize, usize)> {
    let song = lenient(bytes).expect("read").song;
    song.tracks
        .iter()
        .map(|t| (t.chunk, t.notes.len()))
        .collect()
}

pub fn song_of(bytes: &[u8], song: usize) -> ParsedFile {
    parse_nth(bytes, song, &ParseOptions::default()).expect("read")
}

#[test]
fn each_file_is_read_with_one_warning_and_refused_when_strict() {
    for (name, code, notes) in [
        ("cc7-ff", "MIDI_DATA_BYTE", 32),
        ("program-ff", "MIDI_DATA_BYTE", 32),
        ("last-chunk-long-by-3", "MIDI_CHUNK_LENGTH", 64),
        ("first-chunk-short-tracks", "MIDI_TRACK_COUNT", 64),
        ("ntrks-counts-vendor-chunk", "MIDI_TRACK_COUNT", 64),
        ("pad-byte-between-tracks", "MIDI_BETWEEN_CHUNKS", 32),
        ("padded-with-zeros", "MIDI_TRAILING_BYTES", 64),
        ("two-songs", "MIDI_MORE_SONGS", 16),
        ("macbinary", "MIDI_MACBINARY", 64),
    ] {
        let parsed = lenient(&foreign(name)).expect(name);
        assert_eq!(codes(&parsed), [code], "{name}");
        let found: usize = parsed.song.tracks.iter().map(|t| t.notes.len()).sum();
        assert_eq!(found, notes, "{name}");
        let refused = strict(&foreign(name)).expect_err(name);
        assert_eq!(refused.code(), code, "{name}");
    }
}

#[test]
fn lengths_that_are_wrong_are_corrected_by_the_events() {
    for (what, bytes) in [
        (
            "first too short",
            two_tracks(track_of_length(NOTE, -3), &[], track(OTHER)),
        ),
        (
            "first too long",
            two_tracks(track_of_length(NOTE, 5), &[], track(OTHER)),
        ),
        (
            "first as long as the file",
            two_tracks(track_of_length(NOTE, 20), &[], track(OTHER)),
        ),
        (
            "first of 4 GB",
            two_tracks(track_of_length(NOTE, -13), &[], track(OTHER)),
        ),
        (
            "last too short",
            two_tracks(track(NOTE), &[], track_of_length(OTHER, -4)),
        ),
        (
            "last too long",
            two_tracks(track(NOTE), &[], track_of_length(OTHER, 7)),
        ),
    ] {
        assert_eq!(counts(&bytes), [(0, 1), (1, 1)], "{what}");
        let parsed = lenient(&bytes).expect(what);
        assert_eq!(codes(&parsed), ["MIDI_CHUNK_LENGTH"], "{what}");
        assert_eq!(strict(&bytes).expect_err(what).code(), "MIDI_CHUNK_LENGTH");
    }
}

#[test]
fn a_track_without_an_end_stops_where_the_next_one_begins() {
    let mut first = chunk(b"MTrk", NOTE);
    first[7] += 2;
    let bytes = two_tracks(first, &[], track(OTHER));
    assert_eq!(counts(&bytes), [(0, 1), (1, 1)]);
    let parsed = lenient(&bytes).expect("read");
    assert_eq!(
        codes(&parsed),
        ["MIDI_CHUNK_LENGTH", "MIDI_END_OF_TRACK_MISSING"]
    );
}

#[test]
fn the_name_of_a_track_chunk_in_a_text_is_a_text() {
    let text: &[u8] = &[0, 0xff, 1, 8, b'M', b'T', b'r', b'k', 0, 0, 0, 1];
    let bytes = two_tracks(
        track_of_length(&[text, NOTE].concat(), 2),
        &[],
        track(OTHER),
    );
    assert_eq!(counts(&bytes), [(0, 1), (1, 1)]);
}

#[test]
fn what_stands_between_chunks_or_in_front_is_passed_over() {
    let mail = b"From: a@example.org\r\nContent-Type: audio/midi\r\n\r\n";
    let sound = file(1, 480, &[NOTE, OTHER]);
    let mut binary = vec![0; 128];
    binary[1] = 1;
    binary[2] = b'a';
    // A data fork, and a resource fork behind it.
    binary[83..87].copy_from_slice(&(sound.len() as u32).to_be_bytes());
    binary.extend(&sound);
    binary.resize(binary.len() + 300, 7);
    for (bytes, code) in [
        (
            two_tracks(track(NOTE), &[0], track(OTHER)),
            "MIDI_BETWEEN_CHUNKS",
        ),
        (
            two_tracks(track(NOTE), &[13, 10, 255], track(OTHER)),
            "MIDI_BETWEEN_CHUNKS",
        ),
        (
            two_tracks(track(NOTE), b"XFIHtoo long", track(OTHER)),
            "MIDI_BETWEEN_CHUNKS",
        ),
        ([mail, &sound[..]].concat(), "MIDI_LEADING_BYTES"),
        ([&[0], &sound[..]].concat(), "MIDI_LEADING_BYTES"),
        (binary, "MIDI_MACBINARY"),
    ] {
        assert_eq!(counts(&bytes), [(0, 1), (1, 1)], "{code}");
        assert_eq!(codes(&lenient(&bytes).expect(code)), [code]);
        assert_eq!(strict(&bytes).expect_err(code).code(), code);
    }
    // Music further in belongs to something that is not a MIDI file.
    let far = [&vec![1; 70_000][..], &sound].concat();
    assert_eq!(lenient(&far).expect_err("far").code(), "MIDI_NOT_MIDI");
}

#[test]
fn a_longer_header_may_lead_to_any_chunk() {
    let mut long = header(1, 1, 480);
    long[7] = 10;
    long.extend([1, 2, 3, 4]);
    let vendor = chunk(b"XFIH", b"hello");
    let bytes = [&long[..], &vendor, &track(NOTE)].concat();
    assert_eq!(
        codes(&strict(&bytes).expect("legal")),
        ["MIDI_UNKNOWN_CHUNK"]
    );
    let written = replace_region(&bytes, &request(&[note(120, 10, 62)])).expect("written");
    assert_eq!(
        &written.bytes[..long.len() + vendor.len()],
        [&long[..], &vendor].concat()
    );
}

#[test]
fn riff_sizes_that_are_wrong_lose_no_music() {
    let smf = file(1, 480, &[NOTE, OTHER]);
    for difference in [-9i32, 100_000] {
        let mut bytes = rmi(&smf);
        let length = (smf.len() as i32 + difference) as u32;
        bytes[16..20].copy_from_slice(&length.to_le_bytes());
        assert_eq!(counts(&bytes), [(0, 1), (1, 1)], "{difference}");
        let codes = codes(&lenient(&bytes).expect("read"));
        assert_eq!(codes, ["MIDI_RIFF_SIZE"], "{difference}");
        let written = replace_region(&bytes, &request(&[note(120, 10, 62)])).expect("written");
        let expected = replace_region(&rmi(&smf), &request(&[note(120, 10, 62)])).expect("written");
        assert!(written.bytes == expected.bytes, "{difference}");
    }
}

#[test]
fn what_is_written_from_a_broken_container_is_right_for_others() {
    let notes = [note(120, 10, 62)];
    let sound = file(1, 480, &[NOTE, OTHER]);
    for (what, bytes) in [
        (
            "length",
            two_tracks(track(NOTE), &[], track_of_length(OTHER, 7)),
        ),
        (
            "length of the edited track",
            two_tracks(track_of_length(NOTE, -3), &[], track(OTHER)),
        ),
        ("between", two_tracks(track(NOTE), &[0], track(OTHER))),
        (
            "too many declared",
            [&header(1, 9, 480)[..], &sound[14..]].concat(),
        ),
        (
            "too few declared",
            [&header(1, 1, 480)[..], &sound[14..]].concat(),
        ),
        (
            "none declared",
            [&header(1, 0, 480)[..], &sound[14..]].concat(),
        ),
        ("in front", [b"mail\r\n\r\n", &sound[..]].concat()),
        ("RIFF", rmi(&two_tracks(track(NOTE), &[0, 0], track(OTHER)))),
    ] {
        let written = replace_region(&bytes, &request(&notes)).expect(what).bytes;
        assert!(strict(&written).is_ok(), "{what}: {:?}", strict(&written));
        let expected = replace_region(&sound, &request(&notes)).expect(what).bytes;
        let expected = if what == "RIFF" {
            rmi(&expected)
        } else {
            expected
        };
        assert!(written == expected, "{what}");
        assert_eq!(dump(&written).len(), 2, "{what}");
        assert_eq!(first_notes(&written), [(0, 10, 60, 80), (120, 10, 62, 80)]);
    }
}

#[test]
fn what_follows_a_track_without_an_end_does_not_become_its_events() {
    // A length of 0 is believed, since what follows has no status byte.
    let rest = [
        0x13, 0, 0xff, 0x51, 0x90, 60, 80, 0, 64, 80, 96, 60, 0, 0, 0xff, 0x2f, 0,
    ];
    for declared in [1, 2] {
        let bytes = [&header(1, declared, 96)[..], &chunk(b"MTrk", &[]), &rest].concat();
        assert!(counts(&bytes).is_empty());
        let written = replace_region(&bytes, &request(&[note(120, 10, 62)])).expect("written");
        assert_eq!(first_notes(&written.bytes), [(120, 10, 62, 80)]);
        assert!(written.bytes.ends_with(&rest));
    }
}

#[test]
fn data_bytes_too_large_stay_as_they_are() {
    let body = [
        0, 0xb0, 7, 0xff, 0, 0xc0, 0x90, 0, 0x90, 60, 0xc0, 10, 0x80, 60, 0xff, 5, 0x90, 200, 90,
    ];
    let bytes = file(1, 96, &[&body, NOTE]);
    let parsed = lenient(&bytes).expect("read");
    assert_eq!(codes(&parsed), ["MIDI_DATA_BYTE"]);
    assert_eq!(parsed.warnings[0].count, 5);
    assert!(
        parsed.warnings[0].message.contains("at byte 25 in track 1"),
        "{:?}",
        parsed.warnings
    );
    assert_eq!(
        (parsed.song.tracks[0].program, first_notes(&bytes)),
        (0, vec![(0, 10, 60, 127)])
    );
    let written = replace_region(&bytes, &request(&[note(120, 10, 62)]))
        .expect("written")
        .bytes;
    let new = lenient(&written).expect("read");
    assert_eq!(written[new.raw.chunks[0].body.clone()][..body.len()], body);
    assert_eq!(
        written[new.raw.chunks[1].range()],
        bytes[parsed.raw.chunks[1].range()]
    );
}

#[test]
fn what_follows_a_bad_data_byte_and_cannot_be_read_is_told_by_it() {
    let bytes = file(
        1,
        96,
        &[&[0, 0x90, 60, 0x90, 60, 80, 0xff, 0xff, 0xff, 0xff, 0xff]],
    );
    let error = lenient(&bytes).expect_err("damaged");
    assert_eq!(error.code(), "MIDI_DATA_BYTE");
    assert!(error.to_string().contains("at byte 25"), "{error}");
}

#[test]
fn delta_times_of_five_bytes() {
    let padded = file(
        1,
        96,
        &[&[&[0x80, 0x80, 0x80, 0x80, 5][..], &NOTE[1..]].concat()],
    );
    assert_eq!(first_notes(&padded), [(5, 10, 60, 80)]);
    assert_eq!(
        codes(&lenient(&padded).expect("read")),
        ["MIDI_NUMBER_TOO_LONG"]
    );
    assert_eq!(
        strict(&padded).expect_err("strict").code(),
        "MIDI_NUMBER_TOO_LONG"
    );
    let negative = lenient(&foreign("ableton-negative-delta")).expect_err("negative");
    assert_eq!(negative.code(), "MIDI_NUMBER_TOO_LONG");
    let message = negative.to_string();
    assert!(
        message.contains("-128 ticks") && message.contains("Ableton Live"),
        "{message}"
    );
}

#[test]
fn a_clip_file_is_called_what_it_is() {
    let error = lenient(&foreign("clip-midi2")).expect_err("no MIDI 1.0");
    assert_eq!(error.code(), "MIDI_NOT_MIDI");
    assert!(error.to_string().contains("MIDI 2.0 clip file"), "{error}");
}

#[test]
fn thousands_of_broken_parts_take_no_longer_than_their_bytes() {
    let tracks: Vec<u8> = (0..20_000)
        .flat_map(|_| [&track_of_length(NOTE, 1_000_000)[..], &[0]].concat())
        .collect();
    let parsed = lenient(&[&header(1, 20_000, 480)[..], &tracks].concat()).expect("read");
    assert_eq!(parsed.song.tracks.len(), 20_000);
    assert_eq!(parsed.warnings[0].count, 20_000);
    let songs = file(1, 480, &[NOTE]).repeat(20_000);
    assert_eq!(lenient(&songs).expect("read").raw.song_count, 20_000);
    let unknown: Vec<u8> = (0..50_000).flat_map(|_| *b"XXXX\0\0\0\x01aa").collect();
    let parsed = lenient(&[&header(1, 1, 480)[..], &unknown, &track(NOTE)].concat());
    assert_eq!(parsed.expect("read").song.tracks.len(), 1);
}
