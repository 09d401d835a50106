//! The bad-input list: the expected result of each file, lenient and strict, and none panics.

use crate::support::{END, chunk, file, fixture, header, lenient, strict};

const NOTE: &[u8] = &[0, 0x90, 60, 80, 10, 0x80, 60, 64];

/// The code of the error or of the first warning, or "read".
fn outcome(bytes: &[u8], is_strict: bool) -> String {
    let result = if is_strict {
        strict(bytes)
    } else {
        lenient(bytes)
    };
    match result {
        Err(error) => {
            assert!(error.to_string().len() > 20, "{error}");
            format!("error {}", error.code())
        }
        Ok(parsed) => match parsed.warnings.first() {
            Some(warning) => format!("warning {}", warning.code),
            None => "read".to_owned(),
        },
    }
}

/// A file of one chunk.
fn one(body: &[u8]) -> Vec<u8> {
    file(1, 480, &[body])
}

fn with_header(header: &[u8]) -> Vec<u8> {
    [header, &chunk(b"MTrk", &[NOTE, END].concat())].concat()
}

/// A small file with another length of 32 bits at `offset`.
fn with_length(offset: usize, length: u32) -> Vec<u8> {
    let mut bytes = one(NOTE);
    bytes[offset..offset + 4].copy_from_slice(&length.to_be_bytes());
    bytes
}

fn riff_of_false_size() -> Vec<u8> {
    let mut bytes = crate::support::rmi(&one(NOTE));
    bytes[4..8].copy_from_slice(&u32::MAX.to_le_bytes());
    bytes
}

#[test]
fn every_bad_file_has_its_code() {
    let meter = |numerator, power| file(1, 480, &[&[0, 0xff, 0x58, 4, numerator, power, 24, 8]]);
    let largest_delta = [0xff, 0xff, 0xff, 0x7f];
    let late: Vec<u8> = (0..9)
        .flat_map(|_| [&largest_delta[..], &[0xc0, 1]].concat())
        .collect();
    let extra_track = [one(NOTE), chunk(b"MTrk", &[NOTE, END].concat())].concat();
    let event_cut = [header(1, 1, 480), chunk(b"MTrk", &[0, 0x90, 60])].concat();
    #[rustfmt::skip]
    let cases: &[(&str, Vec<u8>, &str, &str)] = &[
        ("empty", vec![], "error MIDI_EMPTY", "error MIDI_EMPTY"),
        ("text", b"Dear diary".to_vec(), "error MIDI_NOT_MIDI", "error MIDI_NOT_MIDI"),
        ("wav", b"RIFF\x24\0\0\0WAVEfmt ".to_vec(), "error MIDI_NOT_MIDI", "error MIDI_NOT_MIDI"),
        ("riff, cut", b"RIFF\x24\0\0".to_vec(), "error MIDI_TRUNCATED", "error MIDI_TRUNCATED"),
        ("riff without data", b"RIFF\x04\0\0\0RMID".to_vec(), "error MIDI_TRUNCATED", "error MIDI_TRUNCATED"),
        ("riff of a false size", riff_of_false_size(), "warning MIDI_RIFF_SIZE", "error MIDI_RIFF_SIZE"),
        ("header of 0 bytes", with_length(4, 0), "error MIDI_HEADER_LENGTH", "error MIDI_HEADER_LENGTH"),
        ("header of 7 bytes", with_length(4, 7), "error MIDI_HEADER_LENGTH", "error MIDI_HEADER_LENGTH"),
        ("header of 4 GB", with_length(4, u32::MAX), "error MIDI_HEADER_LENGTH", "error MIDI_HEADER_LENGTH"),
        ("0 tracks", with_header(&header(1, 0, 480)), "warning MIDI_TRACK_COUNT", "error MIDI_TRACK_COUNT"),
        ("no track chunk", [header(1, 1, 480), chunk(b"XXXX", &[])].concat(), "error MIDI_NO_TRACKS", "error MIDI_NO_TRACKS"),
        ("65,535 tracks", with_header(&header(1, 65_535, 480)), "warning MIDI_TRACK_COUNT", "error MIDI_TRACK_COUNT"),
        ("one track too many", extra_track, "warning MIDI_TRACK_COUNT", "error MIDI_TRACK_COUNT"),
        ("format 3", file(3, 480, &[NOTE]), "error MIDI_FORMAT", "error MIDI_FORMAT"),
        ("format 2", file(2, 480, &[NOTE, NOTE]), "warning MIDI_FORMAT_2", "warning MIDI_FORMAT_2"),
        ("format 0, two tracks", file(0, 480, &[NOTE, NOTE]), "warning MIDI_FORMAT_0_TRACKS", "error MIDI_FORMAT_0_TRACKS"),
        ("ppq 0", file(1, 0, &[NOTE]), "error MIDI_PPQ_ZERO", "error MIDI_PPQ_ZERO"),
        ("smpte", file(1, 0xe728, &[NOTE]), "error MIDI_SMPTE", "error MIDI_SMPTE"),
        ("chunk of 4 GB", with_length(18, u32::MAX), "warning MIDI_CHUNK_LENGTH", "error MIDI_CHUNK_LENGTH"),
        ("chunk of 4 GB without an end", [&header(1, 1, 480)[..], b"MTrk\xff\xff\xff\xff", NOTE].concat(), "error MIDI_TRUNCATED", "error MIDI_TRUNCATED"),
        ("chunk longer than the file", with_length(18, 13), "warning MIDI_CHUNK_LENGTH", "error MIDI_CHUNK_LENGTH"),
        ("chunk ends in an event", event_cut, "error MIDI_TRUNCATED", "error MIDI_TRUNCATED"),
        ("meta of 256 MB", one(&[0, 0xff, 1, 0xff, 0xff, 0xff, 0x7f]), "error MIDI_TRUNCATED", "error MIDI_TRUNCATED"),
        ("sysex longer than its chunk", one(&[0, 0xf0, 100, 1, 2]), "error MIDI_TRUNCATED", "error MIDI_TRUNCATED"),
        ("delta of five bytes", one(&[0xff, 0xff, 0xff, 0xff, 0x7f]), "error MIDI_NUMBER_TOO_LONG", "error MIDI_NUMBER_TOO_LONG"),
        ("deltas past 2^31", one(&late), "error MIDI_TIME_OVERFLOW", "error MIDI_TIME_OVERFLOW"),
        ("no status byte", one(&[0, 60, 80]), "error MIDI_STATUS_MISSING", "error MIDI_STATUS_MISSING"),
        ("status where data belongs", one(&[0, 0x90, 60, 0x90]), "warning MIDI_DATA_BYTE", "error MIDI_DATA_BYTE"),
        ("unclosed note", one(&[0, 0x90, 60, 80]), "warning MIDI_NOTE_UNCLOSED", "error MIDI_NOTE_UNCLOSED"),
        ("unknown chunk", [one(NOTE), chunk(b"XFIH", b"data")].concat(), "warning MIDI_UNKNOWN_CHUNK", "warning MIDI_UNKNOWN_CHUNK"),
        ("trailing bytes", [&one(NOTE)[..], &[26, 26]].concat(), "warning MIDI_TRAILING_BYTES", "error MIDI_TRAILING_BYTES"),
        ("trailing text", [&one(NOTE)[..], b"made with love"].concat(), "warning MIDI_TRAILING_BYTES", "error MIDI_TRAILING_BYTES"),
        ("no end of track", [header(1, 1, 480), chunk(b"MTrk", NOTE)].concat(), "warning MIDI_END_OF_TRACK_MISSING", "error MIDI_END_OF_TRACK_MISSING"),
        ("bytes after the end", one(END), "warning MIDI_BYTES_AFTER_END", "error MIDI_BYTES_AFTER_END"),
        ("running status across a meta", one(&[0, 0xc0, 1, 0, 0xff, 1, 0, 0, 2]), "warning MIDI_RUNNING_STATUS", "error MIDI_RUNNING_STATUS"),
        ("active sensing", one(&[0, 0xfe]), "warning MIDI_SYSTEM_EVENT", "error MIDI_SYSTEM_EVENT"),
        ("meter 0/4", meter(0, 2), "warning MIDI_METER_INVALID", "error MIDI_METER_INVALID"),
        ("meter 4/2^200", meter(4, 200), "warning MIDI_METER_INVALID", "error MIDI_METER_INVALID"),
        ("meter 1/32768 at 480", meter(1, 15), "warning MIDI_METER_INVALID", "error MIDI_METER_INVALID"),
        ("meter of one byte", one(&[0, 0xff, 0x58, 1, 4]), "warning MIDI_META_SHORT", "error MIDI_META_SHORT"),
        ("tempo 0", one(&[0, 0xff, 0x51, 3, 0, 0, 0]), "warning MIDI_TEMPO_ZERO", "error MIDI_TEMPO_ZERO"),
        ("tempo of two bytes", one(&[0, 0xff, 0x51, 2, 7, 7]), "warning MIDI_META_SHORT", "error MIDI_META_SHORT"),
        ("sound", one(NOTE), "read", "read"),
    ];
    for (name, bytes, by_default, when_strict) in cases {
        assert_eq!(outcome(bytes, false), *by_default, "{name}");
        assert_eq!(outcome(bytes, true), *when_strict, "{name}, strict");
    }
}

#[test]
fn a_file_cut_inside_a_chunk_is_an_error() {
    let text: &[u8] = &[0, 0xff, 1, 3, b'a', b'b', b'c', 0, 0xf0, 2, 1, 0xf7];
    let small = file(1, 480, &[text, NOTE, NOTE]);
    // Where a chunk ends, all that is missing are tracks that the header names.
    let ends: Vec<usize> = lenient(&small)
        .expect("read")
        .raw
        .track_bodies()
        .map(|body| body.end)
        .collect();
    for bytes in [small.clone(), crate::support::rmi(&small)] {
        let wrapped = bytes.len() - small.len();
        let (before, after) = if wrapped > 0 { (20, 12) } else { (0, 0) };
        for length in 0..bytes.len() - after {
            let is_whole_chunk = ends.contains(&(length.saturating_sub(before)));
            let result = lenient(&bytes[..length]);
            assert_eq!(result.is_ok(), is_whole_chunk, "cut to {length}");
            assert!(strict(&bytes[..length]).is_err(), "cut to {length}, strict");
            if let Ok(parsed) = result {
                let codes: Vec<_> = parsed.warnings.iter().map(|w| w.code).collect();
                assert!(codes.contains(&"MIDI_TRACK_COUNT"), "{codes:?}");
            }
        }
        assert!(strict(&bytes).is_ok());
    }
}

#[test]
fn any_changed_byte_of_a_real_file_is_survived() {
    let bytes = fixture("faure-apres-un-reve.mid");
    let mut random = crate::support::Random(7);
    for _ in 0..3000 {
        let mut damaged = bytes.clone();
        for _ in 0..1 + random.below(3) {
            let at = random.below(bytes.len() as u32) as usize;
            damaged[at] = random.next() as u8;
        }
        if let Ok(parsed) = lenient(&damaged) {
            assert!(parsed.song.tracks.len() <= 16 * parsed.raw.chunks.len());
        }
    }
}

#[test]
fn an_oddity_met_thousands_of_times_is_one_warning() {
    let unknown: Vec<u8> = (0..10_000).flat_map(|_| chunk(b"XXXX", &[])).collect();
    let parsed = lenient(&[file(1, 480, &[NOTE]), unknown].concat()).expect("read");
    let [warning] = &parsed.warnings[..] else {
        panic!("{:?}", parsed.warnings);
    };
    assert_eq!(
        (warning.code, warning.count),
        ("MIDI_UNKNOWN_CHUNK", 10_000)
    );
    assert!(
        warning.message.contains("first \"XXXX\" at byte 34"),
        "{}",
        warning.message
    );
    assert_eq!(parsed.raw.chunks.len(), 10_001);
}

#[test]
fn a_million_notes_are_read() {
    let body: Vec<u8> = (0..500_000u32)
        .flat_map(|i| {
            let pitch = (i % 128) as u8;
            [
                1,
                0x90,
                pitch,
                80,
                0,
                127 - pitch,
                80,
                1,
                pitch,
                0,
                0,
                127 - pitch,
                0,
            ]
        })
        .collect();
    let song = lenient(&file(1, 480, &[&body])).expect("read").song;
    assert_eq!(song.tracks[0].notes.len(), 1_000_000);
    assert_eq!(song.duration_ticks, 1_000_000);
}

#[test]
fn a_million_notes_at_one_tick_are_read() {
    // Each note-off must find its note, and the chord must be sorted, without a walk over the rest.
    let on: Vec<u8> = (0..1_000_000u32)
        .flat_map(|i| [0, 0x90, (127 - i % 128) as u8, 80])
        .collect();
    let off: Vec<u8> = (0..1_000_000u32)
        .flat_map(|i| [0, 0x80, (i % 128) as u8, 0])
        .collect();
    let song = lenient(&file(1, 480, &[&[on, off].concat()]))
        .expect("read")
        .song;
    let notes = &song.tracks[0].notes;
    assert_eq!(notes.len(), 1_000_000);
    assert!(notes.is_sorted_by_key(|note| note.pitch));
    assert!(notes.iter().all(|note| note.duration_ticks == 1));
}
