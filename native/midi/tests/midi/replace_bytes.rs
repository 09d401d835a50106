//! Edited bytes: everything except the region's notes stays unchanged.

use crate::support::{
    END, chunk, dump, file, first_notes, header, lenient, note, replace, request, rmi, three_notes,
};
use continuo_midi::{ReplaceRequest, TrackLocation};

#[test]
fn all_other_events_keep_tick_bytes_and_order() {
    let body = [
        0, 0x90, 60, 80, 50, 0x80, 60, 64, //
        50, 0x90, 70, 80, 20, 0xb0, 7, 100, 50, 0xb0, 7, 90, //
        30, 0x80, 70, 64, 50, 0x90, 64, 80, 50, 0x80, 64, 64,
    ];
    let bytes = replace(&three_notes(), &request(&[note(100, 100, 70)]));
    assert_eq!(bytes, file(1, 96, &[&body]));
}

#[test]
fn replacing_nothing_with_nothing_changes_no_byte() {
    let wide_delta = [
        0x80, 0x00, 0xff, 1, 0x80, 2, b'h', b'i', 0, 0x90, 60, 80, 0x80, 9, 60, 0,
    ];
    let bytes = file(1, 96, &[&wide_delta]);
    assert_eq!(replace(&bytes, &request(&[])), bytes);
}

#[test]
fn other_chunks_unknown_chunks_and_trailing_bytes_stay() {
    let body = chunk(
        b"MTrk",
        &[&[0x80, 110, 0x90, 60, 80, 5, 60, 0][..], END].concat(),
    );
    let odd = chunk(b"MTrk", &[0, 0xfe, 0, 0xff, 0x2f, 0, 1, 2, 3]);
    let unknown = chunk(b"XFIH", b"data");
    let bytes = [
        header(1, 3, 96),
        odd.clone(),
        unknown.clone(),
        body,
        odd.clone(),
        b"end".to_vec(),
    ]
    .concat();
    let emptied = chunk(b"MTrk", &[0x73, 0xff, 0x2f, 0]);
    let expected = [
        header(1, 3, 96),
        odd.clone(),
        unknown,
        emptied,
        odd,
        b"end".to_vec(),
    ]
    .concat();
    let region = ReplaceRequest {
        location: TrackLocation {
            chunk: 1,
            ..TrackLocation::default()
        },
        ..request(&[])
    };
    assert_eq!(replace(&bytes, &region), expected);
}

#[test]
fn other_channels_of_a_format_0_file_stay() {
    let body = [
        0x78, 0x90, 60, 80, 0, 0x91, 60, 70, 10, 0x80, 60, 0, 10, 0x81, 60, 0,
    ];
    let bytes = replace(&file(0, 96, &[&body]), &request(&[note(125, 10, 62)]));
    let events: Vec<_> = dump(&bytes)[0].iter().map(|(tick, _)| *tick).collect();
    assert_eq!(events, [120, 125, 135, 140, 140]);
    let song = lenient(&bytes).expect("read").song;
    assert_eq!(song.tracks[0].notes, [note(125, 10, 62)]);
    assert_eq!(song.tracks[1].notes[0].duration_ticks, 20);
}

#[test]
fn a_status_byte_that_is_gone_is_written_out() {
    // The note-on of the region carries the status for the controller-free rest of the chunk.
    let body = [0x78, 0x90, 60, 80, 10, 60, 0, 0x78, 64, 80, 10, 64, 0];
    let expected = [0x81, 0x7a, 0x90, 64, 80, 10, 64, 0];
    assert_eq!(
        replace(&file(1, 96, &[&body]), &request(&[])),
        file(1, 96, &[&expected])
    );
}

#[test]
fn running_status_goes_on_through_new_notes_where_the_file_uses_it() {
    let body = [0, 0x90, 60, 80, 10, 60, 0, 0x81, 0x48, 64, 80, 10, 64, 0];
    let expected = [
        0, 0x90, 60, 80, 10, 60, 0, 100, 0x90, 62, 80, 20, 0x90, 62, 0, 80, 64, 80, 10, 64, 0,
    ];
    let bytes = replace(&file(1, 96, &[&body]), &request(&[note(110, 20, 62)]));
    assert_eq!(bytes, file(1, 96, &[&expected]));
}

#[test]
fn running_status_is_not_left_across_a_meta_event() {
    let body = [
        0, 0x90, 60, 80, 100, 0xff, 1, 0, 10, 0x90, 62, 80, 10, 60, 0, 5, 62, 0,
    ];
    let bytes = replace(&file(1, 96, &[&body]), &request(&[]));
    assert!(crate::support::strict(&bytes).is_ok());
    assert_eq!(first_notes(&bytes), [(0, 120, 60, 80)]);
}

#[test]
fn the_end_of_track_moves_only_behind_a_later_note() {
    let short = file(1, 96, &[&[0, 0x90, 60, 80, 110, 60, 0]]);
    let end_of = |bytes: &[u8]| lenient(bytes).expect("read").song.duration_ticks;
    assert_eq!(end_of(&replace(&short, &request(&[]))), 110);
    let bytes = replace(&short, &request(&[note(110, 90, 64)]));
    assert_eq!(end_of(&bytes), 200);
    assert!(crate::support::strict(&bytes).is_ok());
    assert_eq!(
        end_of(&replace(&three_notes(), &request(&[note(110, 90, 64)]))),
        300
    );
}

#[test]
fn a_time_too_long_for_one_delta_is_carried_over() {
    let far = 0x6000_0000;
    let notes = [note(far, 10, 60)];
    let region = ReplaceRequest {
        start_tick: far,
        end_tick: far + 10,
        ..request(&notes)
    };
    let bytes = replace(&file(1, 96, &[&[]]), &region);
    assert_eq!(first_notes(&bytes), [(far, 10, 60, 80)]);
    assert!(crate::support::strict(&bytes).is_ok());
}

#[test]
fn at_one_tick_old_and_new_ends_come_before_new_onsets() {
    // A synthesizer pairs nothing: it would cut a note whose onset comes before the end at its tick.
    let body = [
        0x50, 0x90, 60, 80, 20, 0x80, 60, 64, 40, 0xb0, 7, 1, 60, 0x90, 60, 80, 10, 0x80, 60, 64,
    ];
    let notes = [note(100, 40, 60), note(140, 60, 60)];
    let expected = [
        0x50, 0x90, 60, 80, 20, 0x80, 60, 64, 0, 0x90, 60, 80, //
        40, 0x80, 60, 64, 0, 0xb0, 7, 1, 0, 0x90, 60, 80, //
        60, 0x80, 60, 64, 0, 0x90, 60, 80, 10, 0x80, 60, 64,
    ];
    let bytes = replace(&file(1, 96, &[&body]), &request(&notes));
    assert_eq!(bytes, file(1, 96, &[&expected]));
}

#[test]
fn a_riff_wrapper_keeps_its_chunks_and_true_sizes() {
    let smf = three_notes();
    let odd = file(1, 96, &[&[0, 0xb0, 7, 5, 0x78, 0x90, 60, 80, 5, 60, 0]]);
    assert_ne!(smf.len() % 2, odd.len() % 2);
    let notes = [note(100, 10, 60)];
    let elsewhere = ReplaceRequest {
        start_tick: 1000,
        end_tick: 1001,
        ..request(&[])
    };
    let mut lengths = [0; 2];
    for smf in [smf, odd] {
        for region in [request(&[]), request(&notes), elsewhere] {
            let expected = replace(&smf, &region);
            lengths[expected.len() % 2] += 1;
            let bytes = replace(&rmi(&smf), &region);
            assert_eq!(bytes, rmi(&expected));
            assert!(crate::support::strict(&bytes).is_ok());
        }
    }
    assert!(lengths.iter().all(|&count| count > 0), "{lengths:?}");
}
