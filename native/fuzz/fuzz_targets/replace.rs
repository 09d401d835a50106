//! Any file and any region: what comes out reads again, with the new notes and all the old ones
//! outside.
#![no_main]

use continuo_fuzz::{
    assert_other_tracks_are_same, assert_rest_is_same, assert_same_notes, give_way, notes_of, read,
};
use continuo_midi::{
    Note, ReplaceRequest, TrackDetails, TrackLocation, bound_notes, end_held_notes, replace_region,
};
use libfuzzer_sys::fuzz_target;

/// The first bytes of an input say what to replace; the file follows.
const REQUEST_BYTES: usize = 24;

fuzz_target!(|input: &[u8]| {
    let Some((head, bytes)) = input.split_at_checked(REQUEST_BYTES) else {
        return;
    };
    let song = usize::from(head[7] & 1);
    let Ok(old) = read(bytes, song) else { return };
    // Where a broken song ends is a guess that what follows takes part in.
    if song > 0 && read(bytes, 0).is_ok_and(|first| first.raw.is_broken) {
        return;
    }
    let start_tick = u32::from(u16::from_le_bytes([head[0], head[1]]));
    let end_tick = start_tick + 1 + u32::from(u16::from_le_bytes([head[2], head[3]]));
    let index = usize::from(head[4]) % old.song.tracks.len().max(1);
    let track = old.song.tracks.get(index);
    let details = old
        .details
        .get(index)
        .cloned()
        .unwrap_or_else(|| TrackDetails {
            location: TrackLocation {
                song,
                channel: head[5] & 15,
                ..TrackLocation::default()
            },
            ..TrackDetails::default()
        });
    let location = details.location;
    let mut notes: Vec<Note> = Vec::new();
    for field in head[8..].chunks_exact(4) {
        let offset = u32::from(field[0]) % (end_tick - start_tick);
        let room = end_tick - start_tick - offset;
        let note = Note {
            start_tick: start_tick + offset,
            duration_ticks: 1 + u32::from(field[1]) % room,
            pitch: field[2] & 127,
            velocity: field[3] % 127 + 1,
            channel: location.channel,
        };
        notes.push(note);
    }
    let inside = |note: &&Note| (start_tick..end_tick).contains(&note.start_tick);
    let old_notes = track.map_or(&[][..], |track| &track.notes);
    let keep: Vec<Note> = old_notes
        .iter()
        .filter(inside)
        .take(usize::from(head[6] >> 4))
        .copied()
        .collect();
    let request = ReplaceRequest {
        location,
        start_tick,
        end_tick,
        notes: &notes,
        keep: &keep,
        cut_crossing: head[6] & 1 == 1,
    };
    let replaced = match replace_region(bytes, &request) {
        Ok(replaced) => replaced,
        Err(error) => {
            assert_eq!(error.code(), "NOTE_OVERLAP");
            return;
        }
    };
    let Ok(new) = read(&replaced.bytes, song) else {
        panic!("what was written is not read")
    };

    let mut expected: Vec<Note> = old_notes.to_vec();
    for gone in &replaced.removed {
        let at = expected.iter().position(|note| note == gone);
        expected.swap_remove(at.expect("a removed note was there"));
    }
    give_way(&mut expected, &details.held, &notes);
    let mut found = notes_of(&new, location);
    if request.cut_crossing {
        // Those that are bound are not cut.
        for note in expected.iter_mut() {
            let mut cut = *note;
            cut.duration_ticks = start_tick.saturating_sub(note.start_tick);
            if (1..note.duration_ticks).contains(&cut.duration_ticks) && found.contains(&cut) {
                *note = cut;
            }
        }
    }
    expected.extend(&notes);
    assert_same_notes(std::mem::take(&mut found), expected);
    assert_other_tracks_are_same(&old, &new, location);
    assert_rest_is_same((bytes, &old), (&replaced.bytes, &new), location.chunk);
    let bound = bound_notes(bytes, location, start_tick..end_tick, request.cut_crossing);
    let bound = bound.unwrap_or_default();
    for note in old_notes.iter().filter(inside) {
        let stays = bound.contains(note) || keep.contains(note);
        assert!(stays || replaced.removed.contains(note));
    }
    let Ok(ended) = end_held_notes(bytes, location, start_tick..end_tick) else {
        panic!("what is missing cannot be written")
    };
    let Ok(ended) = read(&ended, song) else {
        panic!("what was missing is not read")
    };
    assert_other_tracks_are_same(&old, &ended, location);
});
