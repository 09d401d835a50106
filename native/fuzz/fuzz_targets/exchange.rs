//! Any file and any notes for one of its tracks: what comes out reads again, with exactly these notes, and everything
//! else as it was.
#![no_main]

use continuo_fuzz::{
    assert_other_tracks_are_same, assert_rest_is_same, assert_same_notes, give_way, notes_of, read,
};
use continuo_midi::{Note, exchange_notes};
use libfuzzer_sys::fuzz_target;

/// The first bytes of an input say what goes and what comes; the file follows.
const REQUEST_BYTES: usize = 24;

fuzz_target!(|input: &[u8]| {
    let Some((head, bytes)) = input.split_at_checked(REQUEST_BYTES) else {
        return;
    };
    let song = usize::from(head[2] & 1);
    let Ok(old) = read(bytes, song) else { return };
    // Where a broken song ends is a guess that what follows takes part in.
    if song > 0 && read(bytes, 0).is_ok_and(|first| first.raw.is_broken) {
        return;
    }
    let index = usize::from(head[0]) % old.song.tracks.len().max(1);
    let (Some(track), Some(details)) = (old.song.tracks.get(index), old.details.get(index)) else {
        return;
    };
    let location = details.location;
    let same = exchange_notes(bytes, location, &track.notes);
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
    let old_count = wanted.len();
    for field in head[4..].chunks_exact(4) {
        wanted.push(Note {
            start_tick: u32::from(field[0]) * 8,
            duration_ticks: 1 + u32::from(field[1]),
            pitch: field[2] & 127,
            velocity: field[3] % 127 + 1,
            channel: location.channel,
        });
    }
    let written = match exchange_notes(bytes, location, &wanted) {
        Ok(written) => written,
        Err(error) => {
            assert_eq!(error.code(), "NOTE_OVERLAP");
            return;
        }
    };
    let Ok(new) = read(&written, song) else {
        panic!("what was written is not read")
    };
    let (kept, come) = wanted.split_at_mut(old_count);
    give_way(kept, &details.held, come);
    assert_same_notes(notes_of(&new, location), wanted);
    assert_other_tracks_are_same(&old, &new, location);
    assert_rest_is_same((bytes, &old), (&written, &new), location.chunk);
});
