//! Ports, programs, and the patterns of format 2.

use crate::support::{dump, file, lenient, note, odd_file};
use continuo_midi::{
    Bars, ReplaceRequest, TrackLocation, exchange_notes, parse_song, replace_region,
};

const PORT: fn(u8) -> [u8; 5] = |port| [0, 0xff, 0x21, 1, port];

fn facts(bytes: &[u8]) -> Vec<(usize, u8, u8, u8)> {
    let parsed = lenient(bytes).expect("read");
    let tracks = parsed.song.tracks.iter().zip(&parsed.details);
    tracks
        .map(|(track, details)| {
            (
                track.chunk,
                details.location.port,
                track.channel,
                track.program,
            )
        })
        .collect()
}

#[test]
fn a_port_has_its_own_channels_and_programs() {
    let first = [&PORT(0)[..], &[0, 0xc0, 40, 0, 0x90, 60, 80, 9, 60, 0]].concat();
    let second = [&PORT(1)[..], &[0, 0x90, 62, 80, 9, 62, 0]].concat();
    let shared = [0, 0x90, 64, 80, 9, 64, 0];
    assert_eq!(
        facts(&file(1, 96, &[&first, &second, &shared])),
        [(0, 0, 0, 40), (1, 1, 0, 0), (2, 0, 0, 40)]
    );
    assert_eq!(
        facts(&odd_file("two-ports.mid")),
        [(1, 0, 0, 40), (2, 1, 0, 0)]
    );
}

/// Pitch 60 of channel 0 sounds on ports 0 and 1 at once; a controller on each.
fn two_ports_in_one_chunk() -> Vec<u8> {
    let body = [
        &[0, 0xc0, 5, 0, 0x90, 60, 80][..],
        &PORT(1),
        &[0, 0xc0, 6, 0, 0x90, 60, 90, 50, 0xb0, 7, 1],
        &PORT(0),
        &[
            0, 0xb0, 7, 2, 50, 0x80, 60, 64, 20, 0x90, 62, 80, 10, 0x80, 62, 64,
        ],
        &PORT(1),
        &[30, 0x80, 60, 64],
    ]
    .concat();
    file(0, 96, &[&body])
}

#[test]
fn ports_of_one_chunk_are_tracks_of_their_own() {
    let bytes = two_ports_in_one_chunk();
    assert_eq!(facts(&bytes), [(0, 0, 0, 5), (0, 1, 0, 6)]);
    let song = lenient(&bytes).expect("read").song;
    assert_eq!(song.tracks[0].notes, [note(0, 100, 60), note(120, 10, 62)]);
    assert_eq!(
        (
            song.tracks[1].notes[0].duration_ticks,
            song.tracks[1].notes[0].velocity
        ),
        (160, 90)
    );
}

/// Events as midly reads them, each with the port that it is for, without the events that say so.
fn with_ports(bytes: &[u8]) -> Vec<(u8, u32, String)> {
    let mut port = 0;
    let mut events = Vec::new();
    for (tick, words) in dump(bytes).remove(0) {
        if let Some(rest) = words.strip_prefix("Meta(MidiPort(u7(") {
            port = rest
                .split(')')
                .next()
                .and_then(|n| n.parse().ok())
                .expect("a port");
        } else if !words.contains("EndOfTrack") {
            events.push((port, tick, words));
        }
    }
    events.sort();
    events
}

#[test]
fn new_notes_go_to_the_port_of_their_track_and_other_events_stay_on_theirs() {
    let bytes = two_ports_in_one_chunk();
    for port in [0, 1] {
        let location = TrackLocation {
            port,
            ..TrackLocation::default()
        };
        let notes = [note(40, 20, 70), note(170, 20, 70)];
        let request = ReplaceRequest {
            location,
            start_tick: 10,
            end_tick: 200,
            notes: &notes,
            keep: &[],
            cut_crossing: false,
        };
        let replaced = replace_region(&bytes, &request).expect("replaced");
        let own = usize::from(port);
        let (before, after) = (
            lenient(&bytes).expect("read"),
            lenient(&replaced.bytes).expect("read"),
        );
        assert_eq!(after.song.tracks[1 - own], before.song.tracks[1 - own]);
        let is_new = |event: &(u8, u32, String)| event.2.contains("u7(70)");
        let is_removed = |event: &(u8, u32, String)| port == 0 && event.2.contains("u7(62)");
        let mut old = with_ports(&bytes);
        old.retain(|event| !is_removed(event));
        let (new, kept): (Vec<_>, Vec<_>) =
            with_ports(&replaced.bytes).into_iter().partition(is_new);
        assert_eq!(kept, old);
        assert_eq!(new.len(), 4);
        assert!(new.iter().all(|event| event.0 == port), "{new:?}");

        let mut wanted = before.song.tracks[own].notes.clone();
        wanted.push(note(200, 20, 70));
        let exchanged = exchange_notes(&bytes, location, &wanted).expect("exchanged");
        let song = lenient(&exchanged).expect("read").song;
        assert_eq!(song.tracks[own].notes, wanted);
        assert_eq!(song.tracks[1 - own], before.song.tracks[1 - own]);
    }
}

#[test]
fn programs_that_change_midway_are_told_and_hold_from_their_tick() {
    let parsed = lenient(&odd_file("program-changes-midway.mid")).expect("read");
    assert_eq!(parsed.song.tracks[0].program, 0);
    let changes: Vec<_> = parsed.details[0]
        .program_changes
        .iter()
        .map(|change| (change.tick, change.program))
        .collect();
    // A tick before the bar line.
    assert_eq!(changes, [(15_359, 33)]);
    let program_in = |start, end| parsed.song_in(&[(0, start..end)]).tracks[0].program;
    assert_eq!(program_in(0, 15_360), 0);
    assert_eq!(program_in(15_360, 19_200), 33);
    assert_eq!(program_in(90_000, 90_001), 33);
    // Where it changes inside, the one that holds longer.
    assert_eq!(program_in(13_440, 17_278), 0);
    assert_eq!(program_in(13_440, 17_279), 33);
}

#[test]
fn of_several_programs_in_a_region_the_longest_counts() {
    let body = [
        0, 0xc0, 1, 0, 0x90, 60, 80, 10, 60, 0, 10, 0xc0, 2, 30, 0xc0, 3, 30, 0xc0, 4,
    ];
    let parsed = lenient(&file(0, 96, &[&body])).expect("read");
    let program_in = |start, end| parsed.details[0].program_in(1, &(start..end));
    assert_eq!(program_in(0, 20), 1);
    assert_eq!(program_in(0, 45), 2);
    assert_eq!(program_in(10, 90), 2);
    assert_eq!(program_in(30, 90), 3);
    assert_eq!(program_in(50, 500), 4);
    assert_eq!(program_in(20, 21), 2);
}

#[test]
fn a_program_of_another_chunk_changes_a_track_that_has_none_of_its_own() {
    let setup = [
        0, 0xc1, 11, 100, 0xc1, 12, 0, 0xc1, 12, 100, 0xc1, 13, 0, 0xc2, 9,
    ];
    let track = [100, 0x91, 60, 80, 1, 60, 0];
    let own = [0, 0xc1, 5, 100, 0x91, 60, 80, 1, 60, 0, 9, 0xc1, 5];
    let parsed = lenient(&file(1, 480, &[&setup, &track, &own])).expect("read");
    let programs = |at: usize| {
        let changes = parsed.details[at].program_changes.iter();
        let changes: Vec<_> = changes
            .map(|change| (change.tick, change.program))
            .collect();
        (parsed.song.tracks[at].program, changes)
    };
    assert_eq!(programs(0), (12, vec![(110, 5), (200, 13)]));
    assert_eq!(programs(1), (5, vec![]));
}

#[test]
fn a_pattern_of_format_2_has_its_own_meter_tempo_and_length() {
    let parsed = lenient(&odd_file("format-2.mid")).expect("read");
    let second = parsed.pattern_song(1);
    assert_eq!(
        (second.meters[0].numerator, second.meters[0].denominator),
        (3, 4)
    );
    assert_eq!(second.tempo_map[0].tempo_qpm, 150.0);
    let bars = Bars::of(&second);
    assert_eq!((bars.start_tick(2), bars.end_tick(3)), (2880, 5760));
    assert_eq!(bars.count(second.duration_ticks), 8);
    // Patterns do not sound together.
    assert!(second.tracks[0].notes.is_empty());
    assert_eq!(second.tracks[1].notes, parsed.song.tracks[1].notes);
    let first = parsed.pattern_song(0);
    assert_eq!(
        (first.tempo_map[0].tempo_qpm, first.tracks[1].notes.len()),
        (120.0, 0)
    );
}

#[test]
fn a_pattern_that_says_no_tempo_or_meter_has_those_of_the_first() {
    let first = [
        0, 0xff, 0x51, 3, 0x0f, 0x42, 0x40, 0, 0xff, 0x58, 4, 3, 2, 24, 8,
    ];
    let second = [0, 0xff, 0x58, 4, 5, 2, 24, 8, 0, 0x90, 62, 80, 20, 62, 0];
    let parsed = lenient(&file(2, 96, &[&first, &second])).expect("read");
    let song = parsed.pattern_song(0);
    assert_eq!(
        (song.tempo_map[0].tempo_qpm, song.meters[0].numerator),
        (60.0, 5)
    );
}

#[test]
fn patterns_become_one_song_by_coming_one_after_the_other() {
    let bytes = odd_file("format-2.mid");
    let parsed = lenient(&bytes).expect("read");
    let song = parse_song(&bytes).expect("read");
    let bars = Bars::of(&song);
    let second_bar = Bars::of(&parsed.pattern_song(0)).count(parsed.patterns[0].duration_ticks);
    let offset = bars.start_tick(second_bar);
    assert_eq!(bars.meter_at_bar(second_bar).numerator, 3);
    assert_eq!(
        song.tempo_map
            .last()
            .map(|change| (change.tick, change.tempo_qpm)),
        Some((offset, 150.0))
    );
    assert_eq!(song.tracks[0].notes, parsed.song.tracks[0].notes);
    let moved = parsed.song.tracks[1]
        .notes
        .iter()
        .map(|note| note.start_tick + offset);
    assert!(
        song.tracks[1]
            .notes
            .iter()
            .map(|note| note.start_tick)
            .eq(moved)
    );
}
