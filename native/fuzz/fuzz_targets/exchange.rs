//! Any file and any notes for one of its tracks: what comes out reads again, with exactly these notes, and everything
//! else as it was.
#![no_main]

use continuo_fuzz::{assert_rest_is_same, assert_same_notes, notes_of, read};
use continuo_midi::{Note, exchange_notes_in_song};
use libfuzzer_sys::fuzz_target;

/// The first bytes of an input say what goes and what comes; the file follows.
const REQUEST_BYTES: usize = 24;

fuzz_target!(|input: &[u8]| {
    let Some((head, bytes)) = input.split_at_checked(REQUEST_BYTES) else {
        return;
    };
    let song = usize::from(head[2] & 1);
    let Ok(old) = read(bytes, song) else { return };
    let count = old.song.tracks.len();
    let Some(track) = old.song.tracks.get(usize::from(head[0]) % count.max(1)) else {
        return;
    };
    let (chunk, channel) = (track.chunk, track.channel);
    let same = exchange_notes_in_song(bytes, song, chunk, channel, &track.notes);
    assert_eq!(
        same.as_deref().ok(),
        Some(bytes),
        "the same notes change nothing"
    );

    // Every note whose bit is not set stays; up to five come.
    let is_kept = |index: &usize| head[1] >> (index % 8) & 1 == 0;
    let kept = track
        .notes
        .iter()
        .enumerate()
        .filter(|(index, _)| is_kept(index));
    let mut wanted: Vec<Note> = kept.map(|(_, note)| *note).collect();
    for place in head[4..].chunks_exact(4) {
        wanted.push(Note {
            start_tick: u32::from(place[0]) * 8,
            duration_ticks: 1 + u32::from(place[1]),
            pitch: place[2] & 127,
            velocity: place[3] % 127 + 1,
            channel,
        });
    }
    let written = match exchange_notes_in_song(bytes, song, chunk, channel, &wanted) {
        Ok(written) => written,
        Err(error) => {
            assert_eq!(error.code(), "NOTE_OVERLAP");
            return;
        }
    };
    let Ok(new) = read(&written, song) else {
        panic!("what was written is not read")
    };
    assert_same_notes(notes_of(&new, chunk, channel), wanted);
    assert_rest_is_same((bytes, &old), (&written, &new), chunk);
});
