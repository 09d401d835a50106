//! Several songs in one file: one is read and written, and the others stay as they are.

use continuo_midi::{ParseOptions, TrackLocation, exchange_notes, parse_nth, replace_region};

use crate::foreign::{NOTE, OTHER, codes, song_of, track, two_tracks};
use crate::support::{file, note, request, strict};

/// The first chunk and channel of a song, from 0.
fn of_song(song: usize) -> TrackLocation {
    TrackLocation {
        song,
        ..TrackLocation::default()
    }
}

#[test]
fn a_song_is_chosen_and_the_others_stay_as_they_are() {
    let first = file(1, 480, &[NOTE]);
    let second = file(0, 96, &[OTHER]);
    let third = file(1, 240, &[NOTE, OTHER]);
    let bytes = [&first[..], &[0; 30], &second, &third, b"end"].concat();
    for (song, ppq) in [(0, 480), (1, 96), (2, 240)] {
        let parsed = song_of(&bytes, song);
        assert_eq!((parsed.song.ppq, parsed.raw.song_count), (ppq, 3));
        assert_eq!(codes(&parsed), ["MIDI_MORE_SONGS"]);
        let message = &parsed.warnings[0].message;
        assert!(message.contains(&format!("song {}", song + 1)), "{message}");
    }
    let missing = parse_nth(&bytes, 3, &ParseOptions::default()).expect_err("three songs");
    assert_eq!(missing.code(), "MIDI_SONG_MISSING");
    assert!(missing.to_string().contains("no song 4"), "{missing}");

    let mut asked = request(&[]);
    asked.start_tick = 0;
    (asked.location.song, asked.location.channel) = (1, 1);
    let emptied = replace_region(&bytes, &asked).expect("written").bytes;
    assert!(song_of(&emptied, 1).song.tracks.is_empty());
    for song in [0, 2] {
        assert_eq!(song_of(&emptied, song).song, song_of(&bytes, song).song);
    }
    assert!(emptied.starts_with(&first) && emptied.ends_with(&[&third[..], b"end"].concat()));
    let added = exchange_notes(&bytes, of_song(2), &[note(7, 8, 50)]).expect("written");
    assert_eq!(song_of(&added, 2).song.tracks[0].notes, [note(7, 8, 50)]);
    assert_eq!(
        added[..bytes.len() - third.len() - 3],
        bytes[..bytes.len() - third.len() - 3]
    );
}

#[test]
fn a_broken_song_among_others_is_put_right_alone() {
    let broken = two_tracks(track(NOTE), &[0], track(OTHER));
    let bytes = [&broken[..], &broken].concat();
    let notes = [note(120, 10, 62)];
    let mut asked = request(&notes);
    asked.location = of_song(1);
    let written = replace_region(&bytes, &asked).expect("written").bytes;
    assert!(written.starts_with(&broken));
    assert!(strict(&written[broken.len()..]).is_ok());
}
