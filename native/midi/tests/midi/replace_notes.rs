//! Edited notes: which are removed, which stay, and which requests are refused.

use crate::support::{dump, file, first_notes, lenient, note, replace, request, three_notes};
use continuo_midi::{Note, ReplaceRequest, TrackLocation, conflicts, replace_region};

fn code(bytes: &[u8], request: &ReplaceRequest<'_>) -> &'static str {
    replace_region(bytes, request).expect_err("refused").code()
}

#[test]
fn notes_of_the_region_are_exchanged_and_reported() {
    let notes = [note(100, 100, 70)];
    let replaced = replace_region(&three_notes(), &request(&notes)).expect("replaced");
    assert_eq!(replaced.removed, [note(120, 40, 62)]);
    let left = [(0, 50, 60, 80), (100, 100, 70, 80), (250, 50, 64, 80)];
    assert_eq!(first_notes(&replaced.bytes), left);
}

#[test]
fn a_note_sounding_into_the_region_is_kept_or_cut() {
    let body = [0x32, 0x90, 60, 80, 100, 60, 0];
    let bytes = file(1, 96, &[&body]);
    assert_eq!(replace(&bytes, &request(&[])), bytes);
    let cut = ReplaceRequest {
        cut_crossing: true,
        ..request(&[])
    };
    assert_eq!(first_notes(&replace(&bytes, &cut)), [(50, 50, 60, 80)]);
    let notes = [note(100, 20, 60)];
    let cut = ReplaceRequest {
        cut_crossing: true,
        ..request(&notes)
    };
    assert_eq!(
        first_notes(&replace(&bytes, &cut)),
        [(50, 50, 60, 80), (100, 20, 60, 80)]
    );
}

#[test]
fn a_note_starting_in_the_region_goes_whole() {
    let body = [0x78, 0x90, 60, 80, 0x81, 0x48, 60, 0];
    assert_eq!(
        first_notes(&replace(&file(1, 96, &[&body]), &request(&[]))),
        []
    );
}

#[test]
fn new_notes_may_touch_old_ones_of_their_pitch() {
    let body = [0x50, 0x90, 60, 80, 20, 60, 0, 100, 60, 80, 10, 60, 0];
    let notes = [note(100, 40, 60), note(140, 60, 60)];
    let left = [
        (80, 20, 60, 80),
        (100, 40, 60, 80),
        (140, 60, 60, 80),
        (200, 10, 60, 80),
    ];
    assert_eq!(
        first_notes(&replace(&file(1, 96, &[&body]), &request(&notes))),
        left
    );
}

#[test]
fn a_new_note_over_a_kept_one_of_its_pitch_is_refused() {
    let crossing = file(1, 96, &[&[0x32, 0x90, 60, 80, 100, 60, 0]]);
    let song = lenient(&crossing).expect("read").song;
    let conflict = conflicts(&song.tracks[0], 100, 200);
    assert_eq!((conflict[0].pitch, conflict[0].end_tick), (60, 150));
    assert_eq!(
        code(&crossing, &request(&[note(149, 10, 60)])),
        "NOTE_OVERLAP"
    );
    assert_eq!(
        first_notes(&replace(&crossing, &request(&[note(150, 10, 60)]))).len(),
        2
    );
    assert_eq!(
        first_notes(&replace(&crossing, &request(&[note(149, 10, 61)]))).len(),
        2
    );
}

#[test]
fn conflicts_are_the_pitches_held_at_the_start() {
    let body = [
        0, 0x90, 60, 80, 0, 61, 80, 0, 62, 80, 0, 62, 80, //
        100, 60, 0, 1, 61, 0, 9, 62, 0, 0x81, 0x48, 62, 0,
    ];
    let song = lenient(&file(1, 96, &[&body])).expect("read").song;
    let found: Vec<_> = conflicts(&song.tracks[0], 100, 200)
        .iter()
        .map(|conflict| (conflict.pitch, conflict.end_tick))
        .collect();
    assert_eq!(found, [(61, 101), (62, 200)]);
    assert_eq!(conflicts(&song.tracks[0], 0, 50), []);
}

#[test]
fn locked_notes_stay_byte_for_byte() {
    let locked = [note(120, 40, 62)];
    let notes = [note(100, 20, 62), note(160, 40, 62)];
    let region = ReplaceRequest {
        keep: &locked,
        ..request(&notes)
    };
    let replaced = replace_region(&three_notes(), &region).expect("replaced");
    assert_eq!(replaced.removed, []);
    assert_eq!(first_notes(&replaced.bytes).len(), 5);
    let over = [note(150, 20, 62)];
    assert_eq!(
        code(
            &three_notes(),
            &ReplaceRequest {
                keep: &locked,
                ..request(&over)
            }
        ),
        "NOTE_OVERLAP"
    );
    let absent = [note(120, 41, 62)];
    assert_eq!(
        code(
            &three_notes(),
            &ReplaceRequest {
                keep: &absent,
                ..request(&[])
            }
        ),
        "NOTE_INVALID"
    );
}

#[test]
fn a_stray_note_off_does_not_end_a_new_note() {
    let body = [0x78, 0x80, 60, 64, 10, 0x80, 62, 64, 0x78, 0x80, 60, 64];
    let bytes = replace(&file(1, 96, &[&body]), &request(&[note(110, 80, 60)]));
    assert_eq!(first_notes(&bytes), [(110, 80, 60, 80)]);
    assert_eq!(dump(&bytes)[0].len(), 5);
}

#[test]
fn an_unclosed_note_is_closed_where_a_new_one_needs_it() {
    let body = [0, 0x90, 60, 80, 0x78, 0xb0, 7, 9];
    let bytes = file(1, 96, &[&body]);
    let during = replace(&bytes, &request(&[note(110, 20, 60)]));
    assert_eq!(first_notes(&during), [(0, 110, 60, 80), (110, 20, 60, 80)]);
    // With a note-off of its own, for programs in which a note-on ends nothing.
    assert!(lenient(&during).expect("read").warnings.is_empty());
    let after = replace(&bytes, &request(&[note(150, 50, 60)]));
    assert_eq!(first_notes(&after), [(0, 120, 60, 80), (150, 50, 60, 80)]);
    // Elsewhere it stays as it is while the chunk does.
    let other = replace(&bytes, &request(&[note(100, 20, 62)]));
    assert_eq!(first_notes(&other), [(0, 120, 60, 80), (100, 20, 62, 80)]);
    assert_eq!(dump(&other)[0].len(), 5);
}

#[test]
fn unclosed_notes_of_all_channels_last_as_long_where_the_chunk_grows() {
    let body = [
        0, 0x90, 60, 80, 0, 0x91, 61, 80, 0, 0x92, 62, 80, 90, 0x92, 62, 0, 30, 0xb0, 7, 9,
    ];
    let bytes = file(1, 96, &[&body]);
    let before = lenient(&bytes).expect("read").song;
    let after = replace(&bytes, &request(&[note(130, 50, 64)]));
    let song = lenient(&after).expect("read").song;
    assert_eq!(song.duration_ticks, 180);
    assert_eq!(song.tracks[0].notes[..1], before.tracks[0].notes[..]);
    assert_eq!(song.tracks[1..], before.tracks[1..]);
    assert!(lenient(&after).expect("read").warnings.is_empty());
}

#[test]
fn requests_against_the_rules_have_codes() {
    let bytes = three_notes();
    let base = request(&[]);
    assert_eq!(
        code(
            &bytes,
            &ReplaceRequest {
                location: TrackLocation {
                    chunk: 1,
                    ..TrackLocation::default()
                },
                ..base
            }
        ),
        "MIDI_CHUNK_MISSING"
    );
    assert_eq!(
        code(
            &bytes,
            &ReplaceRequest {
                end_tick: 100,
                ..base
            }
        ),
        "REGION_EMPTY"
    );
    assert_eq!(
        code(
            &bytes,
            &ReplaceRequest {
                end_tick: 99,
                ..base
            }
        ),
        "REGION_EMPTY"
    );
    assert_eq!(code(b"MThd", &base), "MIDI_TRUNCATED");
    let good = note(100, 10, 60);
    for (bad, expected) in [
        (Note { pitch: 128, ..good }, "NOTE_INVALID"),
        (
            Note {
                velocity: 0,
                ..good
            },
            "NOTE_INVALID",
        ),
        (
            Note {
                velocity: 128,
                ..good
            },
            "NOTE_INVALID",
        ),
        (Note { channel: 1, ..good }, "NOTE_INVALID"),
        (
            Note {
                duration_ticks: 0,
                ..good
            },
            "NOTE_INVALID",
        ),
        (
            Note {
                start_tick: 99,
                ..good
            },
            "NOTE_INVALID",
        ),
        (
            Note {
                duration_ticks: 101,
                ..good
            },
            "NOTE_INVALID",
        ),
        (
            Note {
                start_tick: 109,
                ..good
            },
            "NOTE_OVERLAP",
        ),
    ] {
        assert_eq!(code(&bytes, &request(&[good, bad])), expected, "{bad:?}");
    }
}
