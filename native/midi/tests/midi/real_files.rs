//! Real pieces: strict reading finds nothing odd, and an independent reader finds the same events.

use crate::support::{FIXTURES, dump, fixture, strict};
use continuo_midi::{EventKind, EventReader};

#[test]
fn real_files_are_read_strictly_without_a_warning() {
    for name in FIXTURES {
        let parsed = strict(&fixture(name)).expect(name);
        assert!(parsed.warnings.is_empty(), "{name}: {:?}", parsed.warnings);
        for track in &parsed.song.tracks {
            let is_sorted = track.notes.is_sorted_by_key(|n| (n.start_tick, n.pitch));
            assert!(is_sorted, "{name}");
            assert!(
                track
                    .notes
                    .iter()
                    .all(|n| n.end_tick() <= parsed.song.duration_ticks)
            );
        }
    }
}

#[test]
fn tracks_of_a_real_file_are_known() {
    let song = strict(&fixture("caudioso-mandolin-concerto-1.mid"))
        .expect("read")
        .song;
    let facts: Vec<_> = song
        .tracks
        .iter()
        .map(|t| {
            (
                t.chunk,
                t.channel,
                t.name.as_str(),
                t.program,
                t.notes.len(),
            )
        })
        .collect();
    assert_eq!(
        facts,
        [
            (1, 0, "Guitar", 24, 1619),
            (2, 1, "ViolinI:", 40, 1018),
            (3, 2, "ViolinII:", 40, 886),
            (4, 3, "Basso:", 42, 555)
        ]
    );
}

#[test]
fn an_independent_reader_finds_the_same_events() {
    for name in FIXTURES {
        let bytes = fixture(name);
        let parsed = strict(&bytes).expect(name);
        let expected = dump(&bytes);
        assert_eq!(parsed.raw.track_bodies().count(), expected.len());
        for (body, expected) in parsed.raw.track_bodies().zip(expected) {
            let mut reader = EventReader::new(&bytes, body.clone());
            let mut position = body.start;
            for (tick, words) in expected {
                let event = reader.next_event().expect(name).expect(name);
                assert_eq!(event.tick, tick, "{name}");
                // The ranges cover the chunk without a gap.
                assert_eq!(event.delta.start, position);
                assert_eq!(event.body.start, event.delta.end);
                position = event.body.end;
                let is_note = matches!(
                    event.kind,
                    EventKind::NoteOn { .. } | EventKind::NoteOff { .. }
                );
                assert_eq!(is_note, words.contains("NoteO"), "{name}: {words}");
                if let EventKind::NoteOn {
                    pitch, velocity, ..
                } = event.kind
                {
                    assert!(words.contains(&format!("key: u7({pitch})")), "{words}");
                    assert!(words.contains(&format!("vel: u7({velocity})")), "{words}");
                }
            }
            assert_eq!(position, body.end);
            assert!(reader.next_event().expect(name).is_none());
        }
    }
}
