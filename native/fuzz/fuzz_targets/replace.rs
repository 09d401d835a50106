//! Any file and any region: what comes out reads again, with the new notes and all the old ones
//! outside.
#![no_main]

use continuo_fuzz::{assert_rest_is_same, assert_same_notes, notes_of, read};
use continuo_midi::{Note, ReplaceRequest, replace_region_in_song};
use libfuzzer_sys::fuzz_target;

/// The first bytes of an input say what to replace; the file follows.
const REQUEST_BYTES: usize = 24;

fuzz_target!(|input: &[u8]| {
    let Some((head, bytes)) = input.split_at_checked(REQUEST_BYTES) else {
        return;
    };
    let song = usize::from(head[7] & 1);
    let Ok(old) = read(bytes, song) else { return };
    let start_tick = u32::from(u16::from_le_bytes([head[0], head[1]]));
    let end_tick = start_tick + 1 + u32::from(u16::from_le_bytes([head[2], head[3]]));
    let track = old
        .song
        .tracks
        .get(usize::from(head[4]) % old.song.tracks.len().max(1));
    let (chunk, channel) = track.map_or((0, head[5] & 15), |track| (track.chunk, track.channel));
    let mut notes: Vec<Note> = Vec::new();
    for place in head[8..].chunks_exact(4) {
        let offset = u32::from(place[0]) % (end_tick - start_tick);
        let room = end_tick - start_tick - offset;
        let note = Note {
            start_tick: start_tick + offset,
            duration_ticks: 1 + u32::from(place[1]) % room,
            pitch: place[2] & 127,
            velocity: place[3] % 127 + 1,
            channel,
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
        chunk,
        channel,
        start_tick,
        end_tick,
        notes: &notes,
        keep: &keep,
        cut_crossing: head[6] & 1 == 1,
    };
    let replaced = match replace_region_in_song(bytes, song, &request) {
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
    if request.cut_crossing {
        for note in expected
            .iter_mut()
            .filter(|note| note.start_tick < start_tick)
        {
            note.duration_ticks = note.duration_ticks.min(start_tick - note.start_tick);
        }
    }
    expected.extend(&notes);
    let mut found = notes_of(&new, chunk, channel);
    // A note without note-off lasts to the end of its chunk, which may have moved.
    let has_unclosed = old.warnings.iter().any(|w| w.code == "MIDI_NOTE_UNCLOSED");
    if has_unclosed {
        for note in expected.iter_mut().chain(&mut found) {
            note.duration_ticks = 1;
        }
    }
    assert_same_notes(found, expected);
    assert_rest_is_same((bytes, &old), (&replaced.bytes, &new), chunk);
});
