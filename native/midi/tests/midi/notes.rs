//! Pairing of note-ons and note-offs, and the tracks that notes make.

use crate::support::{file, first_notes, lenient, rmi};

#[test]
fn running_status_and_velocity_zero_make_notes() {
    let body = [0, 0x90, 60, 80, 10, 64, 70, 10, 60, 0, 10, 64, 0];
    assert_eq!(
        first_notes(&file(1, 480, &[&body])),
        [(0, 20, 60, 80), (10, 20, 64, 70)]
    );
}

#[test]
fn first_note_off_ends_the_note_that_began_first() {
    let body = [0, 0x90, 60, 80, 10, 60, 70, 10, 60, 0, 10, 60, 0];
    assert_eq!(
        first_notes(&file(1, 480, &[&body])),
        [(0, 20, 60, 80), (10, 20, 60, 70)]
    );
}

#[test]
fn note_off_of_nothing_is_nothing() {
    let body = [
        0, 0x80, 60, 64, 0, 0x90, 60, 80, 10, 0x80, 60, 64, 5, 0x80, 60, 64,
    ];
    assert_eq!(first_notes(&file(1, 480, &[&body])), [(0, 10, 60, 80)]);
}

#[test]
fn unclosed_note_lasts_to_the_end_of_its_chunk() {
    let body = [0, 0x90, 60, 80, 20, 62, 80, 10, 62, 0, 100, 0xc0, 5];
    let bytes = file(1, 480, &[&body]);
    assert_eq!(first_notes(&bytes), [(0, 130, 60, 80), (20, 10, 62, 80)]);
    let warning = &lenient(&bytes).expect("read").warnings[0];
    assert_eq!((warning.code, warning.count), ("MIDI_NOTE_UNCLOSED", 1));
}

#[test]
fn note_without_a_note_off_ends_with_the_next_of_its_pitch_and_no_other_changes() {
    // Of the notes at 20 and 60 the note-off is missing; those at 80 and 90 overlap.
    let body = [
        0, 0x90, 60, 80, 10, 60, 0, 10, 60, 81, 20, 60, 82, 10, 60, 0, 10, 60, 83, //
        20, 60, 84, 10, 60, 85, 10, 60, 0, 10, 60, 0,
    ];
    let bytes = file(1, 480, &[&body]);
    let notes = [
        (0, 10, 60, 80),
        (20, 20, 60, 81),
        (40, 10, 60, 82),
        (60, 20, 60, 83),
        (80, 20, 60, 84),
        (90, 20, 60, 85),
    ];
    assert_eq!(first_notes(&bytes), notes);
    let parsed = lenient(&bytes).expect("read");
    assert_eq!(parsed.warnings[0].count, 2);
    let held = parsed.details[0].held.iter();
    let held: Vec<u32> = held.map(|note| note.start_tick).collect();
    assert_eq!(held, [20, 60]);
}

#[test]
fn note_of_no_length_lasts_one_tick() {
    let body = [5, 0x90, 60, 80, 0, 60, 0];
    assert_eq!(first_notes(&file(1, 480, &[&body])), [(5, 1, 60, 80)]);
}

#[test]
fn note_offs_of_another_channel_or_chunk_end_nothing() {
    let body = [0, 0x90, 60, 80, 10, 0x81, 60, 64, 10, 0x80, 60, 64];
    let other = [5, 0x80, 60, 64];
    assert_eq!(
        first_notes(&file(1, 480, &[&body, &other])),
        [(0, 20, 60, 80)]
    );
}

#[test]
fn chords_are_sorted_by_pitch() {
    let body = [
        0, 0x90, 67, 80, 0, 60, 81, 0, 64, 82, 9, 67, 0, 0, 60, 0, 0, 64, 0,
    ];
    let notes = first_notes(&file(1, 480, &[&body]));
    assert_eq!(notes, [(0, 9, 60, 81), (0, 9, 64, 82), (0, 9, 67, 80)]);
}

#[test]
fn tracks_are_chunks_and_channels_that_have_notes() {
    let silent = [0, 0xff, 0x03, 1, b'c', 0, 0xc3, 7];
    let two = [
        0, 0xff, 0x03, 2, b'a', b'b', 0, 0xc9, 3, 0, 0x99, 36, 80, 0, 0x91, 60, 80, //
        9, 0x89, 36, 0, 0, 0x81, 60, 0,
    ];
    let song = lenient(&file(1, 480, &[&silent, &two])).expect("read").song;
    let facts: Vec<_> = song
        .tracks
        .iter()
        .map(|t| (t.chunk, t.channel, t.name.as_str(), t.program, t.is_drums))
        .collect();
    assert_eq!(facts, [(1, 1, "ab", 0, false), (1, 9, "ab", 3, true)]);
}

#[test]
fn program_is_the_one_in_force_at_the_first_note() {
    let own = [0, 0xc0, 5, 0, 0x90, 60, 80, 1, 60, 0, 0, 0xc0, 9];
    let setup = [0, 0xc1, 11, 100, 0xc1, 12, 100, 0xc1, 13];
    let later = [100, 0x91, 60, 80, 1, 60, 0];
    let song = lenient(&file(1, 480, &[&setup, &own, &later]))
        .expect("read")
        .song;
    let programs: Vec<u8> = song.tracks.iter().map(|track| track.program).collect();
    assert_eq!(programs, [5, 12]);
}

#[test]
fn format_0_and_riff_read_alike() {
    let body = [0, 0x90, 60, 80, 10, 60, 0, 0, 0x91, 64, 80, 10, 64, 0];
    let bytes = file(0, 96, &[&body]);
    let song = lenient(&bytes).expect("read").song;
    assert_eq!((song.format, song.ppq, song.duration_ticks), (0, 96, 20));
    assert_eq!(song.tracks.len(), 2);
    let wrapped = lenient(&rmi(&bytes)).expect("read");
    assert_eq!(wrapped.song, song);
    assert!(wrapped.warnings.is_empty());
}

#[test]
fn patterns_of_format_2_start_at_zero_with_the_first_ones_maps() {
    let first = [
        0, 0xff, 0x51, 3, 0x07, 0xa1, 0x20, 0, 0x90, 60, 80, 10, 60, 0,
    ];
    let second = [0, 0xff, 0x51, 3, 1, 0, 0, 0, 0x90, 62, 80, 20, 62, 0];
    let song = lenient(&file(2, 96, &[&first, &second]))
        .expect("read")
        .song;
    assert_eq!(song.tempo_map.len(), 1);
    assert_eq!(song.tempo_map[0].tempo_qpm, 120.0);
    assert_eq!(song.tracks[1].notes[0].start_tick, 0);
    assert_eq!(song.duration_ticks, 20);
}
