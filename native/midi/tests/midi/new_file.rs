//! New files from songs: reading them gives the song back.

use crate::support::{FIXTURES, dump, fixture, lenient, note, strict};
use continuo_midi::{MeterChange, Note, Song, TempoChange, Track, write_new};

fn small_song() -> Song {
    Song {
        format: 1,
        ppq: 96,
        duration_ticks: 40,
        tempo_map: vec![TempoChange {
            tick: 0,
            tempo_qpm: 120.0,
        }],
        meters: vec![MeterChange {
            tick: 0,
            numerator: 3,
            denominator: 4,
        }],
        tracks: vec![Track {
            chunk: 1,
            channel: 0,
            name: "Flöte".to_owned(),
            program: 73,
            is_drums: false,
            notes: vec![note(0, 20, 60), note(20, 20, 60)],
        }],
    }
}

#[test]
fn a_small_song_comes_back_and_others_can_read_it() {
    let song = small_song();
    let bytes = write_new(&song).expect("written");
    assert_eq!(strict(&bytes).expect("read").song, song);
    let events = &dump(&bytes)[1];
    assert_eq!(events.len(), 7);
    // Where notes touch, the end comes first: not every player pairs them as we do.
    assert!(
        events[3].0 == 20 && events[3].1.contains("NoteOff"),
        "{events:?}"
    );
    assert!(
        events[4].0 == 20 && events[4].1.contains("NoteOn"),
        "{events:?}"
    );
}

#[test]
fn real_songs_come_back() {
    for name in FIXTURES {
        let song = lenient(&fixture(name)).expect(name).song;
        let again = strict(&write_new(&song).expect(name)).expect(name).song;
        assert_eq!(again.meters, song.meters, "{name}");
        assert_eq!(again.tempo_map, song.tempo_map, "{name}");
        assert_eq!(again.tracks.len(), song.tracks.len());
        for (track, old) in again.tracks.iter().zip(&song.tracks) {
            assert_eq!(track.notes, old.notes, "{name}");
            assert_eq!(
                (&track.name, track.program, track.channel),
                (&old.name, old.program, old.channel)
            );
        }
    }
}

#[test]
fn songs_against_the_rules_have_codes() {
    let code = |change: &dyn Fn(&mut Song)| {
        let mut song = small_song();
        change(&mut song);
        write_new(&song).expect_err("refused").code()
    };
    assert_eq!(code(&|song| song.ppq = 0), "SONG_INVALID");
    assert_eq!(code(&|song| song.ppq = 0x8000), "SONG_INVALID");
    assert_eq!(
        code(&|song| song.tempo_map[0].tempo_qpm = 0.0),
        "SONG_INVALID"
    );
    assert_eq!(
        code(&|song| song.tempo_map[0].tempo_qpm = f64::NAN),
        "SONG_INVALID"
    );
    assert_eq!(code(&|song| song.meters[0].denominator = 3), "SONG_INVALID");
    assert_eq!(code(&|song| song.tracks[0].channel = 16), "SONG_INVALID");
    assert_eq!(
        code(&|song| song.tracks[0].notes[0].start_tick = u32::MAX),
        "SONG_INVALID"
    );
    assert_eq!(
        code(&|song| song.tracks = vec![Track::default(); 65_535]),
        "SONG_INVALID"
    );
    let bad_note = |note: Note| code(&move |song| song.tracks[0].notes[0] = note);
    assert_eq!(
        bad_note(Note {
            pitch: 128,
            ..note(0, 1, 60)
        }),
        "NOTE_INVALID"
    );
    assert_eq!(
        bad_note(Note {
            velocity: 0,
            ..note(0, 1, 60)
        }),
        "NOTE_INVALID"
    );
    assert_eq!(bad_note(note(0, 0, 60)), "NOTE_INVALID");
}
