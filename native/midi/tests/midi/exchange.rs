//! A channel plays the notes that it is given, and nothing else of the file changes.

use crate::support::{
    FIXTURES, Random, dump, file, first_notes, fixture, lenient, location_of, note, rmi,
    three_notes,
};
use continuo_midi::{Note, Song, TrackLocation, exchange_notes};

/// Events other than notes, as printed by an independent reader.
fn others(bytes: &[u8]) -> Vec<Vec<(u32, String)>> {
    let is_other = |(_, words): &(u32, String)| {
        !["NoteOn", "NoteOff", "EndOfTrack"]
            .iter()
            .any(|kind| words.contains(kind))
    };
    let mut chunks = dump(bytes);
    for events in &mut chunks {
        events.retain(is_other);
    }
    chunks
}

/// (onset, pitch, duration, velocity), in order.
type Content = Vec<(u32, u8, u32, u8)>;

fn by_content(notes: &[Note]) -> Content {
    let tuple = |n: &Note| (n.start_tick, n.pitch, n.duration_ticks, n.velocity);
    let mut sorted: Vec<_> = notes.iter().map(tuple).collect();
    sorted.sort_unstable();
    sorted
}

/// Each track's notes by its place, without tracks that have none.
fn notes_of(song: &Song) -> Vec<(usize, u8, Content)> {
    let tracks = song.tracks.iter();
    tracks
        .map(|t| (t.chunk, t.channel, by_content(&t.notes)))
        .collect()
}

fn exchange_first(bytes: &[u8], notes: &[Note]) -> Result<Vec<u8>, &'static str> {
    exchange_notes(bytes, TrackLocation::default(), notes).map_err(|error| error.code())
}

#[test]
fn the_same_notes_give_the_same_bytes() {
    for name in FIXTURES {
        let bytes = fixture(name);
        for track in &lenient(&bytes).expect(name).song.tracks {
            let mut notes = track.notes.clone();
            notes.reverse();
            let same = exchange_notes(&bytes, location_of(track), &notes);
            assert!(same.expect(name) == bytes, "{name}");
        }
    }
}

/// Notes of a track with some gone, moved, stretched, doubled and new.
fn edited(random: &mut Random, notes: &[Note], channel: u8, end: u32) -> Vec<Note> {
    let mut edited = Vec::new();
    let share = 1 + random.below(20);
    for note in notes {
        let mut note = *note;
        match random.below(30 * share) {
            0 => continue,
            1 => note.start_tick = random.below(end),
            2 => note.duration_ticks = 1 + random.below(2000),
            3 => note.pitch = random.below(128) as u8,
            4 => note.velocity = 1 + random.below(127) as u8,
            5 => edited.push(Note {
                velocity: 1 + random.below(127) as u8,
                ..note
            }),
            6 => edited.push(Note {
                duration_ticks: 1 + random.below(500),
                ..note
            }),
            _ => {}
        }
        edited.push(note);
    }
    for _ in 0..random.below(20) {
        edited.push(Note {
            start_tick: random.below(end + 4000),
            duration_ticks: 1 + random.below(1000),
            pitch: random.below(128) as u8,
            velocity: 1 + random.below(127) as u8,
            channel,
        });
    }
    edited
}

/// Whether MIDI can say the notes: of one pitch, what begins first ends first.
fn can_be_said(notes: &[Note]) -> bool {
    let mut sorted = notes.to_vec();
    sorted.sort_by_key(|n| (n.pitch, n.start_tick, n.end_tick()));
    let is_in_order =
        |pair: &[Note]| pair[0].pitch != pair[1].pitch || pair[0].end_tick() <= pair[1].end_tick();
    sorted.windows(2).all(is_in_order)
}

#[test]
fn random_edits_are_read_again_as_they_were_wanted() {
    let mut random = Random(7);
    let mut written = 0;
    for name in FIXTURES {
        let bytes = fixture(name);
        let song = lenient(&bytes).expect(name).song;
        for _ in 0..60 {
            let track = &song.tracks[random.below(song.tracks.len() as u32) as usize];
            let wanted = edited(
                &mut random,
                &track.notes,
                track.channel,
                song.duration_ticks,
            );
            let result = exchange_notes(&bytes, location_of(track), &wanted);
            let new_bytes = match result {
                Ok(new_bytes) => new_bytes,
                Err(error) => {
                    assert_eq!(error.code(), "NOTE_OVERLAP", "{name}");
                    assert!(!can_be_said(&wanted), "{name}: {error}");
                    continue;
                }
            };
            assert!(
                can_be_said(&wanted),
                "{name}: what was written says something else"
            );
            written += 1;
            let mut expected = song.clone();
            for own in &mut expected.tracks {
                if (own.chunk, own.channel) == (track.chunk, track.channel) {
                    own.notes = wanted.clone();
                }
            }
            expected.tracks.retain(|own| !own.notes.is_empty());
            let new_song = lenient(&new_bytes).expect(name).song;
            assert_eq!(notes_of(&new_song), notes_of(&expected), "{name}");
            assert_eq!(others(&new_bytes), others(&bytes), "{name}");
            // And back again.
            let back = exchange_notes(&new_bytes, location_of(track), &track.notes);
            let back = lenient(&back.expect(name)).expect(name).song;
            assert_eq!(notes_of(&back), notes_of(&song), "{name}");
        }
    }
    assert!(written > 100, "only {written} edits could be written");
}

#[test]
fn a_note_that_goes_takes_only_its_own_events() {
    let bytes = three_notes();
    let new_bytes = exchange_first(&bytes, &[note(0, 50, 60), note(250, 50, 64)]).unwrap();
    let mut expected = dump(&bytes);
    expected[0].retain(|(tick, words)| *tick != 160 && !(*tick == 120 && words.contains("NoteOn")));
    assert_eq!(dump(&new_bytes), expected);
    assert_eq!(others(&rmi(&new_bytes)[20..]), others(&rmi(&bytes)[20..]));
}

#[test]
fn notes_of_one_pitch_overlap_as_far_as_midi_can_say_it() {
    let bytes = three_notes();
    let old = [note(0, 50, 60), note(120, 40, 62), note(250, 50, 64)];
    let with = |new: &[Note]| exchange_first(&bytes, &[&old, new].concat());
    // Before its end, at its onset, at its end, twice the same.
    for new in [
        vec![note(140, 100, 62)],
        vec![note(120, 10, 62)],
        vec![note(120, 90, 62), note(120, 10, 62)],
        vec![note(160, 10, 62), note(100, 20, 62)],
        vec![note(140, 20, 62), note(140, 20, 62)],
    ] {
        let read = first_notes(&with(&new).unwrap());
        let mut expected: Vec<_> = old.iter().chain(&new).collect();
        expected.sort_by_key(|n| (n.start_tick, n.pitch, n.duration_ticks));
        let mut read: Vec<_> = read.iter().map(|n| (n.0, n.2, n.1)).collect();
        read.sort_unstable();
        let expected: Vec<_> = expected
            .iter()
            .map(|n| (n.start_tick, n.pitch, n.duration_ticks))
            .collect();
        assert_eq!(read, expected, "{new:?}");
    }
    for new in [note(100, 100, 62), note(130, 10, 62)] {
        assert_eq!(with(&[new]).unwrap_err(), "NOTE_OVERLAP");
    }
}

#[test]
fn what_the_file_left_open_lasts_as_long_as_before() {
    // Pitch 60 of channel 0 and 61 of channel 1 are never ended, 62 is ended twice, 63 at its onset.
    let body = [
        0, 0x90, 60, 80, 0, 0x91, 61, 80, 10, 0x90, 62, 80, 10, 0x80, 62, 64, 10, 0x80, 62,
        64, //
        10, 0x90, 63, 80, 0, 0x80, 63, 64, 60, 0xb0, 7, 90,
    ];
    let bytes = file(1, 96, &[&body]);
    let song = lenient(&bytes).unwrap().song;
    let old = song.tracks[0].notes.clone();
    for new in [
        note(50, 500, 70),
        note(60, 500, 60),
        note(60, 40, 60),
        note(20, 10, 60),
        note(15, 40, 62),
        note(25, 5, 62),
        note(41, 9, 63),
    ] {
        let mut wanted = [old.as_slice(), &[new]].concat();
        let new_bytes = exchange_first(&bytes, &wanted).unwrap();
        let new_song = lenient(&new_bytes).unwrap().song;
        // What nothing ends is ended by a note of its pitch that begins later.
        if new.pitch == 60 {
            wanted[0].duration_ticks = wanted[0].duration_ticks.min(new.start_tick);
        }
        assert_eq!(
            by_content(&new_song.tracks[0].notes),
            by_content(&wanted),
            "{new:?}"
        );
        assert_eq!(new_song.tracks[1].notes, song.tracks[1].notes, "{new:?}");
        assert_eq!(others(&new_bytes), others(&bytes), "{new:?}");
    }
    // Through a note without length.
    for new in [note(20, 50, 63), note(20, 21, 63)] {
        let wanted = [old.as_slice(), &[new]].concat();
        assert_eq!(exchange_first(&bytes, &wanted).unwrap_err(), "NOTE_OVERLAP");
    }
}

#[test]
fn what_is_no_note_of_the_channel_is_refused() {
    let bytes = three_notes();
    let valid = note(0, 50, 60);
    for wrong in [
        Note {
            pitch: 128,
            ..valid
        },
        Note {
            velocity: 0,
            ..valid
        },
        Note {
            channel: 1,
            ..valid
        },
        Note {
            duration_ticks: 0,
            ..valid
        },
        Note {
            start_tick: u32::MAX - 1,
            ..valid
        },
    ] {
        assert_eq!(
            exchange_first(&bytes, &[wrong]).unwrap_err(),
            "NOTE_INVALID"
        );
    }
    let elsewhere = TrackLocation {
        chunk: 1,
        ..TrackLocation::default()
    };
    let missing = exchange_notes(&bytes, elsewhere, &[valid]).map_err(|error| error.code());
    assert_eq!(missing.unwrap_err(), "MIDI_CHUNK_MISSING");
}

#[test]
fn a_note_that_nothing_ends_lasts_as_long_where_the_last_event_goes() {
    // Pitch 64 sounds until the chunk's last event, the end of pitch 60; there is no end of track.
    let body = [
        0, 0x90, 64, 80, 10, 0x90, 60, 80, 90, 0x80, 60, 64, // own channel
    ];
    let other = [
        0, 0x91, 64, 80, 10, 0x90, 60, 80, 90, 0x80, 60, 64, // another channel
    ];
    for body in [body, other] {
        let bytes = file(0, 96, &[&body]);
        let lasting = |bytes: &[u8]| -> Vec<u32> {
            let song = lenient(bytes).unwrap().song;
            let notes = song.tracks.iter().flat_map(|track| &track.notes);
            let of_64 = notes.filter(|note| note.pitch == 64);
            of_64.map(|note| note.duration_ticks).collect()
        };
        assert_eq!(lasting(&bytes), [100]);
        let song = lenient(&bytes).unwrap().song;
        let own = song.tracks.iter().find(|track| track.channel == 0);
        let kept: Vec<Note> = own
            .iter()
            .flat_map(|track| &track.notes)
            .filter(|note| note.pitch == 64)
            .copied()
            .collect();
        let written = exchange_first(&bytes, &kept).unwrap();
        assert_eq!(lasting(&written), [100]);
    }
}
