//! Any file and any region: what comes out reads again, with the new notes and all the old ones
//! outside.
#![no_main]

use continuo_midi::{Note, ParseOptions, ParsedFile, ReplaceRequest, parse, replace_region};
use libfuzzer_sys::fuzz_target;

/// The first bytes of an input say what to replace; the file follows.
const REQUEST_BYTES: usize = 24;

fuzz_target!(|input: &[u8]| {
    let Some((head, bytes)) = input.split_at_checked(REQUEST_BYTES) else {
        return;
    };
    let Ok(old) = read(bytes) else { return };
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
    let replaced = match replace_region(bytes, &request) {
        Ok(replaced) => replaced,
        Err(error) => {
            assert_eq!(error.code(), "NOTE_OVERLAP");
            return;
        }
    };
    let Ok(new) = read(&replaced.bytes) else {
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
    let track = new
        .song
        .tracks
        .iter()
        .find(|t| (t.chunk, t.channel) == (chunk, channel));
    let mut found = track.map_or_else(Vec::new, |track| track.notes.clone());
    // A note without note-off lasts to the end of its chunk, which may have moved.
    let has_unclosed = old.warnings.iter().any(|w| w.code == "MIDI_NOTE_UNCLOSED");
    if has_unclosed {
        for note in expected.iter_mut().chain(&mut found) {
            note.duration_ticks = 1;
        }
    }
    let order = |note: &Note| {
        (
            note.start_tick,
            note.pitch,
            note.duration_ticks,
            note.velocity,
        )
    };
    expected.sort_by_key(order);
    found.sort_by_key(order);
    assert_eq!(found, expected);

    assert_eq!(new.song.meters, old.song.meters);
    assert_eq!(new.song.tempo_map, old.song.tempo_map);
    assert_eq!(new.raw.chunks.len(), old.raw.chunks.len());
    let bodies = old
        .raw
        .track_bodies()
        .zip(new.raw.track_bodies())
        .enumerate();
    for (index, (before, after)) in bodies {
        if index != chunk {
            assert_eq!(bytes[before], replaced.bytes[after]);
        }
    }
    assert_eq!(bytes[old.raw.trailing], replaced.bytes[new.raw.trailing]);
});

fn read(bytes: &[u8]) -> Result<ParsedFile, continuo_midi::MidiError> {
    parse(bytes, &ParseOptions::default())
}
